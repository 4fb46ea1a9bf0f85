// SPDX-License-Identifier: MIT
/// Random forests as sets of trees: merged, cut, grown further, made of trees from elsewhere.
#include <string>
#include <vector>

#include "forest/compact_tree.hpp"
#include "forest/fit_requests.hpp"
#include "forest/leaf_targets.hpp"
#include "forest/merge.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

template <class Fit, class Model>
void require_alike(const Model& a, const Model& b) {
    const char* who = Model::kTypeName.data();
    require_same_criterion(who, a.criterion(), b.criterion());
    if (a.n_features() != b.n_features()) {
        throw InvalidArgument(std::string(who) + ": forests must have the same number of features, got " +
                              std::to_string(a.n_features()) + " and " + std::to_string(b.n_features()));
    }
    require_same_outputs(who, a.model().n_outputs(), b.model().n_outputs());
    require_same_inputs(who, Fit::model(a).encoder(), Fit::model(b).encoder());
    require_same_categories(who, Fit::model(a).compact().n_levels, Fit::model(b).compact().n_levels, a.n_features());
}

template <class Fit, class Model>
ForestModel merged_model(std::span<const Model* const> forests) {
    if (forests.empty())
        throw InvalidArgument(std::string(Model::kTypeName) + ": merge needs at least one forest, got none");
    std::vector<const CompactForest*> parts;
    std::vector<const LeafTargets*> targets;
    for (const Model* forest : forests) {
        if (forest->n_trees() == 0)
            throw NotFitted(std::string(Model::kTypeName) + ": merge needs fitted or loaded forests");
        require_alike<Fit>(*forests.front(), *forest);
        parts.push_back(&forest->model().compact());
        targets.push_back(&forest->model().targets());
    }
    return ForestModel(merged(parts), Fit::model(*forests.front()).encoder(), {}, merged_targets(targets));
}

template <class Model>
std::vector<const Model*> addresses(std::span<const Model> forests) {
    std::vector<const Model*> all;
    for (const Model& forest : forests) all.push_back(&forest);
    return all;
}

std::vector<std::string> numbered(std::int64_t n) {
    std::vector<std::string> names;
    for (std::int64_t k = 0; k < n; ++k) names.push_back(std::to_string(k));
    return names;
}

/// `make` builds and validates; what is wrong is the caller's argument, not a file.
template <class Make>
auto validated(const char* who, Make make) {
    try {
        auto model = make();
        model.validate();
        return model;
    } catch (const CorruptModel& error) {
        throw InvalidArgument(std::string(who) + ": " + error.message());
    }
}

ForestModel checked_model(const char* who, Forest forest, Schema schema) {
    forest.validate();
    FeatureEncoder encoder = number_encoder(who, std::move(schema), forest.n_features);
    choose_base_of_leaves(forest);
    return ForestModel(CompactForest(forest), std::move(encoder), {});
}

}  // namespace

RandomForestRegressor RandomForestRegressor::merge(std::span<const RandomForestRegressor> forests) {
    return merge(std::span<const RandomForestRegressor* const>(addresses(forests)));
}
RandomForestRegressor RandomForestRegressor::merge(std::span<const RandomForestRegressor* const> forests) {
    ForestModel model = merged_model<RegressorFit>(forests);
    return {forests.front()->criterion(), std::move(model)};
}
RandomForestRegressor RandomForestRegressor::subset(Index first, Index last) const {
    CompactForest trees = trees_between(model_.compact(), first, last);
    LeafTargets targets = targets_between(model_.targets(), model_.compact(), first, last);
    return {criterion_, ForestModel(std::move(trees), model_.encoder(), {}, std::move(targets))};
}
RandomForestRegressor RandomForestRegressor::grow(ConstMatrixView X, ConstVectorView y,
                                                  const RandomForestOptions& options,
                                                  ConstVectorView sample_weight) const {
    return RegressorFit::run(X, as_column(y), options, sample_weight, {}, this);
}
RandomForestRegressor RandomForestRegressor::grow(ConstMatrixViewF X, ConstVectorView y,
                                                  const RandomForestOptions& options,
                                                  ConstVectorView sample_weight) const {
    return RegressorFit::run(X, as_column(y), options, sample_weight, {}, this);
}
RandomForestRegressor RandomForestRegressor::grow_outputs(ConstMatrixView X, ConstMatrixView Y,
                                                          const RandomForestOptions& options,
                                                          ConstVectorView sample_weight) const {
    return RegressorFit::run(X, Y, options, sample_weight, {}, this);
}
RandomForestRegressor RandomForestRegressor::grow_outputs(ConstMatrixViewF X, ConstMatrixView Y,
                                                          const RandomForestOptions& options,
                                                          ConstVectorView sample_weight) const {
    return RegressorFit::run(X, Y, options, sample_weight, {}, this);
}
RandomForestRegressor RandomForestRegressor::from_forest(Forest forest, Schema schema, Criterion criterion) {
    return validated(kTypeName.data(), [&] {
        return RandomForestRegressor(criterion, checked_model(kTypeName.data(), std::move(forest), std::move(schema)));
    });
}

RandomForestClassifier RandomForestClassifier::merge(std::span<const RandomForestClassifier> forests) {
    return merge(std::span<const RandomForestClassifier* const>(addresses(forests)));
}
RandomForestClassifier RandomForestClassifier::merge(std::span<const RandomForestClassifier* const> forests) {
    for (const RandomForestClassifier* forest : forests) {
        require_same_classes(kTypeName.data(), forests.front()->classes(), forest->classes());
        require_same_class_counts(kTypeName.data(), forests.front()->n_classes(), forest->n_classes());
    }
    ForestModel model = merged_model<ClassifierFit>(forests);
    const RandomForestClassifier& first = *forests.front();
    return {first.criterion_, first.classes_, std::move(model), first.n_classes_};
}
RandomForestClassifier RandomForestClassifier::subset(Index first, Index last) const {
    return {criterion_, classes_, ForestModel(trees_between(model_.compact(), first, last), model_.encoder(), {}),
            n_classes_};
}
RandomForestClassifier RandomForestClassifier::grow(ConstMatrixView X, Labels y, const RandomForestOptions& options,
                                                    ConstVectorView sample_weight,
                                                    std::vector<std::string> classes) const {
    if (classes.empty()) classes = numbered_classes(y);
    return ClassifierFit::run(X, y, options, sample_weight, std::move(classes), {}, this);
}
RandomForestClassifier RandomForestClassifier::grow(ConstMatrixViewF X, Labels y, const RandomForestOptions& options,
                                                    ConstVectorView sample_weight,
                                                    std::vector<std::string> classes) const {
    if (classes.empty()) classes = numbered_classes(y);
    return ClassifierFit::run(X, y, options, sample_weight, std::move(classes), {}, this);
}
RandomForestClassifier RandomForestClassifier::from_forest(Forest forest, Schema schema, Criterion criterion,
                                                           std::vector<std::string> classes,
                                                           std::vector<std::int64_t> n_classes) {
    const auto n_given = static_cast<std::int64_t>(classes.size());
    if (n_given != 0 && n_given != forest.n_outputs) {
        throw InvalidArgument(std::string(kTypeName) + ": classes must hold one name an output, got " +
                              std::to_string(n_given) + " for " + std::to_string(forest.n_outputs) + " outputs");
    }
    if (n_given == 0) classes = numbered(forest.n_outputs);
    return validated(kTypeName.data(), [&] {
        return RandomForestClassifier(criterion, std::move(classes),
                                      checked_model(kTypeName.data(), std::move(forest), std::move(schema)),
                                      std::move(n_classes));
    });
}

}  // namespace plantwright
