// SPDX-License-Identifier: MIT
#include "plantwright/frame/write_csv.hpp"

#include <gtest/gtest.h>

#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

Frame one_column(ColumnSpec spec, Column column) { return Frame(Schema({std::move(spec)}), {std::move(column)}); }

TEST(WriteCsv, GivesTheShortestDigitsThatReadBackAndNothingForMissing) {
    const Frame frame(
        Schema({{.name = "x"}, {.name = "y"}}),
        {Column::numbers(Buffer<double>{0.1, kNaN, 1e300}), Column::numbers(Buffer<float>{0.1f, 2.0f, 16777216.0f})});
    EXPECT_EQ(to_csv(frame), "x,y\n0.1,0.1\n,2\n1e+300,16777216\n");
}

TEST(WriteCsv, QuotesNamesAndTextsAsRfc4180Asks) {
    const Frame frame =
        one_column({.name = "a,b", .kind = ColumnKind::category, .levels = {"x\"y", "", "two\nlines", "plain"}},
                   Column::categories(Buffer<std::int32_t>{0, 1, 2, 3}, {"x\"y", "", "two\nlines", "plain"}));
    EXPECT_EQ(to_csv(frame), "\"a,b\"\n\"x\"\"y\"\n\"\"\n\"two\nlines\"\nplain\n");
}

TEST(WriteCsv, WritesIsoTimesBeforeAndAfter1970AndFractions) {
    constexpr std::int64_t kSecond = 1'000'000'000;
    const auto times = [] {
        return Column::times(Buffer<std::int64_t>{0, -kSecond, 1514765700 * kSecond + 5, kMissingTime});
    };
    EXPECT_EQ(to_csv(one_column({.name = "t", .kind = ColumnKind::time}, times())),
              "t\n1970-01-01T00:00:00\n1969-12-31T23:59:59\n2018-01-01T00:15:00.000000005\n\"\"\n");
    EXPECT_EQ(to_csv(one_column({.name = "t", .kind = ColumnKind::time, .time_zone = "Europe/Berlin"}, times()))
                  .substr(0, 23),
              "t\n1970-01-01T00:00:00Z\n");
}

TEST(WriteCsv, RefusesADelimiterThatNumbersContainAndAPathThatCannotBeWritten) {
    const Frame frame = one_column({.name = "x"}, Column::numbers(Buffer<double>{1.0}));
    EXPECT_THROW(to_csv(frame, {.delimiter = '.'}), InvalidArgument);
    EXPECT_THROW(to_csv(frame, {.delimiter = '\0'}), InvalidArgument);
    EXPECT_THROW(write_csv("/no/such/folder/x.csv", frame), IoError);
}

}  // namespace
}  // namespace plantwright
