// SPDX-License-Identifier: MIT
/// The best way to part groups of rows in two, for gini or entropy of more than two classes.
///
/// All partitions are tried while the groups are few. More are ordered along the first principal component of their
/// class shares and cut where that gains most (Coppersmith, Hong & Hosking, "Partitioning nominal attributes in
/// decision trees", Data Mining and Knowledge Discovery 3, 1999); then single groups move to the other side while that
/// gains, which the paper does not do.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "forest/level_groups.hpp"
#include "forest/principal_axis.hpp"

namespace plantwright {

/// Keeps its memory from node to node; one object serves one thread.
class ClassGroups {
public:
    static constexpr std::size_t kAllPartitions = 9;  ///< groups of which all partitions are tried

    struct Limits {
        Index min_rows = 1;
        double min_weight = 0;
    };

    ClassGroups(Index n_classes, bool entropy) : n_classes_(static_cast<std::size_t>(n_classes)), entropy_(entropy) {}

    void clear() { weight_.clear(); }
    void add(std::size_t group, std::size_t label, double weight) {
        if (weight_.size() < (group + 1) * n_classes_) weight_.resize((group + 1) * n_classes_);
        weight_[group * n_classes_ + label] += weight;
    }
    std::size_t size() const { return weight_.size() / n_classes_; }
    const double* weights(std::size_t group) const { return weight_.data() + group * n_classes_; }  ///< by class

    /// By group 1 where it goes left; none where no partition leaves both sides within the limits. O(2^k classes) for k
    /// groups up to kAllPartitions, else O(k (log k + classes^2)).
    std::span<const std::uint8_t> best(LevelGroups& groups, const Limits& limits);

private:
    struct Side {
        std::vector<double> classes;
        double weight = 0;
        Index n_rows = 0;
    };

    void start(const LevelGroups& groups);
    void move(std::size_t group);     // to the other side
    bool consider(double slack = 0);  // whether the sides as they are gain more than any before
    double worth(const Side& side) const;
    void try_all(std::span<const std::uint32_t> order);
    void try_moves(std::span<const std::uint32_t> order);
    std::span<const double> shares_along_axis();

    std::size_t n_classes_;
    bool entropy_;
    std::vector<double> weight_;  // `(groups, classes)`
    const LevelGroups* groups_ = nullptr;
    Limits limits_;
    Side left_, right_;
    std::vector<std::uint8_t> is_left_, best_;
    double best_gain_ = 0;
    PrincipalAxis axis_;
    std::vector<double> share_, total_;
};

}  // namespace plantwright
