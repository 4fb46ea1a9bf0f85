// SPDX-License-Identifier: MIT
/// Single trees out of compact forests, and what a forest of such trees has in common.
#include <algorithm>

#include "forest/compact_nodes.hpp"
#include "forest/compact_tree.hpp"
#include "forest/level_sets.hpp"

namespace plantwright {
namespace {

/// The nodes and their leaf table, in the order in which `compact_tree` writes them.
class NodesOfTree {
public:
    NodesOfTree(const CompactForest& forest, Index i)
        : f_(forest), nodes_(format_of_nodes(forest)), half_(half_slots(forest.n_features)), i_(i),
          n_places_(static_cast<std::size_t>(forest.n_nodes(i)) + 1) {}

    void copy_to(CompactTree& tree) const {
        NodeFormat own = narrow_format(f_.n_features, nodes_.has_categories);
        tree.wide = own.slot_bits == 0;
        for (std::size_t k = 1; k < n_places_ && f_.wide() && !tree.wide; ++k) tree.wide = !own.fits(node(k));
        if (tree.wide) own.slot_bits = 0;
        tree.words.assign(n_places_ * own.words(), 0);
        for (std::size_t k = 1; k < n_places_; ++k) {
            NodeParts parts = node(k);
            if (parts.slot == 0 && f_.n_outputs > 1) parts.low = own_row(parts.low, tree.leaf_table);
            if (parts.is_category && parts.slot > half_) parts.low = own_set(parts.low, tree.level_sets);
            own.put(parts, tree.words.data() + k * own.words());
        }
    }

private:
    NodeParts node(std::size_t k) const {
        const Index place = static_cast<Index>(f_.tree_begin[i_]) + static_cast<Index>(k);
        return nodes_.parts(f_.nodes.data() + place * f_.words_per_node());
    }

    /// Moves a leaf's row of the forest's table to the end of the tree's.
    std::uint32_t own_row(std::uint32_t payload, std::vector<double>& table) const {
        const auto n_outputs = static_cast<std::uint32_t>(f_.n_outputs);
        if (payload < n_outputs) return payload;
        const auto n_rows = static_cast<std::uint32_t>(table.size() / n_outputs);
        const double* row = f_.leaf_table.data() + Index{payload - n_outputs} * f_.n_outputs;
        table.insert(table.end(), row, row + n_outputs);
        return n_outputs + n_rows;
    }

    /// Moves a node's set of the forest's to the end of the tree's.
    std::uint32_t own_set(std::uint32_t begin, std::vector<std::uint32_t>& sets) const {
        const auto at = static_cast<std::uint32_t>(sets.size());
        const std::uint32_t* set = f_.level_sets.data() + begin;
        sets.insert(sets.end(), set, set + n_words_of_set(*set));
        return at;
    }

    const CompactForest& f_;
    NodeFormat nodes_;
    std::uint64_t half_;
    Index i_;
    std::size_t n_places_;
};

/// Elements [begin, begin + n) of the forest's statistics.
CompactTree::Statistics statistics_of(const CompactForest& f, Index begin, Index n) {
    CompactTree::Statistics own;
    for (Index k = begin; k < begin + n; ++k) {
        own.n_node_samples.push_back(f.n_node_samples[k]);
        own.weight.push_back(!f.whole_weight.empty() ? f.whole_weight[k]
                             : f.weight.empty()      ? f.n_node_samples[k]
                                                     : f.weight[k]);
        own.impurity.push_back(f.impurity.empty() ? 0 : f.impurity[k]);
    }
    return own;
}

}  // namespace

CompactFormat format_of(const CompactForest& forest) {
    return {forest.n_features, forest.n_outputs,        forest.base,
            forest.scale,      forest.inner_statistics, {forest.n_levels.begin(), forest.n_levels.end()}};
}

CompactTree tree_of(const CompactForest& forest, Index i) {
    CompactTree tree;
    NodesOfTree(forest, i).copy_to(tree);
    const Index first_leaf = static_cast<Index>(forest.tree_begin[i]) / 2, first_inner = first_leaf - i;
    const Index n_leaves = (forest.n_nodes(i) + 1) / 2, n_inner = n_leaves - 1;
    tree.leaves = statistics_of(forest, first_leaf, n_leaves);
    if (forest.inner_statistics != InnerStatistics::stored) return tree;
    tree.inner = statistics_of(forest, forest.n_leaves() + first_inner, n_inner);
    const double* value = forest.inner_value.data() + first_inner * forest.n_outputs;
    tree.inner_value.assign(value, value + n_inner * forest.n_outputs);
    return tree;
}

void choose_base_of_leaves(Forest& forest) {
    if (forest.n_outputs != 1 || forest.base != 0 || forest.scale != 1) return;
    std::vector<double> values;
    for (Index k = 0; k < forest.n_nodes(); ++k) {
        if (forest.children_left[k] == kNoChild) values.push_back(forest.value[k]);
    }
    const bool as_float = std::all_of(values.begin(), values.end(),
                                      [](double v) { return static_cast<double>(static_cast<float>(v)) == v; });
    if (!as_float) choose_base(values, forest.base, forest.scale);
}

}  // namespace plantwright
