// SPDX-License-Identifier: MIT
/// Trivial predictors of the tested rows. Classes are handled as numbers here; NaN marks a row without a value.
#pragma once

#include <string>
#include <vector>

#include "plantwright/evaluate/report.hpp"

namespace plantwright::evaluate {

struct Baseline {
    std::string name;
    std::string description;
    std::vector<double> prediction;  ///< (n,), NaN: none for this row; empty: gives probabilities alone
    Matrix probability;              ///< (n, n_classes), or empty: gives labels alone

    bool covers(Index row) const;
    double coverage(Index n_rows) const;
};

/// What both tasks share: truths as numbers, and the keys that order them.
struct Truths {
    std::vector<double> tested, train, history;  // history is never empty
    std::vector<std::int64_t> tested_times, train_times, history_times;
    bool are_stamps = false;
    Index n_classes = 0;  // 0: regression
};

Truths make_truths(std::vector<double> tested, std::vector<double> train, std::vector<double> history,
                   const TimeOrder& times);

/// The named baselines, or all that apply where `names` is absent. Throws InvalidArgument on an unknown name, and where
/// last_week is asked for without time stamps. A note is added for what was left out.
std::vector<Baseline> make_baselines(const Truths& truths, const BaselineOptions& options,
                                     std::vector<std::string>& notes);

}  // namespace plantwright::evaluate
