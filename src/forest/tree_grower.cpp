// SPDX-License-Identifier: MIT
#include "forest/tree_grower.hpp"

#include <algorithm>

#include "forest/node_random.hpp"
#include "plantwright/forest/forest.hpp"

namespace plantwright {
namespace {

constexpr double kImpuritySlack = std::numeric_limits<double>::epsilon();  // as scikit-learn, against rounding

}  // namespace

bool TreeGrower::Candidate::operator<(const Candidate& other) const {
    return improvement != other.improvement ? improvement < other.improvement : node > other.node;
}

GrownTree& TreeGrower::grow(TreeSample& sample, std::uint64_t key) {
    sample_ = &sample;
    tree_ = {};
    levels_.clear();
    finder_->start_tree(sample);
    const Pending root{.range = {0, sample.rows.size(), key}};
    if (settings_.max_leaf_nodes > 0)
        grow_best_first(root);
    else
        grow_depth_first(root);
    levels_.write_to(tree_);
    return tree_;
}

void TreeGrower::grow_depth_first(Pending root) {
    std::vector<Pending> stack{root};
    while (!stack.empty()) {
        const Pending pending = stack.back();
        stack.pop_back();
        const std::int32_t node = add_node(pending);
        Candidate candidate;
        if (!try_split(node, pending, candidate)) continue;
        set_split(node, candidate.split);
        stack.push_back(right_child(candidate));
        stack.push_back(left_child(candidate));
    }
}

void TreeGrower::grow_best_first(Pending root) {
    std::vector<Candidate> heap;
    push_candidate(root, heap);
    for (Index n_leaves = 1; !heap.empty() && n_leaves < settings_.max_leaf_nodes; ++n_leaves) {
        std::pop_heap(heap.begin(), heap.end());
        const Candidate candidate = heap.back();
        heap.pop_back();
        set_split(candidate.node, candidate.split);
        push_candidate(left_child(candidate), heap);
        push_candidate(right_child(candidate), heap);
    }
}

void TreeGrower::push_candidate(const Pending& pending, std::vector<Candidate>& heap) {
    const std::int32_t node = add_node(pending);
    Candidate candidate;
    if (!try_split(node, pending, candidate)) return;
    heap.push_back(candidate);
    std::push_heap(heap.begin(), heap.end());
}

std::int32_t TreeGrower::add_node(const Pending& pending) {
    const auto node = static_cast<std::int32_t>(tree_.n_nodes());
    tree_.value.resize(tree_.value.size() + n_outputs_);
    const NodeStatistics statistics =
        values_.of(rows_of(pending.range), *sample_, tree_.value.data() + tree_.value.size() - n_outputs_);
    keep_within_bounds(pending.range, tree_.value.data() + tree_.value.size() - n_outputs_);
    tree_.feature.push_back(kLeafFeature);
    tree_.threshold.push_back(0);
    tree_.children_left.push_back(kNoChild);
    tree_.children_right.push_back(kNoChild);
    tree_.missing_go_left.push_back(0);
    tree_.n_node_samples.push_back(static_cast<std::int32_t>(pending.range.size()));
    tree_.weighted_n_node_samples.push_back(statistics.weight);
    tree_.impurity.push_back(statistics.impurity);
    if (pending.parent != kNoParent) {
        auto& siblings = pending.is_left ? tree_.children_left : tree_.children_right;
        siblings[static_cast<std::size_t>(pending.parent)] = node;
    }
    return node;
}

void TreeGrower::set_split(std::int32_t node, const Split& split) {
    const auto i = static_cast<std::size_t>(node);
    tree_.feature[i] = split.feature;
    tree_.threshold[i] = split.threshold;
    tree_.missing_go_left[i] = split.missing_go_left;
    levels_.add(node, split.levels);
}

bool TreeGrower::must_be_leaf(std::int32_t node, const Pending& pending) const {
    const auto i = static_cast<std::size_t>(node);
    const Index n = pending.range.size();
    const double min_weight = settings_.min_weight_fraction_leaf * sample_->total_weight;
    return tree_.impurity[i] <= 0 || n < settings_.min_samples_split || n < 2 * settings_.min_samples_leaf ||
           tree_.weighted_n_node_samples[i] < 2 * min_weight || pending.depth >= settings_.max_depth;
}

bool TreeGrower::try_split(std::int32_t node, const Pending& pending, Candidate& candidate) {
    monitor_.poll();
    if (must_be_leaf(node, pending)) return false;
    const Split split = finder_->find(pending.range);
    if (!split.found()) return false;
    const Index n_left = finder_->partition(pending.range, split);
    candidate = {0, node, pending, n_left, split};
    if (settings_.min_impurity_decrease <= 0 && settings_.max_leaf_nodes == 0) return true;
    candidate.improvement = improvement(node, pending.range, n_left);
    return candidate.improvement + kImpuritySlack >= settings_.min_impurity_decrease;
}

/// N_t / N (impurity - N_R / N_t impurity_R - N_L / N_t impurity_L)
double TreeGrower::improvement(std::int32_t node, const NodeRange& range, Index n_left) {
    const auto rows = rows_of(range);
    const NodeStatistics left = values_.of(rows.first(static_cast<std::size_t>(n_left)), *sample_);
    const NodeStatistics right = values_.of(rows.subspan(static_cast<std::size_t>(n_left)), *sample_);
    const double weight = tree_.weighted_n_node_samples[static_cast<std::size_t>(node)];
    const double impurity = tree_.impurity[static_cast<std::size_t>(node)];
    return weight / sample_->total_weight *
           (impurity - right.weight / weight * right.impurity - left.weight / weight * left.impurity);
}

/// A split does not let the sides cross, and their subtrees stay on their side of the middle; rounding is cut off.
void TreeGrower::keep_within_bounds(const NodeRange& range, double* value) const {
    if (settings_.monotonic.empty()) return;
    double& constrained = target_.is_classification() ? value[n_outputs_ - 1] : value[0];
    constrained = std::clamp(constrained, range.lower + target_.centre, range.upper + target_.centre);
    if (target_.is_classification() && n_outputs_ == 2) value[0] = 1 - constrained;
}

int TreeGrower::direction_of(const Split& split) const {
    return settings_.monotonic.empty() ? 0 : settings_.monotonic[static_cast<std::size_t>(split.feature)];
}

TreeGrower::Pending TreeGrower::left_child(const Candidate& candidate) const {
    NodeRange range = candidate.at.range;
    range.end = range.begin + candidate.n_left;
    range.key = left_key(range.key);
    if (direction_of(candidate.split) > 0) range.upper = candidate.split.middle;
    if (direction_of(candidate.split) < 0) range.lower = candidate.split.middle;
    return {range, candidate.at.depth + 1, candidate.node, true};
}

TreeGrower::Pending TreeGrower::right_child(const Candidate& candidate) const {
    NodeRange range = candidate.at.range;
    range.begin += candidate.n_left;
    range.key = right_key(range.key);
    if (direction_of(candidate.split) > 0) range.lower = candidate.split.middle;
    if (direction_of(candidate.split) < 0) range.upper = candidate.split.middle;
    return {range, candidate.at.depth + 1, candidate.node, false};
}

std::span<const RowId> TreeGrower::rows_of(const NodeRange& range) const {
    return std::span<const RowId>(sample_->rows)
        .subspan(static_cast<std::size_t>(range.begin), static_cast<std::size_t>(range.size()));
}

}  // namespace plantwright
