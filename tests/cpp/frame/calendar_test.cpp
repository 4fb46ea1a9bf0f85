// SPDX-License-Identifier: MIT
#include "plantwright/frame/calendar.hpp"

#include <gtest/gtest.h>

#include "check.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/core/random.hpp"
#include "plantwright/frame/frame.hpp"

namespace plantwright {
namespace {

TEST(CivilCalendar, CountsDayByDayOverEightHundredYearsAsTheMonthLengthsSay) {
    std::int64_t days = days_from_civil({1600, 1, 1});
    EXPECT_EQ(days, -135140);
    for (std::int64_t year = 1600; year < 2400; ++year) {
        for (int month = 1; month <= 12; ++month) {
            for (int day = 1; is_valid_date({year, month, day}); ++day, ++days) {
                ASSERT_EQ(days_from_civil({year, month, day}), days) << year << '-' << month << '-' << day;
                ASSERT_EQ(civil_from_days(days), (CivilDate{year, month, day})) << days;
            }
        }
    }
}

TEST(CivilCalendar, ReadsBackRandomDaysFarFromTheEpoch) {
    RandomStream stream(5, 0, Purpose::bootstrap);
    for (int i = 0; i < 20000; ++i) {
        const std::int64_t days = static_cast<std::int64_t>(stream.next() >> 24) - (std::int64_t{1} << 39);
        const CivilDate date = civil_from_days(days);
        ASSERT_TRUE(is_valid_date(date));
        ASSERT_EQ(days_from_civil(date), days);
    }
}

TEST(CivilCalendar, KnowsLeapYearsAndRefusesDaysThatDoNotExist) {
    EXPECT_TRUE(is_valid_date({2000, 2, 29}));
    EXPECT_FALSE(is_valid_date({1900, 2, 29}));
    EXPECT_TRUE(is_valid_date({-4, 2, 29}));
    EXPECT_FALSE(is_valid_date({2023, 4, 31}));
    EXPECT_FALSE(is_valid_date({2023, 13, 1}));
    EXPECT_FALSE(is_valid_date({2023, 1, 0}));
}

Frame stamped(std::initializer_list<std::int64_t> times, std::string zone) {
    ColumnSpec spec{.name = "at", .kind = ColumnKind::time, .role = Role::time, .time_zone = std::move(zone)};
    return Frame(Schema({spec}), {Column::times(Buffer<std::int64_t>(times))});
}

const std::vector<std::string> kAll{"hour", "minute_of_day", "weekday", "day_of_year", "month", "year"};

std::vector<double> row_of(const Frame& frame, Index row) {
    std::vector<double> values;
    for (const auto& function : kAll) values.push_back(frame.column("at_" + function).number(row));
    return values;
}

TEST(WithCalendar, ReadsTheLocalClockBeforeAndAfter1970) {
    const std::int64_t just_before = -1;  // 1969-12-31 23:59:59.999999999, a Wednesday
    const std::int64_t leap_day = (days_from_civil({2024, 2, 29}) * kSecondsPerDay + 45'296) * kNanosecondsPerSecond;
    const Frame frame = with_calendar(stamped({0, just_before, leap_day}, ""), "at", kAll);
    EXPECT_EQ(row_of(frame, 0), (std::vector<double>{0, 0, 3, 1, 1, 1970}));
    EXPECT_EQ(row_of(frame, 1), (std::vector<double>{23, 1439, 2, 365, 12, 1969}));
    EXPECT_EQ(row_of(frame, 2), (std::vector<double>{12, 754, 3, 60, 2, 2024}));
}

TEST(WithCalendar, UsesTheColumnsOwnZoneAndCarriesItsDerivation) {
    const Frame frame = with_calendar(stamped({0}, "+08:00"), "at", kAll);
    EXPECT_EQ(frame.column("at_hour").number(0), 8);
    EXPECT_EQ(frame.schema().at("at_hour").derivation, (Derivation{"at", "hour"}));
    EXPECT_EQ(with_calendar(stamped({0}, "-01:00"), "at", kAll).column("at_year").number(0), 1969);
}

TEST(WithCalendar, AMissingTimeGivesMissingColumns) {
    EXPECT_EQ(with_calendar(stamped({kMissingTime}, ""), "at", kAll).column("at_month").n_missing(), 1);
}

TEST(WithCalendar, RefusesOtherFunctionsOtherKindsAndTakenNames) {
    const Frame frame = stamped({0}, "");
    const auto call = [&](const Frame& given, const char* column, const std::string& function) {
        return message_of<InvalidArgument>([&] { with_calendar(given, column, std::vector<std::string>{function}); });
    };
    EXPECT_TRUE(has(call(frame, "at", "fortnight"), "hour, minute_of_day"));
    const Frame other = frame.with({.name = "at_hour"}, Column::numbers(Buffer<double>(1)));
    EXPECT_TRUE(has(call(other, "at", "hour"), "'at_hour'"));
    EXPECT_TRUE(has(call(other, "at_hour", "hour"), "must be a time"));
    EXPECT_EQ(call(with_calendar(frame, "at", kAll), "at", "hour"), "nothing was thrown");
}

}  // namespace
}  // namespace plantwright
