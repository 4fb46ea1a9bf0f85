// SPDX-License-Identifier: MIT
/// Tables and comparisons shared by the forest tests.
#pragma once

#include <cmath>
#include <string>

#include "plantwright/core/random.hpp"
#include "plantwright/forest/random_forest.hpp"

namespace plantwright::testing {

struct Problem {
    Matrix X;
    Vector y;
    Buffer<std::int32_t> label;  ///< three classes by y
    ConstVectorView weight() const { return weights; }
    Vector weights;  ///< fractional, some zero
};

struct ProblemShape {
    Index rows = 200;
    Index cols = 6;
    double missing = 0;  ///< share of X that is NaN
    int n_values = 0;    ///< distinct values a column; 0: continuous
    bool whole_targets = true;
    std::uint64_t seed = 1;
};

inline Problem make_problem(const ProblemShape& shape) {
    RandomStream random(shape.seed, 0, Purpose::noise);
    Problem p{Matrix(shape.rows, shape.cols), Vector(shape.rows), Buffer<std::int32_t>(shape.rows), Vector(shape.rows)};
    for (Index i = 0; i < shape.rows; ++i) {
        for (Index j = 0; j < shape.cols; ++j) {
            const double z = random.normal();
            p.X(i, j) = shape.n_values > 0 ? std::floor(std::fmod(std::abs(z) * 10, shape.n_values)) : z;
        }
        const double y = 3 * p.X(i, 0) - p.X(i, 1 % shape.cols) * p.X(i, 2 % shape.cols) + random.normal();
        p.y[i] = shape.whole_targets ? std::floor(y * 4) : y;
        p.label[i] = p.y[i] < -3 ? 0 : p.y[i] < 4 ? 1 : 2;
        p.weights[i] = random.below(5) == 0 ? 0 : random.uniform(0.1, 3);
    }
    for (Index i = 0; i < shape.rows; ++i) {
        for (Index j = 0; j < shape.cols; ++j) {
            if (random.uniform() < shape.missing) p.X(i, j) = kNaN;
        }
    }
    return p;
}

/// Targets of a problem side by side: its own, a noisy product of two features, one of few values, and so on again.
struct OutputsProblem : Problem {
    explicit OutputsProblem(const ProblemShape& shape, Index n_outputs = 3)
        : Problem(make_problem(shape)), Y(shape.rows, n_outputs) {
        RandomStream random(shape.seed + 100, 0, Purpose::noise);
        for (Index i = 0; i < shape.rows; ++i) {
            const double a = std::isnan(X(i, 0)) ? 1 : X(i, 0), b = std::isnan(X(i, 1)) ? 1 : X(i, 1);
            const double values[] = {y[i], 2 * a * b + random.normal(), 100 + std::floor(3 * b)};
            for (Index k = 0; k < n_outputs; ++k) Y(i, k) = values[k % 3] + (k > 2 ? random.normal() : 0);
        }
    }
    Matrix Y;
};

inline bool same_forest(const Forest& a, const Forest& b) {
    return a.n_features == b.n_features && a.n_outputs == b.n_outputs && a.tree_offsets == b.tree_offsets &&
           a.feature == b.feature && a.threshold == b.threshold && a.children_left == b.children_left &&
           a.children_right == b.children_right && a.missing_go_left == b.missing_go_left &&
           a.n_node_samples == b.n_node_samples && a.weighted_n_node_samples == b.weighted_n_node_samples &&
           a.impurity == b.impurity && a.value == b.value && a.n_levels == b.n_levels &&
           a.level_offsets == b.level_offsets && a.levels == b.levels;
}

inline double r_squared(const Vector& prediction, const Vector& y) {
    double mean = 0, residual = 0, total = 0;
    for (const double v : y) mean += v / static_cast<double>(y.size());
    for (Index i = 0; i < y.size(); ++i) {
        residual += (prediction[i] - y[i]) * (prediction[i] - y[i]);
        total += (y[i] - mean) * (y[i] - mean);
    }
    return 1 - residual / total;
}

/// The message of the error that `call` throws; empty where it throws none of that type.
template <class ErrorType, class Call>
std::string message_of(Call&& call) {
    try {
        call();
    } catch (const ErrorType& error) {
        return error.what();
    }
    return "";
}

}  // namespace plantwright::testing
