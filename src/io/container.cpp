// SPDX-License-Identifier: MIT
#include "plantwright/io/container.hpp"

#include <algorithm>
#include <array>

#include "io/little_endian.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/io/checksum.hpp"

namespace plantwright::io {
namespace {

constexpr std::array<std::uint8_t, 8> kMagic = {0x89, 'P',  'L',  'W',
                                                '\r', '\n', 0x1A, '\n'};  // text-mode copies break it
constexpr std::size_t kPreambleSize = 64;
constexpr std::size_t kChecksumOffset = 24;  // of the preamble's own
constexpr std::size_t kEntrySize = 40;
constexpr std::size_t kMaxSections = std::size_t{1} << 24;
constexpr std::uint16_t kRequired = 1;

/// One row of the section table, as it stands in the file.
struct Entry {
    std::uint16_t kind = 0;
    std::uint16_t flags = kRequired;
    std::uint16_t element_kind = 0;
    std::uint16_t element_size = 0;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    std::uint64_t checksum = 0;
};

[[noreturn]] void fail(const std::string& what) { throw CorruptModel("model file: " + what); }

constexpr std::uint64_t align(std::uint64_t offset) { return (offset + kAlignment - 1) / kAlignment * kAlignment; }

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

// ---- writing

Entry make_entry(SectionKind kind, std::span<const std::byte> bytes) {
    Entry entry;
    entry.kind = static_cast<std::uint16_t>(kind);
    entry.length = bytes.size();
    entry.checksum = checksum(bytes);
    return entry;
}

std::vector<Entry> make_table(const ContainerView& contents) {
    std::vector<Entry> table = {make_entry(SectionKind::header, bytes_of(contents.header)),
                                make_entry(SectionKind::structure, contents.structure)};
    for (const ArrayView& array : contents.arrays) {
        Entry entry = make_entry(SectionKind::array, array.bytes);
        entry.element_kind = static_cast<std::uint16_t>(array.kind);
        entry.element_size = array.element_size;
        table.push_back(entry);
    }
    std::uint64_t end = kPreambleSize + table.size() * kEntrySize;
    for (Entry& entry : table) {
        entry.offset = align(end);
        end = entry.offset + entry.length;
    }
    return table;
}

void append_entry(std::vector<std::byte>& out, const Entry& entry) {
    append_little(out, entry.kind);
    append_little(out, entry.flags);
    append_little(out, entry.element_kind);
    append_little(out, entry.element_size);
    append_little(out, std::uint64_t{0});
    append_little(out, entry.offset);
    append_little(out, entry.length);
    append_little(out, entry.checksum);
}

/// The preamble's checksum covers itself as zero, so it is set last.
std::vector<std::byte> make_front(const std::vector<Entry>& table) {
    std::vector<std::byte> front;
    for (const std::uint8_t byte : kMagic) append_little(front, byte);
    append_little(front, kFormatVersion);
    append_little(front, static_cast<std::uint32_t>(table.size()));
    append_little(front, table.back().offset + table.back().length);
    front.resize(kPreambleSize);
    for (const Entry& entry : table) append_entry(front, entry);
    const std::uint64_t sum = checksum(front);
    std::memcpy(front.data() + kChecksumOffset, &sum, sizeof(sum));
    return front;
}

// ---- reading

void check_preamble(std::span<const std::byte> first, std::uint64_t file_size) {
    if (first.size() < kPreambleSize) fail("only " + std::to_string(first.size()) + " bytes, too short for a model");
    if (std::memcmp(first.data(), kMagic.data(), kMagic.size()) != 0)
        fail("not a Plantwright model (wrong magic bytes)");
    const auto version = read_little<std::uint32_t>(first, 8);
    if (version > kFormatVersion) {
        throw UnsupportedVersion("model file: format version " + std::to_string(version) +
                                 ", this library reads up to " + std::to_string(kFormatVersion));
    }
    if (version == 0) fail("format version 0");
    const auto stated_size = read_little<std::uint64_t>(first, 16);
    if (stated_size != file_size) {
        fail("has " + std::to_string(file_size) + " bytes, should have " + std::to_string(stated_size));
    }
}

std::size_t table_end(std::span<const std::byte> first, std::uint64_t file_size) {
    const std::size_t n_sections = read_little<std::uint32_t>(first, 12);
    if (n_sections < 2 || n_sections > kMaxSections || n_sections > (file_size - kPreambleSize) / kEntrySize) {
        fail("impossible number of sections " + std::to_string(n_sections));
    }
    return kPreambleSize + n_sections * kEntrySize;
}

void check_front_checksum(std::span<const std::byte> front) {
    std::vector<std::byte> copy(front.begin(), front.end());
    std::fill_n(copy.begin() + kChecksumOffset, sizeof(std::uint64_t), std::byte{0});
    if (checksum(copy) != read_little<std::uint64_t>(front, kChecksumOffset)) fail("damaged section table (checksum)");
    const auto reserved = front.subspan(kChecksumOffset + 8, kPreambleSize - kChecksumOffset - 8);
    if (std::any_of(reserved.begin(), reserved.end(), [](std::byte b) { return b != std::byte{0}; })) {
        fail("reserved bytes of the preamble are in use");
    }
}

Entry parse_entry(std::span<const std::byte> row) {
    Entry entry;
    entry.kind = read_little<std::uint16_t>(row, 0);
    entry.flags = read_little<std::uint16_t>(row, 2);
    entry.element_kind = read_little<std::uint16_t>(row, 4);
    entry.element_size = read_little<std::uint16_t>(row, 6);
    if (read_little<std::uint64_t>(row, 8) != 0 || entry.flags > kRequired)
        fail("reserved bytes of the section table are in use");
    entry.offset = read_little<std::uint64_t>(row, 16);
    entry.length = read_little<std::uint64_t>(row, 24);
    entry.checksum = read_little<std::uint64_t>(row, 32);
    return entry;
}

/// Sections must follow each other with the least padding: nothing overlaps and no byte is out of sight.
void check_layout(const std::vector<Entry>& table, std::uint64_t file_size) {
    std::uint64_t end = kPreambleSize + table.size() * kEntrySize;
    for (const Entry& entry : table) {
        if (entry.offset != align(end)) fail("a section is misplaced");
        if (entry.offset > file_size || entry.length > file_size - entry.offset)
            fail("a section reaches beyond the file's end");
        end = entry.offset + entry.length;
    }
    if (end != file_size) fail("bytes after the last section");
}

void check_kinds(const std::vector<Entry>& table) {
    const auto has_kind = [&](std::size_t i, SectionKind kind) {
        return table[i].kind == static_cast<std::uint16_t>(kind);
    };
    if (!has_kind(0, SectionKind::header) || !has_kind(1, SectionKind::structure))
        fail("header or structure is missing");
    if (table[0].length > kMaxHeaderBytes)
        fail("header of " + std::to_string(table[0].length) + " bytes, allowed is 1 MiB");
    for (std::size_t i = 2; i < table.size(); ++i) {
        if (has_kind(i, SectionKind::array)) continue;
        if (has_kind(i, SectionKind::header) || has_kind(i, SectionKind::structure))
            fail("header or structure stands twice");
        if (table[i].flags & kRequired) {
            throw UnsupportedVersion("model file: a required section of unknown kind " + std::to_string(table[i].kind) +
                                     "; a newer library wrote it");
        }
    }
}

std::vector<Entry> parse_table(std::span<const std::byte> front, std::uint64_t file_size) {
    check_preamble(front, file_size);
    const std::size_t end = table_end(front, file_size);
    if (front.size() < end) fail("section table is cut off");
    check_front_checksum(front.first(end));
    std::vector<Entry> table;
    for (std::size_t at = kPreambleSize; at < end; at += kEntrySize)
        table.push_back(parse_entry(front.subspan(at, kEntrySize)));
    check_layout(table, file_size);
    check_kinds(table);
    return table;
}

std::span<const std::byte> checked_section(std::span<const std::byte> bytes, const Entry& entry) {
    if (entry.offset > bytes.size() || entry.length > bytes.size() - entry.offset) fail("a section is cut off");
    const auto section = bytes.subspan(entry.offset, entry.length);
    if (checksum(section) != entry.checksum) fail("damaged section (checksum)");
    return section;
}

void check_padding(std::span<const std::byte> bytes, const std::vector<Entry>& table) {
    std::size_t end = kPreambleSize + table.size() * kEntrySize;
    for (const Entry& entry : table) {
        const auto padding = bytes.subspan(end, entry.offset - end);
        if (std::any_of(padding.begin(), padding.end(), [](std::byte b) { return b != std::byte{0}; })) {
            fail("padding between sections is not zero");
        }
        end = entry.offset + entry.length;
    }
}

ArrayView view_array(std::span<const std::byte> bytes, const Entry& entry) {
    if (entry.element_size == 0 || bytes.size() % entry.element_size != 0)
        fail("an array is not a whole number of elements");
    return {static_cast<ElementKind>(entry.element_kind), entry.element_size, bytes};
}

std::string_view as_text(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

void write_container(const ContainerView& contents, const std::function<void(std::span<const std::byte>)>& write) {
    if (contents.header.size() > kMaxHeaderBytes) {
        throw InvalidArgument("save: the header has " + std::to_string(contents.header.size()) +
                              " bytes, at most 1 MiB is allowed; long lists belong into members of the model");
    }
    const std::vector<Entry> table = make_table(contents);
    std::uint64_t end = 0;
    const auto write_at = [&](std::uint64_t offset, std::span<const std::byte> bytes) {
        static constexpr std::array<std::byte, kAlignment> kZeros{};
        write(std::span(kZeros).first(offset - end));
        write(bytes);
        end = offset + bytes.size();
    };
    write_at(0, make_front(table));
    write_at(table[0].offset, bytes_of(contents.header));
    write_at(table[1].offset, contents.structure);
    for (std::size_t i = 0; i < contents.arrays.size(); ++i) write_at(table[i + 2].offset, contents.arrays[i].bytes);
}

ContainerView read_container(std::span<const std::byte> bytes) {
    const std::vector<Entry> table = parse_table(bytes, bytes.size());
    check_padding(bytes, table);
    ContainerView view;
    view.header = as_text(checked_section(bytes, table[0]));
    view.structure = checked_section(bytes, table[1]);
    for (std::size_t i = 2; i < table.size(); ++i) {
        const auto section = checked_section(bytes, table[i]);
        if (table[i].kind == static_cast<std::uint16_t>(SectionKind::array))
            view.arrays.push_back(view_array(section, table[i]));
    }
    return view;
}

std::uint64_t front_size(std::span<const std::byte> first, std::uint64_t file_size) {
    check_preamble(first, file_size);
    return std::min<std::uint64_t>(file_size, align(table_end(first, file_size)) + kMaxHeaderBytes);
}

std::string_view read_container_header(std::span<const std::byte> front, std::uint64_t file_size) {
    return as_text(checked_section(front, parse_table(front, file_size)[0]));
}

}  // namespace plantwright::io
