// SPDX-License-Identifier: MIT
#include "forest/hyperplane_grower.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "plantwright/core/isa.hpp"

namespace plantwright {
namespace {

/// Of the values that are there.
struct Moments {
    double mean = 0, deviation = 0;
};

Moments moments_of(const float* column, std::span<const RowId> rows) {
    double sum = 0, squares = 0;
    double n = 0;
    for (const RowId row : rows) {
        if (std::isnan(column[row])) continue;
        sum += static_cast<double>(column[row]);
        ++n;
    }
    const double mean = n > 0 ? sum / n : 0;
    for (const RowId row : rows) {
        const double difference = static_cast<double>(column[row]) - mean;
        if (!std::isnan(difference)) squares += difference * difference;
    }
    return {mean, n > 0 ? std::sqrt(squares / n) : 0};
}

std::uint64_t leaf_word(double value) { return std::bit_cast<std::uint32_t>(static_cast<float>(value)); }

}  // namespace

HyperplaneGrower::HyperplaneGrower(const IsolationPlan& plan, Index ndim)
    : plan_(plan), ndim_(static_cast<std::size_t>(ndim)), draws_(plan) {}

void HyperplaneGrower::grow(Index tree, Index next, HyperplaneTrees& trees) {
    sample_ = draws_.draw(tree, next);
    PLANTWRIGHT_KERNELS(kIsolationKernels).fetch(sample_.next);
    key_ = plan_.key(tree);
    start(trees);
    add({.path = 1, .begin = 0, .n = rows_.size(), .depth = 0});
    for (std::size_t place = 0; place < queue_.size(); ++place) split(queue_[place], place);
    trees.n_nodes.push_back(std::ssize(queue_));
}

void HyperplaneGrower::start(HyperplaneTrees& trees) {
    features_.assign(sample_.features.begin(), sample_.features.end());
    rows_.resize(static_cast<std::size_t>(sample_.n_rows));
    std::iota(rows_.begin(), rows_.end(), RowId{0});
    z_.resize(rows_.size());
    queue_.clear();
    out_ = &trees;
    first_node_ = trees.nodes.size();
    first_plane_ = trees.threshold.size();
}

/// As a leaf, until it is split.
void HyperplaneGrower::add(const Node& node) {
    queue_.push_back(node);
    out_->nodes.push_back(leaf_word(node.depth + plan_.path_length()[node.n]));
    out_->n_node_samples.push_back(static_cast<std::uint32_t>(node.n));
}

void HyperplaneGrower::split(const Node& asked, std::size_t place) {
    const Node node = asked;  // the queue grows
    if (node.n < 2 || node.depth >= plan_.max_depth()) return;
    RandomStream random(key_, node.path, Purpose::split);
    if (!draw_plane(node, random)) return;
    const auto [low, high] = std::minmax_element(z_.begin() + static_cast<std::ptrdiff_t>(node.begin),
                                                 z_.begin() + static_cast<std::ptrdiff_t>(node.begin + node.n));
    if (!(*low < *high)) return;
    double threshold = *low + (*high - *low) * random.uniform();
    if (!(threshold < *high)) threshold = *low;
    const std::uint64_t plane = out_->threshold.size() - first_plane_, distance = queue_.size() - place;
    out_->nodes[first_node_ + place] = distance << 32 | plane;
    for (const Term& term : terms_) {
        out_->feature.push_back(term.feature);
        out_->coefficient.push_back(term.coefficient);
        out_->mean.push_back(term.mean);
    }
    out_->threshold.push_back(threshold);
    const std::size_t n_left = part(node, threshold);
    add({2 * node.path, node.begin, n_left, node.depth + 1});
    add({2 * node.path + 1, node.begin + n_left, node.n - n_left, node.depth + 1});
}

/// Fills terms_ and the rows' z_; false where no feature varies.
bool HyperplaneGrower::draw_plane(const Node& node, RandomStream& random) {
    terms_.clear();
    std::fill_n(z_.begin() + static_cast<std::ptrdiff_t>(node.begin), node.n, 0.0);
    for (std::size_t k = 0; k < features_.size() && terms_.size() < ndim_; ++k) {
        std::swap(features_[k], features_[k + random.below(features_.size() - k)]);
        add_term(features_[k], node, random);
    }
    const bool any = !terms_.empty();
    terms_.resize(ndim_, Term{0, 0, 0});
    return any;
}

bool HyperplaneGrower::add_term(const IsolationFeature& feature, const Node& node, RandomStream& random) {
    const float* column = sample_.block->columns() + Index{feature.column} * sample_.block->stride();
    const Moments moments = moments_of(column, rows_of(node));
    if (!(moments.deviation > 0)) return false;
    const auto coefficient = static_cast<float>(random.normal() / moments.deviation);
    if (!std::isfinite(coefficient) || coefficient == 0) return false;  // beyond float32
    terms_.push_back({static_cast<std::int32_t>(feature.slot) - 1, coefficient, static_cast<float>(moments.mean)});
    project(node, terms_.back(), column);
    return true;
}

void HyperplaneGrower::project(const Node& node, const Term& term, const float* column) {
    const double coefficient = static_cast<double>(term.coefficient), mean = static_cast<double>(term.mean);
    for (std::size_t i = node.begin; i < node.begin + node.n; ++i) {
        const float x = column[rows_[i]];
        if (!std::isnan(x)) z_[i] += coefficient * (static_cast<double>(x) - mean);
    }
}

/// Left rows first, both in their order.
std::size_t HyperplaneGrower::part(const Node& node, double threshold) {
    right_.clear();
    std::size_t left = node.begin;
    for (std::size_t i = node.begin; i < node.begin + node.n; ++i) {
        if (z_[i] <= threshold)
            rows_[left++] = rows_[i];
        else
            right_.push_back(rows_[i]);
    }
    std::copy(right_.begin(), right_.end(), rows_.begin() + static_cast<std::ptrdiff_t>(left));
    return left - node.begin;
}

namespace {

template <class T>
Buffer<T> all(const std::vector<HyperplaneTrees>& parts, std::vector<T> HyperplaneTrees::*member) {
    std::vector<T> values;
    for (const HyperplaneTrees& part : parts) {
        values.insert(values.end(), (part.*member).begin(), (part.*member).end());
    }
    return Buffer<T>(std::span<const T>(values));
}

}  // namespace

HyperplaneForest joined(const std::vector<HyperplaneTrees>& parts, Index n_features, Index ndim) {
    HyperplaneForest forest;
    forest.n_features = n_features;
    forest.ndim = ndim;
    const Buffer<std::int64_t> n_nodes = all(parts, &HyperplaneTrees::n_nodes);
    Buffer<std::int64_t> begin(n_nodes.size() + 1);
    std::partial_sum(n_nodes.begin(), n_nodes.end(), begin.begin() + 1);
    forest.tree_begin = std::move(begin);
    forest.nodes = all(parts, &HyperplaneTrees::nodes);
    forest.n_node_samples = all(parts, &HyperplaneTrees::n_node_samples);
    forest.feature = all(parts, &HyperplaneTrees::feature);
    forest.coefficient = all(parts, &HyperplaneTrees::coefficient);
    forest.mean = all(parts, &HyperplaneTrees::mean);
    forest.threshold = all(parts, &HyperplaneTrees::threshold);
    return forest;
}

}  // namespace plantwright
