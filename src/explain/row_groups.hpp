// SPDX-License-Identifier: MIT
/// Rows of a table at a node of a tree, in groups that have failed the same features of the path above.
///
/// What a row takes from a leaf depends on nothing else, so that a group counts as one row with a weight; and a group
/// that has failed a split's feature before need not be asked.
#pragma once

#include <cstdint>
#include <vector>

#include "explain/tree_shap_kernel.hpp"
#include "plantwright/core/buffer.hpp"

namespace plantwright {

/// A bit for each feature of a path: set where a split of that feature sends the row elsewhere.
using FailedFeatures = std::uint64_t;

inline constexpr int kMostGroupedFeatures = 64;  // of a path

/// The numbers of a table's rows in the order of their groups: a group is a range of it, and parts where it lies.
class GroupedRows {
public:
    explicit GroupedRows(Index n_rows) : row_(static_cast<std::size_t>(n_rows)), right_(row_.size()) {}

    void start();  ///< one group
    std::uint32_t size() const { return static_cast<std::uint32_t>(row_.size()); }
    /// Those of [begin, end) that go left come first; where the others begin.
    std::uint32_t part(std::uint32_t begin, std::uint32_t end, const std::int32_t* keys, const SplitQuestion& ask);
    bool goes_right(std::uint32_t at, const std::int32_t* keys, const SplitQuestion& ask) const {
        return (keys[row_[at]] & ask.mask) > ask.threshold;
    }

private:
    std::vector<std::uint32_t> row_, right_;
};

/// The groups at a node. A split leaves every row in the groups of both children, in one of which it has failed.
class RowGroups {
public:
    struct Range {
        std::uint32_t begin, end;  // of GroupedRows
        int n_fails;
        std::uint32_t n_rows() const { return end - begin; }
    };

    Index size() const { return n_; }
    FailedFeatures fails(Index group) const { return fails_[static_cast<std::size_t>(group)]; }  ///< some have the same
    const FailedFeatures* data() const { return fails_.data(); }  ///< readable kGroupLanes further
    const Range& range(Index group) const { return ranges_[static_cast<std::size_t>(group)]; }

    void start(const GroupedRows& rows);
    /// By a split whose feature has the bit. `keys` by row.
    void split(GroupedRows& rows, const std::int32_t* keys, const SplitQuestion& ask, FailedFeatures bit,
               RowGroups& left, RowGroups& right) const;
    /// Leaves out groups that share failed features with each group of `others`: no mixture of the two reaches the
    /// node.
    void keep_partners_of(const RowGroups& others);

private:
    /// Where the next group goes; on a stack, so that nothing else is written through it.
    struct Next {
        FailedFeatures* fails;
        Range* range;

        void add(FailedFeatures failed, Range at) {  // unless it is empty
            *fails = failed;
            *range = at;
            fails += at.begin < at.end;
            range += at.begin < at.end;
        }
        /// With a bit more, unless the feature has failed before.
        void add(FailedFeatures failed, Range at, FailedFeatures bit) {
            at.n_fails += (failed | bit) != failed;
            add(failed | bit, at);
        }
    };

    Next reserve(Index n);
    void end(const Next& next);

    Index n_ = 0;
    std::vector<FailedFeatures> fails_;  // ends in kGroupLanes that have failed everything; then memory
    std::vector<Range> ranges_;
    std::vector<std::uint32_t> kept_;
};

}  // namespace plantwright
