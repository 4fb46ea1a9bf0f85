// SPDX-License-Identifier: MIT
#include "forest/out_of_bag.hpp"

#include <algorithm>
#include <cmath>

#include "forest/walk.hpp"
#include "plantwright/core/threads.hpp"

namespace plantwright {
namespace {

constexpr Index kBlock = 256;

/// Adds the leaf values of the trees that left a row out, for rows [begin, end); counts those trees.
class OobBlock {
public:
    OobBlock(const Forest& forest, const FeatureRows& rows, Index begin, Index end)
        : forest_(forest), block_(rows, begin, end), begin_(begin), end_(end) {}

    void add_tree(Index t, const WalkForest& walk, const Buffer<std::uint32_t>& counts, Matrix& sum, Buffer<std::int32_t>& n) {
        leaf_.resize(static_cast<std::size_t>(end_ - begin_));
        walk_tree(walk.tree(t), block_, leaf_.data());
        const TreeView tree = forest_.tree(t);
        for (Index i = begin_; i < end_; ++i) {
            if (counts[i] > 0) continue;
            const Index leaf = leaf_[static_cast<std::size_t>(i - begin_)];
            for (Index k = 0; k < forest_.n_outputs; ++k) sum(i, k) += tree.value(leaf, k);
            ++n[i];
        }
    }

private:
    const Forest& forest_;
    RowBlock block_;
    Index begin_, end_;
    std::vector<std::int32_t> leaf_;
};

double r_squared(const Matrix& prediction, const Target& target) {
    double n = 0, mean = 0, residual = 0, total = 0;
    for (Index i = 0; i < prediction.rows(); ++i) {
        if (std::isnan(prediction(i, 0))) continue;
        mean += target.y[i];
        ++n;
    }
    if (n < 2) return kNaN;
    mean /= n;
    for (Index i = 0; i < prediction.rows(); ++i) {
        if (std::isnan(prediction(i, 0))) continue;
        const double error = prediction(i, 0) - target.y[i], deviation = target.y[i] - mean;
        residual += error * error;
        total += deviation * deviation;
    }
    if (total > 0) return 1 - residual / total;
    return residual > 0 ? 0.0 : 1.0;
}

double accuracy(const Matrix& prediction, const Target& target) {
    Index n = 0, right = 0;
    for (Index i = 0; i < prediction.rows(); ++i) {
        if (std::isnan(prediction(i, 0))) continue;
        const auto row = prediction.row(i);
        const auto best = std::max_element(row.data(), row.data() + row.size()) - row.data();
        right += best == target.label[i];
        ++n;
    }
    return n > 0 ? static_cast<double>(right) / static_cast<double>(n) : kNaN;
}

}  // namespace

OobEstimate out_of_bag(const Forest& forest, const FeatureRows& rows, const Target& target, const BootstrapSampler& sampler,
                       int n_threads, Index first_tree) {
    const WalkForest walk(forest);
    OobEstimate oob{.prediction = Matrix(rows.rows(), forest.n_outputs)};
    Buffer<std::int32_t> n_trees(rows.rows());
    for (Index t = 0; t < forest.n_trees(); ++t) {
        const Buffer<std::uint32_t> counts = sampler.draw_counts(first_tree + t);
        parallel_for((rows.rows() + kBlock - 1) / kBlock, n_threads, [&](Index b, int) {
            const Index begin = b * kBlock, end = std::min(rows.rows(), begin + kBlock);
            OobBlock(forest, rows, begin, end).add_tree(t, walk, counts, oob.prediction, n_trees);
        });
    }
    for (Index i = 0; i < rows.rows(); ++i) {
        for (Index k = 0; k < forest.n_outputs; ++k) {
            oob.prediction(i, k) = n_trees[i] > 0 ? oob.prediction(i, k) / n_trees[i] : kNaN;
        }
    }
    oob.score = target.is_classification() ? accuracy(oob.prediction, target) : r_squared(oob.prediction, target);
    return oob;
}

}  // namespace plantwright
