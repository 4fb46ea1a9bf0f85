// SPDX-License-Identifier: MIT
#include <algorithm>
#include <charconv>
#include <cmath>
#include <span>

#include "plantwright/core/error.hpp"
#include "preprocessing/formula_program.hpp"
#include "preprocessing/text_messages.hpp"

namespace plantwright {
namespace {

using Op = FormulaOperation;

/// What stands on the stack: numbers that were written out fit any unit, columns without a unit are not checked.
struct Operand {
    enum Kind { written, unknown, measured } kind = unknown;
    Unit unit{};                    // of what is measured
    std::optional<double> value{};  // of one written number
    std::size_t position = 0;

    bool is_known() const { return kind != unknown; }  // written numbers are pure
};

struct FormulaFunction {
    std::string_view name;
    Op operation;
    int n_arguments;  // 0: two or more
    enum { pure_argument, keeps_unit, tells_truth, takes_root } what = keeps_unit;
};

constexpr FormulaFunction kFunctions[] = {
    {"min", Op::minimum, 0},
    {"max", Op::maximum, 0},
    {"coalesce", Op::coalesce, 0},
    {"if", Op::choose, 3},
    {"pow", Op::power, 2},
    {"isnan", Op::isnan, 1, FormulaFunction::tells_truth},
    {"abs", Op::abs, 1},
    {"sqrt", Op::sqrt, 1, FormulaFunction::takes_root},
    {"exp", Op::exp, 1, FormulaFunction::pure_argument},
    {"log", Op::log, 1, FormulaFunction::pure_argument},
    {"log10", Op::log10, 1, FormulaFunction::pure_argument},
    {"sin", Op::sin, 1, FormulaFunction::pure_argument},
    {"cos", Op::cos, 1, FormulaFunction::pure_argument},
    {"round", Op::round, 1},
    {"floor", Op::floor, 1},
    {"ceil", Op::ceil, 1},
};

bool begins_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string quoted(std::string_view text) { return std::string("'").append(text).append("'"); }

/// Reads a text from left to right and writes the program as it goes: operands first, then what is done with them.
class FormulaCompiler {
public:
    FormulaCompiler(std::string_view name, std::string_view text, const FormulaColumns& columns)
        : name_(name), text_(text), columns_(columns) {}

    CompiledFormula run() {
        if (text_.size() > kLongestFormula)
            throw ParseError("Formula: " + quoted(name_) + ": a formula is at most " + std::to_string(kLongestFormula) +
                             " bytes, got " + std::to_string(text_.size()));
        const Operand result = disjunction();
        if (skip_spaces() < text_.size()) fail(at_, "expected an operator");
        if (result_.columns_used.empty()) fail(0, "it names no column");
        if (result.kind == Operand::measured) result_.unit = result.unit;
        return std::move(result_);
    }

private:
    // ---- text

    std::size_t skip_spaces() {
        while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
        return at_;
    }
    char next() { return skip_spaces() < text_.size() ? text_[at_] : '\0'; }
    bool take(std::string_view token) {
        skip_spaces();
        if (text_.substr(at_, token.size()) != token) return false;
        at_ += token.size();
        return true;
    }
    std::string_view name_here() {
        std::size_t end = skip_spaces();
        while (end < text_.size() && (begins_name(text_[end]) || (end > at_ && is_digit(text_[end])))) ++end;
        return text_.substr(at_, end - at_);
    }
    bool take_word(std::string_view word) {
        if (name_here() != word) return false;
        at_ += word.size();
        return true;
    }
    template <class Failure = ParseError>
    [[noreturn]] void fail(std::size_t position, const std::string& what) const {
        throw Failure("Formula: " + quoted(name_) + ": " + what + "\n" + shown_at(text_, position));
    }
    [[noreturn]] void fail_here(const std::string& expected) {
        if (skip_spaces() >= text_.size()) fail(at_, "expected " + expected + ", got the end of the formula");
        fail(at_, "expected " + expected);
    }

    // ---- program

    void emit(Op operation, double constant = 0, std::int32_t column = -1) {
        depth_ += 1 - operands_of(operation);
        result_.program.depth = std::max(result_.program.depth, depth_);
        if (depth_ > kDeepestFormula) fail(at_, "it holds more than " + std::to_string(kDeepestFormula) + " values");
        result_.program.instructions.push_back({static_cast<std::int32_t>(operation), column, constant});
    }

    // ---- units

    /// Of what is added, compared or chosen among.
    Operand same_unit(const Operand& a, const Operand& b, std::size_t position, std::string_view done) const {
        if (a.kind == Operand::measured && b.kind == Operand::measured && !(a.unit == b.unit)) {
            fail<InvalidArgument>(position, std::string(done) + " needs equal units, got " + quoted(a.unit.text()) +
                                                " and " + quoted(b.unit.text()));
        }
        const Operand& told = a.kind == Operand::written || b.kind == Operand::unknown ? b : a;
        return {.kind = told.kind, .unit = told.unit, .position = a.position};
    }
    static Operand product(const Operand& a, const Operand& b, double power) {
        Operand result{.position = a.position};
        if (!a.is_known() || !b.is_known()) return result;
        result.kind = std::max(a.kind, b.kind);
        result.unit = a.unit.times(b.unit, power);
        return result;
    }
    Operand raised(const Operand& base, const Operand& exponent, std::size_t position) const {
        require_pure(exponent, "an exponent");
        Operand result{.kind = std::max(base.kind, exponent.kind), .position = base.position};
        if (base.kind != Operand::measured || base.unit.is_pure()) {
            if (!base.is_known() || !exponent.is_known()) result.kind = Operand::unknown;
            return result;
        }
        if (!exponent.value)
            fail<InvalidArgument>(
                position, "the power of a quantity in " + quoted(base.unit.text()) + " needs a written exponent");
        result.unit = base.unit.to(*exponent.value);
        return result;
    }
    void require_pure(const Operand& x, std::string_view who) const {
        if (x.kind == Operand::measured && !x.unit.is_pure())
            fail<InvalidArgument>(x.position,
                                  std::string(who) + " must be a pure number, got one in " + quoted(x.unit.text()));
    }
    static Operand truth(std::size_t position) { return {.kind = Operand::written, .position = position}; }

    // ---- grammar, weakest binding first

    /// Counts nesting while it lives.
    class Nested {
    public:
        explicit Nested(FormulaCompiler& compiler) : depth_(compiler.nesting_) {
            if (++depth_ > kDeepestFormula)
                compiler.fail(compiler.at_, "it is nested more than " + std::to_string(kDeepestFormula) + " deep");
        }
        ~Nested() { --depth_; }
        Nested(const Nested&) = delete;
        Nested& operator=(const Nested&) = delete;

    private:
        int& depth_;
    };

    Operand disjunction() {
        const Nested nested(*this);
        Operand left = conjunction();
        while (take_word("or")) {
            conjunction();
            emit(Op::logical_or);
            left = truth(left.position);
        }
        return left;
    }

    Operand conjunction() {
        Operand left = negation();
        while (take_word("and")) {
            negation();
            emit(Op::logical_and);
            left = truth(left.position);
        }
        return left;
    }

    Operand negation() {
        const std::size_t position = skip_spaces();
        if (!take_word("not")) return comparison();
        const Nested nested(*this);
        negation();
        emit(Op::logical_not);
        return truth(position);
    }

    std::optional<Op> comparison_here() {
        static constexpr std::pair<std::string_view, Op> all[] = {{"<=", Op::less_equal}, {">=", Op::greater_equal},
                                                                  {"==", Op::equal},      {"!=", Op::not_equal},
                                                                  {"<", Op::less},        {">", Op::greater}};
        for (const auto& [token, operation] : all) {
            if (take(token)) return operation;
        }
        if (next() == '=') fail(at_, "expected an operator; equality is ==");
        return {};
    }

    Operand comparison() {
        const Operand left = sum();
        const std::size_t position = skip_spaces();
        const auto operation = comparison_here();
        if (!operation) return left;
        const Operand right = sum();
        same_unit(left, right, position, "a comparison");
        emit(*operation);
        const std::size_t second = skip_spaces();
        if (comparison_here()) fail(second, "comparisons are not chained: write a < b and b < c");
        return truth(left.position);
    }

    Operand sum() {
        Operand left = term();
        while (next() == '+' || next() == '-') {
            const std::size_t position = at_;
            const Op operation = text_[at_++] == '+' ? Op::add : Op::subtract;
            const Operand right = term();
            left = same_unit(left, right, position, operation == Op::add ? "a sum" : "a difference");
            emit(operation);
        }
        return left;
    }

    Operand term() {
        Operand left = signed_factor();
        while (next() == '*' || next() == '/') {
            const Op operation = text_[at_++] == '*' ? Op::multiply : Op::divide;
            const Operand right = signed_factor();
            left = product(left, right, operation == Op::multiply ? 1 : -1);
            emit(operation);
        }
        return left;
    }

    Operand signed_factor() {
        const std::size_t position = skip_spaces();
        const bool minus = next() == '-';
        if (!minus && next() != '+') return power();
        const Nested nested(*this);
        ++at_;
        Operand operand = signed_factor();
        operand.position = position;
        if (!minus) return operand;
        emit(Op::negate);
        if (operand.value) operand.value = -*operand.value;
        return operand;
    }

    Operand power() {
        const Operand base = primary();
        const std::size_t position = skip_spaces();
        if (!take("^") && !take("**")) return base;
        const std::size_t before = result_.program.instructions.size();
        const Nested nested(*this);
        const Operand exponent = signed_factor();
        const Operand result = raised(base, exponent, position);
        auto& instructions = result_.program.instructions;
        const bool squares = exponent.value == 2.0 && instructions.size() == before + 1;
        if (squares) {
            instructions.pop_back();
            --depth_;
        }
        emit(squares ? Op::square : Op::power);
        return result;
    }

    Operand primary() {
        const std::size_t position = skip_spaces();
        if (take("(")) {
            Operand inner = disjunction();
            if (!take(")")) fail_here("')'");
            inner.position = position;
            return inner;
        }
        if (is_digit(next()) || next() == '.') return number();
        if (next() == '`') return column(quoted_name(), position);
        const std::string_view name = name_here();
        if (name.empty() || name == "and" || name == "or" || name == "not") fail_here("a number, a column or '('");
        at_ += name.size();
        if (next() == '(') return call(name, position);
        return column(std::string(name), position);
    }

    Operand number() {
        double value = 0;
        const char* const begin = text_.data() + at_;
        const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
        if (error == std::errc::result_out_of_range) fail(at_, "the number is too large or too small");
        if (error != std::errc()) fail_here("a number");
        const std::size_t position = at_;
        at_ += static_cast<std::size_t>(end - begin);
        emit(Op::constant, value);
        return {.kind = Operand::written, .value = value, .position = position};
    }

    std::string quoted_name() {
        const std::size_t position = at_++;
        std::string name;
        while (true) {
            if (at_ >= text_.size()) fail(position, "the backquote is not closed");
            if (text_[at_] == '`' && text_.substr(at_, 2) != "``") break;
            at_ += text_[at_] == '`' ? 1 : 0;
            name += text_[at_++];
        }
        ++at_;
        return name;
    }

    Operand column(const std::string& name, std::size_t position) {
        const auto found = std::find_if(columns_.known.begin(), columns_.known.end(),
                                        [&](const ColumnSpec& spec) { return spec.name == name; });
        if (found == columns_.known.end()) {
            std::vector<std::string> names;
            for (const ColumnSpec& spec : columns_.known) names.push_back(spec.name);
            fail<SchemaMismatch>(position, "there is no column " + quoted(name) + did_you_mean(name, names));
        }
        if (found->kind != ColumnKind::number)
            fail<InvalidArgument>(position, "a formula takes columns of kind number, got " + quoted(name) +
                                                " of kind " + std::string(to_string(found->kind)));
        const std::int32_t place = columns_.place(*found);
        auto& used = result_.columns_used;
        if (std::find(used.begin(), used.end(), place) == used.end()) used.push_back(place);
        emit(Op::column, 0, place);
        if (found->unit.empty()) return {.position = position};
        return {.kind = Operand::measured, .unit = Unit::parse(found->unit), .position = position};
    }

    Operand call(std::string_view name, std::size_t position) {
        const auto* function = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                            [&](const FormulaFunction& f) { return f.name == name; });
        if (function == std::end(kFunctions)) {
            std::vector<std::string> names;
            for (const FormulaFunction& f : kFunctions) names.emplace_back(f.name);
            fail(position, "there is no function " + quoted(name) + did_you_mean(std::string(name), names));
        }
        take("(");
        std::vector<Operand> arguments;
        do {
            arguments.push_back(disjunction());
            const bool chains = function->n_arguments == 0 && arguments.size() > 1;
            if (chains) {
                arguments[0] = same_unit(arguments[0], arguments.back(), arguments.back().position, name);
                emit(function->operation);
            }
        } while (take(","));
        if (!take(")")) fail_here("',' or ')'");
        require_arguments(*function, arguments.size(), position);
        if (function->n_arguments > 0) emit(function->operation);
        Operand result = result_of(*function, arguments, position);
        result.position = position;
        result.value.reset();
        return result;
    }

    void require_arguments(const FormulaFunction& function, std::size_t n, std::size_t position) const {
        const auto wanted = static_cast<std::size_t>(function.n_arguments);
        if (wanted == 0 ? n >= 2 : n == wanted) return;
        fail(position, std::string(function.name) + " takes " + (wanted == 0 ? "two or more" : std::to_string(wanted)) +
                           (wanted == 1 ? " value" : " values") + ", got " + std::to_string(n));
    }

    Operand result_of(const FormulaFunction& function, const std::vector<Operand>& arguments, std::size_t position) {
        const Operand& first = arguments[0];
        if (function.operation == Op::choose) return same_unit(arguments[1], arguments[2], position, "if");
        if (function.operation == Op::power) return raised(first, arguments[1], position);
        switch (function.what) {
            case FormulaFunction::tells_truth: return truth(position);
            case FormulaFunction::takes_root: return {.kind = first.kind, .unit = first.unit.to(0.5)};
            case FormulaFunction::pure_argument:
                require_pure(first, std::string(function.name) + "'s argument");
                return {.kind = first.kind};
            case FormulaFunction::keeps_unit: break;
        }
        return first;
    }

    std::string_view name_, text_;
    const FormulaColumns& columns_;
    CompiledFormula result_;
    std::size_t at_ = 0;
    int depth_ = 0, nesting_ = 0;
};

}  // namespace

CompiledFormula compile_formula(std::string_view name, std::string_view text, const FormulaColumns& columns) {
    return FormulaCompiler(name, text, columns).run();
}

}  // namespace plantwright
