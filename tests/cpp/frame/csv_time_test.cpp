// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>

#include "frame/time_text.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/frame/calendar.hpp"
#include "plantwright/frame/csv.hpp"

namespace plantwright {
namespace {

using Strings = std::vector<std::string>;

/// Seconds since 1970 on the clock that shows this.
std::int64_t at(int year, int month, int day, int hour = 0, int minute = 0, int second = 0) {
    return days_from_civil({year, month, day}) * kSecondsPerDay + hour * 3600 + minute * 60 + second;
}

std::vector<std::int64_t> seconds(const Frame& frame, std::string_view name) {
    std::vector<std::int64_t> values;
    for (Index i = 0; i < frame.rows(); ++i) values.push_back(frame.column(name).times()[i] / kSecond_ns);
    return values;
}

CsvResult with_time(const std::string& stamps, std::string zone = "") {
    return parse_csv("t\n" + stamps, {.time = {"t"}, .time_zone = std::move(zone)});
}

std::int64_t only(const std::string& stamp) { return seconds(with_time(stamp + "\n").frame, "t").at(0); }

std::string joined(const Strings& texts) {
    std::string all;
    for (const auto& text : texts) all += text + "\n";
    return all;
}

#define EXPECT_MENTIONS(text, part) EXPECT_NE(std::string(text).find(part), std::string::npos) << text

TEST(TimeText, ReadsEachWayToWriteAStamp) {
    EXPECT_EQ(only("2018-12-31T23:45:10"), at(2018, 12, 31, 23, 45, 10));
    EXPECT_EQ(only("2018-12-31 23:45"), at(2018, 12, 31, 23, 45));
    EXPECT_EQ(only("2018-12-31"), at(2018, 12, 31));
    EXPECT_EQ(only("2018/12/31 05"), at(2018, 12, 31, 5));
    EXPECT_EQ(only("20181231"), at(2018, 12, 31));
    EXPECT_EQ(only("31/12/2018 23:45"), at(2018, 12, 31, 23, 45));
    EXPECT_EQ(only("12/31/2018 11:45 PM"), at(2018, 12, 31, 23, 45));
    EXPECT_EQ(only("31.12.2018"), at(2018, 12, 31));
    EXPECT_EQ(only("2018-12-31 24:00"), at(2019, 1, 1));
    EXPECT_EQ(only("2018-12-31T23:45:00+02:00"), at(2018, 12, 31, 21, 45));
    EXPECT_EQ(only("2018-12-31T23:45Z"), at(2018, 12, 31, 23, 45));
}

TEST(TimeText, KeepsFractionsToTheNanosecond) {
    EXPECT_EQ(parse_time_text("1970-01-01T00:00:00.123456789")->time_of_day_ns, 123456789);
    EXPECT_EQ(parse_time_text("1970-01-01 00:00:01,5")->time_of_day_ns, 1'500'000'000);
}

TEST(TimeText, RefusesWhatIsNoStamp) {
    for (const char* text : {"",
                             "2018",
                             "2018-13-01",
                             "2018-02-30",
                             "32/01/2018",
                             "2018-01-01T25:00",
                             "2018-01-01T12:60",
                             "12:30",
                             "2018-01-01x",
                             "1/1/18",
                             "2018-01-01T12:00+99:00",
                             "1500-01-01",
                             "2300-01-01",
                             "2018-01/01",
                             "13:00 PM",
                             "01/01/2018 13:00 PM",
                             "2018-01-01T24:01",
                             "2018-01-01T12:30:",
                             "31-12",
                             "hello"}) {
        EXPECT_FALSE(parse_time_text(text)) << text;
    }
}

TEST(ReadCsvTime, TakesTheOrderUnderWhichEveryDateExists) {
    EXPECT_EQ(seconds(with_time("01/02/2018\n13/02/2018\n").frame, "t")[0], at(2018, 2, 1));
    EXPECT_EQ(seconds(with_time("01/02/2018\n01/13/2018\n").frame, "t")[0], at(2018, 1, 2));
}

TEST(ReadCsvTime, TakesTheRegularOrderWhereBothExistAndSaysSo) {
    const auto result = with_time("01/01/2018\n01/02/2018\n01/03/2018\n01/04/2018\n");
    EXPECT_EQ(seconds(result.frame, "t")[3], at(2018, 1, 4));
    EXPECT_MENTIONS(joined(result.warnings), "read as month/day/year");
    EXPECT_FALSE(result.frame.schema().time_rule().day_first);
}

TEST(ReadCsvTime, RefusesDatesThatFitNoCommonOrder) {
    try {
        with_time("13/01/2018\n01/13/2018\n");
        FAIL();
    } catch (const ParseError& error) {
        EXPECT_MENTIONS(error.what(), "line 3, column 1: '01/13/2018': day and month stand in another order");
    }
}

TEST(ReadCsvTime, MovesAMidnightThatEndsItsDay) {
    const auto result = with_time(
        "01/01/2018 23:30\n01/01/2018 23:45\n01/01/2018 00:00\n02/01/2018 00:15\n02/01/2018 23:45\n02/01/2018 00:00\n");
    const auto values = seconds(result.frame, "t");
    EXPECT_EQ(values[2], at(2018, 1, 2));
    EXPECT_EQ(values[5], at(2018, 1, 3));
    EXPECT_TRUE(result.frame.schema().time_rule().midnight_ends_day);
    EXPECT_MENTIONS(joined(result.warnings), "00:00");
}

TEST(ReadCsvTime, LeavesAMidnightThatBeginsItsDay) {
    const auto result = with_time(
        "2018-01-01 23:45\n2018-01-02 00:00\n2018-01-02 00:15\n2018-01-02 23:45\n2018-01-02 00:00\n2018-01-03 00:15\n");
    EXPECT_FALSE(result.frame.schema().time_rule().midnight_ends_day);
    EXPECT_MENTIONS(joined(result.warnings), "1 stamp earlier than the one before");
}

TEST(ReadCsvTime, CombinesPartsInWhateverOrderAndTakesThemFromTheInputs) {
    const std::string text = "hour,Year,MONTH,day,x\n0,2013,3,1,5\n23,2013,12,31,6\n24,2013,12,31,7\n";
    const auto result = parse_csv(text, {.time = {"Year", "MONTH", "day", "hour"}});
    EXPECT_EQ(seconds(result.frame, "time"),
              (std::vector<std::int64_t>{at(2013, 3, 1), at(2013, 12, 31, 23), at(2014, 1, 1)}));
    EXPECT_EQ(result.frame.schema().input_names(), Strings{"x"});
    EXPECT_EQ(result.frame.schema().name_of(Role::time), "time");
    const auto by_order = parse_csv("j,m,t,time\n2013,3,1,5\n", {.time = {"j", "m", "t"}});
    EXPECT_EQ(seconds(by_order.frame, "time_1").at(0), at(2013, 3, 1));
}

TEST(ReadCsvTime, RefusesPartsThatAreNoMoment) {
    EXPECT_THROW(parse_csv("year,month,day\n2013,2,30\n", {.time = {"year", "month", "day"}}), ParseError);
    EXPECT_THROW(parse_csv("year,month,day\n2013,2.5,3\n", {.time = {"year", "month", "day"}}), ParseError);
    EXPECT_THROW(parse_csv("year,month,day\n2013,Feb,3\n", {.time = {"year", "month", "day"}}), InvalidArgument);
    EXPECT_THROW(parse_csv("year,month,hour\n2013,2,3\n", {.time = {"year", "month", "hour"}}), InvalidArgument);
    EXPECT_THROW(parse_csv("year,month\n2013,2\n", {.time = {"year", "month"}}), InvalidArgument);
}

TEST(ReadCsvTime, LeavesMissingStampsMissing) {
    const auto result = with_time("2018-01-01\n\nNA\n2018-01-04\n");
    EXPECT_EQ(result.frame.column("t").n_missing(), 2);
}

TEST(ReadCsvTime, RecognisesIsoStampsAloneAndTakesALoneColumnAsTheTime) {
    const auto one = parse_csv("when,x,d\n2018-01-01 00:00,1,1/2/2018\n2018-01-01 01:00,2,1/3/2018\n");
    EXPECT_EQ(one.frame.schema().name_of(Role::time), "when");
    EXPECT_EQ(one.frame.schema().time_rule().columns, Strings{"when"});
    EXPECT_EQ(one.frame.column("d").kind(), ColumnKind::category);
    const auto two = parse_csv("made,sold\n2018-01-01,2018-01-02\n2018-01-03,2018-01-04\n");
    EXPECT_EQ(two.frame.column("made").kind(), ColumnKind::time);
    EXPECT_FALSE(two.frame.schema().name_of(Role::time));
}

TEST(ReadCsvTime, NamesThePlaceOfATextThatIsNoStamp) {
    try {
        with_time("2018-01-01\nyesterday\n");
        FAIL();
    } catch (const ParseError& error) {
        EXPECT_MENTIONS(error.what(), "line 3, column 1: time column 't': 'yesterday' is no date and time");
    }
}

TEST(ReadCsvTime, ReadsALocalClockInItsZone) {
    const auto result = with_time("2018-01-01 08:00\n2018-01-01 09:00\n", "+08:00");
    EXPECT_EQ(seconds(result.frame, "t")[0], at(2018, 1, 1));
    EXPECT_EQ(result.frame.schema().at("t").time_zone, "+08:00");
}

TEST(ReadCsvTime, FollowsAClockThatIsPutBackThroughItsDoubledHour) {
    const auto result = with_time(
        "2018-10-28 01:30\n2018-10-28 02:00\n2018-10-28 02:30\n2018-10-28 02:00\n2018-10-28 02:30\n2018-10-28 03:00\n",
        "Europe/Berlin");
    const auto first = at(2018, 10, 27, 23, 30);
    std::vector<std::int64_t> expected;
    for (int i = 0; i < 6; ++i) expected.push_back(first + i * 1800);
    EXPECT_EQ(seconds(result.frame, "t"), expected);
}

TEST(ReadCsvTime, KeepsTheZoneThatOffsetsShow) {
    EXPECT_EQ(with_time("2018-01-01T08:00+08:00\n").frame.schema().at("t").time_zone, "+08:00");
    EXPECT_EQ(with_time("2018-01-01T08:00Z\n").frame.schema().at("t").time_zone, "UTC");
    EXPECT_EQ(with_time("2018-01-01T08:00+01:00\n2018-07-01T08:00+02:00\n").frame.schema().at("t").time_zone, "UTC");
    EXPECT_THROW(with_time("2018-01-01T08:00+08:00\n2018-01-01T09:00\n"), ParseError);
}

TEST(ReadCsvBySchema, ReadsANewFileByTheRulesOfTheOld) {
    const auto old = parse_csv("date,load,kind\n13/01/2018 23:45,1.5,a\n13/01/2018 00:00,2,b\n14/01/2018 00:15,3,a\n",
                               {.time = {"date"}})
                         .frame;
    const auto expected = with_calendar(old, "date", Strings{"hour"}).schema();
    const Frame fresh = parse_csv("kind,load,date\nb,5,01/02/2018 00:00\n", expected).frame;
    EXPECT_EQ(fresh.schema().names(), (Strings{"date", "load", "kind", "date_hour"}));
    EXPECT_EQ(seconds(fresh, "date").at(0), at(2018, 2, 2));
    EXPECT_EQ(fresh.column("kind").codes()[0], 1);
    EXPECT_EQ(fresh.column("date_hour").number(0), 0);
}

TEST(ReadCsvBySchema, CombinesPartsAgain) {
    const auto old = parse_csv("year,month,day,x\n2018,1,1,5\n", {.time = {"year", "month", "day"}}).frame;
    const Frame fresh = parse_csv("x,year,month,day\n6,2019,1,2\n", old.schema()).frame;
    EXPECT_EQ(seconds(fresh, "time").at(0), at(2019, 1, 2));
}

TEST(ReadCsvBySchema, RefusesWhatDoesNotFitByName) {
    const Schema schema = parse_csv("x,kind\n1,a\n2,b\n").frame.schema();
    const auto message = [&schema](const char* text) -> std::string {
        try {
            parse_csv(text, schema);
        } catch (const SchemaMismatch& error) {
            return error.what();
        }
        return "nothing was thrown";
    };
    EXPECT_MENTIONS(message("x,kind\n1,c\n"), "'kind' has 'c'");
    EXPECT_MENTIONS(message("x,kind,extra\n1,a,5\n"), "extra: 'extra'");
    EXPECT_MENTIONS(message("kind\na\n"), "missing: 'x'");
    EXPECT_MENTIONS(message("x,kind\n1,a\nlow,b\n"), "column 'x' must hold numbers by the schema, got 'low' in line 3");
    EXPECT_EQ(parse_csv("x,kind\n1,\n", schema).frame.rows(), 1);
}

TEST(ReadCsvBySchema, ReadsCategoriesThatLookLikeNumbers) {
    const Schema schema = parse_csv("line,x\n1,5\n2,6\n", {.categories = {"line"}}).frame.schema();
    EXPECT_EQ(parse_csv("line,x\n2,5\n", schema).frame.column("line").codes()[0], 1);
}

}  // namespace
}  // namespace plantwright
