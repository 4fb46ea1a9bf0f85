// SPDX-License-Identifier: MIT
/// The best split of a category over raw columns, for the criterion of a scan: the exact splitter's, and with random
/// subsets of levels the random one's.
///
/// O(n + k log k) for n rows of k levels, apart from the scan; several classes: see class_groups.hpp. For absolute
/// error levels are ordered by their median target, which need not find the best partition.
#pragma once

#include <cmath>
#include <span>
#include <vector>

#include "forest/class_groups.hpp"
#include "forest/level_groups.hpp"
#include "forest/node_random.hpp"
#include "forest/node_values.hpp"
#include "forest/sorted_search.hpp"
#include "forest/training.hpp"

namespace plantwright {

/// A value of a category as the number of its level.
inline std::uint16_t level_code(float x) { return std::isnan(x) ? kMissingLevelCode : static_cast<std::uint16_t>(x); }

class CategoryPartings {
public:
    CategoryPartings(const Target& target, bool used)
        : target_(target), values_(target), classes_(target.n_outputs, target.criterion == Criterion::entropy),
          groups_(used) {}

    /// What follows is about these rows and this category. Returns whether it varies.
    bool start(std::span<const RowId> rows, const float* column, const TreeSample& sample);

    /// Improves `best` by the best partition within the limits.
    template <class Scan>
    void search(Scan& scan, const LeafLimits& limits, std::int32_t feature, Split& best) {
        gather_groups();
        noise_ = scan.gain_of_loss(gain_of_noise(groups_.size(), losses()));
        if (target_.n_outputs > 2)
            search_classes(scan, limits, feature, best);
        else
            search_order(scan, limits, feature, best);
    }

    /// Improves `best` by a random subset of the levels, missing values on the better side.
    template <class Scan>
    void draw(Scan& scan, const LeafLimits& limits, std::int32_t feature, std::uint64_t key, Split& best) {
        noise_ = 0;  // a subset is not chosen for its gain
        const bool has_missing = draw_sides(key);
        consider_sides(scan, limits, feature, best);
        if (!has_missing || groups_.size() < 3) return;
        is_left_[groups_.group_of(kMissingLevelCode)] ^= 1;
        consider_sides(scan, limits, feature, best);
    }

private:
    template <class Scan>
    void search_order(Scan& scan, const LeafLimits& limits, std::int32_t feature, Split& best) {
        order_levels();
        Parting parting{.gain = best.gain + noise_};
        if (!SortedSearch(scan, sorted_, limits, parting).run()) return;
        set_first_rows_left(parting.n_left_present);
        take(feature, parting.gain - noise_, parting.middle, best);
    }

    template <class Scan>
    void search_classes(Scan& scan, const LeafLimits& limits, std::int32_t feature, Split& best) {
        classes_.clear();
        for (std::size_t i = 0; i < rows_.size(); ++i)
            classes_.add(group_[i], static_cast<std::size_t>(target_.label[rows_[i]]), sample_->weight[rows_[i]]);
        const auto found = classes_.best(groups_, {limits.min_samples_leaf, limits.min_weight_leaf});
        if (found.empty()) return;
        is_left_.assign(found.begin(), found.end());
        consider_sides(scan, limits, feature, best);
    }

    template <class Scan>
    void consider_sides(Scan& scan, const LeafLimits& limits, std::int32_t feature, Split& best) {
        const std::size_t n_left = put_left_first();
        scan.start(sorted_.order);
        for (std::size_t i = 0; i < n_left; ++i) scan.add(sorted_.order[i]);
        const double gain = scan.gain() - noise_;
        if (!limits.allow(scan, n_left, rows_.size() - n_left) || !(gain > best.gain)) return;
        take(feature, gain, (scan.left_value() + scan.right_value()) / 2, best);
    }

    void take(std::int32_t feature, double gain, double middle, Split& best) const {
        best = {.feature = feature, .gain = gain, .middle = middle};
        groups_.write_split(is_left_, best);
    }

    void gather_groups();
    std::span<RowId> rows_of_group(std::size_t group) {
        return std::span(by_group_).subspan(begin_[group], begin_[group + 1] - begin_[group]);
    }
    LevelLosses losses();
    double typical_target(std::span<RowId> rows) const;
    void order_levels();
    void set_first_rows_left(std::size_t n_left);
    std::size_t put_left_first();
    bool draw_sides(std::uint64_t key);

    const Target& target_;
    NodeValues values_;
    ClassGroups classes_;
    LevelGroups groups_;
    std::span<const RowId> rows_;
    const TreeSample* sample_ = nullptr;
    std::vector<std::uint32_t> group_;   // by row of the node
    std::vector<std::uint8_t> is_left_;  // by group
    std::vector<RowId> by_group_;        // rows, one group after the other
    std::vector<std::size_t> begin_;     // by group, of by_group_
    std::vector<double> score_;          // by group
    std::span<const std::uint32_t> order_;
    SortedFeature sorted_;
    double noise_ = 0;  // what a split must gain before it counts
};

}  // namespace plantwright
