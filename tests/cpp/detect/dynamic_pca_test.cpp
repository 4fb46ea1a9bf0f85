// SPDX-License-Identifier: MIT
#include "plantwright/detect/dynamic_pca.hpp"

#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <cmath>
#include <limits>
#include <vector>

#include "detect_testing.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

using testing::message_of;
using testing::plant_rows;

TEST(DynamicPca, TheStatisticOfABatchHasTheSameBitsAsUpdatingRowByRow) {
    Matrix rows = plant_rows(300, 5);
    for (Index i = 0; i < 300; i += 7) rows(i, i % 5) = kNaN;
    const auto chart = DynamicPca::fit(rows);
    const Vector batch = chart.statistic(rows);
    auto state = chart.start();
    for (Index i = 0; i < rows.rows(); ++i) {
        const double index = chart.update(state, rows.row(i));
        ASSERT_TRUE(index == batch[i] || (std::isnan(index) && std::isnan(batch[i]))) << i;
    }
    EXPECT_TRUE(std::isnan(batch[2]));
    EXPECT_FALSE(std::isnan(batch[3]));
}

/// Standardised rows beside those before them, latest first: `(n_rows - lags, n_sensors (lags + 1))`.
Eigen::MatrixXd windows_of(const Matrix& rows, const Sensors& sensors, Index lags) {
    Eigen::MatrixXd windows(rows.rows() - lags, rows.cols() * (lags + 1));
    for (Index t = lags; t < rows.rows(); ++t) {
        for (Index k = 0; k <= lags; ++k) {
            for (Index j = 0; j < rows.cols(); ++j) {
                windows(t - lags, k * rows.cols() + j) = (rows(t - k, j) - sensors.mean()[j]) / sensors.deviation()[j];
            }
        }
    }
    return windows;
}

TEST(DynamicPca, AgreesWithTheEigenvectorsOfTheWindowsThemselves) {
    const Matrix rows = plant_rows(200, 4);
    for (const Index lags : {0, 1, 3, 5}) {
        const auto chart = DynamicPca::fit(rows, {.lags = lags, .n_components = 3});
        const Eigen::MatrixXd w = windows_of(rows, chart.sensors(), lags);
        const Eigen::MatrixXd covariance = w.transpose() * w / static_cast<double>(w.rows() - 1);
        const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);
        const Eigen::MatrixXd p = solver.eigenvectors().rightCols(3);
        const Matrix parts = chart.t2_and_spe(rows);
        for (Index t = 0; t < w.rows(); ++t) {
            const Eigen::VectorXd row = w.row(t), score = p.transpose() * row;
            const double t2 = score.cwiseAbs2().cwiseQuotient(solver.eigenvalues().tail(3)).sum();
            const double spe = (row - p * score).squaredNorm();
            ASSERT_NEAR(parts(t + lags, 0), t2, 1e-8 * (1 + t2)) << lags;
            ASSERT_NEAR(parts(t + lags, 1), spe, 1e-8 * (1 + spe)) << lags;
        }
    }
}

TEST(DynamicPca, NoWindowCrossesTheBeginOfARun) {
    const Matrix rows = plant_rows(300, 4);
    const std::vector<Index> runs = {2, 120, 200};  // the first is too short for a window of four
    const auto chart = DynamicPca::fit(rows, {.lags = 3, .n_components = 2}, runs);
    const Eigen::MatrixXd all = windows_of(rows, chart.sensors(), 3);
    Eigen::MatrixXd within(all.rows() - 8, all.cols());  // less 3, 4; 120 to 122; 200 to 202
    Index n = 0;
    for (Index end = 5; end < 300; ++end) {
        const bool crosses = (end >= 120 && end < 123) || (end >= 200 && end < 203);
        if (!crosses) within.row(n++) = all.row(end - 3);
    }
    ASSERT_EQ(n, within.rows());
    const Eigen::MatrixXd covariance = within.transpose() * within / static_cast<double>(n - 1);
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);
    for (Index c = 0; c < 2; ++c) EXPECT_NEAR(chart.explained_variance()[c], solver.eigenvalues().reverse()[c], 1e-9);
}

TEST(DynamicPca, SaysWhichRunsCannotBe) {
    const Matrix rows = plant_rows(50, 3);
    for (const std::vector<Index>& runs : {std::vector<Index>{0}, {50}, {9, 9}, {9, 4}, {-1}}) {
        EXPECT_NE(message_of<InvalidArgument>([&] { DynamicPca::fit(rows, {}, runs); }).find("[1, 49]"),
                  std::string::npos);
    }
    const std::vector<Index> singles = {3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33, 36, 39, 42, 45, 48};
    EXPECT_THROW(DynamicPca::fit(rows, {.lags = 3}, singles), InvalidArgument);  // not one window
}

TEST(DynamicPca, TakesAsManyComponentsAsExplainTheShareOfVarianceAskedFor) {
    const Matrix rows = plant_rows(500, 4);
    const auto all = DynamicPca::fit(rows, {.lags = 1, .variance = 1});
    EXPECT_EQ(all.n_components(), 8);
    EXPECT_EQ(all.spe_limit(), 0);
    const auto half = DynamicPca::fit(rows, {.lags = 1, .variance = 0.5});
    double total = 0, kept = 0;
    for (Index c = 0; c < 8; ++c) total += all.explained_variance()[c];
    for (Index c = 0; c < half.n_components(); ++c) kept += half.explained_variance()[c];
    EXPECT_GE(kept, 0.5 * total);
    EXPECT_LT(kept - half.explained_variance()[half.n_components() - 1], 0.5 * total);
}

TEST(DynamicPca, ItsLimitsHoldForNormalIndependentRowsInOneOfAHundred) {
    RandomStream stream(3, 0, Purpose::noise);
    Matrix rows(20'000, 4);
    for (Index k = 0; k < rows.rows() * 4; ++k) rows.data()[k] = stream.normal();
    const auto chart = DynamicPca::fit(rows, {.lags = 0, .n_components = 2});
    const Matrix parts = chart.t2_and_spe(rows);
    double t2 = 0, spe = 0;
    for (Index i = 0; i < rows.rows(); ++i) {
        t2 += parts(i, 0) > chart.t2_limit() ? 1.0 / 20'000 : 0;
        spe += parts(i, 1) > chart.spe_limit() ? 1.0 / 20'000 : 0;
    }
    EXPECT_NEAR(t2, 0.01, 0.003);
    EXPECT_NEAR(spe, 0.01, 0.003);
}

TEST(DynamicPca, SeesABrokenRelationInTimeThatNoSingleRowShows) {
    RandomStream stream(5, 0, Purpose::noise);
    Matrix rows(2000, 2);  // the second sensor follows the first a row later
    for (Index i = 0; i < 2000; ++i) {
        rows(i, 0) = stream.normal();
        rows(i, 1) = (i > 0 ? rows(i - 1, 0) : 0) + 0.05 * stream.normal();
    }
    const auto dynamic = DynamicPca::fit(rows, {.lags = 1, .n_components = 3});
    const auto still = DynamicPca::fit(rows, {.lags = 0, .n_components = 1});
    for (Index i = 1500; i < 2000; ++i) rows(i, 1) = stream.normal();  // it no longer does
    const auto median_rise = [&](const DynamicPca& chart) {
        const Vector s = chart.statistic(rows);
        std::vector<double> before(s.data() + 100, s.data() + 1500), after(s.data() + 1500, s.data() + 2000);
        std::sort(before.begin(), before.end());
        std::sort(after.begin(), after.end());
        return after[250] / before[700];
    };
    EXPECT_GT(median_rise(dynamic), 20);
    EXPECT_LT(median_rise(still), 3);
}

TEST(DynamicPca, ContributionsSumToTheIndexAndNameTheSensorThatMoved) {
    Matrix rows = plant_rows(600, 5);
    const auto chart = DynamicPca::fit(rows);
    for (Index i = 550; i < 600; ++i) rows(i, 3) += 8 * chart.sensors().deviation()[3];
    const Vector index = chart.statistic(rows);
    const Matrix shares = chart.contributions(rows);
    EXPECT_TRUE(std::isnan(shares(2, 0)));
    for (Index i = 3; i < 600; ++i) {
        double sum = 0;
        for (Index j = 0; j < 5; ++j) sum += shares(i, j);
        ASSERT_NEAR(sum, index[i], 1e-10 * index[i]);
    }
    for (const Index j : {0, 1, 2, 4}) EXPECT_GT(shares(599, 3), 3 * shares(599, j));
}

TEST(DynamicPca, HoldsASensorThatIsMissingWhereItStood) {
    const Matrix rows = plant_rows(100, 3);
    const auto chart = DynamicPca::fit(rows);
    auto holes = chart.start(), held = chart.start();
    for (Index i = 0; i < 50; ++i) chart.update(holes, rows.row(i)), chart.update(held, rows.row(i));
    const double infinity = std::numeric_limits<double>::infinity();
    const double a = chart.update(holes, std::vector<double>{kNaN, rows(50, 1), infinity});
    const double b = chart.update(held, std::vector<double>{rows(49, 0), rows(50, 1), rows(49, 2)});
    EXPECT_EQ(a, b);
}

TEST(DynamicPca, StaysFiniteForReadingsOfAnySize) {
    const auto chart = DynamicPca::fit(plant_rows(100, 3));
    auto state = chart.start();
    double index = 0;
    for (int i = 0; i < 10; ++i) index = chart.update(state, std::vector<double>{1e308, -1e308, 5e-324});
    EXPECT_TRUE(std::isfinite(index));
    EXPECT_GT(index, 1e9);
}

TEST(DynamicPca, NamesOptionsOutOfRangeAndTablesThatNothingCanBeLearnedFrom) {
    const Matrix rows = plant_rows(20, 2);
    const auto message = [&](const DynamicPcaOptions& options) {
        return message_of<InvalidArgument>([&] { DynamicPca::fit(rows, options); });
    };
    EXPECT_EQ(message({.lags = -1}), "DynamicPCA: lags must be in [0, 100], got -1");
    EXPECT_EQ(message({.variance = 0}), "DynamicPCA: variance must be in (0, 1], got 0");
    EXPECT_NE(message({.n_components = 9}).find("n_components must be in [1, 8]"), std::string::npos);
    EXPECT_EQ(message({.lags = 19}), "DynamicPCA: rows must be at least lags + 2, got 20");
    EXPECT_NE(message_of<InvalidArgument>([&] { DynamicPca::fit(Matrix(20, 2, 1.0)); }).find("no sensor moves"),
              std::string::npos);
}

TEST(SavedDynamicPca, ComesBackBitForBitAndHostileBytesAreErrorsOfOurs) {
    const Matrix rows = plant_rows(40, 2);
    const auto chart = DynamicPca::fit(rows, {.lags = 1, .n_components = 2});
    const auto bytes = chart.to_bytes();
    const auto again = DynamicPca::from_bytes(bytes);
    EXPECT_EQ(again.to_bytes(), bytes);
    EXPECT_EQ(again.statistic(rows)[39], chart.statistic(rows)[39]);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        auto bad = bytes;
        bad[i] ^= std::byte{0x81};
        try {
            DynamicPca::from_bytes(bad).statistic(rows);
        } catch (const Error&) {
        }
        EXPECT_THROW(DynamicPca::from_bytes(std::span(bytes).first(i)), std::exception);
    }
}

}  // namespace
}  // namespace plantwright
