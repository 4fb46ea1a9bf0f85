// SPDX-License-Identifier: MIT
/// `Report`: a model's scores beside those of trivial predictors, all on the same rows.
///
/// A number without its baseline says little: R2 .92 is poor where yesterday's value gives .95. Baselines:
///
///     mean, median      of the training target                                  (regression)
///     persistence       the truth at the last time stamp before, one step ahead: the actual previous value
///     last_week         the truth exactly seven days before
///     majority          the most frequent training class                        (classification)
///     prior             the training class frequencies, as probabilities
///     always_positive   class 1 for every row, "always alarm"                   (two classes)
///
/// Rows for which a baseline has no value are left out for the model and every baseline alike, and counted. Where
/// history has several rows at one stamp, persistence and last_week take their mean (of classes: the last). Persistence
/// as a probability is the training frequency of each class after the previous one, shrunk to the prior by one row.
/// O(n log n). Pure functions; a Report is a value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plantwright/core/export.hpp"
#include "plantwright/core/types.hpp"
#include "plantwright/evaluate/classification_metrics.hpp"
#include "plantwright/io/json.hpp"

namespace plantwright::evaluate {

enum class Task { regression, classification };

/// One metric of every predictor; NaN where it does not apply (a label has no log loss).
struct Score {
    std::string metric;
    bool higher_is_better = false;
    std::vector<double> values;      ///< the model first, then the baselines
    std::vector<double> deviations;  ///< standard deviation over folds (n - 1); empty for a single split
    bool operator==(const Score&) const = default;
};

struct Report {
    Task task = Task::regression;
    std::vector<std::string> predictors;    ///< "model", then the baselines
    std::vector<std::string> descriptions;  ///< of each predictor: what it predicts
    std::vector<Score> scores;              ///< the first one decides `beats_baselines`
    Index n_rows = 0;                       ///< that every score is computed on
    Index n_dropped = 0;                    ///< rows without a value of some baseline, left out for all
    Index n_train = 0;                      ///< 0 where the training target was not given
    std::string split;                      ///< the caller's words: "last 20 % by time"
    std::string first_time, last_time;      ///< of the tested rows; empty without time stamps
    std::vector<std::string> classes;
    Matrix confusion;  ///< of the model, rows: truth; empty for regression and over folds
    std::vector<std::string> notes;
    std::vector<Report> folds;  ///< of a cross-validation; `scores` are then their means

    PLANTWRIGHT_API const Score* find(std::string_view metric) const;  ///< null where absent
    PLANTWRIGHT_API bool beats_baselines() const;  ///< by the first score; false where it is undefined
    PLANTWRIGHT_API std::string to_text() const;
    PLANTWRIGHT_API io::Json to_json() const;  ///< NaN as null
    PLANTWRIGHT_API static Report from_json(const io::Json& json);
};

/// Time stamps in nanoseconds (UTC), or any numbers that order the rows. Empty: training rows, then tested rows, in
/// order.
struct TimeOrder {
    VectorView<const std::int64_t> tested, train, history;
    bool are_stamps = true;  ///< false: an order only, so no last_week and no time range
};

struct BaselineOptions {
    std::optional<std::vector<std::string>> names;  ///< absent: all that apply and cover at least half of the rows
    Index horizon = 1;  ///< steps ahead that persistence must predict, in distinct time stamps
};

struct RegressionResult {
    ConstVectorView y_true, y_pred;
    ConstVectorView sample_weight = {};
    ConstVectorView y_train = {};    ///< where absent, mean and median are those of the tested rows, and a note says so
    ConstVectorView y_history = {};  ///< every known truth, tested rows included; where absent: y_train, then y_true
    TimeOrder times = {};
    std::string split = {};
};

struct ClassificationResult {
    ConstLabelView y_true, y_pred;
    ConstMatrixView probability = {};  ///< (n, n_classes), or empty
    ConstVectorView sample_weight = {};
    ConstLabelView y_train = {};
    ConstLabelView y_history = {};
    TimeOrder times = {};
    std::vector<std::string> classes;  ///< by code; class 1 of two is the positive one
    std::string split = {};
};

PLANTWRIGHT_API Report report(const RegressionResult& result, const BaselineOptions& baselines = {});
PLANTWRIGHT_API Report report(const ClassificationResult& result, const BaselineOptions& baselines = {});

/// Means and standard deviations over folds of one task. Predictors that some fold lacks are left out, and noted.
PLANTWRIGHT_API Report combine(std::vector<Report> folds, std::string split = {});

}  // namespace plantwright::evaluate
