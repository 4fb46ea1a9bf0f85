// SPDX-License-Identifier: MIT
#include "forest/leaf_targets.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "forest/compact_nodes.hpp"
#include "forest/predictor.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/core/threads.hpp"

namespace plantwright {
namespace {

constexpr Index kMostNarrow = 65'536;
constexpr Index kBlock = 1024;

void require(bool ok, const char* what) {
    if (!ok) throw CorruptModel(std::string("forest: ") + what);
}

/// Distinct targets, in order, each once for every weight it comes with; and the rank of each row's.
struct RankedTargets {
    std::vector<double> value, weight;  // no weights where all are 1
    std::vector<std::uint32_t> rank_of_row;
    std::vector<std::uint32_t> order;  // the rows of positive weight, in the order of their ranks
};

RankedTargets ranked(const Vector& y, const Vector& row_weight) {
    const auto weight = [&](std::uint32_t row) { return row_weight.empty() ? 1.0 : row_weight[row]; };
    RankedTargets all;
    for (std::uint32_t row = 0; row < y.size(); ++row) {
        if (weight(row) > 0) all.order.push_back(row);
    }
    std::sort(all.order.begin(), all.order.end(), [&](std::uint32_t a, std::uint32_t b) {
        if (y[a] != y[b]) return y[a] < y[b];
        return weight(a) != weight(b) ? weight(a) < weight(b) : a < b;
    });
    all.rank_of_row.resize(static_cast<std::size_t>(y.size()));
    for (const std::uint32_t row : all.order) {
        const bool is_new = all.value.empty() || all.value.back() != y[row] ||
                            (!row_weight.empty() && all.weight.back() != weight(row));
        if (is_new) all.value.push_back(y[row]);
        if (is_new && !row_weight.empty()) all.weight.push_back(weight(row));
        all.rank_of_row[row] = static_cast<std::uint32_t>(all.value.size() - 1);
    }
    return all;
}

struct TargetsOfTree {
    std::vector<std::uint32_t> leaf_end, rank;
};

/// The node of tree t that each row reaches.
std::vector<std::uint32_t> leaf_nodes(const Predictor& predictor, const FeatureRows& rows, Index t) {
    KeyBlock block(predictor.forest());
    std::vector<std::uint32_t> node(static_cast<std::size_t>(rows.rows() + kRowLanes));
    for (Index begin = 0; begin < rows.rows(); begin += kBlock) {
        const KeyRows keys = block.read(rows, begin, std::min(rows.rows(), begin + kBlock));
        predictor.leaves_of_tree(keys, t, -1, LeafPart::node, node.data() + begin);
    }
    return node;
}

/// A counting sort of the rows by their leaves, which keeps them in the order of their ranks.
TargetsOfTree targets_of_tree(const CompactForest& forest, const LeafNumbers& numbers, Index t,
                              const std::vector<std::uint32_t>& node, const RankedTargets& targets) {
    const Index root = static_cast<Index>(forest.tree_begin[t]) + 1, first = root / 2;
    const auto leaf_of = [&](std::uint32_t row) { return static_cast<std::size_t>(numbers[root + node[row]] - first); };
    TargetsOfTree out;
    out.leaf_end.resize(static_cast<std::size_t>((forest.n_nodes(t) + 1) / 2));
    for (const std::uint32_t row : targets.order) ++out.leaf_end[leaf_of(row)];
    std::vector<std::uint32_t> at(out.leaf_end.size());
    std::exclusive_scan(out.leaf_end.begin(), out.leaf_end.end(), at.begin(), 0u);
    std::inclusive_scan(out.leaf_end.begin(), out.leaf_end.end(), out.leaf_end.begin());
    out.rank.resize(targets.order.size());
    for (const std::uint32_t row : targets.order) out.rank[at[leaf_of(row)]++] = targets.rank_of_row[row];
    return out;
}

/// Puts the leaves of trees one after another.
class Collector {
public:
    /// Trees whose ranks are `rank(0)`, `rank(1)`, ...
    template <class RankAt>
    void add(std::span<const std::int64_t> tree_begin, std::span<const std::uint32_t> leaf_end, RankAt&& rank) {
        const std::int64_t base = begin_.back() - tree_begin.front();
        for (const std::int64_t begin : tree_begin.subspan(1)) begin_.push_back(base + begin);
        leaf_end_.insert(leaf_end_.end(), leaf_end.begin(), leaf_end.end());
        for (std::int64_t i = tree_begin.front(); i < tree_begin.back(); ++i) rank_.push_back(rank(i));
    }
    void add(const TargetsOfTree& tree) {
        const std::int64_t begin[] = {0, std::ssize(tree.rank)};
        add(begin, tree.leaf_end, [&](std::int64_t i) { return tree.rank[static_cast<std::size_t>(i)]; });
    }

    /// With ranks in their narrowest type.
    LeafTargets finish(SharedArray<double> value, SharedArray<double> weight) const {
        LeafTargets all;
        all.value = std::move(value);
        all.weight = std::move(weight);
        all.tree_begin = Buffer<std::int64_t>(begin_);
        all.leaf_end = Buffer<std::uint32_t>(leaf_end_);
        if (all.value.size() > kMostNarrow) {
            all.rank = Buffer<std::uint32_t>(rank_);
            return all;
        }
        auto narrow = Buffer<std::uint16_t>::uninitialized(std::ssize(rank_));
        std::copy(rank_.begin(), rank_.end(), narrow.begin());
        all.narrow_rank = std::move(narrow);
        return all;
    }

private:
    std::vector<std::int64_t> begin_{0};
    std::vector<std::uint32_t> leaf_end_, rank_;
};

double weight_at(const LeafTargets& targets, Index rank) { return targets.weight.empty() ? 1 : targets.weight[rank]; }

using WeightedValue = std::pair<double, double>;

/// The values of all parts, each pair of value and weight once.
std::vector<WeightedValue> all_values(const std::vector<const LeafTargets*>& parts) {
    std::vector<WeightedValue> values;
    for (const LeafTargets* part : parts) {
        for (Index k = 0; k < part->value.size(); ++k) values.emplace_back(part->value[k], weight_at(*part, k));
    }
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
}

void check_values(const LeafTargets& t) {
    bool ok = true;
    for (Index k = 0; k < t.value.size(); ++k) {
        ok &= std::isfinite(t.value[k]) && (k == 0 || t.value[k - 1] <= t.value[k]);
        ok &= weight_at(t, k) > 0 && std::isfinite(weight_at(t, k));
    }
    require(ok, "targets are not finite and ascending, or weigh nothing");
}

/// Every leaf has ranks, and the leaves of a tree have those that the tree has.
void check_leaves(const LeafTargets& t, const CompactForest& forest) {
    for (Index tree = 0; tree < forest.n_trees(); ++tree) {
        std::int64_t end = 0;
        for (auto leaf = static_cast<Index>(forest.tree_begin[tree] / 2); leaf < forest.tree_begin[tree + 1] / 2;
             ++leaf) {
            require(t.leaf_end[leaf] > end, "a leaf has no targets");
            end = t.leaf_end[leaf];
        }
        require(t.tree_begin[tree] >= 0 && t.tree_begin[tree] <= t.n_ranks() &&
                    t.tree_begin[tree + 1] == t.tree_begin[tree] + end,
                "targets do not fit the leaves");
    }
    require(t.tree_begin[forest.n_trees()] == t.n_ranks(), "targets do not fit the leaves");
}

}  // namespace

LeafNumbers::LeafNumbers(const CompactForest& forest)
    : bits_(static_cast<std::size_t>(forest.n_places() / 64 + 1)), before_(bits_.size()) {
    const NodeFormat format = format_of_nodes(forest);
    for (Index t = 0; t < forest.n_trees(); ++t) {
        const auto root = static_cast<Index>(forest.tree_begin[t]) + 1;
        for (Index place = root; place < static_cast<Index>(forest.tree_begin[t + 1]); ++place) {
            const NodeParts parts = format.parts(forest.nodes.data() + place * forest.words_per_node());
            if (parts.slot == 0 && !parts.is_category)
                bits_[static_cast<std::size_t>(place / 64)] |= std::uint64_t{1} << (place % 64);
        }
    }
    for (std::size_t k = 1; k < bits_.size(); ++k)
        before_[k] = before_[k - 1] + static_cast<std::uint32_t>(std::popcount(bits_[k - 1]));
}

LeafTargets find_leaf_targets(const CompactForest& forest, const FeatureRows& rows, const Vector& y,
                              const Vector& row_weight, int n_threads) {
    const Predictor predictor(forest);
    const LeafNumbers numbers(forest);
    const RankedTargets targets = ranked(y, row_weight);
    std::vector<TargetsOfTree> trees(static_cast<std::size_t>(forest.n_trees()));
    parallel_for(forest.n_trees(), n_threads, [&](Index t, int) {
        trees[static_cast<std::size_t>(t)] =
            targets_of_tree(forest, numbers, t, leaf_nodes(predictor, rows, t), targets);
    });
    Collector leaves;
    for (const TargetsOfTree& tree : trees) leaves.add(tree);
    return leaves.finish(Buffer<double>(targets.value), Buffer<double>(targets.weight));
}

LeafTargets merged_targets(const std::vector<const LeafTargets*>& parts) {
    if (std::any_of(parts.begin(), parts.end(), [](const LeafTargets* part) { return part->empty(); })) return {};
    const std::vector<WeightedValue> all = all_values(parts);
    Collector leaves;
    for (const LeafTargets* part : parts) {
        std::vector<std::uint32_t> moved;  // by rank in the part
        for (Index k = 0; k < part->value.size(); ++k) {
            const auto at =
                std::lower_bound(all.begin(), all.end(), WeightedValue{part->value[k], weight_at(*part, k)});
            moved.push_back(static_cast<std::uint32_t>(at - all.begin()));
        }
        leaves.add(part->tree_begin, part->leaf_end, [&](Index i) { return moved[part->rank_at(i)]; });
    }
    Vector value(std::ssize(all)), weight(std::ssize(all));
    std::transform(all.begin(), all.end(), value.begin(), [](const auto& v) { return v.first; });
    std::transform(all.begin(), all.end(), weight.begin(), [](const auto& v) { return v.second; });
    const bool weighted = std::any_of(weight.begin(), weight.end(), [](double w) { return w != 1; });
    return leaves.finish(std::move(value), weighted ? std::move(weight) : Vector());
}

LeafTargets targets_between(const LeafTargets& targets, const CompactForest& forest, Index first, Index last) {
    if (targets.empty()) return {};
    const auto leaf = [&](Index tree) { return static_cast<std::size_t>(forest.tree_begin[tree] / 2); };
    const std::span<const std::int64_t> begin = targets.tree_begin;
    const std::span<const std::uint32_t> leaf_end = targets.leaf_end;
    Collector leaves;
    leaves.add(begin.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(last - first + 1)),
               leaf_end.subspan(leaf(first), leaf(last) - leaf(first)), [&](Index i) { return targets.rank_at(i); });
    return leaves.finish(targets.value, targets.weight);
}

void LeafTargets::validate(const CompactForest& forest) const {
    if (empty())
        return require(n_ranks() == 0 && value.empty() && weight.empty() && leaf_end.empty(), "targets of no tree");
    require(forest.n_outputs == 1, "targets of leaves of several outputs");
    require(tree_begin.size() == forest.n_trees() + 1 && tree_begin[0] == 0 && leaf_end.size() == forest.n_leaves(),
            "targets do not fit the leaves");
    const bool wide = value.size() > kMostNarrow;
    require(value.size() < (Index{1} << 32) && (weight.empty() || weight.size() == value.size()) &&
                (wide ? narrow_rank.empty() : rank.empty()),
            "targets and their ranks differ in number or width");
    check_values(*this);
    check_leaves(*this, forest);
    bool below = true;
    for (const std::uint16_t r : narrow_rank) below &= r < value.size();
    for (const std::uint32_t r : rank) below &= r < value.size();
    require(below, "a target's rank is out of range");
}

}  // namespace plantwright
