// SPDX-License-Identifier: MIT
/// The table and options of the golden forest: numbers with gaps, a category, a target.
#pragma once

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

}  // namespace plantwright::testing
