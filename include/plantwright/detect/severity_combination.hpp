// SPDX-License-Identifier: MIT
/// `SeverityCombination`: the severities of several members as one statistic.
///
///     mean       sum of min(s_m, clip) / members
///     vote       the greatest s that at least k members reach
///     weighted   the greatest s for which the weights of the members that reach it exceed majority * all weights
///     learned    sum of w_m min(s_m, clip) / sum of w_m, w found by non-negative logistic regression on labelled rows
///
/// So a vote on alarms at any level s, all members calibrated to it, is "statistic >= s": one number is calibrated and
/// thresholded instead of one a member. Members without a score (NaN) have no vote and no part in the sums; k is at
/// most the members that have one. O(members^2), no allocation.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "plantwright/core/export.hpp"
#include "plantwright/core/types.hpp"
#include "plantwright/io/serialize.hpp"

namespace plantwright {

enum class Combination { mean, vote, weighted, learned };

struct PLANTWRIGHT_API SeverityCombination {
    Combination kind = Combination::mean;
    double clip = 6;                    ///< so that no member decides alone; above 0
    std::optional<Index> n_votes = {};  ///< k; absent: more than half of the members
    /// Of `weighted`, one a member, above 0, e.g. {0.6, 0.4}; of `learned` what was found, at least 0, summing to 1.
    std::vector<double> weights = {};
    double majority = 0.5;  ///< share of the weights that must be exceeded, in [0, 1)

    /// NaN where no member, or none of a weight above 0, has a score.
    double operator()(std::span<const double> severities) const;
    /// Of a member's severity in sums of all; 1 but for `learned`.
    double weight_of(std::size_t member) const { return kind == Combination::learned ? weights[member] : 1; }
    void require_valid(const char* who, std::size_t n_members) const;            ///< throws InvalidArgument
    SeverityCombination of_members(const std::vector<std::size_t>& kept) const;  ///< of the members that are left
    bool operator==(const SeverityCombination&) const = default;

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, kind, clip, n_votes, weights, majority);
    }
};

}  // namespace plantwright
