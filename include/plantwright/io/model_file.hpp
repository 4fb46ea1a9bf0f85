// SPDX-License-Identifier: MIT
/// Saving and loading one object in the `.plw` container (docs/io.md describes the bytes).
///
/// The same object gives the same bytes on every machine and at every time. Loading checks everything that the file
/// says before it is believed: it ends with a valid object or one of our errors, whatever the bytes. Linear in the
/// file's size; distinct objects may be saved and loaded by distinct threads, and one object saved by several.
#pragma once

#include <concepts>
#include <cstddef>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "plantwright/io/archive.hpp"
#include "plantwright/io/file.hpp"
#include "plantwright/io/json.hpp"

namespace plantwright::io {

/// What can be saved: it names its type, describes itself for the header, serialises itself as `io/serialize.hpp`
/// shows, and checks itself after every load, from our container or from a Boost archive.
// clang-format off
template <class T>
concept Saveable = std::default_initializable<T> && requires(const T& model) {
    { T::kTypeName } -> std::convertible_to<std::string_view>;  // "RandomForestRegressor"
    { model.describe() } -> std::same_as<Json>;                 // schema, options, ...; goes into the header
    { model.validate() };                                       // throws CorruptModel
};
// clang-format on

namespace detail {

/// `type`, `format`, `library_version`, then the members of both objects; throws InvalidArgument where a name stands
/// twice.
PLANTWRIGHT_API std::string make_header(std::string_view type, const Json& description, const Json& extra);
PLANTWRIGHT_API void write_file(const std::filesystem::path& path, const ContainerView& contents);
PLANTWRIGHT_API std::vector<std::byte> write_bytes(const ContainerView& contents);
/// Throws InvalidArgument where the header names another type.
PLANTWRIGHT_API void require_type(std::string_view header, std::string_view type);

}  // namespace detail

/// Writes atomically (temporary file beside it, fsync, rename). `extra` members join the header: provenance, metrics.
/// Throws IoError; the old file then still stands.
template <Saveable T>
void save(const std::filesystem::path& path, const T& model, const Json& extra = Json::object()) {
    OutputArchive archive;
    archive << model;
    const std::string header = detail::make_header(T::kTypeName, model.describe(), extra);
    detail::write_file(path, archive.contents(header));
}

template <Saveable T>
std::vector<std::byte> to_bytes(const T& model, const Json& extra = Json::object()) {
    OutputArchive archive;
    archive << model;
    const std::string header = detail::make_header(T::kTypeName, model.describe(), extra);
    return detail::write_bytes(archive.contents(header));
}

/// Throws CorruptModel, UnsupportedVersion, and InvalidArgument where the bytes hold another type. Where an `owner` of
/// the bytes is given, who keeps them alive and unchanged, large arrays of the model are not copied but look at them.
template <Saveable T>
T from_bytes(std::span<const std::byte> bytes, std::shared_ptr<const void> owner = {}) {
    const ContainerView contents = read_container(bytes);
    detail::require_type(contents.header, T::kTypeName);
    InputArchive archive(contents, std::move(owner));
    T model;
    detail::blame_file([&] { archive >> model; });
    archive.finish();
    if (archive.last_validated() != &model) {
        throw std::logic_error(std::string(T::kTypeName) + "::serialize must end with io::validate_after_load");
    }
    return model;
}

/// As from_bytes; throws IoError too. Large arrays of the model are parts of the file's bytes in memory.
template <Saveable T>
T load(const std::filesystem::path& path, LoadBy by = LoadBy::copy) {
    const SharedArray<std::byte> bytes = by == LoadBy::map ? map_file(path) : SharedArray<std::byte>(read_file(path));
    return from_bytes<T>(bytes, bytes.owner());
}

/// The header alone: `type`, `library_version`, the model's `describe()` and the extra members. Of a file, only the
/// front is read and checked.
PLANTWRIGHT_API Json read_header(const std::filesystem::path& path);
PLANTWRIGHT_API Json read_header(std::span<const std::byte> bytes);

/// The same model under a header with more members, e.g. provenance. Throws InvalidArgument where a name is taken.
PLANTWRIGHT_API std::vector<std::byte> with_header_members(std::span<const std::byte> bytes, const Json& extra);

}  // namespace plantwright::io
