// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/sensor_quality.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "plantwright/core/threads.hpp"
#include "preprocessing/fitting.hpp"
#include "preprocessing/sensor_checks.hpp"

namespace plantwright {
namespace {

using Options = SensorQualityOptions;
constexpr std::string_view kWho = Options::kStepType;
constexpr double kNoLimit = std::numeric_limits<double>::infinity();

[[noreturn]] void fail(const std::string& what) { throw InvalidArgument(std::string(kWho) + ": " + what); }

std::string_view word(QualityCheck check) { return kWords<QualityCheck>[static_cast<std::size_t>(check)]; }

struct QualityPlan {
    std::vector<SensorLimits> sensors;
    std::vector<QualityCheck> sensor_checks, time_checks;
    QualityMode mode = QualityMode::flag;
    QualityFlags flags = QualityFlags::each;
    std::optional<WindowLength> max_age;
    std::int64_t max_time_step = 0;
};

/// Cells written: readings where they are repaired, then the flags of each sensor, then those of the time.
class QualitySeries final : public RowSeries {
public:
    explicit QualitySeries(std::shared_ptr<const QualityPlan> plan)
        : plan_(std::move(plan)), clock_(plan_->max_time_step) {
        for (const SensorLimits& limits : plan_->sensors) sensors_.emplace_back(limits);
    }
    std::unique_ptr<RowSeries> clone() const override { return std::make_unique<QualitySeries>(*this); }

    void push(std::span<const Cell> values, std::int64_t stamp, std::span<Cell> written) override {
        const QualityBits of_time = clock_.judge(stamp);
        const Moment now{n_rows_++, stamp, clock_.latest()};
        const bool repairs = plan_->mode != QualityMode::flag;
        Cell* flag = written.data() + (repairs ? values.size() : 0);
        for (std::size_t c = 0; c < values.size(); ++c) {
            const double x = values[c].number;
            const QualityBits bad = std::isnan(x) ? 0 : sensors_[c].judge(x, plan_->sensors[c], now);
            if (repairs) written[c].number = bad == 0 ? x : repaired(sensors_[c].good, now);
            flag = tell(plan_->sensor_checks, bad, flag);
        }
        tell(plan_->time_checks, of_time, flag);
    }

private:
    double repaired(const Reading& good, const Moment& now) const {
        if (plan_->mode == QualityMode::blank) return kNaN;
        const auto& limit = plan_->max_age;
        if (!limit) return good.value;
        if (!limit->by_time()) return now.row - good.at.row <= limit->rows ? good.value : kNaN;
        if (good.at.latest == kMissingTime || now.latest < good.at.latest) return kNaN;
        return elapsed(good.at.latest, now.latest) <= static_cast<std::uint64_t>(limit->nanoseconds) ? good.value
                                                                                                     : kNaN;
    }
    /// Where the next flags go.
    Cell* tell(const std::vector<QualityCheck>& checks, QualityBits fired, Cell* out) const {
        if (plan_->flags == QualityFlags::none || checks.empty()) return out;
        if (plan_->flags == QualityFlags::any) {
            bool any = false;
            for (const QualityCheck check : checks) any |= (fired & bit_of(check)) != 0;
            *out++ = Cell::of_number(any ? 1 : 0);
            return out;
        }
        for (const QualityCheck check : checks) *out++ = Cell::of_number((fired & bit_of(check)) != 0 ? 1 : 0);
        return out;
    }

    std::shared_ptr<const QualityPlan> plan_;
    QualityClock clock_;
    std::vector<SensorMemory> sensors_;
    std::int64_t n_rows_ = 0;
};

Index column_at(std::span<const ColumnSpec> columns, std::string_view option, const std::string& name) {
    for (std::size_t k = 0; k < columns.size(); ++k) {
        if (columns[k].name == name) return static_cast<Index>(k);
    }
    fail(std::string(option) + " names '" + name + "', which is no column that is tested");
}

/// `take(k, value)` for each column that a mapping names.
void each_given(std::span<const ColumnSpec> columns, std::string_view option, const io::Json& json, const auto& take) {
    if (json.is_null()) return;
    if (!json.is_object()) fail(std::string(option) + " must be a mapping by column, got " + json.dump());
    for (const auto& [name, value] : json.as_object()) take(column_at(columns, option, name), name, value);
}

void read_limits(std::span<const ColumnSpec> columns, std::string_view option, const io::Json& json, Vector& low,
                 Vector& high) {
    low = high = Vector(std::ssize(columns), kNaN);
    each_given(columns, option, json, [&](Index k, const std::string& name, const io::Json& pair) {
        const auto is_limit = [](const io::Json& x) { return x.is_null() || x.is_number(); };
        const bool ok = pair.is_array() && pair.as_array().size() == 2 &&
                        std::all_of(pair.as_array().begin(), pair.as_array().end(), is_limit);
        if (!ok)
            fail(std::string(option) + " of '" + name + "' must be two numbers, null for none, got " + pair.dump());
        const io::Json &a = pair.as_array()[0], &b = pair.as_array()[1];
        low[k] = a.is_null() ? -kNoLimit : a.as_double();
        high[k] = b.is_null() ? kNoLimit : b.as_double();
        if (!(low[k] < high[k])) fail(std::string(option) + " of '" + name + "' must rise, got " + pair.dump());
    });
}

/// Where the options say nothing of a column and the schema does.
void take_limits_of_schema(std::span<const ColumnSpec> columns, Vector& low, Vector& high) {
    for (Index k = 0; k < std::ssize(columns); ++k) {
        const ColumnSpec& spec = columns[static_cast<std::size_t>(k)];
        if (!std::isnan(low[k]) || !std::isnan(high[k]) || (!spec.lowest && !spec.highest)) continue;
        low[k] = spec.lowest.value_or(-kNoLimit);
        high[k] = spec.highest.value_or(kNoLimit);
    }
}

void read_numbers(std::span<const ColumnSpec> columns, std::string_view option, const io::Json& json, Vector& values) {
    values = Vector(std::ssize(columns), kNaN);
    each_given(columns, option, json, [&](Index k, const std::string& name, const io::Json& value) {
        if (!value.is_number() || !(value.as_double() >= 0))
            fail(std::string(option) + " of '" + name + "' must be a number of at least 0, got " + value.dump());
        values[k] = value.as_double();
    });
}

bool needs_time(const Options& options) {
    const auto by_time = [](const std::optional<WindowLength>& length) { return length && length->by_time(); };
    return by_time(options.flat_after) || by_time(options.stuck_after) || by_time(options.max_age) ||
           options.max_time_step || std::any_of(options.checks.begin(), options.checks.end(), is_of_time);
}

std::optional<std::string> time_of(const Schema& schema, const Options& options) {
    if (options.time) return options.time;
    for (const ColumnSpec& spec : schema.columns()) {
        if (spec.kind == ColumnKind::time && spec.role != Role::ignored) return spec.name;
    }
    if (needs_time(options)) fail("checks of time and durations need a column of kind time, got a table without one");
    return {};
}

Step::Written flag_of(const std::string& column, std::string_view what, bool known) {
    ColumnSpec spec;
    spec.name = column + "__quality_" + std::string(what);
    spec.description = "1 where " + column + " is " + std::string(what);
    spec.known_at_prediction = known;
    return {std::move(spec), {column}};
}

void add_flags(std::vector<Step::Written>& writes, const ColumnSpec& column, const std::vector<QualityCheck>& checks,
               QualityFlags flags) {
    if (flags == QualityFlags::none || checks.empty()) return;
    if (flags == QualityFlags::any) {
        writes.push_back(flag_of(column.name, "bad", column.known_at_prediction));
        return;
    }
    for (const QualityCheck check : checks)
        writes.push_back(flag_of(column.name, word(check), column.known_at_prediction));
}

/// Those of the sensors, or of the time.
std::vector<QualityCheck> part_of(const std::vector<QualityCheck>& checks, bool of_time) {
    std::vector<QualityCheck> part;
    for (const QualityCheck check : checks) {
        if (is_of_time(check) == of_time) part.push_back(check);
    }
    return part;
}

}  // namespace

SensorQuality SensorQuality::fit(const Frame& frame, const Options& options, std::optional<int> n_jobs) {
    SensorQuality step;
    step.options_ = options;
    step.read_columns(frame, options.columns, time_of(frame.schema(), options), false, options.by);
    const auto columns = std::span(step.reads_).first(static_cast<std::size_t>(step.n_values()));
    QualityLimits& limits = step.limits_;
    read_limits(columns, "limits", options.limits, limits.low, limits.high);
    take_limits_of_schema(columns, limits.low, limits.high);
    read_limits(columns, "saturation", options.saturation, limits.floor, limits.ceiling);
    read_numbers(columns, "max_spike", options.max_spike, limits.max_spike);
    read_numbers(columns, "max_rate", options.max_rate, limits.max_rate);
    read_numbers(columns, "flat_tolerance", options.flat_tolerance, limits.flat_tolerance);
    limits.flat_after = limits.stuck_after = Vector(std::ssize(columns), kNaN);
    const auto column_at = [&](Index k) {
        return k < 0 ? nullptr : &frame.column(step.reads_[static_cast<std::size_t>(k)].name);
    };
    learn_quality_limits(frame, columns, column_at(step.time_index()), column_at(step.group_index()), options,
                         resolve_n_jobs(n_jobs), limits);
    const auto give = [](const std::optional<WindowLength>& length, Vector& readings) {
        if (length) std::fill(readings.begin(), readings.end(), length->by_time() ? kNaN : double(length->rows));
    };
    give(options.flat_after, limits.flat_after);
    give(options.stuck_after, limits.stuck_after);
    return step;
}

std::vector<QualityCheck> SensorQuality::checks() const {
    std::vector<QualityCheck> made;
    for (std::size_t c = 0; c < kWords<QualityCheck>.size(); ++c) {
        const auto check = static_cast<QualityCheck>(c);
        const auto& wanted = options_.checks;
        const bool named = std::find(wanted.begin(), wanted.end(), check) != wanted.end();
        const bool has_ends = !options_.saturation.is_null() || check != QualityCheck::saturation;
        const bool possible = has_ends && (time_index() >= 0 || !is_of_time(check));
        if (wanted.empty() ? possible : named) made.push_back(check);
    }
    return made;
}

std::vector<Step::Written> SensorQuality::expected_writes() const {
    std::vector<Written> writes;
    const auto columns = std::span(reads_).first(static_cast<std::size_t>(n_values()));
    if (options_.mode != QualityMode::flag) {
        for (const ColumnSpec& spec : columns) writes.push_back({spec, {spec.name}});
    }
    for (const ColumnSpec& spec : columns) add_flags(writes, spec, part_of(checks(), false), options_.flags);
    if (time_index() >= 0)
        add_flags(writes, reads_[static_cast<std::size_t>(time_index())], part_of(checks(), true), options_.flags);
    return writes;
}

void SensorQuality::check_options() const {
    const Options& o = options_;
    if (!(o.quantile > 0.5 && o.quantile < 1)) fail("quantile must be in (0.5, 1), got " + io::Json(o.quantile).dump());
    if (!(o.factor >= 1 && o.factor <= 1e9)) fail("factor must be in [1, 1e9], got " + io::Json(o.factor).dump());
    if (o.spike_window < 3 || o.spike_window > 101)
        fail("spike_window must be in [3, 101], got " + std::to_string(o.spike_window));
    if (o.max_time_step && !o.max_time_step->by_time())
        fail("max_time_step must be a duration, got " + o.max_time_step->text + " rows");
    if (o.max_age && o.mode != QualityMode::hold) fail("max_age belongs to mode \"hold\"");
    if (o.flags == QualityFlags::none && o.mode == QualityMode::flag)
        fail("flags \"none\" leave nothing to write in mode \"flag\"");
}

void SensorQuality::update_ungrouped(std::span<const Cell> read, std::span<Cell> written) const {
    MemoryStep::update_ungrouped(read, written);
    if (options_.mode != QualityMode::flag) std::copy_n(read.begin(), n_values(), written.begin());
}

std::unique_ptr<RowSeries> SensorQuality::start_series() const {
    QualityPlan plan{{},
                     part_of(checks(), false),
                     part_of(checks(), true),
                     options_.mode,
                     options_.flags,
                     options_.max_age,
                     limits_.max_time_step};
    const auto nanoseconds = [](const std::optional<WindowLength>& length) { return length ? length->nanoseconds : 0; };
    QualityBits made = 0;
    for (const QualityCheck check : plan.sensor_checks) made |= bit_of(check);
    const QualityLimits& l = limits_;
    for (Index k = 0; k < n_values(); ++k) {
        plan.sensors.push_back({l.low[k], l.high[k], l.floor[k], l.ceiling[k], l.max_spike[k], l.max_rate[k],
                                l.flat_tolerance[k], l.flat_after[k], l.stuck_after[k],
                                nanoseconds(options_.flat_after), nanoseconds(options_.stuck_after),
                                options_.spike_window, time_index() >= 0, made});
    }
    return std::make_unique<QualitySeries>(std::make_shared<const QualityPlan>(std::move(plan)));
}

Step::Fitted SensorQuality::fitted() const {
    const QualityLimits& l = limits_;
    Vector time_step(1, l.max_time_step > 0 ? static_cast<double>(l.max_time_step) * 1e-9 : kNaN);
    return {{"low_", l.low},
            {"high_", l.high},
            {"max_spike_", l.max_spike},
            {"max_rate_", l.max_rate},
            {"flat_tolerance_", l.flat_tolerance},
            {"flat_after_", l.flat_after},
            {"stuck_after_", l.stuck_after},
            {"max_time_step_", std::move(time_step)}};
}

void SensorQuality::validate() const {
    MemoryStep::validate();
    const QualityLimits& l = limits_;
    for (const Vector* values : {&l.low, &l.high, &l.floor, &l.ceiling, &l.max_spike, &l.max_rate, &l.flat_tolerance,
                                 &l.flat_after, &l.stuck_after}) {
        if (values->size() != n_values()) throw CorruptModel("SensorQuality: its limits do not fit its columns");
    }
    const bool lacks_time = time_index() < 0 && needs_time(options_);
    if (lacks_time || l.max_time_step < 0) throw CorruptModel("SensorQuality: its columns do not fit its options");
}

}  // namespace plantwright
