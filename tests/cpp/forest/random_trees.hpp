// SPDX-License-Identifier: MIT
/// Forests of random trees, far from what a fit would grow, and the slow way through them.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "plantwright/core/random.hpp"
#include "plantwright/forest/forest.hpp"

namespace plantwright::testing {

inline constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct RandomTrees {
    Index trees = 7;
    Index splits = 40;  ///< of a tree
    Index features = 5;
    Index outputs = 1;
    bool chain = false;         ///< every split's left child is a leaf
    double missing_left = 0.5;  ///< share of splits
    InnerStatistics statistics = InnerStatistics::squared_error;
    std::uint64_t seed = 1;
    Index categories = 0;  ///< the first features: by turns of 5 and of `levels` levels
    std::int32_t levels = 12;
    Index depth = 0;             ///< of no tree more, where it is not 0; then `splits` may be fewer
    bool any_threshold = false;  ///< of many values, that inputs hardly share

    std::int32_t n_levels(Index feature) const { return feature >= categories ? 0 : feature % 2 == 0 ? 5 : levels; }
};

/// A number that inputs and thresholds share: few values, so that they often meet; zeros of both signs among them.
inline float random_value(RandomStream& random) {
    const std::uint64_t k = random.below(16);
    if (k == 0) return -0.0f;
    if (k == 1) return 1e-40f;
    return (static_cast<float>(k) - 8) / 4;
}

/// Collects nodes in the order they come.
class TreeMaker {
public:
    TreeMaker(const RandomTrees& wanted, RandomStream& random) : wanted_(wanted), random_(random) {}

    void make() {
        struct Leaf {
            std::int32_t node;
            Index depth;
        };
        std::vector<Leaf> leaves{{add_leaf(), 0}};
        for (Index i = 0; i < wanted_.splits && !leaves.empty(); ++i) {
            const std::size_t at = wanted_.chain ? leaves.size() - 1 : random_.below(leaves.size());
            const auto [node, depth] = leaves[at];
            split(static_cast<std::size_t>(node));
            leaves[at] = {left[static_cast<std::size_t>(node)], depth + 1};
            leaves.push_back({right[static_cast<std::size_t>(node)], depth + 1});
            if (depth + 1 == wanted_.depth) {
                leaves.pop_back();
                leaves.erase(leaves.begin() + static_cast<std::ptrdiff_t>(at));
            }
        }
        for (std::size_t k = feature.size(); k-- > 0;) {
            if (left[k] == kNoChild)
                rows[k] = 1 + static_cast<std::int32_t>(random_.below(20));
            else
                rows[k] = rows[static_cast<std::size_t>(left[k])] + rows[static_cast<std::size_t>(right[k])];
        }
    }

    std::vector<std::int32_t> feature, left, right, rows;
    std::vector<float> threshold;
    std::vector<std::uint8_t> missing_left;
    std::vector<double> value;
    std::vector<std::vector<std::uint16_t>> levels;

private:
    std::int32_t add_leaf() {
        levels.emplace_back();
        feature.push_back(kLeafFeature);
        left.push_back(kNoChild);
        right.push_back(kNoChild);
        rows.push_back(1);
        threshold.push_back(0);
        missing_left.push_back(0);
        add_value();
        return static_cast<std::int32_t>(feature.size()) - 1;
    }

    void add_value() {
        if (wanted_.outputs == 1) return value.push_back(static_cast<double>(static_cast<float>(random_.normal())));
        std::vector<double> share(static_cast<std::size_t>(wanted_.outputs));
        const std::size_t one = random_.below(share.size()), other = random_.below(share.size());
        share[one] = random_.below(2) ? 1 : 0.25;
        share[other] += 1 - share[one];
        value.insert(value.end(), share.begin(), share.end());
    }

    void split(std::size_t node) {
        feature[node] = static_cast<std::int32_t>(random_.below(static_cast<std::uint64_t>(wanted_.features)));
        missing_left[node] = random_.uniform() < wanted_.missing_left;
        threshold[node] = wanted_.any_threshold ? static_cast<float>(random_.normal()) : random_value(random_);
        if (!missing_left[node] && random_.below(8) == 0) threshold[node] = kInfinity;  // present | missing
        if (wanted_.n_levels(feature[node]) > 0) split_levels(node);
        const std::int32_t first = add_leaf(), second = add_leaf();
        const bool swapped = random_.below(2);
        left[node] = swapped ? second : first;
        right[node] = swapped ? first : second;
    }

    /// Few of the levels or most of them, in one place or all over; or present | missing.
    void split_levels(std::size_t node) {
        if (threshold[node] == kInfinity) return;
        threshold[node] = 0;
        const auto n = static_cast<std::uint64_t>(wanted_.n_levels(feature[node]));
        const std::uint64_t first = random_.below(n), end = random_.below(2) ? n : first + 1 + random_.below(n - first);
        const double share = random_.below(2) ? 0.6 : 0.02;
        for (std::uint64_t l = first; l < end; ++l) {
            if (l == first || random_.uniform() < share) levels[node].push_back(static_cast<std::uint16_t>(l));
        }
    }

    const RandomTrees& wanted_;
    RandomStream& random_;
};

inline Forest random_trees(const RandomTrees& wanted) {
    RandomStream random(wanted.seed, 0, Purpose::noise);
    Forest f;
    f.n_features = wanted.features;
    f.n_outputs = wanted.outputs;
    f.inner_statistics = wanted.statistics;
    std::vector<std::int64_t> offsets{0};
    TreeMaker all(wanted, random);
    for (Index t = 0; t < wanted.trees; ++t) {
        TreeMaker tree(wanted, random);
        tree.make();
        const auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
        append(all.feature, tree.feature), append(all.left, tree.left), append(all.right, tree.right),
            append(all.rows, tree.rows);
        append(all.threshold, tree.threshold), append(all.missing_left, tree.missing_left),
            append(all.value, tree.value), append(all.levels, tree.levels);
        offsets.push_back(static_cast<std::int64_t>(all.feature.size()));
    }
    const auto buffer = []<class T>(const std::vector<T>& values) { return Buffer<T>(std::span<const T>(values)); };
    f.tree_offsets = buffer(offsets);
    f.feature = buffer(all.feature);
    f.threshold = buffer(all.threshold);
    f.children_left = buffer(all.left);
    f.children_right = buffer(all.right);
    f.missing_go_left = buffer(all.missing_left);
    f.n_node_samples = buffer(all.rows);
    f.value = buffer(all.value);
    f.weighted_n_node_samples = Vector(f.n_nodes());
    f.impurity = Vector(f.n_nodes(), 0.5);
    std::copy(all.rows.begin(), all.rows.end(), f.weighted_n_node_samples.begin());
    if (wanted.categories == 0) return f;
    f.n_levels = Buffer<std::int32_t>(wanted.features);
    for (Index j = 0; j < wanted.features; ++j) f.n_levels[j] = wanted.n_levels(j);
    f.level_offsets = Buffer<std::int64_t>(f.n_nodes() + 1);
    std::vector<std::uint16_t> levels;
    for (std::size_t k = 0; k < all.levels.size(); ++k) {
        levels.insert(levels.end(), all.levels[k].begin(), all.levels[k].end());
        f.level_offsets[static_cast<Index>(k) + 1] = std::ssize(levels);
    }
    f.levels = buffer(levels);
    return f;
}

/// Values that thresholds have too, some missing or infinite, for a table of so many cells.
inline std::vector<float> random_inputs(Index n, double missing, std::uint64_t seed = 2) {
    RandomStream random(seed, 0, Purpose::noise);
    std::vector<float> x(static_cast<std::size_t>(n));
    for (float& v : x) {
        v = random_value(random);
        if (random.below(20) == 0) v = random.below(2) ? kInfinity : -kInfinity;
        if (random.uniform() < missing)
            v = random.below(2) ? std::numeric_limits<float>::quiet_NaN() : -std::numeric_limits<float>::quiet_NaN();
    }
    return x;
}

/// The same of a table for these trees; of a category mostly levels, now and then one that is none.
inline std::vector<float> random_rows(const RandomTrees& trees, Index rows, double missing, std::uint64_t seed = 2) {
    std::vector<float> x = random_inputs(rows * trees.features, missing, seed);
    RandomStream random(seed, 1, Purpose::noise);
    for (Index i = 0; i < rows; ++i) {
        for (Index j = 0; j < trees.categories; ++j) {
            float& v = x[static_cast<std::size_t>(i * trees.features + j)];
            if (std::isnan(v) || random.below(10) == 0) continue;
            v = static_cast<float>(random.below(static_cast<std::uint64_t>(trees.n_levels(j)) + 2));
            if (random.below(20) == 0) v += 0.5f;
        }
    }
    return x;
}

/// The leaf that a row reaches: the oracle.
inline Index slow_leaf(const TreeView& tree, const float* x) {
    std::size_t k = 0;
    while (tree.children_left[k] != kNoChild) {
        const float v = x[tree.feature[k]];
        const auto levels = tree.levels_left(static_cast<Index>(k));
        const bool by_value = levels.empty() ? v <= tree.threshold[k] : std::ranges::count(levels, v) == 1;
        const bool left = std::isnan(v) ? tree.missing_go_left[k] != 0 : by_value;
        k = static_cast<std::size_t>(left ? tree.children_left[k] : tree.children_right[k]);
    }
    return static_cast<Index>(k);
}

/// The mean of the leaves' values as the format defines it, where base is 0 and scale 1.
inline std::vector<double> slow_mean(const Forest& forest, const float* x) {
    std::vector<double> mean(static_cast<std::size_t>(forest.n_outputs));
    for (Index t = 0; t < forest.n_trees(); ++t) {
        const TreeView tree = forest.tree(t);
        const Index leaf = slow_leaf(tree, x);
        for (Index k = 0; k < forest.n_outputs; ++k) mean[static_cast<std::size_t>(k)] += tree.value(leaf, k);
    }
    for (double& m : mean) m /= static_cast<double>(forest.n_trees());
    return mean;
}

}  // namespace plantwright::testing
