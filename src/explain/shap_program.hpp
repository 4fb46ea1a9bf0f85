// SPDX-License-Identifier: MIT
/// Trees made into the steps that the kernels of tree_shap_kernel.hpp run.
#pragma once

#include <span>
#include <vector>

#include "explain/key_columns.hpp"
#include "explain/quadrature.hpp"
#include "explain/split_shares.hpp"
#include "explain/tree_shap_kernel.hpp"
#include "plantwright/core/types.hpp"

namespace plantwright {

/// A rule's numbers as a kernel reads them.
template <class T>
struct TypedRule {
    explicit TypedRule(const GaussRule& rule)
        : points(rule.points.begin(), rule.points.end()), weights(rule.weights.begin(), rule.weights.end()) {}
    std::vector<T> points, weights;
};

enum class ProgramFor { values, interactions };

/// One tree's steps. Values are divided by `scale` so that they fit T.
template <class T>
struct ShapProgram {
    ShapProgram() = default;
    ShapProgram(const SplitShares& tree, const KeyColumns& columns, const GaussRule& rule,
                std::span<const double> scale, ProgramFor purpose = ProgramFor::values);

    ShapTree<T> with(const TypedRule<T>& rule) const {
        return {steps.data(),
                static_cast<Index>(steps.size()),
                depth,
                records.data(),
                n_outputs,
                rule.points.data(),
                rule.weights.data(),
                n_points};
    }

    std::vector<ShapStep> steps;
    std::vector<T> records;
    Index n_points = 0, n_outputs = 1, depth = 0;
};

}  // namespace plantwright
