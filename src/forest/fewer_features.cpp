// SPDX-License-Identifier: MIT
/// `ForestModel::without_unused_features`.
#include <algorithm>

#include "plantwright/forest/forest_model.hpp"

namespace plantwright {
namespace {

/// The features that some node splits by, ascending; the first one where there is none.
std::vector<Index> used_features(const Forest& forest) {
    std::vector<bool> is_used(static_cast<std::size_t>(forest.n_features), false);
    for (const std::int32_t feature : forest.feature) {
        if (feature >= 0) is_used[static_cast<std::size_t>(feature)] = true;
    }
    std::vector<Index> used;
    for (Index j = 0; j < forest.n_features; ++j) {
        if (is_used[static_cast<std::size_t>(j)]) used.push_back(j);
    }
    if (used.empty() && forest.n_features > 0) used.push_back(0);
    return used;
}

void keep_features(Forest& forest, const std::vector<Index>& used) {
    std::vector<std::int32_t> number(static_cast<std::size_t>(forest.n_features), kLeafFeature);
    Buffer<std::int32_t> n_levels(forest.n_levels.empty() ? 0 : std::ssize(used));
    for (Index k = 0; k < std::ssize(used); ++k) {
        const Index j = used[static_cast<std::size_t>(k)];
        number[static_cast<std::size_t>(j)] = static_cast<std::int32_t>(k);
        if (!n_levels.empty()) n_levels[k] = forest.n_levels[j];
    }
    for (std::int32_t& feature : forest.feature) {
        if (feature >= 0) feature = number[static_cast<std::size_t>(feature)];
    }
    const bool has_categories = std::any_of(n_levels.begin(), n_levels.end(), [](std::int32_t n) { return n > 0; });
    forest.n_levels = has_categories ? std::move(n_levels) : Buffer<std::int32_t>();
    forest.n_features = std::ssize(used);
}

FeatureEncoder for_features(const FeatureEncoder& encoder, const std::vector<Index>& used) {
    if (encoder.inputs.empty()) return encoder;
    FeatureEncoder fewer;
    std::vector<std::string> dropped = encoder.inputs;
    for (const Index j : used) {
        const auto at = static_cast<std::size_t>(j);
        fewer.inputs.push_back(encoder.inputs[at]);
        if (!encoder.level_ranks.empty()) fewer.level_ranks.push_back(encoder.level_ranks[at]);
        std::erase(dropped, encoder.inputs[at]);
    }
    std::vector<ColumnSpec> columns;
    for (const ColumnSpec& spec : encoder.schema.columns()) {
        if (std::find(dropped.begin(), dropped.end(), spec.name) == dropped.end()) columns.push_back(spec);
    }
    fewer.schema = Schema(std::move(columns), encoder.schema.time_rule());
    return fewer;
}

}  // namespace

ForestModel ForestModel::without_unused_features() const {
    Forest forest = this->forest();
    const std::vector<Index> used = used_features(forest);
    if (std::ssize(used) == n_features()) return ForestModel(forest_, encoder_, OobEstimate{}, targets_);
    keep_features(forest, used);
    return ForestModel(CompactForest(forest), for_features(encoder_, used), OobEstimate{}, targets_);
}

}  // namespace plantwright
