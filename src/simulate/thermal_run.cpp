// SPDX-License-Identifier: MIT
#include "simulate/thermal_run.hpp"

#include <algorithm>
#include <cmath>

#include "simulate/meters.hpp"
#include "simulate/start_day.hpp"
#include "simulate/thermal_readings.hpp"

namespace plantwright::simulate {
namespace {

constexpr double kSpinUp_min = 12 * 60;  // before the first row, so that it is as any other
constexpr double kLongestStep_min = 1;

template <ThermalSensorId id>
double sensor(const Moment& now) {
    return at(now.sensors, id);
}

/// Drivers and unit together, in steps of at most a minute.
class Plant {
public:
    explicit Plant(const ThermalPlantOptions& options)
        : steps_(static_cast<int>(std::ceil(options.period_s / 60 / kLongestStep_min))),
          step_min_(options.period_s / 60 / steps_), spin_up_(static_cast<int>(kSpinUp_min / step_min_)),
          drivers_({.seed = options.seed,
                    .start_min = static_cast<double>(thermal_start_ns(options) / 1'000'000'000) / 60 -
                                 (spin_up_ + 1) * step_min_,
                    .step_min = step_min_,
                    .season = options.season,
                    .wander = options.wander}),
          unit_({.seed = options.seed,
                 .step_min = step_min_,
                 .steam_setpoint_C = options.steam_setpoint_C,
                 .fouling = options.fouling,
                 .wander = options.wander},
                drivers_.step()) {
        for (int i = 0; i < spin_up_; ++i) now_ = unit_.step(drivers_.step(), {}, {});
    }

    /// At the end of a period; the first call is the first row, which ends none.
    const Moment& advance(const Operation& operation, const FaultEffects& faults) {
        for (int i = first_ ? steps_ - 1 : 0; i < steps_; ++i) {
            Operation here = operation;
            here.minute = std::max(0.0, here.minute - (steps_ - 1 - i) * step_min_);
            now_ = unit_.step(drivers_.step(), here, faults);
        }
        first_ = false;
        return now_;
    }

private:
    int steps_;
    double step_min_;
    int spin_up_;
    ThermalDrivers drivers_;
    ThermalUnit unit_;
    Moment now_{};
    bool first_ = true;
};

/// Walks along a list in order of time.
template <class Episode, class EndOf>
std::size_t walk(const std::vector<Episode>& episodes, std::size_t now, Index row, EndOf end_of) {
    while (now < episodes.size() && end_of(episodes[now]) <= row) ++now;
    return now;
}

Operation operation_at(const std::vector<Outage>& outages, std::size_t now, Index row, double period_s) {
    if (now == outages.size() || row < outages[now].trip) return {};
    const Outage& outage = outages[now];
    const auto minutes = [&](Index from, Index to) { return static_cast<double>(to - from) * period_s / 60; };
    if (row < outage.fires) return {.state = ThermalState::trip, .minute = minutes(outage.trip, row)};
    return {.state = ThermalState::start_up,
            .minute = minutes(outage.fires, row),
            .length = minutes(outage.fires, outage.end)};
}

/// Rows that arrive.
Buffer<Index> arriving_rows(const ThermalPlantOptions& options) {
    Vector arrives(options.rows, 1.0);
    lose_telegrams(arrives, options.lost_fraction, stream_of(options.seed, ThermalProcess::lost_rows));
    Buffer<Index> rows(options.rows);
    Index n = 0;
    for (Index row = 0; row < options.rows; ++row) {
        if (!std::isnan(arrives[row])) rows[n++] = row;
    }
    return Buffer<Index>(std::span<const Index>(rows.data(), static_cast<std::size_t>(n)));
}

ThermalRecord empty_record(const ThermalPlantOptions& options, bool with_truth) {
    ThermalRecord record;
    record.row = arriving_rows(options);
    const Index n = record.row.size();
    for (Vector& readings : record.readings) readings = Vector::uninitialized(n);
    record.ambient_C = Vector::uninitialized(n);
    record.declared_LHV_MJ_kg = Vector::uninitialized(n);
    record.state = Buffer<std::int32_t>(n);
    if (with_truth) {
        for (std::size_t i = 0; i < thermal_truths().size(); ++i) record.truth.push_back(Vector::uninitialized(n));
    }
    record.outages = plan_outages(options);
    record.faults = plan_faults(options, record.outages);
    return record;
}

void keep(ThermalRecord& record, Index i, const Moment& now, const SensorValues& shown) {
    for (std::size_t s = 0; s < kThermalSensorCount; ++s) record.readings[s][i] = shown[s];
    record.ambient_C[i] = now.ambient_C;
    record.declared_LHV_MJ_kg[i] = now.declared_LHV_MJ_kg;
    record.state[i] = static_cast<std::int32_t>(now.state);
    for (std::size_t t = 0; t < record.truth.size(); ++t) record.truth[t][i] = thermal_truths()[t].of(now);
}

}  // namespace

const std::vector<ThermalTruth>& thermal_truths() {
    using enum ThermalSensorId;
    static const std::vector<ThermalTruth> truths = {
        {"true_steam_temperature_C", "C", "truth, without noise", sensor<steam_temperature>},
        {"true_steam_pressure_bar", "bar", "truth, without noise", sensor<steam_pressure>},
        {"true_turbine_vibration_mm_s", "mm/s", "truth, without noise", sensor<vibration>},
        {"true_generator_temperature_C", "C", "truth, without noise", sensor<generator>},
        {"true_cooling_water_C", "C", "truth, without noise", sensor<cooling_water>},
        {"true_fuel_flow_kg_s", "kg/s", "truth, without noise", sensor<fuel>},
        {"true_oxygen_percent", "%", "truth, without noise", sensor<oxygen>},
        {"true_load_percent", "%", "truth, without noise", sensor<load>},
        {"true_LHV_MJ_kg", "MJ/kg", "lower heating value of the coal that burns",
         [](const Moment& now) { return now.LHV_MJ_kg; }},
        {"true_condenser_C", "C", "at which the steam condenses", [](const Moment& now) { return now.condenser_C; }},
        {"true_flue_gas_C", "C", "behind the boiler", [](const Moment& now) { return now.flue_gas_C; }},
        {"true_soot", "", "of the boiler, 0 clean to 1 when it is blown off",
         [](const Moment& now) { return now.soot; }},
        {"true_condenser_fouling", "", "0 clean to 1 when it is cleaned",
         [](const Moment& now) { return now.condenser_fouling; }},
        {"true_fuel_heat_MW", "MW", "what is burnt", [](const Moment& now) { return now.heat.fuel; }},
        {"true_electric_MW", "MW", "at the generator's terminals", [](const Moment& now) { return now.heat.electric; }},
        {"true_condenser_heat_MW", "MW", "into the cooling water",
         [](const Moment& now) { return now.heat.condenser; }},
        {"true_stack_loss_MW", "MW", "with the flue gas, and with leaking steam",
         [](const Moment& now) { return now.heat.stack; }},
        {"true_other_loss_MW", "MW", "unburnt coal, walls, generator, bearings",
         [](const Moment& now) { return now.heat.other; }},
        {"true_storage_MW", "MW", "into the drum's steam", [](const Moment& now) { return now.heat.storage; }},
        {"true_heat_rate_kJ_kWh", "kJ/kWh", "heat burnt per electricity made",
         [](const Moment& now) { return 3600 * now.heat.fuel / now.heat.electric; }},
    };
    return truths;
}

ThermalRecord run_thermal_plant(const ThermalPlantOptions& options, bool with_truth) {
    ThermalRecord record = empty_record(options, with_truth);
    Plant plant(options);
    ThermalInstruments instruments(options.seed, options.noise);
    std::size_t outage = 0, fault = 0;
    for (Index row = 0, i = 0; row < options.rows; ++row) {
        outage = walk(record.outages, outage, row, [](const Outage& at) { return at.end; });
        fault = walk(record.faults, fault, row, [](const PlannedFault& at) { return at.end; });
        const bool faulty = fault < record.faults.size() && record.faults[fault].begin <= row;
        PlannedFault* now = faulty ? &record.faults[fault] : nullptr;
        const Moment& moment = plant.advance(operation_at(record.outages, outage, row, options.period_s),
                                             now ? effects(*now, row) : FaultEffects{});
        const SensorValues shown = instruments.read(moment.sensors, now, row);
        if (i < record.row.size() && record.row[i] == row) keep(record, i++, moment, shown);
    }
    for (std::size_t s = 0; s < kThermalSensorCount; ++s) {
        lose_telegrams(record.readings[s], options.missing_fraction,
                       stream_of(options.seed, ThermalProcess::telegrams, s));
    }
    return record;
}

std::int64_t thermal_period_ns(const ThermalPlantOptions& options) { return std::llround(options.period_s * 1e9); }

std::int64_t thermal_start_ns(const ThermalPlantOptions& options) {
    const std::chrono::sys_days day = start_day("ThermalPlant", options.start);
    return std::chrono::duration_cast<std::chrono::nanoseconds>(day.time_since_epoch()).count();
}

}  // namespace plantwright::simulate
