// SPDX-License-Identifier: MIT
#include "plantwright/detect/window_kmeans.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "detect_testing.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

using testing::message_of;
using testing::plant_rows;

double z(const WindowKMeans& fitted, const Matrix& rows, Index i, Index j) {
    return (rows(i, j) - fitted.sensors().mean()[j]) / fitted.sensors().deviation()[j];
}

TEST(WindowKMeans, TheStatisticIsTheDistanceToTheNearestCentreByAllDistances) {
    const Matrix rows = plant_rows(200, 3);
    const auto fitted = WindowKMeans::fit(rows, {.window = 4, .n_clusters = 5});
    const Vector distance = fitted.statistic(rows);
    for (Index i = 0; i < 3; ++i) EXPECT_TRUE(std::isnan(distance[i]));
    for (Index i = 3; i < rows.rows(); ++i) {
        double least = std::numeric_limits<double>::infinity();
        for (Index c = 0; c < 5; ++c) {
            double sum = 0;
            for (Index k = 0; k < 4; ++k) {
                for (Index j = 0; j < 3; ++j)
                    sum += std::pow(z(fitted, rows, i - 3 + k, j) - fitted.centers()(c, k * 3 + j), 2);
            }
            least = std::min(least, std::sqrt(sum));
        }
        ASSERT_NEAR(distance[i], least, 1e-9);
    }
}

TEST(WindowKMeans, OneClusterIsTheMeanOfTheWindows) {
    const Matrix rows = plant_rows(100, 2);
    const auto fitted = WindowKMeans::fit(rows, {.window = 1, .n_clusters = 1});
    EXPECT_NEAR(fitted.centers()(0, 0), 0, 1e-12);
    EXPECT_NEAR(fitted.statistic(rows)[7], std::hypot(z(fitted, rows, 7, 0), z(fitted, rows, 7, 1)), 1e-12);
}

TEST(WindowKMeans, ContributionsSumToTheDistanceAndNameTheSensorThatMoved) {
    Matrix rows = plant_rows(300, 4);
    const auto fitted = WindowKMeans::fit(rows);
    for (Index i = 280; i < 300; ++i) rows(i, 2) -= 8 * fitted.sensors().deviation()[2];
    const Vector distance = fitted.statistic(rows);
    const Matrix shares = fitted.contributions(rows);
    EXPECT_TRUE(std::isnan(shares(0, 0)));
    for (Index i = fitted.warm_up_rows(); i < 300; ++i) {
        double sum = 0;
        for (Index j = 0; j < 4; ++j) sum += shares(i, j);
        ASSERT_NEAR(sum, distance[i], 1e-12 * distance[i]);
    }
    for (const Index j : {0, 1, 3}) EXPECT_GT(shares(299, 2), 3 * shares(299, j));
}

TEST(WindowKMeans, AMissingSensorStandsWhereItStoodAndItsWindowsDoNotTrain) {
    Matrix rows = plant_rows(100, 2);
    const auto fitted = WindowKMeans::fit(rows, {.window = 3, .n_clusters = 2});
    Matrix held = rows, missing = rows;
    held(50, 1) = rows(49, 1);
    missing(50, 1) = kNaN;
    EXPECT_EQ(fitted.statistic(missing)[51], fitted.statistic(held)[51]);
    for (Index i = 0; i < 97; ++i) rows(i, 0) = kNaN;  // one complete window is left
    EXPECT_EQ(message_of<InvalidArgument>([&] { WindowKMeans::fit(rows, {.window = 3, .n_clusters = 2}); }),
              "WindowKMeans: n_clusters must be at most the windows of 3 complete rows, 1 of n_samples = 100, got 2");
}

TEST(WindowKMeans, NoWindowThatTrainsCrossesTheBeginOfARun) {
    Matrix rows(40, 1, 0.0);
    for (Index i = 20; i < 40; ++i) rows(i, 0) = 1;
    const std::vector<Index> runs = {20};
    const auto fitted = WindowKMeans::fit(rows, {.window = 2, .n_clusters = 2}, runs);
    for (const Index c : {0, 1}) EXPECT_EQ(fitted.centers()(c, 0), fitted.centers()(c, 1));  // of no step
    EXPECT_THROW(WindowKMeans::fit(rows, {.window = 21, .n_clusters = 1}, runs), InvalidArgument);
}

TEST(WindowKMeans, OneSeedGivesOneSetOfCentresAndManyWindowsAreThinnedEvenly) {
    const Matrix rows = plant_rows(400, 2);
    const WindowKMeansOptions options{.window = 5, .n_clusters = 4, .max_windows = 50, .random_state = 3};
    EXPECT_EQ(WindowKMeans::fit(rows, options).to_bytes(), WindowKMeans::fit(rows, options).to_bytes());
    EXPECT_THROW(WindowKMeans::fit(rows, {.n_clusters = 51, .max_windows = 50}), InvalidArgument);
}

TEST(WindowKMeans, NameWhatIsOutOfRange) {
    const Matrix rows = plant_rows(50, 2);
    EXPECT_EQ(message_of<InvalidArgument>([&] { WindowKMeans::fit(rows, {.window = 0}); }),
              "WindowKMeans: window must be in [1, 10000], got 0");
    EXPECT_EQ(message_of<InvalidArgument>([&] { WindowKMeans::fit(rows, {.n_init = 0}); }),
              "WindowKMeans: n_init must be >= 1, got 0");
}

TEST(SavedWindowKMeans, ComesBackBitForBitAndHostileBytesAreErrorsOfOurs) {
    const Matrix rows = plant_rows(40, 2);
    const auto fitted = WindowKMeans::fit(rows, {.window = 3, .n_clusters = 2});
    const auto bytes = fitted.to_bytes();
    EXPECT_EQ(WindowKMeans::from_bytes(bytes).to_bytes(), bytes);
    EXPECT_EQ(WindowKMeans::from_bytes(bytes).statistic(rows)[9], fitted.statistic(rows)[9]);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        auto bad = bytes;
        bad[i] ^= std::byte{0x81};
        try {
            WindowKMeans::from_bytes(bad).statistic(rows);
        } catch (const Error&) {
        }
        EXPECT_THROW(WindowKMeans::from_bytes(std::span(bytes).first(i)), std::exception);
    }
}

}  // namespace
}  // namespace plantwright
