// SPDX-License-Identifier: MIT
#include "plantwright/explain/tree_explainer.hpp"

#include <string>

#include "explain/explained_model.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/core/threads.hpp"

namespace plantwright {
namespace {

Matrix as_doubles(const FeatureRows& rows) {
    Matrix data(rows.rows(), rows.cols());
    std::vector<float> row(static_cast<std::size_t>(rows.cols()));
    for (Index i = 0; i < rows.rows(); ++i) {
        rows.read_rows(i, i + 1, row.data());
        std::copy(row.begin(), row.end(), data.data() + i * rows.cols());
    }
    return data;
}

Frame conformed(const ExplainedTrees& trees, const Frame& frame) {
    if (trees.encoder.schema.size() > 0) return conform(frame, trees.encoder.schema);
    throw SchemaMismatch("TreeExplainer: this forest was fitted on a plain array without a schema; give an array too");
}

}  // namespace

// ---- the model made ready

ExplainedModel::ExplainedModel(ExplainedTrees trees, const TreeExplainerOptions& options)
    : trees_(std::move(trees)), precision_(options.precision), programs_(compiled(trees_, options)) {}

ExplainedModel::Programs ExplainedModel::compiled(const ExplainedTrees& trees, const TreeExplainerOptions& options) {
    const int n_threads = resolve_n_jobs(options.n_jobs);
    if (options.precision == Precision::audit) return ShapForest<double>(trees, kAuditTolerance, n_threads);
    return ShapForest<float>(trees, kFloatTolerance, n_threads);
}

int ExplainedModel::most_points() const {
    return std::visit([](const auto& programs) { return programs.most_points(); }, programs_);
}

const Vector& ExplainedModel::expected() const {
    return std::visit([](const auto& programs) -> const Vector& { return programs.expected(); }, programs_);
}

void ExplainedModel::require_columns(Index n) const {
    if (n == trees_.n_features()) return;
    throw InvalidArgument("TreeExplainer: X must have " + std::to_string(trees_.n_features()) +
                          " features, as in fit, got " + std::to_string(n));
}

Explanation ExplainedModel::explain(const FeatureRows& rows, const ExplainOptions& options) const {
    require_columns(rows.cols());
    const int n_threads = resolve_n_jobs(options.n_jobs);
    Matrix values =
        std::visit([&](const auto& programs) { return programs.values(rows, n_threads, options.progress); }, programs_);
    return {.values = std::move(values),
            .base_values = expected(),
            .data = as_doubles(rows),
            .feature_names = trees_.encoder.inputs,
            .output_names = trees_.output_names};
}

ExplainedRows::ExplainedRows(const ExplainedTrees& trees, const Frame& frame)
    : frame_(conformed(trees, frame)), rows_(encode(trees.encoder, frame_)) {}

// ---- the public door

TreeExplainer::TreeExplainer(const RandomForestRegressor& model, const TreeExplainerOptions& options)
    : model_(std::make_shared<const ExplainedModel>(explained_trees(model), options)) {}
TreeExplainer::TreeExplainer(const RandomForestClassifier& model, const TreeExplainerOptions& options)
    : model_(std::make_shared<const ExplainedModel>(explained_trees(model), options)) {}
TreeExplainer::TreeExplainer(const BoostedTrees& model, const TreeExplainerOptions& options)
    : model_(std::make_shared<const ExplainedModel>(explained_trees(model), options)) {}

Explanation TreeExplainer::explain(ConstMatrixView X, const ExplainOptions& options) const {
    return model_->explain(X, options);
}
Explanation TreeExplainer::explain(ConstMatrixViewF X, const ExplainOptions& options) const {
    return model_->explain(X, options);
}
Explanation TreeExplainer::explain(const Frame& frame, const ExplainOptions& options) const {
    return model_->explain(ExplainedRows(model_->trees(), frame), options);
}

const Vector& TreeExplainer::expected_value() const { return model_->expected(); }
Index TreeExplainer::n_features() const { return model_->trees().n_features(); }
Index TreeExplainer::n_outputs() const { return model_->trees().n_outputs; }
Precision TreeExplainer::precision() const { return model_->precision(); }
int TreeExplainer::most_points() const { return model_->most_points(); }
const std::vector<std::string>& TreeExplainer::feature_names() const { return model_->trees().encoder.inputs; }
const std::vector<std::string>& TreeExplainer::output_names() const { return model_->trees().output_names; }

}  // namespace plantwright
