// SPDX-License-Identifier: MIT
#include "explain/set_walk.hpp"

#include <algorithm>
#include <bit>

#include "explain/groups_kernel.hpp"
#include "explain/shapley_weights.hpp"
#include "plantwright/core/isa.hpp"

namespace plantwright {
namespace {

constexpr Index kMostFew = 64;  // groups of either side: sorting them would cost more than it saves

}  // namespace

SetWalk::Stop& SetWalk::push() {
    if (n_stops_ == stops_.size()) stops_.push_back(std::make_unique<Stop>());
    return *stops_[n_stops_++];
}

void SetWalk::add(const WalkedTree& tree, const SetSums& sums, ProgressMonitor& monitor) {
    n_stops_ = 0;
    Stop& root = push();
    root.node = 0;
    root.n_features = 0;
    now_rows_.start();
    then_rows_.start();
    root.now.start(now_rows_);
    root.then.start(then_rows_);
    while (n_stops_ > 0) {
        monitor.poll();
        std::swap(here_, stops_[--n_stops_]);
        if (here_->now.size() == 0) continue;
        if (tree.tree.is_leaf(here_->node))
            add_leaf(tree, sums);
        else
            split(tree);
    }
}

FailedFeatures SetWalk::bit_of(std::uint32_t feature) {
    auto* const begin = here_->feature.data();
    auto* const end = begin + here_->n_features;
    auto* const at = std::find(begin, end, feature);
    if (at == end) {
        *at = feature;
        ++here_->n_features;
    }
    return FailedFeatures{1} << (at - begin);
}

void SetWalk::split(const WalkedTree& tree) {
    const SplitQuestion ask = tree.columns.question(tree.tree.view, here_->node);
    const FailedFeatures bit = bit_of(ask.feature);
    Stop &left = push(), &right = push();
    here_->now.split(now_rows_, rows_.column(tree.set, ask.column), ask, bit, left.now, right.now);
    here_->then.split(then_rows_, reference_.column(tree.set, ask.column), ask, bit, left.then, right.then);
    for (Stop* child : {&left, &right}) {
        child->node = tree.tree.child(here_->node, child == &left);
        child->n_features = here_->n_features;
        std::copy_n(here_->feature.begin(), here_->n_features, child->feature.begin());
        if (tree.tree.is_leaf(child->node)) continue;  // what has no partner takes nothing there
        child->now.keep_partners_of(child->then);
        child->then.keep_partners_of(child->now);
    }
}

/// Each pattern's sum over those that it has no failed feature in common with, shared by the features it fails.
void SetWalk::share_out(const LeafGroups& of, const LeafGroups& against, int n_features, double sign) {
    const GroupKernels& kernel = PLANTWRIGHT_KERNELS(kGroupKernels);
    weight_.resize(static_cast<std::size_t>(against.begin(n_features + 1) + kGroupLanes));
    const Index n_patterns = of.begin(n_features + 1);
    gain_.assign(static_cast<std::size_t>(n_patterns + kGroupLanes), 0.0);
    for (int a = 1; a <= n_features; ++a) {
        if (of.begin(a) == of.begin(a + 1)) continue;
        const double* weights = shapley_weights(a);
        for (int b = 0; a + b <= n_features; ++b) {
            const double weight = sign * weights[b];
            for (Index k = against.begin(b); k < against.begin(b + 1); ++k)
                weight_[static_cast<std::size_t>(k)] = weight * against.rows()[k];
        }
        const Index n = against.begin(n_features - a + 1);
        for (Index k = of.begin(a); k < of.begin(a + 1); ++k)
            gain_[static_cast<std::size_t>(k)] =
                of.rows()[k] * kernel.sum_of_disjoint(against.fails(), weight_.data(), n, of.fails()[k]);
    }
    kernel.add_by_bit(of.fails(), gain_.data(), n_patterns, n_features, part_.data());
}

/// Group against group, of which there are at most 64 on either side.
void SetWalk::share_out_few() {
    const GroupKernels& kernel = PLANTWRIGHT_KERNELS(kGroupKernels);
    const RowGroups &now = here_->now, &then = here_->then;
    const double* weights = shapley_weights(0);
    std::array<FailedFeatures, kMostFew> partners;
    std::array<double, kMostFew + kGroupLanes> gain, loss;
    std::fill_n(gain.begin(), then.size() + kGroupLanes, 0.0);
    std::fill_n(loss.begin(), now.size() + kGroupLanes, 0.0);
    kernel.partners(now.data(), now.size(), then.data(), then.size(), partners.data());
    for (Index g = 0; g < now.size(); ++g) {
        const RowGroups::Range& range = now.range(g);
        const double* losses = weights + range.n_fails * kTabledWeights;
        const auto k = static_cast<std::size_t>(g);
        for (FailedFeatures left = partners[k]; left != 0; left &= left - 1) {
            const int h = std::countr_zero(left);
            const RowGroups::Range& other = then.range(h);
            const double pairs = static_cast<double>(range.n_rows()) * other.n_rows();
            loss[k] -= pairs * losses[other.n_fails];
            gain[static_cast<std::size_t>(h)] += pairs * weights[other.n_fails * kTabledWeights + range.n_fails];
        }
    }
    kernel.add_by_bit(now.data(), loss.data(), now.size(), here_->n_features, part_.data());
    kernel.add_by_bit(then.data(), gain.data(), then.size(), here_->n_features, part_.data());
}

/// Rows of the reference that reach the leaf.
double SetWalk::share_out_leaf() {
    std::fill_n(part_.begin(), here_->n_features, 0.0);
    if (std::max(here_->now.size(), here_->then.size()) <= kMostFew) {
        share_out_few();
        double n = 0;
        for (Index h = 0; h < here_->then.size(); ++h)
            n += here_->then.fails(h) == 0 ? here_->then.range(h).n_rows() : 0;
        return n;
    }
    now_.gather(here_->now, here_->n_features);
    then_.gather(here_->then, here_->n_features);
    share_out(then_, now_, here_->n_features, 1);
    share_out(now_, then_, here_->n_features, -1);
    return then_.rows_that_reach();
}

void SetWalk::add_leaf(const WalkedTree& tree, const SetSums& sums) {
    const double n_reach = share_out_leaf();
    const Index n_outputs = tree.tree.n_outputs();
    for (Index o = 0; o < n_outputs; ++o) {
        const double value = tree.tree.value(here_->node, o) / tree.scale[static_cast<std::size_t>(o)];
        for (int k = 0; k < here_->n_features; ++k) {
            const auto bit = static_cast<std::size_t>(k);
            sums.features[here_->feature[bit] * n_outputs + o] += value * part_[bit];
        }
        sums.then[o] += value * n_reach;
    }
}

}  // namespace plantwright
