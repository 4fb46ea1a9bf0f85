// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <cmath>

#include "plantwright/preprocessing/pipeline.hpp"
#include "plantwright/preprocessing/standard_scaler.hpp"
#include "preprocessing_testing.hpp"

namespace plantwright {
namespace {

using testing::expect_stream_equals_batch;
using testing::plant_table;

TEST(StandardScaler, GivesMeanZeroAndVarianceOneOfThePresentValues) {
    const Frame frame = plant_table(500);
    const Frame scaled = StandardScaler::fit(frame).transform(frame);
    const auto z = scaled.column("steam_t").to_float64();
    double sum = 0, squares = 0, n = 0;
    for (const double x : z) {
        if (std::isnan(x)) continue;
        sum += x;
        squares += x * x;
        ++n;
    }
    EXPECT_GT(frame.column("steam_t").n_missing(), 0);
    EXPECT_NEAR(sum / n, 0, 1e-12);
    EXPECT_NEAR(squares / n, 1, 1e-12);
    EXPECT_EQ(scaled.column("grade").levels(), frame.column("grade").levels());
}

TEST(StandardScaler, IsUndoneByItsInverse) {
    const Frame frame = plant_table(200);
    const StandardScaler scaler = StandardScaler::fit(frame);
    const Frame back = scaler.inverse_transform(scaler.transform(frame));
    for (Index i = 0; i < frame.rows(); ++i) {
        const double x = frame.column("flow").number(i), y = back.column("flow").number(i);
        EXPECT_TRUE(std::isnan(x) ? std::isnan(y) : std::abs(x - y) < 1e-9);
    }
}

TEST(StandardScaler, RefusesAnInfinityAndNamesTheColumn) {
    Buffer<double> values(3, 1.0);
    values[1] = HUGE_VAL;
    const Frame frame(Schema({{.name = "flow"}}), {Column::numbers(std::move(values))});
    try {
        StandardScaler::fit(frame);
        FAIL();
    } catch (const InvalidArgument& error) {
        EXPECT_NE(std::string(error.message()).find("'flow', row 1"), std::string::npos) << error.message();
    }
}

TEST(Pipeline, GivesTheSameBitsRowByRowAndFromItsFile) {
    const Frame frame = plant_table(300);
    const Pipeline pipeline = Pipeline::fit(frame, {StandardScalerOptions{.columns = {"flow", "steam_t"}}});
    expect_stream_equals_batch(pipeline, frame);
    const Pipeline loaded = Pipeline::from_bytes(pipeline.to_bytes());
    expect_stream_equals_batch(loaded, frame);
    testing::expect_same_frames(loaded.transform(frame), pipeline.transform(frame));
}

TEST(Pipeline, SaysWhichStepsAndOptionsThereAre) {
    const Frame frame = plant_table(20);
    EXPECT_THROW(fit_step({"StandardScalar", {}}, frame), InvalidArgument);
    EXPECT_THROW(fit_step({"StandardScaler", io::Json::parse(R"({"with_maen": true})")}, frame), InvalidArgument);
    EXPECT_THROW(fit_step({"StandardScaler", io::Json::parse(R"({"with_mean": 3})")}, frame), InvalidArgument);
    EXPECT_THROW(StandardScaler::fit(frame, {.columns = {"grade"}}), InvalidArgument);
    EXPECT_THROW(StandardScaler::fit(frame, {.columns = {"no such column"}}), SchemaMismatch);
    EXPECT_THROW(StandardScaler::fit(frame.rows_between(0, 0)), InvalidArgument);
}

}  // namespace
}  // namespace plantwright
