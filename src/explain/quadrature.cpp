// SPDX-License-Identifier: MIT
#include "explain/quadrature.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "plantwright/core/elementary.hpp"

namespace plantwright {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr std::array kCounts = {4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 32, 48, 64, 96, 128};

struct Legendre {
    double value, slope;
};

Legendre legendre(int n, double x) {
    double before = 1, p = x;
    for (int k = 2; k <= n; ++k) {
        const double next = ((2 * k - 1) * x * p - (k - 1) * before) / k;
        before = p;
        p = next;
    }
    return {p, n * (x * p - before) / (x * x - 1)};
}

/// Whether a rule misses more of any leaf's attributions than it may.
class MissesTooMuch {
public:
    MissesTooMuch(const SplitShares& tree, const GaussRule& rule, double most)
        : tree_(tree), rule_(rule), most_(most), exact_(2 * static_cast<int>(rule.points.size())) {}

    void enter(const SplitPath&) const {}
    void leave(const SplitPath&) const {}
    bool child(const SplitPath& path, Index node) {
        if (found) return false;
        if (!tree_.is_leaf(node)) return true;
        if (path.n_features() > exact_) found = error(path) * height(node) > most_;
        return false;
    }

    bool found = false;

private:
    double height(Index leaf) const {
        double most = 0;
        for (Index o = 0; o < tree_.n_outputs(); ++o) most = std::max(most, std::abs(tree_.value(leaf, o)));
        return most;
    }

    double error(const SplitPath& path) {
        z_.clear();
        for (int d = 0; d <= path.depth(); ++d) {
            if (path.is_last(d)) z_.push_back(path.z_after(d));
        }
        return std::max({error_of(kAll), error_of(kNone), error_of(0.5)});
    }

    /// Of rows that have passed the splits of the features with z below `limit`.
    double error_of(double limit) const {
        double sum = 0, at_zero = 1, at_one = 1;
        for (const double z : z_) {
            at_zero *= z;
            at_one *= z < limit ? 1 : 0;
        }
        for (std::size_t q = 0; q < rule_.points.size(); ++q) sum += rule_.weights[q] * slope(rule_.points[q], limit);
        return std::abs(sum - (at_one - at_zero));
    }

    double slope(double t, double limit) const {
        double product = 1, of_logarithm = 0;
        for (const double z : z_) {
            const double step = z < limit ? 1 - z : -z, p = z + t * step;
            if (p == 0) return 0;
            product *= p;
            of_logarithm += step / p;
        }
        return product * of_logarithm;
    }

    static constexpr double kAll = 2, kNone = 0;

    const SplitShares& tree_;
    const GaussRule& rule_;
    double most_;
    int exact_;
    std::vector<double> z_;
};

bool suffices(const SplitShares& tree, int n_points, double most) {
    const GaussRule rule = gauss_legendre(n_points);
    MissesTooMuch visitor(tree, rule, most);
    walk_splits(tree, visitor);
    return !visitor.found;
}

}  // namespace

GaussRule gauss_legendre(int n) {
    GaussRule rule{std::vector<double>(static_cast<std::size_t>(n)), std::vector<double>(static_cast<std::size_t>(n))};
    for (int i = 0; i < n; ++i) {
        double x = -elementary::cos(kPi * (i + 0.75) / (n + 0.5));
        for (int step = 0; step < 20; ++step) {
            const Legendre p = legendre(n, x);
            x -= p.value / p.slope;
        }
        const double slope = legendre(n, x).slope;
        rule.points[static_cast<std::size_t>(i)] = 0.5 * (x + 1);
        rule.weights[static_cast<std::size_t>(i)] = 1 / ((1 - x * x) * slope * slope);
    }
    return rule;
}

int points_needed(const SplitShares& tree, double tolerance) {
    const int exact = std::max((most_path_features(tree) + 1) / 2, 1);
    const double most = tolerance * tree.range();
    for (const int n : kCounts) {
        if (n >= exact) return exact;
        if (suffices(tree, n, most)) return n;
    }
    return kCounts.back();
}

}  // namespace plantwright
