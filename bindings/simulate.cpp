// SPDX-License-Identifier: MIT
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "plantwright/simulate/dust_site.hpp"
#include "plantwright/simulate/production_site.hpp"
#include "plantwright/simulate/reactor.hpp"
#include "plantwright/simulate/thermal_plant.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace plantwright::bindings {
namespace {

using namespace pybind11::literals;
using Released = py::call_guard<py::gil_scoped_release>;

ProductionSite make_site(Index days, std::uint64_t seed, std::string start, int n_lines, double faults_per_year,
                         double missing_fraction, bool stuck_meter) {
    return ProductionSite({.days = days,
                           .seed = seed,
                           .start = std::move(start),
                           .n_lines = n_lines,
                           .faults_per_year = faults_per_year,
                           .missing_fraction = missing_fraction,
                           .stuck_meter = stuck_meter});
}

using Stations = std::vector<std::tuple<std::string, double, double>>;

DustSite make_dust_site(Index days, std::uint64_t seed, std::string start, const std::optional<Stations>& stations,
                        double dustiness, double storms_per_year, double watering_failures_per_year,
                        double missing_fraction, double detection_limit_ug_m3, double saturation_ug_m3,
                        double limit_ug_m3) {
    DustSiteOptions options{.days = days,
                            .seed = seed,
                            .start = std::move(start),
                            .dustiness = dustiness,
                            .storms_per_year = storms_per_year,
                            .watering_failures_per_year = watering_failures_per_year,
                            .missing_fraction = missing_fraction,
                            .detection_limit_ug_m3 = detection_limit_ug_m3,
                            .saturation_ug_m3 = saturation_ug_m3,
                            .limit_ug_m3 = limit_ug_m3};
    if (stations) {
        options.stations.clear();
        for (const auto& [name, distance_km, bearing_deg] : *stations) {
            options.stations.push_back({name, distance_km, bearing_deg});
        }
    }
    return DustSite(std::move(options));
}

Stations stations_of(const DustSite& site) {
    Stations stations;
    for (const DustStation& at : site.options().stations) {
        stations.emplace_back(at.name, at.distance_km, at.bearing_deg);
    }
    return stations;
}

using Modes = std::vector<std::pair<std::string, ReactorConditions>>;

Reactor make_reactor(double volume_dm3, double tolerance, double runaway_K, double yield_margin,
                     const std::optional<Modes>& modes, std::optional<int> n_jobs) {
    ReactorOptions options{.volume_dm3 = volume_dm3,
                           .tolerance = tolerance,
                           .runaway_K = runaway_K,
                           .yield_margin = yield_margin,
                           .n_jobs = n_jobs};
    if (modes) {
        options.modes.clear();
        for (const auto& [name, set_points] : *modes) options.modes.push_back({name, set_points});
    }
    return Reactor(std::move(options));
}

Modes modes_of(const Reactor& reactor) {
    Modes modes;
    for (const ReactorMode& mode : reactor.options().modes) modes.emplace_back(mode.name, mode.set_points);
    return modes;
}

ReactorHistoryOptions history_options(Index n, std::uint64_t seed, std::string start, double upsets_per_campaign,
                                      double wander, double noise) {
    return {.n = n,
            .seed = seed,
            .start = std::move(start),
            .upsets_per_campaign = upsets_per_campaign,
            .wander = wander,
            .noise = noise};
}

ReactorEpisodeOptions episode_options(Index n, Index hours, std::uint64_t seed, std::string start, double wander,
                                      double noise) {
    return {.n = n, .hours = hours, .seed = seed, .start = std::move(start), .wander = wander, .noise = noise};
}

void register_conditions(py::module_& module) {
    py::class_<ReactorConditions>(module, "ReactorConditions")
        .def(py::init<>())
        .def_readwrite("feed_A_mol_min", &ReactorConditions::feed_A_mol_min)
        .def_readwrite("feed_B_mol_min", &ReactorConditions::feed_B_mol_min)
        .def_readwrite("pressure_atm", &ReactorConditions::pressure_atm)
        .def_readwrite("inlet_K", &ReactorConditions::inlet_K)
        .def_readwrite("coolant_mol_min", &ReactorConditions::coolant_mol_min)
        .def_readwrite("coolant_inlet_K", &ReactorConditions::coolant_inlet_K)
        .def_readwrite("heat_transfer", &ReactorConditions::heat_transfer);
}

void register_reactor(py::module_& module) {
    register_conditions(module);
    py::class_<ReactorHistoryOptions>(module, "ReactorHistoryOptions")
        .def(py::init(&history_options), py::kw_only(), "n"_a, "seed"_a, "start"_a, "upsets_per_campaign"_a, "wander"_a,
             "noise"_a);
    py::class_<ReactorEpisodeOptions>(module, "ReactorEpisodeOptions")
        .def(py::init(&episode_options), py::kw_only(), "n"_a, "hours"_a, "seed"_a, "start"_a, "wander"_a, "noise"_a);
    py::class_<Reactor>(module, "Reactor")
        .def(py::init(&make_reactor), py::kw_only(), "volume_dm3"_a, "tolerance"_a, "runaway_K"_a, "yield_margin"_a,
             "modes"_a, "n_jobs"_a)
        .def_property_readonly("modes", &modes_of)
        .def("solve", py::overload_cast<const Frame&>(&Reactor::solve, py::const_), "conditions"_a, Released())
        .def("profile", &Reactor::profile, "conditions"_a, "n_points"_a, Released())
        .def("steady_states", &Reactor::steady_states, "options"_a, Released())
        .def("upsets", &Reactor::upsets, "options"_a, Released())
        .def("episodes", &Reactor::episodes, "options"_a, Released())
        .def("causes", &Reactor::causes, "options"_a, Released());
}

void register_dust_site(py::module_& module) {
    py::class_<DustSite>(module, "DustSite")
        .def(py::init(&make_dust_site), py::kw_only(), "days"_a, "seed"_a, "start"_a, "stations"_a, "dustiness"_a,
             "storms_per_year"_a, "watering_failures_per_year"_a, "missing_fraction"_a, "detection_limit_ug_m3"_a,
             "saturation_ug_m3"_a, "limit_ug_m3"_a)
        .def_property_readonly("stations", &stations_of)
        .def("run", &DustSite::run, Released())
        .def("days", &DustSite::days, Released())
        .def("episodes", &DustSite::episodes, Released());
}

using Fault = std::tuple<std::string, double, double, double, std::string>;

ThermalPlant make_thermal_plant(Index rows, double period_s, std::uint64_t seed, std::string start,
                                double steam_setpoint_C, double faults_per_week, double faultless_days,
                                double lowest_severity, double highest_severity,
                                const std::optional<std::vector<Fault>>& faults, double trips_per_year,
                                double missing_fraction, double lost_fraction, double fouling, double season,
                                double wander, double noise, bool truth) {
    ThermalPlantOptions options{.rows = rows,
                                .period_s = period_s,
                                .seed = seed,
                                .start = std::move(start),
                                .steam_setpoint_C = steam_setpoint_C,
                                .faults_per_week = faults_per_week,
                                .faultless_days = faultless_days,
                                .lowest_severity = lowest_severity,
                                .highest_severity = highest_severity,
                                .trips_per_year = trips_per_year,
                                .missing_fraction = missing_fraction,
                                .lost_fraction = lost_fraction,
                                .fouling = fouling,
                                .season = season,
                                .wander = wander,
                                .noise = noise,
                                .truth = truth};
    if (faults) {
        options.faults.emplace();
        for (const auto& [kind, start_h, hours, severity, sensor] : *faults) {
            options.faults->push_back({kind, start_h, hours, severity, sensor});
        }
    }
    return ThermalPlant(std::move(options));
}

void register_thermal_plant(py::module_& module) {
    module.def("thermal_sensors", [] {
        std::vector<std::tuple<std::string, std::string, double, double, double>> sensors;
        for (const ThermalSensor& at : thermal_sensors()) {
            sensors.emplace_back(at.name, at.unit, at.lowest, at.highest, at.residual_sd);
        }
        return sensors;
    });
    module.def("thermal_fault_kinds", &thermal_fault_kinds);
    py::class_<ThermalPlant>(module, "ThermalPlant")
        .def(py::init(&make_thermal_plant), py::kw_only(), "rows"_a, "period_s"_a, "seed"_a, "start"_a,
             "steam_setpoint_C"_a, "faults_per_week"_a, "faultless_days"_a, "lowest_severity"_a, "highest_severity"_a,
             "faults"_a, "trips_per_year"_a, "missing_fraction"_a, "lost_fraction"_a, "fouling"_a, "season"_a,
             "wander"_a, "noise"_a, "truth"_a)
        .def("run", &ThermalPlant::run, Released())
        .def("events", &ThermalPlant::events, Released())
        .def("outages", &ThermalPlant::outages, Released());
}

}  // namespace

void register_simulate(py::module_& module) {
    py::class_<ProductionSite>(module, "ProductionSite")
        .def(py::init(&make_site), py::kw_only(), "days"_a, "seed"_a, "start"_a, "n_lines"_a, "faults_per_year"_a,
             "missing_fraction"_a, "stuck_meter"_a)
        .def("run", &ProductionSite::run, Released())
        .def("faults", &ProductionSite::faults);
    register_reactor(module);
    register_dust_site(module);
    register_thermal_plant(module);
}

}  // namespace plantwright::bindings
