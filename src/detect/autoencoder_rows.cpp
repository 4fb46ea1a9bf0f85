// SPDX-License-Identifier: MIT
#include "plantwright/detect/autoencoder_rows.hpp"

#include <algorithm>
#include <cmath>

#include "neural/window_scores.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {

AutoencoderRows AutoencoderRows::fit(ConstMatrixView rows, const LSTMAutoencoderOptions& options, RunBegins runs) {
    if (options.scoring == WindowScoring::point) {
        throw InvalidArgument(
            "LSTMAutoencoder: scoring must be window or last in an ensemble, got point, which needs rows that come "
            "later");
    }
    LSTMAutoencoderOptions of_member = options;
    of_member.checkpoint.clear();
    of_member.keep_when_stopped = false;
    AutoencoderRows fitted;
    fitted.model_ = LSTMAutoencoder::fit(SensorRows::runs(rows, runs), of_member);
    return fitted;
}

AutoencoderRows::State AutoencoderRows::start() const {
    return {{SlidingReconstruction(model_.network())},
            {},
            Vector(n_sensors(), kNaN),
            Buffer<float>(n_sensors()),
            Vector(n_sensors(), kNaN)};
}

Table<float> AutoencoderRows::State::held_rows() const {
    if (sliding.empty()) return {};
    const ConstMatrixViewF rows = sliding.front().rows();
    Table<float> held(rows.rows(), rows.cols());
    for (Index i = 0; i < rows.rows(); ++i) {
        for (Index j = 0; j < rows.cols(); ++j) held(i, j) = rows(i, j);
    }
    return held;
}

double AutoencoderRows::take(State& state, std::span<const float> standardized) const {
    SlidingReconstruction& sliding = state.sliding.front();
    const ConstMatrixViewF reconstruction = sliding.update(standardized);
    std::fill(state.shares.begin(), state.shares.end(), kNaN);
    if (reconstruction.rows() == 0) return kNaN;
    return neural::error_shares(neural::scored_part(sliding.rows(), model_.scoring()),
                                neural::scored_part(reconstruction, model_.scoring()), state.shares);
}

double AutoencoderRows::update(State& state, ConstVectorView row) const {
    for (Index j = 0; j < row.size(); ++j) state.reading[j] = std::isfinite(row[j]) ? row[j] : kNaN;
    const auto n = static_cast<std::size_t>(n_sensors());
    model_.input().standardize({state.reading.data(), n}, {state.standardized.data(), n});
    return take(state, {state.standardized.data(), n});
}

void AutoencoderRows::restore(State& state) const {
    const Table<float> rows = std::move(state.loaded);
    bool good = rows.rows() <= model_.window() && (rows.rows() == 0 || rows.cols() == n_sensors());
    for (Index k = 0; good && k < rows.rows() * rows.cols(); ++k) {
        good = !(std::fabs(rows.data()[k]) > SensorInput::kLargest);
    }
    if (!good) throw CorruptModel("LSTMAutoencoder: the rows of the saved state do not fit the model");
    state = start();
    for (Index i = 0; i < rows.rows(); ++i) {
        take(state, {rows.data() + i * rows.cols(), static_cast<std::size_t>(rows.cols())});
    }
}

void AutoencoderRows::validate() const {
    model_.validate();
    if (model_.window() < 1 || model_.scoring() == WindowScoring::point || model_.schema().size() > 0)
        throw CorruptModel("LSTMAutoencoder: it cannot score row by row as a member of an ensemble");
}

}  // namespace plantwright
