// SPDX-License-Identifier: MIT
#include "plantwright/neural/autoencoder_network.hpp"

#include <algorithm>
#include <cmath>

#include "neural/initial_weights.hpp"
#include "neural/network_access.hpp"

namespace plantwright {
namespace {

using neural::NetworkLayout;
using neural::PackedNetwork;
using neural::TensorPlace;

constexpr Index kMostUnits = 4096, kMostSensors = 4096, kMostRows = 100'000, kMostLayers = 16;

[[noreturn]] void fail(const std::string& what) { throw InvalidArgument("LSTMAutoencoder: " + what); }

void require_between(const char* name, Index value, Index least, Index most) {
    if (value < least || value > most) {
        fail(std::string(name) + " must be in [" + std::to_string(least) + ", " + std::to_string(most) + "], got " +
             std::to_string(value));
    }
}

void require_layers(const char* name, const std::vector<Index>& units) {
    require_between((std::string("the number of layers of ") + name).c_str(), std::ssize(units), 1, kMostLayers);
    for (const Index n : units) require_between((std::string("units of ") + name).c_str(), n, 1, kMostUnits);
}

TensorPlace find(const NetworkLayout& layout, std::string_view name) {
    std::string known;
    for (TensorPlace& place : layout.tensors()) {
        if (place.tensor.name == name) return std::move(place);
        known += (known.empty() ? "" : ", ") + place.tensor.name;
    }
    fail("there is no tensor '" + std::string(name) + "'; there are " + known);
}

const PackedNetwork& require_weights(const std::shared_ptr<const PackedNetwork>& packed) {
    if (!packed) throw NotFitted("LSTMAutoencoder: the network has no weights yet");
    return *packed;
}

}  // namespace

void neural::require_windows(const AutoencoderShape& shape, const Windows& windows) {
    const ConstMatrixViewF& rows = windows.rows;
    if (rows.cols() != shape.n_sensors || rows.col_stride() != 1) {
        throw InvalidArgument("LSTMAutoencoder: rows must have " + std::to_string(shape.n_sensors) +
                              " sensors side by side, got " + std::to_string(rows.cols()));
    }
    for (const Index start : windows.starts) {
        if (start < 0 || start > rows.rows() - shape.window) {
            throw InvalidArgument("LSTMAutoencoder: a window of " + std::to_string(shape.window) +
                                  " rows cannot start at row " + std::to_string(start) + " of " +
                                  std::to_string(rows.rows()));
        }
    }
}

void AutoencoderShape::validate() const {
    require_between("n_sensors", n_sensors, 1, kMostSensors);
    require_between("window", window, 1, kMostRows);
    require_layers("encoder", encoder);
    require_between("bottleneck", bottleneck, 0, kMostUnits);
    require_layers("decoder", decoder);
    if (activation != CellActivation::tanh && activation != CellActivation::relu)
        fail("activation must be tanh or relu, got number " + std::to_string(static_cast<int>(activation)));
}

AutoencoderNetwork::AutoencoderNetwork() = default;
AutoencoderNetwork::AutoencoderNetwork(const AutoencoderNetwork& other) = default;
AutoencoderNetwork::AutoencoderNetwork(AutoencoderNetwork&& other) noexcept = default;
AutoencoderNetwork::~AutoencoderNetwork() = default;
AutoencoderNetwork& AutoencoderNetwork::operator=(AutoencoderNetwork other) noexcept {
    std::swap(shape_, other.shape_);
    weights_.swap(other.weights_);
    packed_.swap(other.packed_);
    return *this;
}

AutoencoderNetwork::AutoencoderNetwork(AutoencoderShape shape, std::uint64_t random_state) : shape_(std::move(shape)) {
    shape_.validate();
    weights_ = neural::initial_weights(NetworkLayout(shape_), random_state);
    pack();
}

void AutoencoderNetwork::pack() {
    auto packed = std::make_shared<PackedNetwork>(shape_);
    packed->pack(weights_);
    packed_ = std::move(packed);
}

Index AutoencoderNetwork::n_weights() const {
    Index n = 0;
    for (const WeightTensor& tensor : tensors()) n += tensor.rows * tensor.cols;
    return n;
}

std::vector<WeightTensor> AutoencoderNetwork::tensors() const {
    std::vector<WeightTensor> tensors;
    for (TensorPlace& place : require_weights(packed_).layout().tensors()) tensors.push_back(std::move(place.tensor));
    return tensors;
}

Table<float> AutoencoderNetwork::tensor(std::string_view name) const {
    const TensorPlace place = find(require_weights(packed_).layout(), name);
    Table<float> values(place.tensor.rows, place.tensor.cols);
    for (Index i = 0; i < values.rows(); ++i) {
        for (Index j = 0; j < values.cols(); ++j) values(i, j) = weights_[place.at(i, j)];
    }
    return values;
}

void AutoencoderNetwork::set_tensor(std::string_view name, ConstMatrixViewF values) {
    const TensorPlace place = find(require_weights(packed_).layout(), name);
    if (values.rows() != place.tensor.rows || values.cols() != place.tensor.cols) {
        fail("tensor '" + std::string(name) + "' must be " + std::to_string(place.tensor.rows) + " x " +
             std::to_string(place.tensor.cols) + ", got " + std::to_string(values.rows()) + " x " +
             std::to_string(values.cols()));
    }
    Buffer<float> weights = weights_;
    for (Index i = 0; i < values.rows(); ++i) {
        for (Index j = 0; j < values.cols(); ++j) {
            if (!std::isfinite(values(i, j)))
                fail("tensor '" + std::string(name) + "' holds a value that is not finite");
            weights[place.at(i, j)] = values(i, j);
        }
    }
    weights_ = std::move(weights);
    pack();
}

bool AutoencoderNetwork::operator==(const AutoencoderNetwork& other) const {
    return shape_ == other.shape_ && weights_ == other.weights_;
}

void AutoencoderNetwork::validate() const {
    if (weights_.empty()) throw CorruptModel("LSTMAutoencoder: the network has no weights");
    try {
        shape_.validate();
    } catch (const InvalidArgument& error) {
        throw CorruptModel(error.message());
    }
    const NetworkLayout layout(shape_);
    if (weights_.size() != layout.n_weights) {
        throw CorruptModel("LSTMAutoencoder: " + std::to_string(weights_.size()) + " weights where " +
                           std::to_string(layout.n_weights) + " are needed");
    }
    if (!std::all_of(weights_.begin(), weights_.end(), [](float w) { return std::isfinite(w); }))
        throw CorruptModel("LSTMAutoencoder: a weight is not finite");
    neural::require_zero_padding(layout, weights_);
}

void AutoencoderNetwork::after_load() {
    if (weights_.empty() && shape_ == AutoencoderShape{}) return;  // a network without weights was saved
    validate();
    pack();
}

}  // namespace plantwright
