// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/lags.hpp"

#include <algorithm>
#include <utility>

#include "plantwright/core/error.hpp"
#include "preprocessing/row_window.hpp"

namespace plantwright {
namespace {

enum class Lagged { value, difference, rate };

struct LagPlan {
    std::vector<WindowLength> lags;
    std::int64_t tolerance = 0;  // nanoseconds; 0: any
    Lagged what = Lagged::value;
    std::int64_t unit = 1;  // of a rate, nanoseconds
    Index n_columns = 1;
};

/// A window of the lag's length ends just before the row that lies a lag back.
class LagSeries final : public RowSeries {
public:
    explicit LagSeries(std::shared_ptr<const LagPlan> plan)
        : plan_(std::move(plan)), windows_(plan_->lags), values_(plan_->n_columns), stamps_(1),
          missing_(plan_->n_columns, kNaN) {}

    std::unique_ptr<RowSeries> clone() const override { return std::make_unique<LagSeries>(*this); }

    void push(std::span<const Cell> values, std::int64_t stamp, std::span<Cell> written) override {
        const std::int64_t row = windows_.n_rows();
        const std::size_t n_lags = windows_.push(stamp).size();
        values_.grow(windows_.longest() + 1, row);
        stamps_.grow(windows_.longest() + 1, row);
        double* const now = values_.row(row);
        for (std::size_t c = 0; c < values.size(); ++c) now[c] = values[c].number;
        *stamps_.row(row) = stamp;
        for (std::size_t k = 0; k < n_lags; ++k) {
            const std::int64_t back = place(k, row);
            const double* const then = back < 0 ? missing_.data() : values_.row(back);
            Cell* const out = written.data() + k;
            if (plan_->what == Lagged::value) {
                for (std::size_t c = 0; c < values.size(); ++c) out[c * n_lags].number = then[c];
                continue;
            }
            const double steps = plan_->what == Lagged::rate ? units_since(back, row) : 1;
            for (std::size_t c = 0; c < values.size(); ++c) out[c * n_lags].number = (now[c] - then[c]) / steps;
        }
    }

private:
    /// The row that lies a lag back, -1: there is none.
    std::int64_t place(std::size_t k, std::int64_t row) const {
        const WindowLength& lag = plan_->lags[k];
        if (!lag.by_time()) return row - lag.rows;
        return windows_.row_before(k, plan_->tolerance);
    }

    /// Units of time between two rows' own stamps; NaN where that is not above 0.
    double units_since(std::int64_t back, std::int64_t row) const {
        if (back < 0) return kNaN;
        const std::int64_t start = *stamps_.row(back), end = *stamps_.row(row);
        if (start == kMissingTime || end <= start) return kNaN;
        return static_cast<double>(elapsed(start, end)) / static_cast<double>(plan_->unit);
    }

    std::shared_ptr<const LagPlan> plan_;
    RowWindows windows_;
    RowRing<double> values_;
    RowRing<std::int64_t> stamps_;
    Buffer<double> missing_;
};

[[noreturn]] void fail(std::string_view who, const std::string& what) {
    throw InvalidArgument(std::string(who) + ": " + what);
}

void check_lags(std::string_view who, const std::vector<WindowLength>& lags,
                const std::optional<WindowLength>& tolerance) {
    if (lags.empty()) fail(who, "lags must be at least one, got none");
    for (auto lag = lags.begin(); lag != lags.end(); ++lag) {
        if (std::find(lag + 1, lags.end(), *lag) != lags.end())
            fail(who, "lags must differ, got " + lag->text + " twice");
    }
    if (tolerance && !tolerance->by_time()) fail(who, "tolerance must be a duration, got " + tolerance->text);
}

bool any_by_time(const std::vector<WindowLength>& lags) {
    return std::any_of(lags.begin(), lags.end(), [](const WindowLength& lag) { return lag.by_time(); });
}

/// `<column>__<word>_<lag>`
Step::Written written_for(const ColumnSpec& column, const std::string& what, const std::string& unit) {
    ColumnSpec spec;
    spec.name = column.name + "__" + what;
    spec.unit = unit;
    spec.known_at_prediction = column.known_at_prediction;
    return {std::move(spec), {column.name}};
}

}  // namespace

Lags Lags::fit(const Frame& frame, const Options& options, std::optional<int> /*n_jobs*/) {
    Lags step;
    step.options_ = options;
    step.read_columns(frame, options.columns, options.time, any_by_time(options.lags), options.by);
    return step;
}

void Lags::check_options() const { check_lags(Options::kStepType, options_.lags, options_.tolerance); }

std::vector<Step::Written> Lags::expected_writes() const {
    std::vector<Written> writes;
    for (std::size_t c = 0; c < static_cast<std::size_t>(n_values()); ++c) {
        for (const WindowLength& lag : options_.lags)
            writes.push_back(written_for(reads_[c], "lag_" + lag.text, reads_[c].unit));
    }
    return writes;
}

std::unique_ptr<RowSeries> Lags::start_series() const {
    LagPlan plan{options_.lags, 0, Lagged::value, 1, n_values()};
    if (options_.tolerance) plan.tolerance = options_.tolerance->nanoseconds;
    return std::make_unique<LagSeries>(std::make_shared<const LagPlan>(std::move(plan)));
}

Differences Differences::fit(const Frame& frame, const Options& options, std::optional<int> /*n_jobs*/) {
    Differences step;
    step.options_ = options;
    step.read_columns(frame, options.columns, options.time, any_by_time(options.lags) || options.rate.has_value(),
                      options.by);
    return step;
}

void Differences::check_options() const {
    check_lags(Options::kStepType, options_.lags, options_.tolerance);
    if (options_.rate && nanoseconds_in(*options_.rate) == 0)
        fail(Options::kStepType,
             "rate must be a unit of time (ns, us, ms, s, min, h, d, w), got \"" + *options_.rate + "\"");
}

std::vector<Step::Written> Differences::expected_writes() const {
    std::vector<Written> writes;
    for (std::size_t c = 0; c < static_cast<std::size_t>(n_values()); ++c) {
        const std::string& unit = reads_[c].unit;
        for (const WindowLength& lag : options_.lags) {
            if (options_.rate)
                writes.push_back(written_for(reads_[c], "rate_per_" + *options_.rate + "_" + lag.text,
                                             unit.empty() ? "" : unit + "/" + *options_.rate));
            else
                writes.push_back(written_for(reads_[c], "diff_" + lag.text, unit));
        }
    }
    return writes;
}

std::unique_ptr<RowSeries> Differences::start_series() const {
    LagPlan plan{options_.lags, 0, options_.rate ? Lagged::rate : Lagged::difference, 1, n_values()};
    if (options_.tolerance) plan.tolerance = options_.tolerance->nanoseconds;
    if (options_.rate) plan.unit = nanoseconds_in(*options_.rate);
    return std::make_unique<LagSeries>(std::make_shared<const LagPlan>(std::move(plan)));
}

}  // namespace plantwright
