// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/resample.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "plantwright/frame/calendar.hpp"
#include "preprocessing_testing.hpp"

namespace plantwright {
namespace {

constexpr std::int64_t kHour = 3'600 * kNanosecondsPerSecond;

Frame hourly(Index n, const char* zone = "") {
    auto time = Buffer<std::int64_t>::uninitialized(n);
    auto value = Buffer<double>::uninitialized(n);
    for (Index i = 0; i < n; ++i) {
        time[i] = i * kHour;
        value[i] = i % 5 == 0 ? kNaN : static_cast<double>(i);
    }
    return Frame(Schema({{.name = "time", .kind = ColumnKind::time, .role = Role::time, .time_zone = zone},
                         {.name = "pm10", .role = Role::target, .unit = "ug/m3"}}),
                 {Column::times(std::move(time)), Column::numbers(std::move(value))});
}

TEST(Resample, GivesDailyMeansWhereTheDayIsCompleteEnough) {
    const Frame daily = resample(hourly(60), {.statistics = {"mean", "count", "max"}, .min_count = 18});
    ASSERT_EQ(daily.rows(), 3);
    EXPECT_EQ(daily.schema().names(),
              (std::vector<std::string>{"time", "pm10__mean_1d", "pm10__count_1d", "pm10__max_1d"}));
    EXPECT_EQ(daily.schema()[1].role, Role::target);
    EXPECT_EQ(daily.schema()[1].unit, "ug/m3");
    EXPECT_EQ(daily.column("pm10__count_1d").number(0), 19);
    double sum = 0;
    for (int i = 0; i < 24; ++i) sum += i % 5 == 0 ? 0 : i;
    EXPECT_DOUBLE_EQ(daily.column("pm10__mean_1d").number(0), sum / 19);
    EXPECT_EQ(daily.column("pm10__max_1d").number(1), 47);
    EXPECT_EQ(daily.column("pm10__count_1d").number(2), 10);  // of twelve hours
    EXPECT_TRUE(std::isnan(daily.column("pm10__mean_1d").number(2)));
}

TEST(Resample, BeginsDaysAtThePlantsMidnight) {
    const Frame daily = resample(hourly(48, "+08:00"), {.statistics = {"count"}});
    ASSERT_EQ(daily.rows(), 3);
    EXPECT_EQ(daily.column("time").times()[0], -8 * kHour);
    EXPECT_EQ(daily.column("time").times()[1], 16 * kHour);
}

TEST(Resample, AgreesWithOneRowAtATimeForEachGroupAndInterval) {
    const Frame frame = testing::plant_table(400);
    const Frame result =
        resample(frame, {.every = "15min", .statistics = {"sum", "first"}, .by = "line", .columns = {"flow", "grade"}});
    std::map<std::pair<std::int64_t, std::int32_t>, std::pair<double, Index>> expected;
    for (Index i = 0; i < frame.rows(); ++i) {
        const std::int64_t t = frame.column("time").times()[i];
        if (t == kMissingTime) continue;
        auto& [sum, n] = expected[{t - t % (kHour / 4), frame.column("line").codes()[i]}];
        if (std::isnan(frame.column("flow").number(i))) continue;
        sum += frame.column("flow").number(i);
        ++n;
    }
    ASSERT_EQ(result.rows(), std::ssize(expected));
    Index row = 0;
    for (const auto& [key, sum_and_n] : expected) {
        EXPECT_EQ(result.column("time").times()[row], key.first);
        EXPECT_EQ(result.column("line").codes()[row], key.second);
        const double sum = result.column("flow__sum_15min").number(row++);
        if (sum_and_n.second == 0)
            EXPECT_TRUE(std::isnan(sum));
        else
            EXPECT_EQ(sum, sum_and_n.first);
    }
    EXPECT_EQ(result.schema().names().back(), "grade__mode_15min");
}

TEST(Resample, TellsWhatItTakes) {
    const Frame frame = hourly(10);
    EXPECT_THROW(resample(frame, {.every = 5}), InvalidArgument);
    EXPECT_THROW(resample(frame, {.statistics = {"mena"}}), InvalidArgument);
    EXPECT_THROW(resample(frame, {.statistics = {}}), InvalidArgument);
    EXPECT_THROW(resample(frame, {.min_count = 0}), InvalidArgument);
    EXPECT_THROW(resample(frame, {.by = "pm10"}), InvalidArgument);
    EXPECT_THROW(resample(frame, {.time = "pm10"}), InvalidArgument);
    EXPECT_THROW(resample(frame.without("time")), InvalidArgument);
    EXPECT_EQ(resample(frame.rows_between(0, 0)).rows(), 0);
}

}  // namespace
}  // namespace plantwright
