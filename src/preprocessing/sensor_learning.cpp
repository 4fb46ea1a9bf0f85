// SPDX-License-Identifier: MIT
#include <cmath>
#include <vector>

#include "plantwright/core/threads.hpp"
#include "preprocessing/order_statistics.hpp"
#include "preprocessing/sensor_checks.hpp"

namespace plantwright {
namespace {

constexpr double kLeastRun = 10;        // readings
constexpr double kShareOfChange = 0.1;  // of the median change: what still is flat
constexpr double kNoLimit = std::numeric_limits<double>::infinity();

/// Rows with their groups and clocks, which all columns share.
struct TrainingRows {
    std::vector<std::int32_t> group;  // -1: none
    std::vector<Moment> at;
    std::vector<double> time_steps;  // nanoseconds, above 0
    std::size_t n_groups = 1;

    TrainingRows(Index n_rows, const Column* time, const Column* by) {
        if (by) n_groups = by->levels().size();
        std::vector<Moment> last(n_groups);
        std::vector<std::int64_t> n_seen(n_groups, 0);
        for (Index i = 0; i < n_rows; ++i) {
            group.push_back(by ? by->codes()[i] : 0);
            at.emplace_back();
            if (group.back() < 0) continue;
            const auto g = static_cast<std::size_t>(group.back());
            const std::int64_t stamp = time ? time->times()[i] : kMissingTime;
            const std::int64_t before = last[g].stamp;
            if (stamp != kMissingTime && before != kMissingTime && stamp > before)
                time_steps.push_back(static_cast<double>(elapsed(before, stamp)));
            at.back() = {n_seen[g]++, stamp, std::max(last[g].latest, stamp)};
            last[g] = {0, stamp == kMissingTime ? before : stamp, at.back().latest};
        }
    }
};

double quantile(std::vector<double>& values, double probability) {
    return values.empty() ? kNaN : quantiles_of(values, {&probability, 1})[0];
}

/// A limit of 0 says that the column hardly moves.
double above_zero(double limit) { return limit > 0 ? limit : kNaN; }

/// What one column learns from.
class SensorLesson {
public:
    SensorLesson(const Column& column, const TrainingRows& rows, const SensorQualityOptions& options)
        : values_(column.to_float64()), rows_(rows), options_(options) {}

    /// factor times the quantile's distance from the median, about the median.
    void learn_range(double& low, double& high) {
        std::vector<double> present;
        each_reading([&](std::size_t, const Moment&, double x) { present.push_back(x); });
        const double probabilities[] = {1 - options_.quantile, 0.5, options_.quantile};
        const Vector q = present.empty() ? Vector(3, kNaN) : quantiles_of(present, probabilities);
        const bool moves = q[2] > q[0];
        low = moves ? q[1] - options_.factor * (q[1] - q[0]) : kNaN;
        high = moves ? q[1] + options_.factor * (q[2] - q[1]) : kNaN;
    }

    double flat_tolerance() {
        std::vector<double> changes;
        std::vector<double> before(rows_.n_groups, kNaN);
        each_reading([&](std::size_t g, const Moment&, double x) {
            const double change = std::abs(x - before[g]);
            if (change > 0) changes.push_back(change);
            before[g] = x;
        });
        return kShareOfChange * quantile(changes, 0.5);
    }

    /// Readings that a run must have to be longer than the training's, by `factor`.
    double run_limit(double tolerance) {
        std::vector<HeldRun> runs(rows_.n_groups);
        std::vector<double> lengths;
        each_reading([&](std::size_t g, const Moment& at, double x) {
            const std::int64_t ended = runs[g].take(x, tolerance, at);
            if (ended > 0) lengths.push_back(static_cast<double>(ended));
        });
        for (const HeldRun& run : runs) {
            if (run.n_readings > 0) lengths.push_back(static_cast<double>(run.n_readings));
        }
        return std::max(kLeastRun, std::ceil(learned(lengths)));
    }

    double spike_limit(const SensorLimits& limits) {
        std::vector<RecentMedian> recent(rows_.n_groups, RecentMedian(options_.spike_window));
        std::vector<double> departures;
        each_reading([&](std::size_t g, const Moment&, double x) {
            const double departure = std::abs(x - recent[g].median());
            if (!std::isnan(departure)) departures.push_back(departure);
            if (limits.contain(x)) recent[g].take(x);
        });
        return above_zero(learned(departures));
    }

    double rate_limit(const SensorLimits& limits) {
        std::vector<Reading> before(rows_.n_groups);
        std::vector<double> rates;
        each_reading([&](std::size_t g, const Moment& at, double x) {
            if (!limits.contain(x)) return;
            const double rate = before[g].rate_to(x, at, limits.by_time);
            if (!std::isnan(rate)) rates.push_back(rate);
            before[g] = {x, at};
        });
        return above_zero(learned(rates));
    }

private:
    void each_reading(const auto& f) {
        for (Index i = 0; i < values_.size(); ++i) {
            const auto row = static_cast<std::size_t>(i);
            if (rows_.group[row] >= 0 && std::isfinite(values_[i]))
                f(static_cast<std::size_t>(rows_.group[row]), rows_.at[row], values_[i]);
        }
    }
    double learned(std::vector<double>& values) const { return options_.factor * quantile(values, options_.quantile); }

    Buffer<double> values_;
    const TrainingRows& rows_;
    const SensorQualityOptions& options_;
};

void learn_column(SensorLesson lesson, Index k, bool by_time, QualityLimits& limits) {
    const auto set = [&](Vector& values, double value) {
        if (std::isnan(values[k])) values[k] = value;
    };
    double low = 0, high = 0;
    lesson.learn_range(low, high);
    const bool given = !std::isnan(limits.low[k]);  // both are, or none
    set(limits.low, low);
    set(limits.high, high);
    if (given && limits.low[k] == -kNoLimit && limits.high[k] == kNoLimit) limits.low[k] = limits.high[k] = kNaN;
    SensorLimits own{};
    own.low = limits.low[k];
    own.high = limits.high[k];
    own.by_time = by_time;
    set(limits.max_spike, lesson.spike_limit(own));
    set(limits.max_rate, lesson.rate_limit(own));
    set(limits.flat_tolerance, lesson.flat_tolerance());
    limits.flat_after[k] = lesson.run_limit(limits.flat_tolerance[k]);
    limits.stuck_after[k] = lesson.run_limit(0);
}

}  // namespace

void learn_quality_limits(const Frame& frame, std::span<const ColumnSpec> columns, const Column* time,
                          const Column* group, const SensorQualityOptions& options, int n_jobs, QualityLimits& limits) {
    TrainingRows rows(frame.rows(), time, group);
    if (options.max_time_step)
        limits.max_time_step = options.max_time_step->nanoseconds;
    else if (!rows.time_steps.empty())
        limits.max_time_step =
            static_cast<std::int64_t>(std::min(options.factor * quantile(rows.time_steps, options.quantile), 9e18));
    parallel_for(std::ssize(columns), n_jobs, [&](Index k, int) {
        const Column& column = frame.column(columns[static_cast<std::size_t>(k)].name);
        learn_column(SensorLesson(column, rows, options), k, time != nullptr, limits);
    });
}

}  // namespace plantwright
