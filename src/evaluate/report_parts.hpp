// SPDX-License-Identifier: MIT
/// What reports share: scores gathered predictor by predictor, shown as a table, kept as JSON.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "plantwright/evaluate/report.hpp"

namespace plantwright::evaluate {

/// Appends one predictor's scores; the first predictor decides the order.
class Scores {
public:
    explicit Scores(std::vector<Score>& scores) : scores_(scores) {}
    void next_predictor() { ++predictor_; }
    void add(const std::string& metric, bool higher_is_better, double value) {
        auto at = std::find_if(scores_.begin(), scores_.end(), [&](const Score& s) { return s.metric == metric; });
        if (at == scores_.end()) at = scores_.insert(scores_.end(), Score{metric, higher_is_better, {}, {}});
        at->values.resize(predictor_, kNaN);
        at->values.push_back(value);
    }
    void finish() {
        for (Score& score : scores_) score.values.resize(predictor_, kNaN);
    }

private:
    std::vector<Score>& scores_;
    std::size_t predictor_ = 0;
};

bool beats_all(const Score& score);  ///< the first value the others; false where it is undefined

std::string score_table(const std::vector<Score>& scores, const std::vector<std::string>& predictors);

/// "By RMSE the model beats every baseline; ..."; empty where there is nothing to compare.
std::string verdict_text(const Score& score, const std::vector<std::string>& predictors);

io::Json to_array(const std::vector<std::string>& values);
io::Json number_array(const std::vector<double>& values);
io::Json score_json(const Score& score);

double number_or_nan(const io::Json& json);
std::vector<std::string> strings(const io::Json& json);
std::vector<double> numbers(const io::Json& json);
Score score_from(const io::Json& json);

}  // namespace plantwright::evaluate
