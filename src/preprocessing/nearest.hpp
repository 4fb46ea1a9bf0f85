// SPDX-License-Identifier: MIT
/// Exact nearest neighbours among the rows of a table.
///
/// All pairs are looked at in single precision, by blocks of rows of like distance from the centre; a block that is
/// farther from a query, by the triangle inequality, than the nearest rows found so far is skipped. What may be among
/// the k nearest, given how far single precision can be off, is compared in double precision. O(m n d) for m queries
/// (benchmarks/preprocessing/smote.py).
#pragma once

#include <span>

#include "plantwright/core/types.hpp"

namespace plantwright {

/// The k rows of `points (n, d)` nearest to each of `queries` (numbers of rows), `(n_queries, k)`, the nearest first;
/// of several as near, the earlier row. A row is none of its own. Euclid's distance; points are finite, 0 < k < n.
Table<std::int32_t> nearest_rows(const Matrix& points, std::span<const Index> queries, Index k, int n_jobs);

}  // namespace plantwright
