// SPDX-License-Identifier: MIT
#include "explain/shap_forest.hpp"

#include <algorithm>
#include <cmath>

#include "plantwright/core/error.hpp"
#include "plantwright/core/isa.hpp"
#include "plantwright/core/threads.hpp"

namespace plantwright {
namespace {

constexpr Index kChunkNodes = 4096;           // of trees summed in T before they are added in double
constexpr std::size_t kFewColumns = 512;      // so many serve all trees: keys are made once for a block of rows
constexpr Index kTaskBytes = Index{1} << 20;  // of keys and sums of the rows that go through a tree together
constexpr Index kMostTaskRows = 512;

const TreeShapKernels& kernels() { return PLANTWRIGHT_KERNELS(kTreeShapKernels); }

template <class T>
const ShapKernel<T>& narrow_kernel();
template <class T>
const ShapKernel<T>& wide_kernel();
template <>
const ShapKernel<float>& narrow_kernel<float>() {
    return kernels().one_vector;
}
template <>
const ShapKernel<float>& wide_kernel<float>() {
    return kernels().four_vectors;
}
template <>
const ShapKernel<double>& narrow_kernel<double>() {
    return kernels().audit;
}
template <>
const ShapKernel<double>& wide_kernel<double>() {
    return kernels().audit;
}

void flush(float* phi, Index n, double* total) { kernels().flush(phi, n, total); }
void flush(double* phi, Index n, double* total) { kernels().flush64(phi, n, total); }

/// Whether every leaf's two values sum to 1.
bool is_mirrored(const Forest& forest) {
    if (forest.n_outputs != 2) return false;
    for (Index k = 0; k < forest.n_nodes(); ++k) {
        const bool leaf = forest.children_left[k] == kNoChild;
        if (leaf && std::abs(forest.value[2 * k] + forest.value[2 * k + 1] - 1) > 1e-12) return false;
    }
    return true;
}

/// A power of two above x, or 1 for 0.
double power_of_two(double x) { return x > 0 ? std::ldexp(1.0, std::ilogb(x) + 1) : 1; }

}  // namespace

// ---- trees into programs

template <class T>
ShapForest<T>::ShapForest(const ExplainedTrees& trees, double tolerance, int n_threads)
    : n_features_(trees.n_features()), n_outputs_(trees.n_outputs), mirrored_(is_mirrored(trees.forest)),
      factor_(trees.factor), scale_(n_outputs_), expected_(trees.base) {
    plan_chunks(trees);
    measure(trees, n_threads);
    compile(trees, tolerance, n_threads);
}

template <class T>
TreeView ShapForest<T>::view_of(const ExplainedTrees& trees, Index i) const {
    TreeView tree = trees.forest.tree(i);
    if (mirrored_) tree.value = ConstMatrixView(tree.value.data() + 1, tree.n_nodes(), 1, 2, 1);
    return tree;
}

/// Output by output, trees in order.
template <class T>
void ShapForest<T>::plan_chunks(const ExplainedTrees& trees) {
    const bool one_value = trees.forest.n_outputs == 1 || mirrored_;
    const Index n_groups = trees.tree_output.empty() ? 1 : n_outputs_;
    ShapColumns all(n_features_);
    for (Index i = 0; i < trees.forest.n_trees(); ++i) all.add(trees.forest.tree(i));
    const bool few = all.columns().size() <= kFewColumns;
    if (few) columns_.push_back(all);
    for (Index output = 0; output < n_groups; ++output) {
        Index n_nodes = kChunkNodes;
        for (Index i = 0; i < trees.forest.n_trees(); ++i) {
            if (trees.output_of(i) != output) continue;
            if (n_nodes >= kChunkNodes) {
                if (!few) columns_.emplace_back(n_features_);
                chunks_.push_back({{}, mirrored_ ? 1 : output, one_value ? 1 : n_outputs_, columns_.size() - 1});
                n_nodes = 0;
            }
            chunks_.back().trees.push_back(i);
            if (!few) columns_.back().add(trees.forest.tree(i));
            n_nodes += trees.forest.tree(i).n_nodes();
        }
    }
}

/// Expected values, and scales that bring all leaves into [-1, 1].
template <class T>
void ShapForest<T>::measure(const ExplainedTrees& trees, int n_threads) {
    const Index n_trees = trees.forest.n_trees(), n_values = mirrored_ ? 1 : trees.forest.n_outputs;
    Matrix mean(n_trees, n_values), highest(n_trees, n_values);
    parallel_for(n_trees, n_threads, [&](Index i, int) {
        const SplitShares tree(view_of(trees, i));
        for (Index o = 0; o < n_values; ++o) {
            mean(i, o) = tree.mean[static_cast<std::size_t>(o)];
            for (Index k = 0; k < tree.n_nodes(); ++k) {
                if (tree.is_leaf(k)) highest(i, o) = std::max(highest(i, o), std::abs(tree.value(k, o)));
            }
        }
    });
    Vector sum(n_outputs_);
    for (const ShapChunk& chunk : chunks_) {
        for (const Index i : chunk.trees) {
            for (Index o = 0; o < chunk.n_outputs; ++o) {
                sum[chunk.output + o] += mean(i, o);
                scale_[chunk.output + o] = std::max(scale_[chunk.output + o], highest(i, o));
            }
        }
    }
    for (Index o = 0; o < n_outputs_; ++o) expected_[o] += factor_ * sum[o];
    for (double& scale : scale_) scale = power_of_two(scale);
    if (mirrored_) expected_[0] = 1 - expected_[1];
}

template <class T>
void ShapForest<T>::compile(const ExplainedTrees& trees, double tolerance, int n_threads) {
    programs_.resize(static_cast<std::size_t>(trees.forest.n_trees()));
    for (const ShapChunk& chunk : chunks_) {
        const std::span<const double> scale(scale_.data() + chunk.output, static_cast<std::size_t>(chunk.n_outputs));
        parallel_for(static_cast<Index>(chunk.trees.size()), n_threads, [&](Index k, int) {
            const Index i = chunk.trees[static_cast<std::size_t>(k)];
            const SplitShares tree(view_of(trees, i));
            const GaussRule rule = gauss_legendre(points_needed(tree, tolerance));
            programs_[static_cast<std::size_t>(i)] = ShapProgram<T>(tree, columns_[chunk.columns], rule, scale);
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

// ---- rows through programs

/// Rows that go through every tree together, and their sums; its memory serves one task after the other.
template <class T>
class ShapForest<T>::Task {
public:
    Task(const ShapForest& forest, Index most_rows) : f_(forest), copy_() {
        const ShapKernel<T>& wide = wide_kernel<T>();
        const Index padded = (most_rows + wide.rows - 1) / wide.rows * wide.rows;
        Index n_columns = 0, n_phi = 0, n_stack = 0;
        for (const ShapChunk& chunk : f_.chunks_) {
            const ShapColumns& columns = f_.columns_[chunk.columns];
            n_columns = std::max(n_columns, static_cast<Index>(columns.columns().size()));
            n_phi = std::max(n_phi, static_cast<Index>(columns.features().size()) * chunk.n_outputs);
        }
        for (const ShapProgram<T>& p : f_.programs_)
            n_stack = std::max(n_stack, wide.stack_bytes(p.n_points, p.n_outputs, p.depth));
        keys_ = Buffer<std::int32_t>(n_columns * padded);
        phi_ = Buffer<T>(n_phi * padded);
        total_ = Vector(f_.n_features_ * f_.n_outputs_ * padded);
        stack_ = Buffer<std::byte>::uninitialized(n_stack);
    }

    void run(const FeatureRows& rows, Index begin, Index end, Matrix& out, ProgressMonitor& monitor) {
        cut_blocks(end - begin);
        read(rows, begin, end);
        std::fill(total_.begin(), total_.end(), 0.0);
        const ShapColumns* columns = nullptr;
        for (const ShapChunk& chunk : f_.chunks_) {
            monitor.poll();
            if (columns != &f_.columns_[chunk.columns]) make_keys(*(columns = &f_.columns_[chunk.columns]));
            add(chunk);
            flush_into_totals(chunk, *columns);
        }
        write(begin, out);
    }

private:
    struct Block {
        const ShapKernel<T>* kernel;
        Index begin;  // place of its first row, in padded numbers
        Index rows;   // real ones
    };

    /// Wide blocks, and for few rows at the end narrow ones.
    void cut_blocks(Index n) {
        const ShapKernel<T>&wide = wide_kernel<T>(), &narrow = narrow_kernel<T>();
        blocks_.clear();
        Index at = 0;
        while (at < n) {
            const ShapKernel<T>& kernel = n - at > 2 * narrow.rows ? wide : narrow;
            blocks_.push_back({&kernel, at, std::min(kernel.rows, n - at)});
            at += kernel.rows;
        }
    }

    void read(const FeatureRows& rows, Index begin, Index end) {
        x_ = rows.dense_rows(begin);
        if (x_) return;
        copy_.resize(static_cast<std::size_t>((end - begin) * f_.n_features_));
        rows.read_rows(begin, end, copy_.data());
        x_ = copy_.data();
    }

    void make_keys(const ShapColumns& columns) {
        const auto n_columns = static_cast<Index>(columns.columns().size());
        for (const Block& block : blocks_) {
            std::int32_t* key = keys_.data() + block.begin * n_columns;
            for (const KeyColumn& column : columns.columns()) {
                const float* x = x_ + block.begin * f_.n_features_ + column.feature;
                for (Index i = 0; i < block.rows; ++i)
                    key[i] = ordered_key(x[i * f_.n_features_], column.missing_is_low);
                std::fill(key + block.rows, key + block.kernel->rows, 0);
                key += block.kernel->rows;
            }
        }
    }

    void add(const ShapChunk& chunk) {
        const ShapColumns& columns = f_.columns_[chunk.columns];
        const auto n_columns = static_cast<Index>(columns.columns().size());
        const Index n_phi = static_cast<Index>(columns.features().size()) * chunk.n_outputs;
        for (const Index i : chunk.trees) {
            const ShapProgram<T>& program = f_.programs_[static_cast<std::size_t>(i)];
            const ShapTree<T> tree = program.with(*f_.rules_[static_cast<std::size_t>(program.n_points)]);
            for (const Block& block : blocks_) {
                block.kernel->run(
                    tree, {keys_.data() + block.begin * n_columns, phi_.data() + block.begin * n_phi, stack_.data()});
            }
        }
    }

    void flush_into_totals(const ShapChunk& chunk, const ShapColumns& columns) {
        const Index n_totals = f_.n_features_ * f_.n_outputs_;
        T* phi = phi_.data();
        for (const Block& block : blocks_) {
            double* total = total_.data() + block.begin * n_totals;
            const Index n = chunk.n_outputs * block.kernel->rows;
            for (const std::int32_t feature : columns.features()) {
                flush(phi, n, total + (feature * f_.n_outputs_ + chunk.output) * block.kernel->rows);
                phi += n;
            }
        }
    }

    void write(Index begin, Matrix& out) const {
        const Index n_totals = f_.n_features_ * f_.n_outputs_;
        for (const Block& block : blocks_) {
            const double* total = total_.data() + block.begin * n_totals;
            for (Index i = 0; i < block.rows; ++i) {
                double* row = out.data() + (begin + block.begin + i) * n_totals;
                for (Index c = 0; c < n_totals; ++c)
                    row[c] = total[c * block.kernel->rows + i] * (f_.scale_[c % f_.n_outputs_] * f_.factor_);
                for (Index c = 0; f_.mirrored_ && c < n_totals; c += 2) row[c] = -row[c + 1];
            }
        }
    }

    const ShapForest& f_;
    std::vector<Block> blocks_;
    std::vector<float> copy_;
    const float* x_ = nullptr;
    Buffer<std::int32_t> keys_;
    Buffer<T> phi_;
    Vector total_;
    Buffer<std::byte> stack_;
};

template <class T>
Index ShapForest<T>::task_rows(Index rows, int n_threads) const {
    const Index block = wide_kernel<T>().rows;
    const Index bytes = n_features_ * n_outputs_ * static_cast<Index>(sizeof(double) + sizeof(T)) + 8 * n_features_;
    const Index by_cache = std::clamp(kTaskBytes / bytes, block, kMostTaskRows);
    const Index by_threads = n_threads == 1 ? by_cache : rows / (4 * n_threads);
    return (std::clamp(by_threads, block, by_cache) + block - 1) / block * block;
}

template <class T>
Matrix ShapForest<T>::values(const FeatureRows& rows, int n_threads, const ProgressCallback& progress) const {
    Matrix out(rows.rows(), n_features_ * n_outputs_);
    const Index step = task_rows(rows.rows(), n_threads), n_tasks = (rows.rows() + step - 1) / step;
    ProgressMonitor monitor(progress, "explain", n_tasks);
    std::vector<std::unique_ptr<Task>> tasks(static_cast<std::size_t>(n_threads));
    const auto run = [&](Index i, int thread) {
        auto& task = tasks[static_cast<std::size_t>(thread)];
        if (!task) task = std::make_unique<Task>(*this, std::min(step, rows.rows()));
        task->run(rows, i * step, std::min(rows.rows(), (i + 1) * step), out, monitor);
    };
    parallel_for(n_tasks, n_threads, run, &monitor);
    monitor.finish();
    return out;
}

template class ShapForest<float>;
template class ShapForest<double>;

}  // namespace plantwright
