// SPDX-License-Identifier: MIT
/// `SharedArray<T>`: a read-only array whose copies share one piece of memory, its own or a part of somebody else's.
///
/// Copies are cheap and may be read by any number of threads. A loaded model's arrays are parts of the file's bytes.
#pragma once

#include <memory>

#include "plantwright/core/buffer.hpp"

namespace plantwright {

template <class T>
class SharedArray {
public:
    using value_type = T;

    SharedArray() = default;
    SharedArray(Buffer<T> values) {
        auto own = std::make_shared<const Buffer<T>>(std::move(values));
        values_ = *own;
        owner_ = std::move(own);
    }
    /// `owner` keeps the memory of `values` alive and unchanged.
    SharedArray(std::span<const T> values, std::shared_ptr<const void> owner) : values_(values), owner_(std::move(owner)) {}

    const T& operator[](Index i) const { return values_[static_cast<std::size_t>(i)]; }
    const T* data() const { return values_.data(); }
    Index size() const { return static_cast<Index>(values_.size()); }
    bool empty() const { return values_.empty(); }
    const T* begin() const { return values_.data(); }
    const T* end() const { return values_.data() + values_.size(); }
    operator std::span<const T>() const { return values_; }
    const std::shared_ptr<const void>& owner() const { return owner_; }
    bool operator==(const SharedArray& other) const { return std::equal(begin(), end(), other.begin(), other.end()); }

private:
    std::span<const T> values_;
    std::shared_ptr<const void> owner_;
};

}  // namespace plantwright
