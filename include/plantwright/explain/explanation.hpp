// SPDX-License-Identifier: MIT
/// What each feature added to each prediction of a table, and to the difference between two tables.
#pragma once

#include <string>
#include <vector>

#include "plantwright/core/export.hpp"
#include "plantwright/core/types.hpp"

namespace plantwright {

/// Field names are those of the shap package's Explanation.
///
///     prediction[i, k] = base_values[k] + sum over j of value(i, j, k)
struct Explanation {
    Matrix values = {};       ///< `(rows, n_features * n_outputs)`: feature j, output k in column j n_outputs + k
    Vector base_values = {};  ///< `(n_outputs,)`: the prediction where nothing is known of a row
    Matrix data = {};         ///< `(rows, n_features)`: what the forest compared; a category as the rank of its level
    std::vector<std::string> feature_names = {};  ///< empty where plain arrays were fitted
    std::vector<std::string> output_names = {};   ///< classes; empty where a number is predicted

    Index rows() const { return values.rows(); }
    Index n_outputs() const { return base_values.size(); }
    Index n_features() const { return n_outputs() == 0 ? 0 : values.cols() / n_outputs(); }
    double value(Index row, Index feature, Index output = 0) const {
        return values(row, feature * n_outputs() + output);
    }
};

/// How features acted together: value(i, j, j, k) is what feature j added alone, value(i, j, l, k) half of what j and l
/// added by acting together. Over l they sum to the feature's value in an Explanation.
struct InteractionExplanation {
    Matrix values = {};  ///< `(rows, n_features * n_features * n_outputs)`, outputs last
    Vector base_values = {};
    std::vector<std::string> feature_names = {};
    std::vector<std::string> output_names = {};
    Index n_features = 0;

    Index rows() const { return values.rows(); }
    Index n_outputs() const { return base_values.size(); }
    double value(Index row, Index feature, Index other, Index output = 0) const {
        return values(row, (feature * n_features + other) * n_outputs() + output);
    }
};

/// What moved the mean prediction from a reference to a period.
///
///     now[k] = then[k] + sum over j of contributions(j, k)
///
/// `contributions` are means over the period of Shapley values with the reference as background (or, by
/// ComparisonMethod::path_dependent, with its rows as covers).
struct PLANTWRIGHT_API Comparison {
    Matrix contributions = {};             ///< `(n_features, n_outputs)`
    Vector then = {}, now = {};            ///< `(n_outputs,)`: mean predictions of the reference and of the period
    Vector mean_then = {}, mean_now = {};  ///< `(n_features,)`: of what the forest compared, missing values left out
    std::vector<std::string> feature_names = {};
    std::vector<std::string> output_names = {};

    Index n_features() const { return contributions.rows(); }
    std::vector<Index> ranked(Index output = 0) const;  ///< features, the largest contribution (of either sign) first
};

}  // namespace plantwright
