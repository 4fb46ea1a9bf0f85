// SPDX-License-Identifier: MIT
#include "simulate/rosenbrock.hpp"

#define BOOST_UBLAS_NO_STD_CERR  // uBLAS would bring <iostream>
#include <algorithm>
#include <boost/numeric/odeint/stepper/rosenbrock4.hpp>
#include <cmath>
#include <utility>

#include "plantwright/core/error.hpp"

namespace plantwright::simulate {
namespace {

constexpr std::size_t kStages = 6, kSize = std::tuple_size_v<State>;
constexpr int kMaxSteps = 100'000;

/// Boost's coefficients as tables; the last row is y_new less its own stage.
struct Coefficients {
    boost::numeric::odeint::default_rosenbrock_coefficients<double> b{};
    double gamma = b.gamma;
    double a[kStages][kStages] = {{},
                                  {b.a21},
                                  {b.a31, b.a32},
                                  {b.a41, b.a42, b.a43},
                                  {b.a51, b.a52, b.a53, b.a54},
                                  {b.a51, b.a52, b.a53, b.a54, 1}};
    double c[kStages][kStages] = {{},
                                  {b.c21},
                                  {b.c31, b.c32},
                                  {b.c41, b.c42, b.c43},
                                  {b.c51, b.c52, b.c53, b.c54},
                                  {b.c61, b.c62, b.c63, b.c64, b.c65}};
};

/// I/(gamma h) - J, factorised with partial pivoting.
class Factors {
public:
    Factors(const Jacobian& J, double diagonal) {
        for (std::size_t i = 0; i < kSize; ++i) {
            for (std::size_t j = 0; j < kSize; ++j) rows_[i][j] = (i == j ? diagonal : 0) - J[i][j];
        }
        for (std::size_t k = 0; k < kSize; ++k) eliminate(k);
    }

    State solve(State b) const {
        for (std::size_t k = 0; k < kSize; ++k) std::swap(b[k], b[pivot_[k]]);
        for (std::size_t i = 1; i < kSize; ++i) {
            for (std::size_t j = 0; j < i; ++j) b[i] -= rows_[i][j] * b[j];
        }
        for (std::size_t i = kSize; i-- > 0;) {
            for (std::size_t j = i + 1; j < kSize; ++j) b[i] -= rows_[i][j] * b[j];
            b[i] /= rows_[i][i];
        }
        return b;
    }

private:
    void eliminate(std::size_t k) {
        pivot_[k] = k;
        for (std::size_t i = k + 1; i < kSize; ++i) {
            if (std::fabs(rows_[i][k]) > std::fabs(rows_[pivot_[k]][k])) pivot_[k] = i;
        }
        std::swap(rows_[k], rows_[pivot_[k]]);
        for (std::size_t i = k + 1; i < kSize; ++i) {
            rows_[i][k] /= rows_[k][k];
            for (std::size_t j = k + 1; j < kSize; ++j) rows_[i][j] -= rows_[i][k] * rows_[k][j];
        }
    }

    Jacobian rows_{};
    std::array<std::size_t, kSize> pivot_{};
};

struct Trial {
    State y;
    State error;
};

/// One step of size h from y, where the slope is known.
Trial try_step(const PlugFlow& reactor, const State& y, const State& slope, const Jacobian& J, double h) {
    static const Coefficients k;
    const Factors factors(J, 1 / (k.gamma * h));
    std::array<State, kStages> g;
    State u = y;
    for (std::size_t s = 0; s < kStages; ++s) {
        State pull{};
        u = y;
        for (std::size_t j = 0; j < s; ++j) {
            for (std::size_t i = 0; i < kSize; ++i) {
                u[i] += k.a[s][j] * g[j][i];
                pull[i] += k.c[s][j] * g[j][i];
            }
        }
        State right = s == 0 ? slope : reactor.derivative(u);
        for (std::size_t i = 0; i < kSize; ++i) right[i] += pull[i] / h;
        g[s] = factors.solve(right);
    }
    for (std::size_t i = 0; i < kSize; ++i) u[i] += g[kStages - 1][i];
    return {u, g[kStages - 1]};
}

/// At most 1 where the step is good enough; NaN where the trial left the numbers.
double scaled_error(const State& from, const Trial& trial, const State& typical, double tolerance) {
    double sum = 0;
    for (std::size_t i = 0; i < kSize; ++i) {
        const double scale = tolerance * (typical[i] + std::max(std::fabs(from[i]), std::fabs(trial.y[i])));
        sum += (trial.error[i] / scale) * (trial.error[i] / scale);
    }
    return std::sqrt(sum / kSize);
}

/// 0.9 error^(-1/4), kept within a fifth and five; square roots are exact where libm's pow is not.
double next_size_factor(double error) {
    const double factor = 0.9 / std::sqrt(std::sqrt(error));
    return factor > 0.2 ? std::min(factor, 5.0) : 0.2;  // a NaN shrinks the step, too
}

}  // namespace

State Step::at(double volume_dm3) const {
    const double h = to - from, s = (volume_dm3 - from) / h;
    State y{};
    for (std::size_t i = 0; i < kSize; ++i) {
        const double rise = y_to[i] - y_from[i], a = h * slope_from[i], b = h * slope_to[i];
        y[i] = y_from[i] + s * (a + s * ((3 * rise - 2 * a - b) + s * (a + b - 2 * rise)));
    }
    return y;
}

double Step::peak_of_gas() const {
    const double h = to - from, a = h * slope_from[kGas], b = h * slope_to[kGas], rise = y_to[kGas] - y_from[kGas];
    if (!(a > 0 && b <= 0)) return y_to[kGas] > y_from[kGas] ? to : from;
    // The cubic's slope, a + 2 p s + q s^2, falls from a > 0 to b <= 0: the root in (0, 1], written without
    // cancellation.
    const double p = 3 * rise - 2 * a - b, q = 3 * (a + b - 2 * rise);
    const double root = std::sqrt(std::max(0.0, p * p - q * a));
    const double s = p < 0 ? a / (root - p) : -(p + root) / q;
    return from + h * std::clamp(s, 0.0, 1.0);
}

void integrate(const PlugFlow& reactor, double volume_dm3, double tolerance,
               const std::function<void(const Step&)>& visit) {
    const State typical = reactor.typical();
    State y = reactor.inlet(), slope = reactor.derivative(y);
    double volume = 0, h = 1e-3 * volume_dm3;
    for (int n_steps = 0; volume < volume_dm3; ++n_steps) {
        if (n_steps == kMaxSteps || volume + 0.1 * h == volume)
            throw InvalidArgument("Reactor: the balances could not be integrated beyond " + std::to_string(volume) +
                                  " dm3; a larger tolerance may help");
        const bool last = volume + h >= volume_dm3;
        if (last) h = volume_dm3 - volume;
        const Jacobian J = reactor.jacobian(y);
        const Trial trial = try_step(reactor, y, slope, J, h);
        const double error = scaled_error(y, trial, typical, tolerance);
        if (error <= 1) {
            const double to = last ? volume_dm3 : volume + h;
            const State slope_to = reactor.derivative(trial.y);
            visit({volume, to, y, trial.y, slope, slope_to});
            volume = to, y = trial.y, slope = slope_to;
        }
        h *= next_size_factor(error);
    }
}

}  // namespace plantwright::simulate
