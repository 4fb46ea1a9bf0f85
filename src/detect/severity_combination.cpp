// SPDX-License-Identifier: MIT
#include "plantwright/detect/severity_combination.hpp"

#include <algorithm>
#include <cmath>

#include "detect/checks.hpp"

namespace plantwright {
namespace {

double mean_of_clipped(std::span<const double> severities, const SeverityCombination& by) {
    double sum = 0, weight = 0;
    for (std::size_t m = 0; m < severities.size(); ++m) {
        if (!std::isnan(severities[m])) {
            sum += by.weight_of(m) * std::min(severities[m], by.clip);
            weight += by.weight_of(m);
        }
    }
    return weight > 0 ? sum / weight : kNaN;
}

/// One a member; weights that were given are above 0, of those that were learned one is.
void require_weights(const char* who, const SeverityCombination& by, Index n_members) {
    const bool learned = by.kind == Combination::learned;
    detect::require(std::ssize(by.weights) == n_members, who, "weights", by.weights.size(), "one a member");
    double sum = 0;
    for (const double weight : by.weights) {
        const bool good = std::isfinite(weight) && (learned ? weight >= 0 : weight > 0);
        detect::require(good, who, "weights", weight, learned ? "numbers from 0" : "numbers above 0");
        sum += weight;
    }
    detect::require(sum > 0 && std::isfinite(sum), who, "sum of weights", sum, "a number above 0");
}

/// The greatest severity of a member for which `passes(weight of the members that reach it, weight of all)`.
template <class Weight, class Passes>
double greatest_that_passes(std::span<const double> severities, const Weight& weight, const Passes& passes) {
    double all = 0, greatest = kNaN;
    for (std::size_t m = 0; m < severities.size(); ++m) all += std::isnan(severities[m]) ? 0 : weight(m);
    for (const double level : severities) {
        if (std::isnan(level) || level <= greatest) continue;
        double reaching = 0;
        for (std::size_t m = 0; m < severities.size(); ++m) reaching += severities[m] >= level ? weight(m) : 0;
        if (passes(reaching, all)) greatest = level;
    }
    return greatest;
}

}  // namespace

double SeverityCombination::operator()(std::span<const double> severities) const {
    if (kind == Combination::mean || kind == Combination::learned) return mean_of_clipped(severities, *this);
    if (kind == Combination::weighted) {
        return greatest_that_passes(
            severities, [&](std::size_t m) { return weights[m]; },
            [&](double reaching, double all) { return reaching > majority * all; });
    }
    return greatest_that_passes(
        severities, [](std::size_t) { return 1.0; },
        [&](double reaching, double all) {
            const double k = n_votes ? static_cast<double>(*n_votes) : std::floor(all / 2) + 1;
            return reaching >= std::min(k, all);
        });
}

void SeverityCombination::require_valid(const char* who, std::size_t n_members) const {
    const auto n = static_cast<Index>(n_members);
    detect::require(kind >= Combination::mean && kind <= Combination::learned, who, "combination",
                    static_cast<int>(kind), "mean, vote, weighted or learned");
    detect::require(clip > 0 && clip <= 300, who, "severity_clip", clip, "in (0, 300]");
    detect::require(majority >= 0 && majority < 1, who, "majority", majority, "in [0, 1)");
    if (n_votes) {
        detect::require(*n_votes >= 1 && *n_votes <= n, who, "n_votes", *n_votes, "at least 1, at most the members");
    }
    if (kind == Combination::weighted || kind == Combination::learned) require_weights(who, *this, n);
}

SeverityCombination SeverityCombination::of_members(const std::vector<std::size_t>& kept) const {
    SeverityCombination left = *this;
    if (n_votes) left.n_votes = std::min(*n_votes, static_cast<Index>(kept.size()));
    left.weights.clear();
    for (const std::size_t m : kept) {
        if (m < weights.size()) left.weights.push_back(weights[m]);
    }
    return left;
}

}  // namespace plantwright
