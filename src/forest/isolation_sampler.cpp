// SPDX-License-Identifier: MIT
#include "forest/isolation_sampler.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

namespace plantwright {
namespace {

constexpr Index kAutoSamples = 256;

Index count_positive(const Vector& weight) {
    return std::count_if(weight.begin(), weight.end(), [](double w) { return w > 0; });
}

/// Rows of positive weight alone can be drawn without replacement.
Index rows_of_a_tree(const IsolationForestOptions& options, Index n_rows, const Vector& weight) {
    const RowCount wanted = options.max_samples.value_or(RowCount(kAutoSamples));
    const Index count = wanted.is_fraction()
                            ? std::max<Index>(1, static_cast<Index>(wanted.fraction() * static_cast<double>(n_rows)))
                            : wanted.count();
    const Index available = weight.empty() || options.bootstrap ? n_rows : count_positive(weight);
    return std::min(count, available);
}

/// Uniform in [0, bound), but for a bias of bound / 2^64; without RandomStream's loop, since each tree draws hundreds.
inline RowId row_below(RandomStream& stream, std::uint64_t bound) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<RowId>((static_cast<Wide>(stream.next()) * bound) >> 64);
}

Vector running_sum(Vector weight) {
    std::partial_sum(weight.begin(), weight.end(), weight.begin());
    return weight;
}

/// A row of positive weight, by the weights' running sum.
RowId draw(RandomStream& stream, const Vector& cumulative) {
    const double total = cumulative[cumulative.size() - 1];
    const double* row = std::upper_bound(cumulative.begin(), cumulative.end(), stream.uniform() * total);
    if (row == cumulative.end()) row = std::lower_bound(cumulative.begin(), cumulative.end(), total);  // rounding
    return static_cast<RowId>(row - cumulative.begin());
}

/// The running sum once the rows have no weight any more.
Vector running_sum_without(Vector weight, const std::vector<RowId>& rows) {
    for (const RowId row : rows) weight[static_cast<Index>(row)] = 0;
    return running_sum(std::move(weight));
}

}  // namespace

void RowSet::clear(Index n_rows, Index capacity) {
    constexpr Index kMostBits = Index{1} << 21;  // 256 kB
    if (n_rows <= kMostBits) return bits_.resize(static_cast<std::size_t>((n_rows + 63) / 64));
    const auto size = std::bit_ceil(static_cast<std::size_t>(4 * std::max<Index>(capacity, 1)));
    shift_ = std::max(32 - std::countr_zero(size), 0);
    slots_.assign(size, 0);
}

IsolationSampler::IsolationSampler(const IsolationForestOptions& options, Index n_rows, const Vector& weight)
    : seed_(options.random_state), bootstrap_(options.bootstrap), n_rows_(n_rows),
      n_draws_(rows_of_a_tree(options, n_rows, weight)), weight_(weight), cumulative_(running_sum(weight)) {}

void IsolationSampler::sample(Index tree, RowSet& drawn, std::vector<RowId>& rows) const {
    rows.clear();
    if (takes_all_rows()) {
        rows.resize(static_cast<std::size_t>(n_rows_));
        std::iota(rows.begin(), rows.end(), RowId{0});
        return;
    }
    RandomStream stream(seed_, static_cast<std::uint64_t>(tree), Purpose::bootstrap);
    drawn.clear(n_rows_, n_draws_);
    if (bootstrap_)
        with_replacement(stream, drawn, rows);
    else if (cumulative_.empty())
        without_replacement(stream, drawn, rows);
    else
        by_weight(stream, drawn, rows);
    drawn.erase(rows);
}

void IsolationSampler::without_replacement(RandomStream& stream, RowSet& drawn, std::vector<RowId>& rows) const {
    rows.resize(static_cast<std::size_t>(n_draws_));
    auto last = static_cast<RowId>(n_rows_ - n_draws_);
    for (RowId& row : rows) {
        row = row_below(stream, std::uint64_t{last} + 1);
        if (!drawn.insert(row)) drawn.insert(row = last);
        ++last;
    }
}

void IsolationSampler::with_replacement(RandomStream& stream, RowSet& drawn, std::vector<RowId>& rows) const {
    for (Index i = 0; i < n_draws_; ++i) {
        const RowId row =
            cumulative_.empty() ? row_below(stream, static_cast<std::uint64_t>(n_rows_)) : draw(stream, cumulative_);
        if (drawn.insert(row)) rows.push_back(row);
    }
}

/// A row drawn before is drawn again; where that happens often, the rows drawn lose their weight instead.
void IsolationSampler::by_weight(RandomStream& stream, RowSet& drawn, std::vector<RowId>& rows) const {
    const Index most_misses = 2 * n_draws_ + 64;
    Vector rest;
    const Vector* cumulative = &cumulative_;
    for (Index misses = 0; static_cast<Index>(rows.size()) < n_draws_;) {
        const RowId row = draw(stream, *cumulative);
        if (drawn.insert(row)) {
            rows.push_back(row);
        } else if (++misses > most_misses) {
            rest = running_sum_without(weight_, rows);
            cumulative = &rest;
            misses = 0;
        }
    }
}

std::vector<std::uint32_t> features_of_isolation_tree(const IsolationForestOptions& options, Index n_features,
                                                      Index tree) {
    std::vector<std::uint32_t> features(static_cast<std::size_t>(n_features));
    std::iota(features.begin(), features.end(), 0u);
    const auto n = static_cast<std::size_t>(options.max_features.of(n_features));
    if (n == features.size()) return features;
    RandomStream stream(options.random_state, static_cast<std::uint64_t>(tree), Purpose::split);
    for (std::size_t k = 0; k < n; ++k) std::swap(features[k], features[k + stream.below(features.size() - k)]);
    features.resize(n);
    std::sort(features.begin(), features.end());
    return features;
}

}  // namespace plantwright
