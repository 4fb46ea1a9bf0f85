// SPDX-License-Identifier: MIT
/// From compact nodes back to plain arrays, with the statistics of inner nodes derived from those of the leaves: by the
/// same operations after fit and after load, so that both give the same bits.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "forest/compact_nodes.hpp"
#include "forest/level_sets.hpp"
#include "forest/ordered_bits.hpp"
#include "plantwright/core/elementary.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

Forest empty_arrays(const CompactForest& from, Index n_trees, Index n_nodes) {
    Forest f;
    f.n_features = from.n_features;
    f.n_outputs = from.n_outputs;
    f.inner_statistics = from.inner_statistics;
    f.base = from.base;
    f.scale = from.scale;
    f.tree_offsets = Buffer<std::int64_t>(n_trees + 1);
    f.feature = Buffer<std::int32_t>::uninitialized(n_nodes);
    f.threshold = Buffer<float>::uninitialized(n_nodes);
    f.children_left = Buffer<std::int32_t>::uninitialized(n_nodes);
    f.children_right = Buffer<std::int32_t>::uninitialized(n_nodes);
    f.missing_go_left = Buffer<std::uint8_t>::uninitialized(n_nodes);
    f.n_node_samples = Buffer<std::int32_t>::uninitialized(n_nodes);
    f.weighted_n_node_samples = Vector::uninitialized(n_nodes);
    f.impurity = Vector::uninitialized(n_nodes);
    f.value = Vector::uninitialized(n_nodes * from.n_outputs);
    if (!from.has_categories()) return f;
    f.n_levels = Buffer<std::int32_t>(std::span<const std::int32_t>(from.n_levels));
    f.level_offsets = Buffer<std::int64_t>(n_nodes + 1);
    return f;
}

/// Writes tree t into the arrays of `out` from node `at` on; levels are appended to `levels`.
class TreeExpander {
public:
    TreeExpander(const CompactForest& from, Index t, Forest& out, Index at, std::vector<std::uint16_t>& levels)
        : from_(from), nodes_(format_of_nodes(from)), out_(out), levels_(levels), at_(at), n_(from.n_nodes(t)),
          first_(static_cast<Index>(from.tree_begin[t]) + 1), leaf_(first_ / 2),
          inner_(from.n_leaves() + first_ / 2 - t), inner_value_((first_ / 2 - t) * from.n_outputs),
          half_(half_slots(from.n_features)) {}

    void run() {
        for (Index k = 0; k < n_; ++k) {
            const NodeParts parts = nodes_.parts(from_.nodes.data() + (first_ + k) * from_.words_per_node());
            if (parts.slot == 0)
                put_leaf(k, parts);
            else
                put_inner(k, parts);
            if (nodes_.has_categories) out_.level_offsets[at_ + k + 1] = std::ssize(levels_);
        }
        if (from_.inner_statistics == InnerStatistics::stored) return;
        for (Index k = n_ - 1; k >= 0; --k) {  // children stand after their parents
            if (out_.children_left[at_ + k] != kNoChild) derive(at_ + k);
        }
        for (Index k = 0; k < n_ && from_.n_outputs == 1; ++k)
            out_.value[at_ + k] = from_.base + from_.scale * out_.value[at_ + k];
    }

private:
    void put_leaf(Index k, const NodeParts& parts) {
        const Index i = at_ + k;
        out_.feature[i] = kLeafFeature;
        out_.threshold[i] = 0;
        out_.children_left[i] = out_.children_right[i] = kNoChild;
        out_.missing_go_left[i] = 0;
        put_statistics(i, leaf_++);
        put_leaf_value(i, parts.low);
    }

    /// With derived statistics the mean stays relative to base and scale until all are derived.
    void put_leaf_value(Index i, std::uint32_t payload) {
        const Index n_outputs = from_.n_outputs;
        double* value = out_.value.data() + i * n_outputs;
        if (n_outputs == 1) {
            const auto v = static_cast<double>(std::bit_cast<float>(payload));
            *value = from_.inner_statistics == InnerStatistics::stored ? from_.base + from_.scale * v : v;
        } else if (payload < n_outputs) {
            std::fill_n(value, n_outputs, 0.0);
            value[payload] = 1;
        } else {
            std::copy_n(from_.leaf_table.data() + (static_cast<Index>(payload) - n_outputs) * n_outputs, n_outputs,
                        value);
        }
        if (from_.inner_statistics == InnerStatistics::gini || from_.inner_statistics == InnerStatistics::entropy) {
            out_.impurity[i] = class_impurity(value);
        }
    }

    void put_inner(Index k, const NodeParts& parts) {
        const Index i = at_ + k;
        const bool upper = parts.slot > half_;
        out_.feature[i] = static_cast<std::int32_t>(parts.slot - 1 - (upper ? half_ : 0));
        out_.children_left[i] = static_cast<std::int32_t>(k + static_cast<Index>(parts.distance));
        out_.children_right[i] = out_.children_left[i] + 1;
        if (parts.is_category) {
            put_levels(i, parts.low, upper);
        } else {
            out_.threshold[i] = from_ordered_bits(parts.low);
            out_.missing_go_left[i] = upper;
        }
        if (from_.inner_statistics != InnerStatistics::stored) return;
        put_statistics(i, inner_++);
        std::copy_n(from_.inner_value.data() + inner_value_, from_.n_outputs, out_.value.data() + i * from_.n_outputs);
        inner_value_ += from_.n_outputs;
    }

    void put_levels(Index i, std::uint32_t low, bool many) {
        const std::size_t n = levels_.size();
        out_.missing_go_left[i] = many ? read_set(from_.level_sets.data() + low, levels_) : read_mask(low, levels_);
        out_.threshold[i] = levels_.size() > n ? 0 : std::numeric_limits<float>::infinity();
    }

    void put_statistics(Index i, Index at) {
        const std::uint32_t rows = from_.n_node_samples[at];
        out_.n_node_samples[i] = static_cast<std::int32_t>(rows);
        out_.weighted_n_node_samples[i] = !from_.whole_weight.empty() ? from_.whole_weight[at]
                                          : from_.weight.empty()      ? rows
                                                                      : from_.weight[at];
        out_.impurity[i] = from_.impurity.empty() ? 0 : from_.impurity[at];
    }

    void derive(Index i) {
        const Index left = at_ + out_.children_left[i], right = left + 1;
        out_.n_node_samples[i] = out_.n_node_samples[left] + out_.n_node_samples[right];
        const double left_weight = out_.weighted_n_node_samples[left],
                     right_weight = out_.weighted_n_node_samples[right];
        const double weight = left_weight + right_weight;
        out_.weighted_n_node_samples[i] = weight;
        if (from_.inner_statistics == InnerStatistics::squared_error) {
            derive_variance(i, left, right, left_weight / weight, right_weight / weight);
        } else {
            derive_fractions(i, left, right, left_weight / weight, right_weight / weight);
        }
    }

    /// Chan, Golub & LeVeque (1979): the variance within the halves, and between them; the mean over the outputs.
    void derive_variance(Index i, Index left, Index right, double left_share, double right_share) {
        const Index n = from_.n_outputs;
        double* value = out_.value.data();
        double between = 0;
        for (Index k = 0; k < n; ++k) {
            const double difference = value[right * n + k] - value[left * n + k], scaled = from_.scale * difference;
            value[i * n + k] = value[left * n + k] + difference * right_share;
            between += scaled * scaled / static_cast<double>(n);
        }
        const double within = left_share * out_.impurity[left] + right_share * out_.impurity[right];
        out_.impurity[i] = within + between * left_share * right_share;
    }

    void derive_fractions(Index i, Index left, Index right, double left_share, double right_share) {
        const Index n = from_.n_outputs;
        double* value = out_.value.data();
        for (Index k = 0; k < n; ++k)
            value[i * n + k] = left_share * value[left * n + k] + right_share * value[right * n + k];
        out_.impurity[i] = class_impurity(value + i * n);
    }

    double class_impurity(const double* fraction) const {
        const bool entropy = from_.inner_statistics == InnerStatistics::entropy;
        double sum = entropy ? 0 : 1;
        Index n_present = 0;
        for (Index k = 0; k < from_.n_outputs; ++k) {
            const double p = fraction[k];
            if (p <= 0) continue;
            ++n_present;
            sum -= p * (entropy ? elementary::log(p) : p);
        }
        return n_present == 1 ? 0 : std::max(sum, 0.0);
    }

    const CompactForest& from_;
    NodeFormat nodes_;
    Forest& out_;
    std::vector<std::uint16_t>& levels_;
    Index at_, n_, first_;
    Index leaf_, inner_, inner_value_;  // where the next one's statistics stand
    std::uint64_t half_;
};

/// Adds one tree's decrease in impurity by feature, normalised to sum 1; returns whether it has any.
bool add_importances(const TreeView& tree, Vector& sum) {
    Vector own(sum.size());
    double total = 0;
    const auto mass = [&](std::size_t k) { return tree.weighted_n_node_samples[k] * tree.impurity[k]; };
    for (std::size_t k = 0; k < tree.feature.size(); ++k) {
        if (tree.children_left[k] == kNoChild) continue;
        const double decrease = mass(k) - mass(static_cast<std::size_t>(tree.children_left[k])) -
                                mass(static_cast<std::size_t>(tree.children_right[k]));
        own[tree.feature[k]] += decrease;
        total += decrease;
    }
    for (Index j = 0; j < sum.size() && total > 0; ++j) sum[j] += own[j] / total;
    return total > 0;
}

}  // namespace

TreeView CompactForest::tree(Index i) const {
    if (i < 0 || i >= n_trees()) {
        throw InvalidArgument("forest: tree must be from 0 to " + std::to_string(n_trees() - 1) + ", got " +
                              std::to_string(i));
    }
    auto arrays = std::make_shared<Forest>(empty_arrays(*this, 1, n_nodes(i)));
    arrays->tree_offsets[1] = n_nodes(i);
    std::vector<std::uint16_t> levels;
    TreeExpander(*this, i, *arrays, 0, levels).run();
    arrays->levels = Buffer<std::uint16_t>(std::span<const std::uint16_t>(levels));
    TreeView view = arrays->tree(0);
    view.owner = std::move(arrays);
    return view;
}

Forest CompactForest::to_forest() const {
    Forest forest = empty_arrays(*this, n_trees(), n_nodes());
    std::vector<std::uint16_t> levels;
    for (Index t = 0; t < n_trees(); ++t) {
        forest.tree_offsets[t + 1] = forest.tree_offsets[t] + n_nodes(t);
        TreeExpander(*this, t, forest, forest.tree_offsets[t], levels).run();
    }
    forest.levels = Buffer<std::uint16_t>(std::span<const std::uint16_t>(levels));
    return forest;
}

Vector CompactForest::feature_importances() const {
    Vector sum(n_features);
    double n_grown = 0;
    for (Index t = 0; t < n_trees(); ++t) n_grown += add_importances(tree(t), sum);
    for (double& s : sum) s /= std::max(n_grown, 1.0);
    return sum;
}

}  // namespace plantwright
