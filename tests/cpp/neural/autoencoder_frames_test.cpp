// SPDX-License-Identifier: MIT
/// Windows of frames: time and groups, and the schema that a model remembers.
#include <gtest/gtest.h>

#include "neural/autoencoder_testing.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

using namespace testing;

LSTMAutoencoder framed_model() { return LSTMAutoencoder::fit(timed_plant(swinging_plant(200)), small_options()); }

std::vector<Index> unscored(const Frame& frame) { return missing_places(framed_model().score_samples(frame)); }

TEST(AutoencoderFrames, ScoreAsTheirArraysWhereNothingIsMissing) {
    const Matrix X = swinging_plant(60);
    EXPECT_TRUE(same_values(framed_model().score_samples(timed_plant(X)), framed_model().score_samples(X)));
    EXPECT_EQ(framed_model().schema().input_names(), (std::vector<std::string>{"s0", "s1", "s2"}));
}

TEST(AutoencoderFrames, WindowsNeverCrossAGapOfMoreThanThreeMedianSteps) {
    const Matrix X = swinging_plant(30);
    const std::vector<Index> whole{0, 1, 2, 3, 4, 5, 6}, parted{0, 1, 2, 3, 4, 5, 6, 20, 21, 22, 23, 24, 25, 26};
    EXPECT_EQ(unscored(timed_plant(X, {{20, 20}})), whole);     // 3 steps
    EXPECT_EQ(unscored(timed_plant(X, {{20, 21}})), parted);    // a little more
    EXPECT_EQ(unscored(timed_plant(X, {{20, -10}})), parted);   // the same stamp twice
    EXPECT_EQ(unscored(timed_plant(X, {{20, -100}})), parted);  // back in time
}

TEST(AutoencoderFrames, AMissingStampStandsAlone) {
    const Frame frame = timed_plant(swinging_plant(40));
    Buffer<std::int64_t> stamps(40);
    for (Index i = 0; i < 40; ++i) stamps[i] = frame.column("time").times()[i];
    stamps[20] = kMissingTime;
    const Frame holed = frame.with(frame.schema()[0], Column::times(std::move(stamps)));
    EXPECT_EQ(unscored(holed), (std::vector<Index>{0, 1, 2, 3, 4, 5, 6, 20, 21, 22, 23, 24, 25, 26, 27}));
}

TEST(AutoencoderFrames, TheMedianStepIsThatOfTheTrainingTable) {
    const Matrix X = swinging_plant(30);
    EXPECT_EQ(framed_model().input().longest_step, 30'000'000'000);
    EXPECT_EQ(unscored(timed_plant(X, {}, 31)).size(), 30u);
    EXPECT_EQ(unscored(timed_plant(X, {}, 30)).size(), 7u);
}

Frame grouped(const Matrix& X, Index change) {
    Buffer<std::int32_t> codes(X.rows());
    for (Index i = 0; i < X.rows(); ++i) codes[i] = i >= change;
    return timed_plant(X).with({.name = "unit", .kind = ColumnKind::category, .role = Role::group},
                               Column::categories(std::move(codes), {"A", "B"}));
}

TEST(AutoencoderFrames, WindowsNeverCrossAChangeOfGroup) {
    const auto model = LSTMAutoencoder::fit(grouped(swinging_plant(200), 100), small_options());
    EXPECT_EQ(model.report().n_training_windows + model.report().n_validation_windows, 2 * 93 - 15);
    const Vector scores = model.score_samples(grouped(swinging_plant(30), 12));
    EXPECT_EQ(missing_places(scores), (std::vector<Index>{0, 1, 2, 3, 4, 5, 6, 12, 13, 14, 15, 16, 17, 18}));
}

TEST(AutoencoderFrames, RefuseCategoriesAndWhatDoesNotFitTheSchema) {
    Matrix X = swinging_plant(60);
    const Frame frame = timed_plant(X);
    Buffer<std::int32_t> codes(60);
    const Frame with_text =
        frame.with({.name = "grade", .kind = ColumnKind::category}, Column::categories(std::move(codes), {"A"}));
    EXPECT_TRUE(says(error_of([&] { LSTMAutoencoder::fit(with_text, small_options()); }),
                     "inputs must be numbers, got column 'grade' of kind category"));
    EXPECT_THROW(framed_model().score_samples(frame.without("s1")), SchemaMismatch);
    EXPECT_THROW(small_model().score_samples(frame), SchemaMismatch);
    X(5, 1) = std::numeric_limits<double>::infinity();
    EXPECT_TRUE(
        says(error_of([&] { framed_model().score_samples(timed_plant(X)); }), "got inf in row 5 of column 's1'"));
}

TEST(AutoencoderFrames, AGapEverywhereLeavesNoWindow) {
    const Frame frame = grouped(swinging_plant(14), 7);
    EXPECT_TRUE(says(error_of([&] { LSTMAutoencoder::fit(frame, small_options()); }),
                     "the longest run without a gap has 7 (n_samples = 14)"));
}

}  // namespace
}  // namespace plantwright
