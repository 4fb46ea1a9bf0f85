// SPDX-License-Identifier: MIT
/// From rows to a fitted LSTMAutoencoder: windows, their split, training, offset and report.
#pragma once

#include <vector>

#include "neural/window_scores.hpp"
#include "plantwright/neural/lstm_autoencoder.hpp"

namespace plantwright {

/// Throws InvalidArgument on an option out of range.
void check_autoencoder_options(const LSTMAutoencoderOptions& options);

namespace neural {

/// Starts of the windows to learn from and to validate with; no row of one stands within a window's length of the
/// other's.
struct WindowSplit {
    std::vector<Index> training;
    std::vector<Index> validation;
};
/// The last `fraction` of `starts`, unless nothing would be left to learn from; then all are for training.
WindowSplit split_windows(const std::vector<Index>& starts, Index window, double fraction);

/// The value below which `share` of the finite scores lie (the k-th smallest, k = share * n, and half the way to the
/// next); throws InvalidArgument without any.
double offset_of(const Vector& scores, double share);

/// What a training ends with.
struct Trained {
    AutoencoderNetwork network;
    AutoencoderTrainer::State state;
    AutoencoderReport report;
};
struct TrainingData {
    ConstMatrixViewF rows;
    WindowSplit split;
    Windows training() const { return {rows, split.training}; }
    Windows validation() const { return {rows, split.validation}; }
    Windows evaluated() const { return split.validation.empty() ? training() : validation(); }
};
/// `improved` is called with what is best so far. Throws Stopped where a callback stops before there is an epoch, and
/// InvalidArgument where no step of the first epoch has a finite loss.
Trained train(AutoencoderTrainer trainer, const TrainingData& data, const LSTMAutoencoderOptions& options,
              Index epochs_before, const std::function<void(const Trained&)>& improved);

}  // namespace neural

/// A new model, or `start` trained further.
LSTMAutoencoder fit_autoencoder(const SensorRows& rows, const LSTMAutoencoderOptions& options,
                                const LSTMAutoencoder* start);

}  // namespace plantwright
