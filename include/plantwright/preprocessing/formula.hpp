// SPDX-License-Identifier: MIT
/// `Formula`: new columns from others by arithmetic that is written down: `energy_kWh / max(units, 1)`.
///
///     or  and  not  < <= > >= == !=  + -  * /  - (sign)  ^, as in Python, weakest first; ^ is ** and binds to the
///     right if(c, a, b)  min(a, b, ...)  max(a, b, ...)  coalesce(a, b, ...)  isnan(x)  abs(x)  sqrt(x)  exp(x) log(x)
///     log10(x)  sin(x)  cos(x)  pow(x, y)  round(x)  floor(x)  ceil(x)
///
/// A name that is no identifier stands in backquotes, doubled within: `gas flow`. What is true is 1, what is false 0;
/// every number but 0 counts as true. A missing value makes a result missing, in comparisons, conditions, min and max
/// too: all but isnan(x) and coalesce(a, b, ...), the first that is present. Of if(c, a, b) the part not taken does not
/// count. x / 0 is infinite, 0 / 0 and sqrt(-1) and log(-1) are missing, log(0) is -inf. Halves are rounded to even.
/// x^2 is x x. Results have the same bits on every machine.
///
/// Units are checked where columns have them: what is added or compared must have the same, exponents, logarithms,
/// sines and cosines take pure numbers, products and quotients combine them, and what comes out has the unit:
/// "kWh/unit". A number that is written out fits any unit and changes none, so a conversion must be told by `units`.
/// Numbers alone are read. There is no loop and no call of anything else; a text is at most 10,000 bytes, nested at
/// most 64 deep.
#pragma once

#include <initializer_list>
#include <utility>

#include "plantwright/preprocessing/step.hpp"

namespace plantwright {

/// Texts by name, in order; in JSON a mapping.
class PLANTWRIGHT_API NamedTexts {
public:
    using Pairs = std::vector<std::pair<std::string, std::string>>;

    NamedTexts() = default;
    NamedTexts(Pairs pairs) : pairs_(std::move(pairs)) {}
    NamedTexts(std::initializer_list<Pairs::value_type> pairs) : pairs_(pairs) {}

    const Pairs& pairs() const { return pairs_; }
    operator io::Json() const;
    bool operator==(const NamedTexts&) const = default;

private:
    Pairs pairs_;
};

/// Throws InvalidArgument.
PLANTWRIGHT_API void read_option(std::string_view who, std::string_view name, const io::Json& json, NamedTexts& out);

struct FormulaOptions {
    static constexpr std::string_view kStepType = "Formula";
    std::optional<NamedTexts> formulas{};  ///< {"kWh_per_unit": "energy_kWh / max(units, 1)"}
    std::optional<NamedTexts> units{};     ///< of results, where they are not what the formula says

    static void fields(auto& self, auto&& field) {
        field("formulas", self.formulas);
        field("units", self.units);
    }
};

/// A formula as it runs: on a stack of numbers, or of runs of them.
struct FormulaProgram {
    struct Instruction {
        std::int32_t operation;
        std::int32_t column;  // among the columns read
        double constant;
    };
    std::vector<Instruction> instructions{};
    int depth = 0;  // of the stack
};

class PLANTWRIGHT_API Formula final : public Step {
public:
    using Options = FormulaOptions;

    Formula() = default;
    /// Throws ParseError on a text that is no formula, SchemaMismatch on an unknown column, InvalidArgument on units
    /// that do not fit, on a column that is no number, and where there is no formula; each shows the place.
    static Formula fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

    std::string_view type() const override { return Options::kStepType; }
    io::Json options() const override { return options_to_json(options_); }
    void update(StepState* state, std::span<const Cell> read, std::span<Cell> written) const override;
    void validate() const override;

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        serialize_step(archive, options_);
        if constexpr (Archive::is_loading::value) compile_loaded();
        io::validate_after_load(archive, *this);
    }

protected:
    std::vector<Column> compute(std::span<const StepInput> inputs, Index n_rows, int n_jobs) const override;

private:
    void compile_loaded();  // a file holds texts alone; throws CorruptModel

    Options options_;
    std::vector<FormulaProgram> programs_;
};

}  // namespace plantwright
