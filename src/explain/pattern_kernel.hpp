// SPDX-License-Identifier: MIT
/// Interventional Shapley values of one tree by tables, compiled per instruction-set level.
///
/// The *pattern* of a row at a leaf has a bit for each feature of the leaf's path: whether the row passes all of its
/// splits. What a leaf adds to each feature depends on the row's pattern alone, once the background is given: a table
/// `(patterns, kMostPathFeatures)` for each leaf, or for two sibling leaves together. The run finds patterns and looks
/// up; its time does not depend on the background's size.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/levels_kernel.hpp"
#include "explain/tree_shap_kernel.hpp"

namespace plantwright {

inline constexpr int kMostPathFeatures = 8;

/// `first` and `second` are the children of a split. `_again`: the feature has a bit already.
enum class PatternStepKind : std::uint16_t { first, first_again, second, second_again, look_up, ask_and_look_up };

struct PatternStep {
    PatternStepKind kind;
    std::uint16_t depth;   ///< of the split, or of what is looked up; patterns of that depth are read
    std::uint32_t record;  ///< of `splits` or `units`
};

struct PatternSplit {
    SplitQuestion question;
    std::int32_t bit;  ///< 1 << the feature's place
};

/// A leaf, or the two leaves of a split (`ask_and_look_up`).
struct PatternUnit {
    PatternSplit split;  ///< of two leaves: `bit` is set where the row goes left
    std::int32_t n_features;
    std::int32_t feature[kMostPathFeatures];  ///< of phi
    std::uint64_t table;                      ///< where its table begins, in rows of kMostPathFeatures numbers
};

template <class T>
struct PatternTree {
    const PatternStep* steps;
    std::ptrdiff_t n_steps;
    const PatternSplit* splits;
    const PatternUnit* units;
    const T* tables;  ///< of one output
};

/// Which of how many outputs is added to.
struct OutputPlace {
    std::ptrdiff_t output, n_outputs;
};

template <class T>
struct PatternKernel {
    std::ptrdiff_t rows;  ///< of a block
    /// The first `n_rows` of the block; its stack holds (depth + 2) `rows` int32.
    void (*run)(const PatternTree<T>& tree, const ShapBlock<T>& block, std::ptrdiff_t n_rows, OutputPlace output);
};

struct PatternKernels {
    PatternKernel<float> fast;
    PatternKernel<double> audit;
};

PLANTWRIGHT_DECLARE_KERNELS(PatternKernels, kPatternKernels)

}  // namespace plantwright
