// SPDX-License-Identifier: MIT
#include "forest/prune.hpp"

#include <queue>

#include "plantwright/forest/forest.hpp"

namespace plantwright {
namespace {

class Pruning {
public:
    explicit Pruning(const GrownTree& tree)
        : tree_(tree), parent_(tree.n_nodes(), kNoChild), n_leaves_(tree.n_nodes(), 1), leaf_risk_(tree.n_nodes()),
          pruned_(tree.n_nodes()) {
        for (std::size_t i = tree.n_nodes(); i-- > 0;) {
            leaf_risk_[i] = risk(i);
            if (is_leaf(i)) continue;
            const std::size_t left = child(tree.children_left, i), right = child(tree.children_right, i);
            parent_[left] = parent_[right] = static_cast<std::int32_t>(i);
            n_leaves_[i] = n_leaves_[left] + n_leaves_[right];
            leaf_risk_[i] = leaf_risk_[left] + leaf_risk_[right];
        }
    }

    /// The nodes that become leaves.
    const std::vector<bool>& run(double ccp_alpha) {
        for (std::size_t i = 0; i < tree_.n_nodes(); ++i) push(i);
        while (!weakest_.empty()) {
            const Link link = weakest_.top();
            weakest_.pop();
            if (link.alpha > ccp_alpha + std::numeric_limits<double>::epsilon()) break;
            if (link.alpha == alpha(link.node) && !inside_pruned(link.node)) cut(link.node);  // else it is out of date
        }
        return pruned_;
    }

private:
    struct Link {
        double alpha;
        std::size_t node;
        bool operator<(const Link& other) const {
            return alpha != other.alpha ? alpha > other.alpha : node > other.node;
        }
    };

    static std::size_t child(const std::vector<std::int32_t>& children, std::size_t i) {
        return static_cast<std::size_t>(children[i]);
    }
    bool is_leaf(std::size_t i) const { return tree_.children_left[i] == kNoChild; }
    double risk(std::size_t i) const {
        return tree_.weighted_n_node_samples[i] / tree_.weighted_n_node_samples[0] * tree_.impurity[i];
    }
    double alpha(std::size_t i) const { return (risk(i) - leaf_risk_[i]) / (n_leaves_[i] - 1); }

    void push(std::size_t i) {
        if (n_leaves_[i] > 1) weakest_.push({alpha(i), i});
    }
    bool inside_pruned(std::size_t i) const {
        for (auto at = static_cast<std::int32_t>(i); at != kNoChild; at = parent_[static_cast<std::size_t>(at)]) {
            if (pruned_[static_cast<std::size_t>(at)]) return true;
        }
        return false;
    }
    void cut(std::size_t i) {
        const int leaves = n_leaves_[i] - 1;
        const double gained = risk(i) - leaf_risk_[i];
        pruned_[i] = true;
        for (auto at = static_cast<std::int32_t>(i); at != kNoChild; at = parent_[static_cast<std::size_t>(at)]) {
            const auto k = static_cast<std::size_t>(at);
            n_leaves_[k] -= leaves;
            leaf_risk_[k] += gained;
            push(k);
        }
    }

    const GrownTree& tree_;
    std::vector<std::int32_t> parent_;
    std::vector<int> n_leaves_;
    std::vector<double> leaf_risk_;
    std::vector<bool> pruned_;
    std::priority_queue<Link> weakest_;
};

/// The nodes that are still reached, in their order.
std::vector<std::size_t> kept_nodes(const GrownTree& tree, const std::vector<bool>& pruned,
                                    std::vector<std::int32_t>& number) {
    std::vector<std::size_t> kept;
    std::vector<bool> reached(tree.n_nodes());
    reached[0] = true;
    for (std::size_t i = 0; i < tree.n_nodes(); ++i) {
        if (!reached[i]) continue;
        number[i] = static_cast<std::int32_t>(kept.size());
        kept.push_back(i);
        if (pruned[i] || tree.children_left[i] == kNoChild) continue;
        reached[static_cast<std::size_t>(tree.children_left[i])] = true;
        reached[static_cast<std::size_t>(tree.children_right[i])] = true;
    }
    return kept;
}

}  // namespace

void prune(GrownTree& tree, double ccp_alpha, std::size_t n_outputs) {
    Pruning pruning(tree);
    const std::vector<bool>& pruned = pruning.run(ccp_alpha);
    std::vector<std::int32_t> number(tree.n_nodes(), kNoChild);
    const std::vector<std::size_t> kept = kept_nodes(tree, pruned, number);
    GrownTree out;
    SplitLevels levels;
    for (const std::size_t i : kept) {
        const bool leaf = pruned[i] || tree.children_left[i] == kNoChild;
        if (!leaf) levels.add(number[i], tree.levels_left(i));
        out.feature.push_back(leaf ? kLeafFeature : tree.feature[i]);
        out.threshold.push_back(leaf ? 0 : tree.threshold[i]);
        out.missing_go_left.push_back(leaf ? 0 : tree.missing_go_left[i]);
        out.children_left.push_back(leaf ? kNoChild : number[static_cast<std::size_t>(tree.children_left[i])]);
        out.children_right.push_back(leaf ? kNoChild : number[static_cast<std::size_t>(tree.children_right[i])]);
        out.n_node_samples.push_back(tree.n_node_samples[i]);
        out.weighted_n_node_samples.push_back(tree.weighted_n_node_samples[i]);
        out.impurity.push_back(tree.impurity[i]);
        for (std::size_t k = 0; k < n_outputs; ++k) out.value.push_back(tree.value[i * n_outputs + k]);
    }
    levels.write_to(out);
    tree = std::move(out);
}

}  // namespace plantwright
