// SPDX-License-Identifier: MIT
/// How `io::exact` takes a value apart into what every archive can hold. Used through `io/serialize.hpp`.
///
/// In our own archives each value carries a tag and plain arrays become sections of the file. Foreign archives get
/// 64-bit integers, strings and class objects; floating point goes as its bits.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "plantwright/core/buffer.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/core/shared_array.hpp"

namespace plantwright::io {

/// OutputArchive and InputArchive.
template <class Archive>
concept OwnArchive = std::is_void_v<typename Archive::plantwright_archive>;

/// Whether a struct may be an element of a saved Buffer as its bytes: fixed-width little-endian fields, no padding, no
/// bool, no pointer. Structs of integers without padding are recognised; one with float fields says so itself:
/// `template <> inline constexpr bool plantwright::io::is_record<Node> = true;`
template <class T>
inline constexpr bool is_record = std::conjunction_v<std::is_class<T>, std::has_unique_object_representations<T>>;

/// What the elements of an array section are. The numbers are part of the file format.
enum class ElementKind : std::uint16_t {
    none = 0,
    signed_integer = 1,
    unsigned_integer = 2,
    floating = 3,
    boolean = 4,
    record = 5
};

template <class T>
constexpr ElementKind element_kind() {
    if constexpr (std::is_enum_v<T>) {
        return element_kind<std::underlying_type_t<T>>();
    } else if constexpr (std::same_as<T, bool>) {
        return ElementKind::boolean;
    } else if constexpr (std::integral<T>) {
        return std::signed_integral<T> ? ElementKind::signed_integer : ElementKind::unsigned_integer;
    } else if constexpr (std::same_as<T, float> || std::same_as<T, double>) {
        return ElementKind::floating;
    } else {
        static_assert(is_record<T>, "array elements must be numbers, or structs declared by io::is_record");
        return ElementKind::record;
    }
}

namespace detail {

[[noreturn]] inline void fail_range(const char* what) { throw CorruptModel(std::string("model: ") + what); }

/// The integer that stands for a number in a foreign archive.
template <class T>
auto to_portable(T value) {
    if constexpr (std::same_as<T, double>) {
        return std::bit_cast<std::uint64_t>(value);
    } else if constexpr (std::same_as<T, float>) {
        return std::uint64_t{std::bit_cast<std::uint32_t>(value)};
    } else {
        static_assert(std::integral<T>, "long double is not portable");
        return static_cast<std::conditional_t<std::signed_integral<T>, std::int64_t, std::uint64_t>>(value);
    }
}

template <class T, class Wide>
T narrow_or_fail(Wide value) {
    if constexpr (std::same_as<T, bool>) {
        if (value > 1) fail_range("a truth value is neither 0 nor 1");
        return value == 1;
    } else {
        constexpr auto low = static_cast<Wide>(std::numeric_limits<T>::min());
        constexpr auto high = static_cast<Wide>(std::numeric_limits<T>::max());
        if (value < low || value > high) fail_range("an integer exceeds its type");
        return static_cast<T>(value);
    }
}

template <class T>
T from_portable(decltype(to_portable(T{})) value) {
    if constexpr (std::same_as<T, double>) {
        return std::bit_cast<double>(value);
    } else if constexpr (std::same_as<T, float>) {
        return std::bit_cast<float>(narrow_or_fail<std::uint32_t>(value));
    } else {
        return narrow_or_fail<T>(value);
    }
}

template <class T>
struct Codec;

template <class Archive, class T>
void save_value(Archive& archive, const T& value) {
    if constexpr (std::is_enum_v<T>) {
        save_value(archive, static_cast<std::underlying_type_t<T>>(value));
    } else if constexpr (!std::is_arithmetic_v<T>) {
        Codec<T>::save(archive, value);
    } else if constexpr (OwnArchive<Archive>) {
        archive.put(value);
    } else {
        const auto portable = to_portable(value);
        archive << portable;
    }
}

template <class Archive, class T>
void load_value(Archive& archive, T& value) {
    if constexpr (std::is_enum_v<T>) {
        std::underlying_type_t<T> number{};
        load_value(archive, number);
        value = static_cast<T>(number);
    } else if constexpr (!std::is_arithmetic_v<T>) {
        Codec<T>::load(archive, value);
    } else if constexpr (OwnArchive<Archive>) {
        archive.get(value);
    } else {
        decltype(to_portable(T{})) portable{};
        archive >> portable;
        value = from_portable<T>(portable);
    }
}

template <class Archive>
void save_count(Archive& archive, std::size_t count) {
    if constexpr (OwnArchive<Archive>) {
        archive.put_count(count);
    } else {
        save_value(archive, std::uint64_t{count});
    }
}

template <class Archive>
std::uint64_t load_count(Archive& archive) {
    if constexpr (OwnArchive<Archive>) {
        return archive.get_count();
    } else {
        std::uint64_t count = 0;
        load_value(archive, count);
        return count;
    }
}

/// Classes with their own `serialize`.
template <class T>
struct Codec {
    static_assert(std::is_class_v<T>, "pointers and references are not saved; store an index, or the value");

    template <class Archive>
    static void save(Archive& archive, const T& value) {
        if constexpr (OwnArchive<Archive>) {
            archive.put_object(value);
        } else {
            archive << value;
        }
    }
    template <class Archive>
    static void load(Archive& archive, T& value) {
        if constexpr (OwnArchive<Archive>) {
            archive.get_object(value);
        } else {
            archive >> value;
        }
    }
};

template <>
struct Codec<std::string> {
    template <class Archive>
    static void save(Archive& archive, const std::string& text) {
        if constexpr (OwnArchive<Archive>) {
            archive.put(text);
        } else {
            archive << text;
        }
    }
    template <class Archive>
    static void load(Archive& archive, std::string& text) {
        if constexpr (OwnArchive<Archive>) {
            archive.get(text);
        } else {
            archive >> text;
        }
    }
};

template <class T>
struct Codec<Buffer<T>> {
    template <class Archive>
    static void save(Archive& archive, const Buffer<T>& buffer) {
        if constexpr (OwnArchive<Archive>) {
            archive.put_array(buffer.data(), buffer.size());
        } else {
            save_count(archive, static_cast<std::size_t>(buffer.size()));
            for (const T& value : buffer) save_element(archive, value);
        }
    }

    template <class Archive>
    static void load(Archive& archive, Buffer<T>& buffer) {
        if constexpr (OwnArchive<Archive>) {
            buffer = archive.template get_array<T>();
        } else {
            std::vector<T> values;  // grows: the archive cannot tell whether the count is honest
            for (std::uint64_t left = load_count(archive); left > 0; --left) values.push_back(load_element(archive));
            buffer = Buffer<T>::uninitialized(static_cast<Index>(values.size()));
            std::copy(values.begin(), values.end(), buffer.begin());
        }
    }

private:
    static constexpr bool kRecord = element_kind<T>() == ElementKind::record;

    template <class Archive>
    static void save_element(Archive& archive, const T& value) {
        if constexpr (kRecord) {
            archive.save_binary(&value, sizeof(T));
        } else {
            save_value(archive, value);
        }
    }
    template <class Archive>
    static T load_element(Archive& archive) {
        T value{};
        if constexpr (kRecord) {
            archive.load_binary(&value, sizeof(T));
        } else {
            load_value(archive, value);
        }
        return value;
    }
};

/// The same bytes as a Buffer's. Loaded from our own container, it may look at the container's memory.
template <class T>
struct Codec<SharedArray<T>> {
    template <class Archive>
    static void save(Archive& archive, const SharedArray<T>& array) {
        if constexpr (OwnArchive<Archive>) {
            archive.put_shared_array(array);
        } else {
            Codec<Buffer<T>>::save(archive, Buffer<T>(std::span<const T>(array)));
        }
    }
    template <class Archive>
    static void load(Archive& archive, SharedArray<T>& array) {
        if constexpr (OwnArchive<Archive>) {
            array = archive.template get_shared_array<T>();
        } else {
            Buffer<T> values;
            Codec<Buffer<T>>::load(archive, values);
            array = std::move(values);
        }
    }
};

template <class T>
struct Codec<std::vector<T>> {
    template <class Archive>
    static void save(Archive& archive, const std::vector<T>& values) {
        if constexpr (kArray && OwnArchive<Archive>) {
            archive.put_array(values.data(), static_cast<Index>(values.size()));
        } else {
            save_count(archive, values.size());
            for (const auto& value : values) save_value(archive, static_cast<const T&>(value));
        }
    }

    template <class Archive>
    static void load(Archive& archive, std::vector<T>& values) {
        values.clear();
        if constexpr (kArray && OwnArchive<Archive>) {
            const auto array = archive.template get_array<T>();
            values.assign(array.begin(), array.end());
        } else {
            for (std::uint64_t left = load_count(archive); left > 0; --left) {
                T value{};
                load_value(archive, value);
                values.push_back(std::move(value));
            }
        }
    }

private:
    static constexpr bool kArray = std::is_arithmetic_v<T> && !std::same_as<T, bool>;
};

template <class T, std::size_t N>
struct Codec<std::array<T, N>> {
    template <class Archive>
    static void save(Archive& archive, const std::array<T, N>& values) {
        for (const T& value : values) save_value(archive, value);
    }
    template <class Archive>
    static void load(Archive& archive, std::array<T, N>& values) {
        for (T& value : values) load_value(archive, value);
    }
};

template <class First, class Second>
struct Codec<std::pair<First, Second>> {
    template <class Archive>
    static void save(Archive& archive, const std::pair<First, Second>& pair) {
        save_value(archive, pair.first);
        save_value(archive, pair.second);
    }
    template <class Archive>
    static void load(Archive& archive, std::pair<First, Second>& pair) {
        load_value(archive, pair.first);
        load_value(archive, pair.second);
    }
};

template <class Key, class Value>
struct Codec<std::map<Key, Value>> {
    template <class Archive>
    static void save(Archive& archive, const std::map<Key, Value>& entries) {
        save_count(archive, entries.size());
        for (const auto& [key, value] : entries) {
            save_value(archive, key);
            save_value(archive, value);
        }
    }
    template <class Archive>
    static void load(Archive& archive, std::map<Key, Value>& entries) {
        entries.clear();
        for (std::uint64_t left = load_count(archive); left > 0; --left) {
            std::pair<Key, Value> entry{};
            load_value(archive, entry);
            if (!entries.insert(std::move(entry)).second) fail_range("a map holds a key twice");
        }
    }
};

template <class T>
struct Codec<std::optional<T>> {
    template <class Archive>
    static void save(Archive& archive, const std::optional<T>& value) {
        save_value(archive, value.has_value());
        if (value) save_value(archive, *value);
    }
    template <class Archive>
    static void load(Archive& archive, std::optional<T>& value) {
        bool present = false;
        load_value(archive, present);
        value.reset();
        if (present) load_value(archive, value.emplace());
    }
};

template <>
struct Codec<std::monostate> {
    template <class Archive>
    static void save(Archive&, const std::monostate&) {}
    template <class Archive>
    static void load(Archive&, std::monostate&) {}
};

template <class... Ts>
struct Codec<std::variant<Ts...>> {
    using Variant = std::variant<Ts...>;

    template <class Archive>
    static void save(Archive& archive, const Variant& value) {
        save_value(archive, std::uint64_t{value.index()});
        std::visit([&](const auto& held) { save_value(archive, held); }, value);
    }
    template <class Archive>
    static void load(Archive& archive, Variant& value) {
        std::uint64_t index = 0;
        load_value(archive, index);
        if (index >= sizeof...(Ts)) fail_range("a variant holds an unknown alternative");
        load_alternative(archive, value, index, std::index_sequence_for<Ts...>{});
    }

private:
    template <class Archive, std::size_t... Is>
    static void load_alternative(Archive& archive, Variant& value, std::uint64_t index, std::index_sequence<Is...>) {
        (void)((index == Is && (load_value(archive, value.template emplace<Is>()), true)) || ...);
    }
};

}  // namespace detail
}  // namespace plantwright::io
