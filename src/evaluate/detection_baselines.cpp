// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <numeric>

#include "checks.hpp"
#include "detection_rows.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/core/random.hpp"

namespace plantwright::evaluate {
namespace {

constexpr const char* kWho = "detection_report";

struct Limits {
    double lowest = kNaN, highest = kNaN;

    /// 0 at a limit, 1 a width beyond it, -1/2 in the middle; NaN where nothing can be said.
    double outside(double value) const {
        const bool both = !std::isnan(lowest) && !std::isnan(highest);
        const double width = both && highest > lowest ? highest - lowest : 1;
        return std::fmax((lowest - value) / width, (value - highest) / width);
    }
};

Limits limits_of(ConstVectorView training) {
    Limits limits;
    for (Index i = 0; i < training.size(); ++i) {
        limits.lowest = std::fmin(limits.lowest, training[i]);
        limits.highest = std::fmax(limits.highest, training[i]);
    }
    return limits;
}

std::vector<Limits> limits_of(const SensorRanges& ranges) {
    const Index n_sensors = ranges.values.cols();
    std::vector<Limits> limits;
    if (ranges.lowest.empty() && ranges.highest.empty()) {
        if (ranges.train.cols() != n_sensors || ranges.train.rows() == 0) {
            throw InvalidArgument(std::string(kWho) +
                                  ": the range rule must have lowest and highest, or training "
                                  "rows of " +
                                  std::to_string(n_sensors) + " sensors, got " + std::to_string(ranges.train.rows()) +
                                  " rows of " + std::to_string(ranges.train.cols()));
        }
        for (Index j = 0; j < n_sensors; ++j) limits.push_back(limits_of(ranges.train.col(j)));
        return limits;
    }
    require_length(kWho, "lowest", ranges.lowest.size(), n_sensors);
    require_length(kWho, "highest", ranges.highest.size(), n_sensors);
    for (Index j = 0; j < n_sensors; ++j) limits.push_back({ranges.lowest[j], ranges.highest[j]});
    return limits;
}

double worst_sensor(ConstVectorView values, const std::vector<Limits>& limits) {
    constexpr double kNothingKnown = -0.5;
    double worst = kNaN;
    for (Index j = 0; j < values.size(); ++j) {
        worst = std::fmax(worst, limits[static_cast<std::size_t>(j)].outside(values[j]));
    }
    return std::isnan(worst) ? kNothingKnown : std::clamp(worst, -1e300, 1e300);  // an infinite reading is outside
}

}  // namespace

Candidate always_alarm(Index n_rows) {
    const auto n = static_cast<std::size_t>(n_rows);
    return {"always_alarm", "every row in alarm", std::vector<double>(n, 1.0), Flags(n, 1)};
}

Candidate random_alarms(Index n_rows, Index n_alarms, std::uint64_t seed) {
    const auto n = static_cast<std::size_t>(n_rows);
    Candidate random{"random", "uniform scores, as many rows in alarm as the model", std::vector<double>(n), {}};
    RandomStream stream(seed, 0, Purpose::permutation);
    for (double& score : random.scores) score = stream.uniform();
    random.alarms.assign(n, 0);
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return random.scores[a] > random.scores[b]; });
    for (std::size_t k = 0; k < static_cast<std::size_t>(n_alarms); ++k) random.alarms[order[k]] = 1;
    return random;
}

Candidate range_rule(const SensorRanges& ranges, const DetectionRows& rows) {
    require_length(kWho, "values", ranges.values.rows(), rows.n_given);
    const bool learned = ranges.lowest.empty() && ranges.highest.empty();
    Candidate rule{
        "range_rule", learned ? "a sensor outside its range in training" : "a sensor outside its limits", {}, {}};
    const auto limits = limits_of(ranges);
    for (const Index row : rows.rows) {
        rule.scores.push_back(worst_sensor(ranges.values.row(row), limits));
        rule.alarms.push_back(rule.scores.back() > 0 ? 1 : 0);
    }
    return rule;
}

}  // namespace plantwright::evaluate
