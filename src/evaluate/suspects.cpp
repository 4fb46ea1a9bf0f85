// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <numeric>

#include "dependence.hpp"
#include "leak_names.hpp"
#include "plantwright/core/error.hpp"
#include "shown.hpp"

namespace plantwright::evaluate {
namespace {

constexpr Index kFewestRows = 20;     // below, one column of many fits any target by chance
constexpr Index kMostClasses = 20;    // of a category target, each an indicator
constexpr double kLeastMemory = 0.3;  // rows whose neighbours tell less have no order to speak of
constexpr double kLeastRank = 0.5;    // a linear relation that ranks do not show is an outlier
constexpr double kLeastSigma = 5;     // correlation times sqrt(n): beyond chance for any number of columns

/// Rows in the order (group, time), with a mark on each row whose predecessor is the row before.
struct Series {
    std::vector<Index> order;
    std::vector<std::uint8_t> follows;
    bool has_time = false;
};

/// A number for each group; missing groups share one.
std::vector<double> group_keys(const Column& column) {
    std::vector<double> keys(static_cast<std::size_t>(column.size()));
    for (Index i = 0; i < column.size(); ++i) {
        double& key = keys[static_cast<std::size_t>(i)];
        if (column.kind() == ColumnKind::category)
            key = column.codes()[i];
        else if (column.kind() == ColumnKind::number)
            key = std::isnan(column.number(i)) ? -HUGE_VAL : column.number(i);
        else
            key = static_cast<double>(column.times()[i]);
    }
    return keys;
}

Series series_of(const Frame& table, const LeakColumns& columns) {
    Series series;
    const auto n = static_cast<std::size_t>(table.rows());
    series.order.resize(n);
    std::iota(series.order.begin(), series.order.end(), Index{0});
    const auto group = columns.group ? group_keys(table.column(*columns.group)) : std::vector<double>(n, 0.0);
    series.has_time = columns.time && table.column(*columns.time).kind() == ColumnKind::time;
    const auto times = series.has_time ? table.column(*columns.time).times() : VectorView<const std::int64_t>();
    const auto key = [&](Index i) {
        return std::pair(group[static_cast<std::size_t>(i)], series.has_time ? times[i] : std::int64_t{0});
    };
    std::stable_sort(series.order.begin(), series.order.end(), [&](Index a, Index b) { return key(a) < key(b); });
    series.follows.assign(n, 0);
    for (std::size_t t = 1; t < n; ++t) {
        const auto before = key(series.order[t - 1]), now = key(series.order[t]);
        series.follows[t] = before.first == now.first && (!series.has_time || before.second < now.second);
    }
    return series;
}

/// A column in the series' order; the target as one indicator a class where it is a category.
Values in_order(const Series& series, const Column& column, Index level = -1) {
    Values values;
    values.reserve(series.order.size());
    for (const Index i : series.order) {
        if (column.kind() == ColumnKind::number)
            values.push_back(column.number(i));
        else if (column.codes()[i] == kMissingCode)
            values.push_back(kNaN);
        else
            values.push_back(level < 0 ? column.codes()[i] : (column.codes()[i] == level ? 1.0 : 0.0));
    }
    return values;
}

std::vector<Values> targets_of(const Series& series, const Column& target) {
    if (target.kind() == ColumnKind::number) return {in_order(series, target)};
    const Index n_levels = static_cast<Index>(target.levels().size());
    std::vector<Values> indicators;
    for (Index level = n_levels == 2 ? 1 : 0; level < std::min(n_levels, kMostClasses); ++level) {
        indicators.push_back(in_order(series, target, level));
    }
    return indicators;
}

/// Rows where both are finite.
std::pair<Values, Values> complete(const Values& x, const Values& y) {
    std::pair<Values, Values> both;
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (!std::isfinite(x[i]) || !std::isfinite(y[i])) continue;
        both.first.push_back(x[i]);
        both.second.push_back(y[i]);
    }
    return both;
}

/// The value of larger size, NaN counting as none.
double larger(double a, double b) { return !(std::fabs(a) >= std::fabs(b)) && !std::isnan(b) ? b : a; }

struct Strength {
    double pearson = kNaN, spearman = kNaN, r2 = kNaN;
    bool enough_rows = false;
};

/// How nearly one column is the target: over the indicators of a category target, R2 is that of all together.
Strength strength_of(const Values& x, const std::vector<Values>& targets, bool x_is_category) {
    Strength strength;
    CrossFit fit;
    for (const Values& target : targets) {
        const auto [a, b] = complete(x, target);
        if (static_cast<Index>(a.size()) < kFewestRows) return {};
        strength.enough_rows = true;
        std::vector<std::int32_t> bins;
        if (x_is_category) {
            for (const double code : a) bins.push_back(static_cast<std::int32_t>(code));
        } else {
            bins = bins_of(a);
            strength.pearson = larger(strength.pearson, pearson(a, b));
            strength.spearman = larger(strength.spearman, spearman(a, b));
        }
        const CrossFit one = cross_fit(bins, b);
        fit.error += one.error;
        fit.variance += one.variance;
    }
    if (fit.variance > 0) strength.r2 = 1 - fit.error / fit.variance;
    return strength;
}

bool nearly_the_target(const Strength& s, const LeakOptions& options) {
    const bool linear = std::fabs(s.pearson) >= options.near_target_correlation && std::fabs(s.spearman) >= kLeastRank;
    return linear || std::fabs(s.spearman) >= options.near_target_correlation || s.r2 >= options.near_target_r2;
}

/// Level codes replaced by the target's mean, so that a category can be correlated; levels too thin for it give NaN.
Values target_means(const Values& codes, const Values& target) {
    const auto [a, b] = complete(codes, target);
    const auto largest = a.empty() ? a.end() : std::max_element(a.begin(), a.end());
    const auto n_levels = static_cast<std::size_t>(a.empty() ? 0 : *largest) + 1;
    if (n_levels * static_cast<std::size_t>(kFewestRows) > a.size()) return Values(codes.size(), kNaN);
    Values sum(n_levels, 0.0), count(n_levels, 0.0), means(codes.size(), kNaN);
    for (std::size_t i = 0; i < a.size(); ++i) {
        sum[static_cast<std::size_t>(a[i])] += b[i];
        count[static_cast<std::size_t>(a[i])] += 1;
    }
    for (std::size_t i = 0; i < codes.size(); ++i) {
        if (std::isfinite(codes[i]) && codes[i] < static_cast<double>(n_levels)) {
            const auto level = static_cast<std::size_t>(codes[i]);
            if (count[level] > 0) means[i] = sum[level] / count[level];
        }
    }
    return means;
}

/// The partial correlation that remains when both previous values are known; NaN where it cannot be told from chance.
double same_moment_correlation(const Values& x, const std::vector<Values>& targets, const Series& series,
                               bool is_category) {
    if (runs_in_a_cycle(x, series.follows)) return kNaN;
    double strongest = kNaN;
    for (const Values& target : targets) {
        const Values values = is_category ? target_means(x, target) : x;
        const Innovations left = innovations(values, target, series.follows);
        const double r = larger(pearson(left.x, left.y), spearman(left.x, left.y));
        if (std::fabs(r) * std::sqrt(static_cast<double>(left.x.size())) >= kLeastSigma)
            strongest = larger(strongest, r);
    }
    return strongest;
}

bool has_order(const Series& series, const std::vector<Values>& targets) {
    if (series.has_time) return true;
    return std::any_of(targets.begin(), targets.end(),
                       [&](const Values& y) { return memory(y, series.follows) >= kLeastMemory; });
}

LeakFinding near_target_finding(const ColumnSpec& spec, const std::string& target, const Strength& s) {
    const double value = larger(larger(s.pearson, s.spearman), s.r2);
    return {Leak::near_target,
            {spec.name},
            0,
            value,
            quoted(spec.name) + " nearly equals the target " + quoted(target) + ": correlation " +
                number_text(s.pearson) + " (of ranks " + number_text(s.spearman) + "), and it alone explains " +
                number_text(s.r2) + " of the variance; is it known when the prediction is made?"};
}

LeakFinding same_moment_finding(const ColumnSpec& spec, const std::string& target, double r, bool same_meter) {
    return {Leak::same_moment,
            {spec.name},
            0,
            r,
            quoted(spec.name) + " looks like a measurement of the same moment as " + quoted(target) +
                ": given both previous values, the two still move together (correlation " + number_text(r) + ")" +
                (same_meter ? ", and both count power or energy" : "") + "; is it known when the prediction is made?"};
}

bool chosen_or_computed(const ColumnSpec& spec) { return spec.role == Role::lever || spec.derivation.has_value(); }

}  // namespace

LeakReport suspect_columns(const Frame& table, const LeakOptions& options) {
    LeakReport report;
    const LeakColumns columns = columns_of(table, options);
    if (!columns.target) {
        report.notes.push_back("no target was named: columns were not compared with it");
        return report;
    }
    const ColumnSpec& target = table.schema().at(*columns.target);
    if (target.kind == ColumnKind::time)
        throw InvalidArgument("leak_check: target must be a number or a category, got a time");
    const Series series = series_of(table, columns);
    const std::vector<Values> targets = targets_of(series, table.column(target.name));
    const bool ordered = has_order(series, targets);
    if (!ordered) report.notes.push_back("rows have no order in time: same-moment measurements were not looked for");
    bool enough_rows = false, any_feature = false;
    for (const ColumnSpec& spec : table.schema().columns()) {
        if (!is_feature(spec, columns)) continue;
        any_feature = true;
        const bool is_category = spec.kind == ColumnKind::category;
        const Values x = in_order(series, table.column(spec.name));
        const Strength strength = strength_of(x, targets, is_category);
        enough_rows = enough_rows || strength.enough_rows;
        if (nearly_the_target(strength, options)) {
            report.findings.push_back(near_target_finding(spec, target.name, strength));
        } else if (ordered && strength.enough_rows && !chosen_or_computed(spec)) {
            const bool same_meter = is_power_or_energy(spec) && is_power_or_energy(target);
            const double limit = same_meter ? options.same_meter_correlation : options.same_moment_correlation;
            const double r = same_moment_correlation(x, targets, series, is_category);
            if (std::fabs(r) >= limit) report.findings.push_back(same_moment_finding(spec, target.name, r, same_meter));
        }
    }
    if (any_feature && !enough_rows) {
        report.notes.push_back("fewer than " + std::to_string(kFewestRows) +
                               " complete rows: columns were not compared with the target");
    }
    return report;
}

}  // namespace plantwright::evaluate
