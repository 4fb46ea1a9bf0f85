// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "plantwright/core/elementary.hpp"
#include "preprocessing/formula_program.hpp"

namespace plantwright {
namespace {

using Op = FormulaOperation;

constexpr double kPowersOfTen[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                   1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr double kLog10E = 0.43429448190325182765;

/// Exact at whole powers of ten.
double log10_of(double x) {
    const double y = elementary::log(x) * kLog10E, n = std::nearbyint(y);
    if (!(n >= 0 && n <= 22)) return y;
    return kPowersOfTen[static_cast<std::size_t>(n)] == x ? n : y;
}

bool either_missing(double a, double b) { return std::isnan(a) || std::isnan(b); }
double truth(double a, double b, bool value) { return either_missing(a, b) ? kNaN : value ? 1 : 0; }

void each(double* a, Index n, const auto& f) {
    for (Index i = 0; i < n; ++i) a[i] = f(a[i]);
}

/// `a` becomes f(a, b); b stands behind it.
void pairs(double* a, Index n, const auto& f) {
    const double* b = a + n;
    for (Index i = 0; i < n; ++i) a[i] = f(a[i], b[i]);
}

void choose(double* c, Index n) {
    const double *a = c + n, *b = a + n;
    for (Index i = 0; i < n; ++i) c[i] = std::isnan(c[i]) ? kNaN : c[i] != 0 ? a[i] : b[i];
}

void run_unary(Op operation, double* x, Index n) {
    switch (operation) {
        case Op::negate: return each(x, n, [](double v) { return -v; });
        case Op::logical_not: return each(x, n, [](double v) { return std::isnan(v) ? kNaN : v == 0 ? 1.0 : 0.0; });
        case Op::square: return each(x, n, [](double v) { return v * v; });
        case Op::isnan: return each(x, n, [](double v) { return std::isnan(v) ? 1.0 : 0.0; });
        case Op::abs: return each(x, n, [](double v) { return std::abs(v); });
        case Op::sqrt: return each(x, n, [](double v) { return std::sqrt(v); });
        case Op::exp: return each(x, n, [](double v) { return elementary::exp(v); });
        case Op::log: return each(x, n, [](double v) { return elementary::log(v); });
        case Op::log10: return each(x, n, log10_of);
        case Op::sin: return each(x, n, [](double v) { return elementary::sin(v); });
        case Op::cos: return each(x, n, [](double v) { return elementary::cos(v); });
        case Op::round: return each(x, n, [](double v) { return std::nearbyint(v); });
        case Op::floor: return each(x, n, [](double v) { return std::floor(v); });
        default: return each(x, n, [](double v) { return std::ceil(v); });
    }
}

void run_binary(Op operation, double* x, Index n) {
    switch (operation) {
        case Op::add: return pairs(x, n, [](double a, double b) { return a + b; });
        case Op::subtract: return pairs(x, n, [](double a, double b) { return a - b; });
        case Op::multiply: return pairs(x, n, [](double a, double b) { return a * b; });
        case Op::divide: return pairs(x, n, [](double a, double b) { return a / b; });
        case Op::power:
            return pairs(x, n, [](double a, double b) { return either_missing(a, b) ? kNaN : elementary::pow(a, b); });
        case Op::less: return pairs(x, n, [](double a, double b) { return truth(a, b, a < b); });
        case Op::less_equal: return pairs(x, n, [](double a, double b) { return truth(a, b, a <= b); });
        case Op::greater: return pairs(x, n, [](double a, double b) { return truth(a, b, a > b); });
        case Op::greater_equal: return pairs(x, n, [](double a, double b) { return truth(a, b, a >= b); });
        case Op::equal: return pairs(x, n, [](double a, double b) { return truth(a, b, a == b); });
        case Op::not_equal: return pairs(x, n, [](double a, double b) { return truth(a, b, a != b); });
        case Op::logical_and: return pairs(x, n, [](double a, double b) { return truth(a, b, a != 0 && b != 0); });
        case Op::logical_or: return pairs(x, n, [](double a, double b) { return truth(a, b, a != 0 || b != 0); });
        case Op::minimum:
            return pairs(x, n, [](double a, double b) { return either_missing(a, b) ? kNaN : b < a ? b : a; });
        case Op::maximum:
            return pairs(x, n, [](double a, double b) { return either_missing(a, b) ? kNaN : b > a ? b : a; });
        default: return pairs(x, n, [](double a, double b) { return std::isnan(a) ? b : a; });
    }
}

}  // namespace

void run_formula(const FormulaProgram& program, const double* columns, Index column_stride, Index n, double* stack) {
    double* top = stack;  // the first free row
    for (const auto& [code, column, constant] : program.instructions) {
        const auto operation = static_cast<Op>(code);
        const int n_operands = operands_of(operation);
        top -= n_operands * n;
        if (operation == Op::column)
            std::copy_n(columns + column * column_stride, n, top);
        else if (operation == Op::constant)
            std::fill_n(top, n, constant);
        else if (n_operands == 1)
            run_unary(operation, top, n);
        else if (n_operands == 2)
            run_binary(operation, top, n);
        else
            choose(top, n);
        top += n;
    }
}

}  // namespace plantwright
