// SPDX-License-Identifier: MIT
#include "forest/grown_tree.hpp"

#include "plantwright/core/elementary.hpp"
#include "plantwright/forest/forest.hpp"

namespace plantwright {

std::int32_t TreeBuilder::add(std::int32_t parent, bool is_left) {
    const auto node = static_cast<std::int32_t>(nodes_.size());
    nodes_.push_back({kLeafFeature, kNoChild, kNoChild, 0, 0, false, 0, 0});
    values_.resize(values_.size() + n_outputs_);
    if (parent != kNoParent)
        (is_left ? nodes_[static_cast<std::size_t>(parent)].left : nodes_[static_cast<std::size_t>(parent)].right) =
            node;
    return node;
}

void TreeBuilder::set_split(std::int32_t node, const Split& split) {
    Node& n = nodes_[static_cast<std::size_t>(node)];
    n.feature = split.feature;
    n.threshold = split.threshold;
    n.missing_go_left = split.missing_go_left;
}

GrownTree TreeBuilder::finish() {
    combine_upwards();
    GrownTree tree;
    const auto column = [&](auto& out, auto Node::*member) {
        out.resize(nodes_.size());
        for (std::size_t i = 0; i < nodes_.size(); ++i) out[i] = nodes_[i].*member;
    };
    column(tree.feature, &Node::feature);
    column(tree.children_left, &Node::left);
    column(tree.children_right, &Node::right);
    column(tree.n_node_samples, &Node::n_rows);
    column(tree.threshold, &Node::threshold);
    column(tree.missing_go_left, &Node::missing_go_left);
    column(tree.weighted_n_node_samples, &Node::weight);
    column(tree.impurity, &Node::impurity);
    tree.value = values_;
    return tree;
}

void TreeBuilder::combine_upwards() {
    for (std::size_t i = nodes_.size(); i-- > 0;) {
        Node& node = nodes_[i];
        if (node.left == kNoChild) continue;
        const Node& left = nodes_[static_cast<std::size_t>(node.left)];
        const Node& right = nodes_[static_cast<std::size_t>(node.right)];
        node.n_rows = left.n_rows + right.n_rows;
        node.weight = left.weight + right.weight;
        if (n_outputs_ == 1)
            combine_means(i, left, right);
        else
            combine_classes(i, left, right);
    }
}

void TreeBuilder::combine_means(std::size_t i, const Node& left, const Node& right) {
    Node& node = nodes_[i];
    const double a = *value(node.left), b = *value(node.right), share = right.weight / node.weight;
    values_[i] = a + (b - a) * share;
    node.impurity = left.impurity * (1 - share) + right.impurity * share + (b - a) * (b - a) * share * (1 - share);
}

void TreeBuilder::combine_classes(std::size_t i, const Node& left, const Node& right) {
    Node& node = nodes_[i];
    const double share = right.weight / node.weight;
    const double *a = value(node.left), *b = value(node.right);
    double* p = value(static_cast<std::int32_t>(i));
    double gini = 1, entropy = 0;
    for (std::size_t k = 0; k < n_outputs_; ++k) {
        p[k] = a[k] * (1 - share) + b[k] * share;
        gini -= p[k] * p[k];
        if (criterion_ == Criterion::entropy && p[k] > 0) entropy -= p[k] * elementary::log(p[k]);
    }
    static_cast<void>(left);
    node.impurity = criterion_ == Criterion::entropy ? entropy : gini > 0 ? gini : 0;
}

}  // namespace plantwright
