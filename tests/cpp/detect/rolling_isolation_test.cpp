// SPDX-License-Identifier: MIT
#include "plantwright/detect/rolling_isolation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "counting/allocations.hpp"
#include "detect_testing.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

using testing::message_of;
using testing::n_allocations;
using testing::plant_rows;

const RollingIsolationOptions kSmall{.window = 6, .n_estimators = 30};

/// Mean, deviation and slope of column `j` of rows (end - w, end], as textbooks write them.
std::vector<double> moments(const Matrix& rows, const Sensors& sensors, Index j, Index end, Index w) {
    std::vector<double> x, t;
    for (Index i = end - w + 1; i <= end; ++i) {
        if (std::isnan(rows(i, j))) continue;
        x.push_back((rows(i, j) - sensors.mean()[j]) / sensors.deviation()[j]);
        t.push_back(static_cast<double>(i));
    }
    const auto n = static_cast<double>(x.size());
    double sx = 0, st = 0, stt = 0, sxt = 0, sxx = 0;
    for (std::size_t k = 0; k < x.size(); ++k) {
        sx += x[k], st += t[k], stt += t[k] * t[k], sxt += x[k] * t[k], sxx += x[k] * x[k];
    }
    return {sx / n, std::sqrt((sxx - sx * sx / n) / (n - 1)), (n * sxt - sx * st) / (n * stt - st * st)};
}

TEST(RollingIsolation, SeesReadingMeanDeviationAndSlopeOfTheReadingsInItsWindow) {
    const auto fitted = RollingIsolation::fit(plant_rows(300, 3), kSmall);
    Matrix rows = plant_rows(40, 3, 2);
    rows(12, 1) = rows(14, 1) = kNaN;
    auto state = fitted.start();
    for (Index i = 0; i < rows.rows(); ++i) {
        const double statistic = fitted.update(state, rows.row(i));
        ASSERT_EQ(std::isnan(statistic), i < 5);
        if (i < 5) continue;
        for (Index j = 0; j < 3; ++j) {
            const auto expected = moments(rows, fitted.sensors(), j, i, 6);
            for (Index k = 0; k < 3; ++k)
                ASSERT_NEAR(state.features[4 * j + 1 + k], expected[static_cast<std::size_t>(k)], 1e-9) << i;
        }
        const std::vector<double> features(state.features.begin(), state.features.end());
        ASSERT_EQ(statistic, -fitted.forest().score_one(features));
    }
}

TEST(RollingIsolation, LeavesOutWhatTooFewReadingsTell) {
    const auto fitted = RollingIsolation::fit(plant_rows(300, 2), kSmall);
    auto state = fitted.start();
    const Matrix rows = plant_rows(6, 2, 2);
    for (Index i = 0; i < 6; ++i) {
        const std::vector<double> row{i == 3 ? rows(i, 0) : kNaN, rows(i, 1)};
        fitted.update(state, row);
    }
    EXPECT_TRUE(std::isnan(state.features[0]));
    EXPECT_FALSE(std::isnan(state.features[1]));
    EXPECT_TRUE(std::isnan(state.features[2]));
    EXPECT_TRUE(std::isnan(state.features[3]));
    EXPECT_FALSE(std::isnan(state.features[7]));
    const std::vector<double> nothing{kNaN, HUGE_VAL};
    double statistic = 0;
    for (Index i = 0; i < 6; ++i) statistic = fitted.update(state, nothing);
    EXPECT_TRUE(std::isnan(statistic));
    for (const double share : fitted.contributions(state)) EXPECT_TRUE(std::isnan(share));
}

TEST(RollingIsolation, FindsASensorThatTremblesWhichNoReadingAloneTells) {
    const auto fitted = RollingIsolation::fit(plant_rows(3000, 4));
    const Matrix normal = plant_rows(500, 4, 3);
    Matrix trembling = normal;  // by one and a half deviations: each reading alone is usual
    for (Index i = 300; i < 500; ++i) trembling(i, 2) += i % 2 == 0 ? 9 : -9;
    const Vector statistic = fitted.statistic(normal), broken = fitted.statistic(trembling);
    std::vector<double> sound(statistic.begin() + 19, statistic.end());
    std::sort(sound.begin(), sound.end());
    Index above = 0;
    for (Index i = 330; i < 500; ++i) above += broken[i] > sound[sound.size() * 9 / 10] ? 1 : 0;
    EXPECT_GT(above, 120);  // 17 were they as all others
    const Matrix blame = fitted.contributions(trembling);
    Index named = 0;
    for (Index i = 330; i < 500; ++i) {
        named += blame(i, 2) > blame(i, 0) && blame(i, 2) > blame(i, 1) && blame(i, 2) > blame(i, 3) ? 1 : 0;
    }
    EXPECT_GT(named, 120);
}

TEST(RollingIsolation, NoWindowThatTrainsCrossesTheBeginOfARun) {
    const Matrix rows = plant_rows(40, 2);
    const std::vector<Index> runs{7, 15, 22};  // of 7, 8, 7 and 18 rows
    Matrix parted(40, 2);
    for (Index i = 0; i < 40; ++i) {
        for (Index j = 0; j < 2; ++j) parted(i, j) = rows(i, j) + (i < 22 ? 0 : 1e4);
    }
    const RollingIsolationOptions options{.window = 7, .n_estimators = 5, .max_samples = 8};
    const auto whole = RollingIsolation::fit(parted, options), cut = RollingIsolation::fit(parted, options, runs);
    EXPECT_NE(whole.statistic(parted)[30], cut.statistic(parted)[30]);
    EXPECT_NE(message_of<InvalidArgument>([&] {
                  RollingIsolation::fit(parted.view().rows_between(0, 22), {.window = 8}, std::vector<Index>{7, 15});
              }).find("which leaves 1"),
              std::string::npos);
}

TEST(RollingIsolation, AllocatesNothingInAStream) {
    const auto fitted = RollingIsolation::fit(plant_rows(300, 3), kSmall);
    const Matrix rows = plant_rows(40, 3, 2);
    auto state = fitted.start();
    for (Index i = 0; i < 10; ++i) fitted.update(state, rows.row(i));
    const long before = n_allocations;
    for (Index i = 10; i < 40; ++i) fitted.update(state, rows.row(i));
    EXPECT_EQ(n_allocations, before);
}

TEST(RollingIsolation, NamesWhatIsOutOfRange) {
    const Matrix rows = plant_rows(100, 2);
    const auto message = [&](const RollingIsolationOptions& options) {
        return message_of<InvalidArgument>([&] { RollingIsolation::fit(rows, options); });
    };
    EXPECT_EQ(message({.window = 1}), "RollingIsolationForest: window must be in [2, 10000], got 1");
    EXPECT_NE(message({.window = 100}).find("n_samples = 100"), std::string::npos);
    EXPECT_NE(message({.n_estimators = 0}).find("n_estimators"), std::string::npos);
    EXPECT_NE(message({.max_samples = 1}).find("max_samples must be >= 2, got 1"), std::string::npos);
    EXPECT_NE(message({.ndim = 0}).find("ndim must be"), std::string::npos);
    EXPECT_THROW(RollingIsolation::fit(Matrix(100, 2, 1.0)), InvalidArgument);
    EXPECT_THROW(RollingIsolation::fit(rows, kSmall).statistic(plant_rows(5, 3)), InvalidArgument);
}

TEST(SavedRollingIsolation, ComesBackBitForBitAndHostileBytesAreErrorsOfOurs) {
    const auto fitted = RollingIsolation::fit(plant_rows(60, 2), {.window = 4, .n_estimators = 2, .max_samples = 8});
    const auto bytes = fitted.to_bytes();
    EXPECT_EQ(RollingIsolation::from_bytes(bytes).to_bytes(), bytes);
    const Matrix rows = plant_rows(6, 2);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        auto bad = bytes;
        bad[i] ^= std::byte{0x81};
        try {
            RollingIsolation::from_bytes(bad).contributions(rows);
        } catch (const Error&) {
        }
    }
}

}  // namespace
}  // namespace plantwright
