// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/simple_imputer.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "plantwright/core/threads.hpp"
#include "preprocessing/fresh_buffer.hpp"
#include "preprocessing/imputer_fitting.hpp"
#include "preprocessing/missing.hpp"

namespace plantwright {
namespace {

/// The latest value of a column in a group, and its row in the group or its stamp.
struct LastSeen {
    Cell value = Cell::of_number(kNaN);
    std::int64_t at = kMissingTime;  // never seen, or at no known time
    bool seen = false;
};

struct LastSeenState final : StepState {
    LastSeenState(Index n_groups, Index n_columns)
        : rows(static_cast<std::size_t>(n_groups)), last(static_cast<std::size_t>(n_groups * n_columns)) {}
    std::unique_ptr<StepState> clone() const override { return std::make_unique<LastSeenState>(*this); }

    std::vector<std::int64_t> rows;  // of each group, so far
    std::vector<LastSeen> last;      // (n_groups, n_columns)
};

/// How old a value may be, and by which clock.
struct AgeLimit {
    std::int64_t oldest = std::numeric_limits<std::int64_t>::max();
    bool by_time = false, limited = false;

    explicit AgeLimit(const std::optional<WindowLength>& max_age) {
        if (!max_age) return;
        limited = true;
        by_time = max_age->by_time();
        oldest = by_time ? max_age->nanoseconds : max_age->rows;
    }
    bool allows(const LastSeen& last, std::int64_t now) const {
        if (!last.seen || !limited) return last.seen;
        return now != kMissingTime && last.at != kMissingTime && now - last.at <= oldest;
    }
};

/// The value itself, or the last one; remembers it.
Cell remembered(ColumnKind kind, Cell cell, std::int64_t now, const AgeLimit& limit, LastSeen& last) {
    if (!is_missing(kind, cell)) {
        if (kind == ColumnKind::category && cell.code < 0) return Cell::missing(kind);  // a level not fitted
        last = {cell, now, true};
        return cell;
    }
    return limit.allows(last, now) ? last.value : cell;
}

/// The line through two points, as NumPy's interp draws it.
struct Point {
    double at, value;
};

double on_line(const Point& a, const Point& b, double at) {
    return (b.value - a.value) / (b.at - a.at) * (at - a.at) + a.value;
}

/// Fills `values` at the rows of one group, which stand at `at` (NaN: unknown).
void interpolate(const std::vector<Index>& rows, const std::vector<double>& at, Buffer<double>& values) {
    std::size_t before = rows.size();  // the last present value; none
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (std::isnan(values[rows[i]]) || std::isnan(at[i])) continue;
        if (before < rows.size()) {
            const Point a{at[before], values[rows[before]]}, b{at[i], values[rows[i]]};
            for (std::size_t j = before + 1; j < i; ++j) {
                const bool between = a.at < at[j] && at[j] < b.at;  // a late row is on no line
                if (std::isnan(values[rows[j]]) && between) values[rows[j]] = on_line(a, b, at[j]);
            }
        }
        before = i;
    }
}

}  // namespace

SimpleImputer SimpleImputer::fit(const Frame& frame, const Options& options, std::optional<int> n_jobs) {
    SimpleImputer step;
    step.options_ = options;
    ImputerFit fit = fit_imputer(frame, options, n_jobs);
    step.reads_ = std::move(fit.columns);
    step.fill_numbers_ = std::move(fit.numbers);
    step.fill_codes_ = std::move(fit.codes);
    step.indicated_ = std::move(fit.indicated);
    std::vector<Written> writes = std::move(fit.writes);
    for (const std::int64_t k : step.indicated_)
        writes.push_back(missing_flag_of(step.reads_[static_cast<std::size_t>(k)]));
    step.set_writes(std::move(writes));
    for (const auto& spec : {fit.time, fit.group}) {
        if (spec) step.reads_.push_back(*spec);
    }
    return step;
}

Index SimpleImputer::time_index() const {
    const auto k = static_cast<std::size_t>(n_columns());
    return k < reads_.size() && reads_[k].kind == ColumnKind::time ? n_columns() : -1;
}

Index SimpleImputer::group_index() const { return options_.by ? std::ssize(reads_) - 1 : -1; }

Cell SimpleImputer::fill(Index k) const {
    return reads_[static_cast<std::size_t>(k)].kind == ColumnKind::category ? Cell::of_code(fill_codes_[k])
                                                                            : Cell::of_number(fill_numbers_[k]);
}

std::unique_ptr<StepState> SimpleImputer::start() const {
    if (options_.strategy == ImputerStrategy::linear) {
        throw InvalidArgument(
            "SimpleImputer: strategy \"linear\" looks at later rows: it repairs history and cannot run in a stream; "
            "\"last\" can");
    }
    if (options_.strategy != ImputerStrategy::last) return nullptr;
    const Index group = group_index();
    const Index n_groups = group < 0 ? 1 : std::ssize(reads_[static_cast<std::size_t>(group)].levels);
    return std::make_unique<LastSeenState>(n_groups, n_columns());
}

void SimpleImputer::update(StepState* state, std::span<const Cell> read, std::span<Cell> written) const {
    for (Index f = 0; f < indicated_.size(); ++f) {
        const auto k = static_cast<std::size_t>(indicated_[f]);
        written[static_cast<std::size_t>(n_columns() + f)] =
            Cell::of_number(is_missing(reads_[k].kind, read[k]) ? 1 : 0);
    }
    auto* memory = static_cast<LastSeenState*>(state);
    const AgeLimit limit(options_.max_age);
    const Index group = group_index();
    const std::int64_t code = group < 0 ? 0 : read[static_cast<std::size_t>(group)].code;
    std::int64_t now = 0;
    if (memory && code >= 0) {
        now = limit.by_time ? read[static_cast<std::size_t>(time_index())].time
                            : memory->rows[static_cast<std::size_t>(code)]++;
    }
    for (std::size_t k = 0; k < static_cast<std::size_t>(n_columns()); ++k) {
        const ColumnKind kind = reads_[k].kind;
        const Cell cell = kind == ColumnKind::category && read[k].code < 0 && !is_missing(kind, read[k])
                              ? Cell::of_code(kUnknownCode)
                              : read[k];
        if (memory && code >= 0) {
            const auto at = static_cast<std::size_t>(code) * static_cast<std::size_t>(n_columns()) + k;
            written[k] = remembered(kind, cell, now, limit, memory->last[at]);
        } else if (kind == ColumnKind::category && cell.code == kUnknownCode) {
            written[k] = Cell::missing(kind);
        } else {
            written[k] = !memory && is_missing(kind, cell) ? fill(static_cast<Index>(k)) : cell;
        }
    }
}

std::vector<Column> SimpleImputer::compute(std::span<const StepInput> inputs, Index n_rows, int n_jobs) const {
    std::vector<std::optional<Column>> done(writes().size());
    parallel_for(std::ssize(done), n_jobs, [&](Index w, int) {
        auto& column = done[static_cast<std::size_t>(w)];
        if (w >= n_columns())
            column = missing_flags(inputs[static_cast<std::size_t>(indicated_[w - n_columns()])], n_rows);
        else if (options_.strategy == ImputerStrategy::last)
            column = filled_with_last(inputs, w, n_rows);
        else if (options_.strategy == ImputerStrategy::linear)
            column = filled_on_lines(inputs, w, n_rows);
        else
            column = filled(inputs[static_cast<std::size_t>(w)], w, n_rows);
    });
    std::vector<Column> columns;
    for (auto& column : done) columns.push_back(std::move(*column));
    return columns;
}

Column SimpleImputer::filled(const StepInput& input, Index k, Index n_rows) const {
    if (input.kind() == ColumnKind::category) {
        auto codes = Buffer<std::int32_t>::uninitialized(n_rows);
        for (Index i = 0; i < n_rows; ++i) {
            const std::int32_t code = input.code(i);
            codes[i] = code == kMissingCode ? fill_codes_[k] : std::max(code, kMissingCode);
        }
        return Column::categories(std::move(codes), writes()[static_cast<std::size_t>(k)].spec.levels);
    }
    auto values = fresh_buffer<double>(n_rows);
    input.read(0, n_rows, values.data());
    const double value = fill_numbers_[k];
    for (double& x : values) x = std::isnan(x) ? value : x;
    return Column::numbers(std::move(values));
}

Column SimpleImputer::filled_with_last(std::span<const StepInput> inputs, Index k, Index n_rows) const {
    const StepInput& input = inputs[static_cast<std::size_t>(k)];
    const bool is_category = input.kind() == ColumnKind::category;
    const StepInput* group = options_.by ? &inputs.back() : nullptr;
    const AgeLimit limit(options_.max_age);
    const StepInput* time = limit.by_time ? &inputs[static_cast<std::size_t>(time_index())] : nullptr;
    LastSeenState memory(group ? std::ssize(reads_.back().levels) : 1, 1);
    auto values = Buffer<double>::uninitialized(is_category ? 0 : n_rows);
    auto codes = Buffer<std::int32_t>::uninitialized(is_category ? n_rows : 0);
    for (Index i = 0; i < n_rows; ++i) {
        const std::int32_t g = group ? group->code(i) : 0;
        Cell cell = input.cell(i);
        if (g >= 0) {
            const auto at = static_cast<std::size_t>(g);
            const std::int64_t row = memory.rows[at]++;
            cell = remembered(input.kind(), cell, time ? time->time(i) : row, limit, memory.last[at]);
        }
        if (is_category)
            codes[i] = std::max(cell.code, kMissingCode);
        else
            values[i] = cell.number;
    }
    if (!is_category) return Column::numbers(std::move(values));
    return Column::categories(std::move(codes), reads_[static_cast<std::size_t>(k)].levels);
}

Column SimpleImputer::filled_on_lines(std::span<const StepInput> inputs, Index k, Index n_rows) const {
    const StepInput* group = options_.by ? &inputs.back() : nullptr;
    const StepInput* time = time_index() >= 0 ? &inputs[static_cast<std::size_t>(time_index())] : nullptr;
    const std::size_t n_groups = group ? reads_.back().levels.size() : 1;
    std::vector<std::vector<Index>> rows(n_groups);
    std::vector<std::vector<double>> at(n_groups);
    for (Index i = 0; i < n_rows; ++i) {
        const std::int32_t code = group ? group->code(i) : 0;
        if (code < 0) continue;
        const auto g = static_cast<std::size_t>(code);
        const std::int64_t stamp = time ? time->time(i) : std::ssize(rows[g]);
        rows[g].push_back(i);
        at[g].push_back(stamp == kMissingTime ? kNaN : static_cast<double>(stamp));
    }
    auto values = fresh_buffer<double>(n_rows);
    inputs[static_cast<std::size_t>(k)].read(0, n_rows, values.data());
    for (std::size_t g = 0; g < n_groups; ++g) interpolate(rows[g], at[g], values);
    return Column::numbers(std::move(values));
}

void SimpleImputer::validate() const {
    Step::validate();
    const Index n = n_columns(), n_read = std::ssize(reads_);
    const Index expected = n + (time_index() >= 0 ? 1 : 0) + (options_.by ? 1 : 0);
    bool ok = fill_codes_.size() == n && n_read == expected && std::ssize(writes()) == n + indicated_.size();
    ok = ok && (!options_.by || reads_.back().kind == ColumnKind::category);
    const bool needs_time = options_.max_age && options_.max_age->by_time();
    ok = ok && (!needs_time || time_index() >= 0);
    for (Index f = 0; ok && f < indicated_.size(); ++f) ok = indicated_[f] >= 0 && indicated_[f] < n;
    for (Index k = 0; ok && k < std::ssize(writes()); ++k) {
        const ColumnSpec& spec = writes()[static_cast<std::size_t>(k)].spec;
        if (k >= n) {
            ok = spec.kind == ColumnKind::number;
            continue;
        }
        const ColumnSpec& read = reads_[static_cast<std::size_t>(k)];
        ok = spec.kind == read.kind && spec.kind != ColumnKind::time && spec.levels.size() >= read.levels.size() &&
             fill_codes_[k] >= kMissingCode && fill_codes_[k] < std::max<Index>(std::ssize(spec.levels), 1);
        const bool only_numbers = options_.strategy == ImputerStrategy::linear;
        ok = ok && (!only_numbers || spec.kind == ColumnKind::number);
    }
    if (!ok) throw CorruptModel("SimpleImputer: its columns do not fit its options");
}

}  // namespace plantwright
