// SPDX-License-Identifier: MIT
/// Weight and target of a row in one 64-bit integer, so that one addition sums both, exactly and in any order.
///
///     packed = w << shift | w q,     q = round((y - min y) 2^e)
///
/// With B = bits of the total weight, shift = 64 - B and q has at most 64 - 2 B bits, and at most 52 - B, so that
/// sums are exact as doubles: 34 for 20,000 draws, 24 for a million.
/// Where all y are whole multiples of 2^-e nothing is rounded. Otherwise the error of q is at most half a unit; the
/// target is refused (`fits` false, and the exact splitter takes over) where a unit exceeds 1/1024 of the interquartile
/// range of y, so that outliers do not cost the other rows their digits.
#pragma once

#include <cstdint>

#include "forest/training.hpp"

namespace plantwright {

class PackedTarget {
public:
    PackedTarget() = default;
    /// For samples of a total weight up to `largest_weight` (whole weights).
    PackedTarget(const Vector& level, double largest_weight);

    bool fits() const { return fits_; }
    int shift() const { return shift_; }
    double unit() const { return unit_; }  ///< what one step of q is in the target
    std::uint64_t quantised(Index row) const { return q_[row]; }
    std::uint64_t pack(Index row, std::uint64_t weight) const { return (weight << shift_) + weight * q_[row]; }

private:
    bool quantise(const Vector& level, int exponent, double low);
    void drop_common_zeros();

    Buffer<std::uint64_t> q_;
    int shift_ = 0;
    double unit_ = 1;
    bool fits_ = false;
};

}  // namespace plantwright
