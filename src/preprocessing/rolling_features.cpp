// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/rolling_features.hpp"

#include <algorithm>
#include <utility>

#include "plantwright/core/error.hpp"
#include "plantwright/core/threads.hpp"
#include "preprocessing/rolling_columns.hpp"
#include "preprocessing/rolling_series.hpp"

namespace plantwright {
namespace {

RollingPlan plan_of(const RollingFeaturesOptions& options, Index n_columns) {
    RollingPlan plan{options.windows, {}, options.min_count, n_columns};
    for (const std::string& text : options.statistics)
        plan.quantities.push_back(rolling_quantity(RollingFeaturesOptions::kStepType, text));
    return plan;
}

std::string unit_of(const RollingQuantity& quantity, const std::string& unit, bool by_time) {
    if (quantity.statistic == kRollingCount || quantity.statistic == kRollingSkew || unit.empty()) return "";
    if (quantity.statistic == kRollingVar) return "(" + unit + ")^2";
    return quantity.statistic == kRollingSlope && by_time ? unit + "/s" : unit;
}

template <class T>
bool has_doubles(const std::vector<T>& values) {
    for (auto i = values.begin(); i != values.end(); ++i) {
        if (std::find(i + 1, values.end(), *i) != values.end()) return true;
    }
    return false;
}

}  // namespace

RollingFeatures RollingFeatures::fit(const Frame& frame, const Options& options, std::optional<int> /*n_jobs*/) {
    RollingFeatures step;
    step.options_ = options;
    const bool needs_time = std::any_of(options.windows.begin(), options.windows.end(),
                                        [](const WindowLength& window) { return window.by_time(); });
    step.read_columns(frame, options.columns, options.time, needs_time, options.by);
    return step;
}

void RollingFeatures::check_options() const {
    const auto fail = [](const std::string& what) {
        throw InvalidArgument(std::string(Options::kStepType) + ": " + what);
    };
    if (options_.windows.empty()) fail("windows must be at least one, got none");
    if (options_.statistics.empty()) fail("statistics must be at least one, got none");
    if (has_doubles(options_.windows)) fail("windows must differ, got one twice");
    if (has_doubles(options_.statistics)) fail("statistics must differ, got one twice");
    if (options_.min_count < 1) fail("min_count must be at least 1, got " + std::to_string(options_.min_count));
    for (const WindowLength& window : options_.windows) {
        if (window.by_time() || window.rows >= options_.min_count) continue;
        fail("min_count must be at most the smallest window, " + window.text + ", got " +
             std::to_string(options_.min_count));
    }
    plan_of(options_, 1);
}

std::vector<Step::Written> RollingFeatures::expected_writes() const {
    std::vector<Written> writes;
    const RollingPlan plan = plan_of(options_, n_values());
    for (Index c = 0; c < n_values(); ++c) {
        const ColumnSpec& column = reads_[static_cast<std::size_t>(c)];
        for (const WindowLength& window : plan.windows) {
            for (std::size_t k = 0; k < plan.quantities.size(); ++k) {
                ColumnSpec spec;
                spec.name = column.name + "__rolling_" + options_.statistics[k] + "_" + window.text;
                spec.unit = unit_of(plan.quantities[k], column.unit, window.by_time());
                spec.known_at_prediction = column.known_at_prediction;
                writes.push_back({std::move(spec), {column.name}});
            }
        }
    }
    return writes;
}

std::unique_ptr<RowSeries> RollingFeatures::start_series() const {
    return std::make_unique<RollingSeries>(std::make_shared<const RollingPlan>(plan_of(options_, n_values())));
}

std::vector<Column> RollingFeatures::compute(std::span<const StepInput> inputs, Index n_rows, int n_jobs) const {
    const auto plan = std::make_shared<const RollingPlan>(plan_of(options_, 1));
    std::span<const std::int64_t> stamps;
    Buffer<std::int64_t> copy;
    if (time_index() >= 0) {
        const StepInput& time = inputs[static_cast<std::size_t>(time_index())];
        copy = Buffer<std::int64_t>::uninitialized(n_rows);
        for (Index i = 0; i < n_rows; ++i) copy[i] = time.time(i);
        stamps = {copy.data(), static_cast<std::size_t>(n_rows)};
    }
    if (group_index() >= 0) return Step::compute(inputs, n_rows, n_jobs);
    const HeldRows rows(*plan, stamps, n_rows);
    if (!suits_columns(*plan, rows)) return Step::compute(inputs, n_rows, n_jobs);
    const std::size_t n_out = plan->windows.size() * plan->quantities.size();
    std::vector<Buffer<double>> out(writes().size());
    parallel_for(n_values(), n_jobs, [&](Index c, int) {
        auto x = Buffer<double>::uninitialized(n_rows);
        inputs[static_cast<std::size_t>(c)].read(0, n_rows, x.data());
        const std::span own(out.data() + static_cast<std::size_t>(c) * n_out, n_out);
        for (Buffer<double>& values : own) values = fresh_column(n_rows);
        roll_column(plan, rows, std::span<const double>(x.data(), static_cast<std::size_t>(n_rows)), own);
    });
    std::vector<Column> columns;
    for (Buffer<double>& values : out) columns.push_back(Column::numbers(std::move(values)));
    return columns;
}

}  // namespace plantwright
