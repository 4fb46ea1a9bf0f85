// SPDX-License-Identifier: MIT
#include "plantwright/detect/mahalanobis.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "detect_testing.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

using testing::covariance;
using testing::message_of;
using testing::plant_rows;
using testing::solve;

double textbook_distance(const Matrix& s, const std::vector<double>& d) {
    const auto weighted = solve(s, d);
    double sum = 0;
    for (std::size_t j = 0; j < d.size(); ++j) sum += d[j] * weighted[j];
    return sum;
}

TEST(Mahalanobis, AgreesWithTheTextbookFormula) {
    const Matrix rows = plant_rows(200, 5);
    const auto fitted = Mahalanobis::fit(rows, {.shrinkage = 0.0});
    const Vector d2 = fitted.statistic(rows);
    const Matrix s = covariance(rows);
    for (Index i = 0; i < 200; ++i) {
        std::vector<double> d;
        for (Index j = 0; j < 5; ++j) d.push_back(rows(i, j) - fitted.sensors().mean()[j]);
        const double expected = textbook_distance(s, d);
        ASSERT_NEAR(d2[i], expected, 1e-9 * (1 + expected));
    }
}

TEST(Mahalanobis, OfARowWithMissingReadingsIsThatOfTheReadingsThatAreThere) {
    const Matrix rows = plant_rows(200, 5);
    const auto fitted = Mahalanobis::fit(rows, {.shrinkage = 0.0});
    const Matrix s = covariance(rows);
    const std::vector<Index> there{0, 2, 3};
    Matrix sub(3, 3);
    for (Index a = 0; a < 3; ++a) {
        for (Index b = 0; b < 3; ++b)
            sub(a, b) = s(there[static_cast<std::size_t>(a)], there[static_cast<std::size_t>(b)]);
    }
    auto state = fitted.start();
    for (Index i = 0; i < 50; ++i) {
        std::vector<double> d, row(5, kNaN);
        for (const Index j : there) {
            row[static_cast<std::size_t>(j)] = rows(i, j);
            d.push_back(rows(i, j) - fitted.sensors().mean()[j]);
        }
        const double expected = textbook_distance(sub, d);
        ASSERT_NEAR(fitted.update(state, row), expected, 1e-9 * (1 + expected));
    }
    EXPECT_TRUE(std::isnan(fitted.update(state, std::vector<double>(5, kNaN))));
    EXPECT_TRUE(std::isnan(fitted.contributions(state)[0]));
}

TEST(Mahalanobis, ARowHasNoMemoryOfThoseBefore) {
    const Matrix rows = plant_rows(100, 3);
    const auto fitted = Mahalanobis::fit(rows);
    auto state = fitted.start();
    const double first = fitted.update(state, rows.row(7));
    fitted.update(state, std::vector<double>{kNaN, 1e300, -5});
    EXPECT_EQ(fitted.update(state, rows.row(7)), first);
    EXPECT_EQ(fitted.statistic(rows)[7], first);
}

TEST(Mahalanobis, ShrinksMoreWhereRowsAreFew) {
    EXPECT_GT(Mahalanobis::fit(plant_rows(12, 8)).shrinkage(), 2 * Mahalanobis::fit(plant_rows(400, 8)).shrinkage());
    EXPECT_NO_THROW(Mahalanobis::fit(plant_rows(6, 8)));  // fewer rows than sensors
    EXPECT_EQ(Mahalanobis::fit(plant_rows(50, 3), {.shrinkage = 0.25}).shrinkage(), 0.25);
}

TEST(Mahalanobis, ContributionsSumToTheDistanceAndNameTheSensorThatMoved) {
    Matrix rows = plant_rows(300, 5);
    const auto fitted = Mahalanobis::fit(rows);
    for (Index i = 290; i < 300; ++i) rows(i, 1) -= 10 * fitted.sensors().deviation()[1];
    const Vector d2 = fitted.statistic(rows);
    const Matrix shares = fitted.contributions(rows);
    for (Index i = 0; i < 300; ++i) {
        double sum = 0;
        for (Index j = 0; j < 5; ++j) sum += shares(i, j);
        ASSERT_NEAR(sum, d2[i], 1e-12 * d2[i]);
    }
    for (const Index j : {0, 2, 3, 4}) EXPECT_GT(shares(299, 1), 3 * shares(299, j));
}

TEST(Mahalanobis, NamesAShrinkageOutOfRange) {
    const Matrix rows = plant_rows(20, 2);
    EXPECT_EQ(message_of<InvalidArgument>([&] { Mahalanobis::fit(rows, {.shrinkage = -0.1}); }),
              "Mahalanobis: shrinkage must be in [0, 1], or absent, got -0.1");
}

TEST(SavedMahalanobis, ComesBackBitForBitAndHostileBytesAreErrorsOfOurs) {
    Matrix rows = plant_rows(40, 3);
    const auto fitted = Mahalanobis::fit(rows);
    const auto bytes = fitted.to_bytes();
    EXPECT_EQ(Mahalanobis::from_bytes(bytes).to_bytes(), bytes);
    EXPECT_EQ(Mahalanobis::from_bytes(bytes).statistic(rows), fitted.statistic(rows));
    rows(3, 1) = rows(5, 0) = rows(5, 2) = kNaN;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        auto bad = bytes;
        bad[i] ^= std::byte{0x81};
        try {
            Mahalanobis::from_bytes(bad).statistic(rows);
        } catch (const Error&) {
        }
        EXPECT_THROW(Mahalanobis::from_bytes(std::span(bytes).first(i)), std::exception);
    }
}

}  // namespace
}  // namespace plantwright
