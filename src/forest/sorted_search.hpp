// SPDX-License-Identifier: MIT
/// The search over one sorted feature, whatever the criterion: every place between two different values, with the
/// missing rows on the right and, where there are any, on the left; and "present | missing".
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "forest/training.hpp"

namespace plantwright {

/// A node's rows in ascending order of one feature: `order[i]` has `key[i]`; the missing rows follow without keys.
struct SortedFeature {
    std::vector<RowId> order;
    std::vector<std::uint32_t> key;

    std::size_t n_rows() const { return order.size(); }
    std::size_t n_present() const { return key.size(); }
    std::size_t n_missing() const { return order.size() - key.size(); }
    bool varies() const { return !key.empty() && (key.front() != key.back() || n_missing() > 0); }
};

/// Where a sorted feature is best parted: after `n_left_present` present rows.
struct Parting {
    double gain = -std::numeric_limits<double>::infinity();
    std::size_t n_left_present = 0;
    bool missing_go_left = false;
    double middle = 0;  ///< halfway between the values of both sides
};

struct LeafLimits {
    Index min_samples_leaf = 1;
    double min_weight_leaf = 0;
    bool is_bounded = false;  ///< monotonic constraints: both sides' values lie in [lower, upper],
    int direction = 0;        ///< and the right one is not below (1) or not above (-1) the left one
    double lower = 0, upper = 0;

    template <class Scan>
    bool allow(const Scan& scan, std::size_t n_left, std::size_t n_right) const {
        const auto enough = static_cast<std::size_t>(min_samples_leaf);
        if (n_left < enough || n_right < enough) return false;
        if (scan.left_weight() < min_weight_leaf || scan.right_weight() < min_weight_leaf) return false;
        if (!is_bounded) return true;
        const double left = scan.left_value(), right = scan.right_value();
        return std::min(left, right) >= lower && std::max(left, right) <= upper && direction * (right - left) >= 0;
    }
};

/// Improves `best` by the partings of one feature, in ascending order of the threshold, missing right before missing
/// left; of equal gains the first stays. Returns whether anything was better.
template <class Scan>
class SortedSearch {
public:
    SortedSearch(Scan& scan, const SortedFeature& feature, const LeafLimits& limits, Parting& best)
        : scan_(scan), feature_(feature), limits_(limits), best_(best) {}

    bool run() {
        missing_right();
        if (feature_.n_missing() > 0) missing_left();
        return improved_;
    }

private:
    void missing_right() {
        scan_.start(feature_.order);
        const std::size_t last = feature_.n_present() - (feature_.n_missing() > 0 ? 0 : 1);
        for (std::size_t i = 0; i < last; ++i) {
            scan_.add(feature_.order[i]);
            if (ends_a_value(i)) consider(i + 1, i + 1, false);
        }
    }

    void missing_left() {
        rotated_.assign(feature_.order.begin() + static_cast<std::ptrdiff_t>(feature_.n_present()),
                        feature_.order.end());
        rotated_.insert(rotated_.end(), feature_.order.begin(),
                        feature_.order.begin() + static_cast<std::ptrdiff_t>(feature_.n_present()));
        scan_.start(rotated_);
        for (std::size_t i = 0; i + 1 < rotated_.size(); ++i) {
            scan_.add(rotated_[i]);
            if (i < feature_.n_missing()) continue;
            const std::size_t present = i - feature_.n_missing();
            if (ends_a_value(present)) consider(present + 1, i + 1, true);
        }
    }

    bool ends_a_value(std::size_t i) const {
        return i + 1 == feature_.n_present() || feature_.key[i] != feature_.key[i + 1];
    }

    void consider(std::size_t n_left_present, std::size_t n_left, bool missing_go_left) {
        if (!limits_.allow(scan_, n_left, feature_.n_rows() - n_left)) return;
        const double gain = scan_.gain();
        if (!(gain > best_.gain)) return;
        best_ = {gain, n_left_present, missing_go_left, (scan_.left_value() + scan_.right_value()) / 2};
        improved_ = true;
    }

    Scan& scan_;
    const SortedFeature& feature_;
    const LeafLimits& limits_;
    Parting& best_;
    std::vector<RowId> rotated_;
    bool improved_ = false;
};

}  // namespace plantwright
