// SPDX-License-Identifier: MIT
#include "explain/shap_forest.hpp"

#include <algorithm>
#include <type_traits>

#include "explain/forest_run.hpp"

namespace plantwright {
namespace {

template <class T>
const ShapKernel<T>& kernel(bool wide) {
    const TreeShapKernels& kernels = PLANTWRIGHT_KERNELS(kTreeShapKernels);
    if constexpr (std::is_same_v<T, double>)
        return kernels.audit;
    else
        return wide ? kernels.four_vectors : kernels.one_vector;
}

}  // namespace

template <class T>
ShapForest<T>::ShapForest(const ExplainedTrees& trees, const ForestPlan& plan, double tolerance, int n_threads)
    : plan_(plan), programs_(static_cast<std::size_t>(trees.forest.n_trees())) {
    for (const ForestChunk& chunk : plan.chunks) {
        targets_.push_back(feature_targets(plan, chunk));
        parallel_for(static_cast<Index>(chunk.trees.size()), n_threads, [&](Index k, int) {
            const Index i = chunk.trees[static_cast<std::size_t>(k)];
            const SplitShares tree(plan.view_of(trees, i));
            const GaussRule rule = gauss_legendre(points_needed(tree, tolerance));
            programs_[static_cast<std::size_t>(i)] =
                ShapProgram<T>(tree, plan.columns_of(chunk), rule, plan.scales_of(chunk));
        });
    }
    rules_.resize(static_cast<std::size_t>(most_points()) + 1);
    for (const ShapProgram<T>& program : programs_) {
        auto& rule = rules_[static_cast<std::size_t>(program.n_points)];
        if (!rule) rule = std::make_unique<TypedRule<T>>(gauss_legendre(static_cast<int>(program.n_points)));
    }
}

template <class T>
int ShapForest<T>::most_points() const {
    Index most = 0;
    for (const ShapProgram<T>& program : programs_) most = std::max(most, program.n_points);
    return static_cast<int>(most);
}

template <class T>
Index ShapForest<T>::wide_rows() const {
    return kernel<T>(true).rows;
}
template <class T>
Index ShapForest<T>::narrow_rows() const {
    return kernel<T>(false).rows;
}

template <class T>
ShapForest<T>::Workspace::Workspace(const ShapForest& forest) {
    Index bytes = 0;
    for (const ShapProgram<T>& p : forest.programs_)
        bytes = std::max(bytes, kernel<T>(true).stack_bytes(p.n_points, p.n_outputs, p.depth));
    stack = Buffer<std::byte>::uninitialized(bytes);
}

template <class T>
void ShapForest<T>::run(Index tree, BlockRows rows, const std::int32_t* keys, T* sums, Workspace& workspace) const {
    const ShapProgram<T>& program = programs_[static_cast<std::size_t>(tree)];
    const TypedRule<T>& rule = *rules_[static_cast<std::size_t>(program.n_points)];
    kernel<T>(rows.wide).run(program.with(rule), {keys, sums, workspace.stack.data()});
}

template <class T>
void ShapForest<T>::write(const double* total, Index stride, double* out) const {
    write_features(plan_, total, stride, out);
}

template <class T>
Matrix ShapForest<T>::values(const FeatureRows& rows, int n_threads, const ProgressCallback& progress) const {
    return run_forest(*this, rows, n_totals(), n_threads, progress);
}

template class ShapForest<float>;
template class ShapForest<double>;

}  // namespace plantwright
