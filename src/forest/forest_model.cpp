// SPDX-License-Identifier: MIT
#include "plantwright/forest/forest_model.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "forest/feature_rows.hpp"
#include "forest/predictor.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {

ForestModel::ForestModel(const Forest& forest, FeatureEncoder encoder, OobEstimate oob)
    : ForestModel((forest.validate(), CompactForest(forest)), std::move(encoder), std::move(oob)) {}

ForestModel::ForestModel(CompactForest forest, FeatureEncoder encoder, OobEstimate oob)
    : forest_(std::move(forest)), encoder_(std::move(encoder)), oob_(std::move(oob)) {
    prepare();
}

void ForestModel::prepare() {
    predictor_ = std::make_shared<const Predictor>(forest_);
    const auto& ranks = encoder_.level_ranks;
    takes_numbers_ =
        std::all_of(ranks.begin(), ranks.end(), [](const Buffer<float>& levels) { return levels.empty(); });
}

const Predictor& ForestModel::predictor() const {
    if (!predictor_) throw NotFitted("random forest: predict needs a fitted or loaded forest");
    return *predictor_;
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

namespace {

template <class T>
void checked_mean_of_one(const ForestModel& model, const Predictor& predictor, bool takes_numbers,
                         std::span<const T> row, std::span<double> mean) {
    if (!takes_numbers) {
        throw InvalidArgument(
            "random forest: predict_one takes numbers, but this forest was fitted on a table with category columns");
    }
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

void ForestModel::validate() const {
    if (!predictor_) forest_.validate();
    const auto n_inputs = static_cast<std::int64_t>(encoder_.inputs.size());
    if (n_inputs != 0 && n_inputs != n_features())
        throw CorruptModel("forest: feature names do not fit the number of features");
    const bool has_schema = encoder_.schema.size() > 0;
    if (has_schema && (n_inputs == 0 || encoder_.level_ranks.size() != encoder_.inputs.size())) {
        throw CorruptModel("forest: the category order does not fit the inputs");
    }
    for (std::size_t j = 0; has_schema && j < encoder_.inputs.size(); ++j) {
        const auto column = encoder_.schema.find(encoder_.inputs[j]);
        if (!column) throw CorruptModel("forest: the input '" + encoder_.inputs[j] + "' is not in the schema");
        const Index n_levels = static_cast<Index>(encoder_.schema[*column].levels.size());
        if (encoder_.level_ranks[j].size() != n_levels)
            throw CorruptModel("forest: a category's order does not fit its levels");
        const std::int32_t n_split = forest_.has_categories() ? forest_.n_levels[static_cast<Index>(j)] : 0;
        if (n_levels > 0 && n_split > 0 && n_split != n_levels)
            throw CorruptModel("forest: a category's splits do not fit its levels");
        for (const float rank : encoder_.level_ranks[j]) {
            if (!std::isfinite(rank)) throw CorruptModel("forest: a category's rank is not finite");
        }
    }
    if (oob_.prediction.rows() != 0 && oob_.prediction.cols() != n_outputs()) {
        throw CorruptModel("forest: out-of-bag predictions do not fit the outputs");
    }
}

}  // namespace plantwright
