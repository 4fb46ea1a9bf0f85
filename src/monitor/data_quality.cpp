// SPDX-License-Identifier: MIT
#include "plantwright/monitor/data_quality.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "monitor/column_quality.hpp"
#include "monitor/series.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright::monitor {
namespace {

void validate(const DataQualityOptions& options) {
    if (options.flat_line < 2) {
        throw InvalidArgument("data_quality: flat_line must be at least 2, got " + std::to_string(options.flat_line));
    }
    if (!(options.rare_share >= 0 && options.rare_share < 1)) {
        throw InvalidArgument("data_quality: rare_share must be in [0, 1), got " + std::to_string(options.rare_share));
    }
}

/// NaN where there is nothing to judge.
double mean_of_known(const std::vector<ColumnQuality>& columns, double ColumnQuality::*member) {
    double sum = 0, count = 0;
    for (const ColumnQuality& column : columns) {
        if (std::isnan(column.*member)) continue;
        sum += column.*member;
        ++count;
    }
    return count > 0 ? sum / count : kNaN;
}

/// Of those that are known; NaN where none is.
double product_of_known(std::initializer_list<double> factors) {
    double product = kNaN;
    for (const double factor : factors) {
        if (!std::isnan(factor)) product = std::isnan(product) ? factor : product * factor;
    }
    return product;
}

bool same_values(const Column& a, const Column& b) {
    for (Index i = 0; i < a.size(); ++i) {
        if (a.kind() == ColumnKind::number) {
            const double x = a.number(i), y = b.number(i);
            if (x != y && !(std::isnan(x) && std::isnan(y))) return false;
        } else if (a.kind() == ColumnKind::time) {
            if (a.times()[i] != b.times()[i]) return false;
        } else {
            const std::int32_t x = a.codes()[i], y = b.codes()[i];
            if ((x == kMissingCode) != (y == kMissingCode)) return false;
            if (x == kMissingCode) continue;
            if (a.levels()[static_cast<std::size_t>(x)] != b.levels()[static_cast<std::size_t>(y)]) return false;
        }
    }
    return true;
}

/// Names the first column of the same kind and values. Columns without values or with one value are no copies.
class Copies {
public:
    explicit Copies(const Frame& table) : table_(table) {}

    void compare(const Hash& hash, ColumnQuality& column) {
        if (column.present < 2 || column.constant) return;
        std::vector<std::string>& earlier = seen_[hash];
        const Column& values = table_.column(column.spec.name);
        for (const std::string& name : earlier) {
            const Column& other = table_.column(name);
            if (other.kind() != values.kind() || !same_values(other, values)) continue;
            column.same_as = name;
            return;
        }
        earlier.push_back(column.spec.name);
    }

private:
    const Frame& table_;
    std::map<Hash, std::vector<std::string>> seen_;
};

Index repeated_rows(std::vector<Hash> rows) {
    std::sort(rows.begin(), rows.end());
    return static_cast<Index>(rows.end() - std::unique(rows.begin(), rows.end()));
}

void score(DataQuality& found) {
    for (ColumnQuality& column : found.columns) {
        column.score = product_of_known({column.completeness, column.validity, column.uniqueness});
    }
    found.completeness = mean_of_known(found.columns, &ColumnQuality::completeness);
    found.validity = mean_of_known(found.columns, &ColumnQuality::validity);
    const double rows = static_cast<double>(found.rows);
    const double of_rows = found.rows > 0 ? 1 - static_cast<double>(found.duplicate_rows) / rows : kNaN;
    found.uniqueness = product_of_known({of_rows, mean_of_known(found.columns, &ColumnQuality::uniqueness)});
    found.score = product_of_known({found.completeness, found.validity, found.timeliness.share, found.uniqueness});
}

}  // namespace

DataQuality data_quality(const Frame& table, const DataQualityOptions& options) {
    validate(options);
    SeriesQuality series = series_quality(table, options);
    DataQuality found;
    found.rows = table.rows();
    found.expected_rows = series.expected_rows;
    const std::string time = options.time.empty() ? table.schema().name_of(Role::time).value_or("") : options.time;
    std::vector<Hash> rows(static_cast<std::size_t>(table.rows()));
    Copies copies(table);
    for (Index j = 0; j < table.cols(); ++j) {
        ColumnPass pass = pass_over(table, j, series, options, rows);
        if (table.schema()[j].name == time) continue;  // judged by its timeliness, and part of the rows' hashes
        copies.compare(pass.hash, pass.quality);
        found.columns.push_back(std::move(pass.quality));
    }
    found.duplicate_rows = table.cols() > 0 ? repeated_rows(std::move(rows)) : 0;
    found.timeliness = std::move(series.timeliness);
    found.period_begins_ns = std::move(series.period_begins_ns);
    found.expected_by_period = std::move(series.expected_by_period);
    score(found);
    return found;
}

}  // namespace plantwright::monitor
