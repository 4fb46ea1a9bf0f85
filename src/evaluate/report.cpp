// SPDX-License-Identifier: MIT
#include "plantwright/evaluate/report.hpp"

#include <algorithm>
#include <cmath>

#include "baselines.hpp"
#include "checks.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/evaluate/regression_metrics.hpp"
#include "report_parts.hpp"
#include "shown.hpp"

namespace plantwright::evaluate {
namespace {

using Rows = std::vector<Index>;

template <class T>
std::vector<double> as_numbers(VectorView<const T> values) {
    std::vector<double> numbers(static_cast<std::size_t>(values.size()));
    for (Index i = 0; i < values.size(); ++i) numbers[static_cast<std::size_t>(i)] = static_cast<double>(values[i]);
    return numbers;
}

template <class To, class Values>
std::vector<To> take(const Values& values, const Rows& rows) {
    std::vector<To> taken;
    taken.reserve(rows.size());
    for (const Index i : rows) taken.push_back(static_cast<To>(values[static_cast<decltype(values.size())>(i)]));
    return taken;
}

Matrix take_rows(ConstMatrixView table, const Rows& rows) {
    Matrix taken(static_cast<Index>(rows.size()), table.cols());
    for (Index i = 0; i < taken.rows(); ++i) {
        for (Index j = 0; j < taken.cols(); ++j) taken(i, j) = table(rows[static_cast<std::size_t>(i)], j);
    }
    return taken;
}

Rows rows_covered_by_all(const std::vector<Baseline>& baselines, Index n_rows) {
    Rows rows;
    for (Index i = 0; i < n_rows; ++i) {
        const auto covers = [&](const Baseline& baseline) { return baseline.covers(i); };
        if (std::all_of(baselines.begin(), baselines.end(), covers)) rows.push_back(i);
    }
    if (rows.empty()) throw InvalidArgument("report: no row has a value of every baseline; ask for fewer baselines");
    return rows;
}

/// Everything in a report but the scores.
Report frame_of_report(Task task, const Truths& truths, const std::vector<Baseline>& baselines, const Rows& rows,
                       const std::string& split, std::vector<std::string> notes) {
    Report report;
    report.task = task;
    report.predictors = {"model"};
    report.descriptions = {"the model under test"};
    for (const Baseline& baseline : baselines) {
        report.predictors.push_back(baseline.name);
        report.descriptions.push_back(baseline.description);
    }
    report.n_rows = static_cast<Index>(rows.size());
    report.n_dropped = static_cast<Index>(truths.tested.size()) - report.n_rows;
    report.n_train = static_cast<Index>(truths.train.size());
    report.split = split;
    report.notes = std::move(notes);
    if (truths.are_stamps) {
        const auto times = take<std::int64_t>(truths.tested_times, rows);
        const auto [first, last] = std::minmax_element(times.begin(), times.end());
        report.first_time = time_text(*first);
        report.last_time = time_text(*last);
    }
    return report;
}

void score_numbers(Scores& scores, ConstVectorView y, ConstVectorView p, ConstVectorView weight) {
    scores.add("RMSE", false, root_mean_squared_error(y, p, weight));
    scores.add("MAE", false, mean_absolute_error(y, p, weight));
    scores.add("R2", true, r2_score(y, p, weight));
    scores.add("max error", false, max_error(y, p));
    scores.add("MSE", false, mean_squared_error(y, p, weight));
    scores.next_predictor();
}

void score_labels(Scores& scores, const Matrix& confusion) {
    const bool binary = confusion.rows() == 2;
    const PrecisionRecall means = precision_recall(confusion, binary ? Average::binary : Average::macro);
    const std::string kind = binary ? "" : " (macro)";
    scores.add("balanced accuracy", true, balanced_accuracy_score(confusion));
    scores.add("accuracy", true, accuracy_score(confusion));
    scores.add("precision" + kind, true, means.precision);
    scores.add("recall" + kind, true, means.recall);
    scores.add("F1" + kind, true, means.f1);
}

void score_probabilities(Scores& scores, ConstLabelView y, const Matrix& probability, ConstVectorView weight) {
    const bool binary = probability.cols() == 2;
    const ConstVectorView positive = binary ? probability.view().col(1) : VectorView<const double>();
    const ConstMatrixView all = probability;
    scores.add(binary ? "ROC AUC" : "ROC AUC (macro)", true,
               binary ? roc_auc_score(y, positive, weight) : roc_auc_score(y, all, weight));
    scores.add(binary ? "average precision" : "average precision (macro)", true,
               binary ? average_precision_score(y, positive, weight) : average_precision_score(y, all, weight));
    scores.add("log loss", false, log_loss(y, all, weight));
    scores.add("Brier", false, brier_score_loss(y, all, weight));
}

void require_result(const char* name, Index size, Index rows) { require_length("report", name, size, rows); }

void require_classes(const ClassificationResult& result) {
    const auto n_classes = static_cast<Index>(result.classes.size());
    if (n_classes < 2) throw InvalidArgument("report: classes must be at least 2, got " + std::to_string(n_classes));
    require_labels("report", "y_true", result.y_true, n_classes);
    require_labels("report", "y_pred", result.y_pred, n_classes);
    require_labels("report", "y_train", result.y_train, n_classes);
    require_labels("report", "y_history", result.y_history, n_classes);
    if (result.probability.rows() == 0) return;
    require_result("probability", result.probability.rows(), result.y_true.size());
    if (result.probability.cols() != n_classes) {
        throw InvalidArgument("report: probability must have one column a class (" + std::to_string(n_classes) +
                              "), got " + std::to_string(result.probability.cols()));
    }
}

}  // namespace

Report report(const RegressionResult& result, const BaselineOptions& options) {
    require_rows("report", result.y_true.size());
    require_result("y_pred", result.y_pred.size(), result.y_true.size());
    require_weights("report", result.sample_weight, result.y_true.size());
    require_finite("report", "y_true", result.y_true);
    require_finite("report", "y_train", result.y_train);
    require_finite("report", "y_history", result.y_history);
    const Truths truths =
        make_truths(as_numbers(result.y_true), as_numbers(result.y_train), as_numbers(result.y_history), result.times);
    std::vector<std::string> notes;
    const std::vector<Baseline> baselines = make_baselines(truths, options, notes);
    const Rows rows = rows_covered_by_all(baselines, result.y_true.size());

    Report report = frame_of_report(Task::regression, truths, baselines, rows, result.split, std::move(notes));
    const auto y = take<double>(result.y_true, rows);
    const auto weight = result.sample_weight.empty() ? std::vector<double>{} : take<double>(result.sample_weight, rows);
    Scores scores(report.scores);
    score_numbers(scores, y, take<double>(result.y_pred, rows), weight);
    for (const Baseline& baseline : baselines)
        score_numbers(scores, y, take<double>(baseline.prediction, rows), weight);
    scores.finish();
    return report;
}

Report report(const ClassificationResult& result, const BaselineOptions& options) {
    require_rows("report", result.y_true.size());
    require_result("y_pred", result.y_pred.size(), result.y_true.size());
    require_weights("report", result.sample_weight, result.y_true.size());
    require_classes(result);
    Truths truths =
        make_truths(as_numbers(result.y_true), as_numbers(result.y_train), as_numbers(result.y_history), result.times);
    truths.n_classes = static_cast<Index>(result.classes.size());
    std::vector<std::string> notes;
    const std::vector<Baseline> baselines = make_baselines(truths, options, notes);
    const Rows rows = rows_covered_by_all(baselines, result.y_true.size());

    Report report = frame_of_report(Task::classification, truths, baselines, rows, result.split, std::move(notes));
    report.classes = result.classes;
    const auto y = take<std::int32_t>(result.y_true, rows);
    const auto weight = result.sample_weight.empty() ? std::vector<double>{} : take<double>(result.sample_weight, rows);
    report.confusion = confusion_matrix(y, take<std::int32_t>(result.y_pred, rows), truths.n_classes, weight);
    Scores scores(report.scores);
    score_labels(scores, report.confusion);
    if (result.probability.rows() > 0) score_probabilities(scores, y, take_rows(result.probability, rows), weight);
    scores.next_predictor();
    for (const Baseline& baseline : baselines) {
        if (!baseline.prediction.empty()) {
            const auto labels = take<std::int32_t>(baseline.prediction, rows);
            score_labels(scores, confusion_matrix(y, labels, truths.n_classes, weight));
        }
        if (baseline.probability.rows() > 0 && result.probability.rows() > 0) {
            score_probabilities(scores, y, take_rows(baseline.probability, rows), weight);
        }
        scores.next_predictor();
    }
    scores.finish();
    return report;
}

}  // namespace plantwright::evaluate
