// SPDX-License-Identifier: MIT
/// One hour of one line: oven, drives, units, scrap, coolant. Equations in plantwright/simulate/production_site.hpp.
#pragma once

#include "plantwright/core/random.hpp"
#include "simulate/faults.hpp"
#include "simulate/line_plan.hpp"

namespace plantwright::simulate {

struct Surroundings {
    double hall_C;
    double humidity_percent;
    double air_bar;  ///< gauge
};

struct LineHour {
    double produced = 0;  ///< units, good and scrapped
    double units = 0;     ///< good ones
    double oven_kWh = 0;
    double oven_loss_kWh = 0;  ///< part of it, warms the hall
    double drive_kWh = 0;
    double air_m3 = 0;
    double oven_C = 0;    ///< at the end of the hour
    double sensor_C = 0;  ///< what the thermocouple says
    double scrap_kg = 0;
    double packaging_kg = 0;
    double hazardous_kg = 0;  ///< used coolant
};

class LineSimulator {
public:
    LineSimulator(int line, std::uint64_t seed);
    LineHour step(const PlannedHour& plan, const ActiveFaults& faults, const Surroundings& around);

private:
    double produce(const PlannedHour& plan);
    void heat(const PlannedHour& plan, const ActiveFaults& faults, const Surroundings& around, LineHour& hour);
    double scrap_fraction(const PlannedHour& plan, const Surroundings& around) const;
    void discard(const PlannedHour& plan, const Surroundings& around, LineHour& hour);
    double drive_energy(const PlannedHour& plan, double produced) const;
    void read_sensor(const ActiveFaults& faults, LineHour& hour);
    void age(const PlannedHour& plan, double produced);

    double scale_;
    RandomStream stream_;
    double oven_C_ = 20, fouling_ = 0, wear_ = 0, tool_damage_ = 0, frozen_C_ = 0;
    bool was_running_ = false, was_stopped_ = false, sensor_was_stuck_ = false;
};

}  // namespace plantwright::simulate
