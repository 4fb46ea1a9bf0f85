// SPDX-License-Identifier: MIT
/// Weights as the kernels read them: scaled for the activations, and transposed for the backward pass.
#pragma once

#include "neural/network_layout.hpp"

namespace plantwright::neural {

/// The weights, those of gates multiplied by what sigmoid_scaled and tanh_scaled expect; same places as the weights.
class PackedNetwork {
public:
    explicit PackedNetwork(const AutoencoderShape& shape);

    void pack(const Buffer<float>& weights);
    const AutoencoderShape& shape() const { return shape_; }
    const NetworkLayout& layout() const { return layout_; }
    WeightPanel panel(const MatrixLayout& matrix) const { return matrix.panel(weights_.data()); }
    const float* bias(Index offset) const { return weights_.data() + offset; }

private:
    AutoencoderShape shape_;
    NetworkLayout layout_;
    Buffer<float> weights_;
};

/// Rows and columns of each matrix exchanged: columns in groups of 16, one group a block.
class TransposedNetwork {
public:
    explicit TransposedNetwork(const NetworkLayout& layout);

    void pack(const NetworkLayout& layout, const Buffer<float>& weights);
    /// (gates, units) and (gates, width) of an LSTM layer; (outputs, inputs) of a dense one.
    WeightPanel recurrent(const LstmLayout& layer) const;
    WeightPanel input(const LstmLayout& layer) const;
    WeightPanel dense(const DenseLayout& layer) const;

private:
    Buffer<float> weights_;
};

}  // namespace plantwright::neural
