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

/// The rows that have a line, and a second thing to classify: the shift, 1 or 2.
inline Frame golden_labels_frame() {
    const Frame all = golden_frame();
    std::vector<Index> present;
    for (Index i = 0; i < all.rows(); ++i) {
        if (all.column("line").codes()[i] >= 0) present.push_back(i);
    }
    const Frame frame = all.take(present);
    const Vector load = frame.column("load_pct").to_float64();
    Buffer<double> shift(frame.rows());
    for (Index i = 0; i < frame.rows(); ++i) shift[i] = load[i] > 50 ? 2 : 1;
    return frame.with({.name = "shift"}, Column::numbers(shift));
}

/// Line and shift, learned together.
inline RandomForestClassifier golden_labels(const Frame& frame, const RandomForestOptions& options = golden_options()) {
    return RandomForestClassifier::fit_outputs(frame, std::vector<std::string>{"line", "shift"}, options);
}

inline const Vector kGoldenQuantiles = {0.1, 0.5, 0.9};

inline RandomForestRegressor golden_quantiles(const Frame& frame) {
    RandomForestOptions options = golden_options();
    options.min_samples_leaf = 4;
    options.quantiles = true;
    return RandomForestRegressor::fit(frame, "energy_kWh", options);
}

}  // namespace plantwright::testing
