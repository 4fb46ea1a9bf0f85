// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/formula.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "plantwright/core/threads.hpp"
#include "preprocessing/formula_program.hpp"
#include "preprocessing/fresh_buffer.hpp"
#include "preprocessing/text_messages.hpp"

namespace plantwright {
namespace {

constexpr std::string_view kWho = FormulaOptions::kStepType;
constexpr Index kBlock = 256;          // rows that a stack of runs holds
constexpr Index kChunk = 64 * kBlock;  // rows a thread takes at once
constexpr std::size_t kMostFormulas = 10'000;

const NamedTexts::Pairs& pairs_of(const std::optional<NamedTexts>& texts) {
    static const NamedTexts::Pairs kNone;
    return texts ? texts->pairs() : kNone;
}

[[noreturn]] void fail(const std::string& what) { throw InvalidArgument(std::string(kWho) + ": " + what); }

void check(const FormulaOptions& options) {
    const auto& formulas = pairs_of(options.formulas);
    if (formulas.empty()) fail("formulas must be at least one, got none");
    if (formulas.size() > kMostFormulas)
        fail("formulas must be at most 10,000, got " + std::to_string(formulas.size()));
    std::set<std::string> names;
    std::vector<std::string> in_order;
    for (const auto& [name, text] : formulas) {
        if (name.empty()) fail("a formula must have a name, got one without");
        if (!names.insert(name).second) fail("names of formulas must differ, got '" + name + "' twice");
        in_order.push_back(name);
    }
    for (const auto& [name, text] : pairs_of(options.units)) {
        if (!names.contains(name))
            fail("units names '" + name + "', which is no formula" + did_you_mean(name, in_order));
    }
}

std::string given_unit(const std::optional<NamedTexts>& units, const std::string& name) {
    for (const auto& [of, unit] : pairs_of(units)) {
        if (of == name) return unit;
    }
    return {};
}

Step::Written written_for(const std::string& name, const CompiledFormula& formula, const std::vector<ColumnSpec>& reads,
                          const std::optional<NamedTexts>& units) {
    Step::Written written;
    written.spec.name = name;
    written.spec.unit = given_unit(units, name);
    if (written.spec.unit.empty() && formula.unit) written.spec.unit = formula.unit->text();
    for (const std::int32_t k : formula.columns_used) {
        const ColumnSpec& source = reads[static_cast<std::size_t>(k)];
        written.sources.push_back(source.name);
        written.spec.known_at_prediction = written.spec.known_at_prediction && source.known_at_prediction;
    }
    return written;
}

/// Where a column stands among those read, added if it is not there.
std::int32_t place_in(std::vector<ColumnSpec>& reads, const ColumnSpec& spec) {
    const auto found =
        std::find_if(reads.begin(), reads.end(), [&](const ColumnSpec& own) { return own.name == spec.name; });
    if (found == reads.end()) {
        reads.push_back(spec);
        return static_cast<std::int32_t>(reads.size()) - 1;
    }
    return static_cast<std::int32_t>(found - reads.begin());
}

}  // namespace

NamedTexts::operator io::Json() const {
    io::Json json = io::Json::object();
    for (const auto& [name, text] : pairs_) json[name] = text;
    return json;
}

void read_option(std::string_view who, std::string_view name, const io::Json& json, NamedTexts& out) {
    if (json.is_null()) {
        out = {};
        return;
    }
    if (!json.is_object()) detail::fail_option(who, name, "a mapping of names to texts", json);
    NamedTexts::Pairs pairs;
    for (const auto& [key, value] : json.as_object()) {
        if (!value.is_string()) detail::fail_option(who, name, "a mapping of names to texts", json);
        pairs.emplace_back(key, value.as_string());
    }
    out = NamedTexts(std::move(pairs));
}

Formula Formula::fit(const Frame& frame, const Options& options, std::optional<int> /*n_jobs*/) {
    check(options);
    Formula step;
    step.options_ = options;
    const FormulaColumns columns{frame.schema().columns(),
                                 [&](const ColumnSpec& spec) { return place_in(step.reads_, spec); }};
    std::vector<Written> writes;
    for (const auto& [name, text] : pairs_of(options.formulas)) {
        CompiledFormula formula = compile_formula(name, text, columns);
        writes.push_back(written_for(name, formula, step.reads_, options.units));
        step.programs_.push_back(std::move(formula.program));
    }
    step.set_writes(std::move(writes));
    return step;
}

void Formula::compile_loaded() {
    try {
        check(options_);
        std::vector<ColumnSpec> reads = reads_;
        const FormulaColumns columns{reads_, [&](const ColumnSpec& spec) { return place_in(reads, spec); }};
        programs_.clear();
        for (const auto& [name, text] : pairs_of(options_.formulas))
            programs_.push_back(compile_formula(name, text, columns).program);
    } catch (const std::invalid_argument& error) {
        throw CorruptModel(std::string("Formula: its texts do not fit its columns: ") + error.what());
    }
}

void Formula::update(StepState* /*state*/, std::span<const Cell> read, std::span<Cell> written) const {
    std::array<double, kDeepestFormula> stack;
    for (std::size_t f = 0; f < programs_.size(); ++f) {
        run_formula(programs_[f], &read.data()->number, 1, 1, stack.data());
        written[f].number = stack[0];
    }
}

std::vector<Column> Formula::compute(std::span<const StepInput> inputs, Index n_rows, int n_jobs) const {
    std::vector<Buffer<double>> results;
    int depth = 0;
    for (const FormulaProgram& program : programs_) {
        results.push_back(fresh_buffer<double>(n_rows));
        depth = std::max(depth, program.depth);
    }
    parallel_for((n_rows + kChunk - 1) / kChunk, n_jobs, [&](Index chunk, int) {
        auto columns = Buffer<double>::uninitialized(std::ssize(inputs) * kBlock);
        auto stack = Buffer<double>::uninitialized(depth * kBlock);
        const Index last = std::min(n_rows, (chunk + 1) * kChunk);
        for (Index begin = chunk * kChunk; begin < last; begin += kBlock) {
            const Index end = std::min(begin + kBlock, last);
            for (std::size_t k = 0; k < inputs.size(); ++k)
                inputs[k].read(begin, end, columns.data() + static_cast<Index>(k) * kBlock);
            for (std::size_t f = 0; f < programs_.size(); ++f) {
                run_formula(programs_[f], columns.data(), kBlock, end - begin, stack.data());
                std::copy_n(stack.data(), end - begin, results[f].data() + begin);
            }
        }
    });
    std::vector<Column> columns;
    for (Buffer<double>& values : results) columns.push_back(Column::numbers(std::move(values)));
    return columns;
}

void Formula::validate() const {
    Step::validate();
    bool ok = programs_.size() == writes().size() && programs_.size() == pairs_of(options_.formulas).size();
    for (const ColumnSpec& spec : reads_) ok = ok && spec.kind == ColumnKind::number;
    for (const Written& written : writes()) ok = ok && written.spec.kind == ColumnKind::number;
    if (!ok) throw CorruptModel("Formula: its columns do not fit its texts");
}

}  // namespace plantwright
