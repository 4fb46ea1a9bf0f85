// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/clipper.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "preprocessing/order_statistics.hpp"
#include "preprocessing/scaling.hpp"

namespace plantwright {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Limits {
    double lower = -kInfinity, upper = kInfinity;
};

[[noreturn]] void fail(const std::string& what, const io::Json& got) {
    throw InvalidArgument("Clipper: " + what + ", got " + got.dump());
}

Limits limits_from(const std::string& column, const io::Json& json) {
    const auto is_limit = [](const io::Json& x) { return x.is_null() || x.is_number(); };
    const bool is_pair = json.is_array() && json.as_array().size() == 2 &&
                         std::all_of(json.as_array().begin(), json.as_array().end(), is_limit);
    if (!is_pair) fail("limits of '" + column + "' must be two numbers, null for none", json);
    const io::Json &low = json.as_array()[0], &high = json.as_array()[1];
    const Limits limits{low.is_null() ? -kInfinity : low.as_double(), high.is_null() ? kInfinity : high.as_double()};
    if (limits.lower > limits.upper) fail("limits of '" + column + "' must not fall", json);
    return limits;
}

struct Factors {
    double below, above;
};

Factors factors_of(const ClipperOptions& options) {
    const double own = options.method == ClipMethod::mad ? 3 : 1.5;
    const io::Json& json = options.factor;
    Factors f{own, own};
    const bool is_pair = json.is_array() && json.as_array().size() == 2 && json.as_array()[0].is_number() &&
                         json.as_array()[1].is_number();
    if (json.is_number())
        f = {json.as_double(), json.as_double()};
    else if (is_pair)
        f = {json.as_array()[0].as_double(), json.as_array()[1].as_double()};
    else if (!json.is_null())
        fail("factor must be a number or two", json);
    if (!(f.below >= 0 && f.above >= 0)) fail("factor must be at least 0", json);
    return f;
}

Limits within(double low, double high, double spread, Factors f) {
    if (!(spread > 0)) return {};
    return {low - f.below * spread, high + f.above * spread};
}

Limits learned(const ClipperOptions& options, Factors f, Buffer<double>& values) {
    if (values.empty() || options.method == ClipMethod::fixed) return {};
    if (options.method == ClipMethod::mad) {
        constexpr double kOfNormal = 1.4826022185056018;  // 1 / the third quartile of a standard normal
        const double median = median_of(values);
        for (double& x : values) x = std::abs(x - median);
        return within(median, median, kOfNormal * median_of(values), f);
    }
    const bool iqr = options.method == ClipMethod::iqr;
    const double at[] = {iqr ? 0.25 : options.quantiles.first, iqr ? 0.75 : options.quantiles.second};
    const Vector q = quantiles_of(values, at);
    return iqr ? within(q[0], q[1], q[1] - q[0], f) : Limits{q[0], q[1]};
}

StepColumns wanted_columns(const ClipperOptions& options) {
    const bool all = options.columns == StepColumns{};
    if (options.method != ClipMethod::fixed || !all) return options.columns;
    StepColumns named;
    if (options.limits.is_object()) {
        for (const auto& [name, limits] : options.limits.as_object()) named.names.push_back(name);
    }
    if (named.names.empty()) fail("method \"fixed\" needs limits, {\"flow\": [0, 120]}", options.limits);
    return named;
}

void require_valid(const ClipperOptions& options) {
    const auto [low, high] = options.quantiles;
    if (!(0 <= low && low <= high && high <= 1)) fail("quantiles must rise within [0, 1]", io::Json::Array{low, high});
    if (!options.limits.is_null() && !options.limits.is_object())
        fail("limits must be a mapping of columns to two numbers", options.limits);
}

}  // namespace

Clipper Clipper::fit(const Frame& frame, const Options& options, std::optional<int> n_jobs) {
    require_valid(options);
    const Factors factors = factors_of(options);
    Clipper step;
    step.options_ = options;
    step.reads_ = select_columns(Options::kStepType, frame.schema(), wanted_columns(options), {ColumnKind::number});
    step.write_in_place(Quantity::same);
    step.lower_ = Vector(std::ssize(step.reads_));
    step.upper_ = Vector(std::ssize(step.reads_));
    const auto set = [&step](Index k, const Limits& limits) {
        step.lower_[k] = limits.lower;
        step.upper_[k] = limits.upper;
    };
    for_each_column(Options::kStepType, frame, step.reads_, n_jobs,
                    [&](Index k, Buffer<double>& values) { set(k, learned(options, factors, values)); });
    if (!options.limits.is_object()) return step;
    for (const auto& [name, json] : options.limits.as_object()) {
        const auto is_it = [&name = name](const ColumnSpec& spec) { return spec.name == name; };
        const auto found = std::find_if(step.reads_.begin(), step.reads_.end(), is_it);
        if (found == step.reads_.end()) fail("limits must name columns that are clipped", name);
        set(found - step.reads_.begin(), limits_from(name, json));
    }
    return step;
}

void Clipper::map(Index k, std::span<const double> in, double* out) const {
    const double low = lower_[k], high = upper_[k];
    for (std::size_t i = 0; i < in.size(); ++i) out[i] = in[i] < low ? low : in[i] > high ? high : in[i];
}

void Clipper::validate() const {
    Step::validate();
    for (const auto* values : {&lower_, &upper_}) require_one_each(*this, *values);
}

}  // namespace plantwright
