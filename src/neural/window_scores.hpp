// SPDX-License-Identifier: MIT
/// From reconstructions of windows to scores, shares, codes and tables, whatever reconstructs.
#pragma once

#include <functional>
#include <optional>
#include <span>

#include "plantwright/neural/lstm_autoencoder.hpp"

namespace plantwright::neural {

/// Calls back with blocks of reconstructed windows, as AutoencoderNetwork::reconstruct does.
using Reconstruct = std::function<void(const Windows&, const AutoencoderNetwork::Visit&)>;

Reconstruct by_network(const AutoencoderNetwork& network, std::optional<int> n_jobs,
                       ProgressMonitor* monitor = nullptr);
Reconstruct by_pca(const WindowPca& pca, std::optional<int> n_jobs);

/// share_j = sum over rows of (z_j - z^_j)^2 / readings; returns their sum in order. All NaN without any reading.
double error_shares(ConstMatrixViewF rows, ConstMatrixViewF reconstruction, std::span<double> shares);

/// The rows of a window that `scoring` looks at: all, or the last.
inline ConstMatrixViewF scored_part(ConstMatrixViewF window, WindowScoring scoring) {
    const bool whole = scoring == WindowScoring::window;
    return window.rows_between(whole ? 0 : window.rows() - 1, window.rows());
}

/// Sum of squared errors over the windows' readings, and how many there are.
struct SquaredError {
    double sum = 0;
    Index n_readings = 0;
    double mean() const { return n_readings > 0 ? sum / static_cast<double>(n_readings) : kNaN; }
};
SquaredError squared_error(const Windows& windows, Index window, const Reconstruct& reconstruct);

Vector scores_of(const WindowDetection& how, const SensorRows& rows, const Reconstruct& reconstruct);
Matrix attribution_of(const WindowDetection& how, const SensorRows& rows, const Reconstruct& reconstruct);
Matrix reconstruction_of(const WindowDetection& how, const SensorRows& rows, const Reconstruct& reconstruct);
Table<float> codes_of(const WindowDetection& how, const SensorRows& rows, Index code_size,
                      const Reconstruct& reconstruct);

Buffer<std::int32_t> signs_of(const Vector& scores, double offset);  ///< -1 below the offset; NaN is normal

}  // namespace plantwright::neural
