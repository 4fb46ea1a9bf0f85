// SPDX-License-Identifier: MIT
#include "plantwright/forest/forest_model.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "forest/encoder.hpp"
#include "forest/feature_rows.hpp"
#include "forest/predictor.hpp"
#include "forest/quantiles.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

void require_numbers(bool takes_numbers) {
    if (takes_numbers) return;
    throw InvalidArgument(
        "random forest: predict_one takes numbers, but this forest was fitted on a table with category columns");
}

}  // namespace

ForestModel::ForestModel(const Forest& forest, FeatureEncoder encoder, OobEstimate oob)
    : ForestModel((forest.validate(), CompactForest(forest)), std::move(encoder), std::move(oob)) {}

ForestModel::ForestModel(CompactForest forest, FeatureEncoder encoder, OobEstimate oob, LeafTargets targets)
    : forest_(std::move(forest)), encoder_(std::move(encoder)), oob_(std::move(oob)), targets_(std::move(targets)) {
    prepare();
}

void ForestModel::prepare() {
    predictor_ = std::make_shared<const Predictor>(forest_);
    if (!targets_.empty()) quantiles_ = std::make_shared<const QuantilePredictor>(predictor_, targets_);
    const auto& ranks = encoder_.level_ranks;
    takes_numbers_ =
        std::all_of(ranks.begin(), ranks.end(), [](const Buffer<float>& levels) { return levels.empty(); });
}

const Predictor& ForestModel::predictor() const {
    if (!predictor_) throw NotFitted("random forest: predict needs a fitted or loaded forest");
    return *predictor_;
}

const QuantilePredictor& ForestModel::quantile_predictor() const {
    predictor();
    if (quantiles_) return *quantiles_;
    throw InvalidArgument(
        "random forest: predict_quantiles needs a forest that was fitted with quantiles on, got one without");
}

Matrix ForestModel::mean_value(const FeatureRows& rows, std::optional<int> n_jobs) const {
    return predictor().mean_value(rows, n_jobs);
}
Table<std::int32_t> ForestModel::apply(const FeatureRows& rows, std::optional<int> n_jobs) const {
    return predictor().apply(rows, n_jobs);
}
DecisionPath ForestModel::decision_path(const FeatureRows& rows, std::optional<int> n_jobs) const {
    return predictor().decision_path(rows, n_jobs);
}

Matrix ForestModel::quantiles(const FeatureRows& rows, ConstVectorView quantiles, std::optional<int> n_jobs) const {
    return quantile_predictor().predict(rows, quantiles, n_jobs);
}
Vector ForestModel::quantiles_of_one(const FeatureRows& row, ConstVectorView quantiles) const {
    require_numbers(takes_numbers_);
    const Matrix found = quantile_predictor().predict(row, quantiles, {});
    return Vector(std::span<const double>(found.data(), static_cast<std::size_t>(found.cols())));
}

namespace {

template <class T>
void checked_mean_of_one(const ForestModel& model, const Predictor& predictor, bool takes_numbers,
                         std::span<const T> row, std::span<double> mean) {
    require_numbers(takes_numbers);
    if (std::ssize(mean) != model.n_outputs()) {
        throw InvalidArgument("random forest: predict_one must have room for " + std::to_string(model.n_outputs()) +
                              " outputs, got " + std::to_string(mean.size()));
    }
    predictor.mean_of_one(row, mean);
}

}  // namespace

void ForestModel::mean_of_one(std::span<const float> row, std::span<double> mean) const {
    checked_mean_of_one(*this, predictor(), takes_numbers_, row, mean);
}
void ForestModel::mean_of_one(std::span<const double> row, std::span<double> mean) const {
    checked_mean_of_one(*this, predictor(), takes_numbers_, row, mean);
}
void ForestModel::mean_of_features(std::span<const float> features, std::span<double> mean) const {
    checked_mean_of_one(*this, predictor(), true, features, mean);
}

void validate_encoder(const FeatureEncoder& encoder, Index n_features) {
    const auto n_inputs = static_cast<Index>(encoder.inputs.size());
    if (n_inputs != 0 && n_inputs != n_features)
        throw CorruptModel("forest: feature names do not fit the number of features");
    const bool has_schema = encoder.schema.size() > 0;
    if (has_schema && (n_inputs == 0 || encoder.level_ranks.size() != encoder.inputs.size())) {
        throw CorruptModel("forest: the category order does not fit the inputs");
    }
    for (std::size_t j = 0; has_schema && j < encoder.inputs.size(); ++j) {
        const auto column = encoder.schema.find(encoder.inputs[j]);
        if (!column) throw CorruptModel("forest: the input '" + encoder.inputs[j] + "' is not in the schema");
        const Index n_levels = static_cast<Index>(encoder.schema[*column].levels.size());
        if (encoder.level_ranks[j].size() != n_levels)
            throw CorruptModel("forest: a category's order does not fit its levels");
        for (const float rank : encoder.level_ranks[j]) {
            if (!std::isfinite(rank)) throw CorruptModel("forest: a category's rank is not finite");
        }
    }
}

void ForestModel::validate() const {
    if (!predictor_) forest_.validate();
    targets_.validate(forest_);
    validate_encoder(encoder_, n_features());
    for (std::size_t j = 0; forest_.has_categories() && j < encoder_.level_ranks.size(); ++j) {
        const Index n_levels = encoder_.level_ranks[j].size(), n_split = forest_.n_levels[static_cast<Index>(j)];
        if (n_levels > 0 && n_split > 0 && n_split != n_levels)
            throw CorruptModel("forest: a category's splits do not fit its levels");
    }
    if (oob_.prediction.rows() != 0 && oob_.prediction.cols() != n_outputs()) {
        throw CorruptModel("forest: out-of-bag predictions do not fit the outputs");
    }
}

}  // namespace plantwright
