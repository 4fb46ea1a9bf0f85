// SPDX-License-Identifier: MIT
/// Tables and slow oracles for the tests of detectors.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "plantwright/core/random.hpp"
#include "plantwright/core/types.hpp"
#include "plantwright/frame/frame.hpp"

namespace plantwright::testing {

/// Correlated sensors in plant units: a shared load, a little noise each, first-order memory.
inline Matrix plant_rows(Index n_rows, Index n_sensors, std::uint64_t seed = 1) {
    RandomStream stream(seed, 0, Purpose::noise);
    Matrix rows(n_rows, n_sensors);
    double load = 0;
    for (Index i = 0; i < n_rows; ++i) {
        load = 0.8 * load + stream.normal();
        for (Index j = 0; j < n_sensors; ++j) {
            const double unit = static_cast<double>(j + 1);
            rows(i, j) = 100 * unit + unit * (load * (j % 2 == 0 ? 1 : -0.5) + stream.normal());
        }
    }
    return rows;
}

inline Frame frame_of(const Matrix& rows, const std::vector<std::string>& names) {
    std::vector<ColumnSpec> specs;
    std::vector<Column> columns;
    for (Index j = 0; j < rows.cols(); ++j) {
        Buffer<double> values(rows.rows());
        for (Index i = 0; i < rows.rows(); ++i) values[i] = rows(i, j);
        specs.push_back({.name = names[static_cast<std::size_t>(j)]});
        columns.push_back(Column::numbers(std::move(values)));
    }
    return Frame(Schema(std::move(specs)), std::move(columns));
}

/// inv(a) b by Gauss-Jordan elimination with pivots: slow, plain.
inline std::vector<double> solve(Matrix a, std::vector<double> b) {
    const Index n = a.rows();
    const auto at = [](Index i) { return static_cast<std::size_t>(i); };
    for (Index k = 0; k < n; ++k) {
        Index pivot = k;
        for (Index i = k; i < n; ++i) pivot = std::fabs(a(i, k)) > std::fabs(a(pivot, k)) ? i : pivot;
        for (Index j = 0; j < n; ++j) std::swap(a(k, j), a(pivot, j));
        std::swap(b[at(k)], b[at(pivot)]);
        for (Index i = 0; i < n; ++i) {
            if (i == k) continue;
            const double factor = a(i, k) / a(k, k);
            for (Index j = 0; j < n; ++j) a(i, j) -= factor * a(k, j);
            b[at(i)] -= factor * b[at(k)];
        }
    }
    for (Index k = 0; k < n; ++k) b[at(k)] /= a(k, k);
    return b;
}

/// Sample covariance (n - 1), as written in textbooks.
inline Matrix covariance(const Matrix& rows) {
    const Index n = rows.rows(), d = rows.cols();
    std::vector<long double> mean(static_cast<std::size_t>(d));
    for (Index j = 0; j < d; ++j) {
        for (Index i = 0; i < n; ++i) mean[static_cast<std::size_t>(j)] += rows(i, j) / static_cast<long double>(n);
    }
    Matrix s(d, d);
    for (Index a = 0; a < d; ++a) {
        for (Index b = 0; b < d; ++b) {
            long double sum = 0;
            for (Index i = 0; i < n; ++i) {
                sum +=
                    (rows(i, a) - mean[static_cast<std::size_t>(a)]) * (rows(i, b) - mean[static_cast<std::size_t>(b)]);
            }
            s(a, b) = static_cast<double>(sum / static_cast<long double>(n - 1));
        }
    }
    return s;
}

template <class Error, class Call>
std::string message_of(const Call& call) {
    try {
        call();
    } catch (const Error& error) {
        return error.what();
    }
    return "nothing was thrown";
}

}  // namespace plantwright::testing
