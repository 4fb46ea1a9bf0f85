// SPDX-License-Identifier: MIT
/// Civil time: the proleptic Gregorian calendar and the zones that local clocks follow.
///
/// Days are counted from 1970-01-01. With the year begun in March, so that the leap day stands last, the days before
/// year y are 365 y + floor(y / 4) - floor(y / 100) + floor(y / 400). Zones are read from the system's compiled tz
/// database (RFC 9636, "The Time Zone Information Format", 64-bit data and the POSIX rule of the footer for later
/// years). Times are within some 10^17 seconds of 1970 (int64 nanoseconds reach 10^10). Deviation: leap seconds are not
/// counted, as in POSIX time; files that count them are refused. Pure; threads may share.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>
#include <utility>

#include "plantwright/core/export.hpp"

namespace plantwright {

struct CivilDate {
    std::int64_t year = 1970;
    int month = 1;  ///< 1 to 12
    int day = 1;    ///< 1 to 31
    bool operator==(const CivilDate&) const = default;
};

inline constexpr std::int64_t kSecondsPerDay = 86'400;
inline constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

PLANTWRIGHT_API std::int64_t days_from_civil(const CivilDate& date);
PLANTWRIGHT_API CivilDate civil_from_days(std::int64_t days);
PLANTWRIGHT_API bool is_valid_date(const CivilDate& date);  ///< the month exists and has that day

/// When a local clock shows what: immutable, cheap to copy.
class PLANTWRIGHT_API TimeZone {
public:
    /// A stretch of time, [begin, end) in seconds UTC, with one offset (seconds east of UTC).
    struct Segment {
        std::int64_t begin = std::numeric_limits<std::int64_t>::min();
        std::int64_t end = std::numeric_limits<std::int64_t>::max();
        std::int64_t offset = 0;
        bool contains(std::int64_t utc_seconds) const { return begin <= utc_seconds && utc_seconds < end; }
    };

    /// `name`: "" (the plant's local clock, offset 0), "UTC", "Z", a fixed offset as "+08:00", or an IANA name, looked
    /// up in $TZDIR or the system's zoneinfo. Throws InvalidArgument when the zone is unknown, IoError when there is no
    /// zoneinfo.
    static TimeZone find(std::string_view name);

    Segment segment_at(std::int64_t utc_seconds) const;
    std::int64_t offset_at(std::int64_t utc_seconds) const { return segment_at(utc_seconds).offset; }

    /// The instant at which the clock shows `local_seconds`: the earlier of two where the clock is put back; where it
    /// skips, the offset before the skip counts (as Python's fold=0).
    std::int64_t utc_from_local(std::int64_t local_seconds) const;

    struct Rules;

private:
    explicit TimeZone(std::shared_ptr<const Rules> rules) : rules_(std::move(rules)) {}

    std::shared_ptr<const Rules> rules_;
};

}  // namespace plantwright
