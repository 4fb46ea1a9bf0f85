// SPDX-License-Identifier: MIT
#include "forest/grown_tree.hpp"

#include <algorithm>

#include "plantwright/core/elementary.hpp"
#include "plantwright/forest/forest.hpp"

namespace plantwright {

void SplitLevels::clear() {
    pieces_.clear();
    levels_.clear();
}

void SplitLevels::add(std::int32_t node, std::span<const std::uint16_t> levels) {
    if (levels.empty()) return;
    pieces_.push_back({node, levels_.size(), levels_.size() + levels.size()});
    levels_.insert(levels_.end(), levels.begin(), levels.end());
}

void SplitLevels::write_to(GrownTree& tree) const {
    tree.level_offsets.clear();
    tree.levels.clear();
    if (pieces_.empty()) return;
    std::vector<const Piece*> of_node(tree.n_nodes());
    for (const Piece& piece : pieces_) of_node[static_cast<std::size_t>(piece.node)] = &piece;
    tree.level_offsets.push_back(0);
    for (const Piece* piece : of_node) {
        if (piece) {
            const auto at = levels_.begin();
            tree.levels.insert(tree.levels.end(), at + static_cast<std::ptrdiff_t>(piece->begin),
                               at + static_cast<std::ptrdiff_t>(piece->end));
        }
        tree.level_offsets.push_back(std::ssize(tree.levels));
    }
}

void TreeBuilder::clear() {
    levels_.clear();
    tree_.feature.clear();
    tree_.children_left.clear();
    tree_.children_right.clear();
    tree_.n_node_samples.clear();
    tree_.threshold.clear();
    tree_.missing_go_left.clear();
    tree_.weighted_n_node_samples.clear();
    tree_.impurity.clear();
    tree_.value.clear();
}

std::int32_t TreeBuilder::add(std::int32_t parent, bool is_left) {
    const auto node = static_cast<std::int32_t>(tree_.n_nodes());
    tree_.feature.push_back(kLeafFeature);
    tree_.children_left.push_back(kNoChild);
    tree_.children_right.push_back(kNoChild);
    tree_.n_node_samples.push_back(0);
    tree_.threshold.push_back(0);
    tree_.missing_go_left.push_back(0);
    tree_.weighted_n_node_samples.push_back(0);
    tree_.impurity.push_back(0);
    tree_.value.resize(tree_.value.size() + n_outputs_);
    if (parent != kNoParent) {
        (is_left ? tree_.children_left : tree_.children_right)[static_cast<std::size_t>(parent)] = node;
    }
    return node;
}

void TreeBuilder::set_split(std::int32_t node, const Split& split) {
    const auto i = static_cast<std::size_t>(node);
    tree_.feature[i] = split.feature;
    tree_.threshold[i] = split.threshold;
    tree_.missing_go_left[i] = split.missing_go_left;
    levels_.add(node, split.levels);
}

void TreeBuilder::set_leaf(std::int32_t node, int n_rows, const NodeStatistics& statistics) {
    const auto i = static_cast<std::size_t>(node);
    tree_.n_node_samples[i] = n_rows;
    tree_.weighted_n_node_samples[i] = statistics.weight;
    tree_.impurity[i] = statistics.impurity;
}

GrownTree TreeBuilder::release() {
    levels_.write_to(tree_);
    return std::exchange(tree_, {});
}

void TreeBuilder::append(const GrownTree& below, std::int32_t parent, bool is_left) {
    const auto first = static_cast<std::int32_t>(tree_.n_nodes());
    const auto add_all = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    const auto add_children = [&](std::vector<std::int32_t>& to, const std::vector<std::int32_t>& from) {
        for (const std::int32_t child : from) to.push_back(child == kNoChild ? kNoChild : child + first);
    };
    add_all(tree_.feature, below.feature);
    add_children(tree_.children_left, below.children_left);
    add_children(tree_.children_right, below.children_right);
    add_all(tree_.n_node_samples, below.n_node_samples);
    add_all(tree_.threshold, below.threshold);
    add_all(tree_.missing_go_left, below.missing_go_left);
    add_all(tree_.weighted_n_node_samples, below.weighted_n_node_samples);
    add_all(tree_.impurity, below.impurity);
    add_all(tree_.value, below.value);
    for (std::size_t k = 0; k < below.n_nodes(); ++k)
        levels_.add(first + static_cast<std::int32_t>(k), below.levels_left(k));
    if (parent != kNoParent)
        (is_left ? tree_.children_left : tree_.children_right)[static_cast<std::size_t>(parent)] = first;
}

GrownTree& TreeBuilder::finish() {
    levels_.write_to(tree_);
    for (std::size_t i = tree_.n_nodes(); i-- > 0;) {
        if (tree_.children_left[i] == kNoChild) continue;
        const auto left = static_cast<std::size_t>(tree_.children_left[i]),
                   right = static_cast<std::size_t>(tree_.children_right[i]);
        tree_.n_node_samples[i] = tree_.n_node_samples[left] + tree_.n_node_samples[right];
        tree_.weighted_n_node_samples[i] = tree_.weighted_n_node_samples[left] + tree_.weighted_n_node_samples[right];
        if (is_classification_)
            combine_classes(i);
        else
            combine_means(i);
    }
    return tree_;
}

void TreeBuilder::combine_means(std::size_t i) {
    const auto left = static_cast<std::size_t>(tree_.children_left[i]),
               right = static_cast<std::size_t>(tree_.children_right[i]);
    const double share = tree_.weighted_n_node_samples[right] / tree_.weighted_n_node_samples[i];
    const double *a = value(tree_.children_left[i]), *b = value(tree_.children_right[i]);
    double* mean = value(static_cast<std::int32_t>(i));
    double between = 0;
    for (std::size_t k = 0; k < n_outputs_; ++k) {
        const double difference = b[k] - a[k];
        mean[k] = a[k] + difference * share;
        between += difference * difference / n_averaged_;
    }
    tree_.impurity[i] =
        tree_.impurity[left] * (1 - share) + tree_.impurity[right] * share + between * share * (1 - share);
}

void TreeBuilder::combine_classes(std::size_t i) {
    const auto right = static_cast<std::size_t>(tree_.children_right[i]);
    const double share = tree_.weighted_n_node_samples[right] / tree_.weighted_n_node_samples[i];
    const double *a = value(tree_.children_left[i]), *b = value(tree_.children_right[i]);
    double* p = value(static_cast<std::int32_t>(i));
    double gini = 1, entropy = 0;
    for (std::size_t k = 0; k < n_outputs_; ++k) {
        p[k] = a[k] * (1 - share) + b[k] * share;
        gini -= p[k] * p[k];
        if (criterion_ == Criterion::entropy && p[k] > 0) entropy -= p[k] * elementary::log(p[k]);
    }
    tree_.impurity[i] = criterion_ == Criterion::entropy ? entropy : std::max(gini, 0.0);
}

}  // namespace plantwright
