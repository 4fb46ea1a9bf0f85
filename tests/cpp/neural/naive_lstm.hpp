// SPDX-License-Identifier: MIT
/// An LSTM autoencoder by the textbook: plain loops in double precision, one window at a time.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "plantwright/neural/autoencoder_network.hpp"

namespace plantwright::testing {

using Sequence = std::vector<std::vector<double>>;  ///< [step][unit]

/// y + x W, of a weight tensor (inputs, outputs).
inline void add_product(std::vector<double>& y, const std::vector<double>& x, const Table<float>& W) {
    for (std::size_t k = 0; k < x.size(); ++k)
        for (std::size_t j = 0; j < y.size(); ++j)
            y[j] += x[k] * static_cast<double>(W(static_cast<Index>(k), static_cast<Index>(j)));
}

inline std::vector<double> first_row(const Table<float>& bias) { return {bias.data(), bias.data() + bias.cols()}; }

class NaiveAutoencoder {
public:
    struct Result {
        Sequence reconstruction;
        std::vector<double> code;
    };

    explicit NaiveAutoencoder(const AutoencoderNetwork& network) : network_(network), shape_(network.shape()) {}

    /// Of one window, `(window, n_sensors)`; NaN counts as 0.
    Result operator()(ConstMatrixViewF window) const {
        Sequence states(static_cast<std::size_t>(window.rows()));
        for (Index t = 0; t < window.rows(); ++t)
            for (const float x : row_of(window, t))
                states[static_cast<std::size_t>(t)].push_back(std::isnan(x) ? 0 : x);
        for (std::size_t k = 0; k < shape_.encoder.size(); ++k) states = lstm("encoder." + std::to_string(k), states);
        Result result;
        result.code = shape_.bottleneck > 0 ? dense("bottleneck", states.back()) : states.back();
        states.assign(states.size(), result.code);
        for (std::size_t k = 0; k < shape_.decoder.size(); ++k) states = lstm("decoder." + std::to_string(k), states);
        for (const auto& h : states) result.reconstruction.push_back(dense("output", h));
        return result;
    }

private:
    static std::vector<float> row_of(ConstMatrixViewF rows, Index t) {
        std::vector<float> row;
        for (Index j = 0; j < rows.cols(); ++j) row.push_back(rows(t, j));
        return row;
    }
    static double logistic(double x) { return 1 / (1 + std::exp(-x)); }
    double activation(double x) const {
        return shape_.activation == CellActivation::tanh ? std::tanh(x) : std::max(x, 0.0);
    }

    std::vector<double> dense(const std::string& name, const std::vector<double>& x) const {
        std::vector<double> y = first_row(network_.tensor(name + ".bias"));
        add_product(y, x, network_.tensor(name + ".weight"));
        return y;
    }

    /// Gates i, f, g, o side by side; c = f c + i g, h = o a(c).
    Sequence lstm(const std::string& name, const Sequence& inputs) const {
        const Table<float> W = network_.tensor(name + ".input"), U = network_.tensor(name + ".recurrent");
        const auto units = static_cast<std::size_t>(U.rows());
        std::vector<double> h(units, 0.0), c(units, 0.0);
        Sequence outputs;
        for (const auto& x : inputs) {
            std::vector<double> gates = first_row(network_.tensor(name + ".bias"));
            add_product(gates, x, W);
            add_product(gates, h, U);
            for (std::size_t u = 0; u < units; ++u) {
                const double i = logistic(gates[u]), f = logistic(gates[units + u]);
                const double g = activation(gates[2 * units + u]), o = logistic(gates[3 * units + u]);
                c[u] = f * c[u] + i * g;
                h[u] = o * activation(c[u]);
            }
            outputs.push_back(h);
        }
        return outputs;
    }

    const AutoencoderNetwork& network_;
    const AutoencoderShape& shape_;
};

}  // namespace plantwright::testing
