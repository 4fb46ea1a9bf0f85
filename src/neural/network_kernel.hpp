// SPDX-License-Identifier: MIT
/// What training and running an LSTM autoencoder is made of, compiled per instruction-set level.
///
/// Columns of weight matrices lie in *panels*: blocks of `per_block` groups of 16 columns, each block row after row, so
/// that a tile of a product reads memory in order. An LSTM layer has four groups a block: the gates i, f, g, o of 16
/// units. Columns and units are padded with zeros to a multiple of 16; what pads has no effect and keeps weight 0.
///
/// Each number of a product is one chain of additions in the order of k, whatever the tile: so a row's result does not
/// depend on the rows beside it, and a product may be broken off and gone on with (`init`).
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/levels_kernel.hpp"

namespace plantwright {

/// Column group g of `rows` rows begins at data + (g / per_block) * rows * per_block * 16 + (g % per_block) * 16; its
/// rows are per_block * 16 apart.
struct WeightPanel {
    const float* data;
    std::ptrdiff_t rows;
    std::ptrdiff_t groups;
    std::ptrdiff_t per_block;  ///< 1 or 4
};

/// out(r, :) = init(r, :) + A(r, :) W(first_row : first_row + depth, :)
struct ProductWork {
    const float* a;
    std::ptrdiff_t a_stride;
    std::ptrdiff_t n_rows;
    std::ptrdiff_t first_row;
    std::ptrdiff_t depth;
    WeightPanel w;
    const float* init;           ///< none: zeros
    std::ptrdiff_t init_stride;  ///< 0: the same for all rows
    float* out;
    std::ptrdiff_t out_stride;
};

/// W(m, :) += sum over rows of X(row, m) D(row, :), m < depth
struct OuterWork {
    const float* x;
    std::ptrdiff_t x_stride;
    const float* d;
    std::ptrdiff_t d_stride;
    std::ptrdiff_t n_rows;
    std::ptrdiff_t depth;
    WeightPanel w;  ///< its data are written
};

/// Weights and biases of gates come multiplied by these: the activations take arguments of 2^u. s(x) is
/// sigmoid_scaled(kSigmoidScale x).
inline constexpr float kLog2E = 1.44269504088896341F;
inline constexpr float kSigmoidScale = -kLog2E;
inline constexpr float kTanhScale = 2 * kLog2E;

/// The six factors that the backward pass needs of each unit lie side by side: `kFactors` x 16 numbers a block and row.
inline constexpr std::ptrdiff_t kFactors = 6;

/// One time step of a layer for `n_rows` windows. Gates start from `init` and add A W; A = [x | h] or h alone.
struct ForwardWork {
    ProductWork gates;  ///< out: scratch of 64 numbers a row of a tile, at least 16 rows
    float* cell;        ///< (n_rows, units), read and written
    float* factors;     ///< (blocks, n_rows, kFactors * 16); none: not wanted
    float* hidden;      ///< (n_rows, units): where the next time step reads h
    std::ptrdiff_t hidden_stride;
    float* handed_on;  ///< h as the next layer gets it, with dropout; none: nobody does
    std::ptrdiff_t handed_on_stride;
    const std::uint16_t* kept;  ///< (blocks, n_rows): bit u: unit u is not dropped; none: no dropout
    float kept_scale;
    bool relu;
};

/// The same step backwards: from dL/dh to dL/d(gates).
struct BackwardWork {
    ProductWork from_next;  ///< init: dL/dh from above; A: dL/d(gates) of the next time step, W: recurrent, transposed;
                            ///< out: scratch of 32 numbers a row of a tile, at least 16 rows. depth 0 at the last step
    const float* factors;   ///< as the forward step left them
    float* cell_gradient;   ///< (n_rows, units), read and written
    float* gates_gradient;  ///< (n_rows, blocks * 64)
    float* bias_gradient;   ///< (blocks * 64), added to
};

struct LossWork {
    const float* target;  ///< (n_rows, width); NaN: no loss
    float* values;        ///< (n_rows, width) in: the reconstruction, out: dL/d(reconstruction)
    std::ptrdiff_t n_rows;
    std::ptrdiff_t width;  ///< a multiple of 16
    int kind;              ///< 0: squares, 1: absolute values, 2: Huber's
    float delta;
    float scale;  ///< of the gradient
};

struct AdamWork {
    float* weights;
    const float* gradient;
    float* mean;
    float* square;
    std::ptrdiff_t n;      ///< a multiple of 16
    float gradient_scale;  ///< clipping
    float rate;            ///< learning rate / (1 - beta1^t)
    float square_scale;    ///< 1 / (1 - beta2^t)
    float beta1, one_minus_beta1;
    float beta2, one_minus_beta2;
    float epsilon;
    float decay;  ///< 1 - learning rate * weight decay
};

struct NeuralKernels {
    void (*product)(const ProductWork&);
    void (*add_outer)(const OuterWork&);
    void (*forward_step)(const ForwardWork&);
    void (*backward_step)(const BackwardWork&);
    double (*loss)(const LossWork&);  ///< the sum, unscaled
    void (*adam)(const AdamWork&);
    /// Bits that are 1 with probability 1 - drop / 2^32, of 16 units each; from (key, position) alone.
    void (*draw_kept)(std::uint64_t key, std::ptrdiff_t n, std::uint32_t drop, std::uint16_t* kept);
    /// values(r, :) = kept ? scale * value : 0, for n_rows rows of `blocks` x 16 values.
    void (*apply_kept)(const std::uint16_t* kept, std::ptrdiff_t kept_stride, float scale, std::ptrdiff_t n_rows,
                       std::ptrdiff_t blocks, float* values);
    void (*sigmoid)(const float* x, std::ptrdiff_t n, float* y);  ///< n a multiple of 16; for tests
    void (*tanh)(const float* x, std::ptrdiff_t n, float* y);
};

PLANTWRIGHT_DECLARE_KERNELS(NeuralKernels, kNeuralKernels)

}  // namespace plantwright
