// SPDX-License-Identifier: MIT
#include "neural/packed_network.hpp"

#include <algorithm>

namespace plantwright::neural {
namespace {

/// Every gate's 16 numbers times the factor of its activation, in the order i, f, g, o.
void scale_gates(const float* from, float* to, Index n, bool relu) {
    const float of_gate[4] = {kSigmoidScale, kSigmoidScale, relu ? 1.0F : kTanhScale, kSigmoidScale};
    for (Index k = 0; k < n; k += 4 * kGroup) {
        for (Index gate = 0; gate < 4; ++gate) {
            for (Index lane = 0; lane < kGroup; ++lane)
                to[k + gate * kGroup + lane] = of_gate[gate] * from[k + gate * kGroup + lane];
        }
    }
}

/// A panel's row of 16 numbers becomes a column, sixteen rows at a time.
void transpose_16(const float* from, Index from_stride, Index rows, float* to) {
    for (Index row = 0; row < rows; ++row) {
        for (Index lane = 0; lane < kGroup; ++lane) to[lane * kGroup + row] = from[row * from_stride + lane];
    }
}

/// Rows [first_row, first_row + n_rows) of a matrix of `matrix` -> (columns, n_rows) in groups of 16 of n_rows.
void transpose(const MatrixLayout& matrix, const float* weights, Index first_row, Index n_rows, float* to) {
    const Index stride = matrix.per_block * kGroup;
    for (Index row = 0; row < n_rows; row += kGroup) {
        for (Index group = 0; group < matrix.groups; ++group) {
            transpose_16(weights + matrix.at(first_row + row, group, 0), stride, std::min(kGroup, n_rows - row),
                         to + (row / kGroup * matrix.columns() + group * kGroup) * kGroup);
        }
    }
}

}  // namespace

PackedNetwork::PackedNetwork(const AutoencoderShape& shape)
    : shape_(shape), layout_(shape), weights_(layout_.n_weights) {}

void PackedNetwork::pack(const Buffer<float>& weights) {
    const bool relu = shape_.activation == CellActivation::relu;
    std::copy(weights.begin(), weights.end(), weights_.begin());
    const auto scale = [&](Index offset, Index n) {
        scale_gates(weights.data() + offset, weights_.data() + offset, n, relu);
    };
    for (const auto* layers : {&layout_.encoder, &layout_.decoder}) {
        for (const LstmLayout& layer : *layers) {
            scale(layer.weights.offset, layer.weights.size());
            scale(layer.bias, layer.gates());
        }
    }
}

// The transposed matrices lie where the matrices lie.
TransposedNetwork::TransposedNetwork(const NetworkLayout& layout) : weights_(layout.n_weights) {}

void TransposedNetwork::pack(const NetworkLayout& layout, const Buffer<float>& weights) {
    for (const auto* layers : {&layout.encoder, &layout.decoder}) {
        for (const LstmLayout& layer : *layers) {
            transpose(layer.weights, weights.data(), layer.width, layer.padded_units(),
                      weights_.data() + layer.weights.offset);
            if (&layer == &layout.encoder.front()) continue;  // nobody asks for the readings' gradient
            transpose(layer.weights, weights.data(), 0, layer.width,
                      weights_.data() + layer.weights.offset + layer.padded_units() * layer.gates());
        }
    }
    const auto dense = [&](const DenseLayout& layer) {
        transpose(layer.weights, weights.data(), 0, layer.weights.rows, weights_.data() + layer.weights.offset);
    };
    dense(layout.output);
    if (layout.has_bottleneck()) dense(layout.bottleneck);
}

WeightPanel TransposedNetwork::recurrent(const LstmLayout& layer) const {
    return {weights_.data() + layer.weights.offset, layer.gates(), layer.blocks(), 1};
}
WeightPanel TransposedNetwork::input(const LstmLayout& layer) const {
    return {weights_.data() + layer.weights.offset + layer.padded_units() * layer.gates(), layer.gates(),
            groups_of(layer.width), 1};
}
WeightPanel TransposedNetwork::dense(const DenseLayout& layer) const {
    return {weights_.data() + layer.weights.offset, layer.width(), groups_of(layer.weights.rows), 1};
}

}  // namespace plantwright::neural
