// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/boruta.hpp"

#include <algorithm>

#include "plantwright/core/random.hpp"
#include "preprocessing/fitting.hpp"
#include "preprocessing/forest_importances.hpp"
#include "preprocessing/multiple_testing.hpp"

namespace plantwright {
namespace {

using Options = BorutaOptions;
constexpr std::string_view kWho = Options::kStepType;
constexpr std::int64_t kMostRounds = 10'000;

void require_share(double value, const char* name) {
    if (value > 0 && value < 1) return;
    throw InvalidArgument(std::string(kWho) + ": " + name + " must be in (0, 1), got " + io::Json(value).dump());
}

void require_valid(const Options& options) {
    require_forest(kWho, options.n_estimators, options.max_depth);
    require_share(options.alpha, "alpha");
    if (options.hit_rate) require_share(*options.hit_rate, "hit_rate");
    if (options.max_rounds < 1 || options.max_rounds > kMostRounds) {
        throw InvalidArgument(std::string(kWho) + ": max_rounds must be in [1, 10000], got " +
                              std::to_string(options.max_rounds));
    }
}

/// The importances of some columns, and that of the most important shadow, of all columns.
class ShadowTest {
public:
    ShadowTest(const Frame& frame, const std::vector<ColumnSpec>& specs, const Options& options,
               std::optional<int> n_jobs)
        : options_(options), specs_(specs), target_(training_target(kWho, frame, reading_of(options.target_type))),
          features_(float_features(kWho, frame, specs, target_.rows)),
          seed_(static_cast<std::uint64_t>(options.random_state)), n_jobs_(n_jobs) {}

    /// Whether each of `columns` has a hit.
    std::vector<bool> round(Index number, const std::vector<Index>& columns) const {
        const auto index = static_cast<std::uint64_t>(number);
        RandomForestOptions forest{.n_estimators = static_cast<int>(options_.n_estimators),
                                   .random_state = RandomStream(seed_, index, Purpose::features).next(),
                                   .n_jobs = n_jobs_,
                                   .categorical_features = categories_with_shadows(columns)};
        if (options_.max_depth) forest.max_depth = static_cast<int>(*options_.max_depth);
        const Vector importances =
            forest_importances(with_shadows(columns, RandomStream(seed_, index, Purpose::permutation)), target_, forest,
                               options_.importance);
        const auto n = static_cast<Index>(columns.size());
        const double highest = *std::max_element(importances.begin() + n, importances.end());
        std::vector<bool> hits;
        for (Index k = 0; k < n; ++k) hits.push_back(importances[k] > highest);
        return hits;
    }

private:
    Table<float> with_shadows(const std::vector<Index>& columns, RandomStream random) const {
        const Index n_rows = features_.rows(), n = std::ssize(columns);
        Table<float> all(n_rows, n + features_.cols());
        std::vector<float> shadow(static_cast<std::size_t>(n_rows));
        for (Index j = 0; j < features_.cols(); ++j) {
            for (Index i = 0; i < n_rows; ++i) shadow[static_cast<std::size_t>(i)] = features_(i, j);
            random.shuffle(std::span(shadow));
            for (Index i = 0; i < n_rows; ++i) all(i, n + j) = shadow[static_cast<std::size_t>(i)];
        }
        for (Index k = 0; k < n; ++k) {
            for (Index i = 0; i < n_rows; ++i) all(i, k) = features_(i, columns[static_cast<std::size_t>(k)]);
        }
        return all;
    }
    std::vector<Index> categories_with_shadows(const std::vector<Index>& columns) const {
        std::vector<ColumnSpec> all;
        for (const Index k : columns) all.push_back(specs_[static_cast<std::size_t>(k)]);
        all.insert(all.end(), specs_.begin(), specs_.end());
        return category_places(all);
    }

    const Options& options_;
    const std::vector<ColumnSpec>& specs_;
    TrainingTarget target_;
    Table<float> features_;
    std::uint64_t seed_;
    std::optional<int> n_jobs_;
};

struct Tally {
    Vector hits, rounds;
    std::vector<bool> is_rejected;

    explicit Tally(Index n_columns)
        : hits(n_columns, 0.0), rounds(n_columns, 0.0), is_rejected(static_cast<std::size_t>(n_columns)) {}

    std::vector<Index> left() const {
        std::vector<Index> columns;
        for (Index k = 0; k < hits.size(); ++k) {
            if (!is_rejected[static_cast<std::size_t>(k)]) columns.push_back(k);
        }
        return columns;
    }
    /// Leaves out those whose hits are too few, by Bonferroni's correction.
    void take(const std::vector<Index>& columns, const std::vector<bool>& is_hit, double hit_rate, double alpha) {
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const Index k = columns[i];
            hits[k] += is_hit[i] ? 1 : 0;
            rounds[k] += 1;
            const double p = binomial_at_most(static_cast<Index>(hits[k]), static_cast<Index>(rounds[k]), hit_rate);
            is_rejected[static_cast<std::size_t>(k)] = p * static_cast<double>(hits.size()) <= alpha;
        }
    }
};

}  // namespace

Boruta Boruta::fit(const Frame& frame, const Options& options, std::optional<int> n_jobs) {
    require_valid(options);
    require_rows(kWho, frame);
    Boruta step;
    step.options_ = options;
    const double hit_rate = options.hit_rate.value_or(1 - options.alpha);
    const auto specs =
        select_columns(kWho, frame.schema(), options.columns, {ColumnKind::number, ColumnKind::category});
    step.choose_among(specs, frame.schema());
    const ShadowTest test(frame, specs, options, n_jobs);
    Tally tally(std::ssize(specs));
    for (Index number = 0; number < options.max_rounds; ++number) {
        const std::vector<Index> left = tally.left();
        if (left.empty()) break;
        tally.take(left, test.round(number, left), hit_rate, options.alpha);
    }
    step.hits_ = std::move(tally.hits);
    step.rounds_ = std::move(tally.rounds);
    step.decide(tally.is_rejected, hit_rate);
    return step;
}

void Boruta::decide(const std::vector<bool>& is_rejected, double hit_rate) {
    p_values_ = Vector(hits_.size());
    for (Index k = 0; k < hits_.size(); ++k)
        p_values_[k] = binomial_at_least(static_cast<Index>(hits_[k]), static_cast<Index>(rounds_[k]), hit_rate);
    const Vector adjusted = adjusted_p_values(p_values_, options_.correction);
    std::vector<bool> is_kept;
    for (Index k = 0; k < hits_.size(); ++k) {
        const bool rejected = is_rejected[static_cast<std::size_t>(k)];
        is_kept.push_back(!rejected && (options_.keep_tentative || adjusted[k] <= options_.alpha));
    }
    keep(is_kept);
}

void Boruta::validate() const {
    Selector::validate();
    require_one_each(hits_);
    require_one_each(rounds_);
    require_one_each(p_values_);
}

}  // namespace plantwright
