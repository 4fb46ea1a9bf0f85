// SPDX-License-Identifier: MIT
/// The first principal component of weighted points, by power iteration.
///
///     C = sum_i w_i c_i c_i',   c_i = p_i less the weighted mean,   v <- C v / |C v|,   score_i = c_i' v
///
/// Starts at the axis of the widest spread, which is surely not orthogonal to the answer, and ends after 200 rounds or
/// when v stays where it is. O(n d^2) for n points of d coordinates, and O(d^2) a round. Keeps its memory from call to
/// call; one object serves one thread.
#pragma once

#include <span>
#include <vector>

namespace plantwright {

class PrincipalAxis {
public:
    /// The scores `(n,)` of `points (n, d)` with n weights; valid until the next call.
    std::span<const double> scores(std::span<const double> points, std::span<const double> weight, std::size_t d);

private:
    void centre(std::span<const double> points, std::span<const double> weight);
    void add_up_covariance(std::span<const double> weight);
    void start_at_widest();
    bool step();

    std::size_t d_ = 0;
    std::vector<double> centred_, covariance_, axis_, next_, score_;
};

}  // namespace plantwright
