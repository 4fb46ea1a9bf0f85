// SPDX-License-Identifier: MIT
/// The best partings of a node for one criterion, over rank codes: what CodeGrower asks.
///
/// A row's weight and target are one 64-bit integer, so that one addition sums both: `weight << shift | weight * q` for
/// squared error (see packed_target.hpp; sums of many rows may need two words), `weight << 32 | class` for classes,
/// `weight << shift | row` for several outputs (whose low parts mean nothing in a sum).
#pragma once

#include <memory>

#include "forest/large_search.hpp"
#include "forest/training_data.hpp"

namespace plantwright {

class NodeSearch {
public:
    virtual ~NodeSearch() = default;
    virtual int shift() const = 0;
    virtual std::uint64_t pack(RowId row, std::uint64_t weight) const = 0;
    /// Whether packed sums of many rows do not fit one word.
    virtual bool is_wide() const { return false; }
    virtual bool is_pure(const NodeRows& rows) const = 0;

    /// What follows is about this node.
    virtual void start(const NodeRows& rows, const NodeTotals& totals) = 0;
    /// Nodes of at most kSmallNode rows. Returns whether any of the features varies.
    virtual bool search_small(const std::uint16_t* features, int n_features, SmallSplit& best) = 0;
    /// Whether search_few_codes() will do, for tables of few codes; it takes nodes of any size.
    virtual bool takes_few_codes() const { return false; }
    /// The same search without limits on leaves, by bins that hold one code each. Returns whether any feature varies.
    virtual bool search_few_codes(const BinTable&, const std::uint16_t*, int, SmallSplit&) { return false; }
    virtual void decide_few_codes(const BinTable&, const SmallSplit&, std::uint8_t* /* left */) const {}
    virtual void search_large(const BinTable& bins, const std::uint16_t* features, Index n_features,
                              LargeSplit& best) = 0;

    /// Improves `best` by the partitions of a category's levels. Returns whether it varies. Of one output alone.
    virtual bool search_category(std::uint16_t, Split&) { return false; }

    /// Which rows go left by the split that search_large found; false where the code of every row must be looked at.
    virtual bool decide_large(const BinTable& bins, std::uint8_t* left) const = 0;

    /// Row by row: the gain of the rows added since clear_left(); -infinity where a side weighs too little.
    virtual void clear_left() = 0;
    virtual void add_left(std::uint64_t packed) = 0;
    virtual double gain() const = 0;
};

std::unique_ptr<NodeSearch> make_node_search(const TrainingData& data);

}  // namespace plantwright
