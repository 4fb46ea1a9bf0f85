// SPDX-License-Identifier: MIT
#include "forest/packed_target.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace plantwright {
namespace {

constexpr double kUnitsPerSpread = 1024;
constexpr int kWideShift = 52;  // sums of a row are exact as doubles

double interquartile_range(const Vector& level) {
    Vector sorted = level;
    const auto quantile = [&](Index i) {
        std::nth_element(sorted.begin(), sorted.begin() + i, sorted.end());
        return sorted[i];
    };
    return quantile(3 * (level.size() - 1) / 4) - quantile((level.size() - 1) / 4);
}

int bits_of(double whole) { return static_cast<int>(std::bit_width(static_cast<std::uint64_t>(whole))); }

}  // namespace

PackedTarget::PackedTarget(const Vector& level, double largest_weight, double largest_row) : q_(level.size()) {
    const int weight_bits = bits_of(largest_weight), row_bits = std::min(bits_of(largest_row), weight_bits);
    const auto [low, high] = std::minmax_element(level.begin(), level.end());
    const double range = *high - *low;
    if (!std::isfinite(range)) return;
    shift_ = 64 - weight_bits;
    if (try_bits(level, std::min(52 - weight_bits, 64 - 2 * weight_bits), *low, range)) return;
    shift_ = kWideShift;
    is_wide_ = true;
    largest_row_ = (std::uint64_t{1} << row_bits) - 1;
    if (!try_bits(level, std::min(kWideShift - row_bits, 63 - weight_bits), *low, range)) q_ = {};
}

bool PackedTarget::try_bits(const Vector& level, int target_bits, double low, double range) {
    if (target_bits < 1) return false;
    fits_ = range == 0;
    if (fits_) return true;
    const int exponent = target_bits - 1 - std::ilogb(range);  // range * 2^exponent < 2^target_bits
    unit_ = std::ldexp(1.0, -exponent);
    const bool exact = quantise(level, exponent, low);
    fits_ = exact || interquartile_range(level) >= kUnitsPerSpread * unit_;
    drop_common_zeros();
    return fits_;
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
