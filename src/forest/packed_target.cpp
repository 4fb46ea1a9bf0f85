// SPDX-License-Identifier: MIT
#include "forest/packed_target.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace plantwright {
namespace {

constexpr double kUnitsPerSpread = 1024;

double interquartile_range(const Vector& level) {
    Vector sorted = level;
    const auto quantile = [&](Index i) {
        std::nth_element(sorted.begin(), sorted.begin() + i, sorted.end());
        return sorted[i];
    };
    return quantile(3 * (level.size() - 1) / 4) - quantile((level.size() - 1) / 4);
}

}  // namespace

PackedTarget::PackedTarget(const Vector& level, double largest_weight) : q_(level.size()) {
    const int weight_bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(largest_weight)));
    shift_ = 64 - weight_bits;
    const int target_bits = std::min(52 - weight_bits, 64 - 2 * weight_bits);
    const auto [low, high] = std::minmax_element(level.begin(), level.end());
    const double range = *high - *low;
    if (target_bits < 1 || !std::isfinite(range)) return;
    if (range == 0) {
        fits_ = true;
        return;
    }
    const int exponent = target_bits - 1 - std::ilogb(range);  // range * 2^exponent < 2^target_bits
    unit_ = std::ldexp(1.0, -exponent);
    const bool exact = quantise(level, exponent, *low);
    fits_ = exact || interquartile_range(level) >= kUnitsPerSpread * std::ldexp(1.0, -exponent);
    drop_common_zeros();
}

/// Returns whether nothing was rounded. A range next to a power of two may round up to 2^target_bits; the sum still
/// fits, since shift and target_bits leave that one unit.
bool PackedTarget::quantise(const Vector& level, int exponent, double low) {
    bool exact = true;
    for (Index i = 0; i < level.size(); ++i) {
        const double scaled = std::ldexp(level[i] - low, exponent);
        const double rounded = std::nearbyint(scaled);
        q_[i] = static_cast<std::uint64_t>(rounded);
        exact &= rounded == scaled && low + (level[i] - low) == level[i];
    }
    return exact;
}

/// Small whole numbers stay small, so that products of sums are exact in double precision.
void PackedTarget::drop_common_zeros() {
    std::uint64_t bits = 0;
    for (const std::uint64_t q : q_) bits |= q;
    const int zeros = bits ? std::countr_zero(bits) : 0;
    for (std::uint64_t& q : q_) q >>= zeros;
    unit_ = std::ldexp(unit_, zeros);
}

}  // namespace plantwright
