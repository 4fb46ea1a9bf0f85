// SPDX-License-Identifier: MIT
/// `Verdict`: what an EnsembleDetector says of one row of a stream.
///
/// An event's id is the stream's (a checksum of the fitted detector and the stream's source) with the stamp of the
/// event's first row: the same after a crash, a restart and a replay, so that who receives an alarm twice can drop the
/// double.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plantwright/core/export.hpp"
#include "plantwright/core/types.hpp"
#include "plantwright/detect/range_rules.hpp"

namespace plantwright {

enum class AlarmState : std::uint8_t { warming_up, normal, pending, alarm, clearing, shelved };

/// Facts of a row's quality, as bits.
enum class Quality : std::uint32_t {
    missing_readings = 1,  ///< some sensors have none
    no_reading = 2,        ///< no sensor has one: the row has no severity
    late = 4,              ///< stamped before the last row: refused, nothing changes
    duplicate = 8,         ///< stamped as the last row: refused
    untimed = 16,          ///< its stamp is missing: refused
    gap = 32,              ///< too long after the last reading: the members began anew
    silent_member = 64,    ///< a member that is warm has no score; the others speak
    future = 128           ///< stamped more than a day, and max_gap, ahead: refused unless the row after confirms it
};
inline constexpr std::uint32_t operator|(std::uint32_t flags, Quality quality) {
    return flags | static_cast<std::uint32_t>(quality);
}
inline constexpr bool has(std::uint32_t flags, Quality quality) {
    return (flags & static_cast<std::uint32_t>(quality)) != 0;
}

PLANTWRIGHT_API std::string_view to_string(AlarmState state);
PLANTWRIGHT_API std::vector<std::string_view> to_strings(std::uint32_t quality);  ///< names of the bits that are set

struct Blamed {
    Index sensor;      ///< place among the detector's sensors
    double share;      ///< of the members' severity; all sensors' sum to 1
    double deviation;  ///< reading less what the other sensors explain, in the sensor's unit; NaN without a reading
};

struct EventId {
    std::uint64_t stream = 0;
    std::int64_t start = 0;  ///< stamp of the first row, nanoseconds
    bool operator==(const EventId&) const = default;
    PLANTWRIGHT_API std::string text() const;  ///< "3f0a...-1704067200000000000"
};

struct Verdict {
    AlarmState state = AlarmState::warming_up;
    double severity = kNaN;               ///< -log10 p_value; NaN without a score
    double p_value = kNaN;                ///< share of normal rows that are as bad
    std::vector<double> member_severity;  ///< in the order of the members, NaN without a score
    std::vector<Blamed> blame;            ///< greatest share first; empty while normal and warming up
    std::vector<BrokenRule> broken;       ///< by sensor, where RangeRules are among the members
    std::uint32_t quality = 0;            ///< bits of Quality
    Index n_missing = 0;                  ///< sensors without a reading
    std::int64_t time = 0;                ///< stamp of the row, nanoseconds
    std::int64_t since = 0;               ///< when the event began, or the state where there is none
    std::optional<EventId> event;         ///< of the alarm that stands, is pending or clears
    Index first_out_member = -1;          ///< which member crossed the alarm level first in this event ...
    Index first_out_sensor = -1;          ///< ... and the sensor that it blamed most at that row

    bool alarm() const { return state == AlarmState::alarm || state == AlarmState::clearing; }
    bool has(Quality flag) const { return plantwright::has(quality, flag); }
};

}  // namespace plantwright
