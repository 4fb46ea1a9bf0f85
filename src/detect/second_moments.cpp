// SPDX-License-Identifier: MIT
#include "detect/second_moments.hpp"

#define EIGEN_NO_DEBUG          // the library never aborts
#define EIGEN_DONT_PARALLELIZE  // nor does it enter OpenMP behind parallel_for
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "plantwright/core/eigen.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright::detect {
namespace {

constexpr Index kPartRows = 512;  // a part's rows stay in cache, and its sums are rounded apart from the others'

/// Adds four rows' products at once: each element of `sums` is loaded once for four products.
void add_four_rows(const double* x, const double* y, Index d, double* sums) {
    for (Index i = 0; i < d; ++i) {
        const double a = x[i], b = x[i + d], c = x[i + 2 * d], e = x[i + 3 * d];
        double* out = sums + i * d;
        for (Index j = 0; j < d; ++j) {
            out[j] += (a * y[j] + b * y[j + d]) + (c * y[j + 2 * d] + e * y[j + 3 * d]);
        }
    }
}

void add_row(const double* x, const double* y, Index d, double* sums) {
    for (Index i = 0; i < d; ++i) {
        for (Index j = 0; j < d; ++j) sums[i * d + j] += x[i] * y[j];
    }
}

}  // namespace

Matrix cross_products(const double* x, const double* y, Index n, Index d) {
    Matrix total(d, d), part(d, d);
    for (Index begin = 0; begin < n; begin += kPartRows) {
        const Index end = std::min(begin + kPartRows, n);
        std::fill_n(part.data(), d * d, 0.0);
        Index r = begin;
        for (; r + 4 <= end; r += 4) add_four_rows(x + r * d, y + r * d, d, part.data());
        for (; r < end; ++r) add_row(x + r * d, y + r * d, d, part.data());
        for (Index k = 0; k < d * d; ++k) total.data()[k] += part.data()[k];
    }
    return total;
}

Matrix complete_rows(const char* who, const Sensors& sensors, ConstMatrixView rows) {
    const Index d = rows.cols();
    Matrix z(rows.rows(), d);
    Index n = 0;
    for (Index i = 0; i < rows.rows(); ++i) {
        sensors.standardize(rows.row(i), z.data() + n * d);
        bool complete = true;
        for (Index j = 0; j < d; ++j) complete = complete && !std::isnan(z(n, j));
        n += complete ? 1 : 0;
    }
    if (n < 2) {
        throw InvalidArgument(std::string(who) + ": fit needs at least 2 rows without missing readings, got " +
                              std::to_string(n));
    }
    Matrix complete(n, d);
    std::copy_n(z.data(), n * d, complete.data());
    return complete;
}

Matrix covariance(const Matrix& z) {
    const Index n = z.rows(), d = z.cols();
    Vector sum(d, 0.0);
    for (Index i = 0; i < n; ++i) {
        for (Index j = 0; j < d; ++j) sum[j] += z(i, j);
    }
    Matrix matrix = cross_products(z.data(), z.data(), n, d);
    for (Index i = 0; i < d; ++i) {
        for (Index j = 0; j < d; ++j) {
            matrix(i, j) = (matrix(i, j) - sum[i] * sum[j] / static_cast<double>(n)) / static_cast<double>(n - 1);
        }
    }
    return matrix;
}

Matrix correlation(const Matrix& z) {
    Matrix matrix = covariance(z);
    constexpr double kNever = 1e-20;  // of a sensor's variance, which is 1 where it moves at all
    for (Index j = 0; j < z.cols(); ++j) {
        if (matrix(j, j) < kNever) matrix(j, j) = 1;
    }
    return matrix;
}

EigenPairs symmetric_eigen(const Matrix& matrix) {
    const Index d = matrix.rows();
    const ::Eigen::MatrixXd dense = as_eigen(matrix);
    const ::Eigen::SelfAdjointEigenSolver<::Eigen::MatrixXd> solver(dense);
    EigenPairs pairs{Vector(d), Matrix(d, d)};
    for (Index c = 0; c < d; ++c) {
        pairs.values[c] = std::max(0.0, solver.eigenvalues()[d - 1 - c]);
        for (Index j = 0; j < d; ++j) pairs.vectors(c, j) = solver.eigenvectors()(j, d - 1 - c);
    }
    return pairs;
}

Matrix inverse_root(const char* who, const Matrix& matrix) {
    const Index d = matrix.rows();
    const EigenPairs pairs = symmetric_eigen(matrix);
    if (!(pairs.values[d - 1] > 1e-12 * pairs.values[0])) {
        throw InvalidArgument(std::string(who) +
                              ": the covariance has no inverse, sensors depend on each other "
                              "exactly; shrinkage must be greater");
    }
    Matrix root(d, d, 0.0);
    for (Index c = 0; c < d; ++c) {
        const double scale = 1 / std::sqrt(pairs.values[c]);
        for (Index i = 0; i < d; ++i) {
            const double weight = scale * pairs.vectors(c, i);
            for (Index j = 0; j <= i; ++j) root(i, j) += weight * pairs.vectors(c, j);
        }
    }
    for (Index i = 0; i < d; ++i) {
        for (Index j = 0; j < i; ++j) root(j, i) = root(i, j);
    }
    return root;
}

void multiply(const Matrix& matrix, const double* x, double* y) {
    const Index d = matrix.rows();
    std::fill_n(y, d, 0.0);
    for (Index j = 0; j < d; ++j) {
        const double* column = matrix.data() + j * d;
        for (Index i = 0; i < d; ++i) y[i] += column[i] * x[j];
    }
}

}  // namespace plantwright::detect
