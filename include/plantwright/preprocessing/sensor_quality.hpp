// SPDX-License-Identifier: MIT
/// `SensorQuality`: readings that a sensor cannot have meant, told, blanked or held, by the past alone.
///
/// - out_of_range: beyond `limits`, by default the schema's lowest and highest, or infinite;
/// - saturation: at an end of the measuring range, or beyond it; of the columns alone whose `saturation` is given;
/// - spike: further than `max_spike` from the median of the `spike_window` readings before that were in range;
/// - rate_limit: faster than `max_rate` from the last reading that no such jump led to; by second, or by row where the
///   table has no time;
/// - flat_line: within `flat_tolerance` of where it was, for `flat_after` or longer;
/// - stuck_at: exactly the same, for `stuck_after` or longer;
/// - late: a stamp before the latest one of its group; duplicate: the stamp of the row before, or the latest;
/// - clock_jump: a stamp further than `max_time_step` ahead of the latest (a gap of the data is one too), or behind it;
///   the clock then goes on from there.
///
/// What is not given, nor by the schema, is learned: `factor` times the `quantile` of what the training rows show,
/// about the median for limits; at least 10 readings for flat_after and stuck_after; a tenth of the median change for
/// flat_tolerance. Where that is 0, as in a column that hardly moves, the column is not tested. A change that lasts is
/// a spike or too fast for `spike_window` readings at most.
///
/// The checks are those of QARTOD (U.S. Integrated Ocean Observing System, "Manual for real-time quality control of
/// in-situ temperature and salinity data", 2020) in a form that needs no later reading; the departure from a running
/// median is Hampel's (JASA 69, 1974). A missing reading raises no flag, stays missing and breaks no run; neither does
/// a missing stamp. For groups see memory_step.hpp; the readings of a row without a group stay, and its flags are
/// missing. O(spike_window) a reading.
#pragma once

#include "plantwright/preprocessing/memory_step.hpp"
#include "plantwright/preprocessing/window_length.hpp"

namespace plantwright {

enum class QualityCheck {
    out_of_range,
    saturation,
    spike,
    rate_limit,
    flat_line,
    stuck_at,
    late,
    duplicate,
    clock_jump
};
template <>
inline constexpr std::array<std::string_view, 9> kWords<QualityCheck>{
    "out_of_range", "saturation", "spike", "rate_limit", "flat_line", "stuck_at", "late", "duplicate", "clock_jump"};

enum class QualityMode { flag, blank, hold };
template <>
inline constexpr std::array<std::string_view, 3> kWords<QualityMode>{"flag", "blank", "hold"};

enum class QualityFlags { each, any, none };
template <>
inline constexpr std::array<std::string_view, 3> kWords<QualityFlags>{"each", "any", "none"};

struct SensorQualityOptions {
    static constexpr std::string_view kStepType = "SensorQuality";
    std::vector<QualityCheck> checks{};       ///< none: all that the table allows
    QualityMode mode = QualityMode::flag;     ///< bad readings stay; become missing; become the last good one
    QualityFlags flags = QualityFlags::each;  ///< a column a sensor and check; one a sensor, `x__quality_bad`; none
    io::Json limits{};                        ///< {"flow": [0, 120], "steam_t": [null, 600]}: null is no limit
    io::Json saturation{};                    ///< likewise: the ends of the measuring range
    io::Json max_spike{};                     ///< {"flow": 20}, in the column's unit
    io::Json max_rate{};                      ///< {"flow": 0.5}, in its unit by second, or by row
    io::Json flat_tolerance{};                ///< {"flow": 0.01}, in its unit
    std::optional<WindowLength> flat_after{};
    std::optional<WindowLength> stuck_after{};
    std::optional<WindowLength> max_time_step{};  ///< a duration
    std::int64_t spike_window = 5;                ///< readings, in [3, 101]
    double quantile = 0.99;                       ///< in (0.5, 1)
    double factor = 3;                            ///< at least 1
    std::optional<WindowLength> max_age{};        ///< of a reading that is held; none: any age
    StepColumns columns{};                        ///< numbers
    std::optional<std::string> time{};            ///< default: the first column of kind time, if there is one
    std::optional<std::string> by{};              ///< category that tells groups of rows apart

    static void fields(auto& self, auto&& field) {
        field("checks", self.checks);
        field("mode", self.mode);
        field("flags", self.flags);
        field("limits", self.limits);
        field("saturation", self.saturation);
        field("max_spike", self.max_spike);
        field("max_rate", self.max_rate);
        field("flat_tolerance", self.flat_tolerance);
        field("flat_after", self.flat_after);
        field("stuck_after", self.stuck_after);
        field("max_time_step", self.max_time_step);
        field("spike_window", self.spike_window);
        field("quantile", self.quantile);
        field("factor", self.factor);
        field("max_age", self.max_age);
        field("columns", self.columns);
        field("time", self.time);
        field("by", self.by);
    }
};

/// What readings are tested against: one value a column, NaN where it is not tested.
struct QualityLimits {
    Vector low{}, high{}, floor{}, ceiling{}, max_spike{}, max_rate{}, flat_tolerance{};
    Vector flat_after{}, stuck_after{};  ///< readings; NaN too where the option is a duration
    std::int64_t max_time_step = 0;      ///< nanoseconds; 0: not tested

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, low, high, floor, ceiling, max_spike, max_rate, flat_tolerance, flat_after, stuck_after,
                    max_time_step);
    }
};

class PLANTWRIGHT_API SensorQuality final : public MemoryStep {
public:
    using Options = SensorQualityOptions;

    SensorQuality() = default;
    /// Throws InvalidArgument on a frame without rows, an option out of range, limits of a column that is not tested,
    /// and on checks and durations where the table has no time.
    static SensorQuality fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

    const QualityLimits& limits() const { return limits_; }

    std::string_view type() const override { return Options::kStepType; }
    io::Json options() const override { return options_to_json(options_); }
    Fitted fitted() const override;
    void validate() const override;

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        serialize_step(archive, options_);
        io::members(archive, limits_);
        io::validate_after_load(archive, *this);
    }

protected:
    std::unique_ptr<RowSeries> start_series() const override;
    std::vector<Written> expected_writes() const override;
    void check_options() const override;
    void update_ungrouped(std::span<const Cell> read, std::span<Cell> written) const override;

private:
    std::vector<QualityCheck> checks() const;  // that are made, in order
    Options options_;
    QualityLimits limits_;
};

}  // namespace plantwright
