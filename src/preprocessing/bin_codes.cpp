// SPDX-License-Identifier: MIT
#include "preprocessing/bin_codes.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "plantwright/core/elementary.hpp"
#include "plantwright/core/random.hpp"

namespace plantwright {
namespace {

/// Numbers the bins anew, so that none is empty.
BinCodes without_gaps(std::vector<std::int32_t> codes) {
    BinCodes bins{std::move(codes), {}};
    const std::int32_t most = bins.of_row.empty() ? -1 : *std::max_element(bins.of_row.begin(), bins.of_row.end());
    std::vector<Index> sizes(static_cast<std::size_t>(most + 1));
    for (const std::int32_t code : bins.of_row) ++sizes[static_cast<std::size_t>(code)];
    std::vector<std::int32_t> number(sizes.size());
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        number[i] = static_cast<std::int32_t>(bins.sizes.size());
        if (sizes[i] > 0) bins.sizes.push_back(sizes[i]);
    }
    for (std::int32_t& code : bins.of_row) code = number[static_cast<std::size_t>(code)];
    return bins;
}

/// Row numbers by rising value, without those of NaN.
std::vector<std::size_t> rising(const std::vector<double>& values) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isnan(values[i])) order.push_back(i);
    }
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return values[a] != values[b] ? values[a] < values[b] : a < b; });
    return order;
}

Index distinct(const std::vector<double>& values, const std::vector<std::size_t>& order) {
    Index n = order.empty() ? 0 : 1;
    for (std::size_t i = 1; i < order.size(); ++i) n += values[order[i]] != values[order[i - 1]] ? 1 : 0;
    return n;
}

}  // namespace

BinCodes bins_of_levels(const std::vector<std::int32_t>& levels) { return without_gaps(levels); }

BinCodes bins_of_numbers(const std::vector<double>& values, Index n_bins) {
    const std::vector<std::size_t> order = rising(values);
    const Index n_present = std::ssize(order), n_distinct = distinct(values, order);
    const bool few = n_distinct <= n_bins;
    std::vector<std::int32_t> codes(values.size(), static_cast<std::int32_t>(few ? n_distinct : n_bins));
    Index run = 0;
    for (std::size_t first = 0, last = 0; first < order.size(); first = last, ++run) {
        while (last < order.size() && values[order[last]] == values[order[first]]) ++last;
        const Index middle = static_cast<Index>(first + last - 1) / 2;
        const Index bin = few ? run : middle * n_bins / n_present;
        for (std::size_t i = first; i < last; ++i) codes[order[i]] = static_cast<std::int32_t>(bin);
    }
    return without_gaps(std::move(codes));
}

BinCodes bins_of_column(const Column& column, const std::vector<Index>& rows, Index n_bins) {
    if (column.kind() != ColumnKind::category) {
        std::vector<double> values;
        for (const Index row : rows) values.push_back(column.number(row));
        return bins_of_numbers(values, n_bins);
    }
    std::vector<std::int32_t> levels;
    const auto n_levels = static_cast<std::int32_t>(column.levels().size());
    for (const Index row : rows) levels.push_back(column.codes()[row] == kMissingCode ? n_levels : column.codes()[row]);
    return bins_of_levels(levels);
}

BinTables::BinTables(Index n_rows) : n_rows_(n_rows) {
    for (Index n = 0; n <= n_rows; ++n) {
        const auto x = static_cast<double>(n);
        n_log_n_.push_back(n < 2 ? 0 : x * elementary::log(x));
    }
}

double BinTables::sum_of(const std::vector<Index>& counts) const {
    double sum = 0;
    for (const Index count : counts) sum += n_log_n_[static_cast<std::size_t>(count)];
    return sum;
}

double BinTables::information_of(const std::vector<Index>& table, const BinCodes& x, const BinCodes& y) const {
    const double all = n_log_n_[static_cast<std::size_t>(n_rows_)];
    const double sum = sum_of(table) - sum_of(x.sizes) - sum_of(y.sizes) + all;
    return std::max(0.0, sum / static_cast<double>(n_rows_));
}

double BinTables::information(const BinCodes& x, const BinCodes& y) const {
    std::vector<Index> table(x.sizes.size() * y.sizes.size());
    for (std::size_t i = 0; i < x.of_row.size(); ++i) {
        const auto a = static_cast<std::size_t>(x.of_row[i]), b = static_cast<std::size_t>(y.of_row[i]);
        ++table[a * y.sizes.size() + b];
    }
    return information_of(table, x, y);
}

std::vector<double> BinTables::permuted(const BinCodes& x, const BinCodes& y, Index n, std::uint64_t seed,
                                        std::uint64_t index) const {
    RandomStream random(seed, index, Purpose::permutation);
    std::vector<std::int32_t> codes = y.of_row;
    std::vector<double> values;
    std::vector<Index> table(x.sizes.size() * y.sizes.size());
    for (Index b = 0; b < n; ++b) {
        random.shuffle(std::span(codes));
        std::fill(table.begin(), table.end(), Index{0});
        Index* counts = table.data();
        const std::int32_t* code = codes.data();
        for (const Index size : x.sizes) {
            for (const std::int32_t* end = code + size; code != end; ++code) ++counts[*code];
            counts += y.sizes.size();
        }
        values.push_back(information_of(table, x, y));
    }
    std::sort(values.begin(), values.end());
    return values;
}

}  // namespace plantwright
