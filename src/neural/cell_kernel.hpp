// SPDX-License-Identifier: MIT
/// Gates, state and their gradients of 16 units at a time; of internal linkage, compiled per level.
#pragma once

#include "neural/activation_kernel.hpp"
#include "neural/network_kernel.hpp"

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

/// a(x) of the candidate gate, which comes scaled, and of the state, which does not; and a'(x) from a(x).
struct TanhCell {
    static PLANTWRIGHT_NEURAL_INLINE F of_gate(F u) { return tanh_scaled(u); }
    static PLANTWRIGHT_NEURAL_INLINE F of_state(F c) { return tanh_scaled(c * all(kTanhScale)); }
    static PLANTWRIGHT_NEURAL_INLINE F slope_times(F y, F factor) { return fnma(factor * y, y, factor); }
};
struct ReluCell {
    static PLANTWRIGHT_NEURAL_INLINE F of_gate(F u) { return at_least(u, 0.0F); }
    static PLANTWRIGHT_NEURAL_INLINE F of_state(F c) { return at_least(c, 0.0F); }
    static PLANTWRIGHT_NEURAL_INLINE F slope_times(F y, F factor) { return y > 0.0F ? factor : F{}; }
};

/// All lanes of which the bit is 1; `bits` holds those of 16 units.
PLANTWRIGHT_NEURAL_INLINE I lanes_of(std::uint32_t bits, int part) {
    I bit;
    for (int k = 0; k < kLanes; ++k) bit[k] = 1 << (part * kLanes + k);
    return ((I{} + static_cast<std::int32_t>(bits)) & bit) != 0;
}

PLANTWRIGHT_NEURAL_INLINE F kept_or_zero(F value, std::uint32_t bits, int part, F scale) {
    return reinterpret_cast<F>(reinterpret_cast<I>(value * scale) & lanes_of(bits, part));
}

/// What backward needs, `(kFactors, 16)`:
/// dL/dc += dL/dh o a'(c);  dL/do = dL/dh a(c) o(1-o);  di, df, dg = dL/dc times three;  dL/dc[t-1] = dL/dc f
struct CellFactors {
    F state, output, input, forget, candidate, keep;
};

PLANTWRIGHT_NEURAL_INLINE void store_factors(float* at, const CellFactors& f) {
    store(at, f.state);
    store(at + kGroup, f.output);
    store(at + 2 * kGroup, f.input);
    store(at + 3 * kGroup, f.forget);
    store(at + 4 * kGroup, f.candidate);
    store(at + 5 * kGroup, f.keep);
}

/// One register of units: `gates` (4, 16) -> c, h.
template <class Cell>
PLANTWRIGHT_NEURAL_INLINE F cell_forward(const float* gates, float* cell, float* factors) {
    const F i = sigmoid_scaled(load(gates)), f = sigmoid_scaled(load(gates + kGroup));
    const F g = Cell::of_gate(load(gates + 2 * kGroup)), o = sigmoid_scaled(load(gates + 3 * kGroup));
    const F kept = f * load(cell), gained = i * g, c = kept + gained;
    const F y = Cell::of_state(c), h = o * y;
    store(cell, c);
    if (factors)
        store_factors(factors, {Cell::slope_times(y, o), fnma(h, o, h), fnma(gained, i, gained), fnma(kept, f, kept),
                                Cell::slope_times(g, i), f});
    return h;
}

/// One register of units: dL/dh -> dL/d(gates) (4, 16); adds to the bias' gradient.
PLANTWRIGHT_NEURAL_INLINE void cell_backward(F dh, const float* factors, float* cell_gradient, float* gates,
                                             F (&bias)[4][kParts], int part) {
    const F dc = fma(dh, load(factors), load(cell_gradient));
    const F d[4] = {dc * load(factors + 2 * kGroup), dc * load(factors + 3 * kGroup), dc * load(factors + 4 * kGroup),
                    dh * load(factors + kGroup)};
    store(cell_gradient, dc * load(factors + 5 * kGroup));
#pragma GCC unroll 4
    for (int gate = 0; gate < 4; ++gate) {
        store(gates + gate * kGroup, d[gate]);
        bias[gate][part] += d[gate];
    }
}

}  // namespace
}  // namespace plantwright::PLANTWRIGHT_LEVEL
