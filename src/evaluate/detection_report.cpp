// SPDX-License-Identifier: MIT
#include "plantwright/evaluate/detection_report.hpp"

#include <algorithm>
#include <cmath>

#include "checks.hpp"
#include "detection_rows.hpp"
#include "plantwright/core/elementary.hpp"
#include "plantwright/core/error.hpp"
#include "report_parts.hpp"
#include "shown.hpp"

namespace plantwright::evaluate {
namespace {

constexpr const char* kWho = "detection_report";

void require_options(const DetectionOptions& options) {
    const auto require = [](bool good, const char* name, Index got, const char* allowed) {
        if (good) return;
        throw InvalidArgument(std::string(kWho) + ": " + name + " must be " + allowed + ", got " + std::to_string(got));
    };
    require(options.merge_gap >= 0, "merge_gap", options.merge_gap, ">= 0");
    require(!options.max_buffer || *options.max_buffer >= 0, "max_buffer", options.max_buffer.value_or(0), ">= 0");
    require(options.n_thresholds >= 2, "n_thresholds", options.n_thresholds, ">= 2");
}

Index max_buffer_of(const DetectionRows& rows, const DetectionOptions& options) {
    constexpr Index kLongest = 100;
    if (options.max_buffer) return *options.max_buffer;
    std::vector<Index> lengths;
    for (const Event& event : rows.packed) lengths.push_back(event.rows());
    std::sort(lengths.begin(), lengths.end());
    return std::min(kLongest, lengths[lengths.size() / 2]);
}

/// Scores of one detector after another, all on the same packed rows.
class DetectionScorer {
public:
    DetectionScorer(const DetectionRows& rows, const DetectionOptions& options, std::vector<Score>& scores)
        : rows_(rows), options_(options), max_buffer_(max_buffer_of(rows, options)),
          labels_(labels_of(rows.packed, rows.n_packed())), scores_(scores) {}

    void add(const Candidate& candidate) {
        if (!candidate.scores.empty()) add_ranking(candidate.scores);
        if (!candidate.alarms.empty()) {
            add_rows(candidate.alarms);
            add_events(candidate.alarms);
            add_ranges(candidate.alarms);
        }
        scores_.next_predictor();
    }
    void finish() { scores_.finish(); }
    Index max_buffer() const { return max_buffer_; }

private:
    void add_ranking(const std::vector<double>& scores) {
        const RangeAreas volumes = volumes_under_surface(rows_.packed, scores, max_buffer_);
        scores_.add("VUS-PR", true, volumes.pr);
        scores_.add("VUS-ROC", true, volumes.roc);
        scores_.add("AUC-PR", true, average_precision_score(labels_, scores));
        scores_.add("AUC-ROC", true, roc_auc_score(labels_, scores));
    }
    void add_rows(const Flags& alarms) {
        const RowRates rates = row_rates(rows_.packed, alarms);
        scores_.add("F1", true, rates.f1);
        scores_.add("precision", true, rates.precision);
        scores_.add("false alarm rate", false, rates.false_alarm_rate);
        scores_.add("missed alarm rate", false, rates.missed_alarm_rate);
        if (options_.point_adjusted) {
            scores_.add("point-adjusted F1", true, point_adjusted_f1(rows_.packed, alarms));
        }
    }
    void add_events(const Flags& alarms) {
        const EventScores events = event_scores(rows_, alarms, options_.merge_gap);
        scores_.add("event recall", true, events.recall);
        scores_.add(rows_.has_times() ? "median delay [s]" : "median delay [rows]", false, events.median_delay);
        scores_.add(rows_.has_times() ? "false alarms a day" : "false alarms in 1,000 rows", false,
                    events.false_alarms);
    }
    void add_ranges(const Flags& alarms) {
        const PrecisionRecall ranges = range_precision_recall(rows_.packed, events_of(alarms), options_.range);
        scores_.add("range precision", true, ranges.precision);
        scores_.add("range recall", true, ranges.recall);
        scores_.add("range F1", true, ranges.f1);
        scores_.add("NAB standard", true, nab_score(rows_.packed, alarms));
        scores_.add("NAB low FP", true, nab_score(rows_.packed, alarms, NabProfile::reward_low_fp));
        scores_.add("NAB low FN", true, nab_score(rows_.packed, alarms, NabProfile::reward_low_fn));
    }

    const DetectionRows& rows_;
    const DetectionOptions& options_;
    Index max_buffer_;
    Buffer<std::int32_t> labels_;
    Scores scores_;
};

std::vector<Candidate> candidates(const DetectionResult& result, const SensorRanges& ranges, const DetectionRows& rows,
                                  const DetectionOptions& options) {
    std::vector<Candidate> all = {{"model", "the model under test", rows.scores, model_alarms(result, rows)}};
    const Flags alarms = all[0].alarms;
    all.push_back(always_alarm(rows.n_packed()));
    all.push_back(random_alarms(rows.n_packed(), std::count(alarms.begin(), alarms.end(), 1), options.seed));
    if (ranges.values.rows() > 0) all.push_back(range_rule(ranges, rows));
    for (Candidate& candidate : all) {  // a baseline is asked what the model is asked, no more
        if (rows.scores.empty()) candidate.scores.clear();
        if (alarms.empty()) candidate.alarms.clear();
    }
    return all;
}

double peak_of(const DetectionRows& rows, const Event& packed) {
    if (rows.scores.empty()) return kNaN;
    return *std::max_element(rows.scores.begin() + packed.begin, rows.scores.begin() + packed.end);
}

std::vector<EventOutcome> outcomes(const DetectionRows& rows, const Flags& alarms) {
    const std::vector<Index> first =
        alarms.empty() ? std::vector<Index>(rows.events.size(), -1) : first_alarms(rows.events, rows.spread(alarms));
    std::vector<EventOutcome> events;
    for (std::size_t k = 0; k < rows.events.size(); ++k) {
        EventOutcome event;
        event.rows = rows.events[k];
        event.first_alarm = first[k];
        event.peak = peak_of(rows, rows.packed[k]);
        if (rows.has_times()) {
            if (first[k] >= 0) event.delay_s = rows.delay(event.rows, first[k]);
            event.begin_time = time_text(rows.times[event.rows.begin]);
            event.end_time = time_text(rows.times[event.rows.end - 1]);
        }
        events.push_back(std::move(event));
    }
    return events;
}

void describe_rows(DetectionReport& report, const DetectionRows& rows) {
    report.n_rows = rows.n_packed();
    report.n_left_out = rows.n_given - rows.n_packed();
    report.n_events_left_out = rows.n_events_left_out;
    report.interval_s = rows.interval_s;
    if (!rows.has_times()) return;
    report.normal_days = static_cast<double>(rows.n_normal) / rows.rows_per_day();
    report.first_time = time_text(rows.times[rows.rows.front()]);
    report.last_time = time_text(rows.times[rows.rows.back()]);
}

void add_notes(DetectionReport& report, Index max_buffer, const DetectionOptions& options) {
    if (report.find("VUS-PR") != nullptr) {
        report.notes.push_back("VUS is the mean over buffers of 0 to " + std::to_string(max_buffer) + " rows.");
    }
    if (report.find("event recall") == nullptr) {
        report.notes.push_back("without alarms or a threshold only the ranking of rows is judged.");
    } else if (options.point_adjusted) {
        report.notes.push_back(
            "point-adjusted F1 counts an event as wholly found by one alarm in it; alarms at random "
            "score high by it wherever events are long (see the column random).");
    }
}

TradeOffPoint trade_off_at(const DetectionRows& rows, double threshold, Index merge_gap) {
    Flags alarms;
    for (const double score : rows.scores) alarms.push_back(score >= threshold ? 1 : 0);
    const EventScores events = event_scores(rows, alarms, merge_gap);
    return {.threshold = threshold,
            .false_alarm_rate = row_rates(rows.packed, alarms).false_alarm_rate,
            .false_alarms = events.false_alarms,
            .event_recall = events.recall,
            .median_delay = events.median_delay};
}

/// Scores at ranks 1 .. n, spaced by their logarithm: where alarms are few, each counts.
std::vector<double> thresholds_of(std::vector<double> scores, Index n_thresholds) {
    std::sort(scores.begin(), scores.end(), std::greater<>());
    const double steps = static_cast<double>(n_thresholds - 1), last = static_cast<double>(scores.size());
    std::vector<double> thresholds;
    for (Index k = 0; k < n_thresholds; ++k) {
        const double rank = elementary::exp(elementary::log(last) * static_cast<double>(k) / steps);
        const auto place = std::min(scores.size() - 1, static_cast<std::size_t>(std::floor(rank + 0.5)) - 1);
        if (thresholds.empty() || scores[place] < thresholds.back()) thresholds.push_back(scores[place]);
    }
    return thresholds;
}

std::vector<TradeOffPoint> trade_off_of(const DetectionRows& rows, const DetectionOptions& options) {
    std::vector<TradeOffPoint> points;
    if (rows.scores.empty()) return points;
    for (const double threshold : thresholds_of(rows.scores, options.n_thresholds)) {
        points.push_back(trade_off_at(rows, threshold, options.merge_gap));
    }
    return points;
}

}  // namespace

std::vector<TradeOffPoint> threshold_trade_off(const DetectionResult& result, const DetectionOptions& options) {
    require_options(options);
    if (result.scores.empty()) throw InvalidArgument("threshold_trade_off: scores must be given");
    return trade_off_of(detection_rows(result), options);
}

DetectionReport detection_report(const DetectionResult& result, const SensorRanges& ranges,
                                 const DetectionOptions& options) {
    require_options(options);
    const DetectionRows rows = detection_rows(result);
    const std::vector<Candidate> all = candidates(result, ranges, rows, options);
    DetectionReport report;
    DetectionScorer scorer(rows, options, report.scores);
    for (const Candidate& candidate : all) {
        report.predictors.push_back(candidate.name);
        report.descriptions.push_back(candidate.description);
        scorer.add(candidate);
    }
    scorer.finish();
    describe_rows(report, rows);
    report.events = outcomes(rows, all[0].alarms);
    report.trade_off = trade_off_of(rows, options);
    if (result.alarms.empty()) report.threshold = result.threshold.value_or(kNaN);
    report.split = result.split;
    add_notes(report, scorer.max_buffer(), options);
    return report;
}

}  // namespace plantwright::evaluate
