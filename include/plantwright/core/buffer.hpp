// SPDX-License-Identifier: MIT
/// `Buffer<T>`: an owned, 64-byte-aligned array of plain values, sized once.
#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace plantwright {

using Index = std::ptrdiff_t;

inline constexpr std::size_t kAlignment = 64;  ///< a cache line, and the widest vector register

/// Value semantics, no growth. Its alignment does not depend on a user's compiler flags, so it may cross the boundary.
template <class T>
class Buffer {
    static_assert(std::is_trivially_copyable_v<T>, "Buffer holds plain values");

public:
    using value_type = T;

    Buffer() = default;
    explicit Buffer(Index size, T value = T{}) : Buffer(allocate(size), size) { std::fill_n(data_, size, value); }
    Buffer(std::initializer_list<T> values) : Buffer(std::span<const T>(values.begin(), values.size())) {}
    explicit Buffer(std::span<const T> values) : Buffer(uninitialized(static_cast<Index>(values.size()))) {
        std::copy(values.begin(), values.end(), data_);
    }
    Buffer(const Buffer& other) : Buffer(std::span<const T>(other)) {}
    Buffer(Buffer&& other) noexcept { swap(other); }
    Buffer& operator=(Buffer other) noexcept {
        swap(other);
        return *this;
    }
    ~Buffer() { ::operator delete[](data_, std::align_val_t{kAlignment}); }

    /// Memory that the caller fills before reading.
    static Buffer uninitialized(Index size) { return Buffer(allocate(size), size); }

    T& operator[](Index i) { return data_[i]; }
    const T& operator[](Index i) const { return data_[i]; }
    T* data() { return data_; }
    const T* data() const { return data_; }
    Index size() const { return size_; }
    bool empty() const { return size_ == 0; }
    T* begin() { return data_; }
    T* end() { return data_ + size_; }
    const T* begin() const { return data_; }
    const T* end() const { return data_ + size_; }
    operator std::span<T>() { return {data_, static_cast<std::size_t>(size_)}; }
    operator std::span<const T>() const { return {data_, static_cast<std::size_t>(size_)}; }

    void swap(Buffer& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
    }
    bool operator==(const Buffer& other) const { return std::equal(begin(), end(), other.begin(), other.end()); }

private:
    Buffer(T* data, Index size) : data_(data), size_(size) {}

    static T* allocate(Index size) {
        if (size < 0 || static_cast<std::size_t>(size) > static_cast<std::size_t>(-1) / 2 / sizeof(T))
            throw std::bad_alloc();
        if (size == 0) return nullptr;
        return static_cast<T*>(
            ::operator new[](static_cast<std::size_t>(size) * sizeof(T), std::align_val_t{kAlignment}));
    }

    T* data_ = nullptr;
    Index size_ = 0;
};

}  // namespace plantwright
