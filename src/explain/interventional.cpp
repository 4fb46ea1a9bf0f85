// SPDX-License-Identifier: MIT
#include "explain/interventional.hpp"

#include <algorithm>
#include <type_traits>

#include "core/huge_pages.hpp"
#include "explain/forest_run.hpp"

namespace plantwright {
namespace {

constexpr Index kMostTableBytes = Index{1} << 30;  // of all trees together

template <class T>
const PatternKernel<T>& kernel() {
    const PatternKernels& kernels = PLANTWRIGHT_KERNELS(kPatternKernels);
    if constexpr (std::is_same_v<T, double>)
        return kernels.audit;
    else
        return kernels.fast;
}

/// Which trees go by tables, and where each one's begin among those of all.
struct TablePlan {
    Buffer<Index> offset;            // (n_trees + 1,)
    Buffer<std::uint8_t> by_tables;  // (n_trees,)
};

/// Trees that can go by tables do, in their order, until memory is used up.
template <class T>
TablePlan plan_tables(const ExplainedTrees& trees, const ForestPlan& plan, int n_threads) {
    const Index n = trees.forest.n_trees(), most = kMostTableBytes / static_cast<Index>(sizeof(T));
    Buffer<Index> size(n);
    parallel_for(n, n_threads, [&](Index i, int) {
        const SplitShares tree(plan.view_of(trees, i));
        size[i] = pattern_table_size(tree) * tree.n_outputs();
    });
    TablePlan tables{Buffer<Index>(n + 1), Buffer<std::uint8_t>(n)};
    for (Index i = 0; i < n; ++i) {
        tables.by_tables[i] = size[i] >= 0 && tables.offset[i] + size[i] <= most;
        tables.offset[i + 1] = tables.offset[i] + (tables.by_tables[i] ? size[i] : 0);
    }
    return tables;
}

}  // namespace

template <class T>
InterventionalForest<T>::InterventionalForest(const ExplainedTrees& trees, const ForestPlan& plan,
                                              const FeatureRows& background, int n_threads, DeepTrees deep)
    : plan_(plan), background_(background, plan.columns), expected_(trees.base),
      chunk_of_(static_cast<std::size_t>(trees.forest.n_trees())),
      trees_(static_cast<std::size_t>(trees.forest.n_trees())) {
    const TablePlan tables = plan_tables<T>(trees, plan, n_threads);
    tables_ = Buffer<T>::uninitialized(tables.offset[trees.forest.n_trees()]);
    advise_huge_pages(tables_.data(), static_cast<std::size_t>(tables_.size()) * sizeof(T));
    const Index n_values = plan.mirrored ? 1 : trees.forest.n_outputs;
    Matrix mean(trees.forest.n_trees(), n_values);
    for (std::size_t c = 0; c < plan.chunks.size(); ++c) {
        const ForestChunk& chunk = plan.chunks[c];
        targets_.push_back(feature_targets(plan, chunk));
        parallel_for(static_cast<Index>(chunk.trees.size()), n_threads, [&](Index k, int) {
            const Index i = chunk.trees[static_cast<std::size_t>(k)];
            const SplitShares tree(plan.view_of(trees, i));
            Tree& made = trees_[static_cast<std::size_t>(i)];
            chunk_of_[static_cast<std::size_t>(i)] = c;
            const Index begin = tables.offset[i], end = tables.offset[i + 1];
            const std::span<T> memory(tables_.data() + begin, static_cast<std::size_t>(end - begin));
            if (tables.by_tables[i])
                made = PatternProgram<T>(tree, plan.columns_of(chunk), chunk.columns, background_,
                                         plan.scales_of(chunk), memory);
            else if (deep == DeepTrees::pair_by_pair)
                made = PairTree(tree, plan.columns_of(chunk), plan.scales_of(chunk));
            if (!std::holds_alternative<std::monostate>(made)) mean_of(tree, chunk, made, mean.data() + i * n_values);
        });
    }
    expect(mean);
}

/// Of a tree over the background.
template <class T>
void InterventionalForest<T>::mean_of(const SplitShares& tree, const ForestChunk& chunk, const Tree& made,
                                      double* mean) const {
    if (const auto* tables = std::get_if<PatternProgram<T>>(&made)) {
        std::copy(tables->mean.begin(), tables->mean.end(), mean);
        return;
    }
    const auto& pairs = std::get<PairTree>(made);
    const auto n = static_cast<double>(background_.rows());
    for (Index o = 0; o < tree.n_outputs(); ++o) {
        double sum = 0;
        for (Index i = 0; i < background_.rows(); ++i) sum += pairs.leaf(background_.row(chunk.columns, i))[o];
        mean[o] = tree.mean[static_cast<std::size_t>(o)] + sum / n * plan_.scale[chunk.output + o];
    }
}

template <class T>
void InterventionalForest<T>::expect(const Matrix& mean) {
    Vector sum(plan_.n_outputs);
    for (const ForestChunk& chunk : plan_.chunks) {
        for (const Index i : chunk.trees) {
            for (Index o = 0; o < chunk.n_outputs; ++o) sum[chunk.output + o] += mean(i, o);
        }
    }
    for (Index o = 0; o < plan_.n_outputs; ++o) expected_[o] += plan_.factor * sum[o];
    if (plan_.mirrored) expected_[0] = 1 - expected_[1];
}

template <class T>
Index InterventionalForest<T>::n_trees_by_tables() const {
    return std::count_if(trees_.begin(), trees_.end(),
                         [](const Tree& tree) { return std::holds_alternative<PatternProgram<T>>(tree); });
}

template <class T>
Index InterventionalForest<T>::wide_rows() const {
    return kernel<T>().rows;
}

template <class T>
InterventionalForest<T>::Workspace::Workspace(const InterventionalForest& forest)
    : pair(forest.plan_.n_features, forest.plan_.n_outputs, forest.deepest_pair_tree()) {
    Index depth = 0;
    for (const Tree& tree : forest.trees_) {
        if (const auto* tables = std::get_if<PatternProgram<T>>(&tree)) depth = std::max(depth, tables->depth);
    }
    stack = Buffer<std::int32_t>((depth + 2) * forest.wide_rows());
    std::size_t n_columns = 0, n_sums = 0;
    for (const ForestChunk& chunk : forest.plan_.chunks) {
        n_columns = std::max(n_columns, forest.plan_.columns_of(chunk).columns().size());
        n_sums = std::max(n_sums, forest.targets(chunk).size());
    }
    row.resize(n_columns);
    phi.resize(n_sums);
}

template <class T>
Index InterventionalForest<T>::deepest_pair_tree() const {
    Index depth = 0;
    for (const Tree& tree : trees_) {
        if (const auto* pairs = std::get_if<PairTree>(&tree)) depth = std::max(depth, pairs->depth());
    }
    return depth;
}

template <class T>
void InterventionalForest<T>::run(Index tree, BlockRows rows, const std::int32_t* keys, T* sums,
                                  Workspace& workspace) const {
    const Tree& made = trees_[static_cast<std::size_t>(tree)];
    if (const auto* pairs = std::get_if<PairTree>(&made))
        return run_pairs(tree, *pairs, rows.rows, keys, sums, workspace);
    if (!goes_by_tables(tree)) return;
    const auto& tables = std::get<PatternProgram<T>>(made);
    const Index n_outputs = plan_.chunks[chunk_of_[static_cast<std::size_t>(tree)]].n_outputs;
    for (Index o = 0; o < n_outputs; ++o)
        kernel<T>().run(tables.output(o), {keys, sums, workspace.stack.data()}, rows.rows, {o, n_outputs});
}

/// Every row of the block against every row of the background.
template <class T>
void InterventionalForest<T>::run_pairs(Index tree, const PairTree& pairs, Index n_rows, const std::int32_t* keys,
                                        T* sums, Workspace& workspace) const {
    const ForestChunk& chunk = plan_.chunks[chunk_of_[static_cast<std::size_t>(tree)]];
    const auto n_columns = static_cast<Index>(plan_.columns_of(chunk).columns().size());
    const auto n_sums = static_cast<Index>(targets(chunk).size());
    const Index rows = wide_rows();
    const double share = 1 / static_cast<double>(background_.rows());
    for (Index i = 0; i < n_rows; ++i) {
        for (Index c = 0; c < n_columns; ++c) workspace.row[static_cast<std::size_t>(c)] = keys[c * rows + i];
        workspace.monitor->poll();
        std::fill_n(workspace.phi.begin(), n_sums, 0.0);
        for (Index z = 0; z < background_.rows(); ++z)
            pairs.add(workspace.row.data(), background_.row(chunk.columns, z), workspace.pair, workspace.phi.data());
        for (Index k = 0; k < n_sums; ++k)
            sums[k * rows + i] += static_cast<T>(share * workspace.phi[static_cast<std::size_t>(k)]);
    }
}

template <class T>
void InterventionalForest<T>::write(const double* total, Index stride, double* out) const {
    write_features(plan_, total, stride, out);
}

template <class T>
Matrix InterventionalForest<T>::values(const FeatureRows& rows, int n_threads, const ProgressCallback& progress) const {
    return run_forest(*this, rows, n_totals(), n_threads, progress);
}

template class InterventionalForest<float>;
template class InterventionalForest<double>;

}  // namespace plantwright
