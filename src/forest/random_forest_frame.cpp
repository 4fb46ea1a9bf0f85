// SPDX-License-Identifier: MIT
/// Random forests on frames: the target column, category orders, the schema checked at predict.
#include "forest/conformed_rows.hpp"
#include "forest/encoder.hpp"
#include "forest/fit_requests.hpp"

namespace plantwright {
namespace {

using Names = std::vector<std::string>;

RandomForestRegressor fit_regressor(const Frame& frame, std::span<const std::string> target_names,
                                    const RandomForestOptions& options, ConstVectorView sample_weight,
                                    const RandomForestRegressor* start) {
    const char* who = RandomForestRegressor::kTypeName.data();
    const Matrix y = number_targets(who, frame, target_names);
    const Target target = regression_target(who, y, options.criterion.value_or(Criterion::squared_error));
    FeatureEncoder encoder = learn_encoder(who, frame, target_names, target, options.category_splits);
    const FeatureRows rows = encode(encoder, frame);
    return RegressorFit::run(rows, y, options, sample_weight, std::move(encoder), start);
}

RandomForestClassifier fit_classifier(const Frame& frame, std::string_view target_name,
                                      const RandomForestOptions& options, ConstVectorView sample_weight,
                                      const RandomForestClassifier* start) {
    const char* who = RandomForestClassifier::kTypeName.data();
    ClassLabels labels = class_labels(who, frame, target_name);
    const auto n_classes = static_cast<Index>(labels.classes.size());
    const Target target = class_target(who, labels.label, n_classes, options.criterion.value_or(Criterion::gini));
    FeatureEncoder encoder =
        learn_encoder(who, frame, Names{std::string(target_name)}, target, options.category_splits);
    const FeatureRows rows = encode(encoder, frame);
    return ClassifierFit::run(rows, labels.label, options, sample_weight, std::move(labels.classes), std::move(encoder),
                              start);
}

}  // namespace

RandomForestRegressor RandomForestRegressor::fit(const Frame& frame, std::string_view target_name,
                                                 const RandomForestOptions& options, ConstVectorView sample_weight) {
    return fit_regressor(frame, Names{std::string(target_name)}, options, sample_weight, nullptr);
}
RandomForestRegressor RandomForestRegressor::grow(const Frame& frame, std::string_view target_name,
                                                  const RandomForestOptions& options,
                                                  ConstVectorView sample_weight) const {
    return fit_regressor(frame, Names{std::string(target_name)}, options, sample_weight, this);
}
RandomForestRegressor RandomForestRegressor::fit_outputs(const Frame& frame, std::span<const std::string> target_names,
                                                         const RandomForestOptions& options,
                                                         ConstVectorView sample_weight) {
    return fit_regressor(frame, target_names, options, sample_weight, nullptr);
}
RandomForestRegressor RandomForestRegressor::grow_outputs(const Frame& frame, std::span<const std::string> target_names,
                                                          const RandomForestOptions& options,
                                                          ConstVectorView sample_weight) const {
    return fit_regressor(frame, target_names, options, sample_weight, this);
}

Matrix RandomForestRegressor::predict_outputs(const Frame& frame, std::optional<int> n_jobs) const {
    return model_.mean_value(ConformedRows(model_, frame), n_jobs);
}
Vector RandomForestRegressor::predict(const Frame& frame, std::optional<int> n_jobs) const {
    require_one_output("predict");
    return first_column(model_.mean_value(ConformedRows(model_, frame), n_jobs));
}
Matrix RandomForestRegressor::predict_quantiles(const Frame& frame, ConstVectorView quantiles,
                                                std::optional<int> n_jobs) const {
    return model_.quantiles(ConformedRows(model_, frame), quantiles, n_jobs);
}
Table<std::int32_t> RandomForestRegressor::apply(const Frame& frame, std::optional<int> n_jobs) const {
    return model_.apply(ConformedRows(model_, frame), n_jobs);
}
DecisionPath RandomForestRegressor::decision_path(const Frame& frame, std::optional<int> n_jobs) const {
    return model_.decision_path(ConformedRows(model_, frame), n_jobs);
}

RandomForestClassifier RandomForestClassifier::fit(const Frame& frame, std::string_view target_name,
                                                   const RandomForestOptions& options, ConstVectorView sample_weight) {
    return fit_classifier(frame, target_name, options, sample_weight, nullptr);
}
RandomForestClassifier RandomForestClassifier::grow(const Frame& frame, std::string_view target_name,
                                                    const RandomForestOptions& options,
                                                    ConstVectorView sample_weight) const {
    return fit_classifier(frame, target_name, options, sample_weight, this);
}

Matrix RandomForestClassifier::predict_proba(const Frame& frame, std::optional<int> n_jobs) const {
    return model_.mean_value(ConformedRows(model_, frame), n_jobs);
}
Buffer<std::int32_t> RandomForestClassifier::predict(const Frame& frame, std::optional<int> n_jobs) const {
    require_one_output("predict");
    return most_likely(predict_proba(frame, n_jobs));
}
std::vector<std::string> RandomForestClassifier::predict_names(const Frame& frame, std::optional<int> n_jobs) const {
    std::vector<std::string> names;
    for (const std::int32_t k : predict(frame, n_jobs)) names.push_back(classes_[static_cast<std::size_t>(k)]);
    return names;
}
Table<std::int32_t> RandomForestClassifier::apply(const Frame& frame, std::optional<int> n_jobs) const {
    return model_.apply(ConformedRows(model_, frame), n_jobs);
}
DecisionPath RandomForestClassifier::decision_path(const Frame& frame, std::optional<int> n_jobs) const {
    return model_.decision_path(ConformedRows(model_, frame), n_jobs);
}

}  // namespace plantwright
