// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/power_transformer.hpp"

#include <cmath>
#include <vector>

#include "preprocessing/elementary_near_zero.hpp"
#include "preprocessing/minimise.hpp"
#include "preprocessing/moments.hpp"
#include "preprocessing/scaling.hpp"

namespace plantwright {
namespace {

constexpr double kZero = 0x1p-52;  // exponents nearer to 0 mean logarithms

/// (e^(power * log) - 1) / power.
double power_of(double log, double power) { return std::abs(power) < kZero ? log : exp_less_one(power * log) / power; }

/// The logarithm whose `power_of` is `z`.
double log_of_power(double z, double power) { return std::abs(power) < kZero ? z : log_of_one_plus(power * z) / power; }

double yeo_johnson(double x, double lambda) {
    return x >= 0 ? power_of(log_of_one_plus(x), lambda) : -power_of(log_of_one_plus(-x), 2 - lambda);
}

double yeo_johnson_inverse(double z, double lambda) {
    return z >= 0 ? exp_less_one(log_of_power(z, lambda)) : -exp_less_one(log_of_power(-z, 2 - lambda));
}

/// NaN, as of a missing value, of what has no logarithm.
double box_cox(double x, double lambda) { return x > 0 ? power_of(elementary::log(x), lambda) : kNaN; }

double box_cox_inverse(double z, double lambda) { return elementary::exp(log_of_power(z, lambda)); }

/// The logarithms that a family's powers are powers of, taken once for all exponents.
struct Logs {
    std::vector<double> above, below;  // of numbers from 0 on, and of those below
    double weighted = 0;               // their sum, those below negative

    Logs(const Buffer<double>& values, PowerMethod method) {
        for (const double x : values) {
            const double log = method == PowerMethod::box_cox ? elementary::log(x) : log_of_one_plus(std::abs(x));
            const bool is_below = method == PowerMethod::yeo_johnson && x < 0;
            (is_below ? below : above).push_back(log);
            weighted += is_below ? -log : log;
        }
    }
};

/// The normal log-likelihood's negative, less constants: n / 2 log(variance of the powers) - (lambda - 1) weighted.
double negative_log_likelihood(const Logs& logs, double lambda, std::vector<double>& powers) {
    double* out = powers.data();
    const auto take = [&out](const std::vector<double>& from, double power, double sign) {
        if (std::abs(power) < 1e-3) {
            for (const double log : from) *out++ = sign * power_of(log, power);
        } else {
            for (const double log : from) *out++ = sign * (elementary::exp(power * log) - 1) / power;
        }
    };
    take(logs.above, lambda, 1);
    take(logs.below, 2 - lambda, -1);
    const double variance = moments_of(std::span<const double>(powers)).variance;
    if (!(variance > 0) || !std::isfinite(variance)) return HUGE_VAL;
    return static_cast<double>(powers.size()) / 2 * elementary::log(variance) - (lambda - 1) * logs.weighted;
}

double best_exponent(const Buffer<double>& values, PowerMethod method) {
    if (values.empty()) return kNaN;
    if (is_constant(moments_of(values), static_cast<double>(values.size()))) return 1;
    const Logs logs(values, method);
    std::vector<double> powers(static_cast<std::size_t>(values.size()));
    return minimise([&](double lambda) { return negative_log_likelihood(logs, lambda, powers); }, -2, 2, 64, 1.48e-8);
}

void require_above_zero(const Buffer<double>& values, const std::string& column) {
    for (const double x : values) {
        if (x > 0) continue;
        throw InvalidArgument("PowerTransformer: box-cox takes numbers above 0, got " + io::Json(x).dump() +
                              " in column '" + column + "'; yeo-johnson takes all");
    }
}

}  // namespace

PowerTransformer PowerTransformer::fit(const Frame& frame, const Options& options, std::optional<int> n_jobs) {
    PowerTransformer step;
    step.options_ = options;
    step.reads_ = select_columns(Options::kStepType, frame.schema(), options.columns, {ColumnKind::number});
    step.write_in_place(Quantity::other);
    step.lambdas_ = Vector(std::ssize(step.reads_), kNaN);
    step.mean_ = Vector(std::ssize(step.reads_), 0.0);
    step.scale_ = Vector(std::ssize(step.reads_), 1.0);
    for_each_column(Options::kStepType, frame, step.reads_, n_jobs, [&](Index k, Buffer<double>& values) {
        if (options.method == PowerMethod::box_cox)
            require_above_zero(values, step.reads_[static_cast<std::size_t>(k)].name);
        step.lambdas_[k] = best_exponent(values, options.method);
        if (!options.standardize) return;
        const std::span<const double> bent(values.data(), static_cast<std::size_t>(values.size()));
        step.map(k, bent, values.data());
        const Moments m = moments_of(bent);
        step.mean_[k] = m.mean;
        step.scale_[k] =
            is_constant(m, static_cast<double>(values.size())) || std::isnan(m.variance) ? 1.0 : std::sqrt(m.variance);
    });
    return step;
}

void PowerTransformer::map(Index k, std::span<const double> in, double* out) const {
    const double lambda = lambdas_[k], mean = mean_[k], scale = scale_[k];
    const auto with = [&](double (*f)(double, double)) {
        for (std::size_t i = 0; i < in.size(); ++i) out[i] = (f(in[i], lambda) - mean) / scale;
    };
    with(options_.method == PowerMethod::box_cox ? box_cox : yeo_johnson);
}

void PowerTransformer::unmap(Index k, std::span<const double> in, double* out) const {
    const double lambda = lambdas_[k], mean = mean_[k], scale = scale_[k];
    const auto with = [&](double (*f)(double, double)) {
        for (std::size_t i = 0; i < in.size(); ++i) out[i] = f(in[i] * scale + mean, lambda);
    };
    with(options_.method == PowerMethod::box_cox ? box_cox_inverse : yeo_johnson_inverse);
}

Step::Fitted PowerTransformer::fitted() const { return {{"lambdas_", lambdas_}, {"mean_", mean_}, {"scale_", scale_}}; }

void PowerTransformer::validate() const {
    Step::validate();
    for (const auto* values : {&lambdas_, &mean_, &scale_}) require_one_each(*this, *values);
}

}  // namespace plantwright
