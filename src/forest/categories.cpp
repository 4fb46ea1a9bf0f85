// SPDX-License-Identifier: MIT
#include "forest/categories.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>

#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

std::string name_of(const FeatureEncoder& encoder, Index feature) {
    const auto j = static_cast<std::size_t>(feature);
    return encoder.inputs.empty() ? std::to_string(feature) : "'" + encoder.inputs[j] + "'";
}

bool is_category_column(const FeatureEncoder& encoder, std::size_t feature) {
    return feature < encoder.level_ranks.size() && !encoder.level_ranks[feature].empty();
}

/// One more than the largest number in the column; at least 1, so that a column without values is a category too.
std::int32_t levels_of_numbers(const char* who, const FeatureRows& rows, const FeatureEncoder& encoder, Index feature) {
    Buffer<float> column = Buffer<float>::uninitialized(rows.rows());
    rows.read_column(feature, column.data());
    float largest = 0;
    for (Index i = 0; i < column.size(); ++i) {
        const float x = column[i];
        if (std::isnan(x)) continue;
        if (!(x >= 0 && x < static_cast<float>(kMostLevels)) || x != std::floor(x)) {
            std::ostringstream message;
            message << who << ": categorical_features must hold whole numbers from 0 to " << kMostLevels - 1
                    << ", NaN where missing, got " << x << " in column " << name_of(encoder, feature) << ", row " << i;
            throw InvalidArgument(message.str());
        }
        largest = std::max(largest, x);
    }
    return static_cast<std::int32_t>(largest) + 1;
}

}  // namespace

std::vector<std::int32_t> count_levels(const char* who, const FeatureRows& rows, const FeatureEncoder& encoder,
                                       const RandomForestOptions& options) {
    std::vector<std::int32_t> n_levels(static_cast<std::size_t>(rows.cols()));
    for (std::size_t j = 0; j < encoder.level_ranks.size() && options.category_splits == CategorySplits::node; ++j) {
        const Index n = encoder.level_ranks[j].size();
        if (n <= kMostLevels) n_levels[j] = static_cast<std::int32_t>(n);
    }
    for (const Index feature : options.categorical_features) {
        if (feature < 0 || feature >= rows.cols()) {
            throw InvalidArgument(std::string(who) + ": categorical_features must be from 0 to " +
                                  std::to_string(rows.cols() - 1) + ", got " + std::to_string(feature));
        }
        if (is_category_column(encoder, static_cast<std::size_t>(feature))) continue;
        n_levels[static_cast<std::size_t>(feature)] = levels_of_numbers(who, rows, encoder, feature);
    }
    const bool none = std::all_of(n_levels.begin(), n_levels.end(), [](std::int32_t n) { return n == 0; });
    return none ? std::vector<std::int32_t>() : n_levels;
}

void require_free_categories(const char* who, const FeatureEncoder& encoder, const std::vector<std::int32_t>& n_levels,
                             const std::vector<int>& monotonic) {
    for (std::size_t j = 0; j < monotonic.size(); ++j) {
        const bool category = is_category_column(encoder, j) || (!n_levels.empty() && n_levels[j] > 0);
        if (monotonic[j] == 0 || !category) continue;
        throw InvalidArgument(std::string(who) + ": monotonic_cst must be 0 for a category, got " +
                              std::to_string(monotonic[j]) + " for feature " + name_of(encoder, static_cast<Index>(j)));
    }
}

}  // namespace plantwright
