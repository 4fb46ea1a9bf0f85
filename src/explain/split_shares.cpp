// SPDX-License-Identifier: MIT
#include "explain/split_shares.hpp"

#include <algorithm>

namespace plantwright {
namespace {

double share_of_left(const TreeView& tree, std::size_t node) {
    const auto cover = [&](std::int32_t child) {
        return std::max(tree.weighted_n_node_samples[static_cast<std::size_t>(child)], 0.0);
    };
    const double left = cover(tree.children_left[node]), both = left + cover(tree.children_right[node]);
    return both > 0 ? left / both : 0.5;
}

class LongestPath {
public:
    explicit LongestPath(const SplitShares& tree) : tree_(tree) {}
    void enter(const SplitPath& path) { n_features = std::max(n_features, path.n_features()); }
    void leave(const SplitPath&) const {}
    bool child(const SplitPath&, Index node) const { return !tree_.is_leaf(node); }

    int n_features = 0;

private:
    const SplitShares& tree_;
};

}  // namespace

/// Children come after their parents: one pass down.
SplitShares::SplitShares(const TreeView& tree)
    : view(tree), left_share(tree.feature.size()), mean(static_cast<std::size_t>(tree.value.cols())) {
    std::vector<double> reach(tree.feature.size());
    reach[0] = 1;
    for (std::size_t k = 0; k < reach.size(); ++k) {
        const auto node = static_cast<Index>(k);
        if (is_leaf(node)) {
            for (Index o = 0; o < n_outputs(); ++o) mean[static_cast<std::size_t>(o)] += reach[k] * view.value(node, o);
            continue;
        }
        left_share[k] = share_of_left(tree, k);
        for (const bool left : {true, false})
            reach[static_cast<std::size_t>(child(node, left))] = reach[k] * share(node, left);
    }
}

double SplitShares::range() const {
    double widest = 0;
    for (Index o = 0; o < n_outputs(); ++o) {
        double low = 0, high = 0;  // about the mean
        for (Index k = 0; k < n_nodes(); ++k) {
            if (!is_leaf(k)) continue;
            low = std::min(low, value(k, o));
            high = std::max(high, value(k, o));
        }
        widest = std::max(widest, high - low);
    }
    return widest;
}

SplitPath::SplitPath(const SplitShares& tree) : tree_(tree) {
    Index n_features = 0;
    for (const std::int32_t feature : tree.view.feature) n_features = std::max(n_features, Index{feature} + 1);
    last_.assign(static_cast<std::size_t>(n_features), -1);
}

double SplitPath::z_after(int depth) const {
    const PathEntry& entry = at(depth);
    return entry.z * tree_.share(entry.node, entry.first_is_left != entry.at_second);
}

void SplitPath::push(Index node) {
    int& last = last_[static_cast<std::size_t>(tree_.feature(node))];
    PathEntry entry{.node = node, .earlier = last};
    if (last >= 0) entry.z = z_after(last);
    n_features_ += last < 0;
    last = static_cast<int>(entries_.size());
    entries_.push_back(entry);
}

void SplitPath::pop() {
    const PathEntry& entry = entries_.back();
    last_[static_cast<std::size_t>(tree_.feature(entry.node))] = entry.earlier;
    n_features_ -= entry.earlier < 0;
    entries_.pop_back();
}

int most_path_features(const SplitShares& tree) {
    LongestPath longest(tree);
    walk_splits(tree, longest);
    return longest.n_features;
}

}  // namespace plantwright
