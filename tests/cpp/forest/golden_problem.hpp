// SPDX-License-Identifier: MIT
/// The table and options of the golden forest: numbers with gaps, a category, a target.
#pragma once

#include <cmath>

#include "plantwright/core/random.hpp"
#include "plantwright/forest/random_forest.hpp"

namespace plantwright::testing {

inline Frame golden_frame() {
    RandomStream random(20, 0, Purpose::simulation);
    Buffer<double> load(60), humidity(60), energy(60);
    Buffer<std::int32_t> line(60);
    for (Index i = 0; i < 60; ++i) {
        load[i] = random.uniform(0, 100);
        humidity[i] = random.uniform() < 0.2 ? kNaN : random.uniform(0.2, 0.9);
        line[i] = static_cast<std::int32_t>(random.below(4)) - 1;  // -1 is missing
        energy[i] = 3 * load[i] + (line[i] == 1 ? 80 : 0) + random.uniform(0, 10);
    }
    Schema schema({{.name = "load_pct"},
                   {.name = "humidity"},
                   {.name = "line", .kind = ColumnKind::category, .levels = {"A", "B", "C"}},
                   {.name = "energy_kWh", .role = Role::target, .unit = "kWh"}});
    return Frame(schema, {Column::numbers(load), Column::numbers(humidity), Column::categories(line, {"A", "B", "C"}),
                          Column::numbers(energy)});
}

inline RandomForestOptions golden_options() { return {.n_estimators = 4, .max_depth = 5, .random_state = 3}; }

/// Energy and humidity, learned together from the rows that have both.
inline RandomForestRegressor golden_outputs(const Frame& frame) {
    std::vector<Index> present;
    const Vector humidity = frame.column("humidity").to_float64();
    for (Index i = 0; i < frame.rows(); ++i) {
        if (!std::isnan(humidity[i])) present.push_back(i);
    }
    const std::vector<std::string> targets{"energy_kWh", "humidity"};
    return RandomForestRegressor::fit_outputs(frame.take(present), targets, golden_options());
}

inline const Vector kGoldenQuantiles = {0.1, 0.5, 0.9};

inline RandomForestRegressor golden_quantiles(const Frame& frame) {
    RandomForestOptions options = golden_options();
    options.min_samples_leaf = 4;
    options.quantiles = true;
    return RandomForestRegressor::fit(frame, "energy_kWh", options);
}

}  // namespace plantwright::testing
