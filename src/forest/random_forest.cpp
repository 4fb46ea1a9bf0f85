// SPDX-License-Identifier: MIT
#include "plantwright/forest/random_forest.hpp"

#include <algorithm>
#include <string>

#include "forest/compact_nodes.hpp"
#include "forest/fit_requests.hpp"
#include "forest/merge.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {

RandomForestRegressor RegressorFit::run(const FeatureRows& rows, ConstMatrixView y, const RandomForestOptions& options,
                                        ConstVectorView sample_weight, FeatureEncoder encoder,
                                        const RandomForestRegressor* start) {
    const char* who = RandomForestRegressor::kTypeName.data();
    const Criterion criterion = options.criterion.value_or(Criterion::squared_error);
    if (criterion == Criterion::gini || criterion == Criterion::entropy) {
        throw InvalidArgument(std::string(who) + ": criterion must be squared_error, absolute_error or poisson, got " +
                              std::string(to_string(criterion)));
    }
    const Target target = regression_target(who, y, criterion);
    if (start) require_same_criterion(who, start->criterion(), criterion);
    return {criterion, fit_forest({who, rows, target, options, sample_weight, std::move(encoder),
                                   start ? &start->model_ : nullptr})};
}

Criterion classification_criterion(const char* who, const RandomForestOptions& options) {
    const Criterion criterion = options.criterion.value_or(Criterion::gini);
    if (criterion == Criterion::gini || criterion == Criterion::entropy) return criterion;
    throw InvalidArgument(std::string(who) + ": criterion must be gini, entropy or log_loss, got " +
                          std::string(to_string(criterion)));
}

RandomForestClassifier ClassifierFit::run(const FeatureRows& rows, RandomForestClassifier::Labels y,
                                          const RandomForestOptions& options, ConstVectorView sample_weight,
                                          std::vector<std::string> classes, FeatureEncoder encoder,
                                          const RandomForestClassifier* start) {
    const char* who = RandomForestClassifier::kTypeName.data();
    const Criterion criterion = classification_criterion(who, options);
    const Target target = class_target(who, y, static_cast<Index>(classes.size()), criterion);
    if (start) {
        require_same_criterion(who, start->criterion(), criterion);
        require_same_classes(who, start->classes(), classes);
    }
    ForestModel model =
        fit_forest({who, rows, target, options, sample_weight, std::move(encoder), start ? &start->model_ : nullptr});
    return {criterion, std::move(classes), std::move(model)};
}

Vector first_column(const Matrix& values) {
    return Vector(std::span<const double>(values.data(), static_cast<std::size_t>(values.rows())));
}

Buffer<std::int32_t> most_likely(const Matrix& share) {
    Buffer<std::int32_t> best(share.rows());
    for (Index i = 0; i < share.rows(); ++i) {
        const double* row = share.data() + i * share.cols();
        best[i] = static_cast<std::int32_t>(std::max_element(row, row + share.cols()) - row);
    }
    return best;
}

std::vector<std::string> numbered_classes(RandomForestClassifier::Labels y) {
    std::int32_t last = 0;
    for (Index i = 0; i < y.size(); ++i) last = std::max(last, y[i]);
    if (last >= y.size()) {
        throw InvalidArgument("RandomForestClassifier: y must hold class numbers from 0 without large gaps, got " +
                              std::to_string(last) + " among " + std::to_string(y.size()) + " rows");
    }
    std::vector<std::string> names;
    for (std::int32_t k = 0; k <= last; ++k) names.push_back(std::to_string(k));
    return names;
}

RandomForestRegressor RandomForestRegressor::fit(ConstMatrixView X, ConstVectorView y,
                                                 const RandomForestOptions& options, ConstVectorView sample_weight) {
    return RegressorFit::run(X, as_column(y), options, sample_weight, {});
}
RandomForestRegressor RandomForestRegressor::fit(ConstMatrixViewF X, ConstVectorView y,
                                                 const RandomForestOptions& options, ConstVectorView sample_weight) {
    return RegressorFit::run(X, as_column(y), options, sample_weight, {});
}
RandomForestRegressor RandomForestRegressor::fit_outputs(ConstMatrixView X, ConstMatrixView Y,
                                                         const RandomForestOptions& options,
                                                         ConstVectorView sample_weight) {
    return RegressorFit::run(X, Y, options, sample_weight, {});
}
RandomForestRegressor RandomForestRegressor::fit_outputs(ConstMatrixViewF X, ConstMatrixView Y,
                                                         const RandomForestOptions& options,
                                                         ConstVectorView sample_weight) {
    return RegressorFit::run(X, Y, options, sample_weight, {});
}
Vector RandomForestRegressor::predict(ConstMatrixView X, std::optional<int> n_jobs) const {
    require_one_output("predict");
    return first_column(model_.mean_value(X, n_jobs));
}
Vector RandomForestRegressor::predict(ConstMatrixViewF X, std::optional<int> n_jobs) const {
    require_one_output("predict");
    return first_column(model_.mean_value(X, n_jobs));
}
Matrix RandomForestRegressor::predict_outputs(ConstMatrixView X, std::optional<int> n_jobs) const {
    return model_.mean_value(X, n_jobs);
}
Matrix RandomForestRegressor::predict_outputs(ConstMatrixViewF X, std::optional<int> n_jobs) const {
    return model_.mean_value(X, n_jobs);
}
void RandomForestRegressor::require_one_output(const char* method) const {
    if (model_.n_outputs() == 1) return;
    throw InvalidArgument(std::string(kTypeName) + ": " + method + " takes a forest of one output, got one of " +
                          std::to_string(model_.n_outputs()) + ": see predict_outputs");
}
namespace {

template <class T>
double value_of_one(const ForestModel& model, std::span<const T> row) {
    double value = 0;
    model.mean_of_one(row, {&value, 1});
    return value;
}

template <class T>
std::int32_t class_of_one(const ForestModel& model, std::span<const T> row, std::span<double> share) {
    model.mean_of_one(row, share);
    return static_cast<std::int32_t>(std::max_element(share.begin(), share.end()) - share.begin());
}

}  // namespace

double RandomForestRegressor::predict_one(std::span<const float> row) const { return value_of_one(model_, row); }
double RandomForestRegressor::predict_one(std::span<const double> row) const { return value_of_one(model_, row); }
void RandomForestRegressor::predict_one(std::span<const float> row, std::span<double> outputs) const {
    model_.mean_of_one(row, outputs);
}
void RandomForestRegressor::predict_one(std::span<const double> row, std::span<double> outputs) const {
    model_.mean_of_one(row, outputs);
}
std::int32_t RandomForestClassifier::predict_one(std::span<const float> row, std::span<double> share) const {
    require_one_output("predict_one");
    return class_of_one(model_, row, share);
}
std::int32_t RandomForestClassifier::predict_one(std::span<const double> row, std::span<double> share) const {
    require_one_output("predict_one");
    return class_of_one(model_, row, share);
}
Matrix RandomForestRegressor::predict_quantiles(ConstMatrixView X, ConstVectorView quantiles,
                                                std::optional<int> n_jobs) const {
    return model_.quantiles(X, quantiles, n_jobs);
}
Matrix RandomForestRegressor::predict_quantiles(ConstMatrixViewF X, ConstVectorView quantiles,
                                                std::optional<int> n_jobs) const {
    return model_.quantiles(X, quantiles, n_jobs);
}
Vector RandomForestRegressor::predict_quantiles_one(std::span<const float> row, ConstVectorView quantiles) const {
    return model_.quantiles_of_one(ConstMatrixViewF(row.data(), 1, std::ssize(row)), quantiles);
}
Vector RandomForestRegressor::predict_quantiles_one(std::span<const double> row, ConstVectorView quantiles) const {
    return model_.quantiles_of_one(ConstMatrixView(row.data(), 1, std::ssize(row)), quantiles);
}
Table<std::int32_t> RandomForestRegressor::apply(ConstMatrixView X, std::optional<int> n_jobs) const {
    return model_.apply(X, n_jobs);
}
Table<std::int32_t> RandomForestRegressor::apply(ConstMatrixViewF X, std::optional<int> n_jobs) const {
    return model_.apply(X, n_jobs);
}
DecisionPath RandomForestRegressor::decision_path(ConstMatrixView X, std::optional<int> n_jobs) const {
    return model_.decision_path(X, n_jobs);
}
DecisionPath RandomForestRegressor::decision_path(ConstMatrixViewF X, std::optional<int> n_jobs) const {
    return model_.decision_path(X, n_jobs);
}

void RandomForestRegressor::validate() const {
    model_.validate();
    if (model_.n_outputs() > kMostUnitOutputs && model_.compact().leaf_table.empty())
        throw CorruptModel("RandomForestRegressor: outputs without values");
    const int c = static_cast<int>(criterion_);
    if (c < 0 || c > static_cast<int>(Criterion::poisson))
        throw CorruptModel("RandomForestRegressor: unknown criterion");
}

RandomForestClassifier RandomForestClassifier::fit(ConstMatrixView X, Labels y, const RandomForestOptions& options,
                                                   ConstVectorView sample_weight, std::vector<std::string> classes) {
    if (classes.empty()) classes = numbered_classes(y);
    return ClassifierFit::run(X, y, options, sample_weight, std::move(classes), {});
}
RandomForestClassifier RandomForestClassifier::fit(ConstMatrixViewF X, Labels y, const RandomForestOptions& options,
                                                   ConstVectorView sample_weight, std::vector<std::string> classes) {
    if (classes.empty()) classes = numbered_classes(y);
    return ClassifierFit::run(X, y, options, sample_weight, std::move(classes), {});
}
Matrix RandomForestClassifier::predict_proba(ConstMatrixView X, std::optional<int> n_jobs) const {
    return model_.mean_value(X, n_jobs);
}
Matrix RandomForestClassifier::predict_proba(ConstMatrixViewF X, std::optional<int> n_jobs) const {
    return model_.mean_value(X, n_jobs);
}
Buffer<std::int32_t> RandomForestClassifier::predict(ConstMatrixView X, std::optional<int> n_jobs) const {
    require_one_output("predict");
    return most_likely(predict_proba(X, n_jobs));
}
Buffer<std::int32_t> RandomForestClassifier::predict(ConstMatrixViewF X, std::optional<int> n_jobs) const {
    require_one_output("predict");
    return most_likely(predict_proba(X, n_jobs));
}
Table<std::int32_t> RandomForestClassifier::apply(ConstMatrixView X, std::optional<int> n_jobs) const {
    return model_.apply(X, n_jobs);
}
Table<std::int32_t> RandomForestClassifier::apply(ConstMatrixViewF X, std::optional<int> n_jobs) const {
    return model_.apply(X, n_jobs);
}
DecisionPath RandomForestClassifier::decision_path(ConstMatrixView X, std::optional<int> n_jobs) const {
    return model_.decision_path(X, n_jobs);
}
DecisionPath RandomForestClassifier::decision_path(ConstMatrixViewF X, std::optional<int> n_jobs) const {
    return model_.decision_path(X, n_jobs);
}

}  // namespace plantwright
