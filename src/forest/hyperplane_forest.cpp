// SPDX-License-Identifier: MIT
#include "plantwright/forest/hyperplane_forest.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "forest/feature_rows.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/core/threads.hpp"
#include "plantwright/forest/forest.hpp"

namespace plantwright {
namespace {

constexpr Index kBlock = 256;  // rows that go through all trees together
constexpr int kLanes = 4;      // rows in lockstep, so that their latencies overlap

void require(bool ok, const char* what) {
    if (!ok) throw CorruptModel(std::string("forest of hyperplanes: ") + what);
}

/// Inner nodes of the trees before tree t, each of which has one leaf more than inner nodes.
Index first_plane(const HyperplaneForest& f, Index t) { return (static_cast<Index>(f.tree_begin[t]) - t) / 2; }

/// One tree, ready to be walked.
class Tree {
public:
    Tree(const HyperplaneForest& forest, Index t)
        : nodes_(forest.nodes.data() + forest.tree_begin[t]), ndim_(forest.ndim),
          feature_(forest.feature.data() + first_plane(forest, t) * ndim_),
          coefficient_(forest.coefficient.data() + first_plane(forest, t) * ndim_),
          mean_(forest.mean.data() + first_plane(forest, t) * ndim_),
          threshold_(forest.threshold.data() + first_plane(forest, t)) {}

    /// Moves n rows from the root to their leaves, without a branch on any of them.
    template <int n, class T>
    void walk(const T* const* rows, std::array<Index, n>& at) const {
        at.fill(0);
        for (std::uint64_t any = nodes_[0] >> 32; any != 0;) {
            any = 0;
            for (std::size_t k = 0; k < n; ++k) {
                const std::uint64_t word = nodes_[at[k]], distance = word >> 32, inner = distance != 0;
                const std::uint64_t plane = inner ? word & 0xFFFFFFFFu : 0;
                at[k] += static_cast<Index>(distance + (inner & goes_right(plane, rows[k])));
                any |= distance;
            }
        }
    }
    double value(Index leaf) const {
        return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(nodes_[leaf])));
    }

private:
    template <class T>
    std::uint64_t goes_right(std::uint64_t plane, const T* row) const {
        double z = 0;
        const Index first = static_cast<Index>(plane) * ndim_;
        for (Index k = first; k < first + ndim_; ++k) {
            const auto x = static_cast<double>(static_cast<float>(row[feature_[k]]));
            const double term = static_cast<double>(coefficient_[k]) * (x - static_cast<double>(mean_[k]));
            z += term == term ? term : 0;  // a missing value counts as the mean
        }
        return !(z <= threshold_[plane]);
    }

    const std::uint64_t* nodes_;
    Index ndim_;
    const std::int32_t* feature_;
    const float *coefficient_, *mean_;
    const double* threshold_;
};

/// Calls `body(first row, leaf nodes of up to kLanes rows, their number, tree)` for all rows and trees; a row's trees
/// come in order.
template <class Body>
void for_each_leaf(const HyperplaneForest& forest, const FeatureRows& rows, std::optional<int> n_jobs, Body&& body) {
    const Index n_blocks = (rows.rows() + kBlock - 1) / kBlock;
    parallel_for(n_blocks, resolve_n_jobs(n_jobs), [&](Index b, int) {
        const Index begin = b * kBlock, end = std::min(rows.rows(), begin + kBlock);
        std::vector<float> values(static_cast<std::size_t>((end - begin) * rows.cols()));
        rows.read_rows(begin, end, values.data());
        for (Index t = 0; t < forest.n_trees(); ++t) {
            const Tree tree(forest, t);
            for (Index i = begin; i < end; i += kLanes) {
                std::array<const float*, kLanes> row;
                for (int k = 0; k < kLanes; ++k)
                    row[static_cast<std::size_t>(k)] = values.data() + (std::min(i + k, end - 1) - begin) * rows.cols();
                std::array<Index, kLanes> leaf;
                tree.walk<kLanes>(row.data(), leaf);
                for (Index k = 0; k < std::min<Index>(kLanes, end - i); ++k)
                    body(i + k, t, tree, leaf[static_cast<std::size_t>(k)]);
            }
        }
    });
}

template <class T>
double mean_of(const HyperplaneForest& forest, std::span<const T> row) {
    double sum = 0;
    for (Index t = 0; t < forest.n_trees(); ++t) {
        const Tree tree(forest, t);
        const T* const one = row.data();
        std::array<Index, 1> leaf;
        tree.walk<1>(&one, leaf);
        sum += tree.value(leaf[0]);
    }
    return sum / static_cast<double>(forest.n_trees());
}

void check_sizes(const HyperplaneForest& f) {
    require(f.n_features >= 1 && f.n_features < (std::int64_t{1} << 31), "the number of features is out of range");
    require(f.ndim >= 2 && f.ndim <= f.n_features, "the number of terms is out of range");
    require(f.tree_begin.size() >= 2 && f.tree_begin[0] == 0, "there are no trees");
    const Index n = f.nodes.size(), n_trees = f.n_trees();
    for (Index t = 0; t < n_trees; ++t) {
        const std::int64_t begin = f.tree_begin[t], end = f.tree_begin[t + 1];
        require(
            0 <= begin && begin < end && end <= n && end - begin < (std::int64_t{1} << 31) && (end - begin) % 2 == 1,
            "a tree's size is out of range");
    }
    require(f.tree_begin[n_trees] == n && f.n_node_samples.size() == n, "arrays of nodes differ in length");
    const Index n_planes = f.threshold.size(), n_terms = f.feature.size();
    require(n_planes == (n - n_trees) / 2, "planes do not fit the nodes");
    require(n_terms % f.ndim == 0 && n_terms / f.ndim == n_planes && f.coefficient.size() == n_terms &&
                f.mean.size() == n_terms,
            "terms do not fit the planes");
}

void check_numbers(const HyperplaneForest& f) {
    for (const std::uint32_t rows : f.n_node_samples)
        require(rows - 1 < 0x7FFFFFFFu, "a node holds no rows, or too many");
    for (const std::int32_t j : f.feature) require(j >= 0 && j < f.n_features, "a plane's feature is out of range");
    const auto finite = [](auto x) { return std::isfinite(x); };
    require(std::all_of(f.coefficient.begin(), f.coefficient.end(), finite) &&
                std::all_of(f.mean.begin(), f.mean.end(), finite) &&
                std::all_of(f.threshold.begin(), f.threshold.end(), finite),
            "a plane is not finite");
}

/// Nodes are numbered level by level, so that the n-th inner node has children 2 n + 1 and 2 n + 2 and plane n.
void check_tree(const HyperplaneForest& f, Index t) {
    const Index n = static_cast<Index>(f.tree_begin[t + 1] - f.tree_begin[t]);
    std::vector<int> depth(static_cast<std::size_t>(n));
    Index n_inner = 0;
    for (Index k = 0; k < n; ++k) {
        const std::uint64_t word = f.nodes[static_cast<Index>(f.tree_begin[t]) + k];
        const auto distance = static_cast<Index>(word >> 32);
        if (distance == 0) {
            require(std::isfinite(std::bit_cast<float>(static_cast<std::uint32_t>(word))), "a value is not finite");
            continue;
        }
        const Index left = k + distance;
        require(left == 2 * n_inner + 1 && left + 1 < n, "a node's children are not the next ones of its level");
        require(static_cast<Index>(word & 0xFFFFFFFFu) == n_inner, "a node's plane is not its own");
        const auto own = static_cast<std::size_t>(k), child = static_cast<std::size_t>(left);
        require(depth[own] < kMaxTreeDepth, "a tree is too deep");
        depth[child] = depth[child + 1] = depth[own] + 1;
        ++n_inner;
    }
    require(2 * n_inner + 1 == n, "a node is not reached from the root");
}

}  // namespace

Vector HyperplaneForest::mean_value(const FeatureRows& rows, std::optional<int> n_jobs) const {
    Vector mean(rows.rows());
    for_each_leaf(*this, rows, n_jobs,
                  [&](Index row, Index, const Tree& tree, Index leaf) { mean[row] += tree.value(leaf); });
    for (double& m : mean) m /= static_cast<double>(n_trees());
    return mean;
}

double HyperplaneForest::mean_of_one(std::span<const float> row) const { return mean_of(*this, row); }
double HyperplaneForest::mean_of_one(std::span<const double> row) const { return mean_of(*this, row); }

Table<std::int32_t> HyperplaneForest::apply(const FeatureRows& rows, std::optional<int> n_jobs) const {
    Table<std::int32_t> leaves(rows.rows(), n_trees());
    for_each_leaf(*this, rows, n_jobs, [&](Index row, Index t, const Tree&, Index leaf) {
        leaves(row, t) = static_cast<std::int32_t>(leaf);
    });
    return leaves;
}

namespace {

/// Appends elements [begin, end) of an array.
template <class T>
void append(std::vector<T>& to, const SharedArray<T>& from, Index begin, Index end) {
    to.insert(to.end(), from.begin() + begin, from.begin() + end);
}

template <class T>
SharedArray<T> shared(const std::vector<T>& values) {
    return Buffer<T>(std::span<const T>(values));
}

/// Trees [first, last) of forests, one after another.
class Joiner {
public:
    void add(const HyperplaneForest& f, Index first, Index last) {
        const Index begin = static_cast<Index>(f.tree_begin[first]), end = static_cast<Index>(f.tree_begin[last]);
        const Index plane = first_plane(f, first), last_plane = first_plane(f, last);
        for (Index t = first; t < last; ++t)
            tree_begin_.push_back(tree_begin_.back() + f.tree_begin[t + 1] - f.tree_begin[t]);
        append(nodes_, f.nodes, begin, end);
        append(rows_, f.n_node_samples, begin, end);
        append(feature_, f.feature, plane * f.ndim, last_plane * f.ndim);
        append(coefficient_, f.coefficient, plane * f.ndim, last_plane * f.ndim);
        append(mean_, f.mean, plane * f.ndim, last_plane * f.ndim);
        append(threshold_, f.threshold, plane, last_plane);
    }

    HyperplaneForest forest(std::int64_t n_features, std::int64_t ndim) const {
        HyperplaneForest f;
        f.n_features = n_features;
        f.ndim = ndim;
        f.tree_begin = shared(tree_begin_);
        f.nodes = shared(nodes_);
        f.n_node_samples = shared(rows_);
        f.feature = shared(feature_);
        f.coefficient = shared(coefficient_);
        f.mean = shared(mean_);
        f.threshold = shared(threshold_);
        return f;
    }

private:
    std::vector<std::int64_t> tree_begin_ = {0};
    std::vector<std::uint64_t> nodes_;
    std::vector<std::uint32_t> rows_;
    std::vector<std::int32_t> feature_;
    std::vector<float> coefficient_, mean_;
    std::vector<double> threshold_;
};

}  // namespace

HyperplaneForest HyperplaneForest::subset(Index first, Index last) const {
    if (!(0 <= first && first < last && last <= n_trees())) {
        throw InvalidArgument(
            "forest: subset must be of trees first to last with 0 <= first < last <= " + std::to_string(n_trees()) +
            ", got (" + std::to_string(first) + ", " + std::to_string(last) + ")");
    }
    Joiner joiner;
    joiner.add(*this, first, last);
    return joiner.forest(n_features, ndim);
}

HyperplaneForest HyperplaneForest::merge(std::span<const HyperplaneForest* const> forests) {
    Joiner joiner;
    for (const HyperplaneForest* forest : forests) joiner.add(*forest, 0, forest->n_trees());
    return joiner.forest(forests.front()->n_features, forests.front()->ndim);
}

void HyperplaneForest::validate() const {
    check_sizes(*this);
    check_numbers(*this);
    for (Index t = 0; t < n_trees(); ++t) check_tree(*this, t);
}

}  // namespace plantwright
