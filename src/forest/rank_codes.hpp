// SPDX-License-Identifier: MIT
/// Features as ranks: a value's code is the number of distinct smaller values in its column, so that splits need no
/// floats.
///
/// Two values share a code only if they are equal, while a column has at most 65,535 distinct values. Beyond, codes are
/// quantiles: about n / 65,535 rows of neighbouring values share one, and no split falls between them. Each code also
/// has a coarse `bin` of about n / 256 rows, for the histograms of large nodes. A category's code is the number of its
/// level. O(n) a column, by radix sort; kept by
/// rows, since all drawn features of a row are read together: 3 bytes a value, padded to at most 3.5.
#pragma once

#include <vector>

#include "forest/feature_rows.hpp"
#include "forest/training_kernel.hpp"

namespace plantwright {

/// What a column's codes stand for.
struct CodedColumn {
    Buffer<float> low = {};    ///< by code: its least value
    Buffer<float> high = {};   ///< by code: its largest value; empty where codes are exact
    int n_bins = 0;            ///< bins of present values
    bool exact_bins = false;   ///< every bin holds one code
    bool has_missing = false;  ///< bin kMissingBin and code kMissingRank are missing values

    bool exact() const { return high.empty(); }
    float least(std::uint32_t code) const { return low[code]; }
    float largest(std::uint32_t code) const { return exact() ? low[code] : high[code]; }
};

struct RankCodes {
    Index n_rows = 0;
    Index n_features = 0;
    int n_bins = kBins;                ///< bins that occur lie below it
    Index stride = 0;                  ///< of a row, in values; both tables may be read 128 values beyond their end
    Buffer<std::uint16_t> codes = {};  ///< `(n_rows, stride)`
    Buffer<std::uint8_t> bins = {};    ///< `(n_rows, stride)`
    std::vector<CodedColumn> columns = {};
    bool has_categories = false;

    const std::uint16_t* code_row(Index i) const { return codes.data() + i * stride; }
    const std::uint8_t* bin_row(Index i) const { return bins.data() + i * stride; }
};

/// `n_levels` is 0 for numbers, or empty where all are. Columns are coded in parallel; the result does not depend on
/// `n_threads`.
RankCodes rank_codes(const FeatureRows& rows, const std::vector<std::int32_t>& n_levels, int n_threads);

}  // namespace plantwright
