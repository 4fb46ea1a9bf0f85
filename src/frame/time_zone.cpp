// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "frame/floor_divide.hpp"
#include "frame/names.hpp"
#include "frame/posix_rule.hpp"
#include "frame/tzif.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/frame/calendar.hpp"

namespace plantwright {

struct TimeZone::Rules {
    detail::Tzif table;
};

namespace {

namespace fs = std::filesystem;
using Segment = TimeZone::Segment;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<int> two_digits(std::string_view text, int highest) {
    if (text.size() != 2 || !is_digit(text[0]) || !is_digit(text[1])) return std::nullopt;
    const int value = 10 * (text[0] - '0') + (text[1] - '0');
    return value <= highest ? std::optional(value) : std::nullopt;
}

/// "+08:00", "-0330", "+08", "UTC", "Z" in seconds east.
std::optional<std::int64_t> fixed_offset(std::string_view name) {
    if (name.empty() || name == "UTC" || name == "Z" || name == "Etc/UTC" || name == "GMT") return 0;
    if (name.front() != '+' && name.front() != '-') return std::nullopt;
    const std::string_view digits = name.substr(1);
    const bool colon = digits.size() == 5 && digits[2] == ':';
    if (digits.size() != 2 && digits.size() != 4 && !colon) return std::nullopt;
    const auto hours = two_digits(digits.substr(0, 2), 23);
    const auto minutes = digits.size() == 2 ? 0 : two_digits(digits.substr(colon ? 3 : 2), 59);
    if (!hours || !minutes) return std::nullopt;
    const std::int64_t seconds = 3600 * *hours + 60 * *minutes;
    return name.front() == '-' ? -seconds : seconds;
}

/// A name comes from a model file or a user: it must not lead out of the zoneinfo folder.
bool is_safe_name(std::string_view name) {
    const auto allowed = [](char c) {
        return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-' || c == '+' ||
               c == '/';
    };
    return name.size() <= 64 && std::ranges::all_of(name, allowed) && name.front() != '/';
}

std::vector<fs::path> zoneinfo_folders() {
    if (const char* chosen = std::getenv("TZDIR"); chosen != nullptr && *chosen != '\0') return {chosen};
    return {"/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo"};
}

std::optional<fs::path> zoneinfo_folder() {
    for (const auto& folder : zoneinfo_folders()) {
        std::error_code ignored;
        if (fs::is_directory(folder, ignored)) return folder;
    }
    return std::nullopt;
}

std::string contents_of(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

detail::Tzif read_zone(std::string_view name) {
    const auto folder = zoneinfo_folder();
    if (!folder) {
        throw IoError("TimeZone: no time zone database is installed, so " + detail::in_quotes(name) +
                      " cannot be looked up; install tzdata, set TZDIR, or give a fixed offset as '+08:00'");
    }
    std::error_code ignored;
    const fs::path file = *folder / name;
    if (!is_safe_name(name) || !fs::is_regular_file(file, ignored)) {
        throw InvalidArgument(
            "TimeZone: zone must be an IANA name as 'Europe/Berlin' or a fixed offset as '+08:00', got " +
            detail::in_quotes(name));
    }
    return detail::parse_tzif(contents_of(file), name);
}

Segment fixed(std::int64_t offset) {
    Segment segment;
    segment.offset = offset;
    return segment;
}

struct Change {
    std::int64_t at;      ///< seconds UTC
    std::int64_t offset;  ///< from then on
};

/// The changes of three years around, in order, so that every instant of the middle year lies between two of them.
std::array<Change, 6> changes_around(const detail::PosixRule& rule, std::int64_t year) {
    std::array<Change, 6> changes{};
    for (std::size_t i = 0; i < 3; ++i) {
        const std::int64_t y = year - 1 + static_cast<std::int64_t>(i);
        changes[2 * i] = {rule.to_summer.local_seconds(y) - rule.standard_offset, rule.summer_offset};
        changes[2 * i + 1] = {rule.to_standard.local_seconds(y) - rule.summer_offset, rule.standard_offset};
    }
    std::ranges::stable_sort(changes, {}, &Change::at);
    return changes;
}

Segment segment_by_rule(const detail::PosixRule& rule, std::int64_t utc_seconds) {
    if (!rule.has_summer_time) return fixed(rule.standard_offset);
    const std::int64_t day = detail::floor_divide(utc_seconds + rule.standard_offset, kSecondsPerDay);
    const auto changes = changes_around(rule, civil_from_days(day).year);
    const auto next = std::ranges::upper_bound(changes, utc_seconds, {}, &Change::at);
    const auto before = next == changes.begin() ? next : std::prev(next);  // odd rules may put all of them later
    Segment segment{before->at, Segment{}.end, before->offset};
    if (next != changes.end()) segment.end = next->at;
    return segment;
}

}  // namespace

TimeZone TimeZone::find(std::string_view name) {
    detail::Tzif table;
    if (const auto offset = fixed_offset(name)) {
        table.first_offset = *offset;
    } else {
        table = read_zone(name);
    }
    return TimeZone(std::make_shared<const Rules>(Rules{std::move(table)}));
}

Segment TimeZone::segment_at(std::int64_t utc_seconds) const {
    const detail::Tzif& table = rules_->table;
    const auto next = std::ranges::upper_bound(table.times, utc_seconds);
    const auto changes_behind = static_cast<std::size_t>(next - table.times.begin());
    Segment segment = fixed(table.first_offset);
    if (next == table.times.end() && table.rule) {
        segment = segment_by_rule(*table.rule, utc_seconds);
    } else if (changes_behind > 0) {
        segment.offset = table.offsets[changes_behind - 1];
    }
    if (changes_behind > 0) segment.begin = std::max(segment.begin, table.times[changes_behind - 1]);
    if (next != table.times.end()) segment.end = *next;
    return segment;
}

std::int64_t TimeZone::utc_from_local(std::int64_t local_seconds) const {
    constexpr std::int64_t kWidestOffset = 26 * 3600;
    Segment segment = segment_at(local_seconds - kWidestOffset);
    while (local_seconds - segment.offset >= segment.end) {
        const Segment next = segment_at(segment.end);
        if (local_seconds - next.offset < next.begin) break;  // skipped by the clock: the offset before counts
        segment = next;
    }
    return local_seconds - segment.offset;
}

}  // namespace plantwright
