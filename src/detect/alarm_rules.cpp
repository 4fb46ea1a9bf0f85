// SPDX-License-Identifier: MIT
#include "plantwright/detect/alarm_rules.hpp"

#include <cmath>

#include "detect/checks.hpp"

namespace plantwright {
namespace {

void enter(AlarmRules::State& state, AlarmPhase phase) {
    state.phase = phase;
    state.rows_waited = 0;
}

void enter_normal(AlarmRules::State& state, std::int64_t time) {
    enter(state, AlarmPhase::normal);
    state.since = time;
}

}  // namespace

void AlarmRules::update(State& state, double severity, std::int64_t time) const {
    if (std::isnan(severity)) return;
    if (state.phase == AlarmPhase::normal && severity >= raise_level) {
        enter(state, on_delay > 0 ? AlarmPhase::pending : AlarmPhase::alarm);
        state.since = time;
    } else if (state.phase == AlarmPhase::pending) {
        if (!(severity >= raise_level)) return enter_normal(state, time);
        if (++state.rows_waited >= on_delay) enter(state, AlarmPhase::alarm);
    } else if (state.phase == AlarmPhase::alarm && severity < clear_level) {
        if (off_delay == 0) return enter_normal(state, time);
        enter(state, AlarmPhase::clearing);
    } else if (state.phase == AlarmPhase::clearing) {
        if (severity >= clear_level) return enter(state, AlarmPhase::alarm);
        if (++state.rows_waited >= off_delay) enter_normal(state, time);
    }
}

void AlarmRules::note_gap(State& state, std::int64_t time) const {
    if (state.phase == AlarmPhase::pending) enter_normal(state, time);
    if (state.phase == AlarmPhase::clearing) enter(state, AlarmPhase::alarm);
}

void AlarmRules::require_valid(const char* who) const {
    detect::require(raise_level > 0 && std::isfinite(raise_level), who, "raise_level", raise_level, "a number above 0");
    detect::require(clear_level > 0 && clear_level <= raise_level, who, "clear_level", clear_level,
                    "in (0, raise_level]");
    detect::require(on_delay >= 0, who, "on_delay", on_delay, ">= 0");
    detect::require(off_delay >= 0, who, "off_delay", off_delay, ">= 0");
}

}  // namespace plantwright
