// SPDX-License-Identifier: MIT
/// What CodeGrower does with categories.
#include <algorithm>
#include <cmath>

#include "forest/code_grower.hpp"

namespace plantwright {
namespace {

constexpr double kNearlyEqual = 1e-5;  // of a gain, where single precision may have decided

}  // namespace

/// Improves `best` by the categories last drawn; returns whether any of them varies.
bool CodeGrower::search_categories(Split& best) {
    bool any_varies = false;
    for (const std::uint16_t feature : drawn_categories_) any_varies |= search_->search_category(feature, best);
    return any_varies;
}

/// A parting by a number, or none, against one by a category, or none; of equal ones that of the feature drawn first.
/// Kernels of small nodes measure gains in units of their own.
CodeGrower::Parting CodeGrower::better_of(const Pending& pending, const Parting& parting, double gain,
                                          const Split& category) {
    if (!category.found()) return parting;
    if (parting.feature < 0) return parting_of(category);
    const bool is_near = std::abs(gain - category.gain) <= kNearlyEqual * std::abs(category.gain);
    if (pending.size() <= kSmallNode || is_near) gain = gain_of(rows_of(pending), parting);
    const bool equal = gain == category.gain;
    if (equal ? draws_.drawn_before(parting.feature, category.feature) : gain > category.gain) return parting;
    return parting_of(category);
}

/// In double precision.
double CodeGrower::gain_of(const NodeRows& rows, const Parting& parting) {
    search_->clear_left();
    for (int i = 0; i < rows.n; ++i) {
        const std::uint16_t code = rows.codes[rows.slot[i] * rows.stride + parting.feature];
        const bool left = code == kMissingRank ? parting.missing_go_left : code < parting.right;
        if (left) search_->add_left(rows.packed[i]);
    }
    return search_->gain();
}

CodeGrower::Parting CodeGrower::parting_of(const Split& category) {
    Parting parting{.feature = category.feature, .missing_go_left = category.missing_go_left, .has_missing = true};
    parting.right = kMissingRank;  // present | missing, where no levels are listed
    parting.levels_begin = static_cast<std::uint32_t>(levels_.size());
    levels_.insert(levels_.end(), category.levels.begin(), category.levels.end());
    parting.levels_end = static_cast<std::uint32_t>(levels_.size());
    return parting;
}

void CodeGrower::decide_levels(const NodeRows& rows, const Parting& parting, int begin, int n) {
    const std::span<const std::uint16_t> levels(levels_.data() + parting.levels_begin,
                                                parting.levels_end - parting.levels_begin);
    for (const std::uint16_t level : levels) level_is_left_[level] = 1;
    level_is_left_[kMissingRank] = parting.missing_go_left;
    const std::uint16_t* codes = rows.codes + parting.feature;
    for (int i = 0; i < n; ++i) goes_left_[i] = level_is_left_[codes[rows.slot[begin + i] * rows.stride]];
    for (const std::uint16_t level : levels) level_is_left_[level] = 0;
}

}  // namespace plantwright
