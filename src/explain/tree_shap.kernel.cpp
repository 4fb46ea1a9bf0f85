// SPDX-License-Identifier: MIT
#include "core/flush_to_zero_kernel.hpp"
#include "explain/path_answers_kernel.hpp"

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

enum class Second { steps, leaf, stump };

/// One tree over one block.
///
/// Stack: masks of alive rows `(depth + 1, V)`; two vectors of points as scratch; frames `(depth + 2,)`, of which
/// number depth + 1 belongs to the node at that depth: P, then U of the first child and of the second, K of each.
template <class T, int V>
struct Walk : PathAnswers<T, V> {
    using Base = PathAnswers<T, V>;
    using Base::alive;
    using Base::behind;
    using Base::kRows;
    using Base::Q;
    using typename Base::F;
    using typename Base::I;
    using typename Base::L;
    using typename Base::Record;
    using Stump = StumpRecord<T>;
    template <bool kRepeated>
    using Answer = typename Base::template Answer<kRepeated>;

    T* phi;
    F* scratch;
    F* frames;
    std::ptrdiff_t K;

    Walk(const ShapTree<T>& tree, const ShapBlock<T>& block, std::ptrdiff_t depth)
        : Base{tree.records, tree.points, block.keys, static_cast<I*>(block.stack), tree.n_points}, phi(block.phi),
          scratch(reinterpret_cast<F*>(alive + (depth + 1) * V)), frames(scratch + 2 * V * tree.n_points),
          K(tree.n_outputs) {}

    // ---- where things stand

    PLANTWRIGHT_EXPLAIN_INLINE F* frame(std::ptrdiff_t depth) const {
        return frames + (depth + 1) * (1 + 2 * K) * Q * V;
    }
    PLANTWRIGHT_EXPLAIN_INLINE F* worth(const ShapStep& step) const {
        return frame(step.depth - 1) + (1 + (step.record & 1) * K) * Q * V;
    }
    PLANTWRIGHT_EXPLAIN_INLINE F* phi_of(const SplitQuestion& question) const {
        return reinterpret_cast<F*>(phi + static_cast<std::ptrdiff_t>(question.feature) * K * kRows);
    }

    // ---- down

    template <bool kRepeated, bool kTracked>
    static __attribute__((noinline)) void descend(const Walk& w, const ShapStep& step) {
        const Record& r = w.record(step);
        const Answer<kRepeated> answer(w, r);
        if constexpr (kTracked) w.template track<kRepeated>(step, r, r.first_is_left, answer.right);
        const F* P = w.frame(step.depth);
        F* child = w.frame(step.depth + 1);
        for (std::ptrdiff_t q = 0; q < w.Q; ++q) {
            F pi[V];
            answer.pi(w, r, q, pi);
            PLANTWRIGHT_ROWS child[q * V + k] = P[q * V + k] * pi[k];
        }
    }

    template <bool kRepeated, bool kTracked>
    static __attribute__((noinline)) void cross(const Walk& w, const ShapStep& step) {
        if constexpr (kTracked) {
            const Record& r = w.record(step);
            I right[V];
            w.ask(r.question, right);
            w.template track<kRepeated>(step, r, ~r.first_is_left, right);
        }
        const F* P = w.frame(step.depth);
        F* child = w.frame(step.depth + 1);
        for (std::ptrdiff_t q = 0; q < w.Q; ++q) {
            PLANTWRIGHT_ROWS child[q * V + k] = P[q * V + k] - child[q * V + k];
        }
    }

    // ---- up

    /// e of a stump's rows.
    PLANTWRIGHT_EXPLAIN_INLINE void slope(const Stump& stump, F* e) const {
        I right[V];
        this->ask(stump.question, right);
        const F to_right = L::all(stump.right), to_left = L::all(stump.left);
        PLANTWRIGHT_ROWS e[k] = right[k] ? to_right : to_left;
    }

    PLANTWRIGHT_EXPLAIN_INLINE void add_phi(const SplitQuestion& question, const F* d, const F* s) const {
        F* sum = phi_of(question);
        PLANTWRIGHT_ROWS sum[k] = L::fma(d[k], s[k], sum[k]);
    }

    template <bool kRepeated, Second kSecond>
    static __attribute__((noinline)) void merge(const Walk& w, const ShapStep& step) {
        const Record& r = w.record(step);
        const Answer<kRepeated> answer(w, r);
        const F *P = w.frame(step.depth), *first = P + w.Q * V, *second = first + w.Q * V;
        const F* P_first = w.frame(step.depth + 1);
        const Stump& stump = *reinterpret_cast<const Stump*>(behind(r) + (kRepeated ? 3 * w.Q : 0));
        F* U = w.worth(step);
        F s[V]{}, of_stump[V]{}, e[V];
        const F constant = L::all(kSecond == Second::stump ? stump.mean : r.second);
        if constexpr (kSecond == Second::stump) w.slope(stump, e);
        for (std::ptrdiff_t q = 0; q < w.Q; ++q) {
            F pi[V], weight[V];
            answer.pi(w, r, q, pi);
            w.template weigh<kRepeated>(r, q, P + q * V, weight);
            const F t = L::all(w.points[q]);
            PLANTWRIGHT_ROWS {
                F other = constant;
                if constexpr (kSecond == Second::steps) other = second[q * V + k];
                if constexpr (kSecond == Second::stump) {
                    other = L::fma(t, e[k], constant);
                    of_stump[k] += P[q * V + k] - P_first[q * V + k];
                }
                const F delta = first[q * V + k] - other;
                U[q * V + k] = L::fma(pi[k], delta, other);
                s[k] = L::fma(weight[k], delta, s[k]);
            }
        }
        w.add_phi(r.question, answer.d, s);
        if constexpr (kSecond == Second::stump) w.add_phi(stump.question, e, of_stump);
    }

    /// Children a1 + t e1 and a2 + t e2, with b = a1 - a2 and e = e1 - e2:
    ///     U = a2 + rho b + t (e2 + d b + rho e) + t^2 d e,   sum_t P pi = rho M0 + d M1,   Mi = sum_t P t^i
    template <int kStumps>
    static __attribute__((noinline)) void bottom(const Walk& w, const ShapStep& step) {
        const Record& r = w.record(step);
        const Answer<false> answer(w, r);
        const F* P = w.frame(step.depth);
        F* U = w.worth(step);
        F M0[V]{}, M1[V]{};
        for (std::ptrdiff_t q = 0; q < w.Q; ++q) {
            const F t = L::all(w.points[q]);
            PLANTWRIGHT_ROWS {
                M0[k] += P[q * V + k];
                M1[k] = L::fma(P[q * V + k], t, M1[k]);
            }
        }
        const auto* stump = reinterpret_cast<const Stump*>(behind(r));
        const F a1 = L::all(kStumps > 0 ? stump[0].mean : r.first), a2 = L::all(kStumps > 1 ? stump[1].mean : r.second);
        const F b = a1 - a2;
        F e1[V]{}, e2[V]{}, s[V], to_first[V], to_second[V], c1[V], c2[V], c0;
        if constexpr (kStumps > 0) w.slope(stump[0], e1);
        if constexpr (kStumps > 1) w.slope(stump[1], e2);
        c0 = L::fma(answer.share, b, a2);
        PLANTWRIGHT_ROWS {
            const F e = e1[k] - e2[k];
            to_first[k] = L::fma(answer.d[k], M1[k], answer.share * M0[k]);
            to_second[k] = M0[k] - to_first[k];
            s[k] = L::fma(e, M1[k], b * M0[k]);
            c1[k] = L::fma(answer.share, e, e2[k]);
            c1[k] = L::fma(answer.d[k], b, c1[k]);
            c2[k] = answer.d[k] * e;
        }
        w.add_phi(r.question, answer.d, s);
        if constexpr (kStumps > 0) w.add_phi(stump[0].question, e1, to_first);
        if constexpr (kStumps > 1) w.add_phi(stump[1].question, e2, to_second);
        for (std::ptrdiff_t q = 0; q < w.Q; ++q) {
            const F t = L::all(w.points[q]);
            PLANTWRIGHT_ROWS {
                F slope_at_t = c1[k];
                if constexpr (kStumps > 0) slope_at_t = L::fma(t, c2[k], c1[k]);
                U[q * V + k] = L::fma(t, slope_at_t, c0);
            }
        }
    }

    template <int kStumps>
    static __attribute__((noinline)) void bottom_repeated(const Walk& w, const ShapStep& step) {
        const Record& r = w.record(step);
        const Answer<true> answer(w, r);
        const F* P = w.frame(step.depth);
        F* U = w.worth(step);
        const auto* stump = reinterpret_cast<const Stump*>(behind(r) + 3 * w.Q);
        const F a1 = L::all(kStumps > 0 ? stump[0].mean : r.first), a2 = L::all(kStumps > 1 ? stump[1].mean : r.second);
        const F b = a1 - a2;
        F e1[V]{}, e2[V]{}, s[V]{}, to_first[V]{}, to_second[V]{};
        if constexpr (kStumps > 0) w.slope(stump[0], e1);
        if constexpr (kStumps > 1) w.slope(stump[1], e2);
        for (std::ptrdiff_t q = 0; q < w.Q; ++q) {
            F pi[V], weight[V];
            answer.pi(w, r, q, pi);
            w.template weigh<true>(r, q, P + q * V, weight);
            const F t = L::all(w.points[q]);
            PLANTWRIGHT_ROWS {
                F delta = b, other = a2;
                if constexpr (kStumps > 0) {
                    delta = L::fma(t, e1[k] - e2[k], b);
                    to_first[k] = L::fma(P[q * V + k], pi[k], to_first[k]);
                }
                if constexpr (kStumps > 1) {
                    other = L::fma(t, e2[k], a2);
                    to_second[k] += P[q * V + k];
                }
                U[q * V + k] = L::fma(pi[k], delta, other);
                s[k] = L::fma(weight[k], delta, s[k]);
            }
        }
        w.add_phi(r.question, answer.d, s);
        if constexpr (kStumps > 0) w.add_phi(stump[0].question, e1, to_first);
        if constexpr (kStumps > 1) {
            PLANTWRIGHT_ROWS to_second[k] -= to_first[k];
            w.add_phi(stump[1].question, e2, to_second);
        }
    }

    // ---- up, several outputs

    /// kLeaves children, the second first, are leaves, whose K values each stand behind the record.
    template <bool kRepeated, int kLeaves>
    static __attribute__((noinline)) void many(const Walk& w, const ShapStep& step) {
        const Record& r = w.record(step);
        const Answer<kRepeated> answer(w, r);
        const std::ptrdiff_t cell = w.Q * V;
        const F* P = w.frame(step.depth);
        F *pi = w.scratch, *weight = pi + cell, *sum = w.phi_of(r.question);
        for (std::ptrdiff_t q = 0; q < w.Q; ++q) {
            answer.pi(w, r, q, pi + q * V);
            w.template weigh<kRepeated>(r, q, P + q * V, weight + q * V);
        }
        const T* second_value = behind(r) + (kRepeated ? 3 * w.Q : 0);
        const T* first_value = second_value + w.K;
        for (std::ptrdiff_t o = 0; o < w.K; ++o) {
            const F *first = P + (1 + o) * cell, *second = first + w.K * cell;
            F* U = w.worth(step) + o * cell;
            F s[V]{};
            for (std::ptrdiff_t q = 0; q < w.Q; ++q) {
                PLANTWRIGHT_ROWS {
                    F other, delta;
                    if constexpr (kLeaves > 0)
                        other = L::all(second_value[o]);
                    else
                        other = second[q * V + k];
                    if constexpr (kLeaves > 1)
                        delta = L::all(first_value[o] - second_value[o]);
                    else
                        delta = first[q * V + k] - other;
                    U[q * V + k] = L::fma(pi[q * V + k], delta, other);
                    s[k] = L::fma(weight[q * V + k], delta, s[k]);
                }
            }
            PLANTWRIGHT_ROWS sum[o * V + k] = L::fma(answer.d[k], s[k], sum[o * V + k]);
        }
    }

    // ---- all steps

    void run(const ShapTree<T>& tree) const {
        F* P = frame(0);
        for (std::ptrdiff_t q = 0; q < Q; ++q) {
            PLANTWRIGHT_ROWS P[q * V + k] = L::all(tree.weights[q]);
        }
        for (std::ptrdiff_t i = 0; i < tree.n_steps; ++i) {
            const ShapStep& step = tree.steps[i];
            kSteps[step.kind](*this, step);
        }
    }

    using Step = void (*)(const Walk&, const ShapStep&);
    static constexpr Step kSteps[] = {
        descend<false, false>,
        descend<true, false>,
        descend<false, true>,
        descend<true, true>,
        cross<false, false>,
        cross<false, true>,
        cross<true, true>,
        merge<false, Second::steps>,
        merge<true, Second::steps>,
        merge<false, Second::leaf>,
        merge<true, Second::leaf>,
        merge<false, Second::stump>,
        merge<true, Second::stump>,
        bottom<0>,
        bottom_repeated<0>,
        bottom<1>,
        bottom_repeated<1>,
        bottom<2>,
        bottom_repeated<2>,
        many<false, 0>,
        many<true, 0>,
        many<false, 1>,
        many<true, 1>,
        many<false, 2>,
        many<true, 2>,
    };
};

template <class T, int V>
std::ptrdiff_t stack_bytes(std::ptrdiff_t n_points, std::ptrdiff_t n_outputs, std::ptrdiff_t depth) {
    const std::ptrdiff_t frames = (depth + 2) * (1 + 2 * n_outputs) * n_points;
    return (frames + 2 * n_points + depth + 1) * V * kVectorBytes;
}

template <class T, int V>
void run(const ShapTree<T>& tree, const ShapBlock<T>& block) {
    if (tree.n_steps == 0) return;
    const FlushToZero flush;
    Walk<T, V>(tree, block, tree.depth).run(tree);
}

template <class T, int V>
constexpr ShapKernel<T> kernel() {
    return {Walk<T, V>::kRows, stack_bytes<T, V>, run<T, V>};
}

template <class T>
void flush(T* phi, std::ptrdiff_t n, double* total) {
    for (std::ptrdiff_t i = 0; i < n; ++i) {
        total[i] += static_cast<double>(phi[i]);
        phi[i] = 0;
    }
}

}  // namespace

const TreeShapKernels kTreeShapKernels = {kernel<float, 1>(), kernel<float, 4>(), kernel<double, 2>(), flush<float>,
                                          flush<double>};

}  // namespace plantwright::PLANTWRIGHT_LEVEL
