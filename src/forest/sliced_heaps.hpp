// SPDX-License-Identifier: MIT
/// A forest of shallow trees as `heaps_kernel.hpp` takes it: another way to the leaves that rows reach, for many rows.
///
/// It fits forests of numbers whose trees have at most eight levels of splits, any number of outputs and any leaves;
/// not categories, nor more thresholds of a feature than a code tells apart. Missing values go their way as in a walk.
/// Leaves come tree after tree, so that sums over them keep their bits. A row takes half the time of a walk (AVX2,
/// depth 8; benchmarks/forest/inference.py).
#pragma once

#include <memory>
#include <vector>

#include "forest/heaps_kernel.hpp"
#include "plantwright/forest/compact_forest.hpp"

namespace plantwright {

/// Immutable; may be shared by threads.
class SlicedHeaps {
public:
    static constexpr Index kRowsWorthSlicing = 5000;  ///< 100 trees of depth 8 take 2 ms to slice

    SlicedHeaps(const SlicedHeaps&) = delete;
    SlicedHeaps& operator=(const SlicedHeaps&) = delete;
    /// Null where the forest does not fit.
    static std::unique_ptr<const SlicedHeaps> make(const CompactForest& forest);

    bool pays() const { return pays(kHeapRows); }
    bool pays(Index rows) const { return cost_of_rows(rows) < cost_of_walks(rows); }
    double cost_of_rows(Index rows) const;  ///< in ns
    double cost_of_walks(Index rows) const;
    Index block_rows() const;  ///< as many as keep a block's codes in the first cache

    /// A block's codes; its memory serves block after block.
    class Codes {
    public:
        void read(const SlicedHeaps& heaps, const KeyRows& rows);

    private:
        friend SlicedHeaps;
        Buffer<std::uint16_t> codes_;
        Index n_groups_ = 0;
    };
    /// What `codes` hold, up to a whole group: where `leaf` must have room.
    static Index padded(Index rows) { return (rows + kHeapRows - 1) / kHeapRows * kHeapRows; }

    /// The payload of each row's leaf in one tree, `leaf (padded(rows),)`.
    void leaves_of_tree(const Codes& codes, Index tree, std::uint32_t* leaf) const;

private:
    friend class HeapBuilder;
    SlicedHeaps() = default;

    std::vector<SlicedHeap> heaps_;
    std::vector<CodedFeature> features_;
    std::vector<Buffer<std::uint32_t>> thresholds_;  ///< of `features_`
    Index n_lines_ = 0;
};

}  // namespace plantwright
