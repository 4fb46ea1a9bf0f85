// SPDX-License-Identifier: MIT
#include "plantwright/explain/tree_explainer.hpp"

#include <algorithm>
#include <string>

#include "explain/compare.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/core/threads.hpp"

namespace plantwright {
namespace {

using Model = std::shared_ptr<const ExplainedModel>;
using Backdrop = std::shared_ptr<const ExplainedBackground>;

Matrix as_doubles(const FeatureRows& rows) {
    Matrix data(rows.rows(), rows.cols());
    std::vector<float> row(static_cast<std::size_t>(rows.cols()));
    for (Index i = 0; i < rows.rows(); ++i) {
        rows.read_rows(i, i + 1, row.data());
        std::copy(row.begin(), row.end(), data.data() + i * rows.cols());
    }
    return data;
}

const Vector& expected_of(const Model& model, const Backdrop& background) {
    return background ? background->expected() : model->plan().expected;
}

void require_raw(const ExplainedModel& model) {
    if (model.options().output == ExplainedOutput::raw || !model.trees().logistic) return;
    throw InvalidArgument("TreeExplainer: the probability of boosted trees is explained against a background only");
}

Explanation explained(const Model& model, const Backdrop& background, const FeatureRows& rows,
                      const ExplainOptions& options) {
    model->require_columns("X", rows.cols());
    if (!background) require_raw(*model);
    return {.values = background ? background->values(rows, options) : model->values(rows, options),
            .base_values = expected_of(model, background),
            .data = as_doubles(rows),
            .feature_names = model->trees().encoder.inputs,
            .output_names = model->trees().output_names};
}

InteractionExplanation interacting(const Model& model, const Backdrop& background, const FeatureRows& rows,
                                   const ExplainOptions& options) {
    if (background)
        throw InvalidArgument(
            "TreeExplainer: interaction values are path-dependent; make an explainer without background");
    model->require_columns("X", rows.cols());
    return {.values = model->interactions(rows, options),
            .base_values = model->plan().expected,
            .feature_names = model->trees().encoder.inputs,
            .output_names = model->trees().output_names,
            .n_features = model->trees().n_features()};
}

Frame conformed(const ExplainedTrees& trees, const Frame& frame) {
    if (trees.encoder.schema.size() > 0) return conform(frame, trees.encoder.schema);
    throw SchemaMismatch("TreeExplainer: this forest was fitted on a plain array without a schema; give an array too");
}

Backdrop backdrop(const Model& model, const FeatureRows& rows) {
    return std::make_shared<const ExplainedBackground>(model, rows);
}

}  // namespace

// ---- the model made ready

ExplainedModel::ExplainedModel(ExplainedTrees trees, const TreeExplainerOptions& options)
    : trees_(std::move(trees)), options_(options), plan_(trees_, resolve_n_jobs(options.n_jobs)) {}

const ExplainedModel::Either<ShapForest>& ExplainedModel::programs() const {
    std::call_once(programs_once_, [this] {
        const int n_threads = resolve_n_jobs(options_.n_jobs);
        if (options_.precision == Precision::audit)
            programs_.emplace<ShapForest<double>>(trees_, plan_, kAuditTolerance, n_threads);
        else
            programs_.emplace<ShapForest<float>>(trees_, plan_, kFloatTolerance, n_threads);
    });
    return programs_;
}

const ExplainedModel::Either<InteractionForest>& ExplainedModel::interaction_programs() const {
    std::call_once(interactions_once_, [this] {
        const int n_threads = resolve_n_jobs(options_.n_jobs);
        if (options_.precision == Precision::audit)
            interactions_.emplace<InteractionForest<double>>(trees_, plan_, kAuditTolerance, n_threads);
        else
            interactions_.emplace<InteractionForest<float>>(trees_, plan_, kFloatTolerance, n_threads);
    });
    return interactions_;
}

namespace {

/// Calls `use` with the engine that there is.
template <class Either, class Use>
auto with_engine(const Either& either, Use&& use) {
    return std::holds_alternative<std::variant_alternative_t<1, Either>>(either) ? use(std::get<1>(either))
                                                                                 : use(std::get<2>(either));
}

}  // namespace

int ExplainedModel::most_points() const {
    return with_engine(programs(), [](const auto& programs) { return programs.most_points(); });
}

const DeepPart& ExplainedModel::deep_part() const {
    std::call_once(deep_once_, [this] {
        for (Index i = 0; i < trees_.forest.n_trees(); ++i) {
            const SplitShares tree(plan_.view_of(trees_, i));
            if (pattern_table_size(tree) >= 0) continue;
            ++deep_.trees;
            deep_.nodes += tree.n_nodes();
        }
    });
    return deep_;
}

ReferenceCache::Tables ExplainedModel::tables_of(const FeatureRows& reference, int n_threads) const {
    return references_.find_or_make(reference, [&] {
        return std::make_shared<const ReferenceTables>(trees_, plan_, options_.precision, reference, n_threads);
    });
}

Matrix ExplainedModel::values(const FeatureRows& rows, const ExplainOptions& options) const {
    const int n_threads = resolve_n_jobs(options.n_jobs);
    return with_engine(programs(),
                       [&](const auto& forest) { return forest.values(rows, n_threads, options.progress); });
}

Matrix ExplainedModel::interactions(const FeatureRows& rows, const ExplainOptions& options) const {
    const int n_threads = resolve_n_jobs(options.n_jobs);
    return with_engine(interaction_programs(),
                       [&](const auto& forest) { return forest.values(rows, n_threads, options.progress); });
}

void ExplainedModel::require_columns(const char* what, Index n) const {
    if (n == trees_.n_features()) return;
    throw InvalidArgument("TreeExplainer: " + std::string(what) + " must have " + std::to_string(trees_.n_features()) +
                          " features, as in fit, got " + std::to_string(n));
}

// ---- a background

ExplainedBackground::ExplainedBackground(Model model, const FeatureRows& rows)
    : model_(std::move(model)), engine_(engine_of(*model_, rows)) {}

ExplainedBackground::Engine ExplainedBackground::engine_of(const ExplainedModel& model, const FeatureRows& rows) {
    model.require_columns("background", rows.cols());
    if (rows.rows() == 0) throw InvalidArgument("TreeExplainer: background must have at least one row, got none");
    const TreeExplainerOptions& options = model.options();
    const int n_threads = resolve_n_jobs(options.n_jobs);
    if (options.output == ExplainedOutput::probability && model.trees().logistic)
        return Engine(std::in_place_type<ProbabilityPairs>, model.trees(), model.plan(), rows, n_threads);
    if (options.precision == Precision::audit)
        return Engine(std::in_place_type<InterventionalForest<double>>, model.trees(), model.plan(), rows, n_threads);
    return Engine(std::in_place_type<InterventionalForest<float>>, model.trees(), model.plan(), rows, n_threads);
}

const Vector& ExplainedBackground::expected() const {
    return std::visit([](const auto& engine) -> const Vector& { return engine.expected(); }, engine_);
}

Index ExplainedBackground::n_trees_by_tables() const {
    return std::visit([](const auto& engine) { return engine.n_trees_by_tables(); }, engine_);
}

Matrix ExplainedBackground::values(const FeatureRows& rows, const ExplainOptions& options) const {
    const int n_threads = resolve_n_jobs(options.n_jobs);
    return std::visit([&](const auto& engine) { return engine.values(rows, n_threads, options.progress); }, engine_);
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
TreeExplainer::TreeExplainer(const IsolationForest& model, const TreeExplainerOptions& options)
    : model_(std::make_shared<const ExplainedModel>(explained_trees(model), options)) {}

TreeExplainer TreeExplainer::with_background(ConstMatrixView X) const { return {model_, backdrop(model_, X)}; }
TreeExplainer TreeExplainer::with_background(ConstMatrixViewF X) const { return {model_, backdrop(model_, X)}; }
TreeExplainer TreeExplainer::with_background(const Frame& frame) const {
    return {model_, backdrop(model_, ExplainedRows(model_->trees(), frame))};
}

Explanation TreeExplainer::explain(ConstMatrixView X, const ExplainOptions& options) const {
    return explained(model_, background_, X, options);
}
Explanation TreeExplainer::explain(ConstMatrixViewF X, const ExplainOptions& options) const {
    return explained(model_, background_, X, options);
}
Explanation TreeExplainer::explain(const Frame& frame, const ExplainOptions& options) const {
    return explained(model_, background_, ExplainedRows(model_->trees(), frame), options);
}

InteractionExplanation TreeExplainer::interactions(ConstMatrixView X, const ExplainOptions& options) const {
    return interacting(model_, background_, X, options);
}
InteractionExplanation TreeExplainer::interactions(ConstMatrixViewF X, const ExplainOptions& options) const {
    return interacting(model_, background_, X, options);
}
InteractionExplanation TreeExplainer::interactions(const Frame& frame, const ExplainOptions& options) const {
    return interacting(model_, background_, ExplainedRows(model_->trees(), frame), options);
}

Comparison TreeExplainer::compare(ConstMatrixView rows, ConstMatrixView reference,
                                  const CompareOptions& options) const {
    return compared(model_, rows, reference, options);
}
Comparison TreeExplainer::compare(ConstMatrixViewF rows, ConstMatrixViewF reference,
                                  const CompareOptions& options) const {
    return compared(model_, rows, reference, options);
}
Comparison TreeExplainer::compare(const Frame& rows, const Frame& reference, const CompareOptions& options) const {
    return compared(model_, ExplainedRows(model_->trees(), rows), ExplainedRows(model_->trees(), reference), options);
}

const Vector& TreeExplainer::expected_value() const { return expected_of(model_, background_); }
Index TreeExplainer::n_features() const { return model_->trees().n_features(); }
Index TreeExplainer::n_outputs() const { return model_->trees().n_outputs; }
Index TreeExplainer::n_trees() const { return model_->trees().forest.n_trees(); }
DeepPart TreeExplainer::deep_part() const { return model_->deep_part(); }
Index TreeExplainer::n_trees_by_tables() const { return background_ ? background_->n_trees_by_tables() : 0; }
Precision TreeExplainer::precision() const { return model_->options().precision; }
int TreeExplainer::most_points() const { return model_->most_points(); }
const std::vector<std::string>& TreeExplainer::feature_names() const { return model_->trees().encoder.inputs; }
const std::vector<std::string>& TreeExplainer::output_names() const { return model_->trees().output_names; }

}  // namespace plantwright
