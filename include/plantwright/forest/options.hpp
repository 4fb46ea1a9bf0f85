// SPDX-License-Identifier: MIT
/// How a random forest is grown: scikit-learn's parameters, names and defaults, as one aggregate.
///
///     RandomForestOptions{.n_estimators = 200, .max_features = MaxFeatures::sqrt(), .random_state = 7}
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "plantwright/core/buffer.hpp"
#include "plantwright/core/export.hpp"
#include "plantwright/core/progress.hpp"

namespace plantwright {

/// What a split minimises. `entropy` is scikit-learn's `log_loss` too.
enum class Criterion { squared_error, absolute_error, poisson, gini, entropy };

PLANTWRIGHT_API std::string_view to_string(Criterion criterion);
PLANTWRIGHT_API Criterion criterion_from(std::string_view text);  ///< throws InvalidArgument with the allowed words

/// A number of rows, given as such or as a fraction of the training rows (rounded up).
class PLANTWRIGHT_API RowCount {
public:
    constexpr RowCount(int count) : count_(count) {}
    constexpr RowCount(Index count) : count_(count) {}
    constexpr RowCount(double fraction) : fraction_(fraction), is_fraction_(true) {}

    constexpr bool is_fraction() const { return is_fraction_; }
    constexpr Index count() const { return count_; }
    constexpr double fraction() const { return fraction_; }
    Index of(Index n_rows) const;  ///< the count, or ceil(fraction * n_rows)
    bool operator==(const RowCount&) const = default;

private:
    Index count_ = 0;
    double fraction_ = 0;
    bool is_fraction_ = false;
};

/// How many features are drawn at each node.
class PLANTWRIGHT_API MaxFeatures {
public:
    enum class Kind { all, sqrt, log2, count, fraction };

    static constexpr MaxFeatures all() { return {Kind::all, 0}; }
    static constexpr MaxFeatures sqrt() { return {Kind::sqrt, 0}; }
    static constexpr MaxFeatures log2() { return {Kind::log2, 0}; }
    static constexpr MaxFeatures count(Index n) { return {Kind::count, static_cast<double>(n)}; }
    static constexpr MaxFeatures fraction(double share) { return {Kind::fraction, share}; }

    Kind kind() const { return kind_; }
    double value() const { return value_; }
    Index of(Index n_features) const;  ///< at least 1; sqrt, log2 and fraction round down
    bool operator==(const MaxFeatures&) const = default;

private:
    constexpr MaxFeatures(Kind kind, double value) : kind_(kind), value_(value) {}

    Kind kind_;
    double value_;
};

/// Weights of the classes, multiplied into the sample weights.
struct ClassWeight {
    enum class Kind { none, balanced, balanced_subsample, given };

    Kind kind = Kind::none;
    std::vector<double> weights;  ///< of each class in order, where `given`
    bool operator==(const ClassWeight&) const = default;
};

/// `exact` sorts raw values and sums doubles: the slow oracle. `fast` sums fixed-point targets over rank codes, in
/// integers and single precision; it finds the same splits but for rounding, and in nodes of more than 256 rows all but
/// the best of some that hide inside a coarse bin. `random` draws one threshold a feature, as extremely randomized
/// trees do.
enum class Splitter { fast, exact, random };

/// How the category columns of a frame are split. `node`: at each node anew, by a list of the levels that go left, as
/// they part that node's rows best; columns of more than 65,535 levels as by `once`. `once`: their levels are ordered
/// by the target of all training rows, once, and split as numbers (see FeatureEncoder).
enum class CategorySplits { node, once };

PLANTWRIGHT_API CategorySplits category_splits_from(std::string_view text);  ///< throws InvalidArgument

struct RandomForestOptions {
    int n_estimators = 100;
    std::optional<Criterion> criterion = {};  ///< absent: squared_error (regressor), gini (classifier)
    std::optional<int> max_depth = {};        ///< absent: until leaves are pure or too small
    RowCount min_samples_split = 2;
    RowCount min_samples_leaf = 1;                 ///< counts distinct rows of positive weight, as scikit-learn does
    double min_weight_fraction_leaf = 0;           ///< of the total weight, in [0, 0.5]
    std::optional<MaxFeatures> max_features = {};  ///< absent: all (regressor), sqrt (classifier)
    std::optional<int> max_leaf_nodes = {};        ///< present: grown best first
    double min_impurity_decrease = 0;
    bool bootstrap = true;
    std::optional<RowCount> max_samples = {};  ///< draws per tree; absent: as many as rows
    bool oob_score = false;
    ClassWeight class_weight = {};  ///< of a classifier
    std::uint64_t random_state = 0;
    std::optional<std::pair<int, int>> tree_range =
        {};                          ///< grow trees [first, second) of the forest alone; see `merge`
    std::optional<int> n_jobs = {};  ///< absent: 1; -1: all processors. Never changes the result
    Splitter splitter = Splitter::fast;
    double ccp_alpha = 0;  ///< trees are pruned while a subtree's decrease in impurity a leaf is at most this
    /// By feature 1 where predictions must not decrease with it (the probability of the second class, of two), -1 where
    /// they must not increase, 0 where they may do either; empty: no constraints. Takes the exact splitter.
    std::vector<int> monotonic_cst = {};
    CategorySplits category_splits = CategorySplits::node;
    /// Features whose numbers name levels, each of them a whole number from 0 to 65,534, NaN where missing; nodes split
    /// them as they split category columns. Those need not be listed.
    std::vector<Index> categorical_features = {};
    bool quantiles = false;  ///< keep the training targets of every leaf, for predict_quantiles; a regressor's
    ProgressCallback progress = {};
};

/// Extremely randomized trees (Geurts, Ernst & Wehenkel, Machine Learning 63, 2006) are random forests with these
/// options: every tree is grown on all rows, with one random threshold a feature.
///
///     RandomForestRegressor::fit(X, y, extra_trees({.n_estimators = 200}))
inline RandomForestOptions extra_trees(RandomForestOptions options = {}) {
    options.bootstrap = false;
    options.splitter = Splitter::random;
    return options;
}

}  // namespace plantwright
