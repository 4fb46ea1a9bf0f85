// SPDX-License-Identifier: MIT
#include "forest/training_data.hpp"

namespace plantwright {

TrainingData make_training_data(const FeatureRows& rows, const Target& target, const GrowSettings&) {
    TrainingData data{.n_rows = rows.rows(), .n_features = rows.cols(), .target = &target};
    data.columns = Buffer<float>::uninitialized(rows.rows() * rows.cols());
    for (Index j = 0; j < rows.cols(); ++j) rows.read_column(j, data.columns.data() + j * rows.rows());
    return data;
}

std::unique_ptr<SplitFinder> make_finder(const TrainingData& data, const GrowSettings& settings) {
    return make_exact_finder(data, settings);
}

}  // namespace plantwright
