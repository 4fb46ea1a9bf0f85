// SPDX-License-Identifier: MIT
/// The training table as tree growers read it; made once per fit and shared by all trees.
#pragma once

#include <memory>
#include <optional>

#include "forest/feature_rows.hpp"
#include "forest/packed_target.hpp"
#include "forest/rank_codes.hpp"
#include "forest/training.hpp"

namespace plantwright {

/// Either rank codes and a packed target (the fast splitter), or raw columns (the exact one).
struct TrainingData {
    Index n_rows = 0;
    Index n_features = 0;
    const Target* target = nullptr;
    Buffer<float> columns = {};  ///< `(n_features, n_rows)`
    std::optional<RankCodes<std::uint16_t>> codes16 = {};
    std::optional<RankCodes<std::uint32_t>> codes32 = {};
    PackedTarget packed = {};

    const float* column(Index j) const { return columns.data() + j * n_rows; }
};

/// What is known of the weights of all samples before any is drawn.
struct SampleWeights {
    bool whole = true;
    double largest_total = 0;
};

TrainingData make_training_data(const FeatureRows& rows, const Target& target, const GrowSettings& settings,
                                const SampleWeights& weights, int n_threads);

/// The finder that fits the data; one a thread.
std::unique_ptr<SplitFinder> make_finder(const TrainingData& data, const GrowSettings& settings);
std::unique_ptr<SplitFinder> make_exact_finder(const TrainingData& data, const GrowSettings& settings);
std::unique_ptr<SplitFinder> make_packed_finder(const TrainingData& data, const GrowSettings& settings);

}  // namespace plantwright
