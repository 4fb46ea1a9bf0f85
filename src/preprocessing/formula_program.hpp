// SPDX-License-Identifier: MIT
/// From a formula's text to a flat program, and its run.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plantwright/preprocessing/formula.hpp"
#include "preprocessing/units.hpp"

namespace plantwright {

inline constexpr std::size_t kLongestFormula = 10'000;  // bytes
inline constexpr int kDeepestFormula = 64;              // of nesting, and of the stack

enum class FormulaOperation : std::int32_t {
    column,
    constant,
    negate,
    logical_not,
    square,
    isnan,
    abs,
    sqrt,
    exp,
    log,
    log10,
    sin,
    cos,
    round,
    floor,
    ceil,
    add,
    subtract,
    multiply,
    divide,
    power,
    less,
    less_equal,
    greater,
    greater_equal,
    equal,
    not_equal,
    logical_and,
    logical_or,
    minimum,
    maximum,
    coalesce,
    choose  // of three
};

/// How many numbers an operation takes from the stack.
constexpr int operands_of(FormulaOperation operation) {
    if (operation <= FormulaOperation::constant) return 0;
    if (operation < FormulaOperation::add) return 1;
    return operation == FormulaOperation::choose ? 3 : 2;
}

struct CompiledFormula {
    FormulaProgram program;
    std::optional<Unit> unit{};              // of the result, where it is known
    std::vector<std::int32_t> columns_used;  // in order, each once
};

/// Where a formula's columns come from.
struct FormulaColumns {
    std::vector<ColumnSpec> known;                         // by name
    std::function<std::int32_t(const ColumnSpec&)> place;  // the column's place among those read
};

/// Throws ParseError, SchemaMismatch, InvalidArgument: `name`, what is wrong, and the place in the text.
CompiledFormula compile_formula(std::string_view name, std::string_view text, const FormulaColumns& columns);

/// `columns`: the k-th at columns + k * column_stride, n numbers each; `stack (depth, n)`; the result stands in its
/// first row. Any n gives the same bits.
void run_formula(const FormulaProgram& program, const double* columns, Index column_stride, Index n, double* stack);

}  // namespace plantwright
