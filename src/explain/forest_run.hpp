// SPDX-License-Identifier: MIT
/// Rows through all trees of a forest, a block of rows at a time, chunk after chunk.
///
/// An Engine says what a tree adds to a block's sums:
///
///     using Number                                    of the sums within a chunk
///     plan()                                          the ForestPlan
///     wide_rows(), narrow_rows()                      rows of a block; few rows at the end go through narrow ones
///     task_limits()                                   least and most rows that go through a tree before the next one
///     n_totals()                                      sums of a row, over all chunks
///     targets(chunk)                                  the total that each of the chunk's sums is added to
///     Workspace(engine)                               memory that `run` may use; its `monitor`, if it has one, is set
///     run(tree, rows, keys, sums, workspace)          adds to `sums (n_sums, size)` what the tree gives the block's
///     rows,
///                                                     whose keys are `(n_columns, size)`
///     write(total, stride, out)                       a row's result; total k stands in total[k * stride]
///
/// Every row goes through the same sums, whatever rows stand beside it.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "explain/forest_plan.hpp"
#include "explain/tree_shap_kernel.hpp"
#include "forest/feature_rows.hpp"
#include "plantwright/core/isa.hpp"
#include "plantwright/core/progress.hpp"
#include "plantwright/core/threads.hpp"

namespace plantwright {

inline void flush_sums(float* sums, Index n, double* total) {
    PLANTWRIGHT_KERNELS(kTreeShapKernels).flush(sums, n, total);
}
inline void flush_sums(double* sums, Index n, double* total) {
    PLANTWRIGHT_KERNELS(kTreeShapKernels).flush64(sums, n, total);
}

/// Rows that go through every tree together; its memory serves one task after the other.
template <class Engine>
class ForestTask {
public:
    ForestTask(const Engine& engine, Index most_rows) : engine_(engine), plan_(engine.plan()), workspace_(engine) {
        const Index wide = engine.wide_rows(), padded = (most_rows + wide - 1) / wide * wide;
        std::size_t n_columns = 0, n_sums = 0;
        for (const ForestChunk& chunk : plan_.chunks) {
            n_columns = std::max(n_columns, plan_.columns_of(chunk).columns().size());
            n_sums = std::max(n_sums, engine.targets(chunk).size());
        }
        keys_ = Buffer<std::int32_t>(static_cast<Index>(n_columns) * padded);
        sums_ = Buffer<Number>(static_cast<Index>(n_sums) * padded);
        total_ = Vector(engine.n_totals() * padded);
    }

    /// Rows [begin, end) into the rows of `out`, of which `begin` is the first.
    void run(const FeatureRows& rows, Index begin, Index end, MatrixView<double> out, ProgressMonitor& monitor) {
        if constexpr (requires { workspace_.monitor; }) workspace_.monitor = &monitor;
        cut_blocks(end - begin);
        read(rows, begin, end);
        std::fill(total_.begin(), total_.end(), 0.0);
        const KeyColumns* columns = nullptr;
        for (const ForestChunk& chunk : plan_.chunks) {
            monitor.poll();
            if (columns != &plan_.columns_of(chunk)) make_keys(*(columns = &plan_.columns_of(chunk)));
            add(chunk, static_cast<Index>(columns->columns().size()));
            flush(chunk);
        }
        for (const Block& block : blocks_) {
            const double* total = total_.data() + block.begin * engine_.n_totals();
            for (Index i = 0; i < block.rows; ++i)
                engine_.write(total + i, block.size, out.data() + (block.begin + i) * out.cols());
        }
    }

private:
    using Number = typename Engine::Number;
    struct Block {
        bool wide;
        Index begin;  // place of its first row
        Index rows;   // real ones
        Index size;   // with padding
    };

    void cut_blocks(Index n) {
        blocks_.clear();
        const Index narrow = engine_.narrow_rows();
        for (Index at = 0; at < n; at += blocks_.back().size) {
            const bool wide = n - at > 2 * narrow;
            const Index size = wide ? engine_.wide_rows() : narrow;
            blocks_.push_back({wide, at, std::min(size, n - at), size});
        }
    }

    void read(const FeatureRows& rows, Index begin, Index end) {
        x_ = rows.dense_rows(begin);
        if (x_) return;
        copy_.resize(static_cast<std::size_t>((end - begin) * plan_.n_features));
        rows.read_rows(begin, end, copy_.data());
        x_ = copy_.data();
    }

    void make_keys(const KeyColumns& columns) {
        for (const Block& block : blocks_) {
            std::int32_t* key = keys_.data() + block.begin * static_cast<Index>(columns.columns().size());
            for (const KeyColumn& column : columns.columns()) {
                const float* x = x_ + block.begin * plan_.n_features + column.feature;
                for (Index i = 0; i < block.rows; ++i) key[i] = column.key(x[i * plan_.n_features]);
                std::fill(key + block.rows, key + block.size, key[block.rows - 1]);  // the padding looks up no more
                key += block.size;
            }
        }
    }

    void add(const ForestChunk& chunk, Index n_columns) {
        const auto n_sums = static_cast<Index>(engine_.targets(chunk).size());
        for (const Index tree : chunk.trees) {
            for (const Block& block : blocks_) {
                engine_.run(tree, {block.wide, block.rows}, keys_.data() + block.begin * n_columns,
                            sums_.data() + block.begin * n_sums, workspace_);
            }
        }
    }

    void flush(const ForestChunk& chunk) {
        const std::span<const Index> targets = engine_.targets(chunk);
        for (const Block& block : blocks_) {
            double* total = total_.data() + block.begin * engine_.n_totals();
            Number* sum = sums_.data() + block.begin * static_cast<Index>(targets.size());
            for (const Index target : targets) {
                flush_sums(sum, block.size, total + target * block.size);
                sum += block.size;
            }
        }
    }

    const Engine& engine_;
    const ForestPlan& plan_;
    std::vector<Block> blocks_;
    std::vector<float> copy_;
    const float* x_ = nullptr;
    Buffer<std::int32_t> keys_;
    Buffer<Number> sums_;
    Vector total_;
    typename Engine::Workspace workspace_;
};

/// How many rows go through the trees together: so many that trees are fetched from memory seldom, so few that their
/// sums stay in the cache and every thread has some.
template <class Engine>
Index task_rows(const Engine& engine, Index rows, int n_threads) {
    constexpr Index kTaskBytes = Index{1} << 20;
    const TaskLimits limits = engine.task_limits();
    const Index bytes = engine.n_totals() * Index{12} + engine.plan().n_features * Index{8};
    const Index by_cache = std::clamp(kTaskBytes / bytes, limits.least, limits.most);
    const Index by_threads = n_threads == 1 ? by_cache : rows / (4 * n_threads);
    return (std::clamp(by_threads, limits.least, by_cache) + limits.least - 1) / limits.least * limits.least;
}

/// All rows, `(rows, n_out)`.
template <class Engine>
Matrix run_forest(const Engine& engine, const FeatureRows& rows, Index n_out, int n_threads,
                  const ProgressCallback& progress) {
    Matrix out(rows.rows(), n_out);
    const Index step = task_rows(engine, rows.rows(), n_threads), n_tasks = (rows.rows() + step - 1) / step;
    ProgressMonitor monitor(progress, "explain", n_tasks);
    std::vector<std::unique_ptr<ForestTask<Engine>>> tasks(static_cast<std::size_t>(n_threads));
    const auto run = [&](Index i, int thread) {
        auto& task = tasks[static_cast<std::size_t>(thread)];
        if (!task) task = std::make_unique<ForestTask<Engine>>(engine, std::min(step, rows.rows()));
        const Index begin = i * step, end = std::min(rows.rows(), begin + step);
        task->run(rows, begin, end, MatrixView<double>(out.data() + begin * n_out, end - begin, n_out), monitor);
    };
    parallel_for(n_tasks, n_threads, run, &monitor);
    monitor.finish();
    return out;
}

}  // namespace plantwright
