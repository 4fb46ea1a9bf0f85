// SPDX-License-Identifier: MIT
#include "plantwright/detect/window_kmeans.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "detect/checks.hpp"
#include "detect/sensor_detector_impl.hpp"
#include "plantwright/core/error.hpp"
#include "preprocessing/kmeans.hpp"

namespace plantwright {
namespace {

constexpr const char* kWho = "WindowKMeans";
constexpr Index kMostRows = 10000;
constexpr Index kMostSteps = 100;    // of Lloyd's a start
constexpr double kStillness = 1e-4;  // mean squared move of a value, in deviations: further steps gain nothing

bool are_good(const WindowKMeansOptions& o) {
    return o.window >= 1 && o.window <= kMostRows && o.n_clusters >= 1 && o.n_init >= 1 && o.max_windows >= 1;
}

void require_options(const WindowKMeansOptions& o) {
    detect::require(o.window >= 1 && o.window <= kMostRows, kWho, "window", o.window, "in [1, 10000]");
    detect::require(o.n_clusters >= 1, kWho, "n_clusters", o.n_clusters, ">= 1");
    detect::require(o.n_init >= 1, kWho, "n_init", o.n_init, ">= 1");
    detect::require(o.max_windows >= 1, kWho, "max_windows", o.max_windows, ">= 1");
}

/// The last rows of the windows without a missing reading.
std::vector<Index> complete_windows(const Matrix& z, Index window, RunBegins runs) {
    std::vector<Index> ends;
    detect::for_each_run(kWho, z.rows(), runs, [&](Index begin, Index end) {
        Index complete = 0;  // rows in a row
        for (Index i = begin; i < end; ++i) {
            const double* row = z.data() + i * z.cols();
            const bool missing = std::any_of(row, row + z.cols(), [](double x) { return std::isnan(x); });
            complete = missing ? 0 : complete + 1;
            if (complete >= window) ends.push_back(i);
        }
    });
    return ends;
}

}  // namespace

void WindowKMeans::learn(ConstMatrixView rows, RunBegins runs) {
    require_options(options_);
    const Matrix windows = training_windows(rows, runs);
    centers_ = kmeans(windows, {.n_clusters = options_.n_clusters,
                                .n_init = options_.n_init,
                                .max_iter = kMostSteps,
                                .tolerance = kStillness * static_cast<double>(windows.cols()),
                                .seed = static_cast<std::uint64_t>(options_.random_state),
                                .n_jobs = 1})
                   .centers;
}

/// `(n_windows, w * n_sensors)`, evenly spaced among the complete ones.
Matrix WindowKMeans::training_windows(ConstMatrixView rows, RunBegins runs) const {
    Matrix z(rows.rows(), rows.cols());
    for (Index i = 0; i < rows.rows(); ++i) sensors_.standardize(rows.row(i), z.data() + i * z.cols());
    const Index w = options_.window;
    const std::vector<Index> ends = complete_windows(z, w, runs);
    const Index there = std::ssize(ends), n = std::min(there, options_.max_windows);
    if (n < options_.n_clusters) {
        throw InvalidArgument(std::string(kWho) + ": n_clusters must be at most the windows of " + std::to_string(w) +
                              " complete rows, " + std::to_string(n) + " of n_samples = " +
                              std::to_string(rows.rows()) + ", got " + std::to_string(options_.n_clusters));
    }
    Matrix windows(n, w * z.cols());
    for (Index i = 0; i < n; ++i) {
        const Index end = ends[static_cast<std::size_t>(i * there / n)];
        std::copy_n(z.data() + (end - w + 1) * z.cols(), w * z.cols(), windows.data() + i * windows.cols());
    }
    return windows;
}

WindowKMeans::State WindowKMeans::start() const {
    return {Matrix(options_.window, n_sensors(), 0.0), Vector(n_sensors(), 0.0), kNaN, 0};
}

/// From the oldest row to the latest; infinity as soon as it is `most` or more.
double WindowKMeans::squared_distance(const State& state, Index center, double most) const {
    const Index w = options_.window, d = n_sensors();
    const double* m = centers_.data() + center * w * d;
    double sum = 0;
    for (Index k = 0; k < w; ++k, m += d) {
        sum += plantwright::squared_distance(state.window.data() + (state.rows_seen + k) % w * d, m, d);
        if (sum >= most) return std::numeric_limits<double>::infinity();
    }
    return sum;
}

void WindowKMeans::split_squares(State& state, Index center) const {
    const Index w = options_.window, d = n_sensors();
    const double* m = centers_.data() + center * w * d;
    std::fill(state.squares.begin(), state.squares.end(), 0.0);
    for (Index k = 0; k < w; ++k, m += d) {
        const double* row = state.window.data() + (state.rows_seen + k) % w * d;
        for (Index j = 0; j < d; ++j) state.squares[j] += (row[j] - m[j]) * (row[j] - m[j]);
    }
}

double WindowKMeans::update(State& state, ConstVectorView row) const {
    require_row(row);
    const Index w = options_.window, d = n_sensors();
    double* now = state.window.data() + state.rows_seen % w * d;
    const double* before = state.window.data() + (state.rows_seen + w - 1) % w * d;
    std::copy_n(before, d, state.squares.data());  // a missing sensor stands where it stood
    sensors_.standardize(row, now);
    for (Index j = 0; j < d; ++j) now[j] = std::isnan(now[j]) ? state.squares[j] : now[j];
    ++state.rows_seen;
    state.distance = kNaN;
    if (state.rows_seen < w) return kNaN;
    Index nearest = 0;
    double least = std::numeric_limits<double>::infinity();
    for (Index c = 0; c < centers_.rows(); ++c) {
        const double squared = squared_distance(state, c, least);
        if (squared < least) nearest = c;
        least = std::min(least, squared);
    }
    split_squares(state, nearest);
    return state.distance = std::sqrt(least);
}

Vector WindowKMeans::contributions(const State& state) const {
    Vector shares(n_sensors(), state.distance);
    double sum = 0;
    for (const double square : state.squares) sum += square;
    if (!(state.distance > 0)) return shares;  // NaN, or nothing to share
    for (Index j = 0; j < shares.size(); ++j) shares[j] = state.distance * (state.squares[j] / sum);
    return shares;
}

void WindowKMeans::describe_options(io::Json& json) const {
    json["window"] = options_.window;
    json["n_clusters"] = options_.n_clusters;
}

void WindowKMeans::validate() const {
    sensors_.validate();
    const bool good =
        are_good(options_) && detect::is_finite_table(centers_, options_.n_clusters, options_.window * n_sensors());
    if (!good) throw CorruptModel("WindowKMeans: its centres do not fit its options and sensors");
}

template class SensorDetector<WindowKMeans, WindowKMeansOptions>;

}  // namespace plantwright
