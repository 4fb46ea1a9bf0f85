// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "detect/alarm_budget.hpp"
#include "detect/checks.hpp"
#include "detect/ensemble_options.hpp"
#include "detect/learned_weights.hpp"
#include "detect/timed_rows.hpp"
#include "plantwright/detect/cross_fit.hpp"
#include "plantwright/detect/ensemble_detector.hpp"
#include "plantwright/io/checksum.hpp"

namespace plantwright {
namespace {

constexpr const char* kWho = "EnsembleDetector";
constexpr double kNanosecondsPerDay = 86'400e9;
constexpr Index kFewestRows = 100;

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

/// Of the rows [begin, end), from a fresh start, begun anew with each run.
void score_rows(const EnsembleMember& member, const detect::TimedRows& rows, Index begin, Index end,
                std::vector<double>& statistic) {
    MemberState state = member.start();
    for (Index i = begin; i < end; ++i) {
        const auto at = static_cast<std::size_t>(i);
        if (i > begin && std::binary_search(rows.runs.begin(), rows.runs.end(), i)) state = member.start();
        statistic[at] = member.update(state, rows.rows.row(i));
        if (std::isinf(statistic[at])) throw InvalidArgument("its statistic is infinite");
    }
}

}  // namespace

/// One call of `EnsembleDetector::fit`.
class EnsembleFitting {
public:
    EnsembleFitting(ConstMatrixView rows, const EnsembleOptions& options, EnsembleDetector::Times times,
                    EnsembleDetector::Labels labels);
    EnsembleDetector run();
    EnsembleDetector run(std::vector<std::string> names, const Schema& schema, std::string time_name);

private:
    struct Part {
        std::string name;
        MemberOptions options;
        std::vector<double> statistic = {};    // of each normal row, cross-fitted
        std::vector<double> of_labelled = {};  // of each labelled row, likewise, where weights are learned
        EnsembleMember member = {};            // of all normal rows
        Tail tail = {};
        std::string failure = {};
    };

    void find_clock(EnsembleDetector::Times times);
    void require_clock(const char* name, bool asked) const;
    void take_delay(Index& rows, std::optional<double>& seconds) const;
    void take_labels(EnsembleDetector::Labels labels);
    void require_rows() const;
    void cross_fit(Part& part) const;
    void score_block(Part& part, const EnsembleMember& member, Index begin, Index end) const;
    void fit_part(Part& part) const;
    void keep_fitted();
    void learn_weights();
    void scale_weights();
    std::vector<double> combined() const;
    void set_alarm_level(const std::vector<double>& statistic);
    void fit_expectation();
    void note_rows();
    void note(std::string text) { made_.notes_.push_back(std::move(text)); }
    bool learns() const { return options_.combination.kind == Combination::learned; }
    double rows_per_day() const { return kNanosecondsPerDay / static_cast<double>(made_.period_ns_); }

    EnsembleOptions options_;
    bool has_period_ = false;
    detect::TimedRows timed_;       // the normal rows
    detect::TimedRows labelled_;    // where weights are learned: all rows ...
    std::vector<RowLabel> labels_;  // ... and what is known of each
    std::vector<Part> parts_;
    EnsembleDetector made_;
};

EnsembleFitting::EnsembleFitting(ConstMatrixView rows, const EnsembleOptions& options, EnsembleDetector::Times times,
                                 EnsembleDetector::Labels labels)
    : options_(options) {
    detect::require_options(options);
    find_clock(times);
    timed_ = detect::timed_rows(rows, times, made_.period_ns_, made_.longest_step_ns_);
    detect::require(labels.empty() || std::ssize(labels) == rows.rows(), kWho, "labels", labels.size(), "one a row");
    take_labels(labels);
    require_rows();
    const auto names = names_of(options.members);
    for (std::size_t m = 0; m < names.size(); ++m) parts_.push_back({.name = names[m], .options = options.members[m]});
}

void EnsembleFitting::take_labels(EnsembleDetector::Labels labels) {
    if (labels.empty()) return;
    for (const RowLabel label : labels) {
        const bool known = label == RowLabel::unknown || label == RowLabel::normal || label == RowLabel::anomalous;
        detect::require(known, kWho, "label", static_cast<int>(label), "-1 unknown, 0 normal or 1 anomalous");
    }
    for (const Index place : timed_.places) labels_.push_back(labels[static_cast<std::size_t>(place)]);
    detect::TimedRows normal = detect::normal_rows(timed_, labels_, made_.longest_step_ns_);
    if (learns()) labelled_ = std::move(timed_);
    timed_ = std::move(normal);
}

void EnsembleFitting::require_rows() const {
    const auto n_anomalous = std::count(labels_.begin(), labels_.end(), RowLabel::anomalous);
    if (learns() && (n_anomalous == 0 || timed_.rows.rows() == 0)) {
        throw InvalidArgument(
            std::string(kWho) +
            ": learned weights need labels, of normal (0) and anomalous (1) rows"
            " with a reading, got " +
            (labels_.empty() ? "none" : std::to_string(timed_.rows.rows()) + " and " + std::to_string(n_anomalous)));
    }
    detect::require(timed_.rows.rows() >= kFewestRows, kWho, "n_samples", timed_.rows.rows(),
                    labels_.empty() ? "at least 100 rows with a reading"
                                    : "at least 100 rows with a reading that are labelled normal (0)");
}

void EnsembleFitting::require_clock(const char* name, bool asked) const {
    if (has_period_ || !asked) return;
    throw InvalidArgument(std::string(kWho) + ": " + name +
                          " needs the time between rows: period_s, or a table with a time column");
}

/// Seconds become rows.
void EnsembleFitting::take_delay(Index& rows, std::optional<double>& seconds) const {
    if (!seconds) return;
    const double wanted = std::ceil(*seconds * 1e9 / static_cast<double>(made_.period_ns_));
    detect::require(wanted <= 1e6, kWho, "delay", wanted, "at most 1000000 rows");
    rows = static_cast<Index>(wanted);
    seconds.reset();
}

void EnsembleFitting::find_clock(EnsembleDetector::Times times) {
    if (options_.period_s) {
        made_.period_ns_ = std::max<std::int64_t>(1, static_cast<std::int64_t>(*options_.period_s * 1e9));
        has_period_ = true;
    } else if (const auto step = detect::median_step(times)) {
        made_.period_ns_ = *step;
        has_period_ = true;
    }
    require_clock("alarms_per_day", options_.alarms_per_day.has_value());
    require_clock("the half-life of drift", options_.drift.half_life_days.has_value());
    require_clock("a delay in seconds", options_.on_delay_s || options_.off_delay_s);
    take_delay(options_.on_delay, options_.on_delay_s);
    take_delay(options_.off_delay, options_.off_delay_s);
    const double longest = options_.max_gap * static_cast<double>(made_.period_ns_);
    made_.longest_step_ns_ = static_cast<std::int64_t>(std::min(longest, 9e18));
}

/// By a member that has not seen them: the normal rows [begin, end), and for weights all rows from the first of them
/// to the first of the next block.
void EnsembleFitting::score_block(Part& part, const EnsembleMember& member, Index begin, Index end) const {
    score_rows(member, timed_, begin, end, part.statistic);
    if (!learns()) return;
    const auto place = [&](Index i) { return timed_.places[static_cast<std::size_t>(i)]; };
    const Index first = begin == 0 ? 0 : place(begin);
    const Index last = end == timed_.rows.rows() ? labelled_.rows.rows() : place(end);
    score_rows(member, labelled_, first, last, part.of_labelled);
}

void EnsembleFitting::cross_fit(Part& part) const {
    const Index n = timed_.rows.rows(), gap = options_.gap.value_or(n / 100);
    part.statistic.assign(static_cast<std::size_t>(n), kNaN);
    part.of_labelled.assign(static_cast<std::size_t>(labelled_.rows.rows()), kNaN);
    const Index n_folds = options_.n_folds.value_or(default_folds(n));
    for (Index b = 0; b < n_folds; ++b) {
        const Index begin = n * b / n_folds, end = n * (b + 1) / n_folds;
        const Index from = std::max<Index>(0, begin - gap), to = std::min(n, end + gap);
        const Matrix outside = detect::rows_outside(timed_.rows, from, to);
        const auto runs = detect::runs_outside(timed_.runs, n, from, to);
        score_block(part, EnsembleMember::fit(outside, part.options, runs), begin, end);
    }
}

void EnsembleFitting::fit_part(Part& part) const {
    try {
        part.member = EnsembleMember::fit(timed_.rows, part.options, timed_.runs);
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
    for (MemberOptions& member : made_.options_.members) {
        std::visit(
            [](auto& o) {  // callers of callbacks may go
                if constexpr (requires { o.progress = {}; }) o.progress = {};
                if constexpr (requires { o.on_epoch = {}; }) o.on_epoch = {};
            },
            member);
    }
    made_.options_.combination = options_.combination.of_members(kept);
}

/// Of labelled rows that every member scores; a row of which nothing is known teaches nothing.
void EnsembleFitting::learn_weights() {
    const double clip = options_.combination.clip;
    std::vector<double> severities;
    std::vector<bool> anomalous;
    for (std::size_t i = 0; i < labels_.size(); ++i) {
        std::vector<double> row;
        for (const Part& part : parts_) row.push_back(std::min(part.tail.severity(part.of_labelled[i]), clip));
        const bool complete = std::none_of(row.begin(), row.end(), [](double s) { return std::isnan(s); });
        if (labels_[i] == RowLabel::unknown || !complete) continue;
        severities.insert(severities.end(), row.begin(), row.end());
        anomalous.push_back(labels_[i] == RowLabel::anomalous);
    }
    if (std::find(anomalous.begin(), anomalous.end(), true) == anomalous.end()) {
        throw InvalidArgument(std::string(kWho) + ": learned weights need an anomalous row that every member scores");
    }
    const ConstMatrixView table(severities.data(), std::ssize(anomalous), std::ssize(parts_));
    made_.options_.combination.weights = detect::fit_logistic_weights(table, anomalous).weights;
    scale_weights();
}

/// To sum 1. A weight of 0 is told; without any other there is nothing to go by.
void EnsembleFitting::scale_weights() {
    std::vector<double>& weights = made_.options_.combination.weights;
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    if (!(sum > 0)) {
        throw InvalidArgument(std::string(kWho) +
                              ": no member's severity is higher on anomalous rows than on normal ones, so that there "
                              "are no weights to learn");
    }
    for (std::size_t m = 0; m < weights.size(); ++m) {
        weights[m] /= sum;
        if (weights[m] > 0) continue;
        note(parts_[m].name + " has weight 0: beside the others it does not tell anomalous rows from normal ones");
    }
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
    const detect::AskedRate asked = detect::asked_of(options_);
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
    if (learns()) learn_weights();
    fit_expectation();
    const std::vector<double> statistic = combined();
    made_.tail_ = Tail::fit(ConstVectorView(statistic));
    set_alarm_level(statistic);
    made_.drift();  // throws where its options are out of range
    made_.id_ = io::checksum(made_.to_bytes());
    return std::move(made_);
}

EnsembleDetector EnsembleDetector::fit(ConstMatrixView rows, const EnsembleOptions& options, Times times,
                                       Labels labels) {
    return EnsembleFitting(rows, options, times, labels).run();
}

EnsembleDetector EnsembleDetector::fit(const Frame& frame, const EnsembleOptions& options, Labels labels) {
    std::vector<std::string> names = sensor_names(kWho, frame);
    const Matrix rows = sensor_rows(frame, names);
    const auto time = frame.schema().name_of(Role::time);
    Times times;
    if (time && frame.column(*time).kind() == ColumnKind::time) {
        const auto stamps = frame.column(*time).times();
        times = {stamps.data(), static_cast<std::size_t>(stamps.size())};
    }
    EnsembleOptions known = options;
    for (MemberOptions& member : known.members) member = EnsembleMember::with_schema(member, frame);
    return EnsembleFitting(rows, known, times, labels)
        .run(std::move(names), frame.schema(), times.empty() ? "" : *time);
}

EnsembleDetector EnsembleDetector::fit(const Frame& frame, const EnsembleOptions& options,
                                       std::string_view label_column) {
    const std::vector<RowLabel> labels = row_labels(frame, label_column);
    return fit(frame.without(label_column), options, labels);
}

std::vector<RowLabel> row_labels(const Frame& frame, std::string_view column) {
    std::vector<RowLabel> labels;
    for (const double label : frame.column(column).to_float64()) {
        const bool known = label == 0 || label == 1;
        detect::require(known || std::isnan(label) || label == -1, kWho, "label", label, "0, 1, -1 or NaN");
        labels.push_back(!known ? RowLabel::unknown : label == 1 ? RowLabel::anomalous : RowLabel::normal);
    }
    return labels;
}

}  // namespace plantwright
