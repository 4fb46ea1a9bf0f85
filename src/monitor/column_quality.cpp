// SPDX-License-Identifier: MIT
#include "monitor/column_quality.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <unordered_set>
#include <utility>

#include "plantwright/core/random.hpp"

namespace plantwright::monitor {
namespace {

constexpr std::uint64_t kMissingBits = 0x7ff8'0000'0000'0000u;

/// The same for values that compare equal; all NaN are one.
std::uint64_t bits_of(double value) {
    if (std::isnan(value)) return kMissingBits;
    return std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value);
}

double share(Index part, Index whole) {
    return whole > 0 ? std::min(1.0, static_cast<double>(part) / static_cast<double>(whole)) : kNaN;
}

/// Runs of equal numbers in each group, in order of arrival; a missing value neither ends nor lengthens one.
class FlatLines {
public:
    FlatLines(std::size_t n_groups, Index believed) : runs_(n_groups), believed_(believed) {}

    void see(std::int32_t group, double value, Index row) {
        Run& run = runs_[static_cast<std::size_t>(group)];
        if (run.length > 0) ++steps_;
        if (run.length > 0 && run.value == value) {
            ++run.length;
            return;
        }
        if (run.length > 0) ++moves_;
        close(run);
        run = {value, 1, row};
    }

    /// A column that rests more often than it moves has no flat lines: it is a valve or a set-point.
    void report(ColumnQuality& quality) {
        for (Run& run : runs_) close(run);
        if (2 * moves_ < steps_) return;
        quality.flat_rows = flat_rows_;
        quality.longest_flat = longest_.length;
        quality.longest_flat_row = longest_.first_row;
    }

private:
    struct Run {
        double value = 0;
        Index length = 0, first_row = -1;
    };

    void close(const Run& run) {
        if (run.length <= believed_) return;
        flat_rows_ += run.length;
        if (run.length > longest_.length) longest_ = run;
    }

    std::vector<Run> runs_;
    Run longest_;
    Index believed_, steps_ = 0, moves_ = 0, flat_rows_ = 0;
};

/// Present and valid values of the column, in all and in each period.
class Counts {
public:
    Counts(const RowPlaces& places, std::size_t n_periods) : places_(places), present_(n_periods), valid_(n_periods) {}

    void see(Index row, bool valid) {
        const std::int32_t period = places_.period[static_cast<std::size_t>(row)];
        if (period < 0) return;
        ++present_[static_cast<std::size_t>(period)];
        valid_[static_cast<std::size_t>(period)] += valid;
    }

    void report(const std::vector<Index>& expected, ColumnQuality& quality) const {
        for (std::size_t p = 0; p < expected.size(); ++p) {
            quality.completeness_by_period.push_back(share(present_[p], expected[p]));
            quality.validity_by_period.push_back(share(valid_[p], present_[p]));
        }
    }

private:
    const RowPlaces& places_;
    std::vector<Index> present_, valid_;
};

struct Pass {
    const Column& column;
    const SeriesQuality& series;
    const DataQualityOptions& options;
    const ColumnSpec* reference;  // null: the column is not in the reference
    std::vector<Hash>& rows;
    ColumnPass found;

    void hash(Index row, std::uint64_t bits) {
        rows[static_cast<std::size_t>(row)].eat(bits);
        found.hash.eat(bits);
    }
};

/// Whether a present number may be; counts why not.
bool judge(double value, const ColumnSpec& range, ColumnQuality& quality) {
    if (!std::isfinite(value)) return ++quality.not_finite, false;
    if (range.lowest && value < *range.lowest) return ++quality.below, false;
    if (range.highest && value > *range.highest) return ++quality.above, false;
    return true;
}

void pass_over_numbers(Pass& pass) {
    ColumnQuality& quality = pass.found.quality;
    const ColumnSpec& range = pass.reference != nullptr ? *pass.reference : quality.spec;
    Counts counts(pass.series.places, pass.series.expected_by_period.size());
    FlatLines flat(pass.series.places.group_names.size(), pass.options.flat_line);
    double first = kNaN;
    bool differs = false;
    for (Index i = 0; i < pass.column.size(); ++i) {
        const double value = pass.column.number(i);
        pass.hash(i, bits_of(value));
        if (std::isnan(value)) continue;
        if (quality.present++ == 0) first = value;
        differs = differs || value != first;
        counts.see(i, judge(value, range, quality));
        flat.see(pass.series.places.group[static_cast<std::size_t>(i)], value, i);
    }
    quality.constant = quality.present > 1 && !differs;
    if (!quality.constant) flat.report(quality);
    counts.report(pass.series.expected_by_period, quality);
}

/// Which of the column's levels the reference knows.
std::vector<char> known_levels(const Pass& pass) {
    const std::vector<std::string>& levels = pass.column.levels();
    if (pass.reference == nullptr || !pass.options.reference) return std::vector<char>(levels.size(), 1);
    const std::unordered_set<std::string> known(pass.reference->levels.begin(), pass.reference->levels.end());
    std::vector<char> is_known;
    for (const std::string& level : levels) is_known.push_back(known.contains(level));
    return is_known;
}

/// By text, so that the same texts under another order of levels are the same column.
std::vector<std::uint64_t> level_hashes(const std::vector<std::string>& levels) {
    std::vector<std::uint64_t> hashes;
    for (const std::string& level : levels) {
        std::uint64_t hash = 14695981039346656037ull;
        for (const char letter : level) hash = (hash ^ static_cast<unsigned char>(letter)) * 1099511628211ull;
        hashes.push_back(hash);
    }
    return hashes;
}

void name_levels(const std::vector<Index>& rows_of_level, const std::vector<char>& known, Pass& pass) {
    ColumnQuality& quality = pass.found.quality;
    const double rare = pass.options.rare_share * static_cast<double>(quality.present);
    for (std::size_t level = 0; level < rows_of_level.size(); ++level) {
        if (rows_of_level[level] == 0) continue;
        const std::string& name = pass.column.levels()[level];
        if (!known[level]) quality.unknown_levels.push_back(name);
        if (static_cast<double>(rows_of_level[level]) < rare) quality.rare_levels.push_back(name);
    }
}

void pass_over_categories(Pass& pass) {
    ColumnQuality& quality = pass.found.quality;
    Counts counts(pass.series.places, pass.series.expected_by_period.size());
    const auto codes = pass.column.codes();
    const std::vector<char> known = known_levels(pass);
    const std::vector<std::uint64_t> hashes = level_hashes(pass.column.levels());
    std::vector<Index> rows_of_level(known.size(), 0);
    for (Index i = 0; i < codes.size(); ++i) {
        const std::size_t level = static_cast<std::size_t>(codes[i]);
        pass.hash(i, codes[i] == kMissingCode ? kMissingBits : hashes[level]);
        if (codes[i] == kMissingCode) continue;
        ++quality.present;
        ++rows_of_level[level];
        quality.unknown += !known[level];
        counts.see(i, known[level]);
    }
    quality.constant = quality.present > 1 && std::ranges::count(rows_of_level, quality.present) == 1;
    name_levels(rows_of_level, known, pass);
    counts.report(pass.series.expected_by_period, quality);
}

void pass_over_times(Pass& pass) {
    ColumnQuality& quality = pass.found.quality;
    Counts counts(pass.series.places, pass.series.expected_by_period.size());
    const auto stamps = pass.column.times();
    std::int64_t first = 0;
    bool differs = false;
    for (Index i = 0; i < stamps.size(); ++i) {
        pass.hash(i, static_cast<std::uint64_t>(stamps[i]));
        if (stamps[i] == kMissingTime) continue;
        if (quality.present++ == 0) first = stamps[i];
        differs = differs || stamps[i] != first;
        counts.see(i, true);
    }
    quality.constant = quality.present > 1 && !differs;
    counts.report(pass.series.expected_by_period, quality);
}

}  // namespace

void Hash::eat(std::uint64_t bits) {
    low = RandomStream::mix(low ^ (bits + 0x9e37'79b9'7f4a'7c15u));
    high = RandomStream::mix(high + 0xd1b5'4a32'd192'ed03u * (bits ^ low));
}

ColumnPass pass_over(const Frame& table, Index column, const SeriesQuality& series, const DataQualityOptions& options,
                     std::vector<Hash>& rows) {
    const ColumnSpec& spec = table.schema()[column];
    const ColumnSpec* reference = nullptr;
    if (options.reference) {
        const auto at = options.reference->find(spec.name);
        if (at && (*options.reference)[*at].kind == spec.kind) reference = &(*options.reference)[*at];
    }
    Pass pass{table.column(column), series, options, reference, rows, {}};
    pass.found.quality.spec = spec;
    if (spec.kind == ColumnKind::number) pass_over_numbers(pass);
    if (spec.kind == ColumnKind::category) pass_over_categories(pass);
    if (spec.kind == ColumnKind::time) pass_over_times(pass);
    ColumnQuality& quality = pass.found.quality;
    quality.missing = table.rows() - quality.present;
    quality.completeness = share(quality.present, series.expected_rows);
    quality.validity = share(quality.present - quality.invalid(), quality.present);
    quality.uniqueness = share(quality.present - quality.flat_rows, quality.present);
    return std::move(pass.found);
}

}  // namespace plantwright::monitor
