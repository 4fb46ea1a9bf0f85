// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <limits>
#include <ostream>
#include <random>
#include <vector>

#include "plantwright/neural/autoencoder_network.hpp"

namespace plantwright {

/// What a test of several shapes is called.
inline void PrintTo(const AutoencoderShape& shape, std::ostream* out) {
    *out << shape.n_sensors << " x " << shape.window << ", encoder";
    for (const Index units : shape.encoder) *out << ' ' << units;
    *out << ", code " << shape.code_size() << ", decoder";
    for (const Index units : shape.decoder) *out << ' ' << units;
    if (shape.activation == CellActivation::relu) *out << ", relu";
}

}  // namespace plantwright

namespace plantwright::testing {

/// Waves of several lengths and noise; a share of the readings is missing.
inline Table<float> random_readings(Index n_rows, Index n_sensors, double missing, unsigned seed = 1) {
    std::mt19937 random(seed);
    std::normal_distribution<double> noise(0, 0.3);
    std::uniform_real_distribution<double> share;
    Table<float> rows(n_rows, n_sensors);
    for (Index i = 0; i < n_rows; ++i) {
        for (Index j = 0; j < n_sensors; ++j) {
            const double wave = std::sin(0.1 * static_cast<double>((j + 1) * i));
            rows(i, j) = share(random) < missing ? std::numeric_limits<float>::quiet_NaN()
                                                 : static_cast<float>(wave + noise(random));
        }
    }
    return rows;
}

inline std::vector<Index> all_starts(const Table<float>& rows, Index window) {
    std::vector<Index> starts;
    for (Index i = 0; i + window <= rows.rows(); ++i) starts.push_back(i);
    return starts;
}

/// Initial weights, and biases that are not 0.
inline AutoencoderNetwork random_network(const AutoencoderShape& shape, unsigned seed = 2) {
    AutoencoderNetwork network(shape, seed);
    std::mt19937 random(seed);
    std::normal_distribution<float> draw(0, 0.3F);
    for (const WeightTensor& tensor : network.tensors()) {
        if (!tensor.name.ends_with("bias")) continue;
        Table<float> values = network.tensor(tensor.name);
        for (Index j = 0; j < values.cols(); ++j) values(0, j) += draw(random);
        network.set_tensor(tensor.name, values);
    }
    return network;
}

}  // namespace plantwright::testing
