// SPDX-License-Identifier: MIT
#include "plantwright/io/json.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "plantwright/core/error.hpp"

namespace plantwright::io {
namespace {

TEST(Json, KeepsTheOrderOfMembersThroughTextAndBack) {
    Json value;
    value["zeta"] = 1;
    value["alpha"] = Json::Array{true, nullptr, 0.1, "text"};
    value["empty"] = Json::object();
    EXPECT_EQ(value.dump(), R"({"zeta":1,"alpha":[true,null,0.1,"text"],"empty":{}})");
    EXPECT_EQ(Json::parse(value.dump()), value);
    EXPECT_EQ(Json::parse(value.dump(2)), value);
}

TEST(Json, PrintsEveryDoubleSoThatItReadsBackAsTheSameDouble) {
    for (double x :
         {0.1, 1.0, -0.0, 1e300, 5e-324, 1.0 / 3, 123456789012345680.0, std::numeric_limits<double>::max()}) {
        const Json back = Json::parse(Json(x).dump());
        EXPECT_EQ(std::signbit(back.as_double()), std::signbit(x));
        EXPECT_EQ(back, Json(x)) << Json(x).dump();
    }
}

TEST(Json, PrintsNaNAndInfinityAsNull) {
    EXPECT_EQ(Json(std::numeric_limits<double>::quiet_NaN()).dump(), "null");
    EXPECT_EQ(Json(-std::numeric_limits<double>::infinity()).dump(), "null");
}

TEST(Json, TakesEveryIntegerTypeAndMakesADoubleOfWhatExceeds64Bits) {
    EXPECT_EQ(Json(std::size_t{7}), Json(7));
    EXPECT_EQ(Json(std::numeric_limits<std::int64_t>::min()).dump(), "-9223372036854775808");
    EXPECT_FALSE(Json(std::numeric_limits<std::uint64_t>::max()).is_integer());
    EXPECT_EQ(Json::parse("9223372036854775807").as_integer(), std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(Json::parse("18446744073709551616").as_double(), 18446744073709551616.0);
}

TEST(Json, RefusesADoubledKeyAndNamesIt) {
    try {
        Json::parse(R"({"a":1,"b":{"a":2},"a":3})");
        FAIL() << "accepted";
    } catch (const ParseError& error) {
        EXPECT_NE(std::string(error.what()).find("'a' stands twice"), std::string::npos) << error.what();
    }
}

TEST(Json, RefusesNestingBeyondTheLimitWhenReadAndWhenWritten) {
    const auto nested = [](int depth) {
        const auto n = static_cast<std::size_t>(depth);
        return std::string(n, '[') + std::string(n, ']');
    };
    EXPECT_NO_THROW(Json::parse(nested(Json::kMaxDepth)).dump());
    EXPECT_THROW(Json::parse(nested(Json::kMaxDepth + 1)), ParseError);
    EXPECT_THROW(Json::parse(std::string(1 << 20, '[')), ParseError);
    Json deep;
    for (int i = 0; i < 200; ++i) deep = Json::Array{std::move(deep)};
    EXPECT_THROW(deep.dump(), InvalidArgument);
}

class MalformedJson : public testing::TestWithParam<std::string> {};

TEST_P(MalformedJson, IsRefusedWithAParseError) { EXPECT_THROW(Json::parse(GetParam()), ParseError); }

INSTANTIATE_TEST_SUITE_P(Json, MalformedJson,
                         testing::Values("", " ", "{", "[1,]", "{\"a\":}", "1 2", "nan", "Infinity", "1e999", "'a'",
                                         "\"\xff\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\"\\ud800\"", "{\"a\":1,}",
                                         "// x\n1", std::string("1\0", 2), "\"a", "+1", "01", ".5", "tru"));

TEST(Json, RefusesToPrintAStringThatIsNotUtf8) { EXPECT_THROW(Json("\xff").dump(), InvalidArgument); }

TEST(Json, SaysWhatItFoundWhereAnotherTypeWasAsked) {
    try {
        Json("x").as_integer();
        FAIL() << "accepted";
    } catch (const InvalidArgument& error) {
        EXPECT_STREQ(error.what(), "Json: expected an integer, got a string");
    }
    EXPECT_THROW(Json(1).at("x"), InvalidArgument);
    EXPECT_THROW(Json::object().at("x"), InvalidArgument);
    EXPECT_EQ(Json(1).find("x"), nullptr);
    EXPECT_EQ(Json(3).as_double(), 3.0);
}

TEST(Json, ReadsAnObjectOfManyMembersInLinearTime) {
    std::string text = "{";
    for (int i = 0; i < 100000; ++i) text += (i ? ",\"" : "\"") + std::to_string(i) + "\":0";
    EXPECT_EQ(Json::parse(text + "}").as_object().size(), 100000u);  // minutes, were it quadratic
}

}  // namespace
}  // namespace plantwright::io
