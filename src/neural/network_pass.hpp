// SPDX-License-Identifier: MIT
/// A few windows' way through the network, layer by layer, and all states that the backward pass needs.
///
/// States are time-major: (window, n_rows, width), n_rows being the windows under way.
#pragma once

#include <cstdint>
#include <vector>

#include "neural/packed_network.hpp"
#include "plantwright/core/types.hpp"

namespace plantwright::neural {

/// The gates' input parts of the first layer, computed for rows of a table: those of window r at time t lie in row
/// t + r * step.
struct Projections {
    const float* first = nullptr;  ///< (rows, gates); none: the windows' readings are projected step by step
    Index step = 0;
};

/// Share of numbers that are dropped, as the kernels take it.
struct Dropout {
    std::uint32_t drop = 0;  ///< of 2^32; 0: none
    float scale = 1;         ///< of those that are kept

    static Dropout of(double share);
};

struct LstmState {
    Buffer<float> panel;         ///< (window + 1, n_rows, panel_width): [x | h]; h[0] = 0
    Buffer<float> cell;          ///< (n_rows, padded units)
    Buffer<float> factors;       ///< (window, blocks, n_rows, kFactors * 16); training only
    Buffer<std::uint16_t> kept;  ///< (window, blocks, n_rows) of what is handed on; with dropout only
};

class NetworkPass {
public:
    NetworkPass(const PackedNetwork& network, Index most_rows, bool training);

    /// Windows starting at starts[0 .. n_rows) become the input; missing readings become 0.
    void read(ConstMatrixViewF rows, std::span<const Index> starts);
    /// n_rows windows of which the projections are given.
    void begin(Index n_rows);
    /// Draws what `dropout` keeps, then runs everything.
    void forward(const Projections& projections = {}, const Dropout& dropout = {}, std::uint64_t key = 0);

    Index n_rows() const { return n_rows_; }
    const float* reconstruction() const { return output_.data(); }  ///< (window, n_rows, padded sensors)
    const float* codes() const { return code_; }                    ///< (n_rows, code_width), code_stride() apart
    Index code_stride() const { return code_stride_; }

    // For the backward pass.
    const PackedNetwork& network() const { return *network_; }
    const NetworkLayout& layout() const { return network_->layout(); }
    Index window() const { return network_->shape().window; }
    std::vector<LstmState>& encoder() { return encoder_; }
    std::vector<LstmState>& decoder() { return decoder_; }
    float* output() { return output_.data(); }
    const float* handed_on() const { return handed_on_.data(); }  ///< the last layer's, as the output layer gets it
    const float* last_state() const;                              ///< of the encoder, last_state_stride() apart
    Index last_state_stride() const { return layout().encoder.back().panel_width(); }

private:
    void draw(const Dropout& dropout, std::uint64_t key);
    void run_layer(const LstmLayout& layer, LstmState& state, const float* init, Index init_stride, Index init_step,
                   bool input_in_init, float* next, Index next_stride, const Dropout& dropout);
    void encode(const Projections& projections, const Dropout& dropout);
    void make_code();
    void decode(const Dropout& dropout);

    const PackedNetwork* network_;
    bool training_;
    Index n_rows_ = 0;
    std::vector<LstmState> encoder_, decoder_;
    Buffer<float> code_buffer_;  // (n_rows, code_width)
    Buffer<float> repeated_;     // (n_rows, gates): the code, projected for the first decoder layer
    Buffer<float> handed_on_;    // (window, n_rows, padded units)
    Buffer<float> output_;       // (window, n_rows, padded sensors)
    Buffer<float> scratch_;
    const float* code_ = nullptr;
    Index code_stride_ = 0;
};

/// Gates' input parts of rows [first, first + n) of a table for the first layer, `(n, gates)`; missing readings are 0.
/// `clean` is scratch of (n, n_sensors).
void project_rows(const PackedNetwork& network, ConstMatrixViewF rows, Index first, Index n, float* clean,
                  float* projections);

}  // namespace plantwright::neural
