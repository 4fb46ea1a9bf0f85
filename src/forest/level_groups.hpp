// SPDX-License-Identifier: MIT
/// The rows of one node by their level of a category, and what a partition of the levels becomes as a split.
///
/// Missing values are one more level here, so that they take the side where they gain most.
///
/// One number a level orders them such that the best of all two-way partitions is a cut of the order: the mean target
/// for squared error and Poisson deviance, the share of one class for gini and entropy of two (Breiman, Friedman,
/// Olshen & Stone, "Classification and Regression Trees", 1984, theorem 4.5).
///
/// Many levels fit noise well: cut at the median of their means, k levels without any effect seem to explain 2/pi of
/// what all their means do, and each of these what is left of a row's loss within its level. Where features are
/// compared, a category's gain is therefore less by what noise would gain above that of two levels:
///
///     gain_of_noise = 2/pi (k - 2) (1 + sqrt((C - 2) / k))^2 / (C - 1) (D_within + D / n) / (max(n - k, 0) + 1)
///
/// D is the node's loss (weight times impurity), D_within the sum of the levels' losses, n = W^2 / sum w^2 an effective
/// number of rows (Kish, "Survey Sampling", 1965); D / n and 1 stand for one row of the node's own spread, for levels
/// that have no rows to spare. C is the number of classes (2 for numbers): of their C - 1 directions the widest is cut,
/// in which noise has that share of its spread (Marchenko & Pastur, Mathematics of the USSR Sbornik 1, 1967). The books
/// on trees do not do this; without it forests lose much of their accuracy to categories of tens of levels that have no
/// effect (benchmarks/forest/categories.py).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "forest/training.hpp"

namespace plantwright {

inline constexpr std::uint16_t kMissingLevelCode = 0xFFFF;  ///< in place of a level

/// What is known of a node and of the levels there.
struct LevelLosses {
    double node = 0;            ///< D
    double within = 0;          ///< D_within
    double effective_rows = 1;  ///< n
    Index n_classes = 2;        ///< C
};

/// See the head of this file; 0 for two levels.
double gain_of_noise(std::size_t n_levels, const LevelLosses& losses);

/// Groups are numbered in the order in which their levels first occur. Keeps its memory from node to node.
class LevelGroups {
public:
    /// Takes no rows, and little memory, unless `used`.
    explicit LevelGroups(bool used) : group_(used ? kMissingLevelCode + 1 : 0) {}

    void clear() {
        for (const std::uint16_t level : level_) group_[level] = 0;
        level_.clear();
        n_rows_.clear();
    }

    /// Takes in a row, and returns its group.
    std::size_t add(std::uint16_t level) {
        std::uint32_t& group = group_[level];
        if (group == 0) {
            level_.push_back(level);
            n_rows_.push_back(0);
            group = static_cast<std::uint32_t>(level_.size());
        }
        ++n_rows_[group - 1];
        return group - 1;
    }

    std::size_t size() const { return level_.size(); }
    std::size_t group_of(std::uint16_t level) const { return group_[level] - 1; }
    std::uint16_t level(std::size_t group) const { return level_[group]; }
    Index n_rows(std::size_t group) const { return n_rows_[group]; }

    /// The groups by ascending score, ties by level.
    std::span<const std::uint32_t> ordered_by(std::span<const double> score);
    std::span<const std::uint32_t> ordered_by_level();

    /// What a partition sends to the left: the side of fewer rows (where they tie, the groups of `is_left`), so that
    /// levels which the node did not see go with most rows. Present from missing is parted by a threshold.
    void write_split(std::span<const std::uint8_t> is_left, Split& split) const;

private:
    std::vector<std::uint32_t> group_;  // by level: group + 1, or 0
    std::vector<std::uint16_t> level_;  // by group
    std::vector<Index> n_rows_;
    std::vector<std::uint32_t> order_;
};

}  // namespace plantwright
