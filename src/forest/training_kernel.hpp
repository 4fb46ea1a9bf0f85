// SPDX-License-Identifier: MIT
/// Kernels of the fast splitter, compiled per instruction-set level. Integers, and elementwise floats in a fixed order:
/// every level gives the same bits.
///
/// A row's packed sum holds its weight above `shift` bits and its quantised target below (see packed_target.hpp). Codes
/// are ranks (see rank_codes.hpp); kMissingRank is a missing value.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/levels_kernel.hpp"

/// Of kernels: vectors are not passed between functions.
#define PLANTWRIGHT_INLINE inline __attribute__((always_inline))

namespace plantwright {

inline constexpr std::uint16_t kMissingRank = 0xFFFF;
inline constexpr std::uint8_t kMissingBin = 0xFF;
inline constexpr int kSmallNode = 256;    ///< the most rows that the small-node kernels take
inline constexpr int kReadBeyond = 128;   ///< values that kernels may read behind a table of codes or bins
inline constexpr int kGroup = 16;         ///< features that go through a large node together
inline constexpr int kPartRows = 65'536;  ///< rows of a large node that are worked on at a time; bounds the memory
inline constexpr int kBins =
    256;  ///< coarse codes of a feature; the last one is kMissingBin where it has missing values

/// The rows of a node: row i has `codes[slot[i] * stride + feature]` and `packed[i]`.
struct NodeRows {
    const std::uint16_t* codes;
    std::ptrdiff_t stride;
    std::ptrdiff_t n_features;  ///< of the table
    const std::uint32_t* slot;
    const std::uint64_t* packed;
    int n;
};

/// The weight of some rows, and the sum of their quantised targets (of classes: nothing).
struct NodeSum {
    std::uint64_t weight = 0, target = 0;

    static NodeSum unpacked(std::uint64_t packed, int shift) {
        return {packed >> shift, packed & ((std::uint64_t{1} << shift) - 1)};
    }
    friend NodeSum operator+(NodeSum a, NodeSum b) { return {a.weight + b.weight, a.target + b.target}; }
    friend NodeSum operator-(NodeSum a, NodeSum b) { return {a.weight - b.weight, a.target - b.target}; }
    bool operator==(const NodeSum&) const = default;
};

/// What a search needs to know of a node, and the limits of its leaves.
struct NodeTotals {
    double weight;
    double mean;  ///< of the quantised targets
    int shift;    ///< of a row's packed sum
    int min_samples_leaf;
    float min_weight_leaf;
};

/// The best parting of a small node so far: present codes up to `left` go left; `right` is the next code of the node,
/// or kMissingRank where present parts from missing.
struct SmallSplit {
    float gain = -3e38f;
    std::int32_t feature = -1;
    std::uint32_t left = 0, right = 0;
    std::int32_t n_left = 0;  ///< present rows
    bool missing_go_left = false;
    bool has_missing = false;  ///< the node holds missing values of the feature
};

struct SmallNodeKernels {
    /// Improves `best` by the partings of each of the features; the earlier one stays where gains are equal. Returns
    /// whether any feature varies in the node.
    bool (*search)(const NodeRows& rows, const NodeTotals& totals, const std::uint16_t* features, int n_features,
                   SmallSplit& best);
};

PLANTWRIGHT_DECLARE_KERNELS(SmallNodeKernels, kSmallNodeKernels)

/// Class weights of a node, or of one side of a parting.
struct ClassTotals {
    const std::uint32_t* of_class;  ///< `(n_classes,)`
    int n_classes;
    bool entropy;  ///< else gini
};

struct SmallClassKernels {
    /// As SmallNodeKernels::search, of rows whose packed sum is `weight << 32 | class`. `scratch` is 8 n_classes.
    bool (*search)(const NodeRows& rows, const NodeTotals& totals, const ClassTotals& classes,
                   const std::uint16_t* features, int n_features, SmallSplit& best, float* scratch);
};

PLANTWRIGHT_DECLARE_KERNELS(SmallClassKernels, kSmallClassKernels)

/// The arrays that move together when a node is parted.
struct MovingRows {
    std::uint32_t* slot;
    std::uint64_t* packed;
};

struct PartitionKernels {
    /// left[i] = row i goes left: its code is below `bound`, or missing and missing_go_left.
    void (*decide)(const std::uint16_t* codes_of_feature, std::ptrdiff_t stride, const std::uint32_t* slot, int n,
                   std::uint32_t bound, bool missing_go_left, std::uint8_t* left);
    /// Stable: rows with left[i] = 1 first. Returns how many; adds their packed sums to `left_sum`. `scratch` is
    /// written up to 8 elements beyond n.
    int (*move)(const std::uint8_t* left, int n, MovingRows rows, MovingRows scratch, std::uint64_t& left_sum);
};

PLANTWRIGHT_DECLARE_KERNELS(PartitionKernels, kPartitionKernels)

/// Coarse codes of a table: `bins[row * stride + feature]`.
struct BinTable {
    const std::uint8_t* bins;
    std::ptrdiff_t stride;
    std::ptrdiff_t n_features;
    int n_bins;  ///< bins that occur lie below it; kBins where values are missing
};

/// Per feature of a group: the first best boundary, as the last bin on the left (-1: none), and its gain as a ratio.
struct BinScan {
    alignas(32) double numerator[kGroup];
    alignas(32) double denominator[kGroup];
    alignas(32) std::int64_t bin[kGroup];
};

struct LargeNodeKernels {
    /// picked[i * kGroup + f] = the bin of row i, for n_features <= kGroup features.
    void (*pick)(const BinTable& table, const std::uint32_t* slot, int n, const std::uint16_t* features, int n_features,
                 std::uint8_t* picked);
    /// sums[bin * width + f] += packed, width = n_features rounded up to 4; and picked as above. `sums` is n_bins *
    /// width.
    void (*histogram)(const BinTable& table, const std::uint32_t* slot, const std::uint64_t* packed, int n,
                      const std::uint16_t* features, int n_features, std::uint64_t* sums, std::uint8_t* picked);
    /// Turns `sums` into prefix sums over bins and finds each feature's best boundary with at least `least_weight` on
    /// both sides.
    void (*scan)(std::uint64_t* sums, int n_bins, int width, const NodeTotals& totals, double least_weight,
                 BinScan& best);
    /// The same with sums in two words: `sums` of the targets, `weights` of the weights; `shift` is that of a row.
    void (*wide_histogram)(const BinTable& table, const std::uint32_t* slot, const std::uint64_t* packed, int n,
                           const std::uint16_t* features, int n_features, int shift, std::uint64_t* sums,
                           std::uint64_t* weights, std::uint8_t* picked);
    void (*wide_scan)(std::uint64_t* sums, std::uint64_t* weights, int n_bins, int width, const NodeTotals& totals,
                      double least_weight, BinScan& best);
    /// The rows of up to 64 bins: bit 16 k + f of `wanted` asks for bin wanted_bin[16 k + f] of feature f. Writes
    /// `(16 k + f) << 32 | row` for each, in ascending order of the rows; returns how many (at most `capacity` are
    /// written).
    std::ptrdiff_t (*collect)(const std::uint8_t* picked, int n, const std::uint8_t* wanted_bin, std::uint64_t wanted,
                              std::uint64_t* found, std::ptrdiff_t capacity);
};

PLANTWRIGHT_DECLARE_KERNELS(LargeNodeKernels, kLargeNodeKernels)

inline constexpr int kClassLanes = 8;  ///< features that go through a large node together where classes are counted

struct LargeClassKernels {
    /// counts[(bin * n_classes + class) * kClassLanes + f] += weight, for n_features <= kClassLanes; picked as above.
    void (*histogram)(const BinTable& table, const std::uint32_t* slot, const std::uint64_t* packed, int n,
                      const std::uint16_t* features, int n_features, int n_classes, std::uint32_t* counts,
                      std::uint8_t* picked);
    /// Turns `counts` into prefix counts over bins and finds each feature's best boundary; `bins` bins.
    void (*scan)(std::uint32_t* counts, int n_bins, const ClassTotals& classes, float least_weight, BinScan& best);
};

PLANTWRIGHT_DECLARE_KERNELS(LargeClassKernels, kLargeClassKernels)

/// Several outputs: `value[i * stride]` is the weight of row i of a node, `value[i * stride + 1 + k]` that times its
/// k-th target less the node's mean; zeros fill up to `stride`, a multiple of 4.
///
///     gain = sum_k left_k^2 / (w (W - w)),   left_k the sum of centred targets on the left
template <class T>
struct OutputValues {
    const T* value;
    int stride;
};

struct SmallOutputKernels {
    /// As SmallNodeKernels::search. `scratch` is 8 stride.
    bool (*search)(const NodeRows& rows, const NodeTotals& totals, const OutputValues<float>& values,
                   const std::uint16_t* features, int n_features, SmallSplit& best, float* scratch);
};

PLANTWRIGHT_DECLARE_KERNELS(SmallOutputKernels, kSmallOutputKernels)

inline constexpr int kOutputLanes = 8;  ///< features that go through a large node together where outputs are several

struct LargeOutputKernels {
    /// sums[(bin * kOutputLanes + f) * stride + k] += value[i * stride + k], for n_features <= kOutputLanes; picked as
    /// above. `sums` is n_bins * kOutputLanes * stride.
    void (*histogram)(const BinTable& table, const std::uint32_t* slot, const OutputValues<double>& values, int n,
                      const std::uint16_t* features, int n_features, double* sums, std::uint8_t* picked);
    /// Turns `sums` into prefix sums over bins and finds each feature's best boundary.
    void (*scan)(double* sums, int n_bins, int stride, int n_features, double weight, double least_weight,
                 BinScan& best);
};

PLANTWRIGHT_DECLARE_KERNELS(LargeOutputKernels, kLargeOutputKernels)

}  // namespace plantwright
