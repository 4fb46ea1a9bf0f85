// SPDX-License-Identifier: MIT
/// The training table as tree growers read it; made once per fit and shared by all trees.
#pragma once

#include <memory>

#include "forest/feature_rows.hpp"
#include "forest/training.hpp"

namespace plantwright {

struct TrainingData {
    Index n_rows = 0;
    Index n_features = 0;
    const Target* target = nullptr;
    Buffer<float> columns = {};  ///< `(n_features, n_rows)`: raw values, for the exact splitter

    const float* column(Index j) const { return columns.data() + j * n_rows; }
};

TrainingData make_training_data(const FeatureRows& rows, const Target& target, const GrowSettings& settings);

/// The finder that fits the criterion, the splitter and the weights; one a thread.
std::unique_ptr<SplitFinder> make_finder(const TrainingData& data, const GrowSettings& settings);
std::unique_ptr<SplitFinder> make_exact_finder(const TrainingData& data, const GrowSettings& settings);

}  // namespace plantwright
