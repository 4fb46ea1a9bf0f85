// SPDX-License-Identifier: MIT
/// One step of training an LSTM autoencoder: gradients by backpropagation through time, weights by Adam.
///
/// Adam is Kingma & Ba (ICLR 2015); with `weight_decay` it is AdamW (Loshchilov & Hutter, ICLR 2019), which leaves
/// biases alone. A batch is cut into parts of 16 windows; the gradients of the parts are added in their order, so that
/// the same seed gives the same bits for any number of threads. Nothing is allocated within a step after the first.
/// Memory: 4 bytes x (4 weights + weights x parts worked on at once) and, for each thread, 16 windows' states.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "plantwright/neural/autoencoder_network.hpp"

namespace plantwright {

enum class ReconstructionLoss { mse, mae, huber };

struct TrainerOptions {
    ReconstructionLoss loss = ReconstructionLoss::mse;
    double huber_delta = 1.0;    ///< where Huber's loss turns from squares to lines
    double input_dropout = 0.0;  ///< share of the readings that are hidden from the encoder, in [0, 1)
    double dropout = 0.0;        ///< between layers, in [0, 1): of every sequence that a layer hands on
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    double weight_decay = 0.0;
    double clip_norm = 0.0;  ///< longest gradient; 0: as it comes
    std::uint64_t random_state = 0;
    std::optional<int> n_jobs = {};  ///< never changes the result
};

class PLANTWRIGHT_API AutoencoderTrainer {
public:
    /// Throws InvalidArgument where an option is out of range.
    AutoencoderTrainer(AutoencoderNetwork network, const TrainerOptions& options);
    AutoencoderTrainer(AutoencoderTrainer&& other) noexcept;
    AutoencoderTrainer& operator=(AutoencoderTrainer&& other) noexcept;
    ~AutoencoderTrainer();

    /// One step on a batch. Returns the mean loss over the readings that are there, before the step and with dropout.
    /// Where loss or gradient is not finite the weights stay as they were, and infinity is returned. A batch without
    /// any reading changes nothing and returns NaN.
    double step(const Windows& batch, double learning_rate);
    /// The mean loss over the readings that are there, without dropout; NaN without any.
    double loss(const Windows& windows) const;

    const AutoencoderNetwork& network() const;
    void set_network(const AutoencoderNetwork& network);  ///< of the same shape; moments stay
    std::int64_t n_steps() const;
    Table<float> gradient(std::string_view tensor) const;  ///< of the last step's loss, before clipping; for tests

    /// Moments and the number of steps, to go on later: `(2 * padded weights,)`.
    struct State {
        std::int64_t n_steps = 0;
        std::int64_t n_batches = 0;  ///< what dropout is drawn by
        Buffer<float> moments;

        template <class Archive>
        void serialize(Archive& archive, unsigned /*version*/) {
            io::members(archive, n_steps, n_batches, moments);
        }
    };
    State state() const;
    void set_state(const State& state);  ///< throws InvalidArgument where it is of another shape

private:
    struct Work;
    std::unique_ptr<Work> work_;
};

}  // namespace plantwright
