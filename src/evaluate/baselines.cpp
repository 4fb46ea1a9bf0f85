// SPDX-License-Identifier: MIT
#include "baselines.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "past.hpp"
#include "plantwright/core/error.hpp"
#include "summation.hpp"

namespace plantwright::evaluate {
namespace {

constexpr std::int64_t kWeek_ns = 7LL * 24 * 3600 * 1'000'000'000;
constexpr double kLeastCoverage = 0.5;  // of the rows, for a baseline that nobody asked for by name

using Values = std::vector<double>;

bool is_classification(const Truths& truths) { return truths.n_classes > 0; }

/// The truths that constants are learned from; the tested ones where there is nothing else.
const Values& learned_from(const Truths& truths) { return truths.train.empty() ? truths.tested : truths.train; }
std::string source_of(const Truths& truths) { return truths.train.empty() ? "tested rows" : "training target"; }

Values constant(const Truths& truths, double value) { return Values(truths.tested.size(), value); }

double mean_of(const Values& values) {
    const auto n = static_cast<Index>(values.size());
    return pairwise_sum(0, n, [&](Index i) { return values[static_cast<std::size_t>(i)]; }) / static_cast<double>(n);
}

double median_of(Values values) {
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : values[half - 1] + (values[half] - values[half - 1]) / 2;
}

Values class_frequencies(const Truths& truths) {
    Values share(static_cast<std::size_t>(truths.n_classes), 0.0);
    for (const double code : learned_from(truths)) share[static_cast<std::size_t>(code)] += 1;
    for (double& s : share) s /= static_cast<double>(learned_from(truths).size());
    return share;
}

Past past_of(const Truths& truths) {
    return {truths.history_times, truths.history, is_classification(truths) ? SameStamp::last : SameStamp::mean};
}

Baseline mean_baseline(const Truths& truths) {
    return {"mean", "mean of the " + source_of(truths), constant(truths, mean_of(learned_from(truths))), {}};
}

Baseline median_baseline(const Truths& truths) {
    return {"median", "median of the " + source_of(truths), constant(truths, median_of(learned_from(truths))), {}};
}

Baseline majority_baseline(const Truths& truths) {
    const Values share = class_frequencies(truths);
    const auto code = static_cast<double>(std::max_element(share.begin(), share.end()) - share.begin());
    return {"majority", "most frequent class of the " + source_of(truths), constant(truths, code), {}};
}

Baseline prior_baseline(const Truths& truths) {
    const Values share = class_frequencies(truths);
    Matrix probability(static_cast<Index>(truths.tested.size()), truths.n_classes);
    for (Index i = 0; i < probability.rows(); ++i) std::copy(share.begin(), share.end(), &probability(i, 0));
    return {"prior", "class frequencies of the " + source_of(truths) + " as probabilities", {}, std::move(probability)};
}

Baseline always_positive_baseline(const Truths& truths) {
    return {"always_positive", "the positive class for every row", constant(truths, 1), {}};
}

/// P(class | class `horizon` stamps before) in the training rows, shrunk to the prior by the weight of one row.
Matrix transition_frequencies(const Truths& truths, Index horizon) {
    const Past past(truths.train_times, truths.train, SameStamp::last);
    const Values prior = class_frequencies(truths);
    Matrix counts(truths.n_classes, truths.n_classes);
    for (Index i = 0; i < counts.rows(); ++i) std::copy(prior.begin(), prior.end(), &counts(i, 0));
    const Values& codes = past.values();
    for (std::size_t t = static_cast<std::size_t>(horizon); t < codes.size(); ++t) {
        counts(static_cast<Index>(codes[t - static_cast<std::size_t>(horizon)]), static_cast<Index>(codes[t])) += 1;
    }
    for (Index i = 0; i < counts.rows(); ++i) {
        const double sum = pairwise_sum(0, counts.cols(), [&](Index j) { return counts(i, j); });
        for (Index j = 0; j < counts.cols(); ++j) counts(i, j) /= sum;
    }
    return counts;
}

Matrix transition_probability(const Truths& truths, const Values& previous, Index horizon) {
    if (!is_classification(truths) || truths.train.empty()) return {};
    const Matrix after = transition_frequencies(truths, horizon);
    Matrix probability(static_cast<Index>(previous.size()), truths.n_classes, kNaN);
    for (Index i = 0; i < probability.rows(); ++i) {
        const double code = previous[static_cast<std::size_t>(i)];
        if (std::isnan(code)) continue;
        for (Index j = 0; j < probability.cols(); ++j) probability(i, j) = after(static_cast<Index>(code), j);
    }
    return probability;
}

Baseline persistence_baseline(const Truths& truths, Index horizon) {
    const Past past = past_of(truths);
    Values prediction;
    for (const std::int64_t time : truths.tested_times) prediction.push_back(past.before(time, horizon));
    Matrix probability = transition_probability(truths, prediction, horizon);
    const std::string unit = truths.are_stamps ? "time stamp" : "row";
    const std::string steps = horizon == 1 ? "one " + unit : std::to_string(horizon) + " " + unit + "s";
    return {"persistence", "the actual value " + steps + " before, inside the tested period too", std::move(prediction),
            std::move(probability)};
}

Baseline last_week_baseline(const Truths& truths) {
    if (!truths.are_stamps) throw InvalidArgument("report: baseline 'last_week' needs time stamps (times), got none");
    const Past past = past_of(truths);
    Values prediction;
    for (const std::int64_t time : truths.tested_times) prediction.push_back(past.earlier(time, kWeek_ns));
    return {"last_week", "the actual value exactly 7 days before", std::move(prediction), {}};
}

std::vector<std::string> applicable(const Truths& truths) {
    std::vector<std::string> names = {"mean", "persistence"};
    if (is_classification(truths)) {
        names = {"majority", "prior", "persistence"};
        if (truths.n_classes == 2) names.insert(names.begin() + 2, "always_positive");
    }
    if (truths.are_stamps) names.push_back("last_week");
    return names;
}

Baseline make_baseline(const std::string& name, const Truths& truths, Index horizon) {
    if (name == "persistence") return persistence_baseline(truths, horizon);
    if (name == "last_week") return last_week_baseline(truths);
    if (!is_classification(truths)) {
        if (name == "mean") return mean_baseline(truths);
        if (name == "median") return median_baseline(truths);
        throw InvalidArgument("report: baselines must be of mean, median, persistence, last_week, got '" + name + "'");
    }
    if (name == "majority") return majority_baseline(truths);
    if (name == "prior") return prior_baseline(truths);
    if (name == "always_positive" && truths.n_classes == 2) return always_positive_baseline(truths);
    throw InvalidArgument(
        "report: baselines must be of majority, prior, always_positive (two classes), persistence, last_week, got '" +
        name + "'");
}

/// Training keys, then tested keys, where the caller gave none: row order is time order.
void number_rows(Truths& truths) {
    truths.train_times.resize(truths.train.size());
    truths.tested_times.resize(truths.tested.size());
    std::iota(truths.train_times.begin(), truths.train_times.end(), std::int64_t{0});
    std::iota(truths.tested_times.begin(), truths.tested_times.end(), static_cast<std::int64_t>(truths.train.size()));
}

std::vector<std::int64_t> copied(const char* name, VectorView<const std::int64_t> times, std::size_t rows) {
    if (times.size() != static_cast<Index>(rows)) {
        throw InvalidArgument(std::string("report: ") + name + " must have " + std::to_string(rows) + " rows, got " +
                              std::to_string(times.size()));
    }
    std::vector<std::int64_t> copy(rows);
    for (std::size_t i = 0; i < rows; ++i) {
        copy[i] = times[static_cast<Index>(i)];
        if (copy[i] == std::numeric_limits<std::int64_t>::min()) {
            throw InvalidArgument(std::string("report: ") + name + " must not be missing, got a missing time at row " +
                                  std::to_string(i));
        }
    }
    return copy;
}

}  // namespace

bool Baseline::covers(Index row) const {
    if (!prediction.empty() && std::isnan(prediction[static_cast<std::size_t>(row)])) return false;
    return probability.rows() == 0 || !std::isnan(probability(row, 0));
}

double Baseline::coverage(Index n_rows) const {
    Index covered = 0;
    for (Index i = 0; i < n_rows; ++i) covered += covers(i);
    return static_cast<double>(covered) / static_cast<double>(n_rows);
}

Truths make_truths(std::vector<double> tested, std::vector<double> train, std::vector<double> history,
                   const TimeOrder& times) {
    Truths truths{std::move(tested), std::move(train), std::move(history), {}, {}, {}, false, 0};
    const bool has_history = !truths.history.empty();
    if (times.tested.empty()) {
        if (has_history) throw InvalidArgument("report: y_history needs times and times_history, got none");
        number_rows(truths);
    } else {
        truths.are_stamps = times.are_stamps;
        truths.tested_times = copied("times", times.tested, truths.tested.size());
        truths.train_times = copied("times_train", times.train, truths.train.size());
        if (has_history) truths.history_times = copied("times_history", times.history, truths.history.size());
    }
    if (!has_history) {
        truths.history = truths.train;
        truths.history.insert(truths.history.end(), truths.tested.begin(), truths.tested.end());
        truths.history_times = truths.train_times;
        truths.history_times.insert(truths.history_times.end(), truths.tested_times.begin(), truths.tested_times.end());
    }
    return truths;
}

std::vector<Baseline> make_baselines(const Truths& truths, const BaselineOptions& options,
                                     std::vector<std::string>& notes) {
    if (options.horizon < 1) {
        throw InvalidArgument("report: horizon must be at least 1, got " + std::to_string(options.horizon));
    }
    const auto n_rows = static_cast<Index>(truths.tested.size());
    std::vector<Baseline> baselines;
    for (const std::string& name : options.names.value_or(applicable(truths))) {
        Baseline baseline = make_baseline(name, truths, options.horizon);
        const double coverage = baseline.coverage(n_rows);
        if (coverage == 0 || (!options.names && coverage < kLeastCoverage)) {
            notes.push_back("baseline " + name + " left out: it has a value for " +
                            std::to_string(std::lround(100 * coverage)) + " % of the rows");
        } else {
            baselines.push_back(std::move(baseline));
        }
    }
    if (truths.train.empty() && !baselines.empty()) {
        notes.push_back(
            "no training target was given: constant baselines are learned from the tested rows, which "
            "flatters them");
    }
    return baselines;
}

}  // namespace plantwright::evaluate
