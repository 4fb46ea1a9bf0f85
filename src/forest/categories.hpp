// SPDX-License-Identifier: MIT
/// Which features of a table are categories that nodes split by lists of levels, and how many levels they have.
#pragma once

#include <cstdint>
#include <vector>

#include "forest/feature_rows.hpp"
#include "plantwright/forest/options.hpp"

namespace plantwright {

/// By feature its number of levels, 0 where it is a number (or a category that is ordered once); empty where all are.
/// The rows are those that the encoder gives. Throws InvalidArgument where `options.categorical_features` names no
/// feature, or one that holds something else than numbers of levels.
std::vector<std::int32_t> count_levels(const char* who, const FeatureRows& rows, const FeatureEncoder& encoder,
                                       const RandomForestOptions& options);

/// Throws InvalidArgument where a category is to be monotonic.
void require_free_categories(const char* who, const FeatureEncoder& encoder, const std::vector<std::int32_t>& n_levels,
                             const std::vector<int>& monotonic);

}  // namespace plantwright
