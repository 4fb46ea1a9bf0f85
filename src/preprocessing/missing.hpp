// SPDX-License-Identifier: MIT
/// What is missing, and how it is told.
#pragma once

#include <cmath>
#include <string>

#include "plantwright/preprocessing/step.hpp"
#include "preprocessing/fresh_buffer.hpp"

namespace plantwright {

inline bool is_missing(ColumnKind kind, Cell cell) {
    if (kind == ColumnKind::category) return cell.code == kMissingCode;
    return kind == ColumnKind::time ? cell.time == kMissingTime : std::isnan(cell.number);
}

inline Step::Written missing_flag_of(const ColumnSpec& spec) {
    ColumnSpec flag;
    flag.name = spec.name + "__missing";
    flag.description = "1 where " + spec.name + " was missing";
    return {std::move(flag), {spec.name}};
}

/// 1 where the input is missing, else 0.
inline Column missing_flags(const StepInput& input, Index n_rows) {
    auto flags = fresh_buffer<float>(n_rows);
    const auto tell = [&](const auto& is_gap) {
        for (Index i = 0; i < n_rows; ++i) flags[i] = is_gap(i) ? 1.0F : 0.0F;
    };
    if (input.kind() == ColumnKind::category)
        tell([&](Index i) { return input.code(i) == kMissingCode; });
    else if (input.kind() == ColumnKind::time)
        tell([&](Index i) { return input.time(i) == kMissingTime; });
    else if (input.column().is_float32())
        tell([values = input.column().float32()](Index i) { return std::isnan(values[i]); });
    else
        tell([values = input.column().float64()](Index i) { return std::isnan(values[i]); });
    return Column::numbers(std::move(flags));
}

}  // namespace plantwright
