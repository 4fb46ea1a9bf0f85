// SPDX-License-Identifier: MIT
/// Sums of products and roots of symmetric matrices, in one order of additions whatever the vector width.
#pragma once

#include "plantwright/core/types.hpp"
#include "plantwright/detect/sensors.hpp"

namespace plantwright::detect {

/// `sum over r of x(r, i) y(r, j)`, `(d, d)`; `x` and `y` are dense rows, `(n, d)`.
Matrix cross_products(const double* x, const double* y, Index n, Index d);

/// Of dense rows about their own mean (n - 1).
Matrix covariance(const Matrix& z);

/// Of standardised rows: their covariance, unit variance for columns that never move.
Matrix correlation(const Matrix& z);

struct EigenPairs {
    Vector values;   ///< falling, negative rounding as 0
    Matrix vectors;  ///< row c is the unit eigenvector of values[c]
};
EigenPairs symmetric_eigen(const Matrix& matrix);

/// The symmetric R with R R = inv(matrix). Throws InvalidArgument, naming `who`, where the matrix has no inverse.
Matrix inverse_root(const char* who, const Matrix& matrix);

/// `y = matrix x` of a symmetric matrix, `(d,)`; column by column, so that each sum has one order.
void multiply(const Matrix& matrix, const double* x, double* y);

/// The rows without a missing reading, standardised, `(n_complete, d)`; throws InvalidArgument below two.
Matrix complete_rows(const char* who, const Sensors& sensors, ConstMatrixView rows);

}  // namespace plantwright::detect
