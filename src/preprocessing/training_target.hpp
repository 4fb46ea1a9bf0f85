// SPDX-License-Identifier: MIT
/// The target and the features as steps learn from them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plantwright/core/types.hpp"
#include "plantwright/frame/frame.hpp"

namespace plantwright {

struct TrainingTarget {
    std::string name;
    std::vector<Index> rows;           ///< those that have a target; what follows is of them alone
    std::vector<std::string> classes;  ///< names; empty where the target is numbers
    std::vector<std::int32_t> class_of;
    std::vector<double> numbers;

    bool is_classes() const { return !classes.empty(); }
};

enum class TargetReading { by_kind, classes, numbers };

/// The column of role target; by kind, categories are classes and numbers are numbers. As classes, each distinct number
/// is one. Throws InvalidArgument where there is no such column or no value, on times, on infinite numbers and on
/// categories that are to be numbers.
TrainingTarget training_target(std::string_view who, const Frame& frame, TargetReading reading);

/// Some rows of columns as forests take them, `(n_rows, n_columns)`: categories as codes; missing is NaN. Throws
/// InvalidArgument on an infinity, naming the column.
Table<float> float_features(std::string_view who, const Frame& frame, const std::vector<ColumnSpec>& columns,
                            const std::vector<Index>& rows);

/// All rows of number columns, `(n_rows,)` each. Throws InvalidArgument on an infinity, naming the column.
std::vector<std::vector<double>> number_columns(std::string_view who, const Frame& frame,
                                                const std::vector<ColumnSpec>& columns);

}  // namespace plantwright
