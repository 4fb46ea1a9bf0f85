// SPDX-License-Identifier: MIT
/// What the kernels of path-dependent values share: how rows answer a tree's questions, and which are still alive; of
/// internal linkage, compiled per level. See tree_shap_kernel.hpp for the symbols.
#pragma once

#include "explain/lanes_kernel.hpp"
#include "explain/tree_shap_kernel.hpp"

#define PLANTWRIGHT_ROWS _Pragma("GCC unroll 8") for (int k = 0; k < V; ++k)

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

/// One tree before one block of V vectors of rows. Vectors of Q points are `(Q, V)`.
template <class T, int V>
struct PathAnswers {
    using L = Lanes<T>;
    using F = typename L::F;
    using I = typename L::I;
    using Keys = typename L::K;
    using Record = SplitRecord<T>;

    static constexpr std::ptrdiff_t kRows = V * L::kCount;

    const T* records;
    const T* points;
    const std::int32_t* keys;
    I* alive;  // (depth + 1, V): rows that have passed every split on the feature of the node at that depth
    std::ptrdiff_t Q;

    PLANTWRIGHT_EXPLAIN_INLINE const Record& record(const ShapStep& step) const {
        return *reinterpret_cast<const Record*>(records + (step.record >> 1));
    }
    static PLANTWRIGHT_EXPLAIN_INLINE const T* behind(const Record& r) { return reinterpret_cast<const T*>(&r + 1); }

    PLANTWRIGHT_EXPLAIN_INLINE void ask(const SplitQuestion& question, I* right) const {
        const auto* column = reinterpret_cast<const Keys*>(keys + static_cast<std::ptrdiff_t>(question.column) * kRows);
        const I mask = I{} + question.mask, threshold = I{} + question.threshold;
        PLANTWRIGHT_ROWS { right[k] = (L::widen(column[k]) & mask) > threshold; }
    }

    /// What pi is made of, asked for anew in every step: cheaper than to keep it.
    template <bool kRepeated>
    struct Answer {
        I right[V];
        I living[kRepeated ? V : 1];
        F d[V];
        F share;

        PLANTWRIGHT_EXPLAIN_INLINE Answer(const PathAnswers& walk, const Record& r) : share(L::all(r.share)) {
            walk.ask(r.question, right);
            const F to_right = L::all(r.right), to_left = L::all(r.left);
            PLANTWRIGHT_ROWS {
                d[k] = right[k] ? to_right : to_left;
                if constexpr (kRepeated) {
                    living[k] = walk.alive[r.earlier * V + k];
                    d[k] = living[k] ? d[k] : F{};
                }
            }
        }
        /// pi of the first child at point q, for V vectors of rows.
        PLANTWRIGHT_EXPLAIN_INLINE void pi(const PathAnswers& walk, const Record& r, std::ptrdiff_t q, F* out) const {
            if constexpr (kRepeated) {
                const F to_right = L::all(behind(r)[q]), to_left = L::all(behind(r)[walk.Q + q]);
                PLANTWRIGHT_ROWS {
                    const F living_pi = right[k] ? to_right : to_left;
                    out[k] = living[k] ? living_pi : share;
                }
            } else {
                const F t = L::all(walk.points[q]);
                PLANTWRIGHT_ROWS out[k] = L::fma(t, d[k], share);
            }
        }
    };

    /// P, times W where the feature is repeated.
    template <bool kRepeated>
    PLANTWRIGHT_EXPLAIN_INLINE void weigh(const Record& r, std::ptrdiff_t q, const F* P, F* out) const {
        if constexpr (kRepeated) {
            const F W = L::all(behind(r)[2 * Q + q]);
            PLANTWRIGHT_ROWS out[k] = P[k] * W;
        } else {
            PLANTWRIGHT_ROWS out[k] = P[k];
        }
    }

    template <bool kRepeated>
    PLANTWRIGHT_EXPLAIN_INLINE void track(const ShapStep& step, const Record& r, std::int32_t flip,
                                          const I* right) const {
        const I flips = I{} + flip;
        PLANTWRIGHT_ROWS {
            I living = right[k] ^ flips;
            if constexpr (kRepeated) living &= alive[r.earlier * V + k];
            alive[step.depth * V + k] = living;
        }
    }
};

}  // namespace
}  // namespace plantwright::PLANTWRIGHT_LEVEL
