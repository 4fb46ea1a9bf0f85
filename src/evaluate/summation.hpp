// SPDX-License-Identifier: MIT
/// Sums of a fixed shape: halves down to blocks of 32 terms, which depend on the count alone.
#pragma once

#include "plantwright/core/types.hpp"

namespace plantwright::evaluate {

template <class Term>
double pairwise_sum(Index begin, Index end, const Term& term) {
    if (end - begin > 32) {
        const Index middle = begin + (end - begin) / 2;
        const double left = pairwise_sum(begin, middle, term);
        return left + pairwise_sum(middle, end, term);
    }
    double sum = 0;
    for (Index i = begin; i < end; ++i) sum += term(i);
    return sum;
}

/// Weights that are absent are all one.
class Weights {
public:
    explicit Weights(ConstVectorView values) : values_(values) {}
    double operator[](Index i) const { return values_.empty() ? 1.0 : values_[i]; }

private:
    ConstVectorView values_;
};

template <class Term>
double weighted_sum(Index n, const Weights& weight, const Term& term) {
    return pairwise_sum(0, n, [&](Index i) { return weight[i] * term(i); });
}

template <class Term>
double weighted_mean(Index n, const Weights& weight, const Term& term) {
    return weighted_sum(n, weight, term) / weighted_sum(n, weight, [](Index) { return 1.0; });
}

}  // namespace plantwright::evaluate
