// SPDX-License-Identifier: MIT
/// Statistics of rows that the detector was not fitted on, for a Tail.
///
/// The rows are cut into contiguous blocks; each is scored, from a fresh start, by a detector fitted on all others less
/// `gap` rows on both sides. Of its own training rows a detector thinks too well, and folds drawn row by row are no
/// better where readings have memory: the neighbours of each row are in training.
///
/// One fit a block. The rows after a block begin a run of their own (runs.hpp), for detectors on windows.
#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include "plantwright/core/error.hpp"
#include "plantwright/core/types.hpp"
#include "plantwright/detect/runs.hpp"

namespace plantwright {

/// Where nobody says: ten blocks, since a fit on nine tenths is nearly one on all rows; five of fewer than 2,000 rows,
/// whose tenths would be short beside the rows that detectors warm up on.
inline Index default_folds(Index n_rows) { return n_rows < 2000 ? 5 : 10; }

struct CrossFitOptions {
    Index n_blocks = 5;             ///< at least 2
    std::optional<Index> gap = {};  ///< rows; absent: one in a hundred
};

namespace detect {

inline Matrix rows_outside(ConstMatrixView rows, Index begin, Index end) {
    Matrix outside(rows.rows() - (end - begin), rows.cols());
    for (Index i = 0; i < outside.rows(); ++i) {
        const Index from = i < begin ? i : i + (end - begin);
        for (Index j = 0; j < rows.cols(); ++j) outside(i, j) = rows(from, j);
    }
    return outside;
}

template <class Detector, class Options>
Detector fit_outside(ConstMatrixView rows, const Options& options, RunBegins runs, Index begin, Index end) {
    const Matrix outside = rows_outside(rows, begin, end);
    if constexpr (requires { Detector::fit(outside, options, RunBegins()); }) {
        return Detector::fit(outside, options, runs_outside(runs, rows.rows(), begin, end));
    } else {
        return Detector::fit(outside, options);
    }
}

/// Of rows [begin, end), each run from a fresh start, into their places.
template <class Detector>
void score_runs(const Detector& detector, ConstMatrixView rows, RunBegins runs, Index begin, Index end,
                Vector& statistic) {
    while (begin < end) {
        const auto next = std::upper_bound(runs.begin(), runs.end(), begin);
        const Index stop = next == runs.end() ? end : std::min(end, *next);
        const Vector scored = detector.statistic(rows.rows_between(begin, stop));
        std::copy(scored.begin(), scored.end(), statistic.begin() + begin);
        begin = stop;
    }
}

}  // namespace detect

/// `(n_rows,)`, NaN while warming up at the begin of each block. Throws InvalidArgument where blocks are fewer than two
/// or more than the rows, the gap is negative, and as `Detector::fit` does.
template <class Detector, class Options>
Vector cross_fitted_statistic(ConstMatrixView rows, const Options& options, const CrossFitOptions& folds = {},
                              RunBegins runs = {}) {
    const Index n = rows.rows(), gap = folds.gap.value_or(n / 100);
    if (folds.n_blocks < 2 || folds.n_blocks > n) {
        throw InvalidArgument("cross_fitted_statistic: n_blocks must be in [2, " + std::to_string(n) + "], got " +
                              std::to_string(folds.n_blocks));
    }
    if (gap < 0) throw InvalidArgument("cross_fitted_statistic: gap must be >= 0, got " + std::to_string(gap));
    Vector statistic(n);
    for (Index b = 0; b < folds.n_blocks; ++b) {
        const Index begin = n * b / folds.n_blocks, end = n * (b + 1) / folds.n_blocks;
        const Index from = std::max<Index>(0, begin - gap), to = std::min(n, end + gap);
        const Detector detector = detect::fit_outside<Detector>(rows, options, runs, from, to);
        detect::score_runs(detector, rows, runs, begin, end, statistic);
    }
    return statistic;
}

}  // namespace plantwright
