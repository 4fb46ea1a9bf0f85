// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <map>

#include "detect/alarm_budget.hpp"
#include "detect/checks.hpp"
#include "detect/timed_rows.hpp"
#include "plantwright/detect/cross_fit.hpp"
#include "plantwright/detect/ensemble_detector.hpp"
#include "plantwright/io/checksum.hpp"

namespace plantwright {
namespace {

constexpr const char* kWho = "EnsembleDetector";
constexpr double kNanosecondsPerDay = 86'400e9;
constexpr Index kFewestRows = 100;

detect::AskedRate asked_of(const EnsembleOptions& o) { return {o.alarms_per_day, o.false_alarm_rate, o.contamination}; }

void require_budget(const EnsembleOptions& o) {
    const int asked = asked_of(o).count();
    if (asked != 1) {
        throw InvalidArgument(
            std::string(kWho) +
            ": exactly one of alarms_per_day, false_alarm_rate and contamination must be given, got " +
            std::to_string(asked));
    }
    detect::require_rates(kWho, asked_of(o));
}

void require_options(const EnsembleOptions& o) {
    require_budget(o);
    detect::require(!o.members.empty() && o.members.size() <= 32, kWho, "members", o.members.size(), "1 to 32");
    const double period = o.period_s.value_or(1);
    detect::require(period >= 1e-6 && period <= 1e8, kWho, "period_s", period, "in [1e-6, 1e8] seconds");
    detect::require(o.n_folds >= 2 && o.n_folds <= 100, kWho, "n_folds", o.n_folds, "in [2, 100]");
    detect::require(o.gap.value_or(0) >= 0, kWho, "gap", o.gap.value_or(0), ">= 0");
    detect::require(o.on_delay >= 0 && o.on_delay <= 1'000'000, kWho, "on_delay", o.on_delay, "in [0, 1000000] rows");
    detect::require(o.off_delay >= 0 && o.off_delay <= 1'000'000, kWho, "off_delay", o.off_delay,
                    "in [0, 1000000] rows");
    detect::require(o.clear_share > 0 && o.clear_share <= 1, kWho, "clear_share", o.clear_share, "in (0, 1]");
    detect::require(o.max_gap >= 1 && o.max_gap <= 1e6, kWho, "max_gap", o.max_gap, "in [1, 1000000] periods");
    o.combination.require_valid(kWho, o.members.size());
}

/// "MewmaChart", and "MewmaChart 2" of the second.
std::vector<std::string> names_of(const std::vector<MemberOptions>& members) {
    std::map<std::string, int> seen;
    std::vector<std::string> names;
    for (const MemberOptions& options : members) {
        std::string name(EnsembleMember::type_of(options));
        const int nth = ++seen[name];
        names.push_back(nth == 1 ? name : name + " " + std::to_string(nth));
    }
    return names;
}

}  // namespace

/// One call of `EnsembleDetector::fit`.
class EnsembleFitting {
public:
    EnsembleFitting(ConstMatrixView rows, const EnsembleOptions& options, EnsembleDetector::Times times);
    EnsembleDetector run();
    EnsembleDetector run(std::vector<std::string> names, const Schema& schema, std::string time_name);

private:
    struct Part {
        std::string name;
        MemberOptions options;
        std::vector<double> statistic;  // of each row, cross-fitted
        EnsembleMember member;          // of all rows
        Tail tail;
        std::string failure;
    };

    void find_clock(EnsembleDetector::Times times);
    void find_runs();
    void cross_fit(Part& part) const;
    void score_block(Part& part, const EnsembleMember& member, Index begin, Index end) const;
    void fit_part(Part& part) const;
    void keep_fitted();
    std::vector<double> combined() const;
    void set_alarm_level(const std::vector<double>& statistic);
    void fit_expectation();
    void note_rows();
    void note(std::string text) { made_.notes_.push_back(std::move(text)); }
    double rows_per_day() const { return kNanosecondsPerDay / static_cast<double>(made_.period_ns_); }

    EnsembleOptions options_;
    bool has_period_ = false;
    detect::TimedRows timed_;
    std::vector<Index> runs_;  // their begins, see RunBegins
    std::vector<Part> parts_;
    EnsembleDetector made_;
};

EnsembleFitting::EnsembleFitting(ConstMatrixView rows, const EnsembleOptions& options, EnsembleDetector::Times times)
    : options_(options) {
    require_options(options);
    find_clock(times);
    timed_ = detect::timed_rows(rows, times, made_.period_ns_);
    find_runs();
    detect::require(timed_.rows.rows() >= kFewestRows, kWho, "n_samples", timed_.rows.rows(),
                    "at least 100 rows with a reading");
    const auto names = names_of(options.members);
    for (std::size_t m = 0; m < names.size(); ++m) parts_.push_back({names[m], options.members[m], {}, {}, {}, {}});
}

void EnsembleFitting::find_clock(EnsembleDetector::Times times) {
    if (options_.period_s) {
        made_.period_ns_ = std::max<std::int64_t>(1, static_cast<std::int64_t>(*options_.period_s * 1e9));
        has_period_ = true;
    } else if (const auto step = detect::median_step(times)) {
        made_.period_ns_ = *step;
        has_period_ = true;
    }
    if (!has_period_ && options_.alarms_per_day) {
        throw InvalidArgument(std::string(kWho) +
                              ": alarms_per_day needs the time between rows: period_s, or a table with a time column");
    }
    const double longest = options_.max_gap * static_cast<double>(made_.period_ns_);
    made_.longest_step_ns_ = static_cast<std::int64_t>(std::min(longest, 9e18));
}

void EnsembleFitting::find_runs() { runs_ = detect::runs_of(timed_.times, made_.longest_step_ns_); }

void EnsembleFitting::score_block(Part& part, const EnsembleMember& member, Index begin, Index end) const {
    MemberState state = member.start();
    for (Index i = begin; i < end; ++i) {
        const auto at = static_cast<std::size_t>(i);
        if (i > begin && std::binary_search(runs_.begin(), runs_.end(), i)) state = member.start();
        part.statistic[at] = member.update(state, timed_.rows.row(i));
        if (std::isinf(part.statistic[at])) throw InvalidArgument("its statistic is infinite");
    }
}

void EnsembleFitting::cross_fit(Part& part) const {
    const Index n = timed_.rows.rows(), gap = options_.gap.value_or(n / 100);
    part.statistic.assign(static_cast<std::size_t>(n), kNaN);
    for (Index b = 0; b < options_.n_folds; ++b) {
        const Index begin = n * b / options_.n_folds, end = n * (b + 1) / options_.n_folds;
        const Index from = std::max<Index>(0, begin - gap), to = std::min(n, end + gap);
        const Matrix outside = detect::rows_outside(timed_.rows, from, to);
        const auto runs = detect::runs_outside(runs_, n, from, to);
        score_block(part, EnsembleMember::fit(outside, part.options, runs), begin, end);
    }
}

void EnsembleFitting::fit_part(Part& part) const {
    try {
        part.member = EnsembleMember::fit(timed_.rows, part.options, runs_);
        cross_fit(part);
        part.tail = Tail::fit(ConstVectorView(part.statistic));
    } catch (const Stopped&) {
        throw;
    } catch (const Error& error) {
        part.failure = error.message();
    }
}

/// Parts that failed are told, the others go into the detector.
void EnsembleFitting::keep_fitted() {
    std::vector<std::size_t> kept;
    std::string reasons;
    for (std::size_t m = 0; m < parts_.size(); ++m) {
        Part& part = parts_[m];
        if (part.failure.empty()) {
            kept.push_back(m);
            continue;
        }
        made_.left_out_.emplace_back(part.name, part.failure);
        note(part.name + " is left out: " + part.failure);
        reasons += (reasons.empty() ? "" : "; ") + part.name + ": " + part.failure;
    }
    if (kept.empty()) throw InvalidArgument(std::string(kWho) + ": no member could be fitted: " + reasons);
    std::erase_if(parts_, [](const Part& part) { return !part.failure.empty(); });
    for (Part& part : parts_) {
        made_.member_names_.push_back(part.name);
        made_.warm_up_rows_ = std::max(made_.warm_up_rows_, part.member.warm_up_rows());
        made_.members_.push_back(std::move(part.member));
        made_.tails_.push_back(part.tail);
    }
    made_.options_ = options_;
    made_.options_.members.clear();
    made_.options_.combination = options_.combination.of_members(kept);
}

/// Of each row, NaN until every member is warm: what a stream gives of a row.
std::vector<double> EnsembleFitting::combined() const {
    std::vector<double> statistic(static_cast<std::size_t>(timed_.rows.rows()), kNaN), severities(parts_.size());
    for (std::size_t i = 0; i < statistic.size(); ++i) {
        bool complete = true;
        for (std::size_t m = 0; m < parts_.size(); ++m) {
            severities[m] = parts_[m].tail.severity(parts_[m].statistic[i]);
            complete = complete && !std::isnan(severities[m]);
        }
        if (complete) statistic[i] = made_.combine(severities);
    }
    return statistic;
}

void EnsembleFitting::set_alarm_level(const std::vector<double>& statistic) {
    const Vector severities = made_.tail_.severities(ConstVectorView(statistic));
    const std::vector<double> in_order(severities.begin(), severities.end());
    const detect::AskedRate asked = asked_of(options_);
    detect::AlarmBudget budget = asked.budget(rows_per_day());
    budget.clear_share = options_.clear_share;
    budget.on_delay = options_.on_delay;
    budget.off_delay = options_.off_delay;
    const auto level = detect::find_alarm_level(in_order, budget);
    made_.rules_ = level.rules;
    made_.promised_rate_ = level.promised_per_row * (asked.of_events() ? rows_per_day() : 1);
    if (auto text = detect::support_note(made_.tail_, level.extrapolated, asked, made_.promised_rate_)) {
        note(std::move(*text));
    }
}

void EnsembleFitting::note_rows() {
    if (timed_.n_refused > 0) {
        note(std::to_string(timed_.n_refused) +
             " training rows are late, doubled or without a stamp and were left out");
    }
    if (timed_.n_empty > 0) note(std::to_string(timed_.n_empty) + " training rows have no reading and were left out");
}

void EnsembleFitting::fit_expectation() {
    try {
        made_.expectation_ = Mahalanobis::fit(timed_.rows);
    } catch (const Error& error) {
        note("verdicts have no deviations: what sensors explain of each other could not be fitted: " +
             std::string(error.message()));
    }
}

EnsembleDetector EnsembleFitting::run(std::vector<std::string> names, const Schema& schema, std::string time_name) {
    for (const std::string& name : names) made_.units_.push_back(schema.at(name).unit);
    made_.names_ = std::move(names);
    made_.time_name_ = std::move(time_name);
    return run();
}

EnsembleDetector EnsembleFitting::run() {
    note_rows();
    for (Part& part : parts_) fit_part(part);
    keep_fitted();
    fit_expectation();
    const std::vector<double> statistic = combined();
    made_.tail_ = Tail::fit(ConstVectorView(statistic));
    set_alarm_level(statistic);
    made_.id_ = io::checksum(made_.to_bytes());
    return std::move(made_);
}

EnsembleDetector EnsembleDetector::fit(ConstMatrixView rows, const EnsembleOptions& options, Times times) {
    return EnsembleFitting(rows, options, times).run();
}

EnsembleDetector EnsembleDetector::fit(const Frame& frame, const EnsembleOptions& options) {
    std::vector<std::string> names = sensor_names(kWho, frame);
    const Matrix rows = sensor_rows(frame, names);
    const auto time = frame.schema().name_of(Role::time);
    Times times;
    if (time && frame.column(*time).kind() == ColumnKind::time) {
        const auto stamps = frame.column(*time).times();
        times = {stamps.data(), static_cast<std::size_t>(stamps.size())};
    }
    return EnsembleFitting(rows, options, times).run(std::move(names), frame.schema(), times.empty() ? "" : *time);
}

}  // namespace plantwright
