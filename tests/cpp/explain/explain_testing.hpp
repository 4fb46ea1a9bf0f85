// SPDX-License-Identifier: MIT
/// Models of random trees and rows for them.
#pragma once

#include <vector>

#include "forest/random_trees.hpp"
#include "plantwright/forest/random_forest.hpp"

namespace plantwright::testing {

inline RandomForestRegressor forest_of(const RandomTrees& wanted) {
    return RandomForestRegressor::from_forest(random_trees(wanted));
}

inline RandomForestClassifier classes_of(RandomTrees wanted) {
    wanted.statistics = InnerStatistics::gini;
    return RandomForestClassifier::from_forest(random_trees(wanted));
}

struct Rows {
    std::vector<float> x;
    ConstMatrixViewF view;
};

inline Rows random_rows(Index n, Index n_features, double missing = 0.2, std::uint64_t seed = 5) {
    Rows rows{random_inputs(n * n_features, missing, seed), {}};
    rows.view = ConstMatrixViewF(rows.x.data(), n, n_features);
    return rows;
}

inline double leaf_range(const Forest& forest) {
    double low = 0, high = 0;
    for (Index k = 0; k < forest.n_nodes(); ++k) {
        if (forest.children_left[k] != kNoChild) continue;
        low = std::min(low, forest.value[k * forest.n_outputs]);
        high = std::max(high, forest.value[k * forest.n_outputs]);
    }
    return high - low;
}

}  // namespace plantwright::testing
