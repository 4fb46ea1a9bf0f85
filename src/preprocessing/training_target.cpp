// SPDX-License-Identifier: MIT
#include "preprocessing/training_target.hpp"

#include <cmath>

#include "plantwright/preprocessing/level_map.hpp"

namespace plantwright {
namespace {

[[noreturn]] void fail(std::string_view who, const std::string& what) {
    throw InvalidArgument(std::string(who) + ": " + what);
}

void require_finite(std::string_view who, const ColumnSpec& spec, double x, Index row) {
    if (!std::isinf(x)) return;
    fail(who, "numbers must be finite or missing, got an infinity in column '" + spec.name + "', row " +
                  std::to_string(row));
}

}  // namespace

TrainingTarget training_target(std::string_view who, const Frame& frame, TargetReading reading) {
    const auto name = frame.schema().name_of(Role::target);
    if (!name) fail(who, "it needs a target: a column of that role, or y; got a table without one");
    const ColumnSpec& spec = frame.schema().at(*name);
    const Column& column = frame.column(*name);
    if (spec.kind == ColumnKind::time)
        fail(who, "the target must be numbers or categories, got times in '" + *name + "'");
    if (column.n_missing() == column.size()) fail(who, "the target '" + *name + "' has no value");
    const bool numbers = spec.kind == ColumnKind::number;
    if (reading == TargetReading::numbers && !numbers) fail(who, "a continuous target must be numbers, got categories");
    TrainingTarget target{*name, {}, {}, {}, {}};
    if (!numbers || reading == TargetReading::classes) {
        const LevelMap map(spec, column);
        const auto levels = map.indices(StepInput(spec, column));
        target.classes = map.names(spec);
        for (Index i = 0; i < levels.size(); ++i) {
            if (levels[i] < 0) continue;
            target.rows.push_back(i);
            target.class_of.push_back(levels[i]);
        }
        return target;
    }
    for (Index i = 0; i < column.size(); ++i) {
        const double y = column.number(i);
        require_finite(who, spec, y, i);
        if (std::isnan(y)) continue;
        target.rows.push_back(i);
        target.numbers.push_back(y);
    }
    return target;
}

Table<float> float_features(std::string_view who, const Frame& frame, const std::vector<ColumnSpec>& columns,
                            const std::vector<Index>& rows) {
    Table<float> features(std::ssize(rows), std::ssize(columns));
    for (std::size_t k = 0; k < columns.size(); ++k) {
        const Column& column = frame.column(columns[k].name);
        const auto j = static_cast<Index>(k);
        for (Index i = 0; i < features.rows(); ++i) {
            const Index row = rows[static_cast<std::size_t>(i)];
            if (column.kind() == ColumnKind::category) {
                const std::int32_t code = column.codes()[row];
                features(i, j) = code == kMissingCode ? static_cast<float>(kNaN) : static_cast<float>(code);
                continue;
            }
            features(i, j) = static_cast<float>(column.number(row));
            require_finite(who, columns[k], static_cast<double>(features(i, j)), row);
        }
    }
    return features;
}

std::vector<std::vector<double>> number_columns(std::string_view who, const Frame& frame,
                                                const std::vector<ColumnSpec>& columns) {
    std::vector<std::vector<double>> numbers;
    for (const ColumnSpec& spec : columns) {
        const Buffer<double> values = frame.column(spec.name).to_float64();
        for (Index i = 0; i < values.size(); ++i) require_finite(who, spec, values[i], i);
        numbers.emplace_back(values.begin(), values.end());
    }
    return numbers;
}

}  // namespace plantwright
