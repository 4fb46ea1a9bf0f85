// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/variance_threshold.hpp"

#include "preprocessing/column_passes.hpp"
#include "preprocessing/fitting.hpp"

namespace plantwright {

VarianceThreshold VarianceThreshold::fit(const Frame& frame, const Options& options, std::optional<int> n_jobs) {
    if (!(options.threshold >= 0)) {
        throw InvalidArgument("VarianceThreshold: threshold must be at least 0, got " +
                              io::Json(options.threshold).dump());
    }
    VarianceThreshold step;
    step.options_ = options;
    const auto columns = select_columns(Options::kStepType, frame.schema(), options.columns, {ColumnKind::number});
    step.choose_among(columns, frame.schema());
    const auto extremes = column_extremes(Options::kStepType, frame, columns, n_jobs);
    const auto moments = column_moments(Options::kStepType, frame, columns, n_jobs);
    step.variances_ = Vector(std::ssize(columns));
    std::vector<bool> is_kept;
    for (std::size_t k = 0; k < columns.size(); ++k) {
        const bool constant = extremes[k].first == extremes[k].second;
        const double variance = constant ? 0 : moments[k].variance;
        step.variances_[static_cast<Index>(k)] = variance;
        is_kept.push_back(variance > options.threshold);
    }
    step.keep(is_kept);
    return step;
}

void VarianceThreshold::validate() const {
    Selector::validate();
    require_one_each(variances_);
}

}  // namespace plantwright
