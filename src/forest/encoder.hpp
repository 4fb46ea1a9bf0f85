// SPDX-License-Identifier: MIT
/// Learning a `FeatureEncoder` from a frame and its target, and reading the target column.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "forest/training.hpp"
#include "plantwright/forest/forest_model.hpp"

namespace plantwright {

/// The inputs of the frame other than the targets; the levels of a category are numbered as they are where nodes split
/// it, and ranked by the target otherwise (always where outputs are several). `who` for messages. Throws
/// InvalidArgument where there is no input.
FeatureEncoder learn_encoder(const char* who, const Frame& frame, std::span<const std::string> target_names,
                             const Target& target, CategorySplits splits);

/// Throws CorruptModel unless inputs, schema and ranks fit each other and the number of features.
void validate_encoder(const FeatureEncoder& encoder, Index n_features);

/// A target column as class numbers, and their names.
struct ClassLabels {
    Buffer<std::int32_t> label;
    std::vector<std::string> classes;
};

/// Throws InvalidArgument on missing values, numbers that are not whole, or a time column.
ClassLabels class_labels(const char* who, const Frame& frame, std::string_view target_name);
void require_distinct(const char* who, std::span<const std::string> target_names);  ///< and at least one
/// Number columns as targets, `(n_rows, n_names)`. Throws InvalidArgument for a category or time, a name given twice.
Matrix number_targets(const char* who, const Frame& frame, std::span<const std::string> target_names);

/// One number a level by which levels are ordered where there are several outputs: `share (n_levels, n_outputs)` holds
/// mean targets or class fractions, `weight (n_levels,)` the rows of each. The first principal component, by power
/// iteration on the weighted covariance (Coppersmith, Hong & Hosking, "Partitioning nominal attributes in decision
/// trees", Data Mining and Knowledge Discovery 3, 1999).
Vector level_scores(const Matrix& share, const Vector& weight);

}  // namespace plantwright
