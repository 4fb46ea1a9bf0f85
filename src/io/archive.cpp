// SPDX-License-Identifier: MIT
#include "plantwright/io/archive.hpp"

#include "io/little_endian.hpp"

namespace plantwright::io {

using detail::Tag;

namespace {

[[noreturn]] void fail(const std::string& what) { throw CorruptModel("model file: " + what); }

void append_tag(std::vector<std::byte>& out, Tag tag) { out.push_back(static_cast<std::byte>(tag)); }

void check_booleans(std::span<const std::byte> bytes) {
    for (const std::byte byte : bytes) {
        if (std::to_integer<unsigned>(byte) > 1) fail("a truth value is neither 0 nor 1");
    }
}

}  // namespace

// ---- saving

void OutputArchive::put_tagged(Tag tag, std::uint8_t value) {
    append_tag(structure_, tag);
    append_little(structure_, value);
}

void OutputArchive::put_tagged(Tag tag, std::uint32_t value) {
    append_tag(structure_, tag);
    append_little(structure_, value);
}

void OutputArchive::put_tagged(Tag tag, std::uint64_t value) {
    append_tag(structure_, tag);
    append_little(structure_, value);
}

void OutputArchive::put(const std::string& text) {
    put_tagged(Tag::string, std::uint64_t{text.size()});
    const auto bytes = std::as_bytes(std::span(text));
    structure_.insert(structure_.end(), bytes.begin(), bytes.end());
}

void OutputArchive::put_array_bytes(ElementKind kind, std::size_t element_size, std::span<const std::byte> bytes) {
    put_tagged(Tag::array, std::uint64_t{arrays_.size()});
    arrays_.push_back({kind, static_cast<std::uint16_t>(element_size), Buffer<std::byte>(bytes)});
}

void OutputArchive::put_array_view(ElementKind kind, std::size_t element_size, std::span<const std::byte> bytes,
                                   const std::shared_ptr<const void>& owner) {
    put_tagged(Tag::array, std::uint64_t{arrays_.size()});
    arrays_.push_back({kind, static_cast<std::uint16_t>(element_size), {bytes, owner}});
}

void OutputArchive::enter_object(const std::type_info* versioned_type, std::uint32_t version) {
    if (++depth_ > kMaxObjectDepth) {
        throw InvalidArgument("save: objects are nested deeper than " + std::to_string(kMaxObjectDepth));
    }
    if (versioned_type != nullptr && versions_.try_emplace(*versioned_type, version).second) {
        put_tagged(Tag::versioned_object, version);
    } else {
        append_tag(structure_, Tag::object);
    }
}

ContainerView OutputArchive::contents(std::string_view header) const {
    ContainerView view{header, structure_, {}};
    for (const Array& array : arrays_) view.arrays.push_back({array.kind, array.element_size, array.bytes});
    return view;
}

// ---- loading

std::span<const std::byte> InputArchive::take(std::uint64_t count) {
    if (count > structure_.size() - position_) fail("the structure ends too early");
    const auto bytes = structure_.subspan(position_, count);
    position_ += count;
    return bytes;
}

Tag InputArchive::get_tag() { return static_cast<Tag>(take(1)[0]); }

void InputArchive::expect(Tag tag) {
    const Tag found = get_tag();
    if (found != tag) {
        fail("expected an item of kind " + std::to_string(static_cast<int>(tag)) + ", found kind " +
             std::to_string(static_cast<int>(found)));
    }
}

bool InputArchive::get_bool() {
    expect(Tag::boolean);
    const auto byte = take(1);
    check_booleans(byte);
    return byte[0] != std::byte{0};
}

std::uint32_t InputArchive::get_float32() {
    expect(Tag::float32);
    return read_little<std::uint32_t>(take(4));
}

std::uint64_t InputArchive::get_float64() {
    expect(Tag::float64);
    return read_little<std::uint64_t>(take(8));
}

std::int64_t InputArchive::get_integer(std::int64_t) {
    expect(Tag::signed_integer);
    return static_cast<std::int64_t>(read_little<std::uint64_t>(take(8)));
}

std::uint64_t InputArchive::get_integer(std::uint64_t) {
    expect(Tag::unsigned_integer);
    return read_little<std::uint64_t>(take(8));
}

void InputArchive::get(std::string& text) {
    expect(Tag::string);
    const auto bytes = take(read_little<std::uint64_t>(take(8)));
    text.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

std::uint64_t InputArchive::get_count() {
    expect(Tag::count);
    const auto count = read_little<std::uint64_t>(take(8));
    if (count > structure_.size() - position_) fail("a list of " + std::to_string(count) + " items exceeds the file");
    return count;
}

void InputArchive::load_binary(void* address, std::size_t count) {
    std::string bytes;
    get(bytes);
    if (bytes.size() != count) fail("binary data of another length than expected");
    std::memcpy(address, bytes.data(), count);
}

/// Arrays are referred to in their order, so none can be read twice or left out unseen.
std::span<const std::byte> InputArchive::get_array_bytes(ElementKind kind, std::size_t element_size) {
    expect(Tag::array);
    if (read_little<std::uint64_t>(take(8)) != next_array_ || next_array_ >= arrays_.size())
        fail("arrays are out of order");
    const ArrayView& array = arrays_[next_array_++];
    if (array.kind != kind || array.element_size != element_size) fail("an array holds elements of another type");
    if (kind == ElementKind::boolean) check_booleans(array.bytes);
    return array.bytes;
}

std::uint32_t InputArchive::enter_object(const std::type_info& type, std::uint32_t newest_version) {
    if (++depth_ > kMaxObjectDepth) fail("objects are nested deeper than " + std::to_string(kMaxObjectDepth));
    const Tag tag = get_tag();
    if (tag == Tag::object) {
        const auto known = versions_.find(type);
        return known == versions_.end() ? 0 : known->second;
    }
    if (tag != Tag::versioned_object) fail("expected an object, found kind " + std::to_string(static_cast<int>(tag)));
    const auto version = read_little<std::uint32_t>(take(4));
    if (version > newest_version) {
        throw UnsupportedVersion("model file: a part has version " + std::to_string(version) +
                                 ", this library reads up to " + std::to_string(newest_version));
    }
    if (!versions_.try_emplace(type, version).second) fail("the version of a type stands twice");
    return version;
}

void InputArchive::finish() const {
    if (position_ != structure_.size()) fail("the structure holds more than the model");
    if (next_array_ != arrays_.size()) fail("the file holds more arrays than the model");
}

}  // namespace plantwright::io
