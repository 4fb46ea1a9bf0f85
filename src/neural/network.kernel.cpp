// SPDX-License-Identifier: MIT
#include "neural/network_kernel.hpp"

#include "neural/cell_kernel.hpp"
#include "neural/product_kernel.hpp"

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

void product(const ProductWork& work) {
    const std::ptrdiff_t groups = work.w.groups;
    for (std::ptrdiff_t row = 0; row < work.n_rows;) {
        const std::ptrdiff_t rows = best_rows(work.n_rows - row, groups);
        product_rows(work, row, rows, 0, groups, work.out + row * work.out_stride, work.out_stride);
        row += rows;
    }
}

// ---- X' D

/// Rows [m, m + R) of the sum, a group of columns.
template <int R, int C>
__attribute__((noinline)) void outer_tile(const OuterWork& work, std::ptrdiff_t m, std::ptrdiff_t group) {
    const std::ptrdiff_t w_stride = work.w.per_block * kGroup;
    float* w = const_cast<float*>(work.w.data) + group_offset(work.w, group) + m * w_stride;
    F sum[R][C * kParts];
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r) {
#pragma GCC unroll 16
        for (int j = 0; j < C * kParts; ++j) sum[r][j] = load(w + r * w_stride + j * kLanes);
    }
    const float *x = work.x + m, *d = work.d + group * kGroup;
    for (std::ptrdiff_t row = 0; row < work.n_rows; ++row) {
        F b[C * kParts];
#pragma GCC unroll 16
        for (int j = 0; j < C * kParts; ++j) b[j] = load(d + j * kLanes);
#pragma GCC unroll 16
        for (int r = 0; r < R; ++r) {
            const F value = all(x[r]);
#pragma GCC unroll 16
            for (int j = 0; j < C * kParts; ++j) sum[r][j] = fma(value, b[j], sum[r][j]);
        }
        x += work.x_stride;
        d += work.d_stride;
    }
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r) {
#pragma GCC unroll 16
        for (int j = 0; j < C * kParts; ++j) store(w + r * w_stride + j * kLanes, sum[r][j]);
    }
}

template <int C>
void outer_groups(const OuterWork& work, std::ptrdiff_t group) {
    for (std::ptrdiff_t m = 0; m < work.depth;) {
        const std::ptrdiff_t rows = next_rows(work.depth - m, tile_rows<C>());
        with_rows<C>(rows, [&]<int R>() { outer_tile<R, C>(work, m, group); });
        m += rows;
    }
}

void add_outer(const OuterWork& work) {
    std::ptrdiff_t group = 0;
#if PLANTWRIGHT_LEVEL_NUMBER >= 4
    if (work.w.per_block == 4) {
        for (; group < work.w.groups; group += 4) outer_groups<4>(work, group);
    }
#endif
    for (; group < work.w.groups; ++group) outer_groups<1>(work, group);
}

// ---- LSTM steps

/// The tile of gates of rows [row, row + rows) and one block of units -> c, h and the factors.
template <class Cell>
PLANTWRIGHT_NEURAL_INLINE void forward_rows(const ForwardWork& work, std::ptrdiff_t row, std::ptrdiff_t rows,
                                            std::ptrdiff_t block) {
    const std::ptrdiff_t blocks = work.gates.w.groups / 4, n_rows = work.gates.n_rows;
    const F scale = all(work.kept_scale);
    for (std::ptrdiff_t r = 0; r < rows; ++r) {
        const float* gates = work.gates.out + r * 4 * kGroup;
        float* cell = work.cell + ((row + r) * blocks + block) * kGroup;
        float* factors = work.factors ? work.factors + (block * n_rows + row + r) * kFactors * kGroup : nullptr;
        float* hidden = work.hidden + (row + r) * work.hidden_stride + block * kGroup;
        float* next = work.handed_on ? work.handed_on + (row + r) * work.handed_on_stride + block * kGroup : nullptr;
        const std::uint32_t kept = work.kept ? work.kept[block * n_rows + row + r] : 0;
#pragma GCC unroll 4
        for (int part = 0; part < kParts; ++part) {
            const int at = part * kLanes;
            const F h = cell_forward<Cell>(gates + at, cell + at, factors ? factors + at : nullptr);
            store(hidden + at, h);
            if (next) store(next + at, work.kept ? kept_or_zero(h, kept, part, scale) : h);
        }
    }
}

template <class Cell>
void forward_step_of(const ForwardWork& work) {
    const std::ptrdiff_t blocks = work.gates.w.groups / 4;
    for (std::ptrdiff_t block = 0; block < blocks; ++block) {
        for (std::ptrdiff_t row = 0; row < work.gates.n_rows;) {
            const std::ptrdiff_t rows = best_rows(work.gates.n_rows - row, 4);
            product_rows(work.gates, row, rows, 4 * block, 4 * block + 4, work.gates.out, 4 * kGroup);
            forward_rows<Cell>(work, row, rows, block);
            row += rows;
        }
    }
}

void forward_step(const ForwardWork& work) {
    if (work.relu)
        forward_step_of<ReluCell>(work);
    else
        forward_step_of<TanhCell>(work);
}

/// dL/dh of rows [row, row + rows) of one block of units, `stride` apart -> dL/d(gates).
PLANTWRIGHT_NEURAL_INLINE void backward_rows(const BackwardWork& work, std::ptrdiff_t row, std::ptrdiff_t rows,
                                             std::ptrdiff_t block, const float* dh, std::ptrdiff_t stride) {
    const std::ptrdiff_t blocks = work.from_next.w.groups, n_rows = work.from_next.n_rows;
    float* bias_gradient = work.bias_gradient + block * 4 * kGroup;
    F bias[4][kParts];
#pragma GCC unroll 16
    for (int k = 0; k < 4 * kParts; ++k) bias[k / kParts][k % kParts] = load(bias_gradient + k * kLanes);
    for (std::ptrdiff_t r = 0; r < rows; ++r) {
        const std::ptrdiff_t at = (row + r) * blocks + block;
        const float* factors = work.factors + (block * n_rows + row + r) * kFactors * kGroup;
#pragma GCC unroll 4
        for (int part = 0; part < kParts; ++part) {
            cell_backward(load(dh + r * stride + part * kLanes), factors + part * kLanes,
                          work.cell_gradient + at * kGroup + part * kLanes,
                          work.gates_gradient + at * 4 * kGroup + part * kLanes, bias, part);
        }
    }
#pragma GCC unroll 16
    for (int k = 0; k < 4 * kParts; ++k) store(bias_gradient + k * kLanes, bias[k / kParts][k % kParts]);
}

PLANTWRIGHT_NEURAL_INLINE void prefetch(const float* from, std::ptrdiff_t n) {
    for (std::ptrdiff_t k = 0; k < n; k += kGroup) __builtin_prefetch(from + k);
}

void backward_step(const BackwardWork& work) {
    constexpr std::ptrdiff_t kAtOnce = kLanes == kGroup ? 2 : 1;  // blocks of a tile
    const ProductWork& product = work.from_next;
    const std::ptrdiff_t blocks = product.w.groups;
    for (std::ptrdiff_t block = 0; block < blocks; block += kAtOnce) {
        const std::ptrdiff_t last = block + kAtOnce < blocks ? block + kAtOnce : blocks;
        for (std::ptrdiff_t row = 0; row < product.n_rows;) {
            const std::ptrdiff_t rows = best_rows(product.n_rows - row, last - block);
            for (std::ptrdiff_t b = block; b < last; ++b)  // 2 to 8 % of a step (benchmarks/neural/steps.cpp)
                prefetch(work.factors + (b * product.n_rows + row) * kFactors * kGroup, rows * kFactors * kGroup);
            product_rows(product, row, rows, block, last, product.out, kAtOnce * kGroup);
            for (std::ptrdiff_t b = block; b < last; ++b)
                backward_rows(work, row, rows, b, product.out + (b - block) * kGroup, kAtOnce * kGroup);
            row += rows;
        }
    }
}

// ---- loss

struct LossOf {
    F value, slope;
};

template <int kKind>
PLANTWRIGHT_NEURAL_INLINE LossOf loss_of(F error, F delta) {
    const F size = error < 0.0F ? -error : error, sign = error < 0.0F ? all(-1.0F) : all(1.0F);
    if constexpr (kKind == 0) return {error * error, error + error};
    if constexpr (kKind == 1) return {size, error == 0.0F ? F{} : sign};
    const I near = size <= delta;
    return {near ? all(0.5F) * error * error : delta * (size - all(0.5F) * delta), near ? error : sign * delta};
}

template <int kKind>
double loss_kind(const LossWork& work) {
    double total = 0;
    const F delta = all(work.delta), scale = all(work.scale);
    for (std::ptrdiff_t r = 0; r < work.n_rows; ++r) {
        F sum = {};
        for (std::ptrdiff_t k = 0; k < work.width; k += kLanes) {
            const F target = load(work.target + r * work.width + k);
            float* value = work.values + r * work.width + k;
            const LossOf loss = loss_of<kKind>(load(value) - target, delta);
            const I there = target == target;
            sum += reinterpret_cast<F>(reinterpret_cast<I>(loss.value) & there);
            store(value, reinterpret_cast<F>(reinterpret_cast<I>(loss.slope * scale) & there));
        }
        float row = 0;
        for (int k = 0; k < kLanes; ++k) row += sum[k];
        total += static_cast<double>(row);
    }
    return total;
}

double loss(const LossWork& work) {
    if (work.kind == 0) return loss_kind<0>(work);
    return work.kind == 1 ? loss_kind<1>(work) : loss_kind<2>(work);
}

// ---- weights

void adam(const AdamWork& work) {
    const F clip = all(work.gradient_scale), decay = all(work.decay), epsilon = all(work.epsilon);
    for (std::ptrdiff_t k = 0; k < work.n; k += kLanes) {
        const F gradient = load(work.gradient + k) * clip;
        const F mean = fma(all(work.one_minus_beta1), gradient, all(work.beta1) * load(work.mean + k));
        const F square = fma(all(work.one_minus_beta2) * gradient, gradient, all(work.beta2) * load(work.square + k));
        const F length = square_root(square * all(work.square_scale)) + epsilon;
        store(work.mean + k, mean);
        store(work.square + k, square);
        store(work.weights + k, load(work.weights + k) * decay - all(work.rate) * mean / length);
    }
}

// ---- dropout

/// Two rounds of a 32-bit mixer (Wellons' "lowbias32" constants) with half a key before each.
PLANTWRIGHT_NEURAL_INLINE U mixed(U x) {
    x = (x ^ (x >> 16)) * 0x7FEB352DU;
    x = (x ^ (x >> 15)) * 0x846CA68BU;
    return x ^ (x >> 16);
}

PLANTWRIGHT_NEURAL_INLINE std::uint32_t bits_of(I lanes) {
#if PLANTWRIGHT_LEVEL_NUMBER >= 4
    return _mm512_movepi32_mask(reinterpret_cast<__m512i>(lanes));
#elif PLANTWRIGHT_LEVEL_NUMBER == 3
    return static_cast<std::uint32_t>(_mm256_movemask_ps(reinterpret_cast<__m256>(lanes)));
#else
    std::uint32_t bits = 0;
    for (int k = 0; k < kLanes; ++k) bits |= (static_cast<std::uint32_t>(lanes[k]) & 1U) << k;
    return bits;
#endif
}

void draw_kept(std::uint64_t key, std::ptrdiff_t n, std::uint32_t drop, std::uint16_t* kept) {
    const U low = U{} + static_cast<std::uint32_t>(key), high = U{} + static_cast<std::uint32_t>(key >> 32);
    const U limit = U{} + drop;
    U position;
    for (int k = 0; k < kLanes; ++k) position[k] = static_cast<std::uint32_t>(k);
    for (std::ptrdiff_t i = 0; i < n; ++i) {
        std::uint32_t bits = 0;
        for (int part = 0; part < kParts; ++part) {
            const I lanes = mixed(mixed(position + low) ^ high) >= limit;
            bits |= bits_of(lanes) << (part * kLanes);
            position += static_cast<std::uint32_t>(kLanes);
        }
        kept[i] = static_cast<std::uint16_t>(bits);
    }
}

void apply_kept(const std::uint16_t* kept, std::ptrdiff_t kept_stride, float scale, std::ptrdiff_t n_rows,
                std::ptrdiff_t blocks, float* values) {
    for (std::ptrdiff_t r = 0; r < n_rows; ++r) {
        for (std::ptrdiff_t b = 0; b < blocks; ++b) {
            float* at = values + (r * blocks + b) * kGroup;
            for (int part = 0; part < kParts; ++part)
                store(at + part * kLanes,
                      kept_or_zero(load(at + part * kLanes), kept[b * kept_stride + r], part, all(scale)));
        }
    }
}

void sigmoid(const float* x, std::ptrdiff_t n, float* y) {
    for (std::ptrdiff_t k = 0; k < n; k += kLanes) store(y + k, sigmoid_scaled(load(x + k) * all(kSigmoidScale)));
}
void tanh_of(const float* x, std::ptrdiff_t n, float* y) {
    for (std::ptrdiff_t k = 0; k < n; k += kLanes) store(y + k, tanh_scaled(load(x + k) * all(kTanhScale)));
}

}  // namespace

const NeuralKernels kNeuralKernels = {product, add_outer, forward_step, backward_step, loss,
                                      adam,    draw_kept, apply_kept,   sigmoid,       tanh_of};

}  // namespace plantwright::PLANTWRIGHT_LEVEL
