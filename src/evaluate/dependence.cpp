// SPDX-License-Identifier: MIT
#include "dependence.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "summation.hpp"

namespace plantwright::evaluate {
namespace {

constexpr Index kFewestRows = 3;
constexpr Index kRowsPerBin = 20, kMostBins = 256;
constexpr Index kBlocks = 5;
constexpr std::size_t kMostCycleValues = 400;
constexpr double kDetermined = 1e-9;  // of the variance: what is left is rounding

double at(const Values& v, Index i) { return v[static_cast<std::size_t>(i)]; }
Index size_of(const Values& v) { return static_cast<Index>(v.size()); }

/// Centred, and scaled so that squares neither overflow nor vanish.
Values centred(Values v) {
    double largest = 0;
    for (const double a : v) largest = std::max(largest, std::fabs(a));
    if (largest > 0) {
        for (double& a : v) a /= largest;
    }
    const double mean = pairwise_sum(0, size_of(v), [&](Index i) { return at(v, i); }) / static_cast<double>(v.size());
    for (double& a : v) a -= mean;
    return v;
}

double product(const Values& a, const Values& b) {
    return pairwise_sum(0, size_of(a), [&](Index i) { return at(a, i) * at(b, i); });
}

/// Takes `regressor` out of `v` by least squares; both centred.
void take_out(Values& v, const Values& regressor) {
    const double square = product(regressor, regressor);
    if (square == 0) return;
    const double slope = product(v, regressor) / square;
    for (std::size_t i = 0; i < v.size(); ++i) v[i] -= slope * regressor[i];
}

/// Row numbers by rising value; equal values in row order.
std::vector<std::size_t> rising(const Values& x) {
    std::vector<std::pair<double, std::size_t>> keyed(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) keyed[i] = {x[i], i};
    std::sort(keyed.begin(), keyed.end());
    std::vector<std::size_t> order(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) order[i] = keyed[i].second;
    return order;
}

/// Calls `group(first, last)` for each run [first, last) of equal values in `order`.
template <class Group>
void for_each_tie(const Values& x, const std::vector<std::size_t>& order, const Group& group) {
    for (std::size_t first = 0, last = 0; first < order.size(); first = last) {
        while (last < order.size() && x[order[last]] == x[order[first]]) ++last;
        group(first, last);
    }
}

bool known(VectorView<const double> x, VectorView<const double> y, Index t) {
    return std::isfinite(x[t]) && std::isfinite(y[t]);
}

}  // namespace

double pearson(const Values& x, const Values& y) {
    if (size_of(x) < kFewestRows) return kNaN;
    const Values a = centred(x), b = centred(y);
    const double scale = std::sqrt(product(a, a)) * std::sqrt(product(b, b));
    return scale > 0 ? std::clamp(product(a, b) / scale, -1.0, 1.0) : kNaN;
}

Values ranks_of(const Values& x) {
    const auto order = rising(x);
    Values ranks(x.size());
    for_each_tie(x, order, [&](std::size_t first, std::size_t last) {
        const double middle = static_cast<double>(first + last - 1) / 2;
        for (std::size_t k = first; k < last; ++k) ranks[order[k]] = middle;
    });
    return ranks;
}

double spearman(const Values& x, const Values& y) { return pearson(ranks_of(x), ranks_of(y)); }

std::vector<std::int32_t> bins_of(const Values& x) {
    const auto order = rising(x);
    const auto n = static_cast<std::size_t>(std::max<Index>(1, size_of(x)));
    const auto n_bins = static_cast<std::size_t>(std::clamp<Index>(size_of(x) / kRowsPerBin, 2, kMostBins));
    std::vector<std::int32_t> bins(x.size());
    for_each_tie(x, order, [&](std::size_t first, std::size_t last) {
        const auto bin = static_cast<std::int32_t>((first + last) / 2 * n_bins / n);
        for (std::size_t k = first; k < last; ++k) bins[order[k]] = bin;
    });
    return bins;
}

CrossFit cross_fit(std::span<const std::int32_t> bins, const Values& y) {
    const Index n = size_of(y);
    const auto n_bins = static_cast<std::size_t>(n == 0 ? 0 : *std::max_element(bins.begin(), bins.end()) + 1);
    const Values z = centred(y);  // around the overall mean, to which thin bins are shrunk by the weight of one row
    CrossFit fit;
    for (Index block = 0; block < kBlocks; ++block) {
        const Index begin = n * block / kBlocks, end = n * (block + 1) / kBlocks;
        Values sum(n_bins, 0.0), count(n_bins, 1.0);
        for (Index i = 0; i < n; ++i) {
            if (i >= begin && i < end) continue;
            const auto bin = static_cast<std::size_t>(bins[static_cast<std::size_t>(i)]);
            sum[bin] += at(z, i);
            count[bin] += 1;
        }
        fit.error += pairwise_sum(begin, end, [&](Index i) {
            const auto bin = static_cast<std::size_t>(bins[static_cast<std::size_t>(i)]);
            const double error = at(z, i) - sum[bin] / count[bin];
            return error * error;
        });
    }
    fit.variance = product(z, z);
    return fit;
}

Innovations innovations(VectorView<const double> x, VectorView<const double> y, std::span<const std::uint8_t> follows) {
    Values now_x, now_y, last_x, last_y;
    for (Index t = 1; t < y.size(); ++t) {
        if (!follows[static_cast<std::size_t>(t)] || !known(x, y, t) || !known(x, y, t - 1)) continue;
        now_x.push_back(x[t]);
        now_y.push_back(y[t]);
        last_x.push_back(x[t - 1]);
        last_y.push_back(y[t - 1]);
    }
    if (size_of(now_x) < kFewestRows) return {};
    now_x = centred(std::move(now_x));
    now_y = centred(std::move(now_y));
    last_x = centred(std::move(last_x));
    last_y = centred(std::move(last_y));
    const double variance = product(now_x, now_x), last_variance = product(last_x, last_x);
    for (Values* v : {&now_x, &now_y, &last_x}) take_out(*v, last_y);  // Frisch & Waugh 1933: one regressor at a time
    if (product(last_x, last_x) > kDetermined * last_variance) {
        take_out(now_x, last_x);
        take_out(now_y, last_x);
    }
    if (product(now_x, now_x) <= kDetermined * variance) return {};
    return {std::move(now_x), std::move(now_y)};
}

double memory(VectorView<const double> y, std::span<const std::uint8_t> follows) {
    Values now, last;
    for (Index t = 1; t < y.size(); ++t) {
        if (!follows[static_cast<std::size_t>(t)] || !std::isfinite(y[t]) || !std::isfinite(y[t - 1])) continue;
        now.push_back(y[t]);
        last.push_back(y[t - 1]);
    }
    return pearson(now, last);
}

bool runs_in_a_cycle(VectorView<const double> x, std::span<const std::uint8_t> follows) {
    Values distinct;
    for (Index t = 0; t < x.size(); ++t) {
        if (!std::isfinite(x[t])) continue;
        const auto place = std::lower_bound(distinct.begin(), distinct.end(), x[t]);
        if (place != distinct.end() && *place == x[t]) continue;
        if (distinct.size() == kMostCycleValues) return false;
        distinct.insert(place, x[t]);
    }
    if (distinct.size() < 3) return false;
    const auto code = [&](double v) {
        return static_cast<std::size_t>(std::lower_bound(distinct.begin(), distinct.end(), v) - distinct.begin());
    };
    std::vector<Index> changes(distinct.size() * distinct.size(), 0);
    Index n_changes = 0, n_expected = 0;
    for (Index t = 1; t < x.size(); ++t) {
        if (!follows[static_cast<std::size_t>(t)] || !known(x, x, t) || !known(x, x, t - 1) || x[t] == x[t - 1])
            continue;
        ++changes[code(x[t - 1]) * distinct.size() + code(x[t])];
        ++n_changes;
    }
    for (auto row = changes.begin(); row != changes.end(); row += static_cast<std::ptrdiff_t>(distinct.size())) {
        n_expected += *std::max_element(row, row + static_cast<std::ptrdiff_t>(distinct.size()));
    }
    return n_changes > static_cast<Index>(distinct.size()) &&
           static_cast<double>(n_expected) >= 0.95 * static_cast<double>(n_changes);
}

}  // namespace plantwright::evaluate
