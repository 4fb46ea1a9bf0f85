// SPDX-License-Identifier: MIT
/// Small plants and small networks, so that a test trains in a blink.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "plantwright/core/elementary.hpp"
#include "plantwright/core/random.hpp"
#include "plantwright/neural/autoencoder_stream.hpp"
#include "plantwright/neural/lstm_autoencoder.hpp"

namespace plantwright::testing {

/// Sensors that swing together, each with its own delay, level, size and a little noise.
inline Matrix swinging_plant(Index n_rows, Index n_sensors = 3, std::uint64_t seed = 1) {
    Matrix X(n_rows, n_sensors);
    RandomStream random(seed, 0, Purpose::noise);
    for (Index i = 0; i < n_rows; ++i) {
        for (Index j = 0; j < n_sensors; ++j) {
            const double phase = 0.3 * static_cast<double>(i) + static_cast<double>(j);
            X(i, j) = 500 * static_cast<double>(j) + (1 + static_cast<double>(j)) * elementary::sin(phase) +
                      0.05 * random.normal();
        }
    }
    return X;
}

inline LSTMAutoencoderOptions small_options() {
    return {.window = 8,
            .encoder = {8},
            .bottleneck = 4,
            .decoder = {8},
            .max_epochs = 4,
            .batch_size = 16,
            .learning_rate = 0.01,
            .random_state = 3};
}

inline LSTMAutoencoder small_model(Index n_rows = 200) {
    return LSTMAutoencoder::fit(swinging_plant(n_rows), small_options());
}

/// The plant with a time column of `step_s` and gaps where told: rows from `at` on come `later_s` later.
struct Gap {
    Index at;
    std::int64_t later_s;
};
inline Frame timed_plant(const Matrix& X, const std::vector<Gap>& gaps = {}, std::int64_t step_s = 10) {
    std::vector<ColumnSpec> specs{{.name = "time", .kind = ColumnKind::time, .role = Role::time}};
    Buffer<std::int64_t> stamps(X.rows());
    for (Index i = 0; i < X.rows(); ++i) {
        std::int64_t seconds = i * step_s;
        for (const Gap& gap : gaps) seconds += i >= gap.at ? gap.later_s : 0;
        stamps[i] = seconds * 1'000'000'000;
    }
    std::vector<Column> columns{Column::times(std::move(stamps))};
    for (Index j = 0; j < X.cols(); ++j) {
        Buffer<double> values(X.rows());
        for (Index i = 0; i < X.rows(); ++i) values[i] = X(i, j);
        specs.push_back({.name = std::string(1, 's').append(std::to_string(j))});
        columns.push_back(Column::numbers(std::move(values)));
    }
    return Frame(Schema(std::move(specs)), std::move(columns));
}

/// Places of the values that are NaN.
inline std::vector<Index> missing_places(const Vector& values) {
    std::vector<Index> places;
    for (Index i = 0; i < values.size(); ++i)
        if (std::isnan(values[i])) places.push_back(i);
    return places;
}

/// The same bits, where NaN is NaN.
inline bool same_values(VectorView<const double> a, VectorView<const double> b) {
    if (a.size() != b.size()) return false;
    for (Index i = 0; i < a.size(); ++i)
        if (!(a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i])))) return false;
    return true;
}

/// Whether `part` stands in `text`; shows the text where not.
inline ::testing::AssertionResult says(const std::string& text, const std::string& part) {
    if (text.find(part) != std::string::npos) return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << "'" << text << "' does not say '" << part << "'";
}

/// What a call that fails says; empty where it does not.
template <class Call>
std::string error_of(Call call) {
    try {
        call();
    } catch (const Error& error) {
        return error.message();
    }
    return "";
}

}  // namespace plantwright::testing
