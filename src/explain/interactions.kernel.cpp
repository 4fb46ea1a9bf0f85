// SPDX-License-Identifier: MIT
#include "core/flush_to_zero_kernel.hpp"
#include "explain/interaction_kernel.hpp"
#include "explain/path_answers_kernel.hpp"

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

/// A node above the walk: what it tells of its feature.
template <class T>
struct Above {
    const T* h;  // (Q,): of alive rows
    std::uint32_t feature;
    std::uint32_t place;  // in the list of the path's features
};

/// One tree over one block.
///
/// Stack: masks of alive rows `(depth + 1, V)`; three vectors of points as scratch; frames as in tree_shap.kernel.cpp;
/// the nodes above `(depth + 1,)`; `(depth + 1,)` depths at which the path's features were asked for last.
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
    template <bool kRepeated>
    using Answer = typename Base::template Answer<kRepeated>;

    T* sums;
    std::ptrdiff_t n_features, K;
    F* scratch;
    F* frames;
    Above<T>* above;
    std::uint32_t* features;  // depths
    std::uint32_t n_on_path = 0;

    Walk(const ShapTree<T>& tree, const InteractionBlock<T>& block)
        : Base{tree.records, tree.points, block.keys, static_cast<I*>(block.stack), tree.n_points}, sums(block.sums),
          n_features(block.n_features), K(tree.n_outputs), scratch(reinterpret_cast<F*>(alive + (tree.depth + 1) * V)),
          frames(scratch + 3 * V * tree.n_points),
          above(reinterpret_cast<Above<T>*>(frames + (tree.depth + 2) * (1 + 2 * K) * Q * V)),
          features(reinterpret_cast<std::uint32_t*>(above + tree.depth + 1)) {}

    PLANTWRIGHT_EXPLAIN_INLINE F* frame(std::ptrdiff_t depth) const {
        return frames + (depth + 1) * (1 + 2 * K) * Q * V;
    }
    PLANTWRIGHT_EXPLAIN_INLINE F* worth(const ShapStep& step) const {
        return frame(step.depth - 1) + (1 + (step.record & 1) * K) * Q * V;
    }
    PLANTWRIGHT_EXPLAIN_INLINE F* sum_of(std::ptrdiff_t feature_or_pair) const {
        return reinterpret_cast<F*>(sums + feature_or_pair * K * kRows);
    }
    PLANTWRIGHT_EXPLAIN_INLINE F* pair_sum(std::ptrdiff_t a, std::ptrdiff_t b) const {
        const std::ptrdiff_t low = a < b ? a : b, high = a < b ? b : a;
        return sum_of(n_features + high * (high - 1) / 2 + low);
    }

    // ---- down

    template <bool kRepeated>
    void descend(const ShapStep& step) {
        const Record& r = this->record(step);
        const Answer<kRepeated> answer(*this, r);
        this->template track<kRepeated>(step, r, r.first_is_left, answer.right);
        const F* P = frame(step.depth);
        F* child = frame(step.depth + 1);
        for (std::ptrdiff_t q = 0; q < Q; ++q) {
            F pi[V];
            answer.pi(*this, r, q, pi);
            PLANTWRIGHT_ROWS child[q * V + k] = P[q * V + k] * pi[k];
        }
        const std::uint32_t place = kRepeated ? above[r.earlier].place : n_on_path++;
        above[step.depth] = {behind(r) + (kRepeated ? 3 * Q : 0), r.question.feature, place};
        features[place] = step.depth;
    }

    template <bool kRepeated>
    void cross(const ShapStep& step) {
        const Record& r = this->record(step);
        I right[V];
        this->ask(r.question, right);
        this->template track<kRepeated>(step, r, ~r.first_is_left, right);
        const F* P = frame(step.depth);
        F* child = frame(step.depth + 1);
        for (std::ptrdiff_t q = 0; q < Q; ++q) {
            PLANTWRIGHT_ROWS child[q * V + k] = P[q * V + k] - child[q * V + k];
        }
        above[step.depth].h += Q;
    }

    /// The path as it was above the node.
    template <bool kRepeated>
    void forget(const ShapStep& step, const Record& r) {
        if constexpr (kRepeated)
            features[above[step.depth].place] = r.earlier;
        else
            --n_on_path;
    }

    // ---- up

    /// kLeaves children, the second first, are leaves.
    template <bool kRepeated, int kLeaves>
    void merge(const ShapStep& step) {
        const Record& r = this->record(step);
        if constexpr (kLeaves < 2) forget<kRepeated>(step, r);
        const Answer<kRepeated> answer(*this, r);
        const std::ptrdiff_t cell = Q * V;
        const F* P = frame(step.depth);
        F *pi = scratch, *weight = pi + cell, *share = weight + cell;
        for (std::ptrdiff_t q = 0; q < Q; ++q) {
            answer.pi(*this, r, q, pi + q * V);
            this->template weigh<kRepeated>(r, q, P + q * V, weight + q * V);
        }
        const T* second_value = behind(r) + (kRepeated ? 5 : 2) * Q;
        const T* first_value = second_value + K;
        for (std::ptrdiff_t o = 0; o < K; ++o) {
            const F *first = P + (1 + o) * cell, *second = first + K * cell;
            F* U = worth(step) + o * cell;
            F s[V]{};
            for (std::ptrdiff_t q = 0; q < Q; ++q) {
                PLANTWRIGHT_ROWS {
                    const F other = kLeaves > 0 ? L::all(second_value[o]) : second[q * V + k];
                    const F delta = kLeaves > 1 ? L::all(first_value[o] - second_value[o]) : first[q * V + k] - other;
                    U[q * V + k] = L::fma(pi[q * V + k], delta, other);
                    share[q * V + k] = weight[q * V + k] * delta * answer.d[k];
                    s[k] += share[q * V + k];
                }
            }
            F* sum = sum_of(r.question.feature) + o * V;
            PLANTWRIGHT_ROWS sum[k] += s[k];
            add_pairs(r.question.feature, o, share);
        }
    }

    void add_pairs(std::uint32_t feature, std::ptrdiff_t o, const F* share) const {
        F of_dead[V]{};
        for (std::ptrdiff_t q = 0; q < Q; ++q) {
            const F h = L::all(T{-1} / (T{1} - this->points[q]));
            PLANTWRIGHT_ROWS of_dead[k] = L::fma(share[q * V + k], h, of_dead[k]);
        }
        for (std::uint32_t i = 0; i < n_on_path; ++i) {
            const std::uint32_t depth = features[i];
            const Above<T>& other = above[depth];
            if (other.feature == feature) continue;
            F s[V]{};
            for (std::ptrdiff_t q = 0; q < Q; ++q) {
                const F h = L::all(other.h[q]);
                PLANTWRIGHT_ROWS s[k] = L::fma(share[q * V + k], h, s[k]);
            }
            F* sum = pair_sum(feature, other.feature) + o * V;
            PLANTWRIGHT_ROWS sum[k] += alive[depth * V + k] ? s[k] : of_dead[k];
        }
    }

    // ---- all steps

    void run(const ShapTree<T>& tree) {
        F* P = frame(0);
        for (std::ptrdiff_t q = 0; q < Q; ++q) {
            PLANTWRIGHT_ROWS P[q * V + k] = L::all(tree.weights[q]);
        }
        for (std::ptrdiff_t i = 0; i < tree.n_steps; ++i) take(tree.steps[i]);
    }

    void take(const ShapStep& step) {
        using enum InteractionStepKind;
        switch (static_cast<InteractionStepKind>(step.kind)) {
            case InteractionStepKind::descend: return this->template descend<false>(step);
            case descend_repeated: return this->template descend<true>(step);
            case InteractionStepKind::cross: return this->template cross<false>(step);
            case cross_repeated: return this->template cross<true>(step);
            case InteractionStepKind::merge: return this->template merge<false, 0>(step);
            case merge_repeated: return this->template merge<true, 0>(step);
            case merge_leaf: return this->template merge<false, 1>(step);
            case merge_leaf_repeated: return this->template merge<true, 1>(step);
            case leaves: return this->template merge<false, 2>(step);
            case leaves_repeated: return this->template merge<true, 2>(step);
        }
    }
};

template <class T, int V>
std::ptrdiff_t stack_bytes(std::ptrdiff_t n_points, std::ptrdiff_t n_outputs, std::ptrdiff_t depth) {
    const std::ptrdiff_t frames = (depth + 2) * (1 + 2 * n_outputs) * n_points;
    const std::ptrdiff_t of_path = static_cast<std::ptrdiff_t>(sizeof(Above<T>) + sizeof(std::uint32_t));
    return (frames + 3 * n_points + depth + 1) * V * kVectorBytes + (depth + 1) * of_path;
}

template <class T, int V>
void run(const ShapTree<T>& tree, const InteractionBlock<T>& block) {
    if (tree.n_steps == 0) return;
    const FlushToZero flush;
    Walk<T, V>(tree, block).run(tree);
}

template <class T, int V>
constexpr InteractionKernel<T> kernel() {
    return {Walk<T, V>::kRows, stack_bytes<T, V>, run<T, V>};
}

}  // namespace

const InteractionKernels kInteractionKernels = {kernel<float, 2>(), kernel<double, 2>()};

}  // namespace plantwright::PLANTWRIGHT_LEVEL
