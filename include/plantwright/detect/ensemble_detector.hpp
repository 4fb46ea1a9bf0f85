// SPDX-License-Identifier: MIT
/// `EnsembleDetector`: several detectors whose alarms together come as often as was asked.
///
///     s_m = severity of member m's statistic by its own Tail            c = combination(s_1, ..., s_n)
///     severity = -log10 p(c) by the Tail of c                           alarm: AlarmRules(severity)
///
/// All tails are of cross-fitted rows: `n_folds` contiguous blocks, each scored by members fitted on the others less a
/// `gap` on both sides; the members that are kept are fitted on all rows. The level from which it is an alarm is found
/// by running the rules, delays and dead band included, over the combined severities of those rows: the level at which
/// they give as many events (`alarms_per_day`), or as many rows in alarm (`false_alarm_rate`, `contamination`), as were
/// asked. Where the rows hold fewer than 20 such events, p is asked / r, with r the events (rows in alarm) an exceeding
/// row gives at the highest level with 20: the tail extrapolates, and a note says what can be promised.
///
/// Where rows are labelled, those that are not normal train nothing: neither members nor tails nor level. They are cut
/// out, and what follows begins anew, as after a gap. `Combination::learned` finds its weights on labelled rows, each
/// scored by members fitted on the normal ones of other blocks, which stream over all rows of the block; a member that
/// tells nothing gets weight 0, stays, and is told in `notes`.
///
/// A member that cannot be fitted, scored or calibrated is left out and told in `notes`, never replaced by a guess.
/// Expectation of a sensor, for the deviations of a verdict: linear regression on the other sensors' readings of the
/// same row (`Mahalanobis::unexplained`). Rules for clocks, gaps and missing readings: streaming_detector.hpp.
///
/// n_folds + 1 fits of each member. Fitted detectors are immutable and may be shared by threads and streams. Batches
/// run a stream; both give the same bits at every instruction level.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plantwright/detect/alarm_rules.hpp"
#include "plantwright/detect/ensemble_member.hpp"
#include "plantwright/detect/serialize_options.hpp"
#include "plantwright/detect/severity_combination.hpp"
#include "plantwright/detect/severity_drift.hpp"
#include "plantwright/detect/tail.hpp"
#include "plantwright/detect/verdict.hpp"

namespace plantwright {

/// What is known of a training row.
enum class RowLabel : std::int8_t { unknown = -1, normal = 0, anomalous = 1 };

struct EnsembleOptions {
    /// 1 to 32. By default a chart of slow shifts, two of what moves together in time and in a row (nearly all of the
    /// variance modelled, so that the jump of a single sensor shows), and rules of single sensors.
    std::vector<MemberOptions> members = {MewmaOptions{}, DynamicPcaOptions{.lags = 3, .variance = 0.99},
                                          MahalanobisOptions{}, RangeRulesOptions{}};
    std::optional<double> alarms_per_day = {};    ///< events on normal rows, after delays; or ...
    std::optional<double> false_alarm_rate = {};  ///< ... share of normal rows in alarm, in (0, 0.25]; or ...
    std::optional<double> contamination = {};     ///< ... share of the training rows, some of which are bad, likewise
    std::optional<double> period_s = {};          ///< between rows; absent: the median step of the time column
    SeverityCombination combination = {};
    std::optional<Index> n_folds = {};  ///< in [2, 100]; absent: default_folds, see cross_fit.hpp
    std::optional<Index> gap = {};      ///< rows; absent: one in a hundred
    Index on_delay = 0, off_delay = 0;  ///< rows, see AlarmRules
    /// Instead, in seconds: rounded up to rows by the time between them, when fitted.
    std::optional<double> on_delay_s = {}, off_delay_s = {};
    double clear_share = 1;   ///< clear_level over raise_level, in (0, 1]
    double max_gap = 10;      ///< periods; members begin anew after a longer one
    DriftOptions drift = {};  ///< off: the tail stays as it was fitted

    /// Delays are rows by now. Files of version 0 hold no `members`.
    template <class Archive>
    void serialize(Archive& archive, unsigned version) {
        Index folds = n_folds.value_or(0);
        io::members(archive, alarms_per_day, false_alarm_rate, contamination, period_s, combination, folds, gap,
                    on_delay, off_delay, clear_share, max_gap);
        if (Archive::is_loading::value) {
            n_folds = folds == 0 ? std::nullopt : std::optional(folds);
            members.clear();
        }
        if (version >= 1) io::members(archive, drift, members);
    }
};

/// A batch of verdicts by column, one row each.
struct VerdictTable {
    Buffer<std::uint8_t> state;        ///< AlarmState
    Vector severity, p_value;          ///< NaN without a score
    Matrix member_severity;            ///< `(n_rows, n_members)`
    Buffer<std::uint32_t> quality;     ///< bits of Quality
    Buffer<std::int64_t> event_start;  ///< kMissingTime where there is no event
    Matrix blame, deviation;           ///< `(n_rows, n_sensors)`, where asked for; NaN without a score
};

class StreamingDetector;

/// Of a number column: 0 normal, 1 anomalous, NaN and -1 unknown. Throws SchemaMismatch where it is absent,
/// InvalidArgument on anything else.
PLANTWRIGHT_API std::vector<RowLabel> row_labels(const Frame& frame, std::string_view column);

class PLANTWRIGHT_API EnsembleDetector {
public:
    static constexpr std::string_view kTypeName = "EnsembleDetector";
    using Times = std::span<const std::int64_t>;  ///< nanoseconds, one a row; empty: one period a row
    using Labels = std::span<const RowLabel>;     ///< one a row; empty: all are normal

    EnsembleDetector() = default;
    /// `rows` in time order, `(n_rows, n_sensors)`, NaN where missing. Throws InvalidArgument on options out of range,
    /// infinities, fewer than 100 normal rows, an alarm rate that is not one of three or cannot be reached, where no
    /// member is left, and, where weights are to be learned, without normal and anomalous rows and where no member
    /// tells them apart.
    static EnsembleDetector fit(ConstMatrixView rows, const EnsembleOptions& options, Times times = {},
                                Labels labels = {});
    /// Its number inputs and time.
    static EnsembleDetector fit(const Frame& frame, const EnsembleOptions& options, Labels labels = {});
    /// Labelled by its number column of that name, see `row_labels`, which is no sensor.
    static EnsembleDetector fit(const Frame& frame, const EnsembleOptions& options, std::string_view label_column);

    /// A stream from the begin; `source` tells streams of several plants apart in the ids of their events.
    StreamingDetector stream(std::string_view source = {}) const;
    VerdictTable verdicts(ConstMatrixView rows, Times times = {}, bool with_blame = false) const;
    VerdictTable verdicts(const Frame& frame, bool with_blame = false) const;
    Vector severity(ConstMatrixView rows, Times times = {}) const { return verdicts(rows, times).severity; }
    Vector severity(const Frame& frame) const { return verdicts(frame).severity; }
    Vector score_samples(ConstMatrixView rows, Times times = {}) const;  ///< minus severity, higher = more normal
    Vector score_samples(const Frame& frame) const;
    Buffer<std::int32_t> predict(ConstMatrixView rows, Times times = {}) const;  ///< -1 while an alarm stands, or 1
    Buffer<std::int32_t> predict(const Frame& frame) const;

    Index n_sensors() const { return members_.empty() ? 0 : members_.front().n_sensors(); }
    const std::vector<std::string>& names() const { return names_; }  ///< empty where arrays were fitted
    const std::vector<std::string>& units() const { return units_; }  ///< likewise; of the schema
    const std::string& time_name() const { return time_name_; }       ///< empty where there was no time column
    std::int64_t period_ns() const { return period_ns_; }
    std::int64_t longest_step_ns() const { return longest_step_ns_; }
    /// As asked, members that were left out too; without members where the file that was loaded has none.
    const EnsembleOptions& options() const { return options_; }
    std::size_t n_members() const { return members_.size(); }
    const std::vector<EnsembleMember>& members() const { return members_; }
    const std::vector<std::string>& member_names() const { return member_names_; }
    const std::vector<Tail>& tails() const { return tails_; }  ///< of the members
    const Tail& tail() const { return tail_; }                 ///< of the combination
    const AlarmRules& rules() const { return rules_; }
    std::optional<SeverityDrift> drift() const;  ///< how streams follow it; nothing where they do not
    const std::optional<Mahalanobis>& expectation() const { return expectation_; }
    Index warm_up_rows() const { return warm_up_rows_; }  ///< of the slowest member
    /// The lowest rate that calibration rows bear out, in the unit that was asked for: 20 events in them.
    double promised_rate() const { return promised_rate_; }
    const std::vector<std::pair<std::string, std::string>>& left_out() const { return left_out_; }  ///< member, reason
    const std::vector<std::string>& notes() const { return notes_; }  ///< what a user must know of this fit
    std::uint64_t id() const { return id_; }                          ///< checksum of all the above

    double combine(std::span<const double> member_severity) const { return options_.combination(member_severity); }

    void save(const std::filesystem::path& path, const io::Json& extra = io::Json::object()) const;
    static EnsembleDetector load(const std::filesystem::path& path);
    std::vector<std::byte> to_bytes(const io::Json& extra = io::Json::object()) const;
    static EnsembleDetector from_bytes(std::span<const std::byte> bytes);
    io::Json describe() const;
    void validate() const;  ///< throws CorruptModel

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, options_, names_, units_, time_name_, period_ns_, longest_step_ns_, members_,
                    member_names_, tails_, tail_, rules_, expectation_, warm_up_rows_, promised_rate_, left_out_,
                    notes_, id_);
        io::validate_after_load(archive, *this);
    }

private:
    friend class EnsembleFitting;

    EnsembleOptions options_;
    std::vector<std::string> names_, units_;
    std::string time_name_;
    std::int64_t period_ns_ = 1'000'000'000, longest_step_ns_ = 0;
    std::vector<EnsembleMember> members_;
    std::vector<std::string> member_names_;
    std::vector<Tail> tails_;
    Tail tail_;
    AlarmRules rules_;
    std::optional<Mahalanobis> expectation_;  // absent where it could not be fitted
    std::int64_t warm_up_rows_ = 0;
    double promised_rate_ = 0;
    std::vector<std::pair<std::string, std::string>> left_out_;
    std::vector<std::string> notes_;
    std::uint64_t id_ = 0;
};

}  // namespace plantwright

BOOST_CLASS_VERSION(plantwright::EnsembleOptions, 1)
