// SPDX-License-Identifier: MIT
/// Trees of several forests in one, some trees of a forest, trees from elsewhere, and what must agree for that.
#pragma once

#include <string>
#include <vector>

#include "plantwright/forest/forest_model.hpp"

namespace plantwright {

/// All trees, forest after forest; each has at least one tree, and features and outputs agree in number. Forests grown
/// on the same targets become, bit for bit, the forest grown at once; where base or scale differ, both are chosen anew
/// and leaf values are rounded to them.
CompactForest merged(const std::vector<const CompactForest*>& forests);

CompactForest trees_between(const CompactForest& forest, Index first, Index last);

/// The inputs of trees that were made elsewhere: those of the schema, numbers alone; none where it is empty.
FeatureEncoder number_encoder(const char* who, Schema schema, Index n_features);

/// These throw InvalidArgument that names what differs.
void require_same_inputs(const char* who, const FeatureEncoder& a, const FeatureEncoder& b);
void require_same_outputs(const char* who, Index a, Index b);
/// Numbers of levels by feature, or none.
void require_same_categories(const char* who, std::span<const std::int32_t> a, std::span<const std::int32_t> b,
                             Index n_features);
void require_same_criterion(const char* who, Criterion a, Criterion b);
void require_same_classes(const char* who, const std::vector<std::string>& a, const std::vector<std::string>& b);
/// Numbers of classes by output.
void require_same_class_counts(const char* who, const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b);

}  // namespace plantwright
