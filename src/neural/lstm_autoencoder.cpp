// SPDX-License-Identifier: MIT
#include "plantwright/neural/lstm_autoencoder.hpp"

#include <cmath>
#include <string>
#include <utility>

#include "neural/autoencoder_fit.hpp"
#include "neural/window_scores.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/neural/autoencoder_stream.hpp"

namespace plantwright {

using neural::by_network;
using neural::by_pca;

LSTMAutoencoder LSTMAutoencoder::fit(const SensorRows& rows, const LSTMAutoencoderOptions& options) {
    return fit_autoencoder(rows, options, nullptr);
}

LSTMAutoencoder LSTMAutoencoder::fit_further(const SensorRows& rows, const LSTMAutoencoderOptions& options) const {
    require_fitted("fit_further");
    LSTMAutoencoderOptions further = options;
    further.window = window();
    return fit_autoencoder(rows, further, this);
}

LSTMAutoencoder LSTMAutoencoder::from_network(AutoencoderNetwork network, ConstVectorView mean, ConstVectorView scale,
                                              double offset, WindowScoring scoring) {
    const Index n_sensors = network.shape().n_sensors;
    if (mean.size() != n_sensors || scale.size() != n_sensors) {
        throw InvalidArgument("LSTMAutoencoder: mean and scale must have " + std::to_string(n_sensors) +
                              " values each, one a sensor, got " + std::to_string(mean.size()) + " and " +
                              std::to_string(scale.size()));
    }
    LSTMAutoencoder model;
    SensorInput& input = model.detection_.input;
    input.window = network.shape().window;
    input.mean = input.scale = Vector(n_sensors);
    for (Index j = 0; j < n_sensors; ++j) {
        input.mean[j] = mean[j];
        input.scale[j] = scale[j];
    }
    model.detection_.scoring = scoring;
    model.report_.n_weights = network.n_weights();
    model.training_ = AutoencoderTrainer(network, {}).state();
    model.network_ = std::move(network);
    try {
        input.validate();
    } catch (const CorruptModel& error) {
        throw InvalidArgument(error.message());
    }
    return model.with_offset(offset);
}

void LSTMAutoencoder::require_fitted(std::string_view method) const {
    if (window() > 0) return;
    throw NotFitted(std::string(kTypeName) + ": " + std::string(method) + " needs a fitted or loaded model");
}

Vector LSTMAutoencoder::score_samples(const SensorRows& rows, std::optional<int> n_jobs) const {
    require_fitted("score_samples");
    return neural::scores_of(detection_, rows, by_network(network_, n_jobs));
}

Vector LSTMAutoencoder::decision_function(const SensorRows& rows, std::optional<int> n_jobs) const {
    Vector scores = score_samples(rows, n_jobs);
    for (double& score : scores) score -= offset();
    return scores;
}

Buffer<std::int32_t> LSTMAutoencoder::predict(const SensorRows& rows, std::optional<int> n_jobs) const {
    return neural::signs_of(score_samples(rows, n_jobs), offset());
}

Matrix LSTMAutoencoder::attribution(const SensorRows& rows, std::optional<int> n_jobs) const {
    require_fitted("attribution");
    return neural::attribution_of(detection_, rows, by_network(network_, n_jobs));
}

Table<float> LSTMAutoencoder::transform(const SensorRows& rows, std::optional<int> n_jobs) const {
    require_fitted("transform");
    return neural::codes_of(detection_, rows, network_.shape().code_size(), by_network(network_, n_jobs));
}

Matrix LSTMAutoencoder::reconstruct(const SensorRows& rows, std::optional<int> n_jobs) const {
    require_fitted("reconstruct");
    return neural::reconstruction_of(detection_, rows, by_network(network_, n_jobs));
}

AutoencoderStream LSTMAutoencoder::stream() const { return AutoencoderStream(*this); }

LSTMAutoencoder LSTMAutoencoder::with_offset(double offset) const {
    if (!std::isfinite(offset))
        throw InvalidArgument("LSTMAutoencoder: offset must be finite, got " + std::to_string(offset));
    LSTMAutoencoder other = *this;
    other.detection_.offset = offset;
    return other;
}

LSTMAutoencoder LSTMAutoencoder::with_scoring(WindowScoring scoring) const {
    LSTMAutoencoder other = *this;
    other.detection_.scoring = scoring;
    return other;
}

PcaTwin LSTMAutoencoder::pca_twin() const {
    if (!has_pca_twin()) throw NotFitted("LSTMAutoencoder: there is no PCA twin; it comes with a fit to its end");
    WindowDetection detection = detection_;
    detection.offset = pca_offset_;
    return {std::move(detection), pca_};
}

Vector PcaTwin::score_samples(const SensorRows& rows, std::optional<int> n_jobs) const {
    return neural::scores_of(detection_, rows, by_pca(pca_, n_jobs));
}
Matrix PcaTwin::attribution(const SensorRows& rows, std::optional<int> n_jobs) const {
    return neural::attribution_of(detection_, rows, by_pca(pca_, n_jobs));
}
Buffer<std::int32_t> PcaTwin::predict(const SensorRows& rows, std::optional<int> n_jobs) const {
    return neural::signs_of(score_samples(rows, n_jobs), offset());
}
Matrix PcaTwin::reconstruct(const SensorRows& rows, std::optional<int> n_jobs) const {
    return neural::reconstruction_of(detection_, rows, by_pca(pca_, n_jobs));
}

}  // namespace plantwright
