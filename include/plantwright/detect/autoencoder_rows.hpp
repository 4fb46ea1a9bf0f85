// SPDX-License-Identifier: MIT
/// `AutoencoderRows`: an LSTM autoencoder row by row, as a member of an ensemble.
///
///     statistic = minus the model's score of the window that ends with the row,      contributions: its attribution
///
/// in double precision, the bits of `AutoencoderStream` at one instruction-set level; gaps are the ensemble's to see. A
/// state holds no model: the window's standardised rows, and the network's work of them, which a file does not hold and
/// `restore` does again. Copies of states share the network's weights.
///
/// A row costs one window's recurrences and allocates nothing. Fitted objects are immutable and may be shared by
/// threads; each stream owns its State.
#pragma once

#include <string_view>
#include <vector>

#include "plantwright/core/export.hpp"
#include "plantwright/core/types.hpp"
#include "plantwright/detect/runs.hpp"
#include "plantwright/neural/lstm_autoencoder.hpp"

namespace plantwright {

class PLANTWRIGHT_API AutoencoderRows {
public:
    static constexpr std::string_view kTypeName = "LSTMAutoencoder";

    struct State {
        std::vector<SlidingReconstruction> sliding;  ///< one; none after a load, until `restore`
        Table<float> loaded;                         ///< the rows it held, oldest first, until then
        Vector reading;                              ///< the latest row, NaN where missing ...
        Buffer<float> standardized;                  ///< ... and as the network takes it
        Vector shares;                               ///< of the statistic, NaN without one

        Table<float> held_rows() const;

        template <class Archive>
        void serialize(Archive& archive, unsigned /*version*/) {
            if constexpr (Archive::is_saving::value) {
                Table<float> rows = held_rows();
                io::members(archive, rows);
            } else {
                io::members(archive, loaded);
            }
        }
    };

    AutoencoderRows() = default;
    /// As LSTMAutoencoder::fit. Throws InvalidArgument where `scoring` is by point, which needs rows that come later.
    /// An ensemble fits a member many times: `checkpoint` is not written, and `keep_when_stopped` does not hold.
    static AutoencoderRows fit(ConstMatrixView rows, const LSTMAutoencoderOptions& options = {}, RunBegins runs = {});

    State start() const;
    double update(State& state, ConstVectorView row) const;  ///< NaN before a full window, and in an empty one
    Vector contributions(const State& state) const { return state.shares; }
    void restore(State& state) const;  ///< makes a loaded state whole; throws CorruptModel where it is none of these
    Index warm_up_rows() const { return model_.window() - 1; }
    Index n_sensors() const { return model_.n_features(); }
    const LSTMAutoencoder& model() const { return model_; }
    void validate() const;  ///< throws CorruptModel

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, model_);
        io::validate_after_load(archive, *this);
    }

private:
    double take(State& state, std::span<const float> standardized) const;

    LSTMAutoencoder model_;
};

}  // namespace plantwright
