// SPDX-License-Identifier: MIT
#include "leak_rows.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <unordered_set>

#include "plantwright/core/error.hpp"
#include "plantwright/core/random.hpp"
#include "shown.hpp"

namespace plantwright::evaluate {
namespace {

using Hashes = std::vector<std::uint64_t>;

constexpr std::uint64_t kMissing = 0x9E3779B97F4A7C15ull;

/// FNV-1a, then mixed. By the text, since two frames may number the same level differently.
std::uint64_t hash_text(std::string_view text) {
    std::uint64_t hash = 0xCBF29CE484222325ull;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ull;
    return RandomStream::mix(hash);
}

std::uint64_t hash_number(double value) {
    if (std::isnan(value)) return kMissing;
    return RandomStream::mix(std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value));  // -0 equals 0
}

/// One hash a row of the column.
Hashes hashes_of(const Column& column) {
    Hashes hashes(static_cast<std::size_t>(column.size()), kMissing);
    if (column.kind() == ColumnKind::category) {
        Hashes level_hash;
        for (const std::string& level : column.levels()) level_hash.push_back(hash_text(level));
        const auto codes = column.codes();
        for (Index i = 0; i < codes.size(); ++i) {
            if (codes[i] != kMissingCode)
                hashes[static_cast<std::size_t>(i)] = level_hash[static_cast<std::size_t>(codes[i])];
        }
        return hashes;
    }
    for (Index i = 0; i < column.size(); ++i) {
        hashes[static_cast<std::size_t>(i)] = column.kind() == ColumnKind::number
                                                  ? hash_number(column.number(i))
                                                  : RandomStream::mix(static_cast<std::uint64_t>(column.times()[i]));
    }
    return hashes;
}

/// Order matters: equal values in two columns must not cancel.
void combine_into(Hashes& rows, const Hashes& column) {
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = RandomStream::mix(rows[i] * 3 + column[i]);
}

Hashes row_hashes(const Frame& frame, const std::vector<std::string>& names) {
    Hashes rows(static_cast<std::size_t>(frame.rows()), 1);
    for (const std::string& name : names) combine_into(rows, hashes_of(frame.column(name)));
    return rows;
}

Index count_in(const Hashes& rows, const std::unordered_set<std::uint64_t>& known) {
    return std::count_if(rows.begin(), rows.end(), [&](std::uint64_t h) { return known.contains(h); });
}

double share(Index part, Index whole) { return static_cast<double>(part) / static_cast<double>(whole); }

VectorView<const std::int64_t> times_of(const Frame& frame, const std::string& name) {
    const Column& column = frame.column(name);
    if (column.kind() == ColumnKind::time) return column.times();
    throw InvalidArgument("leak_check: time must be a time column, got " + quoted(name) + ", a " +
                          std::string(to_string(column.kind())) + " column");
}

/// "e.g. 2018-01-01 00:15" of the first tested row whose stamp is known.
std::string first_shared_time(VectorView<const std::int64_t> times, const std::unordered_set<std::int64_t>& known) {
    for (Index i = 0; i < times.size(); ++i) {
        if (known.contains(times[i])) return time_text(times[i]);
    }
    return "";
}

std::string first_shared_group(const Column& column, const Hashes& hashes,
                               const std::unordered_set<std::uint64_t>& known) {
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        if (hashes[i] == kMissing || !known.contains(hashes[i])) continue;
        const auto row = static_cast<Index>(i);
        if (column.kind() == ColumnKind::number) return number_text(column.number(row));
        if (column.kind() == ColumnKind::time) return time_text(column.times()[row]);
        return column.levels()[static_cast<std::size_t>(column.codes()[row])];
    }
    return "";
}

}  // namespace

void check_times(const Frame& train, const Frame& test, const std::string& time, LeakReport& report) {
    const auto before = times_of(train, time), tested = times_of(test, time);
    std::unordered_set<std::int64_t> known;
    std::int64_t latest = kMissingTime;
    for (Index i = 0; i < before.size(); ++i) {
        if (before[i] == kMissingTime) continue;
        known.insert(before[i]);
        latest = std::max(latest, before[i]);
    }
    Index shared = 0, earlier = 0;
    for (Index i = 0; i < tested.size(); ++i) {
        if (tested[i] == kMissingTime) continue;
        shared += known.contains(tested[i]);
        earlier += tested[i] < latest;
    }
    if (shared > 0) {
        report.findings.push_back({Leak::same_time,
                                   {time},
                                   shared,
                                   share(shared, test.rows()),
                                   share_text(shared, test.rows()) + " test rows carry a time stamp of " +
                                       quoted(time) + " that the training side has too, e.g. " +
                                       first_shared_time(tested, known) +
                                       "; split by time, which never parts equal stamps"});
    }
    if (earlier > 0) {
        report.findings.push_back({Leak::time_order,
                                   {time},
                                   earlier,
                                   share(earlier, test.rows()),
                                   share_text(earlier, test.rows()) +
                                       " test rows are earlier than the latest training row (" + quoted(time) + " = " +
                                       time_text(latest) +
                                       "): the model has seen their future; split by time to measure forecasting"});
    }
}

void check_groups(const Frame& train, const Frame& test, const std::string& group, LeakReport& report) {
    const Hashes before = hashes_of(train.column(group)), tested = hashes_of(test.column(group));
    std::unordered_set<std::uint64_t> known(before.begin(), before.end());
    known.erase(kMissing);
    const Index shared = count_in(tested, known);
    if (shared == 0) return;
    report.findings.push_back({Leak::same_group,
                               {group},
                               shared,
                               share(shared, test.rows()),
                               share_text(shared, test.rows()) + " test rows belong to a group of " + quoted(group) +
                                   " that the training side has too, e.g. " +
                                   first_shared_group(test.column(group), tested, known) + "; split by group"});
}

void check_identical_rows(const Frame& train, const Frame& test, const LeakColumns& columns, LeakReport& report) {
    std::vector<std::string> names;
    for (const ColumnSpec& spec : train.schema().columns()) {
        if (is_feature(spec, columns) && test.schema().find(spec.name)) names.push_back(spec.name);
    }
    if (names.empty()) return;
    Hashes before = row_hashes(train, names), tested = row_hashes(test, names);
    std::unordered_set<std::uint64_t> known(before.begin(), before.end());
    const Index identical = count_in(tested, known);
    if (identical == 0) return;
    const Index repeated = train.rows() - static_cast<Index>(known.size());
    std::string message = share_text(identical, test.rows()) + " test rows have exactly the features of a training row";
    if (columns.target && test.schema().find(*columns.target)) {
        combine_into(before, hashes_of(train.column(*columns.target)));
        combine_into(tested, hashes_of(test.column(*columns.target)));
        known = {before.begin(), before.end()};
        message += ", " + std::to_string(count_in(tested, known)) + " of them with the same target";
    }
    message += "; inside the training side " + share_text(repeated, train.rows()) +
               " rows repeat an earlier one, which is what columns of few values do by chance";
    report.findings.push_back({Leak::identical_rows, names, identical, share(identical, test.rows()), message});
}

}  // namespace plantwright::evaluate
