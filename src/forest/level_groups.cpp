// SPDX-License-Identifier: MIT
#include "forest/level_groups.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace plantwright {

double gain_of_noise(std::size_t n_levels, const LevelLosses& losses) {
    constexpr double kShareOfOneCut = 0.6366197723675814;  // 2 / pi
    const double k = static_cast<double>(n_levels), n = losses.effective_rows;
    const double of_a_row = (std::max(losses.within, 0.0) + losses.node / n) / (std::max(n - k, 0.0) + 1);
    const double directions = static_cast<double>(std::max<Index>(losses.n_classes - 1, 1));
    const double widest = 1 + std::sqrt((directions - 1) / k);
    return kShareOfOneCut * (k - 2) * of_a_row * widest * widest / directions;
}

std::span<const std::uint32_t> LevelGroups::ordered_by(std::span<const double> score) {
    order_.resize(size());
    std::iota(order_.begin(), order_.end(), 0u);
    std::sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) {
        return score[a] != score[b] ? score[a] < score[b] : level_[a] < level_[b];
    });
    return order_;
}

std::span<const std::uint32_t> LevelGroups::ordered_by_level() {
    order_.resize(size());
    std::iota(order_.begin(), order_.end(), 0u);
    std::sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) { return level_[a] < level_[b]; });
    return order_;
}

void LevelGroups::write_split(std::span<const std::uint8_t> is_left, Split& split) const {
    Index n_left = 0, n_right = 0;
    for (std::size_t g = 0; g < size(); ++g) (is_left[g] ? n_left : n_right) += n_rows_[g];
    const bool listed = n_left <= n_right;  // the side that is
    split.levels.clear();
    split.threshold = 0;
    split.missing_go_left = false;
    std::size_t n_others = 0;
    for (std::size_t g = 0; g < size(); ++g) {
        const bool missing = level_[g] == kMissingLevelCode;
        if ((is_left[g] != 0) != listed)
            n_others += !missing;
        else if (missing)
            split.missing_go_left = true;
        else
            split.levels.push_back(level_[g]);
    }
    std::sort(split.levels.begin(), split.levels.end());
    if (!split.levels.empty() && n_others > 0) return;
    split.levels.clear();
    split.threshold = std::numeric_limits<float>::infinity();
    split.missing_go_left = false;
}

}  // namespace plantwright
