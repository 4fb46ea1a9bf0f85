// SPDX-License-Identifier: MIT
/// Criteria as scans: rows enter the left side one after the other, and each scan says what the parting so far is
/// worth.
///
/// A scan has   start_node(rows)   totals of a node
///              start(order)       everything on the right; `order` is the whole order that will be added
///              add(row)           one row moves left
///              gain()             larger is better within the node; -infinity where the criterion forbids the parting
///              gain_of_loss(loss)   what a loss (weight times impurity; of two classes' gini half of it) is as a gain
///              left_weight(), right_weight(), and left_value(), right_value(): what both sides would predict (of two
///              classes the share of the second; absolute_error: not known)
#pragma once

#include <span>
#include <vector>

#include "forest/training.hpp"

namespace plantwright {

inline constexpr double kNoGain = -std::numeric_limits<double>::infinity();

/// Between-groups sum of squares times the node's weight: c^2 / (w_L w_R), c = s_L w - s w_L, with s the sum of
/// targets. One function for every squared-error splitter, so that equal sums give equal bits. Does not change when a
/// constant is added to the targets (exactly so while the products are whole numbers below 2^53).
inline double squared_error_gain(double left_weight, double left_sum, double weight, double sum) {
    const double c = left_sum * weight - sum * left_weight;
    return c * c / (left_weight * (weight - left_weight));
}

/// Squared error; gini of two classes, where the target is the class number (gini = 2 variance).
class SquaredErrorScan {
public:
    SquaredErrorScan(const Target& target, const TreeSample& sample) : y_(target.level.data()), w_(sample.weight) {}
    void start_node(std::span<const RowId> rows);
    void start(std::span<const RowId>) { left_weight_ = left_sum_ = 0; }
    void add(RowId row) {
        left_weight_ += w_[row];
        left_sum_ += w_[row] * y_[row];
    }
    double gain() const { return squared_error_gain(left_weight_, left_sum_, weight_, sum_); }
    double gain_of_loss(double loss) const { return loss * weight_; }
    double left_weight() const { return left_weight_; }
    double right_weight() const { return weight_ - left_weight_; }
    double left_value() const { return left_sum_ / left_weight_; }
    double right_value() const { return (sum_ - left_sum_) / right_weight(); }

private:
    const double* y_;
    const RowWeights& w_;
    double weight_ = 0, sum_ = 0, left_weight_ = 0, left_sum_ = 0;
};

/// Sums of targets on both sides, output by output; of one output they give the sides' values.
class TargetSums {
public:
    TargetSums(const Vector& y, const Target& target, const TreeSample& sample)
        : y_(y.data()), w_(sample.weight), total_(static_cast<std::size_t>(target.n_outputs)), left_(total_.size()) {}
    void start_node(std::span<const RowId> rows);
    void start(std::span<const RowId>);
    void add(RowId row) {
        const double w = w_[row];
        const double* y = y_ + row * total_.size();
        for (std::size_t k = 0; k < total_.size(); ++k) left_[k] += w * y[k];
        left_weight_ += w;
    }
    double left_weight() const { return left_weight_; }
    double right_weight() const { return weight_ - left_weight_; }
    double left_value() const { return left_[0] / left_weight_; }
    double right_value() const { return (total_[0] - left_[0]) / right_weight(); }

protected:
    const double* y_;
    const RowWeights& w_;
    std::vector<double> total_, left_;
    double weight_ = 0, left_weight_ = 0;
};

/// Squared error of several outputs: the sum of their gains.
class SquaredErrorsScan : public TargetSums {
public:
    SquaredErrorsScan(const Target& target, const TreeSample& sample) : TargetSums(target.level, target, sample) {}
    double gain() const;
    double gain_of_loss(double loss) const { return loss; }
};

/// Half the Poisson deviance, up to a constant: s_L log(s_L / w_L) + s_R log(s_R / w_R), summed over the outputs. A
/// side whose targets sum to zero cannot predict a rate and is forbidden.
class PoissonScan : public TargetSums {
public:
    PoissonScan(const Target& target, const TreeSample& sample) : TargetSums(target.y, target, sample) {}
    double gain() const;
    double gain_of_loss(double loss) const { return loss; }
};

/// Class weights on both sides; what gini and entropy share.
class ClassScan {
public:
    ClassScan(const Target& target, const TreeSample& sample);
    void start_node(std::span<const RowId> rows);
    double gain_of_loss(double loss) const { return loss; }
    double left_weight() const { return left_weight_; }
    double right_weight() const { return weight_ - left_weight_; }
    double left_value() const { return left_[1] / left_weight_; }
    double right_value() const { return right_[1] / right_weight(); }

protected:
    const std::int32_t* label_;
    const RowWeights& w_;
    std::vector<double> total_, left_, right_;
    double weight_ = 0, left_weight_ = 0;
};

/// Gini, up to a constant: sum_k l_k^2 / w_L + sum_k r_k^2 / w_R; the sums of squares follow each row in O(1).
class GiniScan : public ClassScan {
public:
    using ClassScan::ClassScan;
    void start(std::span<const RowId> order);
    void add(RowId row);
    double gain() const { return left_squares_ / left_weight_ + right_squares_ / right_weight(); }

private:
    double left_squares_ = 0, right_squares_ = 0;
};

/// Entropy, up to a constant: sum_k l_k log l_k - w_L log w_L, and the same on the right. Whole weights look x log x
/// up.
class EntropyScan : public ClassScan {
public:
    EntropyScan(const Target& target, const TreeSample& sample);
    void start(std::span<const RowId> order);
    void add(RowId row);
    double gain() const { return gain_of_labels(1); }

protected:
    double gain_of_labels(double n_labels) const;

private:
    double x_log_x(double x) const;
    std::vector<double> table_;  // x log x of whole x; empty where weights are not whole
};

/// The sum of the entropies of several labels, up to a constant.
class EntropiesScan : public EntropyScan {
public:
    EntropiesScan(const Target& target, const TreeSample& sample) : EntropyScan(target, sample), target_(target) {}
    void start_node(std::span<const RowId> rows);
    void add(RowId row);
    double gain() const { return gain_of_labels(static_cast<double>(target_.n_averaged())); }

private:
    const Target& target_;
};

/// Absolute error around the weighted median, of every prefix and suffix of an order, by a Fenwick tree over target
/// ranks: sum |y - m| = (sum_{y > m} w y - m w_R) + (m w_L - sum_{y < m} w y); summed over the outputs. O(n log n) an
/// order and output.
class AbsoluteErrorScan {
public:
    AbsoluteErrorScan(const Target& target, const TreeSample& sample);
    void start_node(std::span<const RowId> rows);
    void start(std::span<const RowId> order);
    void add(RowId row) {
        left_weight_ += w_[row];
        ++n_left_;
    }
    double gain() const { return -(left_loss_[n_left_] + right_loss_[n_left_]); }
    double gain_of_loss(double loss) const { return loss; }
    double left_weight() const { return left_weight_; }
    double right_weight() const { return weight_ - left_weight_; }
    double left_value() const { return kNaN; }
    double right_value() const { return kNaN; }

private:
    void rank_rows(std::size_t output);
    void add_losses(std::size_t output, std::span<const RowId> order);
    void clear();
    void insert(RowId row, std::size_t output);
    double loss(const double* sorted_y) const;
    double y(RowId row, std::size_t output) const { return y_[row * n_outputs_ + output]; }

    const double* y_;
    const RowWeights& w_;
    std::size_t n_outputs_, n_rows_ = 0;          // of the node
    std::vector<std::uint32_t> rank_;             // `(n_table_rows, n_outputs)`, within the node
    std::vector<double> sorted_y_;                // `(n_outputs, n_rows)`, by rank
    std::vector<double> tree_weight_, tree_sum_;  // Fenwick trees over ranks
    std::vector<double> left_loss_, right_loss_;  // [i]: of the first i rows of the order, of the others
    std::vector<RowId> by_target_;
    double weight_ = 0, left_weight_ = 0, in_weight_ = 0, in_sum_ = 0;
    std::size_t n_left_ = 0;
};

}  // namespace plantwright
