// SPDX-License-Identifier: MIT
#include "forest/node_values.hpp"

#include <algorithm>

#include "plantwright/core/elementary.hpp"

namespace plantwright {

NodeStatistics NodeValues::of(std::span<const RowId> rows, const TreeSample& sample, double* value) {
    const RowWeights& w = sample.weight;
    if (target_.is_classification()) return classes(rows, w, value);
    return target_.criterion == Criterion::absolute_error ? median(rows, w, value) : mean(rows, w, value);
}

NodeStatistics NodeValues::mean(std::span<const RowId> rows, const RowWeights& w, double* value) const {
    const double* y = target_.y.data();
    const double first = y[rows.front()];  // sums of differences keep their digits where y has a large offset
    double weight = 0, sum = 0, low = first, high = first;
    for (const RowId row : rows) {
        weight += w[row];
        sum += w[row] * (y[row] - first);
        low = std::min(low, y[row]);
        high = std::max(high, y[row]);
    }
    const double mean = std::clamp(first + sum / weight, low, high);
    *value = mean;
    if (low == high) return {weight, 0};
    const double loss = target_.criterion == Criterion::poisson ? poisson(rows, w, mean) : squared_error(rows, w, mean);
    return {weight, loss / weight};
}

double NodeValues::squared_error(std::span<const RowId> rows, const RowWeights& w, double mean) const {
    double loss = 0;
    for (const RowId row : rows) {
        const double d = target_.y[row] - mean;
        loss += w[row] * d * d;
    }
    return loss;
}

double NodeValues::poisson(std::span<const RowId> rows, const RowWeights& w, double mean) const {
    double loss = 0;
    for (const RowId row : rows) {
        const double y = target_.y[row];
        if (y > 0) loss += w[row] * y * elementary::log(y / mean);
    }
    return loss;
}

NodeStatistics NodeValues::median(std::span<const RowId> rows, const RowWeights& w, double* value) {
    const double* y = target_.y.data();
    sorted_.assign(rows.begin(), rows.end());
    std::sort(sorted_.begin(), sorted_.end(), [&](RowId a, RowId b) { return y[a] != y[b] ? y[a] < y[b] : a < b; });
    double weight = 0;
    for (const RowId row : sorted_) weight += w[row];
    std::size_t i = 0;
    double below = w[sorted_[0]];
    while (2 * below < weight && i + 1 < sorted_.size()) below += w[sorted_[++i]];
    const bool tie = 2 * below == weight && i + 1 < sorted_.size();
    const double median = tie ? y[sorted_[i]] / 2 + y[sorted_[i + 1]] / 2 : y[sorted_[i]];
    *value = median;
    double loss = 0;
    for (const RowId row : sorted_) loss += w[row] * std::abs(y[row] - median);
    return {weight, loss / weight};
}

NodeStatistics NodeValues::classes(std::span<const RowId> rows, const RowWeights& w, double* value) const {
    const auto n_classes = static_cast<std::size_t>(target_.n_outputs);
    std::fill_n(value, n_classes, 0.0);
    double weight = 0;
    for (const RowId row : rows) {
        value[target_.label[row]] += w[row];
        weight += w[row];
    }
    double gini = 1, entropy = 0;
    std::size_t n_present = 0;
    for (std::size_t k = 0; k < n_classes; ++k) {
        const double p = value[k] / weight;
        n_present += value[k] > 0;
        gini -= p * p;
        if (p > 0 && target_.criterion == Criterion::entropy) entropy -= p * elementary::log(p);
        value[k] = p;
    }
    if (n_present == 1) return {weight, 0};
    return {weight, target_.criterion == Criterion::entropy ? entropy : gini};
}

}  // namespace plantwright
