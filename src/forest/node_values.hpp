// SPDX-License-Identifier: MIT
/// Weight, value and impurity of a node, from its rows and the unrounded targets.
#pragma once

#include <span>
#include <vector>

#include "forest/training.hpp"

namespace plantwright {

struct NodeStatistics {
    double weight = 0;
    double impurity = 0;  ///< exactly 0 where all targets are equal
};

/// O(n) a node and output (absolute_error: O(n log n)), summed in the order of the rows; the impurity of several
/// outputs is the mean of theirs.
///
///     squared_error   sum w (y - mean)^2 / W               value: mean
///     absolute_error  sum w |y - median| / W               value: weighted median (the middle of two where they tie)
///     poisson         sum w y log(y / mean) / W            value: mean
///     gini            1 - sum_k p_k^2                      values: class fractions p_k
///     entropy         -sum_k p_k log p_k
class NodeValues {
public:
    explicit NodeValues(const Target& target) : target_(target) {}

    NodeStatistics of(std::span<const RowId> rows, const TreeSample& sample, double* value /* (n_outputs,) */);
    NodeStatistics of(std::span<const RowId> rows, const TreeSample& sample) {
        scratch_.resize(static_cast<std::size_t>(target_.n_outputs));
        return of(rows, sample, scratch_.data());
    }

private:
    NodeStatistics mean(std::span<const RowId> rows, const RowWeights& w, Index output, double* value) const;
    NodeStatistics median(std::span<const RowId> rows, const RowWeights& w, Index output, double* value);
    NodeStatistics labels(std::span<const RowId> rows, const RowWeights& w, double* value) const;
    NodeStatistics classes(std::span<const RowId> rows, const RowWeights& w, double* value) const;
    double squared_error(std::span<const RowId> rows, const RowWeights& w, Index output, double mean) const;
    double poisson(std::span<const RowId> rows, const RowWeights& w, Index output, double mean) const;
    double y(RowId row, Index output) const { return target_.y[row * target_.n_outputs + output]; }

    const Target& target_;
    std::vector<double> scratch_;
    std::vector<RowId> sorted_;
};

}  // namespace plantwright
