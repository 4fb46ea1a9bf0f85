// SPDX-License-Identifier: MIT
/// Values in bins, and how much the bins of one column tell about those of another.
#pragma once

#include <vector>

#include "plantwright/frame/frame.hpp"

namespace plantwright {

/// The bin of each row, 0 .. sizes.size() - 1, and how many rows a bin has; none is empty.
struct BinCodes {
    std::vector<std::int32_t> of_row;
    std::vector<Index> sizes;
};

/// Of values of few kinds, given as numbers from 0.
BinCodes bins_of_levels(const std::vector<std::int32_t>& levels);
/// Each distinct value a bin where they are at most `n_bins`, else bins of equal frequency, equal values in one. NaN is
/// a bin of its own, the last.
BinCodes bins_of_numbers(const std::vector<double>& values, Index n_bins);
/// Of some rows of a column of numbers or categories.
BinCodes bins_of_column(const Column& column, const std::vector<Index>& rows, Index n_bins);

/// sum_ij n_ij log n_ij over a table of bins of x and y, of which mutual information is a function once the sizes of
/// the bins are given.
class BinTables {
public:
    explicit BinTables(Index n_rows);

    double information(const BinCodes& x, const BinCodes& y) const;  ///< in nats, at least 0
    /// That of each of `n` permutations of y's rows, rising.
    std::vector<double> permuted(const BinCodes& x, const BinCodes& y, Index n, std::uint64_t seed,
                                 std::uint64_t index) const;

private:
    double information_of(const std::vector<Index>& table, const BinCodes& x, const BinCodes& y) const;
    double sum_of(const std::vector<Index>& counts) const;

    Index n_rows_;
    std::vector<double> n_log_n_;
};

}  // namespace plantwright
