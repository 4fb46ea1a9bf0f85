// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "forest/encoder.hpp"
#include "forest/golden_problem.hpp"
#include "forest_testing.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

using testing::golden_frame;
using testing::golden_options;
using testing::message_of;

TEST(ForestOnFrames, OrdersLevelsByTheMeanTarget) {
    const Frame frame = golden_frame();
    const Buffer<double> y = frame.column("energy_kWh").to_float64();
    const Target target{.y = y, .level = y};
    const FeatureEncoder encoder =
        learn_encoder("test", frame, std::vector<std::string>{"energy_kWh"}, target, CategorySplits::once);
    ASSERT_EQ(encoder.inputs, (std::vector<std::string>{"load_pct", "humidity", "line"}));
    double sum[3] = {}, n[3] = {};
    for (Index i = 0; i < frame.rows(); ++i) {
        const auto code = frame.column("line").codes()[i];
        if (code < 0) continue;
        sum[code] += y[i];
        ++n[code];
    }
    for (int a = 0; a < 3; ++a) {
        for (int b = 0; b < 3; ++b) {
            EXPECT_EQ(sum[a] / n[a] < sum[b] / n[b], encoder.level_ranks[2][a] < encoder.level_ranks[2][b]);
        }
    }
}

TEST(ForestOnFrames, ScoresLevelsOfSeveralClassesAlongTheirFirstPrincipalComponent) {
    Matrix share(3, 3);  // levels between class 0 and class 2; class 1 never changes
    for (Index i = 0; i < 3; ++i) {
        share(i, 0) = 0.1 + 0.3 * static_cast<double>(i);
        share(i, 1) = 0.1;
        share(i, 2) = 0.8 - 0.3 * static_cast<double>(i);
    }
    const Vector score = level_scores(share, Vector(3, 1.0));
    EXPECT_NEAR(score[1] - score[0], score[2] - score[1], 1e-12);
    EXPECT_NEAR(std::abs(score[2] - score[0]), 0.6 * std::sqrt(2.0), 1e-12);
}

TEST(ForestOnFrames, PutsReorderedColumnsRightAndRefusesUnseenCategories) {
    const Frame frame = golden_frame();
    const auto forest = RandomForestRegressor::fit(frame, "energy_kWh", golden_options());
    const Frame reordered = frame.select(std::vector<std::string>{"line", "humidity", "load_pct"});
    EXPECT_EQ(forest.predict(reordered), forest.predict(frame));
    Buffer<std::int32_t> codes(frame.rows());
    const Frame unseen =
        frame.with({.name = "line", .kind = ColumnKind::category, .levels = {"Z"}}, Column::categories(codes, {"Z"}));
    const std::string message = message_of<SchemaMismatch>([&] { forest.predict(unseen); });
    EXPECT_NE(message.find("line"), std::string::npos) << message;
    EXPECT_NE(message.find("Z"), std::string::npos) << message;
    EXPECT_NE(message_of<SchemaMismatch>([&] { forest.predict(frame.without("humidity")); }), "");
}

TEST(ForestOnFrames, ClassifiesCategoriesByName) {
    const Frame all = golden_frame();
    std::vector<Index> present;
    for (Index i = 0; i < all.rows(); ++i) {
        if (all.column("line").codes()[i] >= 0) present.push_back(i);
    }
    const Frame frame = all.take(present);
    const auto forest = RandomForestClassifier::fit(frame, "line", {.n_estimators = 20, .bootstrap = false});
    EXPECT_EQ(forest.classes(), (std::vector<std::string>{"A", "B", "C"}));
    const auto names = forest.predict_names(frame);
    for (Index i = 0; i < frame.rows(); ++i) {
        EXPECT_EQ(names[static_cast<std::size_t>(i)],
                  forest.classes()[static_cast<std::size_t>(frame.column("line").codes()[i])]);
    }
    EXPECT_NE(message_of<InvalidArgument>([&] { RandomForestClassifier::fit(all, "line"); }), "");
}

TEST(ForestOnFrames, LeavesTimesOutAndRefusesCategoriesAsRegressionTargets) {
    const Frame frame = golden_frame();
    EXPECT_NE(message_of<InvalidArgument>([&] { RandomForestRegressor::fit(frame, "line"); }), "");
    const Frame timed = frame.with({.name = "when", .kind = ColumnKind::time, .role = Role::feature},
                                   Column::times(Buffer<std::int64_t>(frame.rows())));
    EXPECT_EQ(RandomForestRegressor::fit(timed, "energy_kWh", {.n_estimators = 1}).feature_names(),
              (std::vector<std::string>{"load_pct", "humidity", "line"}));
    EXPECT_NE(message_of<SchemaMismatch>([&] { RandomForestRegressor::fit(frame, "nothing"); }), "");
}

TEST(ForestOnFrames, AForestOfPlainArraysDoesNotTakeAFrame) {
    const Matrix X(4, 3);
    const auto forest = RandomForestRegressor::fit(X.view(), Vector(4), {.n_estimators = 1});
    EXPECT_NE(message_of<SchemaMismatch>([&] { forest.predict(golden_frame()); }), "");
}

}  // namespace
}  // namespace plantwright
