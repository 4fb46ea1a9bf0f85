// SPDX-License-Identifier: MIT
/// LSTM autoencoders as files.
#include <cmath>
#include <string>

#include "plantwright/core/error.hpp"
#include "plantwright/neural/lstm_autoencoder.hpp"

namespace plantwright {
namespace {

void require(bool ok, const char* what) {
    if (!ok) throw CorruptModel(std::string(LSTMAutoencoder::kTypeName) + ": " + what);
}

io::Json numbers(const std::vector<Index>& values) {
    io::Json json = io::Json::array();
    for (const Index value : values) json.push_back(value);
    return json;
}

}  // namespace

void WindowDetection::validate() const {
    input.validate();
    require(scoring >= WindowScoring::window && scoring <= WindowScoring::point, "unknown scoring");
    require(std::isfinite(offset), "the offset must be finite");
}

void LSTMAutoencoder::validate() const {
    detection_.validate();
    network_.validate();
    pca_.validate();
    report_.validate();
    const AutoencoderShape& shape = network_.shape();
    require(shape.n_sensors == n_features() && shape.window == window(), "the network does not fit the sensors");
    if (!training_.moments.empty()) AutoencoderTrainer(network_, {}).set_state(training_);
    if (!has_pca_twin()) return;
    require(pca_.window() == window() && pca_.n_sensors() == n_features(), "the PCA twin does not fit the sensors");
    require(std::isfinite(pca_offset_), "the PCA twin's offset must be finite");
}

io::Json LSTMAutoencoder::describe() const {
    const AutoencoderShape& shape = network_.shape();
    io::Json json = io::Json::object();
    json["n_features"] = n_features();
    json["window"] = window();
    json["encoder"] = numbers(shape.encoder);
    json["bottleneck"] = shape.bottleneck;
    json["decoder"] = numbers(shape.decoder);
    json["n_weights"] = network_.n_weights();
    json["offset"] = offset();
    json["verdict"] = report_.verdict();
    if (schema().size() > 0) json["schema"] = schema().to_json();
    return json;
}

void LSTMAutoencoder::save(const std::filesystem::path& path, const io::Json& extra) const {
    io::save(path, *this, extra);
}
LSTMAutoencoder LSTMAutoencoder::load(const std::filesystem::path& path, io::LoadBy by) {
    return io::load<LSTMAutoencoder>(path, by);
}
std::vector<std::byte> LSTMAutoencoder::to_bytes(const io::Json& extra) const { return io::to_bytes(*this, extra); }
LSTMAutoencoder LSTMAutoencoder::from_bytes(std::span<const std::byte> bytes) {
    return io::from_bytes<LSTMAutoencoder>(bytes);
}

}  // namespace plantwright
