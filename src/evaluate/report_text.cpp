// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <limits>

#include "plantwright/core/error.hpp"
#include "plantwright/evaluate/report.hpp"
#include "shown.hpp"

namespace plantwright::evaluate {
namespace {

using Cells = std::vector<std::vector<std::string>>;

/// First column left, the others right-aligned, two blanks between.
std::string aligned(const Cells& cells) {
    std::vector<std::size_t> width;
    for (const auto& row : cells) {
        width.resize(std::max(width.size(), row.size()), 0);
        for (std::size_t j = 0; j < row.size(); ++j) width[j] = std::max(width[j], row[j].size());
    }
    std::string text;
    for (const auto& row : cells) {
        for (std::size_t j = 0; j < row.size(); ++j) {
            const std::string blanks(width[j] - row[j].size(), ' ');
            text += j == 0 ? row[j] + (row.size() > 1 ? blanks : "") : "  " + blanks + row[j];
        }
        text += '\n';
    }
    return text;
}

std::string grouped(Index n) {
    std::string digits = std::to_string(n);
    for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
    return digits;
}

std::string headline(const Report& report) {
    std::string text = report.task == Task::regression ? "Regression, " : "Classification, ";
    text += grouped(report.n_rows) + (report.n_rows == 1 ? " row" : " rows") + " tested";
    if (!report.folds.empty()) text += " in " + std::to_string(report.folds.size()) + " folds (mean +- sd)";
    if (report.n_train > 0) text += ", " + grouped(report.n_train) + " trained on";
    if (!report.first_time.empty()) text += ", " + report.first_time + " to " + report.last_time;
    text += '\n';
    if (!report.split.empty()) text += "Split: " + report.split + '\n';
    if (report.n_dropped > 0) {
        text += grouped(report.n_dropped) + " rows without a value of some baseline are left out for all.\n";
    }
    return text;
}

std::string cell(const Score& score, std::size_t predictor) {
    std::string text = number_text(score.values[predictor]);
    if (!score.deviations.empty() && !std::isnan(score.deviations[predictor])) {
        text += " +- " + number_text(score.deviations[predictor]);
    }
    return text;
}

std::string score_table(const Report& report) {
    Cells cells = {{""}};
    cells[0].insert(cells[0].end(), report.predictors.begin(), report.predictors.end());
    for (const Score& score : report.scores) {
        cells.push_back({score.metric});
        for (std::size_t j = 0; j < report.predictors.size(); ++j) cells.back().push_back(cell(score, j));
    }
    return aligned(cells);
}

std::string confusion_table(const Report& report) {
    Cells cells = {{"truth \\ predicted"}};
    cells[0].insert(cells[0].end(), report.classes.begin(), report.classes.end());
    for (Index i = 0; i < report.confusion.rows(); ++i) {
        cells.push_back({report.classes[static_cast<std::size_t>(i)]});
        for (Index j = 0; j < report.confusion.cols(); ++j) cells.back().push_back(number_text(report.confusion(i, j)));
    }
    return aligned(cells);
}

std::string fold_table(const Report& report) {
    const std::string& metric = report.scores.front().metric;
    Cells cells = {{metric + " by fold", "rows"}};
    cells[0].insert(cells[0].end(), report.predictors.begin(), report.predictors.end());
    for (std::size_t k = 0; k < report.folds.size(); ++k) {
        const Report& fold = report.folds[k];
        cells.push_back({std::to_string(k), grouped(fold.n_rows)});
        for (const std::string& predictor : report.predictors) {
            const auto at = std::find(fold.predictors.begin(), fold.predictors.end(), predictor);
            cells.back().push_back(
                number_text(fold.scores.front().values[static_cast<std::size_t>(at - fold.predictors.begin())]));
        }
    }
    return aligned(cells);
}

/// The best baseline by the first score: its place among the predictors, 0 where there is none.
std::size_t best_baseline(const Score& score) {
    std::size_t best = 0;
    for (std::size_t j = 1; j < score.values.size(); ++j) {
        if (std::isnan(score.values[j])) continue;
        const bool better = best == 0 || (score.higher_is_better ? score.values[j] > score.values[best]
                                                                 : score.values[j] < score.values[best]);
        if (better) best = j;
    }
    return best;
}

std::string verdict(const Report& report) {
    const Score& score = report.scores.front();
    const std::size_t best = best_baseline(score);
    if (best == 0 || std::isnan(score.values[0])) return "";
    const std::string numbers = number_text(score.values[0]) + " against " + number_text(score.values[best]);
    return report.beats_baselines()
               ? "By " + score.metric + " the model beats every baseline; the best is " + report.predictors[best] +
                     " (" + numbers + ").\n"
               : "By " + score.metric + " the model does NOT beat " + report.predictors[best] + " (" + numbers + ").\n";
}

}  // namespace

const Score* Report::find(std::string_view metric) const {
    const auto at = std::find_if(scores.begin(), scores.end(), [&](const Score& s) { return s.metric == metric; });
    return at == scores.end() ? nullptr : &*at;
}

bool Report::beats_baselines() const {
    if (scores.empty() || scores.front().values.empty() || std::isnan(scores.front().values[0])) return false;
    const Score& score = scores.front();
    const std::size_t best = best_baseline(score);
    if (best == 0) return true;
    return score.higher_is_better ? score.values[0] > score.values[best] : score.values[0] < score.values[best];
}

std::string Report::to_text() const {
    std::string text = headline(*this);
    if (!scores.empty()) text += '\n' + score_table(*this) + '\n' + verdict(*this);
    if (!folds.empty() && !scores.empty()) text += '\n' + fold_table(*this);
    if (confusion.rows() > 0) text += '\n' + confusion_table(*this);
    if (predictors.size() > 1) text += '\n';
    for (std::size_t j = 1; j < predictors.size(); ++j) text += predictors[j] + ": " + descriptions[j] + '\n';
    for (const std::string& note : notes) text += "Note: " + note + '\n';
    return text;
}

}  // namespace plantwright::evaluate
