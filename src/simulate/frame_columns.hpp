// SPDX-License-Identifier: MIT
/// Collects columns with what they mean, in the order they are added, and makes a `Frame` of them.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "plantwright/frame/frame.hpp"

namespace plantwright::simulate {

class FrameColumns {
public:
    explicit FrameColumns(Index rows) : rows_(rows) {}

    Index rows() const { return rows_; }

    template <class NanosecondsAt>
    void times(const char* name, const char* description, NanosecondsAt nanoseconds_at, Role role = Role::time) {
        Buffer<std::int64_t> values(rows_);
        for (Index t = 0; t < rows_; ++t) values[t] = nanoseconds_at(t);
        add({.name = name, .kind = ColumnKind::time, .role = role, .description = description},
            Column::times(std::move(values)));
    }

    template <class CodeAt>
    void categories(const std::string& name, const char* description, const std::vector<std::string>& levels, Role role,
                    CodeAt code_at) {
        Buffer<std::int32_t> codes(rows_);
        for (Index t = 0; t < rows_; ++t) codes[t] = static_cast<std::int32_t>(code_at(t));
        add({.name = name,
             .kind = ColumnKind::category,
             .role = role,
             .description = description,
             .known_at_prediction = known(role),
             .levels = levels},
            Column::categories(std::move(codes), levels));
    }

    template <class ValueAt>
    void numbers(const std::string& name, const char* unit, Role role, const char* description, ValueAt value_at) {
        numbers(name, unit, role, description, values(value_at));
    }
    void numbers(const std::string& name, const char* unit, Role role, const char* description, Vector values) {
        numbers(name, unit, role, description, std::move(values), known(role));
    }
    void numbers(const std::string& name, const char* unit, Role role, const char* description, Vector values,
                 bool known_at_prediction) {
        add({.name = name,
             .role = role,
             .unit = unit,
             .description = description,
             .known_at_prediction = known_at_prediction},
            Column::numbers(std::move(values)));
    }

    void numbers(ColumnSpec spec, Vector values) { add(std::move(spec), Column::numbers(std::move(values))); }

    template <class ValueAt>
    Vector values(ValueAt value_at) const {
        Vector values = Vector::uninitialized(rows_);
        for (Index t = 0; t < rows_; ++t) values[t] = static_cast<double>(value_at(t));
        return values;
    }

    Frame build() && { return Frame(Schema(std::move(specs_)), std::move(columns_)); }

private:
    /// Responses are measured too late to predict with; labels and truth never are known.
    static bool known(Role role) { return role != Role::response && role != Role::ignored; }

    void add(ColumnSpec spec, Column column) {
        specs_.push_back(std::move(spec));
        columns_.push_back(std::move(column));
    }

    Index rows_;
    std::vector<ColumnSpec> specs_;
    std::vector<Column> columns_;
};

}  // namespace plantwright::simulate
