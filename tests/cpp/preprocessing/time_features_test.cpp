// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/time_features.hpp"

#include <gtest/gtest.h>

#include "preprocessing_testing.hpp"

namespace plantwright {
namespace {

using testing::plant_table;

TEST(TimeFeatures, GiveTheSameBitsRowByRowAndFromTheirFilesAndNeverLookAhead) {
    const Frame frame = plant_table(400);
    const TimeFeaturesOptions all{
        .features = {TimeFeature::hour, TimeFeature::minute_of_day, TimeFeature::weekday, TimeFeature::day_of_year,
                     TimeFeature::month, TimeFeature::year, TimeFeature::is_weekend, TimeFeature::is_holiday,
                     TimeFeature::shift, TimeFeature::elapsed},
        .holidays = {"2019-01-01", "2019-01-02"},
        .shifts = io::Json::Object{{"early", "06:00-14:00"}, {"night", "22:00-06:00"}},
        .by = "line"};
    TimeFeaturesOptions cyclical = all;
    cyclical.cyclical = true;
    cyclical.by.reset();
    for (const StepSpec& spec : {StepSpec(all), StepSpec(cyclical)}) {
        const Pipeline pipeline = Pipeline::fit(frame, {spec});
        testing::expect_stream_equals_batch(pipeline, frame);
        testing::expect_causal(pipeline, frame);
        const Pipeline loaded = Pipeline::from_bytes(pipeline.to_bytes());
        testing::expect_same_frames(loaded.transform(frame), pipeline.transform(frame));
        testing::expect_stream_equals_batch(loaded, frame);
    }
}

TEST(TimeFeatures, AgreeWithTheFramesOwnCalendar) {
    const Frame frame = plant_table(400);
    const std::vector<std::string> functions{"hour", "minute_of_day", "weekday", "day_of_year", "month", "year"};
    const Frame expected = with_calendar(frame, "time", functions);
    const Frame found =
        TimeFeatures::fit(frame, {.features = {TimeFeature::hour, TimeFeature::minute_of_day, TimeFeature::weekday,
                                               TimeFeature::day_of_year, TimeFeature::month, TimeFeature::year}})
            .transform(frame);
    for (const std::string& function : functions) {
        for (Index i = 0; i < frame.rows(); ++i)
            ASSERT_TRUE(testing::same_cell(ColumnKind::number, testing::cell_of(expected.column("time_" + function), i),
                                           testing::cell_of(found.column("time__" + function), i)));
    }
}

}  // namespace
}  // namespace plantwright
