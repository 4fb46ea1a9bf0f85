// SPDX-License-Identifier: MIT
/// Path-dependent Shapley values of one tree by quadrature, compiled per instruction-set level: a row a lane, a block
/// of rows at a time, the tree as a straight program of steps (no recursion: trees may be 65,535 deep).
///
/// The Shapley value of feature i is the integral over t in [0, 1] of the i-th derivative of the game's multilinear
/// extension at (t, ..., t) (Owen, "Multilinear extensions of games", Management Science 18, 1972). For one leaf that
/// extension is a product over the features of its path, so that one walk down and up the tree with a few
/// Gauss-Legendre points t gives all values at once; nothing is divided.
///
/// At a point t, of an inner node whose `first` child is visited first:
///   rho  share of the node's cover that went to the first child
///   d    [the row goes to the first child] - rho
///   P    weight of the node's path (at the root the Gauss weight)
///   pi   probability of the first child, P_first = P pi, P_second = P - P_first
///   U    what the subtree is worth, U = pi U_first + (1 - pi) U_second
///
///     feature not on the path:   pi = rho + t d                                  phi += d sum_t P (U_first - U_second)
///     feature on the path, all of whose splits the row has passed ("alive"), z the product of its shares so far,
///         g = z / (z + t (1 - z)), W = g / (z + t (1 - z)):
///         the row goes to the first child: pi = 1 - (1 - t) g (1 - rho)
///         the row goes to the second:      pi = (1 - t) g rho                    phi += d sum_t P W (U_first -
///         U_second)
///     else ("dead"):             pi = rho                                        phi is left as it is
///
/// A subtree whose U is linear in t (a leaf, or two leaves under a feature not on the path: a *stump*, U = mean + t e,
/// phi += e sum_t P) needs no step of its own, and a node of two such children is one step (`bottom`).
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/levels_kernel.hpp"

namespace plantwright {

/// What is done at a step. `_repeated`: the feature is on the path already. `_tracked`: below, the feature comes again,
/// so that it must be known which rows are still alive.
enum class ShapStepKind : std::uint16_t {
    descend,  ///< P of the first child
    descend_repeated,
    descend_tracked,
    descend_repeated_tracked,
    cross,  ///< P of the second child
    cross_tracked,
    cross_repeated_tracked,
    merge,  ///< U and phi; both children had steps
    merge_repeated,
    merge_leaf,  ///< the second child is a leaf
    merge_leaf_repeated,
    merge_stump,  ///< the second child is a stump
    merge_stump_repeated,
    bottom_leaves,  ///< both children are leaves
    bottom_leaves_repeated,
    bottom_stump,  ///< a stump and a leaf
    bottom_stump_repeated,
    bottom_stumps,  ///< two stumps
    bottom_stumps_repeated,
    many_merge,  ///< of several outputs: both children had steps
    many_merge_repeated,
    many_leaf,
    many_leaf_repeated,
    many_leaves,
    many_leaves_repeated,
};

struct ShapStep {
    std::uint16_t kind;    ///< a ShapStepKind (or InteractionStepKind)
    std::uint16_t depth;   ///< of the node; the root's is 0
    std::uint32_t record;  ///< where its SplitRecord begins, times 2 and 1 more where the node is a second child
};

/// A question to the row: it goes right where (key & mask) > threshold.
struct SplitQuestion {
    std::int32_t mask;
    std::int32_t threshold;
    std::uint32_t column;   ///< of the keys
    std::uint32_t feature;  ///< of phi
};

/// A node with steps. It is followed by T right[Q], left[Q], W[Q] where its feature is repeated: pi of alive rows that
/// go right and left; then by StumpRecord<T> of its stumps, or (of several outputs) by the values of its leaves.
template <class T>
struct SplitRecord {
    SplitQuestion question;
    std::int32_t first_is_left;  ///< -1, else 0
    std::uint32_t earlier;       ///< depth of the node that asked for the feature last
    T share;                     ///< rho
    T right, left;               ///< d of rows that go there
    T first, second;             ///< values of children that are leaves
};

/// A stump beside its node.
template <class T>
struct StumpRecord {
    SplitQuestion question;
    T right, left;  ///< e of rows that go there
    T mean;
    T unused;
};

template <class T>
struct ShapTree {
    const ShapStep* steps;
    std::ptrdiff_t n_steps;
    std::ptrdiff_t depth;  ///< of the deepest node with steps
    const T* records;      ///< SplitRecord<T> and what follows, in units of T
    std::ptrdiff_t n_outputs;
    const T* points;          ///< `(n_points,)`: t
    const T* weights;         ///< `(n_points,)`: of the Gauss-Legendre rule on [0, 1]
    std::ptrdiff_t n_points;  ///< Q
};

/// A block of rows. `stack` is `stack_bytes(Q, n_outputs, depth)`, aligned as `keys` and `phi` to 64 bytes.
template <class T>
struct ShapBlock {
    const std::int32_t* keys;  ///< `(n_columns, rows)`
    T* phi;                    ///< `(n_features * n_outputs, rows)`, added to
    void* stack;
};

template <class T>
struct ShapKernel {
    std::ptrdiff_t rows;  ///< of a block
    std::ptrdiff_t (*stack_bytes)(std::ptrdiff_t n_points, std::ptrdiff_t n_outputs, std::ptrdiff_t depth);
    void (*run)(const ShapTree<T>& tree, const ShapBlock<T>& block);
};

struct TreeShapKernels {
    ShapKernel<float> one_vector, four_vectors;  ///< the same bits a row
    ShapKernel<double> audit;
    /// total[i] += phi[i]; phi[i] = 0.
    void (*flush)(float* phi, std::ptrdiff_t n, double* total);
    void (*flush64)(double* phi, std::ptrdiff_t n, double* total);
};

PLANTWRIGHT_DECLARE_KERNELS(TreeShapKernels, kTreeShapKernels)

}  // namespace plantwright
