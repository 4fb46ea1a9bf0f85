// SPDX-License-Identifier: MIT
/// Which rows each tree is grown on, and with what weight; made anew from the seed whenever asked.
///
/// With bootstrap: `n_draws` draws with replacement, in proportion to the row weights where there are any; a row weighs
/// as often as it was drawn (times its class's balance in the sample, for balanced_subsample). Without: every row, its
/// weight.
#pragma once

#include "forest/training_data.hpp"

namespace plantwright {

/// Weights of classes, total / (n_present * count) each, so that those of a label weigh the same; `count (n_classes,)`
/// of all labels' classes, 0 where a class is absent, and then its weight.
std::vector<double> balanced_weights(const Target& target, const std::vector<double>& count, double total);

class BootstrapSampler {
public:
    /// `row_weight` is `(n_rows,)` or empty (all 1); `target` is kept.
    BootstrapSampler(const RandomForestOptions& options, const Target& target, Index n_rows, Vector row_weight);

    TreeSample sample(Index tree) const;
    const Vector& row_weight() const { return row_weight_; }  ///< `(n_rows,)`; empty where all are 1
    /// Of all samples. Of weighted draws no row's is bounded; the bound given is exceeded less than once in e^100.
    SampleWeights weights() const;
    Buffer<std::uint32_t> draw_counts(Index tree) const;  ///< `(n_rows,)`; bootstrap only

private:
    Buffer<std::uint32_t> weighted_draws(std::uint64_t seed, Index tree) const;
    void number_combinations();
    void balance_classes(RowWeights& weight) const;
    double most_draws() const;

    const Target& target_;
    std::uint64_t seed_;
    bool bootstrap_;
    bool balance_;
    Index n_rows_;
    Index n_draws_;
    Vector row_weight_;
    Vector cumulative_;  // of row_weight_
    // To balance several labels: the combinations of their classes, and which of them is a row's.
    std::vector<std::vector<std::size_t>> combinations_;
    Buffer<std::int32_t> combination_;
};

}  // namespace plantwright
