// SPDX-License-Identifier: MIT
/// Single trees out of compact forests, and what a forest of such trees has in common.
#include <algorithm>

#include "forest/compact_nodes.hpp"
#include "forest/compact_tree.hpp"

namespace plantwright {
namespace {

/// The nodes and their leaf table, in the order in which `compact_tree` writes them.
class NodesOfTree {
public:
    NodesOfTree(const CompactForest& forest, Index i)
        : f_(forest), i_(i), n_places_(static_cast<std::size_t>(forest.n_nodes(i)) + 1) {}

    void copy_to(CompactTree& tree) const {
        const unsigned narrow = slot_bits_for(f_.n_features);
        tree.wide = narrow == 0;
        for (std::size_t k = 1; k < n_places_ && f_.wide() && !tree.wide; ++k) tree.wide = !fits(node(k), narrow);
        const std::size_t words = tree.wide ? 2 : 1;
        tree.words.assign(n_places_ * words, 0);
        for (std::size_t k = 1; k < n_places_; ++k) {
            NodeParts parts = node(k);
            if (parts.slot == 0 && f_.n_outputs > 1) parts.low = own_row(parts.low, tree.leaf_table);
            put_parts(parts, tree.wide ? 0 : narrow, tree.words.data() + k * words);
        }
    }

private:
    NodeParts node(std::size_t k) const {
        const Index place = static_cast<Index>(f_.tree_begin[i_]) + static_cast<Index>(k);
        return parts_of(f_.nodes.data() + place * f_.words_per_node(), f_.slot_bits);
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

    const CompactForest& f_;
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
    return {forest.n_features, forest.n_outputs, forest.base, forest.scale, forest.inner_statistics};
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
