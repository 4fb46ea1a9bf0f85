// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "plantwright/core/error.hpp"
#include "plantwright/core/random.hpp"
#include "plantwright/evaluate/classification_metrics.hpp"
#include "plantwright/evaluate/regression_metrics.hpp"

namespace plantwright::evaluate {
namespace {

using Doubles = std::vector<double>;
using Codes = std::vector<std::int32_t>;

TEST(RegressionMetrics, AgreeWithTheTextbookOnFourRows) {
    const Doubles y{3, -0.5, 2, 7}, p{2.5, 0, 2, 8};
    EXPECT_DOUBLE_EQ(mean_squared_error(y, p), 0.375);
    EXPECT_DOUBLE_EQ(root_mean_squared_error(y, p), std::sqrt(0.375));
    EXPECT_DOUBLE_EQ(mean_absolute_error(y, p), 0.5);
    EXPECT_DOUBLE_EQ(max_error(y, p), 1);
    EXPECT_NEAR(r2_score(y, p), 0.9486081370449679, 1e-15);
}

TEST(RegressionMetrics, AWeightOfTwoCountsARowTwice) {
    const Doubles y{1, 2, 4}, p{1.5, 1, 4}, weight{1, 2, 1}, y2{1, 2, 2, 4}, p2{1.5, 1, 1, 4};
    EXPECT_DOUBLE_EQ(mean_squared_error(y, p, weight), mean_squared_error(y2, p2));
    EXPECT_DOUBLE_EQ(mean_absolute_error(y, p, weight), mean_absolute_error(y2, p2));
    EXPECT_DOUBLE_EQ(r2_score(y, p, weight), r2_score(y2, p2));
}

TEST(RegressionMetrics, R2OfAConstantTruthIsOneOnlyWhenEveryPredictionIsRight) {
    const Doubles y(7, 0.1), other(7, 0.2), single{1};
    EXPECT_EQ(r2_score(y, y), 1);
    EXPECT_EQ(r2_score(y, other), 0);
    EXPECT_TRUE(std::isnan(r2_score(single, single)));
}

TEST(RegressionMetrics, PairwiseSummationKeepsSmallErrorsBesideALargeOne) {
    Doubles y(1 << 20, 0.0), p(1 << 20, 1e-4);
    p[0] = 1e4;
    const double exact = (1e8 + ((1 << 20) - 1) * 1e-8) / (1 << 20);
    EXPECT_NEAR(mean_squared_error(y, p), exact, 1e-14 * exact);
}

TEST(RegressionMetrics, AStridedViewGivesTheBitsOfItsCopy) {
    RandomStream stream(1, 0, Purpose::noise);
    Doubles mixed(2000);
    for (double& v : mixed) v = stream.normal();
    Doubles y, p;
    for (std::size_t i = 0; i < mixed.size(); i += 2) y.push_back(mixed[i]), p.push_back(mixed[i + 1]);
    EXPECT_EQ(mean_squared_error(ConstVectorView(mixed.data(), 1000, 2), ConstVectorView(mixed.data() + 1, 1000, 2)),
              mean_squared_error(y, p));
}

template <class Call>
std::string message_of(const Call& call) {
    try {
        call();
    } catch (const InvalidArgument& error) {
        return error.what();
    }
    return "nothing was thrown";
}

TEST(RegressionMetrics, NameTheRowThatIsNotFinite) {
    const Doubles y{1, 2, 3}, nan{1, kNaN, 3}, infinite{1, 2, std::numeric_limits<double>::infinity()}, two{1, 2}, none;
    EXPECT_EQ(message_of([&] { mean_squared_error(y, nan); }),
              "mean_squared_error: y_pred must be finite, got nan at row 1");
    EXPECT_EQ(message_of([&] { r2_score(infinite, y); }), "r2_score: y_true must be finite, got inf at row 2");
    EXPECT_EQ(message_of([&] { max_error(y, two); }), "max_error: y_pred must have 3 rows, got 2");
    EXPECT_EQ(message_of([&] { max_error(none, none); }), "max_error: y_true must have at least one row, got 0");
    EXPECT_EQ(message_of([&] { mean_absolute_error(y, y, Doubles{1, -1, 1}); }),
              "mean_absolute_error: sample_weight must be finite and >= 0, got -1 at row 1");
    EXPECT_EQ(message_of([&] { mean_absolute_error(y, y, Doubles(3, 0.0)); }),
              "mean_absolute_error: sample_weight must have a value above 0, got only zeros");
}

TEST(ClassificationMetrics, CountEachPairOfTrueAndPredictedClass) {
    const Codes y{2, 0, 2, 2, 0, 1}, p{0, 0, 2, 2, 0, 2};
    const Matrix c = confusion_matrix(y, p, 3);
    const double expected[3][3] = {{2, 0, 0}, {0, 0, 1}, {1, 0, 2}};
    for (Index i = 0; i < 3; ++i) {
        for (Index j = 0; j < 3; ++j) EXPECT_EQ(c(i, j), expected[i][j]);
    }
    EXPECT_DOUBLE_EQ(accuracy_score(c), 4.0 / 6);
    EXPECT_DOUBLE_EQ(balanced_accuracy_score(c), (1 + 0 + 2.0 / 3) / 3);
    EXPECT_DOUBLE_EQ(precision_recall(c, Average::macro).precision, (2.0 / 3 + 0 + 2.0 / 3) / 3);
    EXPECT_DOUBLE_EQ(precision_recall(c, Average::weighted).recall, 4.0 / 6);
    EXPECT_NE(message_of([&] { precision_recall(c, Average::binary); }).find("needs two classes, got 3"),
              std::string::npos);
}

/// The definition: the share of (positive, negative) pairs in the right order, ties half.
double pair_count_auc(const Codes& y, const Doubles& score, const Doubles& weight) {
    double wins = 0, pairs = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
        for (std::size_t j = 0; j < y.size(); ++j) {
            if (y[i] != 1 || y[j] != 0) continue;
            const double w = weight[i] * weight[j];
            wins += w * (score[i] > score[j] ? 1 : score[i] == score[j] ? 0.5 : 0);
            pairs += w;
        }
    }
    return wins / pairs;
}

TEST(RocAuc, IsTheShareOfPairsInTheRightOrderWithTiesAndWeights) {
    RandomStream stream(5, 0, Purpose::noise);
    for (int round = 0; round < 20; ++round) {
        Codes y{0, 1};
        Doubles score{0.5, 0.5}, weight{1, 1};
        for (int i = 0; i < 40; ++i) {
            y.push_back(static_cast<std::int32_t>(stream.below(2)));
            score.push_back(static_cast<double>(stream.below(6)));
            weight.push_back(stream.uniform(0.1, 2));
        }
        EXPECT_NEAR(roc_auc_score(y, ConstVectorView(score), weight), pair_count_auc(y, score, weight), 1e-12);
    }
}

TEST(RocAuc, OfASingleClassIsNotANumber) {
    EXPECT_TRUE(std::isnan(roc_auc_score(Codes{1, 1}, ConstVectorView(Doubles{0.1, 0.2}))));
}

TEST(AveragePrecision, DoesNotInterpolate) {
    EXPECT_DOUBLE_EQ(average_precision_score(Codes{0, 0, 1, 1}, ConstVectorView(Doubles{0.1, 0.4, 0.35, 0.8})),
                     0.5 * 1 + 0.5 * (2.0 / 3));
    EXPECT_EQ(average_precision_score(Codes{0, 0}, ConstVectorView(Doubles{0.1, 0.4})), 0);
}

TEST(LogLoss, IsTheMeanSurpriseOfTheTrueClassAndFiniteForACertainError) {
    const Doubles p{0.1, 0.9, 0.9, 0.1, 1, 0};
    const ConstMatrixView probability(p.data(), 3, 2);
    EXPECT_NEAR(log_loss(Codes{1, 0, 0}, probability), -2 * std::log(0.9) / 3, 1e-15);
    EXPECT_NEAR(log_loss(Codes{1, 0, 1}, probability), (-2 * std::log(0.9) + 36.04365338911715) / 3, 1e-12);
    EXPECT_NEAR(brier_score_loss(Codes{1, 0, 1}, probability), (0.01 + 0.01 + 1) / 3, 1e-15);
    const Doubles wrong{0.5, 0.6};
    EXPECT_EQ(message_of([&] { log_loss(Codes{1}, ConstMatrixView(wrong.data(), 1, 2)); }),
              "log_loss: probabilities of a row must sum to 1, got 1.100000 at row 0");
}

}  // namespace
}  // namespace plantwright::evaluate
