// SPDX-License-Identifier: MIT
/// What comes to the unit from outside: the grid's demand, the weather, the coal.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "simulate/thermal_streams.hpp"

namespace plantwright::simulate {

/// Blended at the bunkers as one coal follows another.
struct Coal {
    double LHV_MJ_kg;   ///< lower heating value
    double reactivity;  ///< how strongly the fire answers to air, 1 = usual
    double slagging;    ///< how fast soot settles, 1 = usual
};

struct Drivers {
    double demand_percent;
    double ambient_C;
    double declared_LHV_MJ_kg;  ///< the blend's, as the laboratory knows it
    Coal coal;                  ///< as burnt
};

struct DriverSettings {
    std::uint64_t seed;
    double start_min;  ///< of the first step, since 1970-01-01 on the plant's clock
    double step_min;
    double season;
    double wander;
};

class ThermalDrivers {
public:
    explicit ThermalDrivers(const DriverSettings& settings);

    Drivers step();

private:
    double demand();
    double ambient();
    void turn_coal();

    DriverSettings settings_;
    std::int64_t steps_ = 0;
    std::vector<double> demand_of_week_;  // one a minute, Monday 00:00 first
    std::array<double, 1440> warmth_of_day_;
    Wandering front_, gust_, demand_, heating_value_;
    RandomStream grade_stream_;
    std::size_t grade_ = 0;
    double grade_ends_min_ = 0;
    Coal blend_;
    double blending_;
};

}  // namespace plantwright::simulate
