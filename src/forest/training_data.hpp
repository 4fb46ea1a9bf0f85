// SPDX-License-Identifier: MIT
/// The training table as tree growers read it; made once per fit and shared by all trees.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>

#include "forest/feature_rows.hpp"
#include "forest/grown_tree.hpp"
#include "forest/packed_target.hpp"
#include "forest/rank_codes.hpp"
#include "forest/training.hpp"
#include "plantwright/core/progress.hpp"

namespace plantwright {

/// Either rank codes and a packed target (the fast splitter), or raw columns (the others).
///
/// Weights that are not whole are rounded to multiples of 2^-22 of their sum, for the choice of splits alone: values
/// and impurities are of the weights as given. Where a least weight of leaves is asked for, the exact splitter takes
/// over.
struct TrainingData {
    const FeatureRows* rows = nullptr;
    Index n_rows = 0;
    Index n_features = 0;
    const Target* target = nullptr;
    Buffer<float> columns = {};  ///< `(n_features, n_rows)`
    std::optional<RankCodes> codes = {};
    PackedTarget packed = {};
    double weight_scale = 1;  ///< 1 where all weights are whole

    /// A row's weight as the fast splitter takes it.
    std::uint64_t whole_weight(double weight) const {
        if (weight_scale == 1) return static_cast<std::uint64_t>(weight);
        return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(weight * weight_scale + 0.5));
    }

    const float* column(Index j) const { return columns.data() + j * n_rows; }
};

/// What is known of the weights of all samples before any is drawn.
struct SampleWeights {
    bool whole = true;
    double largest_total = 0;
    double largest_row = 0;  ///< a bound, but for draws that never come (see BootstrapSampler::weights)
};

/// `rows` and `target` must outlive the result.
TrainingData make_training_data(const FeatureRows& rows, const Target& target, const GrowSettings& settings,
                                const SampleWeights& weights, int n_threads);

/// The grower that fits the data; one a thread.
std::unique_ptr<Grower> make_grower(const TrainingData& data, const GrowSettings& settings, ProgressMonitor& monitor);
/// For `exact`, and for `random` thresholds.
std::unique_ptr<SplitFinder> make_finder(const TrainingData& data, const GrowSettings& settings);

}  // namespace plantwright
