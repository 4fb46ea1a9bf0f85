// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "plantwright/preprocessing/one_hot_encoder.hpp"
#include "plantwright/preprocessing/ordinal_encoder.hpp"
#include "plantwright/preprocessing/target_encoder.hpp"
#include "preprocessing_testing.hpp"

namespace plantwright {
namespace {

using testing::plant_table;

std::vector<StepSpec> all_encoders() {
    return {OneHotEncoderOptions{},
            OneHotEncoderOptions{.handle_unknown = OneHotUnknown::infrequent, .min_frequency = 0.31},
            OneHotEncoderOptions{.drop = OneHotDrop::first, .columns = {"grade", "line"}},
            OneHotEncoderOptions{.handle_unknown = OneHotUnknown::ignore, .columns = {"fuel"}},
            OrdinalEncoderOptions{},
            OrdinalEncoderOptions{.encoded_missing_value = -1, .columns = {"line", "flow"}},
            FrequencyEncoderOptions{},
            FrequencyEncoderOptions{.normalize = false},
            TargetEncoderOptions{},
            TargetEncoderOptions{.target_type = TargetType::multiclass, .smooth = 3.0, .columns = {"grade"}}};
}

/// A plant table whose target has four values.
Frame coarse_table(Index n_rows) {
    const Frame frame = plant_table(n_rows);
    auto y = Buffer<double>::uninitialized(n_rows);
    for (Index i = 0; i < n_rows; ++i) y[i] = static_cast<double>(i * 7 % 4);
    return frame.with(frame.schema().at("energy_kWh"), Column::numbers(std::move(y)));
}

TEST(Encoders, GiveTheSameBitsRowByRowAndFromTheirFilesAndNeverLookAhead) {
    const Frame frame = coarse_table(300);
    for (const StepSpec& spec : all_encoders()) {
        SCOPED_TRACE(spec.type + spec.options.dump());
        const Pipeline pipeline = Pipeline::fit(frame, {spec});
        testing::expect_stream_equals_batch(pipeline, frame);
        testing::expect_causal(pipeline, frame);
        const Pipeline loaded = Pipeline::from_bytes(pipeline.to_bytes());
        testing::expect_same_frames(loaded.transform(frame), pipeline.transform(frame));
    }
}

TEST(OneHotEncoder, GivesEveryRowOneOneAndTakesTheColumnsPlace) {
    const Frame frame = plant_table(200);
    const Frame hot = OneHotEncoder::fit(frame, {.columns = {"grade"}}).transform(frame);
    EXPECT_FALSE(hot.schema().find("grade"));
    for (Index i = 0; i < frame.rows(); ++i) {
        double sum = 0;
        for (const char* name : {"grade__A", "grade__B", "grade__C", "grade__missing"})
            sum += hot.column(name).number(i);
        ASSERT_EQ(sum, 1);
    }
}

TEST(OneHotEncoder, FindsANameThatNoLevelHas) {
    const Frame frame(Schema({{.name = "g", .kind = ColumnKind::category}}),
                      {Column::categories(Buffer<std::int32_t>({0, -1}), {"missing"})});
    const Frame hot = OneHotEncoder::fit(frame).transform(frame);
    EXPECT_EQ(hot.schema().names(), (std::vector<std::string>{"g__missing", "g__missing_"}));
}

TEST(OneHotEncoder, RefusesMoreLevelsThanAreReasonable) {
    auto values = Buffer<double>::uninitialized(OneHotEncoder::kMaxLevels + 1);
    for (Index i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i);
    const Frame frame(Schema({{.name = "flow"}}), {Column::numbers(std::move(values))});
    EXPECT_THROW(OneHotEncoder::fit(frame), InvalidArgument);
}

TEST(Encoders, TakeALevelWithoutRowsForUnknown) {
    const Frame frame(Schema({{.name = "g", .kind = ColumnKind::category}}),
                      {Column::categories(Buffer<std::int32_t>({0, 2, 1}), {"a", "b", "c"})});
    const auto step = OrdinalEncoder::fit(frame.rows_between(0, 2));
    EXPECT_EQ(step.transform(frame.rows_between(0, 2)).column("g").number(1), 1);
    EXPECT_THROW(step.transform(frame), InvalidArgument);
}

TEST(TargetEncoder, CrossesTrainingRowsOfAPipelineAndNoOthers) {
    const Frame frame = plant_table(200);
    const std::vector<StepSpec> steps{TargetEncoderOptions{.smooth = 0.0, .columns = {"grade"}}};
    const auto [pipeline, training] = Pipeline::fit_transform(frame, steps);
    const Frame later = pipeline.transform(frame);
    Index n_equal = 0, folds_seen = 0;
    for (Index i = 0; i < frame.rows(); ++i) {
        n_equal += training.column("grade").number(i) == later.column("grade").number(i) ? 1 : 0;
        folds_seen += i > 0 && training.column("grade").number(i) != training.column("grade").number(0) ? 1 : 0;
    }
    EXPECT_LT(n_equal, 10);
    EXPECT_GT(folds_seen, 100);
    EXPECT_EQ(training.schema(), later.schema());
}

TEST(TargetEncoder, LeavesOutRowsWithoutATarget) {
    const Frame frame(Schema({{.name = "g", .kind = ColumnKind::category}, {.name = "y", .role = Role::target}}),
                      {Column::categories(Buffer<std::int32_t>({0, 0, 1, 1}), {"a", "b"}),
                       Column::numbers(Buffer<double>({1, kNaN, 5, 7}))});
    const Frame encoded = TargetEncoder::fit(frame, {.smooth = 0.0}).transform(frame);
    EXPECT_EQ(encoded.column("g").number(0), 1);
    EXPECT_EQ(encoded.column("g").number(1), 1);
    EXPECT_EQ(encoded.column("g").number(2), 6);
}

}  // namespace
}  // namespace plantwright
