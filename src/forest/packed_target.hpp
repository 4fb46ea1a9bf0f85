// SPDX-License-Identifier: MIT
/// Weight and target of a row in one 64-bit integer, so that one addition sums both, exactly and in any order.
///
///     packed = w << shift | w q,     q = round((y - min y) 2^e)
///
/// With B = bits of the total weight, shift = 64 - B and q has at most 64 - 2 B bits, and at most 52 - B, so that
/// sums are exact as doubles: 34 for 20,000 draws, 24 for a million.
/// Where that leaves too few bits for q, sums are wide: weight and target are summed in two words, and only a row's own
/// packed sum is one, with R bits for its weight (a larger one counts as 2^R - 1), shift = 52, and q of at most 52 - R
/// and 63 - B bits.
/// Where all y are whole multiples of 2^-e nothing is rounded. Otherwise the error of q is at most half a unit; the
/// target is refused (`fits` false, and the exact splitter takes over) where a unit exceeds 1/1024 of the interquartile
/// range of y, so that outliers do not cost the other rows their digits.
#pragma once

#include <algorithm>
#include <cstdint>

#include "forest/training.hpp"

namespace plantwright {

class PackedTarget {
public:
    PackedTarget() = default;
    /// For samples of a total weight up to `largest_weight` (whole weights), of rows up to `largest_row`.
    PackedTarget(const Vector& level, double largest_weight, double largest_row);

    bool fits() const { return fits_; }
    bool is_wide() const { return is_wide_; }
    int shift() const { return shift_; }
    double unit() const { return unit_; }  ///< what one step of q is in the target
    std::uint64_t quantised(Index row) const { return q_[row]; }
    std::uint64_t pack(Index row, std::uint64_t weight) const {
        weight = std::min(weight, largest_row_);
        return (weight << shift_) + weight * q_[row];
    }

private:
    bool try_bits(const Vector& level, int target_bits, double low, double range);
    bool quantise(const Vector& level, int exponent, double low);
    void drop_common_zeros();

    Buffer<std::uint64_t> q_;
    int shift_ = 0;
    std::uint64_t largest_row_ = ~std::uint64_t{0};
    double unit_ = 1;
    bool fits_ = false, is_wide_ = false;
};

}  // namespace plantwright
