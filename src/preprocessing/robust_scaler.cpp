// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/robust_scaler.hpp"

#include "preprocessing/normal_distribution.hpp"
#include "preprocessing/order_statistics.hpp"
#include "preprocessing/scaling.hpp"

namespace plantwright {
namespace {

/// What a range is divided by so that a standard normal has variance 1.
double normal_range(const RobustScalerOptions& options) {
    if (!options.unit_variance) return 1;
    const auto [low, high] = options.quantile_range;
    return normal_quantile(high / 100) - normal_quantile(low / 100);
}

void require_percentages(const RobustScalerOptions& options) {
    const auto [low, high] = options.quantile_range;
    const bool ends_allowed = !options.unit_variance || (low > 0 && high < 100);
    if (0 <= low && low <= high && high <= 100 && ends_allowed) return;
    throw InvalidArgument(std::string("RobustScaler: quantile_range must rise within [0, 100]") +
                          (options.unit_variance ? " without its ends where unit_variance" : "") + ", got (" +
                          io::Json(low).dump() + ", " + io::Json(high).dump() + ")");
}

}  // namespace

RobustScaler RobustScaler::fit(const Frame& frame, const Options& options, std::optional<int> n_jobs) {
    require_percentages(options);
    RobustScaler step;
    step.options_ = options;
    step.reads_ = select_columns(Options::kStepType, frame.schema(), options.columns, {ColumnKind::number});
    step.write_in_place(Quantity::other);
    step.center_ = Vector(std::ssize(step.reads_), 0.0);
    step.scale_ = Vector(std::ssize(step.reads_), 1.0);
    const double of_normal = normal_range(options);
    const double range[] = {options.quantile_range.first / 100, options.quantile_range.second / 100};
    for_each_column(Options::kStepType, frame, step.reads_, n_jobs, [&](Index k, Buffer<double>& values) {
        double median = 0;
        const Vector q = quantiles_of(values, range, &median);
        if (options.with_centering) step.center_[k] = median;
        if (options.with_scaling) step.scale_[k] = nonzero_scale(q[1] - q[0]) / of_normal;
    });
    return step;
}

void RobustScaler::map(Index k, std::span<const double> in, double* out) const {
    const double center = center_[k], scale = scale_[k];
    for (std::size_t i = 0; i < in.size(); ++i) out[i] = (in[i] - center) / scale;
}

void RobustScaler::unmap(Index k, std::span<const double> in, double* out) const {
    const double center = center_[k], scale = scale_[k];
    for (std::size_t i = 0; i < in.size(); ++i) out[i] = in[i] * scale + center;
}

Step::Fitted RobustScaler::fitted() const { return {{"center_", center_}, {"scale_", scale_}}; }

void RobustScaler::validate() const {
    Step::validate();
    for (const auto* values : {&center_, &scale_}) require_one_each(*this, *values);
}

}  // namespace plantwright
