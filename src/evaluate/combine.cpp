// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "plantwright/core/error.hpp"
#include "plantwright/evaluate/report.hpp"
#include "summation.hpp"

namespace plantwright::evaluate {
namespace {

std::optional<std::size_t> place_of(const Report& fold, const std::string& predictor) {
    const auto at = std::find(fold.predictors.begin(), fold.predictors.end(), predictor);
    if (at == fold.predictors.end()) return std::nullopt;
    return static_cast<std::size_t>(at - fold.predictors.begin());
}

/// The value of each fold, undefined ones left out.
std::vector<double> over_folds(const std::vector<Report>& folds, const std::string& metric,
                               const std::string& predictor) {
    std::vector<double> values;
    for (const Report& fold : folds) {
        const Score* score = fold.find(metric);
        const auto place = place_of(fold, predictor);
        if (score && place && !std::isnan(score->values[*place])) values.push_back(score->values[*place]);
    }
    return values;
}

double mean(const std::vector<double>& v) {
    if (v.empty()) return kNaN;
    const auto n = static_cast<Index>(v.size());
    return pairwise_sum(0, n, [&](Index i) { return v[static_cast<std::size_t>(i)]; }) / static_cast<double>(n);
}

double deviation(const std::vector<double>& v) {
    if (v.size() < 2) return kNaN;
    const double m = mean(v);
    const auto square = [&](Index i) {
        return (v[static_cast<std::size_t>(i)] - m) * (v[static_cast<std::size_t>(i)] - m);
    };
    return std::sqrt(pairwise_sum(0, static_cast<Index>(v.size()), square) / static_cast<double>(v.size() - 1));
}

bool in_every_fold(const std::vector<Report>& folds, const std::string& predictor) {
    return std::all_of(folds.begin(), folds.end(),
                       [&](const Report& fold) { return place_of(fold, predictor).has_value(); });
}

void choose_predictors(Report& all) {
    for (const Report& fold : all.folds) {
        for (std::size_t j = 0; j < fold.predictors.size(); ++j) {
            const std::string& name = fold.predictors[j];
            if (std::find(all.predictors.begin(), all.predictors.end(), name) != all.predictors.end()) continue;
            if (in_every_fold(all.folds, name)) {
                all.predictors.push_back(name);
                all.descriptions.push_back(fold.descriptions[j]);
            }
        }
        for (const std::string& note : fold.notes) {
            if (std::find(all.notes.begin(), all.notes.end(), note) == all.notes.end()) all.notes.push_back(note);
        }
    }
}

Score combined(const Report& all, const Score& like) {
    Score score{like.metric, like.higher_is_better, {}, {}};
    for (const std::string& predictor : all.predictors) {
        const auto values = over_folds(all.folds, like.metric, predictor);
        score.values.push_back(mean(values));
        score.deviations.push_back(deviation(values));
    }
    return score;
}

}  // namespace

Report combine(std::vector<Report> folds, std::string split) {
    if (folds.empty()) throw InvalidArgument("combine: folds must not be empty");
    Report all;
    all.task = folds.front().task;
    all.split = std::move(split);
    all.classes = folds.front().classes;
    all.folds = std::move(folds);
    for (const Report& fold : all.folds) {
        if (fold.task != all.task) throw InvalidArgument("combine: folds must be of one task, got both");
        all.n_rows += fold.n_rows;
        all.n_dropped += fold.n_dropped;
        if (fold.first_time.empty()) continue;  // ISO texts sort as their times do
        all.first_time = all.first_time.empty() ? fold.first_time : std::min(all.first_time, fold.first_time);
        all.last_time = std::max(all.last_time, fold.last_time);
    }
    choose_predictors(all);
    for (const Score& score : all.folds.front().scores) all.scores.push_back(combined(all, score));
    return all;
}

}  // namespace plantwright::evaluate
