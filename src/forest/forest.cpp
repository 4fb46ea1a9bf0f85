// SPDX-License-Identifier: MIT
#include "plantwright/forest/forest.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

[[noreturn]] void corrupt(const std::string& what) { throw CorruptModel("forest: " + what); }

void require(bool ok, const char* what) {
    if (!ok) corrupt(what);
}

/// One tree's checks; every node is visited once, in order, since children come after parents.
class TreeCheck {
public:
    TreeCheck(const Forest& forest, Index t)
        : forest_(forest), tree_(forest.tree(t)), begin_(forest.tree_offsets[t]),
          n_(forest.tree_offsets[t + 1] - begin_) {}

    void run() {
        depth_.assign(static_cast<std::size_t>(n_), -1);
        depth_[0] = 0;
        for (Index k = 0; k < n_; ++k) {
            require(depth_[static_cast<std::size_t>(k)] >= 0, "a node is not reached from the root");
            check_numbers(begin_ + k);
            if (forest_.children_left[begin_ + k] == kNoChild)
                check_leaf(k);
            else
                check_split(k);
        }
    }

private:
    void check_numbers(Index i) const {
        require(std::isfinite(forest_.impurity[i]) && forest_.impurity[i] >= 0,
                "an impurity is not finite or negative");
        require(std::isfinite(forest_.weighted_n_node_samples[i]) && forest_.weighted_n_node_samples[i] > 0,
                "a node's weight is not positive and finite");
        require(forest_.n_node_samples[i] > 0, "a node holds no rows");
        require(forest_.missing_go_left[i] <= 1, "a missing direction is neither 0 nor 1");
    }

    void check_leaf(Index k) const {
        const Index i = begin_ + k;
        require(forest_.children_right[i] == kNoChild, "a node has one child");
        require(forest_.feature[i] == kLeafFeature && forest_.threshold[i] == 0 && tree_.levels_left(k).empty(),
                "a leaf has a split");
    }

    /// A category is split by levels, or present from missing; a number by its threshold.
    void check_levels(Index k, bool parts_missing) const {
        const std::int32_t n_levels = forest_.n_levels.empty() ? 0 : forest_.n_levels[forest_.feature[begin_ + k]];
        const std::span<const std::uint16_t> levels = tree_.levels_left(k);
        if (levels.empty()) return require(n_levels == 0 || parts_missing, "a category is split by a threshold");
        require(n_levels > 0, "a number is split by levels");
        require(forest_.threshold[begin_ + k] == 0, "a split of levels has a threshold");
        require(std::adjacent_find(levels.begin(), levels.end(), std::greater_equal<>()) == levels.end(),
                "levels are not in ascending order");
        require(levels.back() < n_levels, "a level is out of range");
    }

    void check_split(Index k) {
        const Index i = begin_ + k;
        const float threshold = forest_.threshold[i];
        require(forest_.feature[i] >= 0 && forest_.feature[i] < forest_.n_features,
                "a split's feature is out of range");
        const bool parts_missing = std::isinf(threshold) && threshold > 0 && !forest_.missing_go_left[i];
        require(std::isfinite(threshold) || parts_missing, "a threshold is not finite");
        check_levels(k, parts_missing);
        enter(k, forest_.children_left[i]);
        enter(k, forest_.children_right[i]);
    }

    void enter(Index parent, std::int32_t child) {
        require(child > parent && child < n_, "a child does not come after its parent, within the tree");
        auto& depth = depth_[static_cast<std::size_t>(child)];
        require(depth < 0, "a node has two parents");
        depth = depth_[static_cast<std::size_t>(parent)] + 1;
        require(depth <= kMaxTreeDepth, "a tree is too deep");
    }

    const Forest& forest_;
    TreeView tree_;
    Index begin_, n_;
    std::vector<std::int32_t> depth_;
};

void check_level_sizes(const Forest& f) {
    require(f.n_levels.empty() || f.n_levels.size() == f.n_features, "numbers of levels do not fit the features");
    for (const std::int32_t n : f.n_levels) require(n >= 0 && n <= kMostLevels, "a number of levels is out of range");
    const Index n = f.level_offsets.size();
    require(n == 0 ? f.levels.empty() : n == f.n_nodes() + 1, "level offsets do not fit the nodes");
    require(n == 0 || (f.level_offsets[0] == 0 && f.level_offsets[n - 1] == f.levels.size() &&
                       std::is_sorted(f.level_offsets.begin(), f.level_offsets.end())),
            "level offsets do not cover the levels");
}

void check_sizes(const Forest& f) {
    require(f.n_features >= 1 && f.n_features < (std::int64_t{1} << 31), "the number of features is out of range");
    const bool power_of_two = f.scale > 0 && std::isfinite(f.scale) && std::ldexp(1.0, std::ilogb(f.scale)) == f.scale;
    require(std::isfinite(f.base) && power_of_two, "base is not finite, or scale no power of two");
    require(f.n_outputs >= 1 && f.n_outputs < (std::int64_t{1} << 31), "the number of outputs is out of range");
    require(f.tree_offsets.size() >= 2, "there are no trees");
    const Index n = f.feature.size();
    require(f.threshold.size() == n && f.children_left.size() == n && f.children_right.size() == n &&
                f.missing_go_left.size() == n && f.n_node_samples.size() == n &&
                f.weighted_n_node_samples.size() == n && f.impurity.size() == n,
            "arrays of nodes differ in length");
    require(f.value.size() % f.n_outputs == 0 && f.value.size() / f.n_outputs == n, "values do not fit the nodes");
    require(f.tree_offsets[0] == 0 && f.tree_offsets[f.n_trees()] == n, "tree offsets do not cover the nodes");
    check_level_sizes(f);
    for (Index t = 0; t < f.n_trees(); ++t) {
        // Any numbers as yet: compared before they are subtracted.
        const std::int64_t begin = f.tree_offsets[t], end = f.tree_offsets[t + 1];
        require(0 <= begin && begin < end && end <= n && end - begin < (std::int64_t{1} << 31),
                "a tree's size is out of range");
    }
}

template <class T>
std::span<const T> part(const Buffer<T>& all, Index begin, Index n) {
    return {all.data() + begin, static_cast<std::size_t>(n)};
}

}  // namespace

TreeView Forest::tree(Index i) const {
    if (i < 0 || i >= n_trees()) {
        throw InvalidArgument("forest: tree must be from 0 to " + std::to_string(n_trees() - 1) + ", got " +
                              std::to_string(i));
    }
    const Index begin = tree_offsets[i], n = tree_offsets[i + 1] - begin;
    return {
        .feature = part(feature, begin, n),
        .threshold = part(threshold, begin, n),
        .children_left = part(children_left, begin, n),
        .children_right = part(children_right, begin, n),
        .missing_go_left = part(missing_go_left, begin, n),
        .n_node_samples = part(n_node_samples, begin, n),
        .weighted_n_node_samples = part(weighted_n_node_samples, begin, n),
        .impurity = part(impurity, begin, n),
        .value = ConstMatrixView(value.data() + begin * n_outputs, n, n_outputs),
        .level_offsets = level_offsets.empty() ? std::span<const std::int64_t>() : part(level_offsets, begin, n + 1),
        .levels = levels};
}

void Forest::validate() const {
    check_sizes(*this);
    for (const double v : value) require(std::isfinite(v), "a value is not finite");
    for (Index t = 0; t < n_trees(); ++t) TreeCheck(*this, t).run();
}

}  // namespace plantwright
