// SPDX-License-Identifier: MIT
/// Weights by which the severities of several members tell anomalous rows from normal ones: non-negative logistic
/// regression.
///
///     min over w >= 0 and b of   sum_i c_i log(1 + exp(-y_i (w'x_i + b))) + penalty / 2 |w|^2,   y_i = +1 or -1
///
/// with c_i such that each class has half of the whole. Strictly convex: there is one minimum. Proximal Newton (Lee,
/// Sun & Saunders, SIAM J. Optimization 24, 2014): the quadratic model is minimised over w >= 0 by coordinates, the
/// step halved until it descends enough (Armijo), until the model promises less than 1e-13. Some ten steps of
/// O(rows members^2). Same bits everywhere: sums have one order, exp and log are core's.
#pragma once

#include <vector>

#include "plantwright/core/types.hpp"

namespace plantwright::detect {

struct LogisticWeights {
    std::vector<double> weights;  ///< w, one a member
    double intercept = 0;         ///< b
};

/// `severities`: `(n_rows, n_members)`, finite; `anomalous`: one a row, both kinds among them. Pre: penalty > 0.
LogisticWeights fit_logistic_weights(ConstMatrixView severities, const std::vector<bool>& anomalous,
                                     double penalty = 1e-3);

}  // namespace plantwright::detect
