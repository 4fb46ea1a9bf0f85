// SPDX-License-Identifier: MIT
#include "plantwright/detect/rolling_isolation.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "detect/checks.hpp"
#include "detect/occlusion.hpp"
#include "detect/sensor_detector_impl.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

constexpr const char* kWho = "RollingIsolationForest";
constexpr double kFarthest = 1e6;  // deviations, see Sensors
constexpr std::int64_t kMostRows = std::int64_t{1} << 60;

bool is_in(Index value, Index least, Index most) { return value >= least && value <= most; }

bool are_good(const RollingIsolationOptions& o) {
    return is_in(o.window, 2, 10'000) && is_in(o.n_estimators, 1, 100'000) && o.max_samples >= 2 && o.ndim >= 1;
}

void require_options(const RollingIsolationOptions& o) {
    using detect::require;
    require(is_in(o.window, 2, 10'000), kWho, "window", o.window, "in [2, 10000]");
    require(is_in(o.n_estimators, 1, 100'000), kWho, "n_estimators", o.n_estimators, "in [1, 100000]");
    require(o.max_samples >= 2, kWho, "max_samples", o.max_samples, ">= 2");
    require(o.ndim >= 1 && o.ndim <= 1'000'000, kWho, "ndim", o.ndim, ">= 1");
}

IsolationForestOptions forest_options(const RollingIsolationOptions& o) {
    return {.n_estimators = static_cast<int>(o.n_estimators),
            .max_samples = RowCount(o.max_samples),
            .ndim = static_cast<int>(o.ndim),
            .random_state = static_cast<std::uint64_t>(o.random_state)};
}

/// Mean, deviation and slope of the readings of one sensor, `stride` apart, oldest at place `first` of `w`.
void find_moments(const double* z, Index w, Index stride, Index first, double* features) {
    double n = 0, sum = 0, places = 0;
    for (Index k = 0; k < w; ++k) {
        const double x = z[(first + k) % w * stride];
        if (std::isnan(x)) continue;
        ++n;
        sum += x;
        places += static_cast<double>(k);
    }
    features[0] = n > 0 ? sum / n : kNaN;
    features[1] = features[2] = kNaN;
    if (n < 2) return;
    const double mean = features[0], place = places / n;
    double squares = 0, products = 0, spread = 0;
    for (Index k = 0; k < w; ++k) {
        const double x = z[(first + k) % w * stride];
        if (std::isnan(x)) continue;
        const double off = x - mean, along = static_cast<double>(k) - place;
        squares += off * off;
        products += off * along;
        spread += along * along;
    }
    features[1] = std::sqrt(squares / (n - 1));
    features[2] = products / spread;
}

}  // namespace

void RollingIsolation::learn(ConstMatrixView rows, RunBegins runs) {
    require_options(options_);
    const Matrix features = training_features(rows, runs);
    forest_ = IsolationForest::fit(features, forest_options(options_));
    medians_ = detect::medians_of(features);
}

/// `(n_windows, kFeatures * n_sensors)` of all full windows within runs that hold a reading.
Matrix RollingIsolation::training_features(ConstMatrixView rows, RunBegins runs) const {
    std::vector<double> found;
    Index n = 0;
    detect::for_each_run(kWho, rows.rows(), runs, [&](Index begin, Index end) {
        State state = start();
        for (Index i = begin; i < end; ++i) {
            take(state, rows.row(i));
            if (state.rows_seen < options_.window) continue;
            find_features(state);
            if (!is_scored(state)) continue;
            found.insert(found.end(), state.features.begin(), state.features.end());
            ++n;
        }
    });
    if (n < 2) {
        throw InvalidArgument(std::string(kWho) + ": window must be at most what leaves two windows of n_samples = " +
                              std::to_string(rows.rows()) + " rows within runs, got " +
                              std::to_string(options_.window) + ", which leaves " + std::to_string(n));
    }
    Matrix features(n, kFeatures * n_sensors());
    std::copy(found.begin(), found.end(), features.data());
    return features;
}

RollingIsolation::State RollingIsolation::start() const {
    return {Matrix(options_.window, n_sensors(), kNaN), Vector(kFeatures * n_sensors(), kNaN), 0};
}

void RollingIsolation::take(State& state, ConstVectorView row) const {
    sensors_.standardize(row, state.window.data() + state.rows_seen % options_.window * n_sensors());
    ++state.rows_seen;
}

void RollingIsolation::find_features(State& state) const {
    const Index w = options_.window, d = n_sensors();
    const Index first = state.rows_seen % w, latest = (state.rows_seen + w - 1) % w;
    for (Index j = 0; j < d; ++j) {
        double* features = state.features.data() + kFeatures * j;
        features[0] = state.window(latest, j);
        find_moments(state.window.data() + j, w, d, first, features + 1);
    }
}

bool RollingIsolation::is_scored(const State& state) const {
    return std::any_of(state.features.begin(), state.features.end(), [](double x) { return !std::isnan(x); });
}

double RollingIsolation::update(State& state, ConstVectorView row) const {
    require_row(row);
    take(state, row);
    if (state.rows_seen < options_.window) return kNaN;
    find_features(state);
    if (!is_scored(state)) return kNaN;
    return -forest_.score_one(
        std::span<const double>(state.features.data(), static_cast<std::size_t>(state.features.size())));
}

Vector RollingIsolation::contributions(const State& state) const {
    if (!is_scored(state)) return Vector(n_sensors(), kNaN);
    return detect::occluded_gains(forest_, state.features, medians_, kFeatures);
}

void RollingIsolation::restore(State& state) const {
    bool good = state.window.rows() == options_.window && state.window.cols() == n_sensors() && state.rows_seen >= 0 &&
                state.rows_seen <= kMostRows;
    for (Index k = 0; good && k < state.window.rows() * state.window.cols(); ++k) {
        good = !(std::fabs(state.window.data()[k]) > kFarthest);
    }
    if (!good) throw CorruptModel(std::string(kWho) + ": the saved state does not fit its window and sensors");
    state.features = Vector(kFeatures * n_sensors(), kNaN);
    if (state.rows_seen >= options_.window) find_features(state);
}

void RollingIsolation::describe_options(io::Json& json) const {
    json["window"] = options_.window;
    json["n_estimators"] = forest_.n_trees();
}

void RollingIsolation::validate() const {
    sensors_.validate();
    forest_.validate();
    const Index n = kFeatures * n_sensors();
    bool good = are_good(options_) && forest_.n_features() == n && forest_.schema().size() == 0 && medians_.size() == n;
    for (const double median : medians_) good = good && !std::isinf(median);
    if (!good) throw CorruptModel(std::string(kWho) + ": its forest and medians do not fit its options and sensors");
}

template class SensorDetector<RollingIsolation, RollingIsolationOptions>;

}  // namespace plantwright
