// SPDX-License-Identifier: MIT
#include "explain/interaction_forest.hpp"

#include <algorithm>
#include <type_traits>

#include "explain/forest_run.hpp"
#include "explain/interaction_kernel.hpp"

namespace plantwright {
namespace {

template <class T>
const InteractionKernel<T>& kernel() {
    const InteractionKernels& kernels = PLANTWRIGHT_KERNELS(kInteractionKernels);
    if constexpr (std::is_same_v<T, double>)
        return kernels.audit;
    else
        return kernels.fast;
}

/// The number of the pair of two different features.
Index pair_of(Index a, Index b) {
    const Index low = std::min(a, b), high = std::max(a, b);
    return high * (high - 1) / 2 + low;
}

}  // namespace

template <class T>
InteractionForest<T>::InteractionForest(const ExplainedTrees& trees, const ForestPlan& plan, double tolerance,
                                        int n_threads)
    : plan_(plan), n_local_features_(static_cast<std::size_t>(trees.forest.n_trees())),
      programs_(static_cast<std::size_t>(trees.forest.n_trees())) {
    for (const ForestChunk& chunk : plan.chunks) {
        const KeyColumns& columns = plan.columns_of(chunk);
        targets_.push_back(targets_of(chunk));
        parallel_for(static_cast<Index>(chunk.trees.size()), n_threads, [&](Index k, int) {
            const auto i = static_cast<std::size_t>(chunk.trees[static_cast<std::size_t>(k)]);
            const SplitShares tree(plan.view_of(trees, static_cast<Index>(i)));
            const GaussRule rule = gauss_legendre(points_needed(tree, tolerance));
            programs_[i] = ShapProgram<T>(tree, columns, rule, plan.scales_of(chunk), ProgramFor::interactions);
            n_local_features_[i] = static_cast<Index>(columns.features().size());
        });
    }
    for (const ShapProgram<T>& program : programs_) {
        const auto n = static_cast<std::size_t>(program.n_points);
        if (rules_.size() <= n) rules_.resize(n + 1);
        if (!rules_[n]) rules_[n] = std::make_unique<TypedRule<T>>(gauss_legendre(static_cast<int>(n)));
    }
}

/// Features first, then pairs, in the order of the kernel's sums.
template <class T>
std::vector<Index> InteractionForest<T>::targets_of(const ForestChunk& chunk) const {
    const std::span<const std::int32_t> features = plan_.columns_of(chunk).features();
    std::vector<Index> targets;
    const auto add = [&](Index feature_or_pair) {
        for (Index o = 0; o < chunk.n_outputs; ++o) targets.push_back(total_of(feature_or_pair, chunk.output + o));
    };
    for (const std::int32_t feature : features) add(feature);
    for (std::size_t b = 1; b < features.size(); ++b) {
        for (std::size_t a = 0; a < b; ++a) add(plan_.n_features + pair_of(features[a], features[b]));
    }
    return targets;
}

template <class T>
Index InteractionForest<T>::wide_rows() const {
    return kernel<T>().rows;
}

template <class T>
InteractionForest<T>::Workspace::Workspace(const InteractionForest& forest) {
    Index bytes = 0;
    for (const ShapProgram<T>& p : forest.programs_)
        bytes = std::max(bytes, kernel<T>().stack_bytes(p.n_points, p.n_outputs, p.depth));
    stack = Buffer<std::byte>::uninitialized(bytes);
}

template <class T>
void InteractionForest<T>::run(Index tree, BlockRows, const std::int32_t* keys, T* sums, Workspace& workspace) const {
    const auto i = static_cast<std::size_t>(tree);
    const TypedRule<T>& rule = *rules_[static_cast<std::size_t>(programs_[i].n_points)];
    kernel<T>().run(programs_[i].with(rule), {keys, sums, n_local_features_[i], workspace.stack.data()});
}

/// Each pair's total to both of its places, half to each; on the diagonal what is left of the feature's value.
template <class T>
void InteractionForest<T>::write_output(const double* total, Index stride, Index output, double* out) const {
    const Index n = plan_.n_features, n_outputs = plan_.n_outputs;
    const double unit = plan_.scale[output] * plan_.factor;
    const auto at = [&](Index a, Index b) -> double& { return out[(a * n + b) * n_outputs + output]; };
    for (Index j = 0; j < n; ++j) at(j, j) = unit * total[total_of(j, output) * stride];
    for (Index b = 1; b < n; ++b) {
        for (Index a = 0; a < b; ++a) {
            const double half = 0.5 * unit * total[total_of(n + pair_of(a, b), output) * stride];
            at(a, b) = at(b, a) = half;
            at(a, a) -= half;
            at(b, b) -= half;
        }
    }
}

template <class T>
void InteractionForest<T>::write(const double* total, Index stride, double* out) const {
    for (Index o = plan_.mirrored ? 1 : 0; o < plan_.n_outputs; ++o) write_output(total, stride, o, out);
    const Index n = plan_.n_features * plan_.n_features;
    for (Index c = 0; plan_.mirrored && c < n; ++c) out[2 * c] = -out[2 * c + 1];
}

template <class T>
Matrix InteractionForest<T>::values(const FeatureRows& rows, int n_threads, const ProgressCallback& progress) const {
    return run_forest(*this, rows, plan_.n_features * plan_.n_features * plan_.n_outputs, n_threads, progress);
}

template class InteractionForest<float>;
template class InteractionForest<double>;

}  // namespace plantwright
