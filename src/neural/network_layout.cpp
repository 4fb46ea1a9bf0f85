// SPDX-License-Identifier: MIT
#include "neural/network_layout.hpp"

namespace plantwright::neural {
namespace {

class Places {
public:
    LstmLayout lstm(Index inputs, Index width, Index units, bool repeated) {
        LstmLayout layer{inputs, width, units, repeated, {}, 0};
        layer.weights = matrix(width + padded(units), 4 * groups_of(units), 4);
        layer.bias = take(layer.gates());
        return layer;
    }
    DenseLayout dense(Index inputs, Index outputs) {
        DenseLayout layer{inputs, outputs, {}, 0};
        layer.weights = matrix(padded(inputs), groups_of(outputs), 1);
        layer.bias = take(padded(outputs));
        return layer;
    }
    Index taken() const { return taken_; }

private:
    MatrixLayout matrix(Index rows, Index groups, Index per_block) {
        MatrixLayout layout{0, rows, groups, per_block};
        layout.offset = take(layout.size());
        return layout;
    }
    Index take(Index n) {
        taken_ += n;
        return taken_ - n;
    }

    Index taken_ = 0;
};

void add_lstm(std::vector<TensorPlace>& places, const std::string& name, const LstmLayout& layer) {
    const Index columns = 4 * layer.units;
    const MatrixLayout bias{layer.bias, 1, layer.weights.groups, 4};
    places.push_back({{name + ".input", layer.inputs, columns}, layer.weights, 0, layer.units});
    places.push_back({{name + ".recurrent", layer.units, columns}, layer.weights, layer.width, layer.units});
    places.push_back({{name + ".bias", 1, columns}, bias, 0, layer.units});
}

void add_dense(std::vector<TensorPlace>& places, const std::string& name, const DenseLayout& layer) {
    const MatrixLayout bias{layer.bias, 1, layer.weights.groups, 1};
    places.push_back({{name + ".weight", layer.inputs, layer.outputs}, layer.weights, 0, 0});
    places.push_back({{name + ".bias", 1, layer.outputs}, bias, 0, 0});
}

}  // namespace

Index TensorPlace::at(Index row, Index col) const {
    if (units == 0) return matrix.at(first_row + row, col / kGroup, col % kGroup);
    const Index gate = col / units, unit = col % units;
    return matrix.at(first_row + row, unit / kGroup * 4 + gate, unit % kGroup);
}

NetworkLayout::NetworkLayout(const AutoencoderShape& shape) {
    Places places;
    Index inputs = shape.n_sensors, width = shape.n_sensors;
    for (const Index units : shape.encoder) {
        encoder.push_back(places.lstm(inputs, width, units, false));
        inputs = units, width = padded(units);
    }
    if (shape.bottleneck > 0) {
        bottleneck = places.dense(inputs, shape.bottleneck);
        inputs = shape.bottleneck, width = padded(inputs);
    }
    for (const Index units : shape.decoder) {
        decoder.push_back(places.lstm(inputs, width, units, decoder.empty()));
        inputs = units, width = padded(units);
    }
    output = places.dense(inputs, shape.n_sensors);
    n_weights = places.taken();
    for (const auto* layers : {&encoder, &decoder}) {
        for (const LstmLayout& layer : *layers) parameters.push_back({layer.weights, layer.bias, layer.gates()});
    }
    for (const DenseLayout* layer : {&bottleneck, &output}) {
        if (layer->outputs > 0) parameters.push_back({layer->weights, layer->bias, layer->width()});
    }
}

std::vector<TensorPlace> NetworkLayout::tensors() const {
    std::vector<TensorPlace> places;
    for (std::size_t k = 0; k < encoder.size(); ++k) add_lstm(places, "encoder." + std::to_string(k), encoder[k]);
    if (has_bottleneck()) add_dense(places, "bottleneck", bottleneck);
    for (std::size_t k = 0; k < decoder.size(); ++k) add_lstm(places, "decoder." + std::to_string(k), decoder[k]);
    add_dense(places, "output", output);
    return places;
}

void require_zero_padding(const NetworkLayout& layout, const Buffer<float>& weights) {
    std::vector<bool> used(static_cast<std::size_t>(layout.n_weights));
    for (const TensorPlace& place : layout.tensors()) {
        for (Index i = 0; i < place.tensor.rows; ++i) {
            for (Index j = 0; j < place.tensor.cols; ++j) used[static_cast<std::size_t>(place.at(i, j))] = true;
        }
    }
    for (Index k = 0; k < layout.n_weights; ++k) {
        if (!used[static_cast<std::size_t>(k)] && weights[k] != 0)
            throw CorruptModel("LSTMAutoencoder: a weight that only pads is not 0");
    }
}

}  // namespace plantwright::neural
