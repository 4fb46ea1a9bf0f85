// SPDX-License-Identifier: MIT
#include "explain/explained_trees.hpp"

#include <string>

#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

void require_fitted(Index n_trees) {
    if (n_trees == 0) throw NotFitted("TreeExplainer: model must be a fitted or loaded forest");
}

/// The mean of the trees.
ExplainedTrees mean_of(const ForestModel& model) {
    require_fitted(model.n_trees());
    const double factor = 1 / static_cast<double>(model.n_trees());
    return {.forest = model.forest(),
            .n_outputs = model.n_outputs(),
            .base = Vector(model.n_outputs()),
            .factor = factor,
            .encoder = model.encoder()};
}

/// The classes; of several outputs with the output's number, since two may have classes of one name.
std::vector<std::string> class_names(const RandomForestClassifier& model) {
    std::vector<std::string> names = model.classes();
    if (model.n_outputs() == 1) return names;
    auto name = names.begin();
    for (std::size_t k = 0; k < model.n_classes().size(); ++k) {
        for (std::int64_t c = 0; c < model.n_classes()[k]; ++c, ++name)
            *name = "output " + std::to_string(k) + ": " + *name;
    }
    return names;
}

}  // namespace

ExplainedTrees explained_trees(const RandomForestRegressor& model) { return mean_of(model.model()); }

ExplainedTrees explained_trees(const RandomForestClassifier& model) {
    ExplainedTrees trees = mean_of(model.model());
    trees.output_names = class_names(model);
    return trees;
}

ExplainedTrees explained_trees(const IsolationForest& model) {
    require_fitted(model.n_trees());
    return mean_of(model.model());
}

ExplainedTrees explained_trees(const BoostedTrees& model) {
    require_fitted(model.n_trees());
    const double share = model.mean() ? static_cast<double>(model.n_raw()) / static_cast<double>(model.n_trees()) : 1;
    ExplainedTrees trees{.forest = model.forest(),
                         .n_outputs = model.n_raw(),
                         .tree_output = model.tree_output(),
                         .base = model.base(),
                         .factor = share,
                         .logistic = model.link() == Link::logistic,
                         .link_scale = model.link_scale(),
                         .encoder = {model.schema(), model.feature_names(), model.level_ranks()}};
    for (double& b : trees.base) b *= model.mean() ? share : 1;
    if (model.n_raw() == static_cast<Index>(model.classes().size())) trees.output_names = model.classes();
    return trees;
}

}  // namespace plantwright
