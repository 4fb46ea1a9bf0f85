// SPDX-License-Identifier: MIT
#include "simulate/site_run.hpp"

#include "simulate/start_day.hpp"
#include "simulate/streams.hpp"
#include "simulate/utilities.hpp"

namespace plantwright::simulate {
namespace {

constexpr double kBaseLoad_kW = 35;

void plan_lines(SiteRun& run, std::uint64_t seed) {
    run.plans.resize(static_cast<std::size_t>(run.hours() * run.n_lines));
    for (int line = 0; line < run.n_lines; ++line) {
        const std::vector<PlannedHour> plan = plan_line(run.calendar, line, seed);
        for (std::size_t t = 0; t < plan.size(); ++t) {
            run.plans[t * static_cast<std::size_t>(run.n_lines) + static_cast<std::size_t>(line)] = plan[t];
        }
    }
}

void run_lines(SiteRun& run, std::uint64_t seed) {
    const std::vector<ActiveFaults> active = active_faults(run.faults, run.hours(), run.n_lines);
    std::vector<LineSimulator> simulators;
    for (int line = 0; line < run.n_lines; ++line) simulators.emplace_back(line, seed);
    run.lines.reserve(run.plans.size());
    for (Index t = 0; t < run.hours(); ++t) {
        const std::size_t hour = static_cast<std::size_t>(t);
        const Surroundings around{hall_temperature(run.weather[hour].temperature_C), run.weather[hour].humidity_percent,
                                  run.air_bar[hour]};
        for (int line = 0; line < run.n_lines; ++line) {
            const std::size_t cell = run.lines.size();
            run.lines.push_back(simulators[static_cast<std::size_t>(line)].step(run.plans[cell], active[cell], around));
        }
    }
}

/// `leak` is the severity of the leak fault at each hour.
EnergyBalance balance(const SiteRun& run, Index t, double leak, double base_kWh) {
    const std::size_t hour = static_cast<std::size_t>(t);
    double ovens = 0, oven_loss = 0, drives = 0, air_m3 = leak_volume(run.air_bar[hour], leak);
    for (int line = 0; line < run.n_lines; ++line) {
        const LineHour& at = run.line(t, line);
        ovens += at.oven_kWh;
        oven_loss += at.oven_loss_kWh;
        drives += at.drive_kWh;
        air_m3 += at.air_m3;
    }
    const bool occupied = run.calendar[hour].shift != Shift::off;
    const Weather& weather = run.weather[hour];
    return {base_kWh,
            ovens,
            compression_energy(air_m3, run.air_bar[hour]),
            drives,
            ventilation_energy(weather, occupied),
            lighting_energy(weather, occupied),
            heating_gas(weather.temperature_C, occupied, oven_loss)};
}

void balance_site(SiteRun& run, std::uint64_t seed) {
    std::vector<double> leak(static_cast<std::size_t>(run.hours()), 0.0);
    for (const Fault& fault : run.faults) {
        if (fault.kind != FaultKind::air_leak) continue;
        for (Index t = fault.begin; t < fault.end; ++t) leak[static_cast<std::size_t>(t)] = fault.severity;
    }
    RandomStream stream = stream_of(seed, SiteProcess::base_load);
    Autoregression wandering(0.9, 0.4359);
    for (Index t = 0; t < run.hours(); ++t) {
        const std::size_t hour = static_cast<std::size_t>(t);
        const double base_kWh = kBaseLoad_kW * (1 + 0.04 * wandering.step(stream));
        const EnergyBalance energy = balance(run, t, leak[hour], base_kWh);
        run.energy.push_back(energy);
        run.carbon_kg.push_back(grid_factor(run.calendar[hour], run.weather[hour]) * energy.electricity() +
                                kGasFactor_kg_per_kWh * energy.gas);
    }
}

}  // namespace

SiteRun run_site(const ProductionSiteOptions& options) {
    SiteRun run;
    run.n_lines = options.n_lines;
    run.calendar = site_calendar(start_day("ProductionSite", options.start), options.days);
    run.weather = simulate_weather(run.calendar, {}, stream_of(options.seed, SiteProcess::weather));
    run.air_bar = plan_air_pressure(run.calendar, options.seed);
    run.faults = simulate_faults(run.hours(), options.n_lines, options.faults_per_year, options.seed);
    plan_lines(run, options.seed);
    run_lines(run, options.seed);
    balance_site(run, options.seed);
    return run;
}

}  // namespace plantwright::simulate
