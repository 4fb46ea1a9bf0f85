// SPDX-License-Identifier: MIT
/// Features as ranks: a value's code is the number of distinct smaller values in its column, so that splits need no
/// floats.
///
/// Exact: two values share a code only if they are equal. Code is uint16 while no column has more than 65,535 distinct
/// values, else uint32; the largest Code is "missing". O(n) a column, by radix sort. Kept twice, by columns (large
/// nodes run down one column) and by rows (small nodes touch few rows).
#pragma once

#include <limits>
#include <optional>
#include <vector>

#include "forest/feature_rows.hpp"

namespace plantwright {

template <class Code>
struct RankCodes {
    static constexpr Code kMissing = std::numeric_limits<Code>::max();

    Index n_rows = 0;
    Index n_features = 0;
    Index stride = 0;                        ///< of `rows`: n_features, padded to whole 32 bytes
    Buffer<Code> columns = {};               ///< `(n_features, n_rows)`
    Buffer<Code> rows = {};                  ///< `(n_rows, stride)`
    std::vector<Buffer<float>> values = {};  ///< by feature: the value of each code, ascending

    const Code* column(Index j) const { return columns.data() + j * n_rows; }
    const Code* row(Index i) const { return rows.data() + i * stride; }
};

/// Nothing where a column has too many distinct values for Code. Columns are coded in parallel.
template <class Code>
std::optional<RankCodes<Code>> rank_codes(const FeatureRows& rows, int n_threads);

extern template std::optional<RankCodes<std::uint16_t>> rank_codes(const FeatureRows&, int);
extern template std::optional<RankCodes<std::uint32_t>> rank_codes(const FeatureRows&, int);

}  // namespace plantwright
