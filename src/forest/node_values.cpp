// SPDX-License-Identifier: MIT
#include "forest/node_values.hpp"

#include <algorithm>

#include "plantwright/core/elementary.hpp"

namespace plantwright {

NodeStatistics NodeValues::of(std::span<const RowId> rows, const TreeSample& sample, double* value) {
    const RowWeights& w = sample.weight;
    if (target_.is_classification()) return classes(rows, w, value);
    if (target_.is_of_classes()) return labels(rows, w, value);
    NodeStatistics all;
    for (Index k = 0; k < target_.n_outputs; ++k) {
        const bool median_of = target_.criterion == Criterion::absolute_error;
        const NodeStatistics one = median_of ? median(rows, w, k, value + k) : mean(rows, w, k, value + k);
        all.weight = one.weight;
        all.impurity += one.impurity;
    }
    all.impurity /= static_cast<double>(target_.n_outputs);
    return all;
}

NodeStatistics NodeValues::mean(std::span<const RowId> rows, const RowWeights& w, Index output, double* value) const {
    const double first = y(rows.front(), output);  // sums of differences keep their digits where y has a large offset
    double weight = 0, sum = 0, low = first, high = first;
    for (const RowId row : rows) {
        const double target = y(row, output);
        weight += w[row];
        sum += w[row] * (target - first);
        low = std::min(low, target);
        high = std::max(high, target);
    }
    const double mean = std::clamp(first + sum / weight, low, high);
    *value = mean;
    if (low == high) return {weight, 0};
    const bool rates = target_.criterion == Criterion::poisson;
    return {weight, (rates ? poisson(rows, w, output, mean) : squared_error(rows, w, output, mean)) / weight};
}

double NodeValues::squared_error(std::span<const RowId> rows, const RowWeights& w, Index output, double mean) const {
    double loss = 0;
    for (const RowId row : rows) {
        const double d = y(row, output) - mean;
        loss += w[row] * d * d;
    }
    return loss;
}

double NodeValues::poisson(std::span<const RowId> rows, const RowWeights& w, Index output, double mean) const {
    double loss = 0;
    for (const RowId row : rows) {
        const double target = y(row, output);
        if (target > 0) loss += w[row] * target * elementary::log(target / mean);
    }
    return loss;
}

NodeStatistics NodeValues::median(std::span<const RowId> rows, const RowWeights& w, Index output, double* value) {
    sorted_.assign(rows.begin(), rows.end());
    std::sort(sorted_.begin(), sorted_.end(),
              [&](RowId a, RowId b) { return y(a, output) != y(b, output) ? y(a, output) < y(b, output) : a < b; });
    double weight = 0;
    for (const RowId row : sorted_) weight += w[row];
    std::size_t i = 0;
    double below = w[sorted_[0]];
    while (2 * below < weight && i + 1 < sorted_.size()) below += w[sorted_[++i]];
    const bool tie = 2 * below == weight && i + 1 < sorted_.size();
    const double middle = y(sorted_[i], output);
    const double median = tie ? middle / 2 + y(sorted_[i + 1], output) / 2 : middle;
    *value = median;
    double loss = 0;
    for (const RowId row : sorted_) loss += w[row] * std::abs(y(row, output) - median);
    return {weight, loss / weight};
}

/// Several labels: gini is the sum of p (1 - p).
NodeStatistics NodeValues::labels(std::span<const RowId> rows, const RowWeights& w, double* value) const {
    std::fill_n(value, target_.n_outputs, 0.0);
    double weight = 0, sum = 0;
    for (const RowId row : rows) {
        target_.for_each_class(row, [&](std::size_t k) { value[k] += w[row]; });
        weight += w[row];
    }
    for (Index k = 0; k < target_.n_outputs; ++k) {
        const double p = value[k] / weight;
        if (p > 0) sum += target_.criterion == Criterion::entropy ? -p * elementary::log(p) : p * (1 - p);
        value[k] = p;
    }
    return {weight, sum / static_cast<double>(target_.n_averaged())};
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
