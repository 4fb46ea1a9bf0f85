// SPDX-License-Identifier: MIT
/// For authors of classes that are saved: how `serialize` is written. Light: templates and headers of Boost alone.
///
///     class Scaler {
///     public:
///         static constexpr std::string_view kTypeName = "Scaler";
///         io::Json describe() const;
///         void validate() const;                                   // throws CorruptModel
///         template <class Archive>
///         void serialize(Archive& archive, unsigned version) {
///             io::members(archive, mean_, scale_, names_);         // what version 0 had
///             if (version >= 1) io::members(archive, clip_);       // BOOST_CLASS_VERSION(plantwright::Scaler, 1)
///             io::validate_after_load(archive, *this);             // last
///         }
///     };
///
/// The same function writes our container and any archive of Boost's concept. Not every archive can hold every value:
/// text archives cannot read NaN, binary ones trust a bool's byte and write `long` as wide as the platform has it, none
/// knows std::optional. So `members(archive, a, b)`, which is `archive & exact(a) & exact(b)`, gives archives other
/// than ours nothing but 64-bit integers (floating point as its bits), strings and class objects. Our own archives do
/// not compile a bare `archive & x` of anything that needs this, so that it cannot be forgotten.
///
/// `exact` takes: bool, integers, enums, float, double, std::string, std::vector, std::array, std::pair, std::map,
/// std::optional, std::variant, std::monostate, Buffer, Table, and classes with `serialize`. An enum comes back with
/// any value that its underlying type can hold: `validate` must check it. Lengths in a foreign archive cannot be
/// checked against its size, so containers grow as their elements arrive.
#pragma once

#include <boost/serialization/level.hpp>
#include <boost/serialization/serialization.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/tracking.hpp>
#include <boost/serialization/version.hpp>
#include <boost/serialization/wrapper.hpp>

#include "plantwright/core/error.hpp"
#include "plantwright/io/codec.hpp"

namespace plantwright::io {

/// One member, written so that any archive gives it back bit for bit. A wrapper in Boost's sense, like its nvp.
template <class T>
class Exact : public boost::serialization::wrapper_traits<const Exact<T>> {
public:
    explicit Exact(T& value) : value_(&value) {}
    T& value() const { return *value_; }

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) const {
        if constexpr (Archive::is_saving::value) {
            detail::save_value(archive, *value_);
        } else {
            detail::load_value(archive, *value_);
        }
    }

private:
    T* value_;
};

template <class T>
const Exact<T> exact(T& value) {  // const, so that it binds to the `T&` of Boost's operators
    return Exact<T>(value);
}

/// Saves or loads the members in the order given.
template <class Archive, class... Members>
void members(Archive& archive, Members&... values) {
    (void)(archive & ... & exact(values));
}

namespace detail {

/// Whatever error of ours a file provokes in the classes it holds is the file's fault.
template <class Load>
void blame_file(Load load) {
    try {
        load();
    } catch (const CorruptModel&) {
        throw;
    } catch (const UnsupportedVersion&) {
        throw;
    } catch (const Error& error) {
        throw CorruptModel(error.message());
    }
}

}  // namespace detail

/// Stands last in a class's `serialize`: after a load, from our container or any other archive, the object checks
/// itself. Whatever error of ours `validate` throws leaves as CorruptModel.
template <class Archive, class T>
void validate_after_load([[maybe_unused]] Archive& archive, [[maybe_unused]] const T& object) {
    if constexpr (Archive::is_loading::value) {
        detail::blame_file([&] { object.validate(); });
        if constexpr (OwnArchive<Archive>) archive.note_validated(&object);
    }
}

}  // namespace plantwright::io

namespace plantwright {

/// Buffers in archives other than ours, found by argument-dependent lookup.
template <class Archive, class T>
void serialize(Archive& archive, Buffer<T>& buffer, const unsigned /*version*/) {
    if constexpr (Archive::is_saving::value) {
        io::detail::Codec<Buffer<T>>::save(archive, buffer);
    } else {
        io::detail::Codec<Buffer<T>>::load(archive, buffer);
    }
}

}  // namespace plantwright

namespace boost::serialization {

// A buffer needs neither a class version nor tracking by address.
template <class T>
struct implementation_level_impl<const plantwright::Buffer<T>> : mpl::int_<object_serializable> {};
template <class T>
struct tracking_level<plantwright::Buffer<T>> : mpl::int_<track_never> {};

}  // namespace boost::serialization
