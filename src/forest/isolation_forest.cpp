// SPDX-License-Identifier: MIT
#include "plantwright/forest/isolation_forest.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "forest/encoder.hpp"
#include "forest/fit_isolation.hpp"
#include "forest/isolation_grower.hpp"
#include "plantwright/core/elementary.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

constexpr double kLog2 = 0.69314718055994530942;

/// From path lengths to scores.
class Scale {
public:
    explicit Scale(Index max_samples) : c_(mean_path_length(max_samples)) {}
    /// Where trees have a single row there is nothing to measure by: what an average row scores.
    double operator()(double path_length) const {
        return c_ == 0 ? IsolationForest::kAutoOffset : -elementary::exp(-path_length / c_ * kLog2);
    }

private:
    double c_;
};

Buffer<std::int32_t> signs(const Vector& scores, double offset) {
    auto sign = Buffer<std::int32_t>::uninitialized(scores.size());
    for (Index i = 0; i < scores.size(); ++i) sign[i] = scores[i] < offset ? -1 : 1;
    return sign;
}

Vector less(Vector scores, double offset) {
    for (double& score : scores) score -= offset;
    return scores;
}

void require_numbers(const IsolationForest& forest) {
    for (const Buffer<float>& levels : forest.level_ranks()) {
        if (levels.empty()) continue;
        throw InvalidArgument(
            "IsolationForest: score_one and predict_one take numbers, but this forest was fitted on a table with "
            "category columns");
    }
}

template <class T>
double score_of_one(const IsolationForest& forest, std::span<const T> row) {
    IsolationFit::require_columns(forest, static_cast<Index>(row.size()));
    require_numbers(forest);
    double path_length = 0;
    if (forest.ndim() > 1)
        path_length = forest.planes().mean_of_one(row);
    else
        forest.model().mean_of_one(row, {&path_length, 1});
    return Scale(forest.max_samples())(path_length);
}

}  // namespace

void IsolationFit::require_columns(const IsolationForest& forest, Index n_columns) {
    if (forest.n_trees() == 0) throw NotFitted("IsolationForest: score_samples needs a fitted or loaded forest");
    if (n_columns == forest.n_features()) return;
    throw InvalidArgument("IsolationForest: X must have " + std::to_string(forest.n_features()) +
                          " features, as in fit, got " + std::to_string(n_columns));
}

Vector IsolationFit::path_length(const IsolationForest& forest, const FeatureRows& rows, std::optional<int> n_jobs) {
    require_columns(forest, rows.cols());
    if (forest.has_planes()) return forest.planes_.mean_value(rows, n_jobs);
    const Matrix mean = forest.model_.mean_value(rows, n_jobs);
    return Vector(std::span<const double>(mean.data(), static_cast<std::size_t>(mean.rows())));
}

Vector IsolationFit::score_samples(const IsolationForest& forest, const FeatureRows& rows, std::optional<int> n_jobs) {
    Vector scores = path_length(forest, rows, n_jobs);
    const Scale scale(forest.max_samples());
    for (double& score : scores) score = scale(score);
    return scores;
}

Table<std::int32_t> IsolationFit::apply(const IsolationForest& forest, const FeatureRows& rows,
                                        std::optional<int> n_jobs) {
    require_columns(forest, rows.cols());
    return forest.ndim() > 1 ? forest.planes().apply(rows, n_jobs) : forest.model().apply(rows, n_jobs);
}

DecisionPath IsolationFit::decision_path(const IsolationForest& forest, const FeatureRows& rows,
                                         std::optional<int> n_jobs) {
    require_columns(forest, rows.cols());
    return forest.model().decision_path(rows, n_jobs);
}

IsolationForest IsolationForest::fit(ConstMatrixView X, const IsolationForestOptions& options,
                                     ConstVectorView sample_weight) {
    return IsolationFit::run(X, options, sample_weight, {});
}
IsolationForest IsolationForest::fit(ConstMatrixViewF X, const IsolationForestOptions& options,
                                     ConstVectorView sample_weight) {
    return IsolationFit::run(X, options, sample_weight, {});
}
IsolationForest IsolationForest::grow(ConstMatrixView X, const IsolationForestOptions& options,
                                      ConstVectorView sample_weight) const {
    return IsolationFit::run(X, options, sample_weight, {}, this);
}
IsolationForest IsolationForest::grow(ConstMatrixViewF X, const IsolationForestOptions& options,
                                      ConstVectorView sample_weight) const {
    return IsolationFit::run(X, options, sample_weight, {}, this);
}

Vector IsolationForest::path_length(ConstMatrixView X, std::optional<int> n_jobs) const {
    return IsolationFit::path_length(*this, X, n_jobs);
}
Vector IsolationForest::path_length(ConstMatrixViewF X, std::optional<int> n_jobs) const {
    return IsolationFit::path_length(*this, X, n_jobs);
}
Vector IsolationForest::score_samples(ConstMatrixView X, std::optional<int> n_jobs) const {
    return IsolationFit::score_samples(*this, X, n_jobs);
}
Vector IsolationForest::score_samples(ConstMatrixViewF X, std::optional<int> n_jobs) const {
    return IsolationFit::score_samples(*this, X, n_jobs);
}
Vector IsolationForest::decision_function(ConstMatrixView X, std::optional<int> n_jobs) const {
    return less(score_samples(X, n_jobs), offset_);
}
Vector IsolationForest::decision_function(ConstMatrixViewF X, std::optional<int> n_jobs) const {
    return less(score_samples(X, n_jobs), offset_);
}
Vector IsolationForest::decision_function(const Frame& frame, std::optional<int> n_jobs) const {
    return less(score_samples(frame, n_jobs), offset_);
}
Buffer<std::int32_t> IsolationForest::predict(ConstMatrixView X, std::optional<int> n_jobs) const {
    return signs(score_samples(X, n_jobs), offset_);
}
Buffer<std::int32_t> IsolationForest::predict(ConstMatrixViewF X, std::optional<int> n_jobs) const {
    return signs(score_samples(X, n_jobs), offset_);
}
Buffer<std::int32_t> IsolationForest::predict(const Frame& frame, std::optional<int> n_jobs) const {
    return signs(score_samples(frame, n_jobs), offset_);
}

double IsolationForest::score_one(std::span<const float> row) const { return score_of_one(*this, row); }
double IsolationForest::score_one(std::span<const double> row) const { return score_of_one(*this, row); }
double IsolationForest::score_of_features(std::span<const float> features) const {
    if (ndim() > 1) return score_one(features);
    double path_length = 0;
    model_.mean_of_features(features, {&path_length, 1});
    return Scale(max_samples_)(path_length);
}
int IsolationForest::predict_one(std::span<const float> row) const { return score_one(row) < offset_ ? -1 : 1; }
int IsolationForest::predict_one(std::span<const double> row) const { return score_one(row) < offset_ ? -1 : 1; }

Table<std::int32_t> IsolationForest::apply(ConstMatrixView X, std::optional<int> n_jobs) const {
    return IsolationFit::apply(*this, X, n_jobs);
}
Table<std::int32_t> IsolationForest::apply(ConstMatrixViewF X, std::optional<int> n_jobs) const {
    return IsolationFit::apply(*this, X, n_jobs);
}
DecisionPath IsolationForest::decision_path(ConstMatrixView X, std::optional<int> n_jobs) const {
    return IsolationFit::decision_path(*this, X, n_jobs);
}
DecisionPath IsolationForest::decision_path(ConstMatrixViewF X, std::optional<int> n_jobs) const {
    return IsolationFit::decision_path(*this, X, n_jobs);
}

Buffer<std::int64_t> IsolationForest::rows_of_tree(Index n_rows, const IsolationForestOptions& options, Index tree,
                                                   ConstVectorView sample_weight) {
    check_isolation_options(options);
    check_isolation_rows(n_rows);
    const Vector weight = isolation_weights(sample_weight, n_rows);
    RowSet drawn;
    std::vector<RowId> rows;
    IsolationSampler(options, n_rows, weight).sample(tree, drawn, rows);
    std::sort(rows.begin(), rows.end());
    Buffer<std::int64_t> numbers(std::ssize(rows));
    std::copy(rows.begin(), rows.end(), numbers.begin());
    return numbers;
}

Buffer<std::int64_t> IsolationForest::features_of_tree(Index n_features, const IsolationForestOptions& options,
                                                       Index tree) {
    check_isolation_options(options);
    check_isolation_features(options, n_features);
    const auto features = features_of_isolation_tree(options, n_features, tree);
    Buffer<std::int64_t> numbers(std::ssize(features));
    std::copy(features.begin(), features.end(), numbers.begin());
    return numbers;
}

const ForestModel& IsolationForest::model() const {
    if (!has_planes()) return model_;
    throw InvalidArgument("IsolationForest: trees that cut by hyperplanes (ndim = " + std::to_string(ndim_) +
                          ") have no splits by one feature to show");
}

void IsolationForest::validate() const {
    if (has_planes()) {
        planes_.validate();
        validate_encoder(plane_encoder_, n_features());
        if (planes_.ndim != ndim_) throw CorruptModel("IsolationForest: ndim does not fit the planes");
    } else {
        model_.validate();
        if (model_.n_outputs() != 1) throw CorruptModel("IsolationForest: must have one output");
    }
    if (max_samples_ < 1 || max_samples_ >= (std::int64_t{1} << 31))
        throw CorruptModel("IsolationForest: max_samples is out of range");
    if (!(offset_ >= -1 && offset_ <= 0)) throw CorruptModel("IsolationForest: the offset is out of range");
}

}  // namespace plantwright
