// SPDX-License-Identifier: MIT
/// What a criterion sums over the rows of a large node, by bin of a feature, and what a parting is worth.
///
/// The left side starts as the rows of the first bins of a feature, and grows row by row. Gains order the partings of
/// one node.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "forest/packed_target.hpp"
#include "forest/training_kernel.hpp"
#include "plantwright/core/buffer.hpp"

namespace plantwright {

/// A node's rows in both tables.
struct LargeNode {
    NodeRows rows;
    BinTable bins;
    NodeTotals totals;

    bool has_parts() const { return rows.n > kPartRows; }
    /// body(begin, n) for each part of at most kPartRows rows.
    template <class Body>
    void for_each_part(Body&& body) const {
        for (int begin = 0; begin < rows.n; begin += kPartRows) body(begin, std::min(kPartRows, rows.n - begin));
    }
};

/// How much the targets of a node differ, in the units of its sums.
struct NodeSpread {
    double loss = 0;            ///< weight times impurity (gini of two classes: half of it)
    double squares = 0;         ///< sum of w y^2, where y is a number
    double effective_rows = 1;  ///< W^2 / sum w^2
};

/// What each side of a parting must weigh.
double least_weight(const NodeTotals& totals);

/// No parting inside a bin gains more, where c moves from `size_before` at its lower end (of weight `before`) to
/// `size_after` at its upper end, by at most `reach` a unit of weight.
double bound_of_bin(double weight, double before, double after, double size_before, double size_after, double reach);

/// Squared error, and gini of two classes: gain = c^2 / (w (W - w)), c = s - w S / W, of sums in one word or in two.
class SquaredErrorSums {
public:
    static constexpr int kFeatures = kGroup;  ///< that are summed together

    explicit SquaredErrorSums(const PackedTarget& target, Index n_rows);

    void start(const NodeRows& rows, const NodeTotals& totals);
    /// Leaves in `picked` the bins of the rows, of the last part where there are several.
    void add_bins(const LargeNode& node, const std::uint16_t* features, int n_features, std::uint8_t* picked,
                  BinScan& scan);
    double weight(int lane, int bin) const {
        return weight_of(prefix(lane, bin));
    }  ///< of all bins through `bin`; -1: none

    void clear_left() { left_ = {}; }
    void set_left(int lane, int bin) { left_ = prefix(lane, bin); }
    void add_bin(int lane, int bin) { left_ = left_ + (prefix(lane, bin) - prefix(lane, bin - 1)); }
    void add(std::uint64_t packed) { add(unpacked(packed)); }
    void add(NodeSum sum) { left_ = left_ + sum; }
    NodeSum unpacked(std::uint64_t packed) const { return NodeSum::unpacked(packed, shift_); }
    static double mean_of(NodeSum sum) { return target_of(sum) / weight_of(sum); }
    static double square_of(NodeSum sum) { return target_of(sum) * mean_of(sum); }  ///< weight times mean^2
    NodeSpread spread_of(const NodeRows& rows) const;
    double gain_of_loss(double loss) const { return loss / weight_; }
    static constexpr int n_classes() { return 2; }
    double gain() const;  ///< -infinity where a side weighs too little
    /// No parting inside the next bin, `bin`, gains more (a heuristic: see LargeSearch).
    double bound(int lane, int bin) const;

private:
    void add_wide_bins(const LargeNode& node, const std::uint16_t* features, int n_features, std::uint8_t* picked,
                       BinScan& scan);
    NodeSum prefix(int lane, int bin) const {
        if (bin < 0) return {};
        const Index at = static_cast<Index>(bin) * width_ + lane;
        return weights_.empty() ? NodeSum::unpacked(sums_[at], shift_) : NodeSum{weights_[at], sums_[at]};
    }
    static double weight_of(NodeSum sum) { return static_cast<double>(static_cast<std::int64_t>(sum.weight)); }
    static double target_of(NodeSum sum) { return static_cast<double>(static_cast<std::int64_t>(sum.target)); }
    double centred(NodeSum sum) const { return target_of(sum) - weight_of(sum) * mean_; }

    double deviation_;
    int shift_ = 0;
    NodeSum left_;
    double weight_ = 0, mean_ = 0, least_weight_ = 1;
    int width_ = 0;
    Buffer<std::uint64_t> sums_;     // `(kBins, width)`: prefix sums, packed or of the targets
    Buffer<std::uint64_t> weights_;  // where they are in two words
};

/// Gini or entropy of any number of classes: gini's gain = sum_k c_k^2 / (w (W - w)), c_k = L_k - w T_k / W; entropy's
/// is sum_k (L_k log L_k + R_k log R_k) - w log w - (W - w) log (W - w).
class ClassSums {
public:
    static constexpr int kFeatures = kClassLanes;

    ClassSums(int n_classes, bool entropy);

    void start(const NodeRows& rows, const NodeTotals& totals);
    void add_bins(const LargeNode& node, const std::uint16_t* features, int n_features, std::uint8_t* picked,
                  BinScan& scan);
    double weight(int lane, int bin) const;

    void clear_left();
    void set_left(int lane, int bin);
    void add_bin(int lane, int bin);
    void add(std::uint64_t packed) {
        left_[static_cast<std::uint32_t>(packed)] += static_cast<double>(packed >> 32);
        left_weight_ += static_cast<double>(packed >> 32);
    }
    void add(const double* weights /* (n_classes,) */) {
        for (std::size_t k = 0; k < left_.size(); ++k) {
            left_[k] += weights[k];
            left_weight_ += weights[k];
        }
    }
    double gain() const;
    double bound(int lane, int bin);
    NodeSpread spread_of(const NodeRows& rows) const;
    double loss_of(const double* weights /* (n_classes,) */) const;  ///< weight times impurity
    double gain_of_loss(double loss) const { return entropy_ ? loss : loss / weight_; }
    int n_classes() const { return static_cast<int>(total_.size()); }

    ClassTotals totals() const { return {total_.data(), static_cast<int>(total_.size()), entropy_}; }

private:
    const std::uint32_t* prefix(int lane, int bin) const {
        return counts_.data() + static_cast<Index>(bin) * std::ssize(total_) * kClassLanes + lane;
    }
    double deviation() const;  // sum_k c_k^2

    bool entropy_;
    std::vector<std::uint32_t> total_;
    std::vector<double> left_, saved_;
    double left_weight_ = 0, weight_ = 0, least_weight_ = 1;
    Buffer<std::uint32_t> counts_;  // `(kBins, n_classes, kClassLanes)`: prefix counts
};

}  // namespace plantwright
