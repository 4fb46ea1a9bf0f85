// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/correlation_filter.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "evaluate/dependence.hpp"
#include "plantwright/core/threads.hpp"
#include "preprocessing/fitting.hpp"
#include "preprocessing/training_target.hpp"

namespace plantwright {
namespace {

using evaluate::Values;

bool has_gaps(const Values& x) {
    return std::any_of(x.begin(), x.end(), [](double a) { return std::isnan(a); });
}

/// |r| of pairs of columns.
class Correlations {
public:
    explicit Correlations(CorrelationMethod method) : by_rank_(method == CorrelationMethod::spearman) {}

    /// A column without gaps is ranked once.
    void add(Values x) {
        gaps_.push_back(has_gaps(x));
        columns_.push_back(by_rank_ && !gaps_.back() ? evaluate::ranks_of(x) : std::move(x));
    }
    double between(std::size_t a, std::size_t b) const {
        return strength(gaps_[a] || gaps_[b] ? of_present(columns_[a], columns_[b])
                                             : evaluate::pearson(columns_[a], columns_[b]));
    }

private:
    static double strength(double r) { return std::isnan(r) ? 0 : std::abs(r); }
    /// Ranks of ranks are ranks, so that it does not matter whether one of the two is ranked.
    double of_present(const Values& x, const Values& y) const {
        Values u, v;
        for (std::size_t i = 0; i < x.size(); ++i) {
            if (std::isnan(x[i]) || std::isnan(y[i])) continue;
            u.push_back(x[i]);
            v.push_back(y[i]);
        }
        return by_rank_ ? evaluate::spearman(u, v) : evaluate::pearson(u, v);
    }

    bool by_rank_;
    std::vector<Values> columns_;
    std::vector<bool> gaps_;
};

/// The target as columns of all rows, NaN where it is missing: its numbers, or 0 and 1 of each class.
std::vector<Values> target_columns(const Frame& frame) {
    const TrainingTarget target = training_target(CorrelationFilterOptions::kStepType, frame, TargetReading::by_kind);
    const std::size_t n_outputs = std::max<std::size_t>(1, target.classes.size());
    std::vector<Values> columns(n_outputs, Values(static_cast<std::size_t>(frame.rows()), kNaN));
    for (std::size_t i = 0; i < target.rows.size(); ++i) {
        const auto row = static_cast<std::size_t>(target.rows[i]);
        for (std::size_t c = 0; c < n_outputs; ++c) {
            const bool is_class = target.is_classes() && target.class_of[i] == static_cast<std::int32_t>(c);
            columns[c][row] = !target.is_classes() ? target.numbers[i] : is_class ? 1 : 0;
        }
    }
    return columns;
}

Vector with_target(Correlations& correlations, std::size_t n_columns, const std::vector<Values>& targets,
                   std::optional<int> n_jobs) {
    for (const Values& target : targets) correlations.add(target);
    Vector strongest(static_cast<Index>(n_columns), 0.0);
    parallel_for(strongest.size(), resolve_n_jobs(n_jobs), [&](Index k, int) {
        for (std::size_t c = 0; c < targets.size(); ++c)
            strongest[k] = std::max(strongest[k], correlations.between(static_cast<std::size_t>(k), n_columns + c));
    });
    return strongest;
}

/// The strongest correlation of column k with one of `kept`, and which that is; 0 and -1 if there is none.
std::pair<double, Index> strongest(const Correlations& correlations, Index k, const std::vector<Index>& kept,
                                   int n_jobs) {
    Vector with(std::ssize(kept));
    parallel_for(with.size(), n_jobs, [&](Index i, int) {
        const Index other = kept[static_cast<std::size_t>(i)];
        with[i] = correlations.between(static_cast<std::size_t>(other), static_cast<std::size_t>(k));
    });
    const auto at = std::max_element(with.begin(), with.end()) - with.begin();
    if (with.empty()) return {0, -1};
    return {with[at], kept[static_cast<std::size_t>(at)]};
}

/// Of each column: itself where it is kept, else the column kept that it correlates with most strongly.
Vector stand_ins(const Correlations& correlations, const Vector& preference, double threshold, int n_jobs) {
    std::vector<Index> order(static_cast<std::size_t>(preference.size())), kept;
    std::iota(order.begin(), order.end(), Index{0});
    std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return preference[a] > preference[b]; });
    for (const Index k : order) {
        if (!(strongest(correlations, k, kept, n_jobs).first > threshold)) kept.push_back(k);
    }
    Vector result(preference.size());
    for (const Index k : order) {
        const bool keeps = std::find(kept.begin(), kept.end(), k) != kept.end();
        result[k] = static_cast<double>(keeps ? k : strongest(correlations, k, kept, n_jobs).second);
    }
    return result;
}

}  // namespace

CorrelationFilter CorrelationFilter::fit(const Frame& frame, const Options& options, std::optional<int> n_jobs) {
    if (!(options.threshold > 0 && options.threshold <= 1)) {
        throw InvalidArgument("CorrelationFilter: threshold must be in (0, 1], got " +
                              io::Json(options.threshold).dump());
    }
    require_rows(Options::kStepType, frame);
    CorrelationFilter step;
    step.options_ = options;
    const auto specs = select_columns(Options::kStepType, frame.schema(), options.columns, {ColumnKind::number});
    step.choose_among(specs, frame.schema());
    Correlations correlations(options.method);
    for (Values& x : number_columns(Options::kStepType, frame, specs)) correlations.add(std::move(x));
    const bool by_target =
        options.prefer == CorrelationPreference::target && frame.schema().name_of(Role::target).has_value();
    step.with_target_ = by_target ? with_target(correlations, specs.size(), target_columns(frame), n_jobs)
                                  : Vector(std::ssize(specs), 0.0);
    step.stand_in_ = stand_ins(correlations, step.with_target_, options.threshold, resolve_n_jobs(n_jobs));
    std::vector<bool> is_kept;
    for (Index k = 0; k < step.stand_in_.size(); ++k) is_kept.push_back(step.stand_in_[k] == static_cast<double>(k));
    step.keep(is_kept);
    return step;
}

void CorrelationFilter::validate() const {
    Selector::validate();
    require_one_each(stand_in_);
    require_one_each(with_target_);
}

}  // namespace plantwright
