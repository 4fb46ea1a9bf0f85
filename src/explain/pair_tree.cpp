// SPDX-License-Identifier: MIT
#include "explain/pair_tree.hpp"

#include <algorithm>

#include "explain/shapley_weights.hpp"

namespace plantwright {
PairWorkspace::PairWorkspace(Index n_features, Index n_outputs, Index depth)
    : passes(static_cast<std::size_t>(n_features), Passes::both),
      of_row(static_cast<std::size_t>(2 * n_outputs * (depth + 1))), sum(static_cast<std::size_t>(2 * n_outputs)) {
    branches.reserve(static_cast<std::size_t>(depth + 1));
}

/// Siblings stand together, so that a step is an addition.
PairTree::PairTree(const SplitShares& tree, const KeyColumns& columns, std::span<const double> scale)
    : n_outputs_(tree.n_outputs()) {
    std::vector<Index> origin{0}, depth{0};
    for (std::size_t k = 0; k < origin.size(); ++k) {
        const Index node = origin[k];
        if (tree.is_leaf(node)) {
            nodes_.push_back({0, 0, -1, static_cast<std::uint32_t>(values_.size()), 0});
            for (Index o = 0; o < n_outputs_; ++o)
                values_.push_back(tree.value(node, o) / scale[static_cast<std::size_t>(o)]);
            continue;
        }
        const SplitQuestion ask = columns.question(tree.view, node);
        nodes_.push_back({ask.mask, ask.threshold, static_cast<std::int32_t>(ask.column),
                          static_cast<std::uint32_t>(origin.size()), ask.feature});
        depth_ = std::max(depth_, depth[k] + 1);
        for (const bool left : {true, false}) {
            origin.push_back(tree.child(node, left));
            depth.push_back(depth[k] + 1);
        }
    }
}

const double* PairTree::leaf(const std::int32_t* row) const {
    std::uint32_t node = 0;
    while (nodes_[node].column >= 0) node = chosen(nodes_[node], row);
    return values_.data() + nodes_[node].child;
}

/// To the next leaf, on the row's side of every new branch.
std::uint32_t PairTree::descend(std::uint32_t node, const std::int32_t* row, const std::int32_t* other, int& a, int& b,
                                PairWorkspace& work) const {
    while (nodes_[node].column >= 0) {
        const Node& at = nodes_[node];
        PairWorkspace::Passes& passes = work.passes[at.feature];
        const std::uint32_t of_row = chosen(at, row), of_other = chosen(at, other);
        if (passes == PairWorkspace::Passes::both && of_row != of_other) {
            work.branches.push_back({at.feature, of_other, a, b, false});
            passes = PairWorkspace::Passes::row;
            ++a;
        }
        node = passes == PairWorkspace::Passes::other ? of_other : of_row;
    }
    return node;
}

void PairTree::take_leaf(const Node& leaf, int a, int b, PairWorkspace& work) const {
    const double gain = shapley_weight(a, b), loss = -shapley_weight(b, a);
    const double* value = values_.data() + leaf.child;
    for (Index o = 0; o < n_outputs_; ++o) {
        work.sum[static_cast<std::size_t>(o)] = gain * value[o];
        work.sum[static_cast<std::size_t>(n_outputs_ + o)] = loss * value[o];
    }
}

/// Adds up the branches that are done; false where none is left, else the last one is to go on with the other's child.
bool PairTree::finish_branches(PairWorkspace& work, double* phi) const {
    const auto n = static_cast<std::size_t>(n_outputs_);
    while (!work.branches.empty()) {
        PairWorkspace::Branch& branch = work.branches.back();
        double* of_row = work.of_row.data() + 2 * n * (work.branches.size() - 1);
        if (!branch.at_other) {
            std::copy(work.sum.begin(), work.sum.end(), of_row);
            branch.at_other = true;
            return true;
        }
        double* sum = phi + branch.feature * n;
        for (std::size_t o = 0; o < n; ++o) sum[o] += of_row[o] + work.sum[n + o];
        for (std::size_t o = 0; o < 2 * n; ++o) work.sum[o] += of_row[o];
        work.passes[branch.feature] = PairWorkspace::Passes::both;
        work.branches.pop_back();
    }
    return false;
}

void PairTree::add(const std::int32_t* row, const std::int32_t* other, PairWorkspace& work, double* phi) const {
    std::uint32_t node = 0;
    int a = 0, b = 0;
    for (;;) {
        node = descend(node, row, other, a, b, work);
        take_leaf(nodes_[node], a, b, work);
        if (!finish_branches(work, phi)) return;
        const PairWorkspace::Branch& branch = work.branches.back();
        work.passes[branch.feature] = PairWorkspace::Passes::other;
        a = branch.a;
        b = branch.b + 1;
        node = branch.other_child;
    }
}

}  // namespace plantwright
