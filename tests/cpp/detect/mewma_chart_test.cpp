// SPDX-License-Identifier: MIT
#include "plantwright/detect/mewma_chart.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "detect_testing.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

using testing::covariance;
using testing::message_of;
using testing::plant_rows;
using testing::solve;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(MewmaChart, TheStatisticOfABatchHasTheSameBitsAsUpdatingRowByRow) {
    const Matrix rows = plant_rows(500, 6);
    const auto chart = MewmaChart::fit(rows);
    const Vector batch = chart.statistic(rows);
    auto state = chart.start();
    for (Index i = 0; i < rows.rows(); ++i) {
        const double t2 = chart.update(state, rows.row(i));
        ASSERT_TRUE(t2 == batch[i] || (std::isnan(t2) && std::isnan(batch[i]))) << i;
    }
}

TEST(MewmaChart, OfIndependentRowsAgreesWithTheTextbookFormulaOnDoublePrecisionMatrices) {
    const Matrix rows = plant_rows(400, 5);
    const double lambda = 0.2;
    const auto chart = MewmaChart::fit(rows, {.smoothing = lambda, .shrinkage = 0, .autocorrelated = false});
    const Vector t2 = chart.statistic(rows);
    Matrix s = covariance(rows);
    for (Index k = 0; k < 25; ++k) s.data()[k] *= lambda / (2 - lambda);
    std::vector<double> z(5, 0.0);
    for (Index i = 0; i < rows.rows(); ++i) {
        for (Index j = 0; j < 5; ++j) {
            const auto at = static_cast<std::size_t>(j);
            z[at] = lambda * (rows(i, j) - chart.sensors().mean()[j]) + (1 - lambda) * z[at];
        }
        const auto weighted = solve(s, z);
        double expected = 0;
        for (std::size_t j = 0; j < 5; ++j) expected += z[j] * weighted[j];
        if (i < 10) {
            ASSERT_TRUE(std::isnan(t2[i]));  // 2 / lambda rows
        } else {
            ASSERT_NEAR(t2[i], expected, 1e-9 * (1 + expected));
        }
    }
}

TEST(MewmaChart, WeighsAveragesByTheirOwnCovarianceOverTraining) {
    const Matrix rows = plant_rows(400, 3);
    const double lambda = 0.2;
    const auto chart = MewmaChart::fit(rows, {.smoothing = lambda, .shrinkage = 0}, std::vector<Index>{150});
    Matrix averages(400 - 20, 3);  // two runs, of each the first 10 rows are left out
    std::vector<double> z(3, 0.0);
    for (Index i = 0, n = 0; i < 400; ++i) {
        if (i == 150) z = {0, 0, 0};
        for (Index j = 0; j < 3; ++j) {
            double& average = z[static_cast<std::size_t>(j)];
            average += lambda * ((rows(i, j) - chart.sensors().mean()[j]) / chart.sensors().deviation()[j] - average);
        }
        if (i % 150 < 10 && i < 160) continue;
        for (Index j = 0; j < 3; ++j) averages(n, j) = z[static_cast<std::size_t>(j)];
        ++n;
    }
    const auto weighted = solve(covariance(averages), z);
    double expected = 0;
    for (std::size_t j = 0; j < 3; ++j) expected += z[j] * weighted[j];
    auto state = chart.start();
    double t2 = 0;
    for (Index i = 150; i < 400; ++i) t2 = chart.update(state, rows.row(i));
    EXPECT_NEAR(t2, expected, 1e-9 * (1 + expected));
}

TEST(MewmaChart, RowsWithMemoryHaveTheStatisticOfIndependentOnesOnAverage) {
    const Matrix rows = plant_rows(20000, 3);
    const auto mean_of = [](const Vector& values) {
        double sum = 0;
        for (Index i = 100; i < values.size(); ++i) sum += values[i] / static_cast<double>(values.size() - 100);
        return sum;
    };
    EXPECT_NEAR(mean_of(MewmaChart::fit(rows, {.shrinkage = 0}).statistic(rows)), 3, 0.1);
    EXPECT_GT(mean_of(MewmaChart::fit(rows, {.autocorrelated = false}).statistic(rows)), 5);
}

TEST(MewmaChart, WithSmoothingOneIsHotellingsT2FromTheFirstRow) {
    const Matrix rows = plant_rows(300, 3);
    const auto chart = MewmaChart::fit(rows, {.smoothing = 1, .shrinkage = 0});
    const Vector t2 = chart.statistic(rows);
    double sum = 0;
    for (const double value : t2) sum += value;
    EXPECT_NEAR(sum, 3 * 299, 1e-6);  // the mean of T2 over its own training rows is d (n - 1) / n
}

TEST(MewmaChart, AMissingSensorLeavesItsOwnComponentUntouched) {
    const Matrix rows = plant_rows(100, 4);
    const auto chart = MewmaChart::fit(rows);
    auto state = chart.start();
    for (Index i = 0; i < 50; ++i) chart.update(state, rows.row(i));
    const Vector before = state.z;
    for (const double hole : {kNaN, kInfinity, -kInfinity}) {
        chart.update(state, std::vector<double>{hole, 200, hole, hole});
        EXPECT_EQ(state.z[0], before[0]);
        EXPECT_NE(state.z[1], before[1]);
        EXPECT_EQ(state.z[3], before[3]);
    }
}

TEST(MewmaChart, FindsASmallLastingShiftThatHotellingsChartDoesNotSee) {
    Matrix rows = plant_rows(3000, 5);
    const auto slow = MewmaChart::fit(rows, {.smoothing = 0.05}), fast = MewmaChart::fit(rows, {.smoothing = 1});
    const Vector slow_before = slow.statistic(rows), fast_before = fast.statistic(rows);
    for (Index i = 2800; i < 3000; ++i) rows(i, 2) += 1.5 * slow.sensors().deviation()[2];
    const auto highest = [](const Vector& values, Index begin, Index end) {
        double most = 0;
        for (Index i = begin; i < end; ++i) most = std::fmax(most, values[i]);
        return most;
    };
    EXPECT_GT(slow.statistic(rows)[2999], highest(slow_before, 100, 2800));
    EXPECT_LT(fast.statistic(rows)[2999], highest(fast_before, 100, 2800));
}

TEST(MewmaChart, ContributionsSumToTheStatisticAndNameTheSensorThatMoved) {
    Matrix rows = plant_rows(600, 5);
    const auto chart = MewmaChart::fit(rows);
    for (Index i = 550; i < 600; ++i) rows(i, 3) += 4 * chart.sensors().deviation()[3];
    const Vector t2 = chart.statistic(rows);
    const Matrix shares = chart.contributions(rows);
    EXPECT_TRUE(std::isnan(shares(0, 0)));
    for (Index i = 20; i < 600; ++i) {
        double sum = 0;
        for (Index j = 0; j < 5; ++j) sum += shares(i, j);
        ASSERT_NEAR(sum, t2[i], 1e-12 * t2[i]);
    }
    for (const Index j : {0, 1, 2, 4}) EXPECT_GT(shares(599, 3), 3 * shares(599, j));
}

TEST(MewmaChart, HoldsEveryReadingWithinBoundsSoThatNothingOverflows) {
    const auto chart = MewmaChart::fit(plant_rows(100, 3));
    auto state = chart.start();
    double t2 = 0;
    for (int i = 0; i < 50; ++i) t2 = chart.update(state, std::vector<double>{1e308, -1e308, 5e-324});
    EXPECT_TRUE(std::isfinite(t2));
    EXPECT_GT(t2, 1e9);
}

TEST(MewmaChart, WatchesASensorThatNeverMovedInTrainingInItsOwnUnit) {
    Matrix rows = plant_rows(200, 3);
    for (Index i = 0; i < 200; ++i) rows(i, 1) = 42.1;
    const auto chart = MewmaChart::fit(rows, {.smoothing = 1});
    EXPECT_EQ(chart.sensors().deviation()[1], 1);
    rows(199, 1) = 52.1;
    EXPECT_NEAR(chart.contributions(rows)(199, 1), 100, 1e-6);
}

TEST(MewmaChart, TakesSensorsThatDependOnEachOtherExactlyOnlyWithShrinkage) {
    Matrix rows = plant_rows(200, 3);
    for (Index i = 0; i < 200; ++i) rows(i, 2) = 2 * rows(i, 0);
    EXPECT_NO_THROW(MewmaChart::fit(rows));
    EXPECT_NE(message_of<InvalidArgument>([&] { MewmaChart::fit(rows, {.shrinkage = 0}); }).find("shrinkage"),
              std::string::npos);
}

TEST(MewmaChart, RefusesASmoothingOfZeroAndSaysWhatIsAllowed) {
    const Matrix rows = plant_rows(20, 2);
    const auto message = [&](const MewmaOptions& options) {
        return message_of<InvalidArgument>([&] { MewmaChart::fit(rows, options); });
    };
    EXPECT_EQ(message({.smoothing = 0}), "MewmaChart: smoothing must be in (0, 1], got 0");
    EXPECT_EQ(message({.smoothing = kNaN}), "MewmaChart: smoothing must be in (0, 1], got nan");
    EXPECT_EQ(message({.shrinkage = 1.5}), "MewmaChart: shrinkage must be in [0, 1], got 1.5");
}

TEST(MewmaChart, RefusesTablesThatNothingCanBeLearnedFrom) {
    Matrix rows = plant_rows(20, 2);
    EXPECT_THROW(MewmaChart::fit(rows.view().rows_between(0, 0)), InvalidArgument);
    EXPECT_THROW(MewmaChart::fit(rows.view().rows_between(0, 1)), InvalidArgument);
    rows(3, 1) = kInfinity;
    EXPECT_NE(message_of<InvalidArgument>([&] { MewmaChart::fit(rows); }).find("row 3, sensor 1"), std::string::npos);
    for (Index i = 0; i < 20; ++i) rows(i, 1) = kNaN;
    EXPECT_NE(message_of<InvalidArgument>([&] { MewmaChart::fit(rows); }).find("sensor 1 has no reading"),
              std::string::npos);
    for (Index i = 0; i < 20; ++i) rows(i, 1) = i % 2 == 0 ? 1e308 : -1e308;
    EXPECT_NE(message_of<InvalidArgument>([&] { MewmaChart::fit(rows); }).find("finite variance"), std::string::npos);
    for (Index i = 0; i < 20; ++i) rows(i, 1) = 1e308;
    EXPECT_NE(message_of<InvalidArgument>([&] { MewmaChart::fit(rows); }).find("finite variance"), std::string::npos);
    Matrix holes = plant_rows(20, 2);
    for (Index i = 0; i < 20; ++i) holes(i, i % 2) = kNaN;
    EXPECT_NE(message_of<InvalidArgument>([&] { MewmaChart::fit(holes); }).find("2 rows without missing"),
              std::string::npos);
}

TEST(MewmaChart, RefusesRowsOfAnotherWidth) {
    const auto chart = MewmaChart::fit(plant_rows(50, 3));
    auto state = chart.start();
    EXPECT_THROW(chart.update(state, std::vector<double>{1, 2}), InvalidArgument);
    EXPECT_THROW(chart.statistic(plant_rows(5, 4)), InvalidArgument);
}

TEST(MewmaChart, ReadsTheNumberInputsOfATableByName) {
    const Matrix rows = plant_rows(100, 2);
    const Frame frame = testing::frame_of(rows, {"steam_t", "load"});
    const auto chart = MewmaChart::fit(frame);
    EXPECT_EQ(chart.sensors().names(), (std::vector<std::string>{"steam_t", "load"}));
    EXPECT_EQ(chart.statistic(frame)[99], MewmaChart::fit(rows).statistic(rows)[99]);
}

TEST(SavedMewmaChart, ComesBackBitForBit) {
    const Matrix rows = plant_rows(100, 4);
    const auto chart = MewmaChart::fit(rows, {.smoothing = 0.3});
    const auto again = MewmaChart::from_bytes(chart.to_bytes());
    EXPECT_EQ(again.to_bytes(), chart.to_bytes());
    EXPECT_EQ(again.statistic(rows)[99], chart.statistic(rows)[99]);
    EXPECT_EQ(again.options().smoothing, 0.3);
    EXPECT_EQ(chart.describe().at("n_sensors").as_integer(), 4);
}

TEST(SavedMewmaChart, EveryFlippedByteIsAnErrorOfOursOrAValidChart) {
    const Matrix rows = plant_rows(30, 2);
    const auto bytes = MewmaChart::fit(rows).to_bytes();
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        auto bad = bytes;
        bad[i] ^= std::byte{0x81};
        try {
            MewmaChart::from_bytes(bad).statistic(rows);
        } catch (const Error&) {
        }
    }
    for (std::size_t n = 0; n < bytes.size(); ++n)
        EXPECT_THROW(MewmaChart::from_bytes(std::span(bytes).first(n)), std::exception);
}

}  // namespace
}  // namespace plantwright
