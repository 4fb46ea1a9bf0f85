// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "../forest/allocations.hpp"
#include "plantwright/preprocessing/formula.hpp"
#include "plantwright/preprocessing/iterative_imputer.hpp"
#include "plantwright/preprocessing/knn_imputer.hpp"
#include "plantwright/preprocessing/sensor_quality.hpp"
#include "preprocessing_testing.hpp"

namespace plantwright {
namespace {

TEST(Stream, AsksForNoMemoryOnceItIsWarm) {
    const Frame frame = testing::plant_table(600, 5);
    const std::vector<StepSpec> steps = {
        SensorQualityOptions{.mode = QualityMode::hold, .by = "line"},
        KNNImputerOptions{.weights = NeighborWeights::distance, .add_indicator = true},
        IterativeImputerOptions{.n_estimators = 5, .max_iter = 2},
        FormulaOptions{.formulas = NamedTexts{{"ratio", "if(fuel > 65, flow / 2, log(abs(fuel) + 1) ^ 0.5)"}}}};
    for (const StepSpec& step : steps) {
        Stream stream = Pipeline::fit(frame, {step}).stream();
        std::vector<Cell> row(static_cast<std::size_t>(frame.cols()));
        long before = 0;
        for (Index i = 0; i < frame.rows(); ++i) {
            for (Index j = 0; j < frame.cols(); ++j)
                row[static_cast<std::size_t>(j)] = testing::cell_of(frame.column(j), i);
            if (i == 300) before = testing::n_allocations;
            stream.update(row);
        }
        EXPECT_EQ(testing::n_allocations, before) << step.type;
    }
}

}  // namespace
}  // namespace plantwright
