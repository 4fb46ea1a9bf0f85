// SPDX-License-Identifier: MIT
/// A tree as the explainers see it: covers as shares, leaf values about their mean, and walks that do not recurse.
#pragma once

#include <cstdint>
#include <vector>

#include "plantwright/forest/forest.hpp"

namespace plantwright {

/// The tree must outlive it.
struct SplitShares {
    explicit SplitShares(const TreeView& tree);

    Index n_nodes() const { return view.n_nodes(); }
    Index n_outputs() const { return view.value.cols(); }
    bool is_leaf(Index node) const { return view.is_leaf(node); }
    Index child(Index node, bool left) const {
        const auto k = static_cast<std::size_t>(node);
        return left ? view.children_left[k] : view.children_right[k];
    }
    Index feature(Index node) const { return view.feature[static_cast<std::size_t>(node)]; }
    /// Of the node's cover, what goes to that child; half where the node has no cover.
    double share(Index node, bool left) const {
        const double of_left = left_share[static_cast<std::size_t>(node)];
        return left ? of_left : 1 - of_left;
    }
    /// A leaf's value less the tree's mean.
    double value(Index leaf, Index output) const {
        return view.value(leaf, output) - mean[static_cast<std::size_t>(output)];
    }
    double range() const;  ///< of the leaves' values; the largest of several outputs

    TreeView view;
    std::vector<double> left_share;  ///< `(n_nodes,)`; 0 at leaves
    std::vector<double> mean;        ///< `(n_outputs,)`: of the leaves, weighted by their shares
};

/// An inner node on the way from the root.
struct PathEntry {
    Index node = 0;
    int earlier = -1;  ///< depth of the split that asked for the same feature last, or -1
    double z = 1;      ///< product of the feature's shares above, along the path
    bool first_is_left = true;
    bool at_second = false;  ///< the walk is in the second child
    std::uint8_t visited = 0;
};

/// The inner nodes above the point where a depth-first walk stands.
class SplitPath {
public:
    explicit SplitPath(const SplitShares& tree);

    int depth() const { return static_cast<int>(entries_.size()) - 1; }  ///< of the top
    bool empty() const { return entries_.empty(); }
    PathEntry& top() { return entries_.back(); }
    const PathEntry& at(int depth) const { return entries_[static_cast<std::size_t>(depth)]; }
    Index feature_at(int depth) const { return tree_.feature(at(depth).node); }
    int last(Index feature) const { return last_[static_cast<std::size_t>(feature)]; }  ///< depth, or -1
    bool is_last(int depth) const { return last(feature_at(depth)) == depth; }
    int n_features() const { return n_features_; }  ///< distinct ones

    /// The product of the feature's shares along the path, that of the entry included.
    double z_after(int depth) const;

    void push(Index node);
    void pop();

private:
    const SplitShares& tree_;
    std::vector<PathEntry> entries_;
    std::vector<int> last_;  // by feature
    int n_features_ = 0;
};

/// Distinct features of the path that has most.
int most_path_features(const SplitShares& tree);

/// Depth first through the inner nodes: `enter(path)` (which may set `first_is_left`), then for each child
/// `child(path, node)`, which says whether to go on into it (never into a leaf), and `leave(path)`.
template <class Visitor>
void walk_splits(const SplitShares& tree, Visitor& visitor) {
    if (tree.is_leaf(0)) return;
    SplitPath path(tree);
    path.push(0);
    visitor.enter(path);
    while (!path.empty()) {
        PathEntry& top = path.top();
        if (top.visited == 2) {
            visitor.leave(path);
            path.pop();
            continue;
        }
        top.at_second = top.visited++ == 1;
        const Index child = tree.child(top.node, top.first_is_left != top.at_second);
        if (!visitor.child(path, child)) continue;
        path.push(child);
        visitor.enter(path);
    }
}

}  // namespace plantwright
