// SPDX-License-Identifier: MIT
/// `TimeFeatures`: what the calendar, the shift plan and the clock say of a time column, as columns beside it.
///
/// `t__hour`, `t__minute_of_day`, `t__weekday` (Monday = 0), `t__day_of_year` (from 1), `t__month` (from 1), `t__year`,
/// `t__is_weekend`, `t__is_holiday` (0 or 1), `t__shift` (a category) and `t__elapsed_h`, hours since the first stamp
/// of the table or stream, or of the row's group. In the zone of the time column; where it has none, the plant's local
/// clock. With `cyclical`, what comes round is a point on a circle instead, as 23:00 is near 00:00:
///
///     t__hour_sin = sin(2 pi hour / 24),   t__hour_cos = cos(2 pi hour / 24)
///
/// with periods 24, 1440, 7, 12 and the days of the year. Of a missing stamp everything is missing, as are the elapsed
/// time of a row without a known group and the shift of a time that is in none. O(1) a row.
#pragma once

#include "plantwright/frame/calendar.hpp"
#include "plantwright/preprocessing/step.hpp"

namespace plantwright {

enum class TimeFeature {
    hour,
    minute_of_day,
    weekday,
    day_of_year,
    month,
    year,
    is_weekend,
    is_holiday,
    shift,
    elapsed
};
template <>
inline constexpr std::array<std::string_view, 10> kWords<TimeFeature>{
    "hour", "minute_of_day", "weekday", "day_of_year", "month", "year", "is_weekend", "is_holiday", "shift", "elapsed"};

struct TimeFeaturesOptions {
    static constexpr std::string_view kStepType = "TimeFeatures";
    std::vector<TimeFeature> features{TimeFeature::hour, TimeFeature::weekday, TimeFeature::month};
    bool cyclical = false;
    std::vector<std::string> holidays{};  ///< dates, "2019-12-25"
    /// {"early": "06:00-14:00", "night": "22:00-06:00"}: from the first minute to before the second; the first that
    /// fits counts
    io::Json shifts{};
    std::optional<std::string> by{};  ///< the category column of groups, for elapsed
    StepColumns columns{};            ///< times

    static void fields(auto& self, auto&& field) {
        field("features", self.features);
        field("cyclical", self.cyclical);
        field("holidays", self.holidays);
        field("shifts", self.shifts);
        field("by", self.by);
        field("columns", self.columns);
    }
};

class PLANTWRIGHT_API TimeFeatures final : public Step {
public:
    using Options = TimeFeaturesOptions;

    TimeFeatures() = default;
    /// Throws InvalidArgument on a frame without rows or times, an unknown zone, a date or a shift that is none, and
    /// features asked for without their holidays or shifts.
    static TimeFeatures fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

    std::string_view type() const override { return Options::kStepType; }
    io::Json options() const override { return options_to_json(options_); }
    std::unique_ptr<StepState> start() const override;
    void update(StepState* state, std::span<const Cell> read, std::span<Cell> written) const override;
    void validate() const override;

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        serialize_step(archive, options_);
        if constexpr (Archive::is_loading::value) prepare();
        io::validate_after_load(archive, *this);
    }

protected:
    std::vector<Column> compute(std::span<const StepInput> inputs, Index n_rows, int n_jobs) const override;

private:
    enum class Part { value, sine, cosine };
    struct Output {
        TimeFeature feature;
        Part part;
        bool operator==(const Output&) const = default;
    };
    struct Shift {
        std::string name;
        std::int64_t begin, end;  // minutes of the day
    };

    void prepare();  // from options and columns read
    Index n_times() const { return std::ssize(reads_) - (options_.by ? 1 : 0); }
    ColumnSpec written_spec(const ColumnSpec& time, const Output& output) const;
    double number(const Output& output, std::int64_t local_seconds) const;
    std::int32_t shift_at(std::int64_t local_seconds) const;
    Column column_of(std::span<const StepInput> inputs, std::size_t k, const Output& output, Index n_rows) const;
    Column elapsed(std::span<const StepInput> inputs, std::size_t k, Index n_rows) const;

    Options options_;
    std::vector<Output> outputs_;  // of each time column
    std::vector<TimeZone> zones_;
    std::vector<std::int64_t> holidays_;  // days since 1970, rising
    std::vector<Shift> shifts_;
};

}  // namespace plantwright
