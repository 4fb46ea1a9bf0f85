// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <limits>

#include "plantwright/core/error.hpp"
#include "plantwright/evaluate/report.hpp"
#include "report_parts.hpp"
#include "shown.hpp"

namespace plantwright::evaluate {
namespace {

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

}  // namespace

const Score* Report::find(std::string_view metric) const {
    const auto at = std::find_if(scores.begin(), scores.end(), [&](const Score& s) { return s.metric == metric; });
    return at == scores.end() ? nullptr : &*at;
}

bool Report::beats_baselines() const { return !scores.empty() && beats_all(scores.front()); }

std::string Report::to_text() const {
    std::string text = headline(*this);
    if (!scores.empty())
        text += '\n' + score_table(scores, predictors) + '\n' + verdict_text(scores.front(), predictors);
    if (!folds.empty() && !scores.empty()) text += '\n' + fold_table(*this);
    if (confusion.rows() > 0) text += '\n' + confusion_table(*this);
    if (predictors.size() > 1) text += '\n';
    for (std::size_t j = 1; j < predictors.size(); ++j) text += predictors[j] + ": " + descriptions[j] + '\n';
    for (const std::string& note : notes) text += "Note: " + note + '\n';
    return text;
}

}  // namespace plantwright::evaluate
