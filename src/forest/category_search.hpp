// SPDX-License-Identifier: MIT
/// The best split of a category over rank codes: what category_partings.hpp does, from the fast splitter's sums.
///
/// One pass over the node's rows adds each to its level. O(n + k log k) for n rows of k levels; more than two classes:
/// see class_groups.hpp. Sums are of integers, so that the order of the rows does not matter.
#pragma once

#include <concepts>
#include <limits>
#include <vector>

#include "forest/class_groups.hpp"
#include "forest/level_groups.hpp"
#include "forest/node_sums.hpp"

namespace plantwright {

/// What is summed by level.
template <class Sums>
class LevelSums;

template <>
class LevelSums<SquaredErrorSums> {
public:
    explicit LevelSums(const SquaredErrorSums& sums) : sums_(sums) {}
    static constexpr bool has_order() { return true; }
    void clear() { sum_.clear(); }
    void add(std::size_t group, std::uint64_t packed) {
        if (group == sum_.size()) sum_.emplace_back();
        sum_[group] = sum_[group] + sums_.unpacked(packed);
    }
    double score(const SquaredErrorSums& sums, std::size_t group) const { return sums.mean_of(sum_[group]); }
    /// The rows' squares less those of the levels' means.
    double loss_within(const SquaredErrorSums& sums, double squares) const {
        for (const NodeSum& sum : sum_) squares -= sums.square_of(sum);
        return squares;
    }
    void move_left(SquaredErrorSums& sums, std::size_t group) const { sums.add(sum_[group]); }

private:
    const SquaredErrorSums& sums_;
    std::vector<NodeSum> sum_;
};

template <>
class LevelSums<ClassSums> {
public:
    explicit LevelSums(const ClassSums& sums)
        : two_(sums.totals().n_classes == 2), classes_(sums.totals().n_classes, sums.totals().entropy) {}
    bool has_order() const { return two_; }
    void clear() { classes_.clear(); }
    void add(std::size_t group, std::uint64_t packed) {
        classes_.add(group, static_cast<std::uint32_t>(packed), static_cast<double>(packed >> 32));
    }
    double score(const ClassSums&, std::size_t group) const {
        const double* w = classes_.weights(group);
        return w[1] / (w[0] + w[1]);
    }
    double loss_within(const ClassSums& sums, double /*squares*/) const {
        double loss = 0;
        for (std::size_t g = 0; g < classes_.size(); ++g) loss += sums.loss_of(classes_.weights(g));
        return loss;
    }
    void move_left(ClassSums& sums, std::size_t group) const { sums.add(classes_.weights(group)); }
    ClassGroups& classes() { return classes_; }

private:
    bool two_;
    ClassGroups classes_;
};

template <class Sums>
class CategorySearch {
public:
    CategorySearch(const Sums& sums, bool used) : groups_(used), level_sums_(sums) {}

    void start_node() { is_node_known_ = false; }

    /// Improves `best` by the partitions of one category; `sums` has been started on the node. Returns whether the
    /// category varies there.
    bool search(Sums& sums, const NodeRows& rows, const NodeTotals& totals, std::uint16_t feature, Split& best) {
        add_rows(rows, feature);
        if (groups_.size() < 2) return false;
        const double noise = sums.gain_of_loss(gain_of_noise(groups_.size(), losses(sums, rows)));
        const double gain = level_sums_.has_order() ? search_order(sums, rows.n, totals, best.gain + noise) - noise
                                                    : search_classes(sums, totals) - noise;
        if (!(gain > best.gain)) return true;
        best.feature = feature;
        best.gain = gain;
        groups_.write_split(is_left_, best);
        return true;
    }

private:
    void add_rows(const NodeRows& rows, std::uint16_t feature) {
        groups_.clear();
        level_sums_.clear();
        const std::uint16_t* codes = rows.codes + feature;
        for (int i = 0; i < rows.n; ++i)
            level_sums_.add(groups_.add(codes[rows.slot[i] * rows.stride]), rows.packed[i]);
    }

    LevelLosses losses(const Sums& sums, const NodeRows& rows) {
        if (!is_node_known_) node_ = sums.spread_of(rows);
        is_node_known_ = true;
        return {.node = node_.loss,
                .within = level_sums_.loss_within(sums, node_.squares),
                .effective_rows = node_.effective_rows,
                .n_classes = sums.n_classes()};
    }

    /// Sets `is_left_` where a cut gains more than `least`.
    double search_order(Sums& sums, Index n, const NodeTotals& totals, double least) {
        score_.resize(groups_.size());
        for (std::size_t g = 0; g < groups_.size(); ++g) score_[g] = level_sums_.score(sums, g);
        const auto order = groups_.ordered_by(score_);
        std::size_t n_best = 0;
        Index n_left = 0;
        sums.clear_left();
        for (std::size_t place = 0; place + 1 < order.size(); ++place) {
            level_sums_.move_left(sums, order[place]);
            n_left += groups_.n_rows(order[place]);
            if (n_left < totals.min_samples_leaf || n - n_left < totals.min_samples_leaf) continue;
            const double gain = sums.gain();
            if (!(gain > least)) continue;
            least = gain;
            n_best = place + 1;
        }
        if (n_best == 0) return -std::numeric_limits<double>::infinity();
        is_left_.assign(groups_.size(), 0);
        for (std::size_t place = 0; place < n_best; ++place) is_left_[order[place]] = 1;
        return least;
    }

    double search_classes(Sums& sums, const NodeTotals& totals) {
        if constexpr (std::same_as<Sums, ClassSums>) {
            const auto left = level_sums_.classes().best(groups_, {totals.min_samples_leaf, totals.min_weight_leaf});
            if (!left.empty()) {
                is_left_.assign(left.begin(), left.end());
                sums.clear_left();
                for (std::size_t g = 0; g < left.size(); ++g) {
                    if (left[g]) level_sums_.move_left(sums, g);
                }
                return sums.gain();
            }
        }
        return -std::numeric_limits<double>::infinity();
    }

    LevelGroups groups_;
    LevelSums<Sums> level_sums_;
    NodeSpread node_;
    bool is_node_known_ = false;
    std::vector<double> score_;          // by group
    std::vector<std::uint8_t> is_left_;  // by group
};

}  // namespace plantwright
