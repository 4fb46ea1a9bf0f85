// SPDX-License-Identifier: MIT
#include "preprocessing/order_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace plantwright {
namespace {

constexpr std::size_t kBuckets = 4096;
constexpr std::size_t kFew = 1024;  // numbers that are sorted at once

/// Rising with x, in [0, kBuckets).
struct Bucketing {
    double low, per_unit;

    std::size_t operator()(double x) const {
        return std::min(static_cast<std::size_t>(static_cast<std::int64_t>((x - low) * per_unit)), kBuckets - 1);
    }
};

void by_sorting(std::span<double> values, std::span<const Index> ranks, double* out) {
    std::sort(values.begin(), values.end());
    for (std::size_t i = 0; i < ranks.size(); ++i) out[i] = values[static_cast<std::size_t>(ranks[i])];
}

void select(std::span<double> values, std::span<const Index> ranks, double* out, int depth);

/// Moves the numbers of buckets that hold a rank together, bucket by bucket, and looks into each.
void select_in_buckets(std::span<double> values, std::span<const Index> ranks, double* out, int depth,
                       const Bucketing& bucket_of) {
    std::vector<Index> begin(kBuckets + 1, 0);
    for (const double x : values) ++begin[bucket_of(x) + 1];
    for (std::size_t b = 0; b < kBuckets; ++b) begin[b + 1] += begin[b];
    std::vector<Index> at(kBuckets, -1);  // where the next number of a bucket goes, if it is wanted
    Index n_wanted = 0;
    for (std::size_t r = 0, b = 0; r < ranks.size(); ++r) {
        while (begin[b + 1] <= ranks[r]) ++b;
        if (at[b] >= 0) continue;
        at[b] = n_wanted;
        n_wanted += begin[b + 1] - begin[b];
    }
    auto wanted = Buffer<double>::uninitialized(n_wanted);
    for (const double x : values) {
        Index& next = at[bucket_of(x)];
        if (next >= 0) wanted[next++] = x;
    }
    std::vector<Index> inner;
    double* first = wanted.data();
    for (std::size_t r = 0, b = 0; r < ranks.size();) {
        while (begin[b + 1] <= ranks[r]) ++b;
        const std::size_t from = r;
        inner.clear();
        for (; r < ranks.size() && ranks[r] < begin[b + 1]; ++r) inner.push_back(ranks[r] - begin[b]);
        const auto size = static_cast<std::size_t>(begin[b + 1] - begin[b]);
        select({first, size}, inner, out + from, depth + 1);
        first += size;
    }
}

void select(std::span<double> values, std::span<const Index> ranks, double* out, int depth) {
    constexpr int kDeepest = 3;  // heavier tails than that are sorted
    if (values.size() <= kFew || depth > kDeepest) return by_sorting(values, ranks, out);
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    if (*low == *high) return std::fill_n(out, ranks.size(), *low), void();
    const double per_unit = static_cast<double>(kBuckets) / (*high - *low);
    if (!(per_unit > 0) || std::isinf(per_unit)) return by_sorting(values, ranks, out);
    select_in_buckets(values, ranks, out, depth, {*low, per_unit});
}

/// As NumPy does, to the same bits.
double between(double a, double b, double t) {
    const double step = b - a;
    return t >= 0.5 ? b - step * (1 - t) : a + step * t;
}

}  // namespace

void order_statistics(std::span<double> values, std::span<const Index> ranks, double* out) {
    select(values, ranks, out, 0);
}

Vector quantiles_of(std::span<double> values, std::span<const double> probabilities, double* median) {
    Vector result(std::ssize(probabilities), kNaN);
    if (median) *median = kNaN;
    if (values.empty()) return result;
    const auto last = static_cast<double>(values.size() - 1);
    std::vector<Index> ranks;
    for (const double p : probabilities) {
        const auto below = static_cast<Index>(last * p);
        for (const Index rank : {below, std::min(below + 1, std::ssize(values) - 1)}) ranks.push_back(rank);
    }
    const Index middle[] = {(std::ssize(values) - 1) / 2, std::ssize(values) / 2};
    if (median) ranks.insert(ranks.end(), middle, middle + 2);
    std::vector<Index> distinct = ranks;
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    std::vector<double> found(distinct.size());
    order_statistics(values, distinct, found.data());
    const auto value_at = [&](Index rank) {
        return found[static_cast<std::size_t>(std::lower_bound(distinct.begin(), distinct.end(), rank) -
                                              distinct.begin())];
    };
    if (median) *median = (value_at(middle[0]) + value_at(middle[1])) / 2;
    for (Index i = 0; i < result.size(); ++i) {
        const double place = last * probabilities[static_cast<std::size_t>(i)];
        const auto r = static_cast<std::size_t>(2 * i);
        result[i] = between(value_at(ranks[r]), value_at(ranks[r + 1]), place - std::floor(place));
    }
    return result;
}

double median_of(std::span<double> values) {
    if (values.empty()) return kNaN;
    const auto n = std::ssize(values);
    double middle[2];
    if (n % 2 == 1) {
        const Index rank = n / 2;
        order_statistics(values, {&rank, 1}, middle);
        return middle[0];
    }
    const Index ranks[2] = {n / 2 - 1, n / 2};
    order_statistics(values, ranks, middle);
    return (middle[0] + middle[1]) / 2;
}

}  // namespace plantwright
