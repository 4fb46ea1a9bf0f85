// SPDX-License-Identifier: MIT
#include "plantwright/frame/frame.hpp"

#include <algorithm>
#include <utility>

#include "frame/names.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

using detail::in_quotes;

void require_same_kind(const ColumnSpec& spec, const Column& column) {
    if (spec.kind == column.kind()) return;
    throw InvalidArgument("Frame: column " + in_quotes(spec.name) + " is " + std::string(to_string(column.kind())) +
                          ", the schema says " + std::string(to_string(spec.kind)));
}

void require_same_rows(const ColumnSpec& spec, const Column& column, Index rows) {
    if (column.size() == rows) return;
    throw InvalidArgument("Frame: columns must be of equal length; " + in_quotes(spec.name) + " has " +
                          std::to_string(column.size()) + " rows, the first column " + std::to_string(rows));
}

/// The column is right about its levels: a spec without any takes them over, one with others is refused.
void settle_levels(ColumnSpec& spec, const Column& column) {
    if (spec.kind != ColumnKind::category) {
        spec.levels.clear();
        return;
    }
    if (spec.levels.empty()) spec.levels = column.levels();
    if (spec.levels == column.levels()) return;
    throw InvalidArgument("Frame: the levels of category column " + in_quotes(spec.name) +
                          " differ from the schema's: " + detail::list_of(column.levels(), 5) + " and " +
                          detail::list_of(spec.levels, 5));
}

std::vector<ColumnSpec> settled(const Schema& schema, const std::vector<Column>& columns) {
    auto specs = schema.columns();
    for (std::size_t i = 0; i < specs.size(); ++i) {
        require_same_kind(specs[i], columns[i]);
        require_same_rows(specs[i], columns[i], columns.front().size());
        settle_levels(specs[i], columns[i]);
    }
    return specs;
}

template <class Change>
std::vector<Column> changed(Index cols, Change change) {
    std::vector<Column> result;
    for (Index i = 0; i < cols; ++i) result.push_back(change(i));
    return result;
}

}  // namespace

Frame::Frame(Schema schema, std::vector<Column> columns) : columns_(std::move(columns)) {
    if (static_cast<std::size_t>(schema.size()) != columns_.size()) {
        throw InvalidArgument("Frame: the schema names " + std::to_string(schema.size()) + " columns, got " +
                              std::to_string(columns_.size()));
    }
    schema_ = Schema(settled(schema, columns_), schema.time_rule());
    rows_ = columns_.empty() ? 0 : columns_.front().size();
}

const Column& Frame::column(std::string_view name) const {
    const auto i = schema_.find(name);
    if (i) return column(*i);
    throw SchemaMismatch("Frame: there is no column " + in_quotes(name) + "; there are " +
                         detail::list_of(schema_.names()));
}

Frame Frame::select(std::span<const std::string> names) const {
    std::vector<ColumnSpec> specs;
    std::vector<Column> columns;
    for (const auto& name : names) {
        columns.push_back(column(name));
        specs.push_back(schema_.at(name));
    }
    return Frame(Schema(std::move(specs), schema_.time_rule()), std::move(columns));
}

Frame Frame::with(ColumnSpec spec, Column column) const {
    auto columns = columns_;
    if (const auto i = schema_.find(spec.name)) {
        columns[static_cast<std::size_t>(*i)] = std::move(column);
    } else {
        columns.push_back(std::move(column));
    }
    return Frame(schema_.with(std::move(spec)), std::move(columns));
}

Frame Frame::with_schema(Schema schema) const {
    if (schema.names() != schema_.names()) {
        throw InvalidArgument("Frame.with_schema: the names must be the frame's " + detail::list_of(schema_.names()) +
                              ", got " + detail::list_of(schema.names()));
    }
    return Frame(std::move(schema), columns_);
}

Frame Frame::without(std::string_view name) const {
    column(name);  // throws where there is none
    auto names = schema_.names();
    std::erase(names, name);
    return select(names);
}

Frame Frame::rows_between(Index begin, Index end) const {
    return Frame(schema_, changed(cols(), [&](Index i) { return column(i).rows_between(begin, end); }));
}

Frame Frame::take(std::span<const Index> rows) const {
    return Frame(schema_, changed(cols(), [&](Index i) { return column(i).take(rows); }));
}

}  // namespace plantwright
