// SPDX-License-Identifier: MIT
#include "forest/category_partings.hpp"

#include <algorithm>

namespace plantwright {

bool CategoryPartings::start(std::span<const RowId> rows, const float* column, const TreeSample& sample) {
    rows_ = rows;
    sample_ = &sample;
    groups_.clear();
    group_.resize(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
        group_[i] = static_cast<std::uint32_t>(groups_.add(level_code(column[rows[i]])));
    return groups_.size() > 1;
}

void CategoryPartings::gather_groups() {
    begin_.assign(groups_.size() + 1, 0);
    for (std::size_t g = 0; g < groups_.size(); ++g)
        begin_[g + 1] = begin_[g] + static_cast<std::size_t>(groups_.n_rows(g));
    by_group_.resize(rows_.size());
    for (std::size_t i = 0; i < rows_.size(); ++i) by_group_[begin_[group_[i]]++] = rows_[i];
    for (std::size_t g = groups_.size(); g-- > 0;) begin_[g + 1] = begin_[g];
    begin_[0] = 0;
}

LevelLosses CategoryPartings::losses() {
    const double scale = target_.criterion == Criterion::gini && target_.n_outputs == 2 ? 0.5 : 1;
    const auto loss = [&](std::span<const RowId> rows) {
        const NodeStatistics statistics = values_.of(rows, *sample_);
        return scale * statistics.weight * statistics.impurity;
    };
    LevelLosses losses{.node = loss(rows_), .n_classes = target_.n_outputs};
    for (std::size_t g = 0; g < groups_.size(); ++g) losses.within += loss(rows_of_group(g));
    double weight = 0, squares = 0;
    for (const RowId row : rows_) {
        weight += sample_->weight[row];
        squares += sample_->weight[row] * sample_->weight[row];
    }
    losses.effective_rows = weight * weight / squares;
    return losses;
}

/// The weighted mean; the lower weighted median for absolute error.
double CategoryPartings::typical_target(std::span<RowId> rows) const {
    const Vector& y = target_.criterion == Criterion::poisson ? target_.y : target_.level;
    const RowWeights& w = sample_->weight;
    double weight = 0, sum = 0;
    for (const RowId row : rows) {
        weight += w[row];
        sum += w[row] * y[row];
    }
    if (target_.criterion != Criterion::absolute_error) return sum / weight;
    std::sort(rows.begin(), rows.end(), [&](RowId a, RowId b) { return y[a] != y[b] ? y[a] < y[b] : a < b; });
    double below = 0;
    for (const RowId row : rows) {
        below += w[row];
        if (2 * below >= weight) return y[row];
    }
    return y[rows.back()];
}

/// The rows level by level, as a feature of which a level's value is its place.
void CategoryPartings::order_levels() {
    score_.resize(groups_.size());
    for (std::size_t g = 0; g < groups_.size(); ++g) score_[g] = typical_target(rows_of_group(g));
    order_ = groups_.ordered_by(score_);
    sorted_.order.clear();
    sorted_.key.clear();
    for (std::size_t place = 0; place < order_.size(); ++place) {
        const auto first = by_group_.begin() + static_cast<std::ptrdiff_t>(begin_[order_[place]]),
                   last = by_group_.begin() + static_cast<std::ptrdiff_t>(begin_[order_[place] + 1]);
        sorted_.order.insert(sorted_.order.end(), first, last);
        sorted_.key.resize(sorted_.order.size(), static_cast<std::uint32_t>(place));
    }
}

void CategoryPartings::set_first_rows_left(std::size_t n_left) {
    is_left_.assign(groups_.size(), 0);
    std::size_t n = 0;
    for (const std::uint32_t group : order_) {
        n += static_cast<std::size_t>(groups_.n_rows(group));
        is_left_[group] = n <= n_left;
    }
}

std::size_t CategoryPartings::put_left_first() {
    sorted_.order.clear();
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (is_left_[group_[i]]) sorted_.order.push_back(rows_[i]);
    }
    const std::size_t n_left = sorted_.order.size();
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (!is_left_[group_[i]]) sorted_.order.push_back(rows_[i]);
    }
    return n_left;
}

/// Each level to a side by a bit of its own, again until both sides have one; missing values to the right. Returns
/// whether there are any.
bool CategoryPartings::draw_sides(std::uint64_t key) {
    is_left_.assign(groups_.size(), 0);
    const auto missing = std::find_if(group_.begin(), group_.end(),
                                      [&](std::uint32_t g) { return groups_.level(g) == kMissingLevelCode; });
    const bool has_missing = missing != group_.end();
    const std::size_t n_levels = groups_.size() - has_missing;
    std::size_t n_left = 0;
    while (n_left == 0 || (n_left == n_levels && n_levels > 1)) {
        key = RandomStream::mix(key + kGoldenGamma);
        n_left = 0;
        for (std::size_t g = 0; g < groups_.size(); ++g) {
            const bool of_missing = groups_.level(g) == kMissingLevelCode;
            const std::uint64_t bits = RandomStream::mix(key + groups_.level(g) * kGoldenGamma);
            is_left_[g] = !of_missing && (bits >> 63 || n_levels == 1);
            n_left += is_left_[g];
        }
    }
    return has_missing;
}

}  // namespace plantwright
