// SPDX-License-Identifier: MIT
#include "plantwright/io/model_file.hpp"

#include "plantwright/core/version.hpp"

namespace plantwright::io {
namespace {

constexpr std::uint64_t kFirstBytes = 64;

void add_members(Json& header, const Json& members, const char* which) {
    for (const auto& [name, value] : members.as_object()) {
        if (header.find(name) != nullptr) {
            throw InvalidArgument(std::string("save: member '") + name + "' of " + which + " is already in the header");
        }
        header[name] = value;
    }
}

Json parse_header(std::string_view text) {
    try {
        Json header = Json::parse(text);
        header.at("type").as_string();
        return header;
    } catch (const Error& error) {
        throw CorruptModel(std::string("model file: bad header: ") + error.message());
    }
}

}  // namespace

namespace detail {

std::string make_header(std::string_view type, const Json& description, const Json& extra) {
    Json header = Json::object();
    header["type"] = type;
    header["format"] = kFormatVersion;
    header["library_version"] = kVersion;
    add_members(header, description, "describe()");
    add_members(header, extra, "extra");
    return header.dump();
}

void write_file(const std::filesystem::path& path, const ContainerView& contents) {
    write_atomically(path, [&](const WriteBytes& write) { write_container(contents, write); });
}

std::vector<std::byte> write_bytes(const ContainerView& contents) {
    std::size_t at_most = 1024 + contents.header.size() + contents.structure.size();
    for (const ArrayView& array : contents.arrays) at_most += array.bytes.size() + 128;  // with padding and table row
    std::vector<std::byte> bytes;
    bytes.reserve(at_most);
    write_container(contents,
                    [&](std::span<const std::byte> piece) { bytes.insert(bytes.end(), piece.begin(), piece.end()); });
    return bytes;
}

void require_type(std::string_view header, std::string_view type) {
    const Json parsed = parse_header(header);
    const std::string& found = parsed.at("type").as_string();
    if (found != type) throw InvalidArgument("load: the file holds a " + found + ", not a " + std::string(type));
}

}  // namespace detail

Json read_header(std::span<const std::byte> bytes) { return parse_header(read_container_header(bytes, bytes.size())); }

Json read_header(const std::filesystem::path& path) {
    const std::uint64_t size = size_of_file(path);
    const Buffer<std::byte> first = read_file(path, kFirstBytes);
    const Buffer<std::byte> front = read_file(path, front_size(first, size));
    return parse_header(read_container_header(front, size));
}

std::vector<std::byte> with_header_members(std::span<const std::byte> bytes, const Json& extra) {
    ContainerView contents = read_container(bytes);
    Json header = parse_header(contents.header);
    add_members(header, extra, "extra");
    const std::string text = header.dump();
    contents.header = text;
    return detail::write_bytes(contents);
}

}  // namespace plantwright::io
