// SPDX-License-Identifier: MIT
/// Shapley values by their definition, over all sets of features: the oracle, for trees of few features.
#pragma once

#include <bit>
#include <cmath>
#include <functional>
#include <vector>

#include "plantwright/forest/forest.hpp"

namespace plantwright::testing {

using FeatureSet = unsigned;
using Game = std::function<double(FeatureSet)>;  ///< what is expected where the features of a set are known

inline bool goes_left(const TreeView& tree, Index node, float x) {
    const auto k = static_cast<std::size_t>(node);
    return std::isnan(x) ? tree.missing_go_left[k] != 0 : x <= tree.threshold[k];
}

/// The path-dependent expectation below a node.
inline double expected_below(const TreeView& tree, Index node, const float* x, FeatureSet known, Index output) {
    if (tree.is_leaf(node)) return tree.value(node, output);
    const auto k = static_cast<std::size_t>(node);
    const Index left = tree.children_left[k], right = tree.children_right[k];
    const Index feature = tree.feature[k];
    const auto below = [&](Index child) { return expected_below(tree, child, x, known, output); };
    if (known >> feature & 1) return below(goes_left(tree, node, x[feature]) ? left : right);
    const double w_left = tree.weighted_n_node_samples[static_cast<std::size_t>(left)];
    const double w_right = tree.weighted_n_node_samples[static_cast<std::size_t>(right)];
    const double share = w_left + w_right > 0 ? w_left / (w_left + w_right) : 0.5;
    return share * below(left) + (1 - share) * below(right);
}

inline double prediction(const TreeView& tree, const std::vector<float>& x, Index output) {
    Index node = 0;
    while (!tree.is_leaf(node)) {
        const auto k = static_cast<std::size_t>(node);
        node = goes_left(tree, node, x[static_cast<std::size_t>(tree.feature[k])]) ? tree.children_left[k]
                                                                                   : tree.children_right[k];
    }
    return tree.value(node, output);
}

/// The mean over trees.
inline Game path_dependent_game(const Forest& forest, const float* x, Index output = 0) {
    return [&forest, x, output](FeatureSet known) {
        double sum = 0;
        for (Index t = 0; t < forest.n_trees(); ++t) sum += expected_below(forest.tree(t), 0, x, known, output);
        return sum / static_cast<double>(forest.n_trees());
    };
}

/// The mean over the rows of a background, from which unknown features are taken.
inline Game interventional_game(const Forest& forest, const float* x, const float* background, Index n_rows,
                                Index output = 0) {
    return [&forest, x, background, n_rows, output](FeatureSet known) {
        const Index n = static_cast<Index>(forest.n_features);
        std::vector<float> mixed(static_cast<std::size_t>(n));
        double sum = 0;
        for (Index z = 0; z < n_rows; ++z) {
            for (Index j = 0; j < n; ++j)
                mixed[static_cast<std::size_t>(j)] = known >> j & 1 ? x[j] : background[z * n + j];
            for (Index t = 0; t < forest.n_trees(); ++t) sum += prediction(forest.tree(t), mixed, output);
        }
        return sum / static_cast<double>(n_rows * forest.n_trees());
    };
}

inline double factorial(int n) { return n < 2 ? 1 : n * factorial(n - 1); }

inline double shapley_value(const Game& game, int n_features, int feature) {
    double sum = 0;
    for (FeatureSet s = 0; s < 1u << n_features; ++s) {
        if (s >> feature & 1) continue;
        const int size = std::popcount(s);
        const double weight = factorial(size) * factorial(n_features - size - 1) / factorial(n_features);
        sum += weight * (game(s | 1u << feature) - game(s));
    }
    return sum;
}

/// Half of what two features add by acting together (Fujimoto, Kojadinovic & Marichal, 2006).
inline double shapley_interaction(const Game& game, int n_features, int a, int b) {
    double sum = 0;
    for (FeatureSet s = 0; s < 1u << n_features; ++s) {
        if ((s >> a & 1) || (s >> b & 1)) continue;
        const int size = std::popcount(s);
        const double weight = factorial(size) * factorial(n_features - size - 2) / (2 * factorial(n_features - 1));
        sum += weight * (game(s | 1u << a | 1u << b) - game(s | 1u << a) - game(s | 1u << b) + game(s));
    }
    return sum;
}

}  // namespace plantwright::testing
