// SPDX-License-Identifier: MIT
/// What the training of an LSTM autoencoder came to, beside what costs less.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plantwright/core/export.hpp"
#include "plantwright/core/types.hpp"
#include "plantwright/io/json.hpp"
#include "plantwright/io/serialize.hpp"

namespace plantwright {

struct Epoch {
    Index number = 0;               ///< from 1, through all calls that went on with a model
    double loss = kNaN;             ///< mean over the training windows, with dropout
    double validation_loss = kNaN;  ///< without dropout; NaN without validation windows
    double learning_rate = 0;

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, number, loss, validation_loss, learning_rate);
    }
};

/// Errors are mean squares of standardized readings over the same windows: the validation block, or without one
/// training windows, of which the network has seen the answers. NaN where something was not done.
struct PLANTWRIGHT_API AutoencoderReport {
    static constexpr double kMargin = 0.05;  ///< share by which the network must undercut PCA to earn its cost

    std::vector<Epoch> epochs;
    Index best_epoch = 0;  ///< whose weights the model has; 0: as they were before the first
    bool stopped = false;  ///< by a callback
    Index n_training_windows = 0;
    Index n_validation_windows = 0;
    Index n_skipped_steps = 0;  ///< whose loss or gradient was not finite
    Index n_weights = 0;
    Index n_components = 0;  ///< of the PCA twin
    double lstm_error = kNaN;
    double pca_error = kNaN;        ///< PCA of the same windows with a code of the same length
    double untrained_error = kNaN;  ///< the same network before its first step; NaN where a model was gone on with
    double mean_error = kNaN;       ///< each sensor's training mean

    bool earns_its_cost() const { return lstm_error < (1 - kMargin) * pca_error && lstm_error < mean_error; }
    std::string verdict() const;  ///< whether the network earns its cost, in words
    std::string text() const;
    io::Json to_json() const;
    void validate() const;  ///< throws CorruptModel

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, epochs, best_epoch, stopped, n_training_windows, n_validation_windows, n_skipped_steps,
                    n_weights, n_components, lstm_error, pca_error, untrained_error, mean_error);
    }
};

}  // namespace plantwright
