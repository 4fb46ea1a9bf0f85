// SPDX-License-Identifier: MIT
/// Saving and loading one object in the `.plw` container. (Contract; bodies and format by the io area.)
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "plantwright/io/json.hpp"

namespace plantwright::io {

/// What can be saved: it names its type, describes itself for the header, serialises itself the way of
/// Boost.Serialization, and checks itself after every load, from our container or from a Boost archive.
template <class T>
concept Saveable = requires(const T& model) {
    { T::kTypeName } -> std::convertible_to<std::string_view>;  // "RandomForestRegressor"
    { model.describe() } -> std::same_as<Json>;                 // schema, options, ...; goes into the header
    { model.validate() };                                       // throws CorruptModel
};

/// Writes atomically (temporary file beside it, fsync, rename). `extra` members join the header: provenance, metrics.
/// Throws IoError; the old file then still stands.
template <Saveable T>
void save(const std::filesystem::path& path, const T& model, const Json& extra = Json::object());
template <Saveable T>
std::vector<std::byte> to_bytes(const T& model, const Json& extra = Json::object());

/// Throws IoError, CorruptModel, UnsupportedVersion, and InvalidArgument where the file holds another type.
template <Saveable T>
T load(const std::filesystem::path& path);
template <Saveable T>
T from_bytes(std::span<const std::byte> bytes);

/// The header alone: `type`, `library_version`, the model's `describe()` and the extra members.
Json read_header(const std::filesystem::path& path);
Json read_header(std::span<const std::byte> bytes);

}  // namespace plantwright::io
