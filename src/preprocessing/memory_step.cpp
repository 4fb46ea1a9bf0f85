// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/memory_step.hpp"

#include <utility>

#include "plantwright/core/error.hpp"
#include "preprocessing/fitting.hpp"

namespace plantwright {
namespace {

/// A series a group, made at its first row.
class GroupedSeries final : public StepState {
public:
    GroupedSeries(std::size_t n_groups, Index values, Index at_time, Index at_group)
        : n_values(values), time(at_time), group(at_group), series(n_groups) {}
    GroupedSeries(const GroupedSeries& other)
        : StepState(other), n_values(other.n_values), time(other.time), group(other.group) {
        for (const auto& one : other.series) series.push_back(one ? one->clone() : nullptr);
    }
    std::unique_ptr<StepState> clone() const override { return std::make_unique<GroupedSeries>(*this); }

    Index n_values, time, group;  // among the columns read
    std::vector<std::unique_ptr<RowSeries>> series;
};

ColumnSpec named_column(std::string_view who, const Schema& schema, std::string_view parameter, const std::string& name,
                        ColumnKind kind) {
    const ColumnSpec& spec = schema.at(name);
    if (spec.kind == kind) return spec;
    throw InvalidArgument(std::string(who) + ": " + std::string(parameter) + " must be a column of kind " +
                          std::string(to_string(kind)) + ", got '" + name + "' of kind " +
                          std::string(to_string(spec.kind)));
}

ColumnSpec first_time(std::string_view who, const Schema& schema) {
    for (const ColumnSpec& spec : schema.columns()) {
        if (spec.kind == ColumnKind::time && spec.role != Role::ignored) return spec;
    }
    throw InvalidArgument(std::string(who) + ": durations need a column of kind time, got a table without one");
}

}  // namespace

Index MemoryStep::n_values() const {
    Index n = 0;
    while (n < std::ssize(reads_) && reads_[static_cast<std::size_t>(n)].kind == ColumnKind::number) ++n;
    return n;
}

Index MemoryStep::time_index() const {
    const Index n = n_values();
    return n < std::ssize(reads_) && reads_[static_cast<std::size_t>(n)].kind == ColumnKind::time ? n : -1;
}

Index MemoryStep::group_index() const {
    return !reads_.empty() && reads_.back().kind == ColumnKind::category ? std::ssize(reads_) - 1 : -1;
}

void MemoryStep::read_columns(const Frame& frame, const StepColumns& columns, const std::optional<std::string>& time,
                              bool needs_time, const std::optional<std::string>& by) {
    check_options();
    require_rows(type(), frame);
    const Schema& schema = frame.schema();
    reads_ = select_columns(type(), schema, columns, {ColumnKind::number});
    if (time)
        reads_.push_back(named_column(type(), schema, "time", *time, ColumnKind::time));
    else if (needs_time)
        reads_.push_back(first_time(type(), schema));
    if (by) reads_.push_back(named_column(type(), schema, "by", *by, ColumnKind::category));
    set_writes(expected_writes());
}

void MemoryStep::keep_values(std::span<const Index> kept, StepColumns& columns) {
    std::vector<Index> all(kept.begin(), kept.end());
    for (Index k = n_values(); k < std::ssize(reads_); ++k) all.push_back(k);
    keep_reads(all, columns);
    set_writes(expected_writes());
}

std::unique_ptr<StepState> MemoryStep::start() const {
    const Index group = group_index();
    const std::size_t n_groups = group < 0 ? 1 : reads_[static_cast<std::size_t>(group)].levels.size();
    return std::make_unique<GroupedSeries>(n_groups, n_values(), time_index(), group);
}

void MemoryStep::update_ungrouped(std::span<const Cell> /*read*/, std::span<Cell> written) const {
    for (Cell& cell : written) cell = Cell::of_number(kNaN);
}

void MemoryStep::update(StepState* state, std::span<const Cell> read, std::span<Cell> written) const {
    auto& [n_values, time, group, series] = static_cast<GroupedSeries&>(*state);
    const std::int64_t code = group < 0 ? 0 : read[static_cast<std::size_t>(group)].code;
    if (code < 0 || code >= std::ssize(series)) {
        update_ungrouped(read, written);
        return;
    }
    auto& own = series[static_cast<std::size_t>(code)];
    if (!own) own = start_series();
    const std::int64_t stamp = time < 0 ? kMissingTime : read[static_cast<std::size_t>(time)].time;
    own->push(read.first(static_cast<std::size_t>(n_values)), stamp, written);
}

void MemoryStep::validate() const {
    Step::validate();
    check_options();
    const Index n_others = (time_index() >= 0) + (group_index() >= 0);
    const std::vector<Written> expected = expected_writes();
    bool ok = n_values() >= 1 && n_values() + n_others == std::ssize(reads_) && expected.size() == writes().size();
    for (std::size_t k = 0; ok && k < expected.size(); ++k) ok = expected[k].spec.kind == writes()[k].spec.kind;
    if (!ok) throw CorruptModel(std::string(type()) + ": its columns do not fit its options");
}

}  // namespace plantwright
