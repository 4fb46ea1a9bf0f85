// SPDX-License-Identifier: MIT
/// The archives over our container, after Boost.Serialization's archive concept; no library of Boost is linked.
///
/// Small values go, each behind a tag that says what it is, into one structure stream; arrays become sections of the
/// file. A class's version (BOOST_CLASS_VERSION) is written with its first object and given to `serialize` for all of
/// them. An archive serves one object graph and one thread. Bodies that do not depend on the class are in `src/io`.
#pragma once

#include <boost/core/nvp.hpp>
#include <boost/mpl/bool.hpp>
#include <boost/serialization/library_version_type.hpp>
#include <map>
#include <typeindex>

#include "plantwright/io/container.hpp"
#include "plantwright/io/serialize.hpp"

namespace plantwright::io {

/// Objects within objects; what a file may make us recurse into.
inline constexpr int kMaxObjectDepth = 64;

namespace detail {

template <class T>
inline constexpr bool kIsNvp = false;
template <class T>
inline constexpr bool kIsNvp<boost::serialization::nvp<T>> = true;
template <class T>
inline constexpr bool kIsExact = false;
template <class T>
inline constexpr bool kIsExact<Exact<T>> = true;

/// What may stand bare in `archive & x`, because archives other than ours hold it as well.
template <class T>
inline constexpr bool kMayStandBare =
    (std::integral<T> && !std::same_as<T, bool>) || std::is_enum_v<T> || std::is_class_v<T>;
template <class T>
inline constexpr bool kMayStandBare<std::vector<T>> = false;
template <class T, std::size_t N>
inline constexpr bool kMayStandBare<std::array<T, N>> = false;
template <class T, class U>
inline constexpr bool kMayStandBare<std::pair<T, U>> = false;
template <class Key, class Value>
inline constexpr bool kMayStandBare<std::map<Key, Value>> = false;
template <class T>
inline constexpr bool kMayStandBare<std::optional<T>> = false;
template <class... Ts>
inline constexpr bool kMayStandBare<std::variant<Ts...>> = false;

template <class T>
constexpr void require_may_stand_bare() {
    static_assert(kMayStandBare<T>,
                  "not every archive holds this type: write io::members(archive, x) or archive & io::exact(x)");
}

/// The tags of the structure stream. The numbers are part of the file format.
enum class Tag : std::uint8_t {
    boolean = 1,
    signed_integer = 2,
    unsigned_integer = 3,
    float32 = 4,
    float64 = 5,
    string = 6,
    count = 7,
    array = 8,
    object = 9,
    versioned_object = 10,
};

}  // namespace detail

/// Collects an object's values; `contents` is what the container needs. Arrays are copied when they are put, so that
/// `serialize` may put a temporary; shared ones are shared.
class PLANTWRIGHT_API OutputArchive {
public:
    using plantwright_archive = void;
    using is_saving = boost::mpl::true_;
    using is_loading = boost::mpl::false_;

    template <class T>
    OutputArchive& operator<<(const T& value) {
        if constexpr (detail::kIsNvp<T>) {
            *this << value.const_value();
        } else if constexpr (detail::kIsExact<T>) {
            detail::save_value(*this, value.value());
        } else if constexpr (boost::serialization::is_wrapper<T>::type::value) {
            boost::serialization::serialize_adl(*this, const_cast<T&>(value), 0);
        } else {
            detail::require_may_stand_bare<T>();
            detail::save_value(*this, value);
        }
        return *this;
    }
    template <class T>
    OutputArchive& operator&(const T& value) {
        return *this << value;
    }

    // The rest of Boost's concept.
    template <class T>
    const void* register_type(const T* = nullptr) {
        return nullptr;
    }
    boost::serialization::library_version_type get_library_version() const { return {}; }
    void save_binary(const void* address, std::size_t count) {
        put(std::string(static_cast<const char*>(address), count));
    }

    // What `io::exact` writes with.
    template <class T>
        requires std::is_arithmetic_v<T>
    void put(T value) {
        if constexpr (std::same_as<T, bool>) {
            put_tagged(detail::Tag::boolean, std::uint8_t{value});
        } else if constexpr (std::same_as<T, float>) {
            put_tagged(detail::Tag::float32, std::bit_cast<std::uint32_t>(value));
        } else if constexpr (std::same_as<T, double>) {
            put_tagged(detail::Tag::float64, std::bit_cast<std::uint64_t>(value));
        } else {
            const auto tag = std::signed_integral<T> ? detail::Tag::signed_integer : detail::Tag::unsigned_integer;
            put_tagged(tag, static_cast<std::uint64_t>(detail::to_portable(value)));
        }
    }
    void put(const std::string& text);
    void put_count(std::uint64_t count) { put_tagged(detail::Tag::count, count); }

    template <class T>
    void put_array(const T* values, Index size) {
        put_array_bytes(element_kind<T>(), sizeof(T), std::as_bytes(std::span(values, static_cast<std::size_t>(size))));
    }

    template <class T>
    void put_shared_array(const SharedArray<T>& array) {
        put_array_view(element_kind<T>(), sizeof(T), std::as_bytes(std::span<const T>(array)), array.owner());
    }

    template <class T>
    void put_object(const T& object) {
        constexpr auto version = static_cast<std::uint32_t>(boost::serialization::version<T>::value);
        const bool versioned =
            boost::serialization::implementation_level<T>::value >= boost::serialization::object_class_info;
        enter_object(versioned ? &typeid(T) : nullptr, version);
        boost::serialization::serialize_adl(*this, const_cast<T&>(object), version);
        --depth_;
    }

    /// What was written so far, under this header; valid as long as the archive and the header.
    ContainerView contents(std::string_view header) const;

private:
    struct Array {
        ElementKind kind;
        std::uint16_t element_size;
        SharedArray<std::byte> bytes;
    };

    void put_tagged(detail::Tag tag, std::uint8_t value);
    void put_tagged(detail::Tag tag, std::uint32_t value);
    void put_tagged(detail::Tag tag, std::uint64_t value);
    void put_array_bytes(ElementKind kind, std::size_t element_size, std::span<const std::byte> bytes);
    void put_array_view(ElementKind kind, std::size_t element_size, std::span<const std::byte> bytes,
                        const std::shared_ptr<const void>& owner);
    void enter_object(const std::type_info* versioned_type, std::uint32_t version);

    std::vector<std::byte> structure_;
    std::vector<Array> arrays_;
    std::map<std::type_index, std::uint32_t> versions_;
    int depth_ = 0;
};

/// Reads what OutputArchive wrote. Every read checks tag, length and range first, and throws CorruptModel.
class PLANTWRIGHT_API InputArchive {
public:
    using plantwright_archive = void;
    using is_saving = boost::mpl::false_;
    using is_loading = boost::mpl::true_;

    /// The view's bytes must outlive the archive. Where their `owner` is given, shared arrays look at them; otherwise
    /// they are copied.
    explicit InputArchive(const ContainerView& contents, std::shared_ptr<const void> owner = {})
        : structure_(contents.structure), arrays_(contents.arrays), owner_(std::move(owner)) {}

    template <class T>
    InputArchive& operator>>(T&& value) {
        using Value = std::remove_cvref_t<T>;
        if constexpr (detail::kIsNvp<Value>) {
            *this >> value.value();
        } else if constexpr (detail::kIsExact<Value>) {
            detail::load_value(*this, value.value());
        } else if constexpr (boost::serialization::is_wrapper<Value>::type::value) {
            boost::serialization::serialize_adl(*this, const_cast<Value&>(value), 0);
        } else {
            detail::require_may_stand_bare<Value>();
            detail::load_value(*this, value);
        }
        return *this;
    }
    template <class T>
    InputArchive& operator&(T&& value) {
        return *this >> value;
    }

    // The rest of Boost's concept.
    template <class T>
    const void* register_type(const T* = nullptr) {
        return nullptr;
    }
    boost::serialization::library_version_type get_library_version() const { return {}; }
    template <class T>
    void reset_object_address(const T*, const T*) {}
    void delete_created_pointers() {}
    void load_binary(void* address, std::size_t count);

    // What `io::exact` reads with.
    template <class T>
        requires std::is_arithmetic_v<T>
    void get(T& value) {
        if constexpr (std::same_as<T, bool>) {
            value = get_bool();
        } else if constexpr (std::same_as<T, float>) {
            value = std::bit_cast<float>(get_float32());
        } else if constexpr (std::same_as<T, double>) {
            value = std::bit_cast<double>(get_float64());
        } else {
            value = detail::narrow_or_fail<T>(get_integer(decltype(detail::to_portable(T{})){}));
        }
    }
    void get(std::string& text);
    std::uint64_t get_count();  ///< at most the bytes that are left, since each element takes at least one

    template <class T>
    Buffer<T> get_array() {
        const std::span<const std::byte> bytes = get_array_bytes(element_kind<T>(), sizeof(T));
        auto values = Buffer<T>::uninitialized(static_cast<Index>(bytes.size() / sizeof(T)));
        if (!bytes.empty()) std::memcpy(static_cast<void*>(values.data()), bytes.data(), bytes.size());
        return values;
    }

    template <class T>
    SharedArray<T> get_shared_array() {
        const std::span<const std::byte> bytes = get_array_bytes(element_kind<T>(), sizeof(T));
        const bool aligned = reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(T) == 0;
        auto* first = reinterpret_cast<const T*>(bytes.data());
        if (owner_ && aligned) return {std::span(first, bytes.size() / sizeof(T)), owner_};
        auto values = Buffer<T>::uninitialized(static_cast<Index>(bytes.size() / sizeof(T)));
        if (!bytes.empty()) std::memcpy(static_cast<void*>(values.data()), bytes.data(), bytes.size());
        return values;
    }

    template <class T>
    void get_object(T& object) {
        constexpr auto newest = static_cast<std::uint32_t>(boost::serialization::version<T>::value);
        const std::uint32_t version = enter_object(typeid(T), newest);
        boost::serialization::serialize_adl(*this, object, version);
        --depth_;
    }

    void note_validated(const void* object) { last_validated_ = object; }
    const void* last_validated() const { return last_validated_; }

    /// Throws CorruptModel where something was not read.
    void finish() const;

private:
    bool get_bool();
    std::uint32_t get_float32();
    std::uint64_t get_float64();
    std::int64_t get_integer(std::int64_t);
    std::uint64_t get_integer(std::uint64_t);
    detail::Tag get_tag();
    void expect(detail::Tag tag);
    std::span<const std::byte> take(std::uint64_t count);
    std::span<const std::byte> get_array_bytes(ElementKind kind, std::size_t element_size);
    std::uint32_t enter_object(const std::type_info& type, std::uint32_t newest_version);

    std::span<const std::byte> structure_;
    std::size_t position_ = 0;
    std::span<const ArrayView> arrays_;
    std::size_t next_array_ = 0;
    std::shared_ptr<const void> owner_;
    std::map<std::type_index, std::uint32_t> versions_;
    int depth_ = 0;
    const void* last_validated_ = nullptr;
};

}  // namespace plantwright::io
