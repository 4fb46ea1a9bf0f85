// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/select_from_forest.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "preprocessing/fitting.hpp"
#include "preprocessing/forest_importances.hpp"

namespace plantwright {
namespace {

using Options = SelectFromForestOptions;
constexpr std::string_view kWho = Options::kStepType;

[[noreturn]] void fail_threshold(const io::Json& given) {
    throw InvalidArgument(std::string(kWho) +
                          ": threshold must be a number, \"mean\", \"median\" or a multiple as \"1.25*mean\", got " +
                          given.dump());
}

double mean_of(const Vector& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double median_of(const Vector& values) {
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    const std::size_t half = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/// Of "mean", "median", or one of them behind "factor*".
double threshold_from(const io::Json& given, const Vector& importances) {
    if (given.is_number()) return given.as_double();
    if (!given.is_string()) fail_threshold(given);
    const std::string& text = given.as_string();
    const std::size_t star = text.find('*');
    double factor = 1;
    if (star != std::string::npos) {
        try {
            factor = io::Json::parse(text.substr(0, star)).as_double();
        } catch (const std::invalid_argument&) {
            fail_threshold(given);
        }
    }
    const std::string name = star == std::string::npos ? text : text.substr(star + 1);
    if (name != "mean" && name != "median") fail_threshold(given);
    return factor * (name == "mean" ? mean_of(importances) : median_of(importances));
}

std::vector<bool> important(const Vector& importances, double threshold, std::optional<std::int64_t> max_features) {
    std::vector<Index> order(static_cast<std::size_t>(importances.size()));
    std::iota(order.begin(), order.end(), Index{0});
    std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return importances[a] > importances[b]; });
    const auto most = static_cast<std::size_t>(max_features.value_or(std::ssize(order)));
    std::vector<bool> is_kept(order.size());
    for (std::size_t i = 0; i < std::min(most, order.size()); ++i)
        is_kept[static_cast<std::size_t>(order[i])] = importances[order[i]] >= threshold;
    return is_kept;
}

}  // namespace

SelectFromForest SelectFromForest::fit(const Frame& frame, const Options& options, std::optional<int> n_jobs) {
    require_rows(kWho, frame);
    require_forest(kWho, options.n_estimators, options.max_depth);
    if (options.max_features && *options.max_features < 1) {
        throw InvalidArgument(std::string(kWho) + ": max_features must be at least 1, got " +
                              std::to_string(*options.max_features));
    }
    threshold_from(options.threshold, Vector{0.0});  // before the work
    SelectFromForest step;
    step.options_ = options;
    const auto specs =
        select_columns(kWho, frame.schema(), options.columns, {ColumnKind::number, ColumnKind::category});
    step.choose_among(specs, frame.schema());
    const TrainingTarget target = training_target(kWho, frame, reading_of(options.target_type));
    RandomForestOptions forest{.n_estimators = static_cast<int>(options.n_estimators),
                               .random_state = static_cast<std::uint64_t>(options.random_state),
                               .n_jobs = n_jobs,
                               .categorical_features = category_places(specs)};
    if (options.max_depth) forest.max_depth = static_cast<int>(*options.max_depth);
    step.importances_ =
        forest_importances(float_features(kWho, frame, specs, target.rows), target, forest, options.importance);
    step.threshold_ = threshold_from(options.threshold, step.importances_);
    step.keep(important(step.importances_, step.threshold_, options.max_features));
    return step;
}

void SelectFromForest::validate() const {
    Selector::validate();
    require_one_each(importances_);
}

}  // namespace plantwright
