// SPDX-License-Identifier: MIT
/// Squared error of several outputs over rank codes: gain = sum_k c_k^2 / (w (W - w)), with c_k the sum of the k-th
/// targets on the left, less their mean in the node.
///
/// A row's packed integer is `weight << shift | row`. What is summed is looked up by row, in double precision (in
/// single precision in nodes of at most kSmallNode rows) and in the order of the rows.
#pragma once

#include <vector>

#include "forest/node_sums.hpp"

namespace plantwright {

/// Packed integers whose sums over different rows keep the weight apart from the rows' numbers.
class RowPacking {
public:
    RowPacking() = default;
    explicit RowPacking(Index n_rows);

    bool fits(double largest_weight) const;
    int shift() const { return shift_; }
    std::uint64_t pack(std::uint64_t row, std::uint64_t weight) const { return weight << shift_ | row; }
    Index row(std::uint64_t packed) const { return static_cast<Index>(packed & ((std::uint64_t{1} << shift_) - 1)); }
    double weight(std::uint64_t packed) const {
        return static_cast<double>(static_cast<std::int64_t>(packed >> shift_));
    }

private:
    int shift_ = 0;
};

/// See SquaredErrorSums.
class OutputSums {
public:
    static constexpr int kFeatures = kOutputLanes;

    OutputSums(const Target& target, const RowPacking& packing);

    void start(const NodeRows& rows, const NodeTotals& totals);
    void add_bins(const LargeNode& node, const std::uint16_t* features, int n_features, std::uint8_t* picked,
                  BinScan& scan);
    double weight(int lane, int bin) const { return bin < 0 ? 0 : prefix(lane, bin)[0]; }

    void clear_left();
    void set_left(int lane, int bin);
    void add_bin(int lane, int bin);
    void add(std::uint64_t packed);
    double gain() const;
    double bound(int lane, int bin);  ///< a heuristic, as that of one output: see LargeSearch

    /// Of the rows of a small node.
    OutputValues<float> small_values() const { return {small_.data(), static_cast<int>(stride_)}; }

private:
    const double* prefix(int lane, int bin) const {
        return sums_.data() + (static_cast<Index>(bin) * kOutputLanes + lane) * stride_;
    }
    void find_mean(const NodeRows& rows);
    template <class T>
    void fill(const NodeRows& rows, Buffer<T>& values) const;
    double squares() const;  // sum_k c_k^2

    const Target& target_;
    RowPacking packing_;
    Index stride_;
    double reach_;  // two standard deviations of the targets, as vectors
    double weight_ = 0, least_weight_ = 1;
    std::vector<double> mean_;          // of the node, by output
    std::vector<double> left_, saved_;  // the weight, then c_k
    Buffer<float> small_;               // `(rows, stride)` of a small node, and
    Buffer<double> large_;              // of a large one: OutputValues
    Buffer<double> sums_;               // `(kBins, kOutputLanes, stride)`: prefix sums
};

}  // namespace plantwright
