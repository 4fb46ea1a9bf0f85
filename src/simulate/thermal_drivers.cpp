// SPDX-License-Identifier: MIT
#include "simulate/thermal_drivers.hpp"

#include <cmath>

namespace plantwright::simulate {
namespace {

constexpr double kTwoPi = 6.283185307179586;
constexpr double kDay_min = 1440, kWeek_min = 7 * kDay_min, kYear_min = 365.25 * kDay_min;
constexpr double kMonday_min = 4 * kDay_min;  // 1970-01-05

constexpr std::array<Coal, 3> kCoals = {{{16.62, 1.0, 0.8}, {16.40, 1.3, 1.0}, {16.20, 0.75, 1.3}}};

/// Into [0, period).
double wrapped(double x, double period) { return x - period * std::floor(x / period); }

/// Before it is kept within what the unit may run at; the first of two humps is the morning's.
double wanted_load(double minute_of_week) {
    const double day = std::floor(minute_of_week / kDay_min), hour = wrapped(minute_of_week, kDay_min) / 60;
    const double once = elementary::cos(kTwoPi * (hour - 15) / 24), twice = elementary::cos(kTwoPi * (hour - 8.5) / 12);
    const double weekend = day == 5 ? 4.0 : day == 6 ? 6.0 : 0.0;
    return 84 + (1 - weekend / 12) * (7 * once + 3 * twice) - weekend;
}

/// Smoothly into (70.9, 94.1).
double within_reach(double demand) {
    const double x = (demand - 82.5) / 11.6;
    return 82.5 + 11.6 * x / std::sqrt(1 + x * x);
}

}  // namespace

ThermalDrivers::ThermalDrivers(const DriverSettings& settings)
    : settings_(settings), demand_of_week_(static_cast<std::size_t>(kWeek_min)),
      front_(3.0 * settings.wander, 60 * 60, settings.step_min, stream_of(settings.seed, ThermalProcess::front)),
      gust_(0.6 * settings.wander, 60, settings.step_min, stream_of(settings.seed, ThermalProcess::gust)),
      demand_(2.2 * settings.wander, 120, settings.step_min, stream_of(settings.seed, ThermalProcess::demand)),
      heating_value_(0.04 * settings.wander, 180, settings.step_min, stream_of(settings.seed, ThermalProcess::coal)),
      grade_stream_(stream_of(settings.seed, ThermalProcess::grade)), grade_ends_min_(settings.start_min),
      blend_(kCoals[1]), blending_(lag_share(settings.step_min, 25)) {
    for (std::size_t m = 0; m < demand_of_week_.size(); ++m) demand_of_week_[m] = wanted_load(static_cast<double>(m));
    for (std::size_t m = 0; m < warmth_of_day_.size(); ++m) {
        warmth_of_day_[m] = elementary::cos(kTwoPi * (static_cast<double>(m) - 15 * 60) / kDay_min);
    }
}

Drivers ThermalDrivers::step() {
    turn_coal();
    Coal burnt = blend_;
    burnt.LHV_MJ_kg += heating_value_.step();
    const Drivers now{demand(), ambient(), blend_.LHV_MJ_kg, burnt};
    ++steps_;
    return now;
}

double ThermalDrivers::demand() {
    const double now = settings_.start_min + static_cast<double>(steps_) * settings_.step_min;
    const double minute = wrapped(now - kMonday_min, kWeek_min);
    const std::size_t before = static_cast<std::size_t>(minute) % demand_of_week_.size();
    const std::size_t after = (before + 1) % demand_of_week_.size();
    const double share = minute - std::floor(minute);
    return within_reach(demand_of_week_[before] + share * (demand_of_week_[after] - demand_of_week_[before]) +
                        demand_.step());
}

double ThermalDrivers::ambient() {
    const double now = settings_.start_min + static_cast<double>(steps_) * settings_.step_min;
    const double summer = elementary::cos(kTwoPi * (now / kYear_min - 0.55));  // warmest in the last days of July
    const std::size_t minute = static_cast<std::size_t>(wrapped(now, kDay_min)) % warmth_of_day_.size();
    return 10 + 9 * settings_.season * summer + (3.5 + 1.2 * settings_.season * summer) * warmth_of_day_[minute] +
           front_.step() + gust_.step();
}

/// Another coal every 10 to 40 hours, mixed with what is left of the last.
void ThermalDrivers::turn_coal() {
    const double now = settings_.start_min + static_cast<double>(steps_) * settings_.step_min;
    if (settings_.wander > 0 && now >= grade_ends_min_) {
        grade_ = (grade_ + 1 + grade_stream_.below(kCoals.size() - 1)) % kCoals.size();
        grade_ends_min_ = now + 60 * grade_stream_.uniform(10, 40);
    }
    const Coal& coal = settings_.wander > 0 ? kCoals[grade_] : kCoals[1];
    blend_.LHV_MJ_kg += blending_ * (coal.LHV_MJ_kg - blend_.LHV_MJ_kg);
    blend_.reactivity += blending_ * (coal.reactivity - blend_.reactivity);
    blend_.slagging += blending_ * (coal.slagging - blend_.slagging);
}

}  // namespace plantwright::simulate
