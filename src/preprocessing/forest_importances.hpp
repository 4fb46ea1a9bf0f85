// SPDX-License-Identifier: MIT
/// How important a forest finds the columns of a table.
#pragma once

#include "plantwright/forest/random_forest.hpp"
#include "plantwright/preprocessing/select_from_forest.hpp"
#include "preprocessing/training_target.hpp"

namespace plantwright {

TargetReading reading_of(ForestTarget type);

/// Of each column of `features (n_rows, n_columns)`; see SelectFromForest. Does not depend on options.n_jobs.
Vector forest_importances(const Table<float>& features, const TrainingTarget& target,
                          const RandomForestOptions& options, ForestImportance importance);

/// Of columns that a forest takes as categories.
std::vector<Index> category_places(const std::vector<ColumnSpec>& columns);

/// Throws InvalidArgument where a number is below 1.
void require_forest(std::string_view who, std::int64_t n_estimators, std::optional<std::int64_t> max_depth);

}  // namespace plantwright
