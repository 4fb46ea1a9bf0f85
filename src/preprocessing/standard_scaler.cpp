// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/standard_scaler.hpp"

#include <cmath>

#include "preprocessing/column_passes.hpp"
#include "preprocessing/fitting.hpp"

namespace plantwright {
StandardScaler StandardScaler::fit(const Frame& frame, const Options& options, std::optional<int> n_jobs) {
    StandardScaler step;
    step.options_ = options;
    step.reads_ = select_columns(Options::kStepType, frame.schema(), options.columns, {ColumnKind::number});
    step.write_in_place(Quantity::other);
    const auto moments = column_moments(Options::kStepType, frame, step.reads_, n_jobs);
    for (auto* vector : {&step.mean_, &step.variance_, &step.scale_}) *vector = Vector(std::ssize(moments), 1.0);
    for (Index k = 0; k < std::ssize(moments); ++k) {
        const ColumnMoments& m = moments[static_cast<std::size_t>(k)];
        step.mean_[k] = m.mean;
        step.variance_[k] = m.variance;
        const bool divides = options.with_std && m.n > 0 && !is_constant(m, m.n);
        step.scale_[k] = divides ? std::sqrt(m.variance) : 1.0;
    }
    return step;
}

void StandardScaler::map(Index k, std::span<const double> in, double* out) const {
    const double mean = options_.with_mean ? mean_[k] : 0, scale = scale_[k];
    for (std::size_t i = 0; i < in.size(); ++i) out[i] = (in[i] - mean) / scale;
}

void StandardScaler::unmap(Index k, std::span<const double> in, double* out) const {
    const double mean = options_.with_mean ? mean_[k] : 0, scale = scale_[k];
    for (std::size_t i = 0; i < in.size(); ++i) out[i] = in[i] * scale + mean;
}

Step::Fitted StandardScaler::fitted() const { return {{"mean_", mean_}, {"var_", variance_}, {"scale_", scale_}}; }

void StandardScaler::validate() const {
    Step::validate();
    require_one_each(*this, mean_);
    require_one_each(*this, variance_);
    require_one_each(*this, scale_);
}

}  // namespace plantwright
