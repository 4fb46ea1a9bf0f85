// SPDX-License-Identifier: MIT
#include "forest/training_data.hpp"

namespace plantwright {
namespace {

/// Squared error, and gini of two classes: a squared error too, with the class number as target.
bool sums_one_target(const Target& target) {
    return target.criterion == Criterion::squared_error ||
           (target.criterion == Criterion::gini && target.n_outputs == 2);
}

PackedTarget packed_target(const Target& target, const GrowSettings& settings, const SampleWeights& weights) {
    if (settings.splitter == Splitter::exact || !weights.whole || !sums_one_target(target)) return {};
    return PackedTarget(target.level, weights.largest_total);
}

}  // namespace

TrainingData make_training_data(const FeatureRows& rows, const Target& target, const GrowSettings& settings,
                                const SampleWeights& weights, int n_threads) {
    TrainingData data{.n_rows = rows.rows(), .n_features = rows.cols(), .target = &target};
    data.packed = packed_target(target, settings, weights);
    if (data.packed.fits()) {
        data.codes16 = rank_codes<std::uint16_t>(rows, n_threads);
        if (!data.codes16) data.codes32 = rank_codes<std::uint32_t>(rows, n_threads);
    } else {
        data.columns = Buffer<float>::uninitialized(rows.rows() * rows.cols());
        for (Index j = 0; j < rows.cols(); ++j) rows.read_column(j, data.columns.data() + j * rows.rows());
    }
    return data;
}

std::unique_ptr<SplitFinder> make_finder(const TrainingData& data, const GrowSettings& settings) {
    return data.packed.fits() ? make_packed_finder(data, settings) : make_exact_finder(data, settings);
}

}  // namespace plantwright
