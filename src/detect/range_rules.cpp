// SPDX-License-Identifier: MIT
#include "plantwright/detect/range_rules.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "detect/checks.hpp"
#include "detect/sensor_detector_impl.hpp"
#include "plantwright/core/error.hpp"
#include "preprocessing/order_statistics.hpp"

namespace plantwright {
namespace {

constexpr const char* kWho = "RangeRules";
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kBelowOne = 1 - 0x1p-53;
constexpr double kHighest = 1e6;  // level; beyond, it says no more

bool is_one_for_each(const Vector& given, Index n_sensors) { return given.empty() || given.size() == n_sensors; }

void require_options(const RangeRulesOptions& o) {
    using detect::require;
    require(o.range_quantile >= 0 && o.range_quantile < 0.5, kWho, "range_quantile", o.range_quantile, "in [0, 0.5)");
    require(o.range_margin > 0, kWho, "range_margin", o.range_margin, "> 0");
    require(o.step_quantile > 0 && o.step_quantile <= 1, kWho, "step_quantile", o.step_quantile, "in (0, 1]");
    require(o.step_factor > 0, kWho, "step_factor", o.step_factor, "> 0");
    require(o.standstill_factor > 0, kWho, "standstill_factor", o.standstill_factor, "> 0");
    require(o.shortest_standstill >= 1, kWho, "shortest_standstill", o.shortest_standstill, ">= 1");
}

void require_given(const Vector& given, const char* name, Index n_sensors, double least) {
    if (!is_one_for_each(given, n_sensors)) {
        throw InvalidArgument(std::string(kWho) + ": " + name + " must have one number for each of " +
                              std::to_string(n_sensors) + " sensors, got " + std::to_string(given.size()));
    }
    for (const double x : given) {
        const bool good = std::isnan(x) || (std::isfinite(x) && x > least);
        detect::require(good, kWho, name, x,
                        least == 0 ? "finite and > 0, or NaN: learned" : "finite, or NaN: learned");
    }
}

double given_or_nan(const Vector& given, Index j) { return given.empty() ? kNaN : given[j]; }

/// The level of `amount` against `limit`: exactly those beyond the limit reach 1, whatever rounding does.
double level_of(bool broken, double level) {
    return broken ? std::clamp(level, 1.0, kHighest) : std::clamp(level, 0.0, kBelowOne);
}

bool is_present(double reading) { return std::isfinite(reading); }

}  // namespace

std::string_view to_string(Rule rule) {
    constexpr std::array<std::string_view, 4> words{"", "range", "step", "standstill"};
    return words[static_cast<std::size_t>(rule)];
}

RangeRulesOptions RangeRules::with_schema(const Frame& frame, RangeRulesOptions options) {
    const auto names = sensor_names(kWho, frame);
    const Index d = std::ssize(names);
    for (Vector* limits : {&options.lowest, &options.highest}) {
        require_given(*limits, limits == &options.lowest ? "lowest" : "highest", d, -kInfinity);
        if (limits->empty()) *limits = Vector(d, kNaN);
    }
    for (Index j = 0; j < d; ++j) {
        const ColumnSpec& spec = frame.schema().at(names[static_cast<std::size_t>(j)]);
        if (std::isnan(options.lowest[j])) options.lowest[j] = spec.lowest.value_or(kNaN);
        if (std::isnan(options.highest[j])) options.highest[j] = spec.highest.value_or(kNaN);
    }
    return options;
}

void RangeRules::learn(ConstMatrixView rows, RunBegins /*runs*/) {
    require_options(options_);
    require_given(options_.lowest, "lowest", rows.cols(), -kInfinity);
    require_given(options_.highest, "highest", rows.cols(), -kInfinity);
    require_given(options_.largest_step, "largest_step", rows.cols(), 0);
    const Index d = rows.cols();
    for (Vector* limits : {&lowest_, &highest_, &largest_step_, &longest_standstill_}) *limits = Vector(d);
    for (Index j = 0; j < d; ++j) {
        std::vector<double> readings;
        for (Index i = 0; i < rows.rows(); ++i) {
            if (is_present(rows(i, j))) readings.push_back(rows(i, j));
        }
        learn_range(j, readings);
        learn_motion(j, rows.col(j));
    }
    require_limits();
}

void RangeRules::learn_range(Index j, std::vector<double>& readings) {
    const std::array<double, 2> shares{options_.range_quantile, 1 - options_.range_quantile};
    const Vector ends = quantiles_of(readings, shares);
    const double margin = options_.range_margin * sensors_.deviation()[j];
    const double lowest = given_or_nan(options_.lowest, j), highest = given_or_nan(options_.highest, j);
    lowest_[j] = std::isnan(lowest) ? ends[0] - margin : lowest;
    highest_[j] = std::isnan(highest) ? ends[1] + margin : highest;
}

void RangeRules::learn_motion(Index j, ConstVectorView readings) {
    std::vector<double> steps;
    double last = kNaN, since = 0, standstill = 0, longest = 0;
    for (Index i = 0; i < readings.size(); ++i) {
        ++since;
        if (!is_present(readings[i])) continue;
        const double step = std::fabs(readings[i] - last) / since;
        if (step > 0) steps.push_back(step);
        standstill = step == 0 ? standstill + 1 : 0;
        longest = std::max(longest, standstill);
        last = readings[i];
        since = 0;
    }
    const double given = given_or_nan(options_.largest_step, j);
    const std::array<double, 1> share{options_.step_quantile};
    const double normal = steps.empty() ? sensors_.deviation()[j] : quantiles_of(steps, share)[0];
    largest_step_[j] = std::isnan(given) ? options_.step_factor * normal : given;
    const auto shortest = static_cast<double>(options_.shortest_standstill);
    longest_standstill_[j] = steps.empty() ? kInfinity : std::max(options_.standstill_factor * longest, shortest);
    if (options_.standstill_factor == kInfinity) longest_standstill_[j] = kInfinity;  // where longest is 0, too
}

void RangeRules::require_limits() const {
    for (Index j = 0; j < n_sensors(); ++j) {
        if (lowest_[j] < highest_[j] && largest_step_[j] > 0) continue;
        std::ostringstream text;
        text << kWho << ": sensor " << j << " must have lowest < highest and a largest_step > 0, got [" << lowest_[j]
             << ", " << highest_[j] << "] and " << largest_step_[j];
        throw InvalidArgument(text.str());
    }
}

RangeRules::State RangeRules::start() const {
    const Index d = n_sensors();
    return {Vector(d, kNaN),
            Vector(d, 0.0),
            Vector(d, 0.0),
            Vector(d, 0.0),
            std::vector<Rule>(static_cast<std::size_t>(d)),
            false};
}

/// |2 x - lowest - highest| / (highest - lowest), written so that one limit alone will do: then its unit is a
/// deviation.
double RangeRules::range_level(Index j, double x) const {
    const double half = (highest_[j] - lowest_[j]) / 2;
    const double unit = std::isfinite(half) ? half : sensors_.deviation()[j];
    const double beyond = std::max(x - highest_[j], lowest_[j] - x);
    return level_of(beyond > 0, 1 + beyond / unit);
}

void RangeRules::take(State& state, Index j, double x) const {
    const double step = std::fabs(x - state.last[j]) / state.since[j];  // NaN for the first reading
    const double step_level = step >= 0 ? level_of(step > largest_step_[j], step / largest_step_[j]) : 0;
    state.standstill[j] = step == 0 ? state.standstill[j] + 1 : 0;
    state.last[j] = x;
    state.since[j] = 0;
    const double rest = state.standstill[j];
    const double rest_level = level_of(rest > longest_standstill_[j], rest / longest_standstill_[j]);
    const std::array<double, 3> levels{range_level(j, x), step_level, rest_level};
    const auto worst = std::max_element(levels.begin(), levels.end());
    state.level[j] = *worst;
    constexpr std::array<Rule, 3> rules{Rule::range, Rule::step, Rule::standstill};
    state.rule[static_cast<std::size_t>(j)] =
        *worst < 1 ? Rule::none : rules[static_cast<std::size_t>(worst - levels.begin())];
}

double RangeRules::update(State& state, ConstVectorView row) const {
    require_row(row);
    state.scored = false;
    double worst = 0;
    for (Index j = 0; j < row.size(); ++j) {
        ++state.since[j];
        state.level[j] = 0;
        state.rule[static_cast<std::size_t>(j)] = Rule::none;
        if (!is_present(row[j])) continue;
        take(state, j, row[j]);
        worst = std::max(worst, state.level[j]);
        state.scored = true;
    }
    return state.scored ? worst : kNaN;
}

Vector RangeRules::contributions(const State& state) const {
    Vector shares(n_sensors(), kNaN);
    if (!state.scored) return shares;
    const double worst = *std::max_element(state.level.begin(), state.level.end()), least = worst >= 1 ? 1 : 0;
    double sum = 0;
    for (const double level : state.level) sum += level >= least ? level : 0;
    for (Index j = 0; j < shares.size(); ++j)
        shares[j] = state.level[j] >= least && sum > 0 ? worst * state.level[j] / sum : 0;
    return shares;
}

Rule RangeRules::rule(const State& state) const {
    const auto worst = std::max_element(state.level.begin(), state.level.end());
    return state.scored ? state.rule[static_cast<std::size_t>(worst - state.level.begin())] : Rule::none;
}

std::vector<Rule> RangeRules::rules(ConstMatrixView rows) const {
    require_table(rows);
    State state = start();
    std::vector<Rule> broken;
    for (Index i = 0; i < rows.rows(); ++i) {
        update(state, rows.row(i));
        broken.push_back(rule(state));
    }
    return broken;
}

void RangeRules::validate() const {
    sensors_.validate();
    const Index d = n_sensors();
    bool good = lowest_.size() == d && highest_.size() == d && largest_step_.size() == d &&
                longest_standstill_.size() == d && is_one_for_each(options_.lowest, d) &&
                is_one_for_each(options_.highest, d) && is_one_for_each(options_.largest_step, d);
    for (Index j = 0; good && j < d; ++j) {
        good = lowest_[j] < highest_[j] && lowest_[j] < kInfinity && highest_[j] > -kInfinity && largest_step_[j] > 0 &&
               longest_standstill_[j] >= 1;
    }
    if (!good) throw CorruptModel("RangeRules: its limits do not fit its sensors");
}

template class SensorDetector<RangeRules, RangeRulesOptions>;

}  // namespace plantwright
