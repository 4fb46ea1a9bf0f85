// SPDX-License-Identifier: MIT
#include "plantwright/monitor/data_quality.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "plantwright/core/error.hpp"
#include "plantwright/core/random.hpp"

namespace plantwright::monitor {
namespace {

constexpr std::int64_t kMinute = 60'000'000'000, kHour = 60 * kMinute, kDay = 24 * kHour;
constexpr std::int64_t kStart = 1'709'251'200'000'000'000;  // 2024-03-01 00:00
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Buffer<double> as_buffer(const std::vector<double>& values) { return Buffer<double>(std::span<const double>(values)); }

Column stamps_of(const std::vector<std::int64_t>& stamps) {
    return Column::times(Buffer<std::int64_t>(std::span<const std::int64_t>(stamps)));
}

Column texts_of(const std::vector<std::string>& texts) {
    std::vector<std::optional<std::string_view>> views;
    for (const std::string& text : texts) {
        views.push_back(text.empty() ? std::nullopt : std::optional<std::string_view>(text));
    }
    return Column::categories(views);
}

const ColumnSpec kTime{.name = "time", .kind = ColumnKind::time, .role = Role::time};

/// Rows a minute apart, from the start.
std::vector<std::int64_t> minutes(Index n) {
    std::vector<std::int64_t> stamps;
    for (Index i = 0; i < n; ++i) stamps.push_back(kStart + i * kMinute);
    return stamps;
}

/// No two alike.
std::vector<double> moving(Index n) {
    std::vector<double> values;
    RandomStream stream(1, 0, Purpose::noise);
    for (Index i = 0; i < n; ++i) values.push_back(stream.normal());
    return values;
}

Frame table_of(const std::vector<std::int64_t>& stamps, const std::vector<double>& values, ColumnSpec spec = {}) {
    spec.name = "x";
    return Frame(Schema({kTime, spec}), {stamps_of(stamps), Column::numbers(as_buffer(values))});
}

DataQuality of(const std::vector<std::int64_t>& stamps, const DataQualityOptions& options = {}) {
    return data_quality(table_of(stamps, moving(static_cast<Index>(stamps.size()))), options);
}

TEST(DataQuality, ATableWithoutTroubleScoresOneAndHasNoFindings) {
    const DataQuality found = of(minutes(3000));
    EXPECT_EQ(found.score, 1);
    EXPECT_EQ(found.expected_rows, 3000);
    EXPECT_EQ(found.timeliness.interval_ns, kMinute);
    EXPECT_EQ(found.timeliness.irregular_share, 0);
    EXPECT_TRUE(found.findings().empty());
    EXPECT_EQ(found.expected_by_period, (std::vector<Index>{1440, 1440, 120}));
    EXPECT_EQ(found.period_begins_ns, (std::vector<std::int64_t>{kStart, kStart + kDay, kStart + 2 * kDay}));
}

TEST(DataQuality, ValuesThatAreMissingAndRowsThatNeverCameBothCostCompleteness) {
    std::vector<std::int64_t> stamps = minutes(2880);
    std::vector<double> values = moving(2880);
    for (std::size_t i = 0; i < 720; ++i) values[i] = kNaN;
    stamps.erase(stamps.begin() + 1440, stamps.begin() + 2160);
    values.erase(values.begin() + 1440, values.begin() + 2160);
    const DataQuality found = data_quality(table_of(stamps, values));
    EXPECT_EQ(found.expected_rows, 2880);
    EXPECT_EQ(found.columns[0].missing, 720);
    EXPECT_DOUBLE_EQ(found.completeness, 0.5);
    EXPECT_EQ(found.columns[0].completeness_by_period, (std::vector<double>{0.5, 0.5}));
    ASSERT_EQ(found.timeliness.gaps.size(), 1u);
    EXPECT_EQ(found.timeliness.gaps[0].missing_rows, 720);
    EXPECT_EQ(found.timeliness.gaps[0].begin_ns, kStart + 1439 * kMinute);
    EXPECT_EQ(found.timeliness.gaps[0].end_ns, kStart + 2160 * kMinute);
}

TEST(DataQuality, AnEmptyDayStandsAmongThePeriods) {
    std::vector<std::int64_t> stamps;
    for (const Index day : {0, 2}) {
        for (Index hour = 0; hour < 24; ++hour) stamps.push_back(kStart + day * kDay + hour * kHour);
    }
    const DataQuality found = of(stamps);
    EXPECT_EQ(found.expected_by_period, (std::vector<Index>{24, 24, 24}));
    EXPECT_EQ(found.columns[0].completeness_by_period, (std::vector<double>{1, 0, 1}));
    EXPECT_TRUE(std::isnan(found.columns[0].validity_by_period[1]));
}

TEST(DataQuality, AGivenIntervalDecidesHowManyRowsAreExpected) {
    const DataQuality found = of(minutes(60), {.interval = "30s"});
    EXPECT_EQ(found.expected_rows, 119);
    EXPECT_NEAR(found.completeness, 60.0 / 119, 1e-15);
}

TEST(DataQuality, ValuesOutOfRangeAndNotFiniteAreNotValid) {
    std::vector<double> values = moving(100);
    for (double& value : values) value = 0.4 + 0.01 * value;
    values[3] = kInfinity;
    values[4] = -kInfinity;
    values[5] = -1;
    values[6] = 2;
    values[7] = 3;
    values[8] = 0;  // the bounds themselves are sound
    values[9] = 1;
    const DataQuality found = data_quality(table_of(minutes(100), values, {.lowest = 0, .highest = 1}));
    const ColumnQuality& column = found.columns[0];
    EXPECT_EQ(column.not_finite, 2);
    EXPECT_EQ(column.below, 1);
    EXPECT_EQ(column.above, 2);
    EXPECT_DOUBLE_EQ(column.validity, 0.95);
    EXPECT_EQ(column.validity_by_period, (std::vector<double>{0.95}));
    EXPECT_EQ(column.completeness, 1);
}

TEST(DataQuality, RangesOfTheReferenceTakeThePlaceOfTheTablesOwn) {
    const Frame table = table_of(minutes(100), moving(100), {.lowest = -0.001, .highest = 0.001});
    EXPECT_LT(data_quality(table).validity, 0.2);
    EXPECT_EQ(data_quality(table, {.reference = Schema({kTime, {.name = "x"}})}).validity, 1);
}

TEST(DataQuality, LevelsThatTheReferenceDoesNotKnowAreNotValidAndRareOnesAreNamed) {
    std::vector<std::string> texts(2000, "open");
    texts[7] = "ajar";
    for (std::size_t i = 100; i < 120; ++i) texts[i] = "shut";
    texts[30] = "";
    const Frame table(Schema({{.name = "valve", .kind = ColumnKind::category}}), {texts_of(texts)});
    const Schema reference({{.name = "valve", .kind = ColumnKind::category, .levels = {"open", "ajar"}}});
    const ColumnQuality column = data_quality(table, {.reference = reference}).columns[0];
    EXPECT_EQ(column.unknown, 20);
    EXPECT_EQ(column.unknown_levels, (std::vector<std::string>{"shut"}));
    EXPECT_EQ(column.rare_levels, (std::vector<std::string>{"ajar"}));
    EXPECT_EQ(column.missing, 1);
    EXPECT_DOUBLE_EQ(column.validity, 1979.0 / 1999);
    EXPECT_EQ(data_quality(table).columns[0].unknown, 0);
}

TEST(DataQuality, LateAndDoubledStampsCostTimelinessAndCountOnceEach) {
    std::vector<std::int64_t> stamps = minutes(100);
    std::swap(stamps[10], stamps[11]);  // one late row
    stamps[50] = stamps[49];            // one doubled, and a gap in its place
    stamps[99] = stamps[3];             // late and doubled
    stamps[70] = kMissingTime;
    const DataQuality found = of(stamps);
    EXPECT_EQ(found.timeliness.late_rows, 2);
    EXPECT_EQ(found.timeliness.duplicate_stamps, 2);
    EXPECT_EQ(found.timeliness.rows_without_stamp, 1);
    EXPECT_DOUBLE_EQ(found.timeliness.share, 0.96);
    EXPECT_TRUE(found.timeliness.clock_jumps.empty());
    EXPECT_EQ(found.timeliness.gaps.size(), 2u);
}

TEST(DataQuality, AClockThatIsPutBackIsToldFromLateTelegrams) {
    std::vector<std::int64_t> stamps = minutes(200);
    for (std::size_t i = 120; i < 200; ++i) stamps[i] -= kHour;
    const DataQuality found = of(stamps);
    ASSERT_EQ(found.timeliness.clock_jumps.size(), 1u);
    EXPECT_EQ(found.timeliness.clock_jumps[0].row, 120);
    EXPECT_EQ(found.timeliness.clock_jumps[0].from_ns, kStart + 119 * kMinute);
    EXPECT_EQ(found.timeliness.clock_jumps[0].to_ns, kStart + 60 * kMinute);
    EXPECT_EQ(found.timeliness.late_rows, 59);  // until it has caught up
}

TEST(DataQuality, IrregularStepsAreCounted) {
    std::vector<std::int64_t> stamps = minutes(101);
    for (std::size_t i = 1; i < stamps.size(); i += 10) stamps[i] += kMinute / 4;  // two steps each
    EXPECT_NEAR(of(stamps).timeliness.irregular_share, 0.2, 1e-12);
}

TEST(DataQuality, EachGroupIsASeriesOfItsOwn) {
    std::vector<std::int64_t> stamps;
    std::vector<std::string> names;
    for (Index i = 0; i < 100; ++i) {
        for (const char* name : {"a", "b"}) {
            if (name[0] == 'b' && i >= 40 && i < 60) continue;
            stamps.push_back(kStart + i * kMinute);
            names.push_back(name);
        }
    }
    const Frame table(Schema({kTime, {.name = "station", .kind = ColumnKind::category}, {.name = "x"}}),
                      {stamps_of(stamps), texts_of(names), Column::numbers(as_buffer(moving(180)))});
    const DataQuality found = data_quality(table, {.by = "station"});
    EXPECT_EQ(found.timeliness.duplicate_stamps, 0);
    EXPECT_EQ(found.expected_rows, 200);
    ASSERT_EQ(found.timeliness.gaps.size(), 1u);
    EXPECT_EQ(found.timeliness.gaps[0].group, "b");
    EXPECT_EQ(found.timeliness.gaps[0].missing_rows, 20);
    EXPECT_EQ(data_quality(table).timeliness.duplicate_stamps, 80);
}

TEST(DataQuality, FlatLinesOfAColumnThatMovesAreFoundAndAValveMayRest) {
    std::vector<double> sensor = moving(300), valve(300, 0.0);
    for (std::size_t i = 40; i < 60; ++i) sensor[i] = 7;
    for (std::size_t i = 100; i < 106; ++i) sensor[i] = 8;  // six are still believed
    sensor[45] = kNaN;                                      // does not end the line
    for (std::size_t i = 150; i < 300; ++i) valve[i] = 1;
    const Frame table(Schema({kTime, {.name = "sensor"}, {.name = "valve"}}),
                      {stamps_of(minutes(300)), Column::numbers(as_buffer(sensor)), Column::numbers(as_buffer(valve))});
    const DataQuality found = data_quality(table);
    EXPECT_EQ(found.columns[0].flat_rows, 19);
    EXPECT_EQ(found.columns[0].longest_flat, 19);
    EXPECT_EQ(found.columns[0].longest_flat_row, 40);
    EXPECT_DOUBLE_EQ(found.columns[0].uniqueness, 280.0 / 299);
    EXPECT_EQ(found.columns[1].flat_rows, 0);
    EXPECT_EQ(data_quality(table, {.flat_line = 5}).columns[0].flat_rows, 25);
}

TEST(DataQuality, RepeatedRowsConstantColumnsAndCopiesAreFound) {
    std::vector<double> x = moving(50), y = x, z(50, 3.0);
    x[10] = y[10] = x[9];
    x[20] = y[20] = -0.0;
    x[21] = y[21] = 0.0;  // equal to the row before
    const Frame table(Schema({{.name = "x"}, {.name = "y"}, {.name = "z"}}),
                      {Column::numbers(as_buffer(x)), Column::numbers(as_buffer(y)), Column::numbers(as_buffer(z))});
    const DataQuality found = data_quality(table);
    EXPECT_EQ(found.duplicate_rows, 2);
    EXPECT_EQ(found.columns[1].same_as, "x");
    EXPECT_EQ(found.columns[0].same_as, "");
    EXPECT_TRUE(found.columns[2].constant);
    EXPECT_EQ(found.columns[2].same_as, "");
    EXPECT_TRUE(std::isnan(found.timeliness.share));
    EXPECT_DOUBLE_EQ(found.uniqueness, 0.96);
    EXPECT_DOUBLE_EQ(found.score, 0.96);
}

TEST(DataQuality, TheScoreIsTheProductOfItsDimensions) {
    std::vector<double> values = moving(400);
    for (std::size_t i = 0; i < 40; ++i) values[i] = kNaN;
    values[50] = kInfinity;
    std::vector<std::int64_t> stamps = minutes(400);
    std::swap(stamps[200], stamps[201]);
    const DataQuality found = data_quality(table_of(stamps, values));
    EXPECT_DOUBLE_EQ(found.score, found.completeness * found.validity * found.timeliness.share * found.uniqueness);
    EXPECT_DOUBLE_EQ(found.score, 0.9 * (359.0 / 360) * (399.0 / 400));
}

TEST(DataQuality, EmptyTablesOneRowAndColumnsWithoutValuesAreWellDefined) {
    const DataQuality empty = of({});
    EXPECT_TRUE(std::isnan(empty.score));
    EXPECT_TRUE(empty.findings().empty());
    const DataQuality nothing = data_quality(Frame());
    EXPECT_TRUE(std::isnan(nothing.score));
    const DataQuality one = of({kStart});
    EXPECT_EQ(one.score, 1);
    EXPECT_EQ(one.timeliness.interval_ns, 0);
    EXPECT_TRUE(std::isnan(one.timeliness.irregular_share));
    const DataQuality blank = data_quality(table_of(minutes(5), std::vector<double>(5, kNaN)));
    EXPECT_EQ(blank.score, 0);
    EXPECT_TRUE(std::isnan(blank.columns[0].validity));
    EXPECT_EQ(blank.findings(), (std::vector<std::string>{"x: no value at all"}));
    const DataQuality timeless = of(std::vector<std::int64_t>(4, kMissingTime));
    EXPECT_EQ(timeless.timeliness.share, 0);
    EXPECT_EQ(timeless.expected_rows, 4);
}

TEST(DataQuality, DaysBeginAtMidnightOfTheColumnsZone) {
    ColumnSpec time = kTime;
    time.time_zone = "+08:00";
    const Frame table(Schema({time, {.name = "x"}}),
                      {stamps_of(minutes(1440)), Column::numbers(as_buffer(moving(1440)))});
    const DataQuality found = data_quality(table);
    EXPECT_EQ(found.period_begins_ns, (std::vector<std::int64_t>{kStart - 8 * kHour, kStart + 16 * kHour}));
    EXPECT_EQ(found.expected_by_period, (std::vector<Index>{960, 480}));
}

TEST(DataQuality, TheReportTellsTheSameAsTheNumbers) {
    std::vector<double> values = moving(100);
    values[1] = kInfinity;
    values[2] = kNaN;
    const DataQuality found = data_quality(table_of(minutes(100), values));
    const io::Json json = found.to_json();
    EXPECT_EQ(json.at("rows").as_integer(), 100);
    EXPECT_EQ(json.at("time").at("first").as_string(), "2024-03-01T00:00:00");
    EXPECT_EQ(json.at("time").at("interval_s").as_double(), 60);
    EXPECT_EQ(json.at("columns").as_array()[0].at("not_finite").as_integer(), 1);
    EXPECT_EQ(json.at("findings").as_array().size(), 2u);
    EXPECT_NE(found.to_text().find("- x: 1 value is not finite"), std::string::npos);
    EXPECT_NE(found.to_text().find("Data quality 98.0 % of 100 rows"), std::string::npos);
}

TEST(DataQuality, RefusesOptionsOutOfRangeAndNamesThatAreNotThere) {
    const Frame table = table_of(minutes(10), moving(10));
    const auto refuses = [&table](const DataQualityOptions& options) {
        EXPECT_THROW(data_quality(table, options), InvalidArgument);
    };
    refuses({.time = "x"});
    refuses({.by = "x"});
    refuses({.period = "soon"});
    refuses({.period = "1us"});  // more than 100000 of them
    refuses({.interval = "0s"});
    refuses({.max_gap = "long"});
    refuses({.flat_line = 1});
    refuses({.rare_share = 1});
    EXPECT_THROW(of({0, 4'600'000'000'000'000'000}), InvalidArgument);
    EXPECT_THROW(data_quality(table, {.time = "when"}), SchemaMismatch);
    EXPECT_THROW(data_quality(table, {.by = "station"}), SchemaMismatch);
}

}  // namespace
}  // namespace plantwright::monitor
