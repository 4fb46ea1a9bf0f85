// SPDX-License-Identifier: MIT
/// The rounds of an IterativeImputer over training rows.
#pragma once

#include <vector>

#include "plantwright/preprocessing/iterative_imputer.hpp"

namespace plantwright {

struct ChainedForests {
    std::int64_t n_iter = 0;
    std::vector<Index> order;                           // columns, as they are predicted
    std::vector<RandomForestRegressor> first, forests;  // of the first round, where it is not the last, and of the last
};

/// `rows` (n_rows, n_columns) with gaps; `initial` and `deviation` of each column.
ChainedForests fit_chained_forests(const Matrix& rows, const Vector& initial, const Vector& deviation,
                                   const IterativeImputerOptions& options, int n_jobs);

/// All values of a row but the k-th.
inline void others_of(const double* row, Index n_columns, Index k, double* out) {
    for (Index j = 0; j < n_columns; ++j) {
        if (j != k) *out++ = row[j];
    }
}

}  // namespace plantwright
