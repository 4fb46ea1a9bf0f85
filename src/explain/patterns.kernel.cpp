// SPDX-License-Identifier: MIT
#include "explain/lanes_kernel.hpp"
#include "explain/pattern_kernel.hpp"

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

using Patterns = Lanes<float>::I;  // a row a lane, for either T
constexpr int kLanes = Lanes<float>::kCount;
constexpr int kRows = 256;  // so many that a unit's table is fetched into the nearest cache once for all of them
constexpr int kVectors = kRows / kLanes;

using Eight = float __attribute__((vector_size(32)));

/// Rows of eight numbers become columns.
PLANTWRIGHT_EXPLAIN_INLINE void transpose(Eight (&r)[8]) {
    Eight pairs[8], quads[8];
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
        pairs[2 * i] = __builtin_shufflevector(r[2 * i], r[2 * i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
        pairs[2 * i + 1] = __builtin_shufflevector(r[2 * i], r[2 * i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
    }
#pragma GCC unroll 2
    for (int h = 0; h < 2; ++h) {
#pragma GCC unroll 2
        for (int i = 0; i < 2; ++i) {
            const Eight &a = pairs[4 * h + i], &b = pairs[4 * h + 2 + i];
            quads[4 * h + 2 * i] = __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13);
            quads[4 * h + 2 * i + 1] = __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
        }
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
        r[i] = __builtin_shufflevector(quads[i], quads[4 + i], 0, 1, 2, 3, 8, 9, 10, 11);
        r[4 + i] = __builtin_shufflevector(quads[i], quads[4 + i], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

template <class T>
struct Run {
    const PatternTree<T>& tree;
    const std::int32_t* keys;
    T* phi;
    Patterns* stack;
    std::ptrdiff_t n_rows;
    OutputPlace place;

    std::ptrdiff_t n_vectors() const { return (n_rows + 15) / 16 * 16 / kLanes; }  // of whole groups of eight rows
    PLANTWRIGHT_EXPLAIN_INLINE const Patterns* column(const PatternSplit& split) const {
        return reinterpret_cast<const Patterns*>(keys + static_cast<std::ptrdiff_t>(split.question.column) * kRows);
    }

    /// The patterns of a child: a new bit is set where the row goes there, an old one is kept there.
    template <bool kSecond, bool kAgain>
    void child(const PatternStep& step) const {
        const PatternSplit& split = tree.splits[step.record];
        const Patterns* key = column(split);
        const Patterns mask = Patterns{} + split.question.mask, threshold = Patterns{} + split.question.threshold;
        const Patterns bit = Patterns{} + split.bit;
        const Patterns* above = stack + step.depth * kVectors;
        Patterns* below = stack + (step.depth + 1) * kVectors;
        for (std::ptrdiff_t k = 0; k < n_vectors(); ++k) {
            const Patterns right = (key[k] & mask) > threshold, there = kSecond ? right : ~right;
            below[k] = kAgain ? above[k] & (there | ~bit) : above[k] | (there & bit);
        }
    }

    template <bool kAsk>
    void look_up(const PatternStep& step) const {
        const PatternUnit& unit = tree.units[step.record];
        const Patterns* patterns = stack + step.depth * kVectors;
        alignas(kVectorBytes) std::int32_t at[kRows];
        auto* out = reinterpret_cast<Patterns*>(at);
        const Patterns* key = column(unit.split);
        const Patterns mask = Patterns{} + unit.split.question.mask;
        const Patterns threshold = Patterns{} + unit.split.question.threshold, bit = Patterns{} + unit.split.bit;
        for (std::ptrdiff_t k = 0; k < n_vectors(); ++k)
            out[k] = kAsk ? patterns[k] | (((key[k] & mask) <= threshold) & bit) : patterns[k];
        add(unit, tree.tables + unit.table * kMostPathFeatures, at);
    }

    PLANTWRIGHT_EXPLAIN_INLINE T* sum_of(const PatternUnit& unit, int j) const {
        return phi + (unit.feature[j] * place.n_outputs + place.output) * kRows;
    }

    /// Eight rows of the table at a time, turned so that each feature's numbers lie together.
    PLANTWRIGHT_EXPLAIN_INLINE void add(const PatternUnit& unit, const float* table, const std::int32_t* at) const {
        for (std::ptrdiff_t row = 0; row < n_rows; row += 8) {
            Eight r[8];
#pragma GCC unroll 8
            for (int i = 0; i < 8; ++i) r[i] = *reinterpret_cast<const Eight*>(table + 8 * at[row + i]);
            transpose(r);
#pragma GCC unroll 8
            for (int j = 0; j < 8; ++j) {
                if (j < unit.n_features) *reinterpret_cast<Eight*>(sum_of(unit, j) + row) += r[j];
            }
        }
    }

    PLANTWRIGHT_EXPLAIN_INLINE void add(const PatternUnit& unit, const double* table, const std::int32_t* at) const {
        for (int j = 0; j < unit.n_features; ++j) {
            double* sum = sum_of(unit, j);
            for (std::ptrdiff_t row = 0; row < n_rows; ++row) sum[row] += table[8 * at[row] + j];
        }
    }

    void run() const {
        for (std::ptrdiff_t k = 0; k < n_vectors(); ++k) stack[k] = Patterns{};
        for (std::ptrdiff_t i = 0; i < tree.n_steps; ++i) {
            const PatternStep& step = tree.steps[i];
            switch (step.kind) {
                case PatternStepKind::first: child<false, false>(step); break;
                case PatternStepKind::first_again: child<false, true>(step); break;
                case PatternStepKind::second: child<true, false>(step); break;
                case PatternStepKind::second_again: child<true, true>(step); break;
                case PatternStepKind::look_up: look_up<false>(step); break;
                case PatternStepKind::ask_and_look_up: look_up<true>(step); break;
            }
        }
    }
};

template <class T>
void run(const PatternTree<T>& tree, const ShapBlock<T>& block, std::ptrdiff_t n_rows, OutputPlace place) {
    Run<T>{tree, block.keys, block.phi, static_cast<Patterns*>(block.stack), n_rows, place}.run();
}

}  // namespace

const PatternKernels kPatternKernels = {{kRows, run<float>}, {kRows, run<double>}};

}  // namespace plantwright::PLANTWRIGHT_LEVEL
