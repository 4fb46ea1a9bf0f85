// SPDX-License-Identifier: MIT
#include "detect/learned_weights.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "plantwright/core/random.hpp"

namespace plantwright::detect {
namespace {

constexpr double kPenalty = 1e-3;

struct Labelled {
    Matrix severities;
    std::vector<bool> anomalous;
};

/// Severities of members that see the anomalous rows by `lift[m]`; exponential on normal rows, as severities are.
Labelled labelled_rows(Index n, const std::vector<double>& lift, double share, std::uint64_t seed = 1) {
    RandomStream stream(seed, 0, Purpose::noise);
    Labelled rows{Matrix(n, std::ssize(lift)), std::vector<bool>(static_cast<std::size_t>(n))};
    for (Index i = 0; i < n; ++i) {
        const bool bad = stream.uniform() < share;
        rows.anomalous[static_cast<std::size_t>(i)] = bad;
        for (Index m = 0; m < rows.severities.cols(); ++m) {
            const double normal = -std::log10(1 - stream.uniform());
            rows.severities(i, m) = std::min(6.0, normal + (bad ? lift[static_cast<std::size_t>(m)] : 0));
        }
    }
    return rows;
}

/// The objective as its formula reads, and its gradient.
double objective(const Labelled& rows, const std::vector<double>& w, double b, std::vector<double>* gradient) {
    const double n = static_cast<double>(rows.anomalous.size());
    const auto bad = static_cast<double>(std::count(rows.anomalous.begin(), rows.anomalous.end(), true));
    double value = 0;
    if (gradient) gradient->assign(w.size() + 1, 0.0);
    for (std::size_t m = 0; m < w.size(); ++m) {
        value += kPenalty / 2 * w[m] * w[m];
        if (gradient) (*gradient)[m] += kPenalty * w[m];
    }
    for (std::size_t i = 0; i < rows.anomalous.size(); ++i) {
        const double y = rows.anomalous[i] ? 1 : -1, c = 0.5 / (rows.anomalous[i] ? bad : n - bad);
        double z = b;
        for (std::size_t m = 0; m < w.size(); ++m)
            z += w[m] * rows.severities(static_cast<Index>(i), static_cast<Index>(m));
        value += c * std::log1p(std::exp(-y * z));
        if (!gradient) continue;
        const double slope = -y * c / (1 + std::exp(y * z));
        for (std::size_t m = 0; m < w.size(); ++m) {
            (*gradient)[m] += slope * rows.severities(static_cast<Index>(i), static_cast<Index>(m));
        }
        gradient->back() += slope;
    }
    return value;
}

/// Slow, plain: projected gradient descent by small steps.
LogisticWeights by_small_steps(const Labelled& rows) {
    LogisticWeights at{std::vector<double>(static_cast<std::size_t>(rows.severities.cols()), 0.0), 0};
    std::vector<double> gradient;
    for (int step = 0; step < 60'000; ++step) {
        objective(rows, at.weights, at.intercept, &gradient);
        for (std::size_t m = 0; m < at.weights.size(); ++m) {
            at.weights[m] = std::max(0.0, at.weights[m] - 0.2 * gradient[m]);
        }
        at.intercept -= 0.2 * gradient.back();
    }
    return at;
}

TEST(LearnedWeights, AgreeWithPlainGradientDescent) {
    const Labelled rows = labelled_rows(80, {1.0, 0.6, 0.0}, 0.3);
    const LogisticWeights slow = by_small_steps(rows), fast = fit_logistic_weights(rows.severities, rows.anomalous);
    EXPECT_NEAR(fast.intercept, slow.intercept, 1e-5);
    for (std::size_t m = 0; m < 3; ++m) EXPECT_NEAR(fast.weights[m], slow.weights[m], 1e-5) << m;
}

/// Karush, Kuhn and Tucker: of a weight above 0 no slope is left, of one at 0 none that falls.
TEST(LearnedWeights, LeaveNoSlopeInsideAndNoneThatFallsAtTheBound) {
    for (const std::uint64_t seed : {1u, 2u, 3u}) {
        std::vector<double> lift(32, 0.0);
        for (std::size_t m = 0; m < 8; ++m) lift[m] = 0.2 * static_cast<double>(m);
        Labelled rows = labelled_rows(600, lift, 0.05, seed);
        for (Index i = 0; i < 600; ++i) rows.severities(i, 9) = rows.severities(i, 7);  // twins share
        const LogisticWeights found = fit_logistic_weights(rows.severities, rows.anomalous);
        std::vector<double> gradient;
        objective(rows, found.weights, found.intercept, &gradient);
        int at_bound = 0;
        for (std::size_t m = 0; m < lift.size(); ++m) {
            ASSERT_GE(found.weights[m], 0);
            at_bound += found.weights[m] == 0 ? 1 : 0;
            const double falls = found.weights[m] > 0 ? std::fabs(gradient[m]) : -gradient[m];
            EXPECT_LE(falls, 1e-7) << m;
        }
        EXPECT_NEAR(gradient.back(), 0, 1e-7);
        EXPECT_GT(at_bound, 0);
        EXPECT_NEAR(found.weights[9], found.weights[7], 1e-5);
    }
}

TEST(LearnedWeights, GiveNothingToAMemberThatIsHigherOnNormalRows) {
    Labelled rows = labelled_rows(2000, {1.5, 0.8, 0.0}, 0.1);
    for (std::size_t i = 0; i < 2000; ++i) rows.severities(static_cast<Index>(i), 2) += rows.anomalous[i] ? 0 : 0.5;
    const auto found = fit_logistic_weights(rows.severities, rows.anomalous);
    EXPECT_GT(found.weights[0], found.weights[1]);
    EXPECT_GT(found.weights[1], 0);
    EXPECT_EQ(found.weights[2], 0);
    EXPECT_LT(found.intercept, 0);
}

TEST(LearnedWeights, StayFiniteWhereClassesAreApart) {
    const Labelled rows = labelled_rows(300, {6.0, 6.0}, 0.02);
    const auto found = fit_logistic_weights(rows.severities, rows.anomalous);
    for (const double weight : found.weights) EXPECT_TRUE(weight > 0 && weight < 10) << weight;
}

TEST(LearnedWeights, HaveTheSameBitsEachTime) {
    const Labelled rows = labelled_rows(500, {1.0, 0.6, 0.0}, 0.1);
    const auto a = fit_logistic_weights(rows.severities, rows.anomalous);
    const auto b = fit_logistic_weights(rows.severities, rows.anomalous);
    EXPECT_EQ(a.weights, b.weights);
    EXPECT_EQ(a.intercept, b.intercept);
}

}  // namespace
}  // namespace plantwright::detect
