// SPDX-License-Identifier: MIT
#include "simulate/reactor_check.hpp"

#include <set>

#include "plantwright/core/error.hpp"
#include "plantwright/core/threads.hpp"
#include "simulate/reactor_tables.hpp"
#include "simulate/shown.hpp"
#include "simulate/start_day.hpp"

namespace plantwright::simulate {
namespace {

[[noreturn]] void refuse(const std::string& where, const std::string& what, const std::string& allowed,
                         const std::string& got) {
    throw InvalidArgument(where + what + " must be " + allowed + ", got " + got);
}

void check_range(const std::string& where, const char* what, double value, double low, double high) {
    if (value >= low && value <= high) return;  // NaN is refused
    refuse(where, what, "in [" + shown(low) + ", " + shown(high) + "]", shown(value));
}

void check_count(const std::string& where, const char* what, Index value, Index low, Index high) {
    if (value >= low && value <= high) return;
    refuse(where, what, "in [" + std::to_string(low) + ", " + std::to_string(high) + "]", std::to_string(value));
}

/// Without it nothing flows, or a quotient is undefined.
bool must_be_positive(const ConditionTraits& condition) {
    return condition.value != &ReactorConditions::feed_B_mol_min &&
           condition.value != &ReactorConditions::heat_transfer;
}

void check_modes(const std::vector<ReactorMode>& modes) {
    if (modes.empty()) refuse("Reactor: ", "modes", "at least one", "none");
    std::set<std::string> names;
    for (const ReactorMode& mode : modes) {
        if (mode.name.empty() || !names.insert(mode.name).second) {
            refuse("Reactor: ", "modes", "named, each name once", "'" + mode.name + "'");
        }
        check(mode.set_points, "Reactor: mode '" + mode.name + "': ");
    }
}

Vector read_column(const Frame& frame, const ConditionTraits& condition) {
    const Column& column = frame.column(condition.name);
    if (column.kind() != ColumnKind::number) {
        refuse("Reactor.solve: ", "column '" + std::string(condition.name) + "'", "a number",
               "a " + std::string(to_string(column.kind())));
    }
    return column.to_float64();
}

}  // namespace

void check(const ReactorConditions& conditions, const std::string& where) {
    for (const ConditionTraits& condition : kConditions) {
        const double value = conditions.*condition.value;
        if (condition.low == 0 && must_be_positive(condition)) {
            if (value > 0 && value <= condition.high) continue;
            refuse(where, condition.name, "in (0, " + shown(condition.high) + "]", shown(value));
        }
        check_range(where, condition.name, value, condition.low, condition.high);
    }
}

void check(const ReactorOptions& options) {
    if (!(options.volume_dm3 > 0 && options.volume_dm3 <= 1000)) {
        refuse("Reactor: ", "volume_dm3", "in (0, 1000]", shown(options.volume_dm3));
    }
    check_range("Reactor: ", "tolerance", options.tolerance, 1e-12, 1e-3);
    check_range("Reactor: ", "runaway_K", options.runaway_K, 200, 5000);
    check_range("Reactor: ", "yield_margin", options.yield_margin, 0, 1);
    check_modes(options.modes);
    resolve_n_jobs(options.n_jobs);  // refuses 0
}

void check(const ReactorHistoryOptions& options) {
    const std::string where = "Reactor.steady_states: ";
    check_count(where, "n", options.n, 1, 10'000'000);
    check_range(where, "upsets_per_campaign", options.upsets_per_campaign, 0, 20);
    check_range(where, "wander", options.wander, 0, 10);
    check_range(where, "noise", options.noise, 0, 10);
    start_day("Reactor.steady_states", options.start);
}

void check(const ReactorEpisodeOptions& options) {
    const std::string where = "Reactor.episodes: ";
    check_count(where, "n", options.n, 1, 10'000);
    check_count(where, "hours", options.hours, 1, 1000);
    check_count(where, "n * hours", options.n * options.hours, 1, 100'000);
    check_range(where, "wander", options.wander, 0, 10);
    check_range(where, "noise", options.noise, 0, 10);
    start_day("Reactor.episodes", options.start);
}

std::vector<ReactorConditions> read_conditions(const Frame& frame) {
    std::vector<ReactorConditions> rows(static_cast<std::size_t>(frame.rows()));
    for (const ConditionTraits& condition : kConditions) {
        const bool optional = condition.value == &ReactorConditions::heat_transfer;
        if (optional && !frame.schema().find(condition.name)) continue;
        const Vector values = read_column(frame, condition);
        for (std::size_t row = 0; row < rows.size(); ++row) {
            rows[row].*condition.value = values[static_cast<Index>(row)];
        }
    }
    for (std::size_t row = 0; row < rows.size(); ++row) {
        check(rows[row], "Reactor.solve: row " + std::to_string(row) + ": ");
    }
    return rows;
}

}  // namespace plantwright::simulate
