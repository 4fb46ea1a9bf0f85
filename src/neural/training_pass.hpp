// SPDX-License-Identifier: MIT
/// The gradient of a few windows' loss, by backpropagation through time.
///
/// Time is gone through backwards in chunks of four steps, all layers of a stack within a chunk: the gates' gradients
/// of a chunk are still in the cache when the weights' gradients are made of them (benchmarks/neural/training.py).
#pragma once

#include "neural/network_pass.hpp"
#include "plantwright/neural/autoencoder_trainer.hpp"

namespace plantwright::neural {

struct LossOptions {
    ReconstructionLoss kind = ReconstructionLoss::mse;
    float huber_delta = 1;
};

struct PartLoss {
    double sum = 0;
    std::int64_t n = 0;  ///< readings that are there
};

class TrainingPass {
public:
    TrainingPass(const PackedNetwork& network, Index most_rows);

    /// The windows' loss, not divided by the number of readings.
    PartLoss loss(const Windows& windows, const LossOptions& options);
    /// The same with dropout, and its gradient `(n_weights,)`, which is overwritten.
    PartLoss gradient(const Windows& windows, const LossOptions& options, const Dropout& inputs, const Dropout& between,
                      std::uint64_t key, const TransposedNetwork& transposed, Buffer<float>& gradient);

private:
    struct LayerGradient {
        Buffer<float> cell;    // (n_rows, padded units): dL/dc
        Buffer<float> gates;   // two chunks, (kChunk * n_rows, gates)
        Buffer<float> hidden;  // (kChunk * n_rows, padded units): dL/dh from above
    };
    struct Stack;

    static constexpr Index kChunk = 4;
    static LayerGradient gradient_of(const LstmLayout& layer, Index most_rows);
    std::int64_t read_target(const Windows& windows);
    void hide_inputs(const Dropout& dropout, std::uint64_t key);
    void output_gradient(Buffer<float>& gradient);
    void decoder_gradient(const Dropout& between, const TransposedNetwork& transposed, Buffer<float>& gradient);
    void code_gradient(const TransposedNetwork& transposed, Buffer<float>& gradient);
    void encoder_gradient(const Dropout& between, const TransposedNetwork& transposed, Buffer<float>& gradient);
    void stack_gradient(const Stack& stack, Index first_step, Index last_step, const Dropout& between,
                        const TransposedNetwork& transposed, Buffer<float>& gradient);
    void drop(const LstmLayout& layer, const LstmState& state, Index first_step, Index n_steps, const Dropout& between,
              float* hidden) const;
    float* gates_of(LayerGradient& layer, const LstmLayout& layout, Index t);
    void layer_steps(const Stack& stack, std::size_t k, Index first_step, Index last_step, const float* above,
                     Index above_from, const TransposedNetwork& transposed, Buffer<float>& gradient);
    void weights_gradient(const Stack& stack, std::size_t k, Index first_step, Index n_steps, Buffer<float>& gradient);

    NetworkPass pass_;
    std::vector<LayerGradient> encoder_, decoder_;
    Buffer<float> target_;      // (window, n_rows, padded sensors), NaN: missing
    Buffer<float> repeated_;    // (n_rows, gates): of the code's projection, summed over time
    Buffer<float> code_;        // (n_rows, code_width)
    Buffer<float> last_state_;  // (n_rows, padded units) of the encoder
    Buffer<float> scratch_;
    Buffer<std::uint16_t> kept_inputs_;
};

}  // namespace plantwright::neural
