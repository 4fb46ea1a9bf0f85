// SPDX-License-Identifier: MIT
#include "plantwright/detect/severity_drift.hpp"

#include <algorithm>
#include <cmath>

#include "detect/checks.hpp"
#include "plantwright/core/elementary.hpp"

namespace plantwright {
namespace {

constexpr const char* kWho = "EnsembleDetector";
constexpr double kLog10Of2 = 0.3010299956639812;

void require_options(const DriftOptions& o, double rows_per_day) {
    const double rows = o.half_life_days.value_or(0) * rows_per_day;
    detect::require(rows >= 100 && rows <= 1e12, kWho, "half-life of drift", rows, "at least 100 rows, at most 1e12");
    detect::require(o.max_rise > 0 && o.max_rise <= 10, kWho, "max_rise", o.max_rise, "in (0, 10] a day");
    detect::require(o.max_shift > 0 && o.max_shift <= 10, kWho, "max_shift", o.max_shift, "in (0, 10]");
}

}  // namespace

SeverityDrift::SeverityDrift(const DriftOptions& options, double raise_level, double rows_per_day) {
    require_options(options, rows_per_day);
    level_ = std::min(1.5, 0.75 * raise_level);
    const double reached = elementary::pow(10, -level_), refused = elementary::pow(10, -raise_level);
    expected_ = (reached - refused) / (1 - refused);
    gain_ = kLog10Of2 / (reached * *options.half_life_days * rows_per_day);
    rise_a_row_ = options.max_rise / rows_per_day;
    allowance_ = options.max_rise;
    most_ = options.max_shift;
}

void SeverityDrift::update(State& state, double told, double periods) const {
    const double part = std::clamp(periods, 0.0, 1.0);
    const double step = part * gain_ * ((told >= level_ ? 1 : 0) - expected_);
    const double room = std::min(allowance_, state.room + part * rise_a_row_);
    const double next = std::clamp(state.shift + std::min(step, room), 0.0, most_);
    state.room = std::clamp(room - (next - state.shift), 0.0, allowance_);
    state.shift = next;
}

bool SeverityDrift::is_state(const State& state) const {
    return state.shift >= 0 && state.shift <= most_ && state.room >= 0 && state.room <= allowance_;
}

}  // namespace plantwright
