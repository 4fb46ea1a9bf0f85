// SPDX-License-Identifier: MIT
/// Quantile regression forests (Meinshausen, "Quantile regression forests", Journal of Machine Learning Research 7,
/// 2006).
///
///     w_i(x) = mean over trees of [i in leaf(x)] weight_i / (sum of weight_j over leaf(x))
///     Q_q(x) = the least training target y with sum over i with y_i <= y of w_i(x) >= q
///
/// that is the inverse of the weighted empirical distribution, without interpolation: a quantile is a training target.
/// weight_i is the row's sample weight, whether a tree's sample drew it or not, as in the paper: rows out of bag, of
/// which the tree knew nothing, make the intervals more honest (counting draws instead, whose mean would be
/// `predict`'s, loses 1 to 2 % of the pinball loss). Weights are added as integers, in units of 2^-k of a tree's, so
/// that neither their order nor the way they are added changes a bit; sums within their rounding of q count as having
/// reached it.
///
/// O(trees depth + rows in the leaves) a row: rows are counted into sums over 1, 64 and 4,096 neighbouring ranks, of
/// which a quantile looks at some hundred. A few rows alone are sorted instead.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "forest/leaf_targets.hpp"
#include "forest/predictor.hpp"

namespace plantwright {

/// The ranks of the leaves that a block of rows reaches: in tree t they begin at `begin` after the tree's first one.
struct RanksOfBlock {
    struct Range {
        std::uint32_t begin, size;
    };
    std::vector<Range> range;         // (rows, n_trees)
    std::vector<std::uint32_t> node;  // of one tree
};

/// Shares the forest's memory; immutable; may be shared by threads.
class QuantilePredictor {
public:
    QuantilePredictor(std::shared_ptr<const Predictor> predictor, LeafTargets targets)
        : predictor_(std::move(predictor)), targets_(std::move(targets)), leaf_(predictor_->forest()) {}

    /// `(rows, n_quantiles)`; throws InvalidArgument where a quantile is not in [0, 1].
    Matrix predict(const FeatureRows& rows, ConstVectorView quantiles, std::optional<int> n_jobs) const;

private:
    std::uint64_t unit() const;  // that a tree weighs
    template <class Rank>
    Matrix predict_as(std::span<const Rank> ranks, const FeatureRows& rows, ConstVectorView quantiles,
                      std::optional<int> n_jobs) const;
    template <class Weights, class Rank>
    Matrix predict_with(std::span<const Rank> ranks, const FeatureRows& rows, ConstVectorView quantiles,
                        std::optional<int> n_jobs) const;
    void find_ranks(const KeyRows& keys, Index n_rows, RanksOfBlock& found) const;

    std::shared_ptr<const Predictor> predictor_;
    LeafTargets targets_;
    LeafNumbers leaf_;
};

}  // namespace plantwright
