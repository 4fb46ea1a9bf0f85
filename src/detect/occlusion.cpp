// SPDX-License-Identifier: MIT
#include "detect/occlusion.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace plantwright::detect {
namespace {

double median_of(ConstVectorView values) {
    std::vector<double> there;
    for (Index i = 0; i < values.size(); ++i) {
        if (!std::isnan(values[i])) there.push_back(values[i]);
    }
    if (there.empty()) return kNaN;
    const auto middle = there.begin() + std::ssize(there) / 2;
    std::nth_element(there.begin(), middle, there.end());
    return *middle;
}

}  // namespace

Vector medians_of(ConstMatrixView table) {
    Vector medians(table.cols());
    for (Index j = 0; j < table.cols(); ++j) medians[j] = median_of(table.col(j));
    return medians;
}

Vector occluded_gains(const IsolationForest& forest, const Vector& features, const Vector& medians, Index per_sensor) {
    Vector row = features, gains(features.size() / per_sensor);
    const std::span<const double> view(row.data(), static_cast<std::size_t>(row.size()));
    const double score = forest.score_one(view);
    for (Index j = 0; j < gains.size(); ++j) {
        bool moved = false;
        for (Index k = j * per_sensor; k < (j + 1) * per_sensor; ++k) {
            if (std::isnan(row[k]) || std::isnan(medians[k])) continue;
            row[k] = medians[k];
            moved = true;
        }
        gains[j] = moved ? std::max(0.0, forest.score_one(view) - score) : 0;
        std::copy_n(features.data() + j * per_sensor, per_sensor, row.data() + j * per_sensor);
    }
    return gains;
}

}  // namespace plantwright::detect
