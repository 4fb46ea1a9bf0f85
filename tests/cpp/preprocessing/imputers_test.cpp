// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "plantwright/preprocessing/clipper.hpp"
#include "plantwright/preprocessing/missing_indicator.hpp"
#include "plantwright/preprocessing/simple_imputer.hpp"
#include "preprocessing_testing.hpp"

namespace plantwright {
namespace {

using testing::plant_table;

std::vector<StepSpec> all_causal() {
    return {
        SimpleImputerOptions{},
        SimpleImputerOptions{.strategy = ImputerStrategy::median, .add_indicator = true},
        SimpleImputerOptions{.strategy = ImputerStrategy::most_frequent, .add_indicator = true},
        SimpleImputerOptions{.strategy = ImputerStrategy::constant, .fill_value = "none"},
        SimpleImputerOptions{.strategy = ImputerStrategy::constant},
        SimpleImputerOptions{.strategy = ImputerStrategy::last},
        SimpleImputerOptions{.strategy = ImputerStrategy::last, .max_age = 2, .by = "line"},
        SimpleImputerOptions{.strategy = ImputerStrategy::last, .max_age = "2min", .add_indicator = true, .by = "line"},
        MissingIndicatorOptions{},
        MissingIndicatorOptions{.features = IndicatedFeatures::all},
        ClipperOptions{},
        ClipperOptions{.method = ClipMethod::iqr},
        ClipperOptions{.method = ClipMethod::mad, .factor = 2.0}};
}

TEST(Imputers, GiveTheSameBitsRowByRowAndFromTheirFilesAndNeverLookAhead) {
    const Frame frame = plant_table(400);
    for (const StepSpec& spec : all_causal()) {
        SCOPED_TRACE(spec.type + spec.options.dump());
        const Pipeline pipeline = Pipeline::fit(frame, {spec});
        testing::expect_stream_equals_batch(pipeline, frame);
        testing::expect_causal(pipeline, frame);
        const Pipeline loaded = Pipeline::from_bytes(pipeline.to_bytes());
        testing::expect_same_frames(loaded.transform(frame), pipeline.transform(frame));
        testing::expect_stream_equals_batch(loaded, plant_table(100, 7));
    }
}

TEST(SimpleImputer, ForgetsWhatAnotherGroupHasSeen) {
    const Frame frame(Schema({{.name = "x"}, {.name = "g", .kind = ColumnKind::category}}),
                      {Column::numbers(Buffer<double>({1, kNaN, kNaN, 5, kNaN})),
                       Column::categories(Buffer<std::int32_t>({0, 1, 0, 1, kMissingCode}), {"a", "b"})});
    const auto step = SimpleImputer::fit(frame, {.strategy = ImputerStrategy::last, .by = "g"});
    const Frame filled = step.transform(frame);
    EXPECT_TRUE(std::isnan(filled.column("x").number(1)));
    EXPECT_EQ(filled.column("x").number(2), 1);
    EXPECT_TRUE(std::isnan(filled.column("x").number(4)));
}

TEST(SimpleImputer, DrawsLinesForHistoryAlone) {
    const Frame frame = plant_table(200);
    const Pipeline pipeline =
        Pipeline::fit(frame, {SimpleImputerOptions{.strategy = ImputerStrategy::linear, .time = "time"}});
    EXPECT_LT(pipeline.transform(frame).column("steam_t").n_missing(), frame.column("steam_t").n_missing());
    EXPECT_THROW(pipeline.stream(), InvalidArgument);
}

TEST(SimpleImputer, AddsItsConstantToTheLevels) {
    const Frame frame = plant_table(100);
    const auto step =
        SimpleImputer::fit(frame, {.strategy = ImputerStrategy::constant, .fill_value = "none", .columns = {"grade"}});
    const Column filled = step.transform(frame).column("grade");
    EXPECT_EQ(filled.levels(), (std::vector<std::string>{"A", "B", "C", "none"}));
    EXPECT_EQ(filled.n_missing(), 0);
}

}  // namespace
}  // namespace plantwright
