// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/time_features.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "frame/floor_divide.hpp"
#include "plantwright/core/elementary.hpp"
#include "plantwright/core/threads.hpp"
#include "preprocessing/fitting.hpp"
#include "preprocessing/fresh_buffer.hpp"

namespace plantwright {
namespace {

using detail::floor_divide;

[[noreturn]] void fail(const std::string& what) { throw InvalidArgument("TimeFeatures: " + what); }

/// The digits of `text` from `begin` on; -1 where one is none.
int digits(std::string_view text, std::size_t begin, std::size_t count) {
    int value = -1;
    if (begin + count > text.size()) return -1;
    const auto [end, error] = std::from_chars(text.data() + begin, text.data() + begin + count, value);
    return error == std::errc() && end == text.data() + begin + count ? value : -1;
}

std::int64_t day_from(const std::string& text) {
    const CivilDate date{digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2)};
    const bool form = text.size() == 10 && text[4] == '-' && text[7] == '-';
    if (!form || date.year < 0 || !is_valid_date(date))
        fail("holidays must be dates as \"2019-12-25\", got \"" + text + "\"");
    return days_from_civil(date);
}

/// Minutes of the day of "06:00", up to 24:00; -1 of another text.
std::int64_t minutes_from(std::string_view text) {
    const int hours = digits(text, 0, 2), minutes = digits(text, 3, 2);
    const bool ok = text.size() == 5 && text[2] == ':' && hours >= 0 && minutes >= 0 && minutes < 60;
    const std::int64_t total = 60 * hours + minutes;
    return ok && total <= 24 * 60 ? total : -1;
}

std::int64_t second_of_day(std::int64_t seconds) {
    return seconds - floor_divide(seconds, kSecondsPerDay) * kSecondsPerDay;
}

std::int64_t weekday(std::int64_t day) { return day + 3 - 7 * floor_divide(day + 3, 7); }  // day 0 was a Thursday

/// A value that comes round: how far it is, and after how much.
struct Turn {
    std::int64_t at, period;
};

Turn turn_of(TimeFeature feature, std::int64_t seconds) {
    const std::int64_t day = floor_divide(seconds, kSecondsPerDay);
    switch (feature) {
        case TimeFeature::hour: return {second_of_day(seconds) / 3600, 24};
        case TimeFeature::minute_of_day: return {second_of_day(seconds) / 60, 1440};
        case TimeFeature::weekday: return {weekday(day), 7};
        case TimeFeature::month: return {civil_from_days(day).month - 1, 12};
        case TimeFeature::day_of_year: {
            const std::int64_t year = civil_from_days(day).year, first = days_from_civil({year, 1, 1});
            return {day - first, days_from_civil({year + 1, 1, 1}) - first};
        }
        default: return {0, 0};
    }
}

bool comes_round(TimeFeature feature) { return turn_of(feature, 0).period > 0; }

struct FirstStamps final : StepState {
    explicit FirstStamps(std::size_t n) : first(n, kMissingTime) {}
    std::unique_ptr<StepState> clone() const override { return std::make_unique<FirstStamps>(*this); }

    std::vector<std::int64_t> first;  // (n_groups, n_times)
};

/// Hours since the first stamp, which is noted.
double hours_since(std::int64_t& first, std::int64_t now) {
    if (now == kMissingTime) return kNaN;
    if (first == kMissingTime) first = now;
    return (static_cast<double>(now) - static_cast<double>(first)) / 3.6e12;
}

}  // namespace

void TimeFeatures::prepare() {
    for (Index k = 0; k < n_times(); ++k)
        zones_.push_back(TimeZone::find(reads_[static_cast<std::size_t>(k)].time_zone));
    for (const std::string& text : options_.holidays) holidays_.push_back(day_from(text));
    std::sort(holidays_.begin(), holidays_.end());
    if (!options_.shifts.is_null() && !options_.shifts.is_object())
        fail("shifts must be a mapping of names to spans as \"06:00-14:00\", got " + options_.shifts.dump());
    for (const auto& [name, span] : options_.shifts.is_null() ? io::Json::Object{} : options_.shifts.as_object()) {
        const std::string text = span.is_string() ? span.as_string() : span.dump();
        const bool form = text.size() == 11 && text[5] == '-';
        const Shift shift{name, form ? minutes_from(std::string_view(text).substr(0, 5)) : -1,
                          form ? minutes_from(std::string_view(text).substr(6)) : -1};
        if (shift.begin < 0 || shift.end < 0)
            fail("shifts must be spans as \"06:00-14:00\", got \"" + text + "\" for '" + name + "'");
        shifts_.push_back(shift);
    }
    for (const TimeFeature feature : options_.features) {
        if (feature == TimeFeature::shift && shifts_.empty())
            fail("feature \"shift\" needs shifts, {\"early\": \"06:00-14:00\"}, got none");
        if (feature == TimeFeature::is_holiday && holidays_.empty())
            fail("feature \"is_holiday\" needs holidays, [\"2019-12-25\"], got none");
        if (options_.cyclical && comes_round(feature)) {
            outputs_.push_back({feature, Part::sine});
            outputs_.push_back({feature, Part::cosine});
        } else {
            outputs_.push_back({feature, Part::value});
        }
    }
}

ColumnSpec TimeFeatures::written_spec(const ColumnSpec& time, const Output& output) const {
    ColumnSpec spec;
    spec.name = time.name + "__" + std::string(kWords<TimeFeature>[static_cast<std::size_t>(output.feature)]);
    if (output.part != Part::value) spec.name += output.part == Part::sine ? "_sin" : "_cos";
    if (output.feature == TimeFeature::elapsed) {
        spec.name += "_h";
        spec.unit = "h";
    }
    if (output.feature == TimeFeature::shift) {
        spec.kind = ColumnKind::category;
        for (const Shift& shift : shifts_) spec.levels.push_back(shift.name);
    }
    return spec;
}

TimeFeatures TimeFeatures::fit(const Frame& frame, const Options& options, std::optional<int> /*n_jobs*/) {
    require_rows(Options::kStepType, frame);
    if (options.features.empty()) fail("features must be at least one, got none");
    TimeFeatures step;
    step.options_ = options;
    step.reads_ = select_columns(Options::kStepType, frame.schema(), options.columns, {ColumnKind::time});
    if (options.by) {
        const ColumnSpec& group = frame.schema().at(*options.by);
        if (group.kind != ColumnKind::category)
            fail("by must name a column of kind category, got '" + group.name + "' of kind " +
                 std::string(to_string(group.kind)));
        step.reads_.push_back(group);
    }
    step.prepare();
    std::vector<Written> writes;
    for (std::size_t k = 0; k < step.zones_.size(); ++k) {
        for (const Output& output : step.outputs_)
            writes.push_back({step.written_spec(step.reads_[k], output), {step.reads_[k].name}});
    }
    step.set_writes(std::move(writes));
    return step;
}

std::int32_t TimeFeatures::shift_at(std::int64_t local_seconds) const {
    const std::int64_t minute = second_of_day(local_seconds) / 60;
    for (std::size_t s = 0; s < shifts_.size(); ++s) {
        const auto& [name, begin, end] = shifts_[s];
        const bool within = begin < end ? begin <= minute && minute < end : minute >= begin || minute < end;
        if (within) return static_cast<std::int32_t>(s);
    }
    return kMissingCode;
}

double TimeFeatures::number(const Output& output, std::int64_t local_seconds) const {
    constexpr double kTwoPi = 6.283185307179586;
    const std::int64_t day = floor_divide(local_seconds, kSecondsPerDay);
    switch (output.feature) {
        case TimeFeature::year: return static_cast<double>(civil_from_days(day).year);
        case TimeFeature::is_weekend: return weekday(day) >= 5 ? 1 : 0;
        case TimeFeature::is_holiday: return std::binary_search(holidays_.begin(), holidays_.end(), day) ? 1 : 0;
        default: break;
    }
    const Turn turn = turn_of(output.feature, local_seconds);
    if (output.part == Part::value) {
        const bool from_one = output.feature == TimeFeature::month || output.feature == TimeFeature::day_of_year;
        return static_cast<double>(turn.at + (from_one ? 1 : 0));
    }
    const double angle = kTwoPi * static_cast<double>(turn.at) / static_cast<double>(turn.period);
    return output.part == Part::sine ? elementary::sin(angle) : elementary::cos(angle);
}

std::unique_ptr<StepState> TimeFeatures::start() const {
    const std::size_t n_groups = options_.by ? reads_.back().levels.size() : 1;
    return std::make_unique<FirstStamps>(n_groups * zones_.size());
}

void TimeFeatures::update(StepState* state, std::span<const Cell> read, std::span<Cell> written) const {
    auto& first = static_cast<FirstStamps*>(state)->first;
    const std::int32_t group = options_.by ? read.back().code : 0;
    std::size_t next = 0;
    for (std::size_t k = 0; k < zones_.size(); ++k) {
        const std::int64_t now = read[k].time, utc = now == kMissingTime ? 0 : floor_divide(now, kNanosecondsPerSecond);
        const std::int64_t local = utc + zones_[k].offset_at(utc);
        for (const Output& output : outputs_) {
            Cell& cell = written[next++];
            if (output.feature == TimeFeature::elapsed) {
                const auto at = static_cast<std::size_t>(std::max(group, 0)) * zones_.size() + k;
                cell = Cell::of_number(group < 0 ? kNaN : hours_since(first[at], now));
            } else if (output.feature == TimeFeature::shift) {
                cell = Cell::of_code(now == kMissingTime ? kMissingCode : shift_at(local));
            } else {
                cell = Cell::of_number(now == kMissingTime ? kNaN : number(output, local));
            }
        }
    }
}

Column TimeFeatures::elapsed(std::span<const StepInput> inputs, std::size_t k, Index n_rows) const {
    std::vector<std::int64_t> first(options_.by ? reads_.back().levels.size() : 1, kMissingTime);
    auto hours = Buffer<double>::uninitialized(n_rows);
    for (Index i = 0; i < n_rows; ++i) {
        const std::int32_t group = options_.by ? inputs.back().code(i) : 0;
        hours[i] = group < 0 ? kNaN : hours_since(first[static_cast<std::size_t>(group)], inputs[k].time(i));
    }
    return Column::numbers(std::move(hours));
}

Column TimeFeatures::column_of(std::span<const StepInput> inputs, std::size_t k, const Output& output,
                               Index n_rows) const {
    if (output.feature == TimeFeature::elapsed) return elapsed(inputs, k, n_rows);
    const bool is_shift = output.feature == TimeFeature::shift;
    auto numbers = fresh_buffer<double>(is_shift ? 0 : n_rows);
    auto codes = Buffer<std::int32_t>::uninitialized(is_shift ? n_rows : 0);
    TimeZone::Segment segment = zones_[k].segment_at(0);
    for (Index i = 0; i < n_rows; ++i) {
        const std::int64_t now = inputs[k].time(i);
        const bool missing = now == kMissingTime;
        const std::int64_t utc = missing ? 0 : floor_divide(now, kNanosecondsPerSecond);
        if (!segment.contains(utc)) segment = zones_[k].segment_at(utc);
        if (is_shift)
            codes[i] = missing ? kMissingCode : shift_at(utc + segment.offset);
        else
            numbers[i] = missing ? kNaN : number(output, utc + segment.offset);
    }
    if (!is_shift) return Column::numbers(std::move(numbers));
    return Column::categories(std::move(codes), written_spec(reads_[k], output).levels);
}

std::vector<Column> TimeFeatures::compute(std::span<const StepInput> inputs, Index n_rows, int n_jobs) const {
    std::vector<std::optional<Column>> done(writes().size());
    const std::size_t n_outputs = outputs_.size();
    parallel_for(std::ssize(done), n_jobs, [&](Index w, int) {
        const auto i = static_cast<std::size_t>(w);
        done[i] = column_of(inputs, i / n_outputs, outputs_[i % n_outputs], n_rows);
    });
    std::vector<Column> columns;
    for (auto& column : done) columns.push_back(std::move(*column));
    return columns;
}

void TimeFeatures::validate() const {
    Step::validate();
    bool ok = !reads_.empty() && !outputs_.empty() && writes().size() == zones_.size() * outputs_.size();
    for (std::size_t k = 0; k < zones_.size(); ++k) ok = ok && reads_[k].kind == ColumnKind::time;
    ok = ok && (!options_.by || reads_.back().kind == ColumnKind::category);
    for (std::size_t w = 0; ok && w < writes().size(); ++w) {
        const ColumnSpec expected = written_spec(reads_[w / outputs_.size()], outputs_[w % outputs_.size()]);
        ok = writes()[w].spec.kind == expected.kind && writes()[w].spec.levels == expected.levels;
    }
    if (!ok) throw CorruptModel("TimeFeatures: its columns do not fit its options");
}

}  // namespace plantwright
