// SPDX-License-Identifier: MIT
/// `AlarmRules`: from a severity a row to alarms that begin, stand and end.
///
///     normal -> pending    severity >= raise_level                    pending -> normal     severity < raise_level
///     pending -> alarm     on_delay further rows at or above it       alarm -> clearing     severity < clear_level
///     clearing -> alarm    severity >= clear_level                    clearing -> normal    off_delay further rows
///     below
///
/// (dead band and delays of ANSI/ISA-18.2, "Management of alarm systems for the process industries", 2016). A delay of
/// 0 skips the state between. One event lasts from the first row at raise_level to the end of its clearing. A row
/// without a severity (NaN) changes nothing and is not counted. After a gap in time nothing is known of the rows
/// between: what was pending is dropped, an alarm stands until rows say that it is over. O(1) a row; a state is a
/// value.
#pragma once

#include <cstdint>

#include "plantwright/core/export.hpp"
#include "plantwright/core/types.hpp"
#include "plantwright/io/serialize.hpp"

namespace plantwright {

enum class AlarmPhase : std::uint8_t { normal, pending, alarm, clearing };

struct PLANTWRIGHT_API AlarmRules {
    double raise_level = 2;  ///< a severity above 0
    double clear_level = 2;  ///< in (0, raise_level]
    Index on_delay = 0;      ///< rows
    Index off_delay = 0;     ///< rows

    struct State {
        AlarmPhase phase = AlarmPhase::normal;
        std::int64_t rows_waited = 0;  ///< in pending or clearing
        std::int64_t since = 0;        ///< stamp of the event's first row; in normal of its own
        bool operator==(const State&) const = default;

        template <class Archive>
        void serialize(Archive& archive, unsigned /*version*/) {
            io::members(archive, phase, rows_waited, since);
        }
    };

    void update(State& state, double severity, std::int64_t time) const;
    void note_gap(State& state, std::int64_t time) const;  ///< before the first row after it
    void require_valid(const char* who) const;             ///< throws InvalidArgument
    bool operator==(const AlarmRules&) const = default;

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, raise_level, clear_level, on_delay, off_delay);
    }
};

}  // namespace plantwright
