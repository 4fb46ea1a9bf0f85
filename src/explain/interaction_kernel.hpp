// SPDX-License-Identifier: MIT
/// Path-dependent interaction values of one tree, compiled per instruction-set level; symbols as in
/// tree_shap_kernel.hpp.
///
/// The interaction of features i and j is the integral of the mixed second derivative of the multilinear extension
/// (Grabisch & Roubens, International Journal of Game Theory 28, 1999). Where a node of feature i adds d P W (U_first -
/// U_second) at a point t, every other feature j of the path adds to the pair (i, j) that, times
///
///     h_j = (1 - z_j) / (z_j + t (1 - z_j))   while the row has passed all of j's splits, z_j their shares' product,
///     h_j = -1 / (1 - t)                      else, the same for every j
///
/// and half the sum over points and nodes is each of the two (symmetric) values.
#pragma once

#include "explain/tree_shap_kernel.hpp"

namespace plantwright {

enum class InteractionStepKind : std::uint16_t {
    descend,
    descend_repeated,
    cross,
    cross_repeated,
    merge,
    merge_repeated,
    merge_leaf,
    merge_leaf_repeated,
    leaves,
    leaves_repeated,
};

/// A block's sums: `(n_features + n_pairs, n_outputs, rows)`, first of each feature (its Shapley value), then of each
/// pair (a, b), a < b, number b (b - 1) / 2 + a.
template <class T>
struct InteractionBlock {
    const std::int32_t* keys;
    T* sums;
    std::ptrdiff_t n_features;
    void* stack;
};

/// As ShapTree; a record is followed by the three tables of a repeated feature, the tables of h below the first and the
/// second child, then the values of leaves.
template <class T>
struct InteractionKernel {
    std::ptrdiff_t rows;
    std::ptrdiff_t (*stack_bytes)(std::ptrdiff_t n_points, std::ptrdiff_t n_outputs, std::ptrdiff_t depth);
    void (*run)(const ShapTree<T>& tree, const InteractionBlock<T>& block);
};

struct InteractionKernels {
    InteractionKernel<float> fast;
    InteractionKernel<double> audit;
};

PLANTWRIGHT_DECLARE_KERNELS(InteractionKernels, kInteractionKernels)

}  // namespace plantwright
