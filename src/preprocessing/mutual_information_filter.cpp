// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/mutual_information_filter.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "plantwright/core/threads.hpp"
#include "preprocessing/bin_codes.hpp"
#include "preprocessing/fitting.hpp"
#include "preprocessing/multiple_testing.hpp"
#include "preprocessing/training_target.hpp"

namespace plantwright {
namespace {

using Options = MutualInformationFilterOptions;
constexpr std::string_view kWho = Options::kStepType;

[[noreturn]] void fail(const std::string& what) { throw InvalidArgument(std::string(kWho) + ": " + what); }

void require_valid(const Options& options) {
    if (options.k && *options.k < 1) fail("k must be at least 1, got " + std::to_string(*options.k));
    if (!(options.alpha > 0 && options.alpha < 1))
        fail("alpha must be in (0, 1), got " + io::Json(options.alpha).dump());
    if (options.n_permutations && *options.n_permutations < 1)
        fail("n_permutations must be at least 1, got " + std::to_string(*options.n_permutations));
    if (options.n_bins && *options.n_bins < 2)
        fail("n_bins must be at least 2, got " + std::to_string(*options.n_bins));
}

/// As many that a pair of bins expects 20 rows.
Index bins_for(Index n_rows, const Options& options) {
    if (options.n_bins) return *options.n_bins;
    return std::clamp<Index>(static_cast<Index>(std::sqrt(static_cast<double>(n_rows) / 20)), 2, 16);
}

Index permutations_for(std::size_t n_columns, const Options& options) {
    if (options.n_permutations) return *options.n_permutations;
    return static_cast<Index>(std::clamp(2 * static_cast<double>(n_columns) / options.alpha, 1e3, 1e5));
}

double bias_of(const BinCodes& x, const BinCodes& y) {
    const auto r = static_cast<double>(x.sizes.size()), c = static_cast<double>(y.sizes.size());
    return (r - 1) * (c - 1) / (2 * static_cast<double>(x.of_row.size()));
}

/// Equal tables whose bins stand in another order may differ by rounding.
double p_value(const std::vector<double>& permuted, double information) {
    const double bound = information - 1e-12 * (1 + information);
    const auto as_high = permuted.end() - std::lower_bound(permuted.begin(), permuted.end(), bound);
    return static_cast<double>(1 + as_high) / static_cast<double>(1 + permuted.size());
}

/// Of each column; those whose bins have the same sizes share the permutations.
Vector p_values_of(const std::vector<BinCodes>& columns, const BinCodes& y, const BinTables& tables,
                   const Vector& information, const Options& options, int n_jobs) {
    std::map<std::vector<Index>, std::vector<std::size_t>> by_sizes;
    for (std::size_t k = 0; k < columns.size(); ++k) {
        std::vector<Index> sizes = columns[k].sizes;
        std::sort(sizes.begin(), sizes.end());
        by_sizes[std::move(sizes)].push_back(k);
    }
    std::vector<std::vector<std::size_t>> groups;
    for (auto& [sizes, group] : by_sizes) groups.push_back(std::move(group));
    Vector p(std::ssize(columns));
    const Index n = permutations_for(columns.size(), options);
    parallel_for(std::ssize(groups), n_jobs, [&](Index g, int) {
        const auto& group = groups[static_cast<std::size_t>(g)];
        const auto permuted = tables.permuted(columns[group[0]], y, n, static_cast<std::uint64_t>(options.random_state),
                                              static_cast<std::uint64_t>(g));
        for (const std::size_t k : group)
            p[static_cast<Index>(k)] = p_value(permuted, information[static_cast<Index>(k)]);
    });
    return p;
}

std::vector<bool> best(const Vector& scores, Index k) {
    std::vector<Index> order(static_cast<std::size_t>(scores.size()));
    std::iota(order.begin(), order.end(), Index{0});
    std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return scores[a] > scores[b]; });
    std::vector<bool> is_best(order.size());
    for (std::size_t i = 0; i < std::min(order.size(), static_cast<std::size_t>(k)); ++i)
        is_best[static_cast<std::size_t>(order[i])] = true;
    return is_best;
}

}  // namespace

MutualInformationFilter MutualInformationFilter::fit(const Frame& frame, const Options& options,
                                                     std::optional<int> n_jobs) {
    require_valid(options);
    require_rows(kWho, frame);
    MutualInformationFilter step;
    step.options_ = options;
    const auto specs =
        select_columns(kWho, frame.schema(), options.columns, {ColumnKind::number, ColumnKind::category});
    step.choose_among(specs, frame.schema());
    const TrainingTarget target = training_target(kWho, frame, TargetReading::by_kind);
    const Index n_rows = std::ssize(target.rows), n_bins = bins_for(n_rows, options);
    const BinCodes y = target.is_classes() ? bins_of_levels(target.class_of) : bins_of_numbers(target.numbers, n_bins);
    const BinTables tables(n_rows);
    std::vector<BinCodes> columns(specs.size());
    for (auto* vector : {&step.information_, &step.scores_}) *vector = Vector(std::ssize(specs));
    parallel_for(std::ssize(specs), resolve_n_jobs(n_jobs), [&](Index k, int) {
        BinCodes& x = columns[static_cast<std::size_t>(k)];
        x = bins_of_column(frame.column(specs[static_cast<std::size_t>(k)].name), target.rows, n_bins);
        step.information_[k] = tables.information(x, y);
        step.scores_[k] = std::max(0.0, step.information_[k] - bias_of(x, y));
    });
    step.choose(columns, y, tables, resolve_n_jobs(n_jobs));
    return step;
}

void MutualInformationFilter::choose(const std::vector<BinCodes>& columns, const BinCodes& y, const BinTables& tables,
                                     int n_jobs) {
    p_values_ = Vector(std::ssize(columns), kNaN);
    if (options_.k) return keep(best(scores_, *options_.k));
    p_values_ = p_values_of(columns, y, tables, information_, options_, n_jobs);
    std::vector<bool> is_kept;
    for (const double p : adjusted_p_values(p_values_, options_.correction)) is_kept.push_back(p <= options_.alpha);
    keep(is_kept);
}

void MutualInformationFilter::validate() const {
    Selector::validate();
    require_one_each(information_);
    require_one_each(scores_);
    require_one_each(p_values_);
}

}  // namespace plantwright
