// SPDX-License-Identifier: MIT
#include "simulate/line_physics.hpp"

#include <algorithm>
#include <cmath>

#include "plantwright/core/elementary.hpp"
#include "simulate/streams.hpp"

namespace plantwright::simulate {
namespace {

constexpr double kOvenLoss_kW_per_K = 0.22;  // times the line's scale, as are the next three
constexpr double kOvenCapacity_kWh_per_K = 1.5;
constexpr double kDriveIdle_kW = 12, kDriveCubic_kW = 6;
constexpr double kDriveStart_kWh = 8;
constexpr double kHeatCapacity_kWh_per_kg_K = 0.9 / 3600;
constexpr double kFoulingPerHour = 1.0 / 2000;     // of heating: full after a quarter year of two shifts
constexpr double kWearPerNominalHour = 1.0 / 300;  // full at the end of a tool's fortnight of three shifts
constexpr double kCoolant_kg_per_h = 0.6, kCoolantFlush_kg = 60;

const Product& product_of(const PlannedHour& plan) { return kProductTable[static_cast<std::size_t>(plan.product)]; }

double square(double x) { return x * x; }

}  // namespace

LineSimulator::LineSimulator(int line, std::uint64_t seed)
    : scale_(line_scale(line)), stream_(stream_of(seed, SiteProcess::line, line)) {}

LineHour LineSimulator::step(const PlannedHour& plan, const ActiveFaults& faults, const Surroundings& around) {
    LineHour hour;
    tool_damage_ = faults.of(FaultKind::worn_tool);
    if (plan.running) hour.produced = produce(plan);
    heat(plan, faults, around, hour);
    if (plan.running) {
        discard(plan, around, hour);
        hour.drive_kWh = drive_energy(plan, hour.produced);
        hour.air_m3 = hour.produced * product_of(plan).air_m3;
    }
    if (plan.planned_stop && !was_stopped_) hour.hazardous_kg += kCoolantFlush_kg * scale_;
    read_sensor(faults, hour);
    age(plan, hour.produced);
    return hour;
}

/// Set-point times availability: worn tools, changeovers, tool changes and cold starts cost time.
double LineSimulator::produce(const PlannedHour& plan) {
    const double uptime = std::clamp(0.94 - 0.05 * (wear_ + tool_damage_) + 0.02 * stream_.normal(), 0.5, 1.0);
    const double pace = plan.changeover ? 0.45 : plan.tool_change ? 0.7 : was_running_ ? 1.0 : 0.8;
    return std::round(plan.speed_setpoint_units_per_h * uptime * pace);
}

/// The oven follows its set-point within the hour, or cools freely with time constant C / U when it is off. A stuck
/// thermocouple lets it drift above, towards 20 K at full severity, within days.
void LineSimulator::heat(const PlannedHour& plan, const ActiveFaults& faults, const Surroundings& around,
                         LineHour& hour) {
    const double damage = faults.of(FaultKind::oven_insulation);
    const double loss_kW_per_K = kOvenLoss_kW_per_K * scale_ * (1 + 0.3 * fouling_ + 0.8 * damage);
    const double capacity = kOvenCapacity_kWh_per_K * scale_;
    const double before_C = oven_C_;
    if (plan.oven_setpoint_C > 0) {
        const double drift = 1 - elementary::exp(-faults.age_of(FaultKind::stuck_sensor) / 24);
        oven_C_ = plan.oven_setpoint_C + 20 * faults.of(FaultKind::stuck_sensor) * drift;
        hour.oven_loss_kWh = loss_kW_per_K * (0.5 * (before_C + oven_C_) - around.hall_C);
        const double mass_kg = plan.running ? hour.produced * product_of(plan).mass_kg : 0;
        const double load_kWh = mass_kg * kHeatCapacity_kWh_per_kg_K * (oven_C_ - around.hall_C);
        hour.oven_kWh = std::max(0.0, hour.oven_loss_kWh + load_kWh + capacity * (oven_C_ - before_C));
    } else {
        oven_C_ = around.hall_C + (before_C - around.hall_C) * elementary::exp(-loss_kW_per_K / capacity);
        hour.oven_loss_kWh = std::max(0.0, capacity * (before_C - oven_C_));  // stored heat, already paid for
    }
    hour.oven_C = oven_C_;
}

double LineSimulator::scrap_fraction(const PlannedHour& plan, const Surroundings& around) const {
    const Product& product = product_of(plan);
    const double overspeed = plan.speed_setpoint_units_per_h / (product.speed_units_per_h * scale_) - 1.0;
    const double fraction = product.scrap_fraction + 0.010 * square((oven_C_ - product.oven_C) / 10) +
                            0.8 * square(std::max(0.0, overspeed)) + 0.03 * square(wear_ + tool_damage_) +
                            0.01 * std::max(0.0, around.humidity_percent - 70) / 30 +
                            0.04 * std::max(0.0, 6.4 - around.air_bar) + (plan.changeover ? 0.08 : 0) +
                            (was_running_ ? 0 : 0.04);
    return std::min(fraction, 0.6);
}

void LineSimulator::discard(const PlannedHour& plan, const Surroundings& around, LineHour& hour) {
    const Product& product = product_of(plan);
    const double luck = elementary::exp(0.12 * stream_.normal());
    const double scrapped = std::min(std::round(hour.produced * scrap_fraction(plan, around) * luck), hour.produced);
    hour.units = hour.produced - scrapped;
    hour.scrap_kg = scrapped * product.mass_kg + (plan.changeover ? 15 * scale_ : 0);
    hour.packaging_kg = hour.units * product.packaging_kg * (1 + 0.05 * stream_.normal());
    const double pace = plan.speed_setpoint_units_per_h / product.speed_units_per_h;
    hour.hazardous_kg = kCoolant_kg_per_h * pace * (1 + 0.5 * wear_) * (1 + 0.1 * stream_.normal());
}

double LineSimulator::drive_energy(const PlannedHour& plan, double produced) const {
    const Product& product = product_of(plan);
    const double ratio = plan.speed_setpoint_units_per_h / (product.speed_units_per_h * scale_);
    return kDriveIdle_kW * scale_ + produced * product.drive_kWh * (1 + 0.3 * (wear_ + tool_damage_)) +
           kDriveCubic_kW * scale_ * ratio * ratio * ratio + (was_running_ ? 0 : kDriveStart_kWh * scale_);
}

void LineSimulator::read_sensor(const ActiveFaults& faults, LineHour& hour) {
    const double reading = hour.oven_C + 0.4 * stream_.normal();
    const bool stuck = faults.of(FaultKind::stuck_sensor) > 0;
    if (stuck && !sensor_was_stuck_) frozen_C_ = reading;
    sensor_was_stuck_ = stuck;
    hour.sensor_C = stuck ? frozen_C_ : reading;
}

void LineSimulator::age(const PlannedHour& plan, double produced) {
    if (plan.oven_setpoint_C > 0) fouling_ = std::min(1.0, fouling_ + kFoulingPerHour);
    if (plan.running)
        wear_ = std::min(1.0, wear_ + kWearPerNominalHour * produced / (product_of(plan).speed_units_per_h * scale_));
    if (plan.planned_stop) fouling_ = 0;
    if (plan.tool_change) wear_ = 0;
    was_running_ = plan.running;
    was_stopped_ = plan.planned_stop;
}

}  // namespace plantwright::simulate
