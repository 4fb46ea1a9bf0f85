// SPDX-License-Identifier: MIT
#include "forest/class_groups.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "plantwright/core/elementary.hpp"

namespace plantwright {
namespace {

constexpr int kRoundsOfMoves = 4;
constexpr double kWorthMoving = 1e-12;  // of the gain, against rounding

double x_log_x(double x) { return x > 0 ? x * elementary::log(x) : 0; }

}  // namespace

std::span<const std::uint8_t> ClassGroups::best(LevelGroups& groups, const Limits& limits) {
    limits_ = limits;
    start(groups);
    if (groups.size() <= kAllPartitions) {
        try_all(groups.ordered_by_level());
    } else {
        for (const std::uint32_t group : groups.ordered_by(shares_along_axis())) {
            move(group);
            consider();
        }
        if (!best_.empty()) try_moves(groups.ordered_by_level());
    }
    return best_;
}

void ClassGroups::start(const LevelGroups& groups) {
    groups_ = &groups;
    best_.clear();
    best_gain_ = -std::numeric_limits<double>::infinity();
    is_left_.assign(groups.size(), 0);
    left_ = {.classes = std::vector<double>(n_classes_)};
    right_ = left_;
    total_.assign(groups.size(), 0.0);
    for (std::size_t g = 0; g < groups.size(); ++g) {
        for (std::size_t k = 0; k < n_classes_; ++k) {
            right_.classes[k] += weights(g)[k];
            total_[g] += weights(g)[k];
        }
        right_.weight += total_[g];
        right_.n_rows += groups.n_rows(g);
    }
}

void ClassGroups::move(std::size_t group) {
    Side &from = is_left_[group] ? left_ : right_, &to = is_left_[group] ? right_ : left_;
    for (std::size_t k = 0; k < n_classes_; ++k) {
        from.classes[k] -= weights(group)[k];
        to.classes[k] += weights(group)[k];
    }
    from.weight -= total_[group];
    to.weight += total_[group];
    from.n_rows -= groups_->n_rows(group);
    to.n_rows += groups_->n_rows(group);
    is_left_[group] ^= 1;
}

bool ClassGroups::consider(double slack) {
    if (std::min(left_.n_rows, right_.n_rows) < std::max<Index>(1, limits_.min_rows) ||
        std::min(left_.weight, right_.weight) < limits_.min_weight)
        return false;
    const double gain = worth(left_) + worth(right_);
    if (!(gain > best_gain_ + slack)) return false;
    best_gain_ = gain;
    best_ = is_left_;
    return true;
}

/// Larger where classes are less mixed: sum_k c_k^2 / w, or sum_k c_k log c_k - w log w.
double ClassGroups::worth(const Side& side) const {
    double sum = 0;
    for (const double c : side.classes) sum += entropy_ ? x_log_x(c) : c * c;
    return entropy_ ? sum - x_log_x(side.weight) : sum / side.weight;
}

/// In the order of a Gray code: one group moves at a time. The last group stays on the right.
void ClassGroups::try_all(std::span<const std::uint32_t> order) {
    const std::uint32_t n = 1u << (order.size() - 1);
    for (std::uint32_t i = 1; i < n; ++i) {
        move(order[static_cast<std::size_t>(std::countr_zero(i))]);
        consider();
    }
}

std::span<const double> ClassGroups::shares_along_axis() {
    share_.assign(weight_.begin(), weight_.end());
    for (std::size_t i = 0; i < share_.size(); ++i) share_[i] /= total_[i / n_classes_];
    return axis_.scores(share_, total_, n_classes_);
}

void ClassGroups::try_moves(std::span<const std::uint32_t> order) {
    const std::vector<std::uint8_t> along_axis = best_;
    for (std::size_t g = 0; g < along_axis.size(); ++g) {
        if (is_left_[g] != along_axis[g]) move(g);
    }
    bool moved = true;
    for (int round = 0; round < kRoundsOfMoves && moved; ++round) {
        moved = false;
        for (const std::uint32_t group : order) {
            move(group);
            if (consider(std::abs(best_gain_) * kWorthMoving))
                moved = true;
            else
                move(group);
        }
    }
}

}  // namespace plantwright
