// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/min_max_scaler.hpp"

#include <cmath>

#include "preprocessing/column_passes.hpp"
#include "preprocessing/scaling.hpp"

namespace plantwright {
namespace {

void require_rising(const std::pair<double, double>& range) {
    if (range.first < range.second && std::isfinite(range.second - range.first)) return;
    throw InvalidArgument("MinMaxScaler: feature_range must rise, got (" + io::Json(range.first).dump() + ", " +
                          io::Json(range.second).dump() + ")");
}

}  // namespace

MinMaxScaler MinMaxScaler::fit(const Frame& frame, const Options& options, std::optional<int> n_jobs) {
    require_rising(options.feature_range);
    MinMaxScaler step;
    step.options_ = options;
    step.reads_ = select_columns(Options::kStepType, frame.schema(), options.columns, {ColumnKind::number});
    step.write_in_place(Quantity::other);
    for (auto* vector : {&step.data_min_, &step.data_max_, &step.scale_, &step.min_})
        *vector = Vector(std::ssize(step.reads_));
    const auto [low, high] = options.feature_range;
    const auto extremes = column_extremes(Options::kStepType, frame, step.reads_, n_jobs);
    for (Index k = 0; k < std::ssize(extremes); ++k) {
        const auto [least, largest] = extremes[static_cast<std::size_t>(k)];
        step.data_min_[k] = least;
        step.data_max_[k] = largest;
        step.scale_[k] = (high - low) / nonzero_scale(largest - least);
        step.min_[k] = low - least * step.scale_[k];
    }
    return step;
}

void MinMaxScaler::map(Index k, std::span<const double> in, double* out) const {
    const double scale = scale_[k], offset = min_[k];
    const auto [low, high] = options_.feature_range;
    if (!options_.clip) {
        for (std::size_t i = 0; i < in.size(); ++i) out[i] = in[i] * scale + offset;
        return;
    }
    for (std::size_t i = 0; i < in.size(); ++i) {
        const double z = in[i] * scale + offset;
        out[i] = z < low ? low : z > high ? high : z;
    }
}

void MinMaxScaler::unmap(Index k, std::span<const double> in, double* out) const {
    const double scale = scale_[k], offset = min_[k];
    for (std::size_t i = 0; i < in.size(); ++i) out[i] = (in[i] - offset) / scale;
}

Step::Fitted MinMaxScaler::fitted() const {
    Vector range(data_min_.size());
    for (Index k = 0; k < range.size(); ++k) range[k] = data_max_[k] - data_min_[k];
    return {{"data_min_", data_min_},
            {"data_max_", data_max_},
            {"data_range_", std::move(range)},
            {"scale_", scale_},
            {"min_", min_}};
}

void MinMaxScaler::validate() const {
    Step::validate();
    for (const auto* values : {&data_min_, &data_max_, &scale_, &min_}) require_one_each(*this, *values);
}

}  // namespace plantwright
