// SPDX-License-Identifier: MIT
#include "plantwright/detect/cross_fit.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "detect_testing.hpp"
#include "plantwright/detect/mahalanobis.hpp"
#include "plantwright/detect/mewma_chart.hpp"
#include "plantwright/detect/tail.hpp"

namespace plantwright {
namespace {

using testing::plant_rows;

TEST(CrossFit, ScoresEachBlockByADetectorFittedOnTheOthersLessTheGap) {
    const Matrix rows = plant_rows(100, 3);
    const Vector statistic = cross_fitted_statistic<Mahalanobis>(rows, MahalanobisOptions{}, {.n_blocks = 4, .gap = 5});
    Matrix training(100 - 35, 3);  // of the second block, rows 25 .. 49
    for (Index i = 0; i < training.rows(); ++i) {
        for (Index j = 0; j < 3; ++j) training(i, j) = rows(i < 20 ? i : i + 35, j);
    }
    const auto fitted = Mahalanobis::fit(training);
    auto state = fitted.start();
    for (Index i = 25; i < 50; ++i) EXPECT_EQ(statistic[i], fitted.update(state, rows.row(i)));
}

TEST(CrossFit, StartsAfreshInEachBlock) {
    const Vector statistic =
        cross_fitted_statistic<MewmaChart>(plant_rows(400, 3), MewmaOptions{.smoothing = 0.5}, {.n_blocks = 4});
    for (Index i = 0; i < 400; ++i) EXPECT_EQ(std::isnan(statistic[i]), i % 100 < 4) << i;
}

TEST(CrossFit, RunsOfTheOthersBeginWhereTheBlockWasCutOut) {
    const std::vector<Index> runs = {10, 20, 30, 50};
    const auto outside = [&](Index begin, Index end) { return detect::runs_outside(runs, 100, begin, end); };
    EXPECT_EQ(outside(0, 20), (std::vector<Index>{10, 30}));
    EXPECT_EQ(outside(15, 25), (std::vector<Index>{10, 15, 20, 40}));
    EXPECT_EQ(outside(20, 30), (std::vector<Index>{10, 20, 40}));
    EXPECT_EQ(outside(30, 100), (std::vector<Index>{10, 20}));
}

TEST(CrossFit, KeepsAPromiseThatScoresOfTheTrainingRowsBreak) {
    const Matrix rows = plant_rows(240, 40), later = plant_rows(20'000, 40, 2);
    const auto fitted = Mahalanobis::fit(rows, {.shrinkage = 0.01});
    const Vector statistic = fitted.statistic(later);
    const auto realised = [&](const Tail& tail) {
        double n = 0;
        for (const double s : statistic) n += s >= tail.threshold(0.05) ? 1 : 0;
        return n / 20'000 / 0.05;
    };
    const Vector crossed = cross_fitted_statistic<Mahalanobis>(rows, MahalanobisOptions{.shrinkage = 0.01});
    EXPECT_GT(realised(Tail::fit(fitted.statistic(rows))), 3);
    EXPECT_LT(realised(Tail::fit(crossed)), 2);
    EXPECT_GT(realised(Tail::fit(crossed)), 0.3);
}

TEST(CrossFit, NamesBlocksAndGapsThatCannotBe) {
    const Matrix rows = plant_rows(50, 2);
    EXPECT_THROW(cross_fitted_statistic<Mahalanobis>(rows, MahalanobisOptions{}, {.n_blocks = 1}), InvalidArgument);
    EXPECT_THROW(cross_fitted_statistic<Mahalanobis>(rows, MahalanobisOptions{}, {.gap = -1}), InvalidArgument);
    EXPECT_THROW(cross_fitted_statistic<Mahalanobis>(rows, MahalanobisOptions{}, {.gap = 40}), InvalidArgument);
}

}  // namespace
}  // namespace plantwright
