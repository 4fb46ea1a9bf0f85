// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/max_abs_scaler.hpp"

#include <algorithm>
#include <cmath>

#include "preprocessing/column_passes.hpp"
#include "preprocessing/scaling.hpp"

namespace plantwright {

MaxAbsScaler MaxAbsScaler::fit(const Frame& frame, const Options& options, std::optional<int> n_jobs) {
    MaxAbsScaler step;
    step.options_ = options;
    step.reads_ = select_columns(Options::kStepType, frame.schema(), options.columns, {ColumnKind::number});
    step.write_in_place(Quantity::other);
    for (auto* vector : {&step.max_abs_, &step.scale_}) *vector = Vector(std::ssize(step.reads_));
    const auto extremes = column_extremes(Options::kStepType, frame, step.reads_, n_jobs);
    for (Index k = 0; k < std::ssize(extremes); ++k) {
        const auto [least, largest] = extremes[static_cast<std::size_t>(k)];
        step.max_abs_[k] = std::max(std::abs(least), std::abs(largest));
        step.scale_[k] = nonzero_scale(step.max_abs_[k]);
    }
    return step;
}

void MaxAbsScaler::map(Index k, std::span<const double> in, double* out) const {
    const double scale = scale_[k];
    for (std::size_t i = 0; i < in.size(); ++i) out[i] = in[i] / scale;
}

void MaxAbsScaler::unmap(Index k, std::span<const double> in, double* out) const {
    const double scale = scale_[k];
    for (std::size_t i = 0; i < in.size(); ++i) out[i] = in[i] * scale;
}

Step::Fitted MaxAbsScaler::fitted() const { return {{"max_abs_", max_abs_}, {"scale_", scale_}}; }

void MaxAbsScaler::validate() const {
    Step::validate();
    for (const auto* values : {&max_abs_, &scale_}) require_one_each(*this, *values);
}

}  // namespace plantwright
