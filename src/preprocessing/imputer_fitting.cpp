// SPDX-License-Identifier: MIT
#include "preprocessing/imputer_fitting.hpp"

#include <algorithm>
#include <string>

#include "plantwright/core/threads.hpp"
#include "plantwright/preprocessing/number_map.hpp"
#include "preprocessing/column_passes.hpp"
#include "preprocessing/fitting.hpp"
#include "preprocessing/order_statistics.hpp"

namespace plantwright {
namespace {

constexpr std::string_view kWho = SimpleImputerOptions::kStepType;
using Options = SimpleImputerOptions;

[[noreturn]] void fail(const std::string& what) { throw InvalidArgument(std::string(kWho) + ": " + what); }

std::string word(const Options& options) {
    return io::Json(kWords<ImputerStrategy>[static_cast<std::size_t>(options.strategy)]).dump();
}

void require_together(const Options& options) {
    const ImputerStrategy s = options.strategy;
    const bool in_order = s == ImputerStrategy::last || s == ImputerStrategy::linear;
    if (options.max_age && s != ImputerStrategy::last)
        fail("max_age belongs to strategy \"last\", got strategy " + word(options));
    if (options.by && !in_order) fail("by belongs to strategy \"last\" or \"linear\", got strategy " + word(options));
    if (options.time && !in_order)
        fail("time belongs to strategy \"last\" or \"linear\", got strategy " + word(options));
    if (!options.fill_value.is_null() && s != ImputerStrategy::constant)
        fail("fill_value belongs to strategy \"constant\", got strategy " + word(options));
    if (!options.fill_value.is_null() && !options.fill_value.is_number() && !options.fill_value.is_string())
        fail("fill_value must be a number or a text, got " + options.fill_value.dump());
}

std::vector<ColumnKind> kinds_filled(const Options& options) {
    switch (options.strategy) {
        case ImputerStrategy::mean:
        case ImputerStrategy::median:
        case ImputerStrategy::linear: return {ColumnKind::number};
        case ImputerStrategy::constant:
            if (options.fill_value.is_number()) return {ColumnKind::number};
            if (options.fill_value.is_string()) return {ColumnKind::category};
            break;
        case ImputerStrategy::most_frequent:
        case ImputerStrategy::last: break;
    }
    return {ColumnKind::number, ColumnKind::category};
}

ColumnSpec column_of(const Schema& schema, const std::string& name, std::string_view option, ColumnKind kind) {
    const ColumnSpec& spec = schema.at(name);
    if (spec.kind == kind) return spec;
    fail(std::string(option) + " must name a column of kind " + std::string(to_string(kind)) + ", got '" + name +
         "' of kind " + std::string(to_string(spec.kind)));
}

std::optional<ColumnSpec> time_of(const Schema& schema, const Options& options) {
    if (options.time) return column_of(schema, *options.time, "time", ColumnKind::time);
    if (!options.max_age || !options.max_age->by_time()) return {};
    for (const ColumnSpec& spec : schema.columns()) {
        if (spec.kind == ColumnKind::time && spec.role != Role::ignored) return spec;
    }
    fail("max_age \"" + options.max_age->text + "\" needs a time column, got a table without one");
}

/// The commonest value, the least of several; NaN of none.
double commonest(Buffer<double>& values) {
    std::sort(values.begin(), values.end());
    double best = kNaN;
    Index most = 0;
    for (Index i = 0, begin = 0; i < values.size(); ++i) {
        if (values[i] != values[begin]) begin = i;
        if (i - begin + 1 <= most) continue;
        most = i - begin + 1;
        best = values[i];
    }
    return best;
}

std::int32_t commonest_code(const Column& column) {
    std::vector<std::int64_t> counts(column.levels().size(), 0);
    const auto codes = column.codes();
    for (Index i = 0; i < codes.size(); ++i) {
        if (codes[i] >= 0) ++counts[static_cast<std::size_t>(codes[i])];
    }
    std::size_t best = 0;
    for (std::size_t c = 1; c < counts.size(); ++c) {
        const bool earlier = column.levels()[c] < column.levels()[best];
        if (counts[c] > counts[best] || (counts[c] == counts[best] && earlier)) best = c;
    }
    return counts.empty() || counts[best] == 0 ? kMissingCode : static_cast<std::int32_t>(best);
}

double number_for(const Options& options, Buffer<double>& present) {
    switch (options.strategy) {
        case ImputerStrategy::median: return median_of(present);
        case ImputerStrategy::most_frequent: return commonest(present);
        case ImputerStrategy::constant: return options.fill_value.is_number() ? options.fill_value.as_double() : 0;
        case ImputerStrategy::mean:
        case ImputerStrategy::last:
        case ImputerStrategy::linear: break;
    }
    return kNaN;
}

/// May add the constant to the levels that are written.
std::int32_t code_for(const Options& options, const Column& column, std::vector<std::string>& levels) {
    if (options.strategy == ImputerStrategy::most_frequent) return commonest_code(column);
    if (options.strategy != ImputerStrategy::constant) return kMissingCode;
    const std::string text = options.fill_value.is_string() ? options.fill_value.as_string() : "missing_value";
    const auto at = std::find(levels.begin(), levels.end(), text);
    const auto code = static_cast<std::int32_t>(at - levels.begin());
    if (at == levels.end()) levels.push_back(text);
    return code;
}

void learn_numbers(const Frame& frame, const Options& options, int n_jobs, ImputerFit& fit) {
    std::vector<ColumnSpec> specs;
    std::vector<Index> places;
    for (Index k = 0; k < std::ssize(fit.columns); ++k) {
        const ColumnSpec& spec = fit.columns[static_cast<std::size_t>(k)];
        if (spec.kind != ColumnKind::number) continue;
        specs.push_back(spec);
        places.push_back(k);
    }
    if (options.strategy == ImputerStrategy::mean) {
        const auto moments = column_moments(kWho, frame, specs, n_jobs);
        for (std::size_t i = 0; i < specs.size(); ++i) fit.numbers[places[i]] = moments[i].mean;
        return;
    }
    const bool looks = options.strategy <= ImputerStrategy::most_frequent;  // at the numbers
    std::vector<Buffer<double>> present(specs.size());
    if (looks) present = present_numbers(kWho, frame, specs, n_jobs);
    parallel_for(std::ssize(specs), n_jobs, [&](Index i, int) {
        const auto at = static_cast<std::size_t>(i);
        fit.numbers[places[at]] = number_for(options, present[at]);
    });
}

}  // namespace

ImputerFit fit_imputer(const Frame& frame, const Options& options, std::optional<int> n_jobs) {
    require_together(options);
    require_rows(kWho, frame);
    ImputerFit fit;
    fit.columns = select_columns(kWho, frame.schema(), options.columns, kinds_filled(options));
    fit.time = time_of(frame.schema(), options);
    if (options.by) fit.group = column_of(frame.schema(), *options.by, "by", ColumnKind::category);
    const auto is_group = [&](const ColumnSpec& spec) { return fit.group && spec.name == fit.group->name; };
    std::erase_if(fit.columns, is_group);
    if (fit.columns.empty()) fail("columns must leave at least one beside the group's, got none");
    const auto n = std::ssize(fit.columns);
    fit.numbers = Vector(n, kNaN);
    fit.codes = Buffer<std::int32_t>(n, kMissingCode);
    learn_numbers(frame, options, resolve_n_jobs(n_jobs), fit);
    std::vector<std::int64_t> indicated;
    for (Index k = 0; k < n; ++k) {
        const ColumnSpec& spec = fit.columns[static_cast<std::size_t>(k)];
        const Column& column = frame.column(spec.name);
        fit.writes.push_back({spec, {spec.name}});
        if (spec.kind == ColumnKind::category) fit.codes[k] = code_for(options, column, fit.writes.back().spec.levels);
        if (options.add_indicator && column.n_missing() > 0) indicated.push_back(k);
    }
    fit.indicated = Buffer<std::int64_t>(std::span<const std::int64_t>(indicated));
    return fit;
}

}  // namespace plantwright
