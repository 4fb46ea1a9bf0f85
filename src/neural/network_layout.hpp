// SPDX-License-Identifier: MIT
/// Where each weight of an autoencoder lies: one array, in the panels of network_kernel.hpp.
#pragma once

#include <string_view>
#include <vector>

#include "neural/network_kernel.hpp"
#include "plantwright/neural/autoencoder_network.hpp"

namespace plantwright::neural {

inline constexpr Index kGroup = 16;
constexpr Index groups_of(Index n) { return (n + kGroup - 1) / kGroup; }
constexpr Index padded(Index n) { return groups_of(n) * kGroup; }

/// A matrix (rows, columns) in panels. LSTM layers: 4 groups a block, columns = gate x unit; dense: 1.
struct MatrixLayout {
    Index offset = 0;
    Index rows = 0;  ///< padded ones too
    Index groups = 0;
    Index per_block = 1;

    Index size() const { return rows * groups * kGroup; }
    Index columns() const { return groups * kGroup; }
    Index at(Index row, Index group, Index lane) const {
        return offset + (group / per_block) * rows * per_block * kGroup + row * per_block * kGroup +
               (group % per_block) * kGroup + lane;
    }
    WeightPanel panel(const float* weights) const { return {weights + offset, rows, groups, per_block}; }
};

/// Weights are [input rows | recurrent rows].
struct LstmLayout {
    Index inputs = 0;  ///< of the layer
    Index width = 0;   ///< inputs, padded where a layer hands them on
    Index units = 0;
    bool repeated = false;  ///< the input is the same at every step
    MatrixLayout weights;
    Index bias = 0;  ///< offset, (4 x padded units) in the order of the groups

    Index blocks() const { return groups_of(units); }
    Index padded_units() const { return padded(units); }
    Index gates() const { return 4 * padded_units(); }
    /// Columns of the layer's panel [x | h]; a repeated input is projected apart.
    Index panel_width() const { return (repeated ? 0 : width) + padded_units(); }
};

struct DenseLayout {
    Index inputs = 0;
    Index outputs = 0;
    MatrixLayout weights;
    Index bias = 0;

    Index width() const { return weights.columns(); }
};

/// A named tensor's place: rows [first_row, first_row + rows) of a matrix, or a bias.
struct TensorPlace {
    WeightTensor tensor;
    MatrixLayout matrix;  ///< a bias is a matrix of one row
    Index first_row = 0;
    Index units = 0;  ///< of the layer, where columns are gate x unit; else 0

    Index at(Index row, Index col) const;
};

struct NetworkLayout {
    explicit NetworkLayout(const AutoencoderShape& shape);

    std::vector<LstmLayout> encoder, decoder;
    DenseLayout bottleneck;  ///< 0 outputs: none
    DenseLayout output;
    Index n_weights = 0;  ///< with padding

    bool has_bottleneck() const { return bottleneck.outputs > 0; }
    Index code_width() const { return has_bottleneck() ? bottleneck.width() : encoder.back().padded_units(); }
    std::vector<TensorPlace> tensors() const;

    struct Parameters {
        MatrixLayout matrix;
        Index bias;   ///< offset
        Index width;  ///< of the bias
    };
    std::vector<Parameters> parameters;  ///< of every layer
};

void require_zero_padding(const NetworkLayout& layout, const Buffer<float>& weights);  ///< throws CorruptModel

}  // namespace plantwright::neural
