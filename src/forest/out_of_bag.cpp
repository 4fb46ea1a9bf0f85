// SPDX-License-Identifier: MIT
#include "forest/out_of_bag.hpp"

#include <algorithm>
#include <cmath>

#include "forest/predictor.hpp"
#include "plantwright/core/threads.hpp"

namespace plantwright {
namespace {

constexpr Index kBlock = 1024;

/// Which trees, from the sampler's `first_tree` on, drew which rows: one bit each, a row of words a tree.
class InBag {
public:
    InBag(const BootstrapSampler& sampler, Index first_tree, Index n_trees, Index n_rows, int n_threads)
        : words_((n_rows + 63) / 64), bits_(n_trees * words_) {
        parallel_for(n_trees, n_threads, [&](Index t, int) {
            const Buffer<std::uint32_t> counts = sampler.draw_counts(first_tree + t);
            for (Index i = 0; i < n_rows; ++i) bits_[t * words_ + i / 64] |= std::uint64_t{counts[i] > 0} << (i % 64);
        });
    }
    bool operator()(Index tree, Index row) const { return bits_[tree * words_ + row / 64] >> (row % 64) & 1; }

private:
    Index words_;
    Buffer<std::uint64_t> bits_;
};

/// The estimates of rows [begin, end), NaN where every tree drew the row.
void predict_block(const Predictor& predictor, const FeatureRows& rows, const InBag& in_bag, Index begin, Index end,
                   Matrix& prediction) {
    const Index n_outputs = predictor.forest().n_outputs, n_trees = predictor.forest().n_trees();
    KeyBlock block(predictor.forest());
    const KeyRows keys = block.read(rows, begin, end);
    std::vector<std::uint32_t> leaf(static_cast<std::size_t>(keys.n_rows));
    std::vector<double> n(static_cast<std::size_t>(end - begin));
    for (Index t = 0; t < n_trees; ++t) {
        predictor.leaves_of_tree(keys, t, t + 1, LeafPart::payload, leaf.data());
        for (Index i = begin; i < end; ++i) {
            if (in_bag(t, i)) continue;
            predictor.add_leaf(leaf[static_cast<std::size_t>(i - begin)], prediction.data() + i * n_outputs);
            ++n[static_cast<std::size_t>(i - begin)];
        }
    }
    for (Index i = begin; i < end; ++i) {
        const double trees = n[static_cast<std::size_t>(i - begin)];
        for (Index k = 0; k < n_outputs; ++k)
            prediction(i, k) = trees > 0 ? predictor.mean_of_sum(prediction(i, k), trees) : kNaN;
    }
}

double r_squared(ConstVectorView prediction, ConstVectorView y) {
    double n = 0, mean = 0, residual = 0, total = 0;
    for (Index i = 0; i < prediction.size(); ++i) {
        if (std::isnan(prediction[i])) continue;
        mean += y[i];
        ++n;
    }
    if (n < 2) return kNaN;
    mean /= n;
    for (Index i = 0; i < prediction.size(); ++i) {
        if (std::isnan(prediction[i])) continue;
        const double error = prediction[i] - y[i], deviation = y[i] - mean;
        residual += error * error;
        total += deviation * deviation;
    }
    if (total > 0) return 1 - residual / total;
    return residual > 0 ? 0.0 : 1.0;
}

double mean_r_squared(const Matrix& prediction, const Target& target) {
    const ConstMatrixView y(target.y.data(), target.n_rows(), target.n_outputs);
    double sum = 0;
    for (Index k = 0; k < y.cols(); ++k) sum += r_squared(prediction.view().col(k), y.col(k));
    return sum / static_cast<double>(y.cols());
}

/// Whether the likeliest class of each label is the row's own.
bool is_right(const double* share, const Target& target, Index row) {
    const auto best = [&](Index begin, Index end) { return std::max_element(share + begin, share + end) - share; };
    if (target.is_classification()) return best(0, target.n_outputs) == target.label[row];
    bool right = true;
    for (std::size_t k = 0; k + 1 < target.class_begin.size(); ++k)
        right &= target.y[row * target.n_outputs + best(target.class_begin[k], target.class_begin[k + 1])] == 1;
    return right;
}

double accuracy(const Matrix& prediction, const Target& target) {
    Index n = 0, right = 0;
    for (Index i = 0; i < prediction.rows(); ++i) {
        if (std::isnan(prediction(i, 0))) continue;
        right += is_right(prediction.row(i).data(), target, i);
        ++n;
    }
    return n > 0 ? static_cast<double>(right) / static_cast<double>(n) : kNaN;
}

}  // namespace

OobEstimate out_of_bag(const CompactForest& forest, const FeatureRows& rows, const Target& target,
                       const BootstrapSampler& sampler, int n_threads, Index first_tree) {
    const Predictor predictor(forest);
    OobEstimate oob{.prediction = Matrix(rows.rows(), forest.n_outputs)};
    const InBag in_bag(sampler, first_tree, forest.n_trees(), rows.rows(), n_threads);
    parallel_for((rows.rows() + kBlock - 1) / kBlock, n_threads, [&](Index b, int) {
        const Index begin = b * kBlock, end = std::min(rows.rows(), begin + kBlock);
        predict_block(predictor, rows, in_bag, begin, end, oob.prediction);
    });
    oob.score = target.is_of_classes() ? accuracy(oob.prediction, target) : mean_r_squared(oob.prediction, target);
    return oob;
}

}  // namespace plantwright
