// SPDX-License-Identifier: MIT
/// A forest of small trees as `sliced_kernel.hpp` takes it: another way to the same sums of leaves, for many rows.
///
/// It fits forests of numbers with one output whose leaves hold their depth and something not negative above it, in
/// multiples of 2^-23: isolation forests. Sums of these are exact in double, so that no order of trees changes a bit. A
/// row takes the time of all splits, in byte lanes, where a walk takes its steps: a third of it for trees of 256 rows,
/// a fifth of 64 rows, two thirds of 1,024 (AVX2).
#pragma once

#include <memory>
#include <vector>

#include "forest/feature_rows.hpp"
#include "forest/sliced_kernel.hpp"
#include "plantwright/forest/compact_forest.hpp"

namespace plantwright {

inline constexpr double kSlicedUnit = 0x1p-23;  ///< of leaf values
inline constexpr int kSlicedMostDepth = 255;    ///< sum over trees before bytes overflow
inline constexpr int kSlicedMostCount = 255;    ///< trees, as well

/// Immutable; may be shared by threads.
class SlicedForest {
public:
    static constexpr Index kRowsWorthSlicing = 1000;  ///< 100 trees of 256 rows take 0.5 ms to slice

    SlicedForest(const SlicedForest&) = delete;
    SlicedForest& operator=(const SlicedForest&) = delete;
    /// Null where the forest does not fit.
    static std::unique_ptr<const SlicedForest> make(const CompactForest& forest);
    bool pays() const;                      ///< whether walks would take longer
    double cost_of_rows(Index rows) const;  ///< in ns

    /// Memory of one thread.
    class Scratch {
    public:
        explicit Scratch(const SlicedForest& forest);

    private:
        friend SlicedForest;
        Buffer<std::uint8_t> codes_, rows_, counts_, depth_;
        std::vector<float> copy_;
    };

    /// sum[i] += the values of the leaves that row begin + i of the table reaches.
    void add(const FeatureRows& table, Index begin, Index end, Scratch& scratch, double* sum) const;

private:
    /// Trees whose thresholds are few enough to share codes.
    struct Group {
        Index first, end;  ///< of `trees_`
        std::vector<Index> features;
        Buffer<float> tables;  ///< `(features, kSlicedTable)`
    };
    /// Rows as they lie in memory: one of `x` and `wide` is null.
    struct Block {
        const float* x;
        const double* wide;
        int n;
        Index cols;
        bool missing = false;
    };
    friend class Slicer;

    SlicedForest() = default;
    Block read(const FeatureRows& table, Index begin, Index n, Scratch& scratch) const;
    void code(const Group& group, const Block& block, std::uint8_t* codes) const;
    void add_block(const FeatureRows& table, Index begin, Index n, Scratch& scratch, double* sum) const;
    void add_depth(Index n, Scratch& scratch, double* sum) const;
    void add_counts(Index n, Scratch& scratch, double* sum) const;

    std::vector<SlicedSplit> splits_;
    std::vector<std::uint32_t> even_;
    std::vector<SlicedLeaf> leaves_;
    std::vector<SlicedTrees> trees_;
    std::vector<int> depth_;  ///< of `trees_`, all of their trees together
    std::vector<Group> groups_;
    std::vector<std::uint8_t> weights_;  ///< `(counts, kSlicedDigits)`; the first is of what nobody asks for
    double constant_ = 0;                ///< of trees without a split
    Index n_lines_ = 0, n_codes_ = 0;
};

}  // namespace plantwright
