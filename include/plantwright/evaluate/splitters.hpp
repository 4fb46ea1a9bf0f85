// SPDX-License-Identifier: MIT
/// Which rows train and which test: by time, by group, in folds, in blocks with a gap.
///
/// Plant data is autocorrelated: a random split puts neighbours of each test row into training and flatters the model
/// (Roberts et al., "Cross-validation strategies for data with temporal, spatial, hierarchical, or phylogenetic
/// structure", Ecography 40, 2017; blocks with a gap: Burman, Chow & Nolan, "A cross-validatory method for dependent
/// data", Biometrika 81, 1994). Row numbers ascend inside each side; no row stands on both. O(n log n) for times, else
/// O(n_splits n). Pure functions; the seed alone decides what is shuffled. Each throws InvalidArgument and names the
/// parameter.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "plantwright/core/export.hpp"
#include "plantwright/core/types.hpp"

namespace plantwright::evaluate {

struct Split {
    std::vector<Index> train;
    std::vector<Index> test;
};

struct TimeSplitOptions {
    Index n_splits = 5;
    Index gap = 0;             ///< rows left out between training and test
    std::int64_t gap_ns = 0;   ///< duration left out between them; needs time stamps
    Index test_size = 0;       ///< rows a test block; 0 = n / (n_splits + 1)
    Index max_train_size = 0;  ///< most recent rows kept for training; 0 = all of the past
};

/// Trains on the past and tests on the next block, with ever more past. In row order it is scikit-learn's
/// TimeSeriesSplit.
PLANTWRIGHT_API std::vector<Split> time_split(Index n_rows, const TimeSplitOptions& options = {});

/// By time stamps (any order of rows): blocks as above over the sorted rows, except that a boundary never parts equal
/// stamps: they all go to the later side. Stamps of missing time (kMissingTime) are refused.
PLANTWRIGHT_API std::vector<Split> time_split(VectorView<const std::int64_t> times,
                                              const TimeSplitOptions& options = {});

struct TestSplitOptions {
    double test_fraction = 0.2;  ///< of the rows, the latest ones, in (0, 1)
    Index gap = 0;
    std::int64_t gap_ns = 0;
};
PLANTWRIGHT_API Split train_test_split_by_time(Index n_rows, const TestSplitOptions& options = {});
PLANTWRIGHT_API Split train_test_split_by_time(VectorView<const std::int64_t> times,
                                               const TestSplitOptions& options = {});

struct KFoldOptions {
    Index n_splits = 5;
    bool shuffle = false;
    std::uint64_t seed = 0;  ///< used where `shuffle` is set
};

/// Contiguous folds of n / k rows, the first n % k one longer; of shuffled rows where asked.
PLANTWRIGHT_API std::vector<Split> k_fold(Index n_rows, const KFoldOptions& options = {});

/// Every fold holds each class in the table's proportion, to within one row. Classes are codes 0 .. k - 1.
PLANTWRIGHT_API std::vector<Split> stratified_k_fold(VectorView<const std::int32_t> classes,
                                                     const KFoldOptions& options = {});

/// A group (code 0 .. k - 1) stands wholly on one side. Largest group first into the smallest fold, ties by code and
/// fold.
PLANTWRIGHT_API std::vector<Split> group_split(VectorView<const std::int32_t> groups, Index n_splits = 5);

/// Contiguous test blocks; `gap` rows on either side of the block are left out of training.
PLANTWRIGHT_API std::vector<Split> blocked_k_fold(Index n_rows, Index n_splits = 5, Index gap = 0);

}  // namespace plantwright::evaluate
