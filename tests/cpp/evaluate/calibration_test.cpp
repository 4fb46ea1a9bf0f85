// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "plantwright/core/random.hpp"
#include "plantwright/evaluate/calibration.hpp"

namespace plantwright::evaluate {
namespace {

/// Votes of two classes that exaggerate: what happens is logistic(log-odds / 2 - 1).
struct Votes {
    Matrix shares;
    Buffer<std::int32_t> y;
};

Votes exaggerated_votes(Index n, Index n_classes = 2) {
    RandomStream random(7, 0, Purpose::noise);
    Votes votes{Matrix(n, n_classes), Buffer<std::int32_t>(n)};
    for (Index i = 0; i < n; ++i) {
        const double q = 0.01 + 0.98 * random.uniform();
        const double p = 1 / (1 + std::exp(1 - std::log(q / (1 - q)) / 2));
        votes.shares(i, 1) = q;
        votes.shares(i, 0) = 1 - q;
        votes.y[i] = random.uniform() < p ? 1 : 0;
        for (Index k = 2; k < n_classes; ++k) votes.shares(i, k) = 0;
        if (n_classes > 2 && i % 5 == 0) votes.y[i] = 2;
    }
    return votes;
}

TEST(Calibration, ASigmoidFindsTheCurveThatMadeTheRows) {
    const Votes votes = exaggerated_votes(20000);
    const auto curve =
        Calibration::fit(votes.shares, votes.y, CalibrationMethod::sigmoid).describe().at("curves").as_array()[0];
    EXPECT_NEAR(curve.at("slope").as_double(), 0.5, 0.03);
    EXPECT_NEAR(curve.at("intercept").as_double(), -1, 0.05);
}

TEST(Calibration, BothMethodsSayWhatHappens) {
    const Votes votes = exaggerated_votes(20000);
    for (const auto method : {CalibrationMethod::sigmoid, CalibrationMethod::isotonic}) {
        const Matrix p = Calibration::fit(votes.shares, votes.y, method).apply(votes.shares);
        double said = 0, happened = 0;
        for (Index i = 0; i < votes.y.size(); ++i) {
            if (votes.shares(i, 1) < 0.8) continue;
            said += p(i, 1);
            happened += votes.y[i];
        }
        EXPECT_NEAR(said / happened, 1, 0.05) << to_string(method);
    }
}

TEST(Calibration, AnIsotonicCurveIsTheBestNonDecreasingOne) {
    const Matrix shares = [] {
        Matrix made(6, 2);
        const double second[] = {0.1, 0.2, 0.2, 0.3, 0.4, 0.9};
        for (Index i = 0; i < 6; ++i) made(i, 1) = second[i], made(i, 0) = 1 - second[i];
        return made;
    }();
    const std::array<std::int32_t, 6> y = {0, 1, 0, 0, 1, 1};
    const Matrix p = Calibration::fit(shares, y, CalibrationMethod::isotonic).apply(shares);
    const double expected[] = {0, 1 / 3.0, 1 / 3.0, 1 / 3.0, 1, 1};  // .2 (mean 1/2) and .3 (0) violate the order
    for (Index i = 0; i < 6; ++i) EXPECT_DOUBLE_EQ(p(i, 1), expected[i]) << i;
}

TEST(Calibration, OneRowHasTheBitsOfAllRows) {
    const Votes votes = exaggerated_votes(500, 3);
    for (const auto method : {CalibrationMethod::sigmoid, CalibrationMethod::isotonic}) {
        const Calibration fitted = Calibration::fit(votes.shares, votes.y, method);
        const Matrix all = fitted.apply(votes.shares);
        for (Index i = 0; i < votes.y.size(); ++i) {
            std::array<double, 3> row = {votes.shares(i, 0), votes.shares(i, 1), votes.shares(i, 2)};
            fitted.apply(row);
            double sum = 0;
            for (Index k = 0; k < 3; ++k) {
                EXPECT_EQ(row[static_cast<std::size_t>(k)], all(i, k));
                sum += all(i, k);
            }
            EXPECT_NEAR(sum, 1, 1e-12);
        }
    }
}

TEST(Calibration, RowsWithoutWeightCountForNothing) {
    const Votes votes = exaggerated_votes(400);
    Vector weight(400);
    for (Index i = 0; i < 400; ++i) weight[i] = i < 200 ? 1 : 0;
    for (const auto method : {CalibrationMethod::sigmoid, CalibrationMethod::isotonic}) {
        const ConstMatrixView shares = votes.shares;
        const VectorView<const std::int32_t> y = votes.y;
        const Matrix a = Calibration::fit(shares, y, method, weight).apply(shares);
        const Matrix b = Calibration::fit(shares.rows_between(0, 200), y.slice(0, 200), method).apply(shares);
        for (Index i = 0; i < 400; ++i) EXPECT_NEAR(a(i, 1), b(i, 1), 1e-9) << i;
    }
}

TEST(Calibration, ExtremeSharesAndSeparatedClassesStayFinite) {
    Matrix shares(40, 2);
    Buffer<std::int32_t> y(40);
    for (Index i = 0; i < 40; ++i) {
        y[i] = i < 20 ? 0 : 1;
        shares(i, 1) = y[i];
        shares(i, 0) = 1 - y[i];
    }
    for (const auto method : {CalibrationMethod::sigmoid, CalibrationMethod::isotonic}) {
        const Matrix p = Calibration::fit(shares, y, method).apply(shares);
        EXPECT_LT(p(0, 1), 0.1);
        EXPECT_GT(p(39, 1), 0.9);
    }
}

TEST(Calibration, RefusesWhatItCannotLearnFrom) {
    const Votes votes = exaggerated_votes(10);
    const Buffer<std::int32_t> one_class(10, 1);
    EXPECT_THROW(Calibration::fit(votes.shares, one_class, CalibrationMethod::sigmoid), InvalidArgument);
    EXPECT_THROW(Calibration::fit(Matrix(0, 2), Buffer<std::int32_t>(0), CalibrationMethod::sigmoid), InvalidArgument);
    EXPECT_THROW(Calibration::fit(Matrix(10, 2, 1.5), votes.y, CalibrationMethod::sigmoid), InvalidArgument);
    EXPECT_THROW(Calibration::fit(Matrix(10, 1, 0.5), votes.y, CalibrationMethod::sigmoid), InvalidArgument);
    EXPECT_THROW(calibration_method_from("platt"), InvalidArgument);
}

}  // namespace
}  // namespace plantwright::evaluate
