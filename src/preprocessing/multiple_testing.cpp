// SPDX-License-Identifier: MIT
#include "preprocessing/multiple_testing.hpp"

#include <algorithm>
#include <numeric>

#include "plantwright/core/elementary.hpp"

namespace plantwright {
namespace {

Vector benjamini_hochberg(const Vector& p) {
    std::vector<Index> order(static_cast<std::size_t>(p.size()));
    std::iota(order.begin(), order.end(), Index{0});
    std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return p[a] < p[b]; });
    Vector adjusted(p.size());
    double least = 1;
    for (std::size_t rank = order.size(); rank > 0; --rank) {
        const Index k = order[rank - 1];
        least = std::min(least, p[k] * static_cast<double>(p.size()) / static_cast<double>(rank));
        adjusted[k] = least;
    }
    return adjusted;
}

/// Of each number of hits up to n; by logarithms, since small chances underflow.
std::vector<double> binomial_chances(Index n, double p) {
    using elementary::log;
    std::vector<double> chances;
    double log_chance = static_cast<double>(n) * log(1 - p);
    for (Index k = 0; k <= n; ++k) {
        chances.push_back(elementary::exp(log_chance));
        const auto left = static_cast<double>(n - k), next = static_cast<double>(k + 1);
        if (k < n) log_chance += log(left) - log(next) + log(p) - log(1 - p);
    }
    return chances;
}

}  // namespace

Vector adjusted_p_values(const Vector& p, Correction correction) {
    if (correction == Correction::benjamini_hochberg) return benjamini_hochberg(p);
    Vector adjusted = p;
    for (double& value : adjusted) value = std::min(1.0, value * static_cast<double>(p.size()));
    return adjusted;
}

double binomial_at_least(Index hits, Index n, double p) { return binomial_at_most(n - hits, n, 1 - p); }

double binomial_at_most(Index hits, Index n, double p) {
    if (hits < 0) return 0;
    const std::vector<double> chances = binomial_chances(n, p);
    return std::min(1.0, std::accumulate(chances.begin(), chances.begin() + std::min(hits, n) + 1, 0.0));
}

}  // namespace plantwright
