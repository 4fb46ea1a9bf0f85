// SPDX-License-Identifier: MIT
#include "frame/tzif.hpp"

#include <algorithm>
#include <cstddef>

#include "frame/names.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright::detail {
namespace {

struct Counts {
    std::size_t is_utc, is_standard, leaps, times, types, characters;

    std::size_t data_size(std::size_t time_width) const {
        return times * (time_width + 1) + types * 6 + characters + leaps * (time_width + 4) + is_standard + is_utc;
    }
};

class Reader {
public:
    Reader(std::string_view bytes, std::string_view zone) : bytes_(bytes), zone_(zone) {}

    [[noreturn]] void refuse(const std::string& why) const {
        throw IoError("TimeZone: the system's file of zone " + in_quotes(zone_) + " " + why);
    }
    std::string_view take(std::size_t size) {
        if (size > bytes_.size()) refuse("ends too early");
        const auto part = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return part;
    }
    std::int64_t integer(std::size_t width) {  // big-endian, two's complement
        std::uint64_t value = 0;
        for (char byte : take(width)) value = value << 8 | static_cast<unsigned char>(byte);
        return width == 4 ? static_cast<std::int32_t>(value) : static_cast<std::int64_t>(value);
    }
    std::size_t count() { return static_cast<std::uint32_t>(integer(4)); }
    std::string_view rest() const { return bytes_; }

private:
    std::string_view bytes_;
    std::string_view zone_;
};

struct Header {
    char version;
    Counts counts;
};

Header read_header(Reader& reader) {
    if (reader.take(4) != "TZif") reader.refuse("is not a TZif file");
    const char version = reader.take(1).front();
    reader.take(15);
    Counts counts{};
    counts.is_utc = reader.count();
    counts.is_standard = reader.count();
    counts.leaps = reader.count();
    counts.times = reader.count();
    counts.types = reader.count();
    counts.characters = reader.count();
    if (counts.leaps != 0) reader.refuse("counts leap seconds, which POSIX time does not");
    if (counts.types == 0) reader.refuse("names no offset");
    return {version, counts};
}

Tzif read_data(Reader& reader, const Counts& counts, std::size_t time_width) {
    if (counts.data_size(time_width) > reader.rest().size()) reader.refuse("ends too early");
    Tzif table;
    for (std::size_t i = 0; i < counts.times; ++i) table.times.push_back(reader.integer(time_width));
    if (!std::ranges::is_sorted(table.times)) reader.refuse("has its changes out of order");
    const std::string_view indices = reader.take(counts.times);
    std::vector<std::int64_t> offsets;
    for (std::size_t i = 0; i < counts.types; ++i) {
        offsets.push_back(reader.integer(4));
        reader.take(2);  // whether it is summer time, and its abbreviation
    }
    table.first_offset = offsets.front();
    for (char index : indices) {
        const std::size_t type = static_cast<unsigned char>(index);
        if (type >= offsets.size()) reader.refuse("refers to an offset that it does not have");
        table.offsets.push_back(offsets[type]);
    }
    reader.take(counts.characters + counts.is_standard + counts.is_utc);
    return table;
}

std::optional<PosixRule> read_footer(Reader& reader) {
    const std::string_view footer = reader.rest();
    if (footer.size() < 2 || footer.front() != '\n') return std::nullopt;
    const auto text = footer.substr(1, footer.find('\n', 1) - 1);
    if (text.empty()) return std::nullopt;
    const auto rule = parse_posix_rule(text);
    if (!rule) reader.refuse("ends with a rule that cannot be read");
    return rule;
}

}  // namespace

Tzif parse_tzif(std::string_view bytes, std::string_view zone) {
    Reader reader(bytes, zone);
    Header header = read_header(reader);
    if (header.version == '\0') return read_data(reader, header.counts, 4);
    reader.take(header.counts.data_size(4));
    header = read_header(reader);
    Tzif table = read_data(reader, header.counts, 8);
    table.rule = read_footer(reader);
    return table;
}

}  // namespace plantwright::detail
