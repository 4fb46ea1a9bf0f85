// SPDX-License-Identifier: MIT
#include "forest/quantiles.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "plantwright/core/error.hpp"
#include "plantwright/core/threads.hpp"

namespace plantwright {
namespace {

constexpr Index kMostLeaves = Index{1} << 17;  // of a block of rows, in all trees
constexpr Index kLeastBlock = 64, kMostBlock = 1024;
constexpr Index kTableRanks = 8;  // of a table that cost as much as one to sort
constexpr int kFanOut = 6;        // log2 of the ranks, or sums, in one sum of the next level

using Sum = std::uint64_t;

void check(ConstVectorView quantiles) {
    for (Index k = 0; k < quantiles.size(); ++k) {
        if (quantiles[k] >= 0 && quantiles[k] <= 1) continue;
        throw InvalidArgument("random forest: quantiles must be in [0, 1], got " + std::to_string(quantiles[k]));
    }
}

/// The least sum that counts as q of the total. Each of `n` weights is rounded by up to half a unit, q and the product
/// to 53 bits.
Sum least_sum(double q, Sum total, Sum n) {
    if (q >= 1) return total;
    __extension__ using Wide = unsigned __int128;
    constexpr int kBits = 62;
    const auto share = static_cast<Wide>(std::ldexp(q, kBits));
    const auto exact = static_cast<Sum>((share * total + ((Wide{1} << kBits) - 1)) >> kBits);
    const Sum slack = n + (total >> 51);
    return exact > slack ? exact - slack : 1;
}

/// What each rank of a leaf adds: the leaf weighs `unit` in all.
template <class Rank, class Add>
void weigh(std::span<const Rank> ranks, const SharedArray<double>& weight, Sum unit, Add&& add) {
    if (weight.empty()) {
        const Sum n = ranks.size(), each = (unit + n / 2) / n;
        for (const Rank r : ranks) add(r, each);
        return;
    }
    double total = 0;
    for (const Rank r : ranks) total += weight[r];
    const double scale = static_cast<double>(unit) / total;
    for (const Rank r : ranks) add(r, static_cast<Sum>(weight[r] * scale + 0.5));
}

/// The weights of the leaves that a row reaches, counted into a table by rank.
template <class Rank>
class CountedWeights {
public:
    using Leaves = std::vector<std::span<const Rank>>;

    explicit CountedWeights(Index n_values)
        : one_(size_of(n_values)), some_(one_.size() >> kFanOut), many_(some_.size() >> kFanOut) {}

    void set(const Leaves& leaves, const SharedArray<double>& weight, Sum unit) {
        total_ = n_ = 0;
        for (const auto& leaf : leaves) n_ += leaf.size();
        dense_ = n_ > one_.size() / 4;
        for (const auto& leaf : leaves) {
            if (dense_)
                weigh(leaf, weight, unit, [&](Rank r, Sum w) { one_[r] += w; });
            else
                weigh(leaf, weight, unit, [&](Rank r, Sum w) { add(r, w); });
        }
        if (dense_) add_up();
        for (const Sum sum : many_) total_ += sum;
    }

    Index rank_of(double q) const {
        Sum need = least_sum(q, total_, n_);
        return static_cast<Index>(find(one_, find(some_, find(many_, 0, need) << kFanOut, need) << kFanOut, need));
    }

    /// Of the leaves that were set.
    void clear(const Leaves& leaves) {
        std::fill(many_.begin(), many_.end(), Sum{0});
        if (dense_) {
            std::fill(one_.begin(), one_.end(), Sum{0});
            std::fill(some_.begin(), some_.end(), Sum{0});
            return;
        }
        for (const auto& leaf : leaves) {
            for (const std::size_t r : leaf) one_[r] = some_[r >> kFanOut] = 0;
        }
    }

private:
    /// Whole sums at every level.
    static std::size_t size_of(Index n_values) {
        constexpr std::size_t kWhole = std::size_t{1} << (2 * kFanOut);
        return (static_cast<std::size_t>(n_values) + kWhole - 1) / kWhole * kWhole;
    }
    void add(std::size_t r, Sum w) {
        one_[r] += w;
        some_[r >> kFanOut] += w;
        many_[r >> (2 * kFanOut)] += w;
    }
    void add_up() {
        for (std::size_t r = 0; r < one_.size(); ++r) some_[r >> kFanOut] += one_[r];
        for (std::size_t r = 0; r < some_.size(); ++r) many_[r >> kFanOut] += some_[r];
    }
    /// The first place from `at` on where the sums reach what is needed; less what lies before it.
    static std::size_t find(const std::vector<Sum>& sums, std::size_t at, Sum& need) {
        while (sums[at] < need) need -= sums[at++];
        return at;
    }

    std::vector<Sum> one_, some_, many_;  // over 1, 64 and 4,096 ranks
    Sum total_ = 0, n_ = 0;
    bool dense_ = false;  // so many ranks that adding up everything costs less
};

/// The same as a sorted list: for a few rows, which are not worth a table of all ranks.
template <class Rank>
class SortedWeights {
public:
    using Leaves = std::vector<std::span<const Rank>>;

    explicit SortedWeights(Index /*n_values*/) {}

    void set(const Leaves& leaves, const SharedArray<double>& weight, Sum unit) {
        for (const auto& leaf : leaves) weigh(leaf, weight, unit, [&](Rank r, Sum w) { all_.emplace_back(r, w); });
        std::sort(all_.begin(), all_.end());
        for (const auto& [rank, w] : all_) total_ += w;
    }
    Index rank_of(double q) const {
        Sum need = least_sum(q, total_, all_.size());
        std::size_t at = 0;
        while (all_[at].second < need) need -= all_[at++].second;
        return static_cast<Index>(all_[at].first);
    }
    void clear(const Leaves&) {
        all_.clear();
        total_ = 0;
    }

private:
    std::vector<std::pair<Rank, Sum>> all_;
    Sum total_ = 0;
};

/// What one thread works with.
template <class Weights>
struct Scratch {
    Scratch(const CompactForest& forest, Index n_values)
        : keys(forest), leaves(static_cast<std::size_t>(forest.n_trees())), weights(n_values) {}

    KeyBlock keys;
    RanksOfBlock found;
    typename Weights::Leaves leaves;  // of one row
    Weights weights;
};

}  // namespace

/// The trees of a row weigh less than 2^62 together.
Sum QuantilePredictor::unit() const {
    const auto n_trees = static_cast<std::uint64_t>(predictor_->forest().n_trees());
    return Sum{1} << (61 - static_cast<int>(std::bit_width(n_trees)));
}

/// Tree by tree, so that what is looked up of one tree stays in the cache.
void QuantilePredictor::find_ranks(const KeyRows& keys, Index n_rows, RanksOfBlock& found) const {
    const CompactForest& forest = predictor_->forest();
    const Index n_trees = forest.n_trees();
    found.node.resize(static_cast<std::size_t>(keys.n_rows));
    found.range.resize(static_cast<std::size_t>(n_rows * n_trees));
    for (Index t = 0; t < n_trees; ++t) {
        predictor_->leaves_of_tree(keys, t, predictor_->next_of(t, n_rows), LeafPart::node, found.node.data());
        const Index root = static_cast<Index>(forest.tree_begin[t]) + 1, first = root / 2;
        for (Index i = 0; i < n_rows; ++i) {
            const Index leaf = leaf_[root + found.node[static_cast<std::size_t>(i)]];
            const std::uint32_t begin = leaf == first ? 0 : targets_.leaf_end[leaf - 1];
            found.range[static_cast<std::size_t>(i * n_trees + t)] = {begin, targets_.leaf_end[leaf] - begin};
        }
    }
}

/// Looks the ranks of one row up.
template <class Rank>
void take_row(std::span<const Rank> ranks, const LeafTargets& targets, const RanksOfBlock::Range* range,
              std::vector<std::span<const Rank>>& leaves) {
    for (std::size_t t = 0; t < leaves.size(); ++t) {
        const auto begin = static_cast<std::size_t>(targets.tree_begin[static_cast<Index>(t)]) + range[t].begin;
        leaves[t] = ranks.subspan(begin, range[t].size);
        __builtin_prefetch(leaves[t].data());
    }
}

template <class Weights, class Rank>
Matrix QuantilePredictor::predict_with(std::span<const Rank> ranks, const FeatureRows& rows, ConstVectorView quantiles,
                                       std::optional<int> n_jobs) const {
    const CompactForest& forest = predictor_->forest();
    const Index block = std::clamp(kMostLeaves / forest.n_trees() / kRowLanes * kRowLanes, kLeastBlock, kMostBlock);
    const int n_threads = predictor_->threads_worth(rows.rows(), n_jobs);
    std::vector<std::unique_ptr<Scratch<Weights>>> scratch(static_cast<std::size_t>(n_threads));
    Matrix found(rows.rows(), quantiles.size());
    parallel_for((rows.rows() + block - 1) / block, n_threads, [&](Index b, int thread) {
        auto& own = scratch[static_cast<std::size_t>(thread)];
        if (!own) own = std::make_unique<Scratch<Weights>>(forest, targets_.value.size());
        const Index begin = b * block, end = std::min(rows.rows(), begin + block);
        const KeyRows keys = own->keys.read(rows, begin, end);
        find_ranks(keys, end - begin, own->found);
        for (Index i = begin; i < end; ++i) {
            take_row(ranks, targets_, own->found.range.data() + (i - begin) * forest.n_trees(), own->leaves);
            own->weights.set(own->leaves, targets_.weight, unit());
            for (Index k = 0; k < quantiles.size(); ++k)
                found(i, k) = targets_.value[own->weights.rank_of(quantiles[k])];
            own->weights.clear(own->leaves);
        }
    });
    return found;
}

template <class Rank>
Matrix QuantilePredictor::predict_as(std::span<const Rank> ranks, const FeatureRows& rows, ConstVectorView quantiles,
                                     std::optional<int> n_jobs) const {
    const Index n_ranks = targets_.n_ranks() / targets_.leaf_end.size() * predictor_->forest().n_trees();  // of a row
    if (rows.rows() * n_ranks * kTableRanks < targets_.value.size())
        return predict_with<SortedWeights<Rank>>(ranks, rows, quantiles, n_jobs);
    return predict_with<CountedWeights<Rank>>(ranks, rows, quantiles, n_jobs);
}

Matrix QuantilePredictor::predict(const FeatureRows& rows, ConstVectorView quantiles, std::optional<int> n_jobs) const {
    predictor_->require_features(rows.cols());
    check(quantiles);
    if (targets_.rank.empty()) return predict_as<std::uint16_t>(targets_.narrow_rank, rows, quantiles, n_jobs);
    return predict_as<std::uint32_t>(targets_.rank, rows, quantiles, n_jobs);
}

}  // namespace plantwright
