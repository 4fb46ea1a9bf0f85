// SPDX-License-Identifier: MIT
#include "forest/check_options.hpp"

#include <algorithm>
#include <sstream>
#include <string>

#include "plantwright/core/error.hpp"
#include "plantwright/forest/forest.hpp"

namespace plantwright {
namespace {

template <class T>
void require(bool ok, const char* who, const char* parameter, const char* allowed, const T& got) {
    if (ok) return;
    std::ostringstream message;
    message << who << ": " << parameter << " must be " << allowed << ", got " << got;
    throw InvalidArgument(message.str());
}

void check_row_counts(const char* who, const RandomForestOptions& o) {
    const RowCount& split = o.min_samples_split;
    if (split.is_fraction())
        require(split.fraction() > 0 && split.fraction() <= 1, who, "min_samples_split", "in (0, 1] as a fraction",
                split.fraction());
    else
        require(split.count() >= 2, who, "min_samples_split", "at least 2 as a count", split.count());
    const RowCount& leaf = o.min_samples_leaf;
    if (leaf.is_fraction())
        require(leaf.fraction() > 0 && leaf.fraction() < 1, who, "min_samples_leaf", "in (0, 1) as a fraction",
                leaf.fraction());
    else
        require(leaf.count() >= 1, who, "min_samples_leaf", "at least 1 as a count", leaf.count());
    if (!o.max_samples) return;
    require(o.bootstrap, who, "max_samples", "absent when bootstrap is off", "a value");
    if (o.max_samples->is_fraction())
        require(o.max_samples->fraction() > 0, who, "max_samples", "above 0 as a fraction", o.max_samples->fraction());
    else
        require(o.max_samples->count() >= 1 && o.max_samples->count() < (Index{1} << 31), who, "max_samples",
                "in [1, 2^31) as a count", o.max_samples->count());
}

void check_max_features(const char* who, const MaxFeatures& m) {
    if (m.kind() == MaxFeatures::Kind::count)
        require(m.value() >= 1, who, "max_features", "at least 1 as a count", m.value());
    if (m.kind() == MaxFeatures::Kind::fraction)
        require(m.value() > 0 && m.value() <= 1, who, "max_features", "in (0, 1] as a fraction", m.value());
}

void check_tree_range(const char* who, const RandomForestOptions& o) {
    if (!o.tree_range) return;
    const auto [first, last] = *o.tree_range;
    const std::string allowed =
        "two numbers with 0 <= first < last <= n_estimators = " + std::to_string(o.n_estimators);
    std::ostringstream got;
    got << '(' << first << ", " << last << ')';
    require(0 <= first && first < last && last <= o.n_estimators, who, "tree_range", allowed.c_str(), got.str());
}

void check(const char* who, const RandomForestOptions& o) {
    require(o.n_estimators >= 1, who, "n_estimators", "at least 1", o.n_estimators);
    if (o.max_depth) require(*o.max_depth >= 1, who, "max_depth", "at least 1, or absent", *o.max_depth);
    if (o.max_leaf_nodes)
        require(*o.max_leaf_nodes >= 2, who, "max_leaf_nodes", "at least 2, or absent", *o.max_leaf_nodes);
    require(o.min_weight_fraction_leaf >= 0 && o.min_weight_fraction_leaf <= 0.5, who, "min_weight_fraction_leaf",
            "in [0, 0.5]", o.min_weight_fraction_leaf);
    require(o.ccp_alpha >= 0, who, "ccp_alpha", "at least 0", o.ccp_alpha);
    require(o.min_impurity_decrease >= 0, who, "min_impurity_decrease", "at least 0", o.min_impurity_decrease);
    require(o.bootstrap || !o.oob_score, who, "oob_score", "off when bootstrap is off", "on");
    check_row_counts(who, o);
    check_tree_range(who, o);
    if (o.max_features) check_max_features(who, *o.max_features);
}

/// Empty where nothing is constrained.
std::vector<int> monotonic_constraints(const char* who, const RandomForestOptions& o, Criterion criterion,
                                       Index n_features) {
    const std::vector<int>& constraints = o.monotonic_cst;
    if (constraints.empty()) return {};
    require(std::ssize(constraints) == n_features, who, "monotonic_cst", "one number a feature", constraints.size());
    for (const int c : constraints) require(c >= -1 && c <= 1, who, "monotonic_cst", "-1, 0 or 1", c);
    if (std::all_of(constraints.begin(), constraints.end(), [](int c) { return c == 0; })) return {};
    require(criterion != Criterion::absolute_error, who, "monotonic_cst", "absent with criterion absolute_error",
            "some");
    return constraints;
}

}  // namespace

GrowSettings grow_settings(const char* who, const RandomForestOptions& options, Criterion criterion, Index n_rows,
                           Index n_features, MaxFeatures default_max_features) {
    check(who, options);
    GrowSettings s;
    s.criterion = criterion;
    s.max_features = options.max_features.value_or(default_max_features).of(n_features);
    s.min_samples_leaf = options.min_samples_leaf.of(n_rows);
    s.min_samples_split = std::max<Index>({2, options.min_samples_split.of(n_rows), 2 * s.min_samples_leaf});
    s.min_weight_fraction_leaf = options.min_weight_fraction_leaf;
    s.max_depth = std::min(options.max_depth.value_or(kMaxTreeDepth), kMaxTreeDepth);
    s.max_leaf_nodes = options.max_leaf_nodes.value_or(0);
    s.min_impurity_decrease = options.min_impurity_decrease;
    s.splitter = options.splitter;
    s.monotonic = monotonic_constraints(who, options, criterion, n_features);
    return s;
}

}  // namespace plantwright
