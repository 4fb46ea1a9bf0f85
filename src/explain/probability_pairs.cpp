// SPDX-License-Identifier: MIT
#include "explain/probability_pairs.hpp"

#include <algorithm>
#include <cmath>

#include "explain/split_shares.hpp"
#include "plantwright/core/elementary.hpp"
#include "plantwright/core/threads.hpp"

namespace plantwright {

ProbabilityPairs::ProbabilityPairs(const ExplainedTrees& trees, const ForestPlan& plan, const FeatureRows& background,
                                   int)
    : plan_(plan), base_(trees.base[0]), link_scale_(trees.link_scale), background_(background, plan.columns) {
    for (const ForestChunk& chunk : plan.chunks) {
        for (const Index i : chunk.trees) {
            const SplitShares tree(plan.view_of(trees, i));
            base_ += trees.factor * tree.mean[0];
            trees_.emplace_back(tree, plan.columns_of(chunk), plan.scales_of(chunk));
        }
    }
    double sum = 0;
    for (Index z = 0; z < background_.rows(); ++z) {
        RowKeys keys;
        for (std::size_t set = 0; set < plan.columns.size(); ++set) keys.push_back(background_.row(set, z));
        background_raw_.push_back(raw(keys));
        sum += probability(background_raw_.back());
    }
    expected_ = {sum / static_cast<double>(background_.rows())};
}

double ProbabilityPairs::raw(const RowKeys& row) const {
    double sum = 0;
    std::size_t tree = 0;
    for (const ForestChunk& chunk : plan_.chunks) {
        for (std::size_t k = 0; k < chunk.trees.size(); ++k) sum += trees_[tree++].leaf(row[chunk.columns])[0];
    }
    return base_ + plan_.factor * plan_.scale[0] * sum;
}

double ProbabilityPairs::probability(double raw) const { return 1 / (1 + elementary::exp(-link_scale_ * raw)); }

double ProbabilityPairs::stretch(double raw, double other) const {
    const double p = probability(raw), q = probability(other);
    if (std::abs(raw - other) < 1e-9) return link_scale_ * p * (1 - p);
    return (p - q) / (raw - other);
}

/// One thread's memory, and a row through it.
class ProbabilityPairs::Task {
public:
    explicit Task(const ProbabilityPairs& pairs)
        : p_(pairs), work_(pairs.plan_.n_features, 1, deepest(pairs)),
          local_(static_cast<std::size_t>(pairs.plan_.n_features)), phi_(local_.size()),
          x_(static_cast<std::size_t>(pairs.plan_.n_features)), keys_(pairs.plan_.columns.size()) {}

    void run(const FeatureRows& rows, Index i, double* out) {
        rows.read_rows(i, i + 1, x_.data());
        RowKeys keys;
        for (std::size_t set = 0; set < keys_.size(); ++set) {
            keys_[set].clear();
            for (const KeyColumn& column : p_.plan_.columns[set].columns()) {
                const float x = x_[static_cast<std::size_t>(column.feature)];
                keys_[set].push_back(ordered_key(x, column.missing_is_low));
            }
            keys.push_back(keys_[set].data());
        }
        const double raw = p_.raw(keys), share = 1 / static_cast<double>(p_.background_.rows());
        const double unit = share * p_.plan_.factor * p_.plan_.scale[0];
        for (Index z = 0; z < p_.background_.rows(); ++z) {
            against(keys, z);
            const double stretched = unit * p_.stretch(raw, p_.background_raw_[static_cast<std::size_t>(z)]);
            for (std::size_t j = 0; j < phi_.size(); ++j) out[j] += stretched * phi_[j];
        }
    }

private:
    static Index deepest(const ProbabilityPairs& pairs) {
        Index depth = 0;
        for (const PairTree& tree : pairs.trees_) depth = std::max(depth, tree.depth());
        return depth;
    }

    /// phi_ of the raw sums.
    void against(const RowKeys& keys, Index z) {
        std::fill(phi_.begin(), phi_.end(), 0.0);
        std::size_t tree = 0;
        for (const ForestChunk& chunk : p_.plan_.chunks) {
            const std::span<const std::int32_t> features = p_.plan_.columns_of(chunk).features();
            std::fill_n(local_.begin(), features.size(), 0.0);
            for (std::size_t k = 0; k < chunk.trees.size(); ++k)
                p_.trees_[tree++].add(keys[chunk.columns], p_.background_.row(chunk.columns, z), work_, local_.data());
            for (std::size_t j = 0; j < features.size(); ++j) phi_[static_cast<std::size_t>(features[j])] += local_[j];
        }
    }

    const ProbabilityPairs& p_;
    PairWorkspace work_;
    std::vector<double> local_, phi_;
    std::vector<float> x_;
    std::vector<std::vector<std::int32_t>> keys_;
};

Matrix ProbabilityPairs::values(const FeatureRows& rows, int n_threads, const ProgressCallback& progress) const {
    Matrix out(rows.rows(), plan_.n_features);
    ProgressMonitor monitor(progress, "explain", rows.rows());
    std::vector<std::unique_ptr<Task>> tasks(static_cast<std::size_t>(n_threads));
    const auto run = [&](Index i, int thread) {
        auto& task = tasks[static_cast<std::size_t>(thread)];
        if (!task) task = std::make_unique<Task>(*this);
        task->run(rows, i, out.data() + i * plan_.n_features);
    };
    parallel_for(rows.rows(), n_threads, run, &monitor);
    monitor.finish();
    return out;
}

}  // namespace plantwright
