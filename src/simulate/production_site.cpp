// SPDX-License-Identifier: MIT
#include "plantwright/simulate/production_site.hpp"

#include <string>
#include <utility>
#include <vector>

#include "plantwright/core/error.hpp"
#include "simulate/frame_columns.hpp"
#include "simulate/meters.hpp"
#include "simulate/site_run.hpp"
#include "simulate/start_day.hpp"
#include "simulate/streams.hpp"

namespace plantwright {
namespace {

using simulate::SiteRun;

[[noreturn]] void refuse(const char* option, const std::string& allowed, const std::string& got) {
    throw InvalidArgument(std::string("ProductionSite: ") + option + " must be " + allowed + ", got " + got);
}

void validate(const ProductionSiteOptions& options) {
    if (options.days < 1 || options.days > 36600) refuse("days", "in [1, 36600]", std::to_string(options.days));
    if (options.n_lines < 1 || options.n_lines > 16) refuse("n_lines", "in [1, 16]", std::to_string(options.n_lines));
    if (!(options.faults_per_year >= 0 && options.faults_per_year <= 100)) {
        refuse("faults_per_year", "in [0, 100]", std::to_string(options.faults_per_year));
    }
    if (!(options.missing_fraction >= 0 && options.missing_fraction <= 0.5)) {
        refuse("missing_fraction", "in [0, 0.5]", std::to_string(options.missing_fraction));
    }
    simulate::start_day("ProductionSite", options.start);  // refuses what is no date
}

/// The site's columns; some of them travel by telegram, which may be lost.
class SiteColumns : public simulate::FrameColumns {
public:
    SiteColumns(const SiteRun& run, const ProductionSiteOptions& options)
        : FrameColumns(run.hours()), missing_fraction_(options.missing_fraction), seed_(options.seed) {}

    template <class ValueAt>
    void readings(const std::string& name, const char* unit, Role role, const char* description, ValueAt value_at) {
        Vector readings = values(value_at);
        simulate::lose_telegrams(readings, missing_fraction_,
                                 simulate::stream_of(seed_, simulate::SiteProcess::telegrams, 2000 + channel_++));
        numbers(name, unit, role, description, std::move(readings));
    }

private:
    double missing_fraction_;
    std::uint64_t seed_;
    int channel_ = 0;
};

void add_calendar_and_weather(SiteColumns& frame, const SiteRun& run) {
    const auto at = [&run](Index t) -> const simulate::SiteHour& { return run.calendar[static_cast<std::size_t>(t)]; };
    const auto weather = [&run](Index t) -> const simulate::Weather& {
        return run.weather[static_cast<std::size_t>(t)];
    };
    frame.times("time", "start of the hour, plant's local clock", [&](Index t) { return at(t).time_ns; });
    frame.categories("shift", "shift on duty", simulate::kShiftNames, Role::feature,
                     [&](Index t) { return at(t).shift; });
    frame.numbers("plant_holiday", "", Role::feature, "1 on a day when the plant is closed",
                  [&](Index t) { return at(t).holiday; });
    frame.readings("ambient_temperature_C", "C", Role::disturbance,
                   "outside air; a forecast stands in for it when predicting ahead",
                   [&](Index t) { return weather(t).temperature_C; });
    frame.readings("relative_humidity_percent", "%", Role::disturbance,
                   "outside air; a forecast stands in for it when predicting ahead",
                   [&](Index t) { return weather(t).humidity_percent; });
    frame.numbers("air_pressure_setpoint_bar", "bar", Role::lever, "compressed-air net, gauge",
                  [&run](Index t) { return run.air_bar[static_cast<std::size_t>(t)]; });
}

void add_plan_of_line(SiteColumns& frame, const SiteRun& run, int line) {
    const std::string prefix = "line" + std::to_string(line + 1) + "_";
    const auto plan = [&run, line](Index t) -> const simulate::PlannedHour& { return run.plan(t, line); };
    frame.categories(prefix + "product", "product planned", simulate::kProductNames, Role::feature,
                     [&](Index t) { return plan(t).product + 1; });
    frame.numbers(prefix + "speed_setpoint_units_per_h", "units/h", Role::lever, "0 when the line rests",
                  [&](Index t) { return plan(t).speed_setpoint_units_per_h; });
    frame.numbers(prefix + "oven_setpoint_C", "C", Role::lever, "0 when the oven is off",
                  [&](Index t) { return plan(t).oven_setpoint_C; });
    frame.numbers(prefix + "changeover", "", Role::feature, "1 in the first hour of a campaign",
                  [&](Index t) { return plan(t).changeover; });
    frame.numbers(prefix + "planned_stop", "", Role::feature, "1 during planned maintenance",
                  [&](Index t) { return plan(t).planned_stop; });
    frame.numbers(prefix + "hours_since_maintenance", "h", Role::feature, "since the oven was cleaned",
                  [&](Index t) { return plan(t).hours_since_maintenance; });
    frame.numbers(prefix + "hours_since_tool_change", "h", Role::feature, "since the tool was new",
                  [&](Index t) { return plan(t).hours_since_tool_change; });
}

void add_measurements_of_line(SiteColumns& frame, const SiteRun& run, int line) {
    const std::string prefix = "line" + std::to_string(line + 1) + "_";
    const auto at = [&run, line](Index t) -> const simulate::LineHour& { return run.line(t, line); };
    frame.readings(prefix + "oven_temperature_C", "C", Role::response, "thermocouple at the end of the hour",
                   [&](Index t) { return at(t).sensor_C; });
    frame.readings(prefix + "units", "units", Role::response, "good units of the hour",
                   [&](Index t) { return at(t).units; });
}

/// Sum over the lines of one member.
auto summed(const SiteRun& run, double simulate::LineHour::*member) {
    return [&run, member](Index t) {
        double sum = 0;
        for (int line = 0; line < run.n_lines; ++line) sum += run.line(t, line).*member;
        return sum;
    };
}

void add_targets(SiteColumns& frame, const SiteRun& run, const ProductionSiteOptions& options) {
    Vector meter = frame.values([&run](Index t) { return run.energy[static_cast<std::size_t>(t)].total(); });
    const Vector stuck = options.stuck_meter ? simulate::hang_meter(meter, options.seed) : Vector(meter.size(), 0.0);
    frame.readings("energy_kWh", "kWh", Role::target, "electricity and gas of the hour",
                   [&](Index t) { return meter[t]; });
    const auto scrap = summed(run, &simulate::LineHour::scrap_kg),
               packaging = summed(run, &simulate::LineHour::packaging_kg),
               hazardous = summed(run, &simulate::LineHour::hazardous_kg);
    frame.numbers("waste_kg", "kg", Role::target, "scrap, packaging and hazardous waste of the hour",
                  [&](Index t) { return scrap(t) + packaging(t) + hazardous(t); });
    frame.numbers("waste_scrap_kg", "kg", Role::target, "rejected product", scrap);
    frame.numbers("waste_packaging_kg", "kg", Role::target, "film and board", packaging);
    frame.numbers("waste_hazardous_kg", "kg", Role::target, "used coolant", hazardous);
    frame.numbers("units", "units", Role::target, "good units of all lines", summed(run, &simulate::LineHour::units));
    frame.numbers("carbon_kg", "kg", Role::target, "CO2 of electricity (grid factor by hour and season) and gas",
                  [&run](Index t) { return run.carbon_kg[static_cast<std::size_t>(t)]; });
    if (options.stuck_meter)
        frame.numbers("meter_stuck", "", Role::ignored, "1 where the energy meter hangs", Vector(stuck));
}

void add_balance(SiteColumns& frame, const SiteRun& run) {
    using Part = std::pair<const char*, double simulate::EnergyBalance::*>;
    using simulate::EnergyBalance;
    for (const auto& [name, part] :
         {Part{"energy_base_kWh", &EnergyBalance::base}, Part{"energy_ovens_kWh", &EnergyBalance::ovens},
          Part{"energy_air_kWh", &EnergyBalance::air}, Part{"energy_drives_kWh", &EnergyBalance::drives},
          Part{"energy_ventilation_kWh", &EnergyBalance::ventilation},
          Part{"energy_lighting_kWh", &EnergyBalance::lighting}, Part{"energy_gas_kWh", &EnergyBalance::gas}}) {
        frame.numbers(name, "kWh", Role::ignored, "part of the balance, true value",
                      [&run, part = part](Index t) { return run.energy[static_cast<std::size_t>(t)].*part; });
    }
}

void add_fault_labels(SiteColumns& frame, const SiteRun& run) {
    for (int kind = 0; kind < simulate::kFaultKinds; ++kind) {
        Vector severity(run.hours(), 0.0), line(run.hours(), 0.0);
        for (const simulate::Fault& fault : run.faults) {
            if (static_cast<int>(fault.kind) != kind) continue;
            for (Index t = fault.begin; t < fault.end; ++t) {
                severity[t] = fault.severity;
                line[t] = fault.line + 1;
            }
        }
        const std::string prefix = "fault_" + simulate::kFaultNames[static_cast<std::size_t>(kind)];
        frame.numbers(prefix + "_severity", "", Role::ignored, "label: 0 = none, 1 = worst", std::move(severity));
        frame.numbers(prefix + "_line", "", Role::ignored, "label: line it is on, 0 = none", std::move(line));
    }
}

}  // namespace

ProductionSite::ProductionSite(ProductionSiteOptions options) : options_(std::move(options)) { validate(options_); }

Frame ProductionSite::run() const {
    const SiteRun run = simulate::run_site(options_);
    SiteColumns frame(run, options_);
    add_calendar_and_weather(frame, run);
    for (int line = 0; line < run.n_lines; ++line) add_plan_of_line(frame, run, line);
    for (int line = 0; line < run.n_lines; ++line) add_measurements_of_line(frame, run, line);
    add_targets(frame, run, options_);
    add_balance(frame, run);
    add_fault_labels(frame, run);
    return std::move(frame).build();
}

Frame ProductionSite::faults() const {
    constexpr std::int64_t kNanosecondsPerHour = 3'600'000'000'000;
    const std::vector<simulate::Fault> faults =
        simulate::simulate_faults(options_.days * 24, options_.n_lines, options_.faults_per_year, options_.seed);
    const std::int64_t origin =
        simulate::site_calendar(simulate::start_day("ProductionSite", options_.start), 1).front().time_ns;
    const Index n = static_cast<Index>(faults.size());
    Buffer<std::int32_t> kind(n);
    Buffer<std::int64_t> start(n), end(n);
    Vector line(n), severity(n);
    for (Index i = 0; i < n; ++i) {
        const simulate::Fault& fault = faults[static_cast<std::size_t>(i)];
        kind[i] = static_cast<std::int32_t>(fault.kind);
        line[i] = fault.line + 1;
        start[i] = origin + fault.begin * kNanosecondsPerHour;
        end[i] = origin + fault.end * kNanosecondsPerHour;
        severity[i] = fault.severity;
    }
    return Frame(
        Schema({{.name = "kind", .kind = ColumnKind::category, .levels = simulate::kFaultNames},
                {.name = "line"},
                {.name = "start", .kind = ColumnKind::time, .role = Role::time},
                {.name = "end", .kind = ColumnKind::time},
                {.name = "severity"}}),
        {Column::categories(std::move(kind), simulate::kFaultNames), Column::numbers(std::move(line)),
         Column::times(std::move(start)), Column::times(std::move(end)), Column::numbers(std::move(severity))});
}

}  // namespace plantwright
