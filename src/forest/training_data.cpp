// SPDX-License-Identifier: MIT
#include "forest/training_data.hpp"

#include "forest/code_grower.hpp"
#include "forest/output_sums.hpp"
#include "forest/tree_grower.hpp"

namespace plantwright {
namespace {

constexpr double kWeightUnits = 1 << 22;
constexpr Index kMostCodedFeatures = 65'535;  // kernels hold feature numbers in 16 bits

/// Squared error, and gini of two classes: a squared error too, with the class number as target.
bool sums_one_target(const Target& target) {
    return (target.criterion == Criterion::squared_error && !target.has_several_outputs()) ||
           (target.criterion == Criterion::gini && target.n_outputs == 2);
}

bool can_code(const FeatureRows& rows, const GrowSettings& settings, const SampleWeights& weights) {
    return settings.splitter == Splitter::fast && settings.monotonic.empty() && rows.cols() <= kMostCodedFeatures &&
           (weights.whole || settings.min_weight_fraction_leaf <= 0);
}

/// Whole numbers in place of the weights, with a sum that leaves 20 bits for the targets.
SampleWeights in_whole_numbers(const SampleWeights& weights, Index n_rows) {
    if (weights.whole) return weights;
    return {.whole = true,
            .largest_total = kWeightUnits + static_cast<double>(n_rows),  // each row may round up
            .largest_row = weights.largest_row * (kWeightUnits / weights.largest_total) + 1};
}

PackedTarget packed_target(const Target& target, const SampleWeights& weights) {
    if (!sums_one_target(target)) return {};
    return PackedTarget(target.level, weights.largest_total, weights.largest_row);
}

/// Whether the fast splitter takes what is no packed target: classes, or several outputs by squared error.
bool sums_by_row(const Target& target, const SampleWeights& weights) {
    if (target.is_classification()) return true;
    return target.has_several_outputs() && target.criterion == Criterion::squared_error &&
           RowPacking(target.n_rows()).fits(weights.largest_total);
}

}  // namespace

TrainingData make_training_data(const FeatureRows& rows, const Target& target, const GrowSettings& settings,
                                const SampleWeights& weights, int n_threads) {
    TrainingData data{.rows = &rows, .n_rows = rows.rows(), .n_features = rows.cols(), .target = &target};
    if (!weights.whole) data.weight_scale = kWeightUnits / weights.largest_total;
    const bool coded = can_code(rows, settings, weights);
    const SampleWeights whole = in_whole_numbers(weights, rows.rows());
    if (coded) data.packed = packed_target(target, whole);
    if (data.packed.fits() || (coded && sums_by_row(target, whole))) {
        data.codes = rank_codes(rows, settings.n_levels, n_threads);
    } else {
        data.columns = Buffer<float>::uninitialized(rows.rows() * rows.cols());
        for (Index j = 0; j < rows.cols(); ++j) rows.read_column(j, data.columns.data() + j * rows.rows());
    }
    return data;
}

std::unique_ptr<Grower> make_grower(const TrainingData& data, const GrowSettings& settings, ProgressMonitor& monitor) {
    if (data.codes) return std::make_unique<CodeGrower>(data, settings, monitor);
    return std::make_unique<TreeGrower>(*data.target, settings, make_finder(data, settings), monitor);
}

}  // namespace plantwright
