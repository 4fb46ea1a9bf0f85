// SPDX-License-Identifier: MIT
/// A stream of any step allocates nothing once its windows are full.
#include <gtest/gtest.h>

#include "../../fuzz/hostile_steps.hpp"
#include "counting/allocations.hpp"

namespace plantwright {
namespace {

/// How often the second half of the rows asked for memory.
long allocations_when_warm(const Pipeline& pipeline, const Frame& frame) {
    Stream stream = pipeline.stream();
    std::vector<Cell> row(static_cast<std::size_t>(frame.cols()));
    long before = 0;
    for (Index i = 0; i < frame.rows(); ++i) {
        if (i == frame.rows() / 2) before = testing::n_allocations;
        for (Index j = 0; j < frame.cols(); ++j)
            row[static_cast<std::size_t>(j)] = testing::cell_of(frame.column(j), i);
        stream.update(row);
    }
    return testing::n_allocations - before;
}

TEST(Streams, AllocateNothingAfterTheirWarmUp) {
    const Frame frame = testing::plant_table(1200, 3);
    for (const fuzz::GoodFile& good : fuzz::good_pipelines()) {
        const Pipeline pipeline = Pipeline::from_bytes(good.bytes);
        EXPECT_EQ(allocations_when_warm(pipeline, frame.select(pipeline.input_schema().names())), 0) << good.name;
    }
}

TEST(Streams, AllocateNothingWithOptionsThatTakeOtherWays) {
    const Frame frame = testing::plant_table(600, 5);
    const std::vector<StepSpec> steps = {
        SensorQualityOptions{.mode = QualityMode::hold, .by = "line"},
        KNNImputerOptions{.weights = NeighborWeights::distance, .add_indicator = true},
        IterativeImputerOptions{.n_estimators = 5, .max_iter = 2},
        FormulaOptions{.formulas = NamedTexts{{"ratio", "if(fuel > 65, flow / 2, log(abs(fuel) + 1) ^ 0.5)"}}}};
    for (const StepSpec& step : steps)
        EXPECT_EQ(allocations_when_warm(Pipeline::fit(frame, {step}), frame), 0) << step.type;
}

}  // namespace
}  // namespace plantwright
