// SPDX-License-Identifier: MIT
#include "explain/compare_deep.hpp"

#include <algorithm>
#include <memory>

#include "explain/pair_tree.hpp"
#include "explain/set_walk.hpp"
#include "plantwright/core/threads.hpp"

namespace plantwright {
namespace {

constexpr std::size_t kMostTasks = 64;  // each has sums of its own, added in their order whatever threads there are

struct Job {
    Index tree;
    const ForestChunk* chunk;
};

class DeepTask {
public:
    DeepTask(const ExplainedTrees& trees, const ForestPlan& plan, const Background& rows, const Background& reference)
        : trees_(trees), plan_(plan), rows_(rows), reference_(reference), walk_(rows, reference) {}

    /// Adds to `total (n_features n_outputs,)`, over all pairs, and to `then (n_outputs,)`, the mean.
    void add(const Job& job, Vector& total, Vector& then, ProgressMonitor& monitor) {
        const ForestChunk& chunk = *job.chunk;
        const SplitShares tree(plan_.view_of(trees_, job.tree));
        const std::vector<Index> targets = feature_targets(plan_, chunk);
        phi_.assign(targets.size(), 0.0);
        then_.assign(static_cast<std::size_t>(tree.n_outputs()), 0.0);
        const WalkedTree walked{tree, plan_.columns_of(chunk), chunk.columns, plan_.scales_of(chunk)};
        if (plan_.n_features <= kMostGroupedFeatures || most_path_features(tree) <= kMostGroupedFeatures)
            walk_.add(walked, {phi_.data(), then_.data()}, monitor);
        else
            add_pairs(walked, monitor);
        for (std::size_t k = 0; k < targets.size(); ++k) total[targets[k]] += phi_[k];
        for (Index o = 0; o < tree.n_outputs(); ++o) {
            const auto k = static_cast<std::size_t>(o);
            then[chunk.output + o] +=
                tree.mean[k] + then_[k] * walked.scale[k] / static_cast<double>(reference_.rows());
        }
    }

private:
    void add_pairs(const WalkedTree& walked, ProgressMonitor& monitor) {
        const PairTree pairs(walked.tree, walked.columns, walked.scale);
        PairWorkspace work(plan_.n_features, walked.tree.n_outputs(), pairs.depth());
        for (Index z = 0; z < reference_.rows(); ++z) {
            const std::int32_t* other = reference_.row(walked.set, z);
            const double* value = pairs.leaf(other);
            for (std::size_t o = 0; o < then_.size(); ++o) then_[o] += value[o];
            for (Index i = 0; i < rows_.rows(); ++i) {
                monitor.poll();
                pairs.add(rows_.row(walked.set, i), other, work, phi_.data());
            }
        }
    }

    const ExplainedTrees& trees_;
    const ForestPlan& plan_;
    const Background &rows_, &reference_;
    SetWalk walk_;
    std::vector<double> phi_, then_;  // of one tree
};

std::vector<Job> jobs_of(const ForestPlan& plan, const std::vector<std::uint8_t>& is_deep) {
    std::vector<Job> jobs;
    for (const ForestChunk& chunk : plan.chunks) {
        for (const Index i : chunk.trees) {
            if (is_deep[static_cast<std::size_t>(i)]) jobs.push_back({i, &chunk});
        }
    }
    return jobs;
}

void add_to(Vector& sum, const Vector& more) {
    for (Index k = 0; k < sum.size(); ++k) sum[k] += more[k];
}

}  // namespace

MeanDifference compare_deep(const ExplainedTrees& trees, const ForestPlan& plan,
                            const std::vector<std::uint8_t>& is_deep, const FeatureRows& rows,
                            const FeatureRows& reference, int n_threads, const ProgressCallback& progress) {
    const Background now(rows, plan.columns), then(reference, plan.columns);
    const std::vector<Job> jobs = jobs_of(plan, is_deep);
    const std::size_t n_tasks = std::min(kMostTasks, jobs.size());
    std::vector<Vector> total(n_tasks + 1, Vector(plan.n_features * plan.n_outputs));
    std::vector<Vector> mean(n_tasks + 1, Vector(plan.n_outputs));
    std::vector<std::unique_ptr<DeepTask>> tasks(static_cast<std::size_t>(n_threads));
    ProgressMonitor monitor(progress, "explain", static_cast<Index>(n_tasks));
    const auto run = [&](Index i, int thread) {
        auto& task = tasks[static_cast<std::size_t>(thread)];
        if (!task) task = std::make_unique<DeepTask>(trees, plan, now, then);
        const auto k = static_cast<std::size_t>(i);
        for (std::size_t job = k; job < jobs.size(); job += n_tasks) task->add(jobs[job], total[k], mean[k], monitor);
    };
    parallel_for(static_cast<Index>(n_tasks), n_threads, run, &monitor);
    monitor.finish();
    for (std::size_t k = 0; k < n_tasks; ++k) {
        add_to(total[n_tasks], total[k]);
        add_to(mean[n_tasks], mean[k]);
    }
    for (double& sum : total[n_tasks]) sum /= static_cast<double>(now.rows()) * static_cast<double>(then.rows());
    MeanDifference found{Matrix(plan.n_features, plan.n_outputs), mean[n_tasks]};
    write_features(plan, total[n_tasks].data(), 1, found.contributions.data());
    return found;
}

}  // namespace plantwright
