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
}

/// The arrays but for `feature`, which says how many nodes there are, are longer than the tree while it grows.
void TreeBuilder::resize_arrays(std::size_t n) {
    tree_.children_left.resize(n);
    tree_.children_right.resize(n);
    tree_.n_node_samples.resize(n);
    tree_.threshold.resize(n);
    tree_.missing_go_left.resize(n);
    tree_.weighted_n_node_samples.resize(n);
    tree_.impurity.resize(n);
    tree_.value.resize(n * n_outputs_);
}

void TreeBuilder::make_room(std::size_t n) {
    if (n > tree_.impurity.size()) resize_arrays(std::max(n, 2 * tree_.impurity.size()));
}

std::int32_t TreeBuilder::add(std::int32_t parent, bool is_left) {
    const std::size_t i = tree_.n_nodes();
    make_room(i + 1);
    tree_.feature.push_back(kLeafFeature);
    tree_.children_left[i] = tree_.children_right[i] = kNoChild;
    tree_.threshold[i] = 0;
    tree_.missing_go_left[i] = 0;
    std::fill_n(tree_.value.data() + i * n_outputs_, n_outputs_, 0.0);
    const auto node = static_cast<std::int32_t>(i);
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
    resize_arrays(tree_.n_nodes());
    levels_.write_to(tree_);
    return std::exchange(tree_, {});
}

void TreeBuilder::append(const GrownTree& below, std::int32_t parent, bool is_left) {
    const std::size_t n = tree_.n_nodes();
    make_room(n + below.n_nodes());
    const auto first = static_cast<std::int32_t>(n);
    const auto copy = [](auto& to, std::size_t at, const auto& from) {
        std::copy(from.begin(), from.end(), to.begin() + static_cast<std::ptrdiff_t>(at));
    };
    const auto copy_children = [&](std::vector<std::int32_t>& to, const std::vector<std::int32_t>& from) {
        for (std::size_t k = 0; k < from.size(); ++k) to[n + k] = from[k] == kNoChild ? kNoChild : from[k] + first;
    };
    tree_.feature.insert(tree_.feature.end(), below.feature.begin(), below.feature.end());
    copy_children(tree_.children_left, below.children_left);
    copy_children(tree_.children_right, below.children_right);
    copy(tree_.n_node_samples, n, below.n_node_samples);
    copy(tree_.threshold, n, below.threshold);
    copy(tree_.missing_go_left, n, below.missing_go_left);
    copy(tree_.weighted_n_node_samples, n, below.weighted_n_node_samples);
    copy(tree_.impurity, n, below.impurity);
    copy(tree_.value, n * n_outputs_, below.value);
    for (std::size_t k = 0; k < below.n_nodes(); ++k)
        levels_.add(first + static_cast<std::int32_t>(k), below.levels_left(k));
    if (parent != kNoParent)
        (is_left ? tree_.children_left : tree_.children_right)[static_cast<std::size_t>(parent)] = first;
}

GrownTree& TreeBuilder::finish() {
    resize_arrays(tree_.n_nodes());
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
