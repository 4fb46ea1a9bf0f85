// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/formula.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "plantwright/core/elementary.hpp"
#include "preprocessing_testing.hpp"

namespace plantwright {
namespace {

using testing::expect_causal;
using testing::expect_same_frames;
using testing::expect_stream_equals_batch;
using testing::plant_table;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Columns a = 2, b = 3, c = -4, z = 0, none = NaN, without units.
Frame letters() {
    const auto one = [](double x) { return Column::numbers(Buffer<double>(1, x)); };
    return Frame(Schema({{.name = "a"}, {.name = "b"}, {.name = "c"}, {.name = "z"}, {.name = "none"}}),
                 {one(2), one(3), one(-4), one(0), one(kNaN)});
}

double value_of(const std::string& text) {
    const Frame frame = letters();
    return Formula::fit(frame, {.formulas = NamedTexts{{"result", text}}}).transform(frame).column("result").number(0);
}

TEST(Formula, BindsAsInPython) {
    EXPECT_EQ(value_of("a + b * c"), -10);
    EXPECT_EQ(value_of("(a + b) * c"), -20);
    EXPECT_EQ(value_of("a - b - 1"), -2);
    EXPECT_EQ(value_of("12 / a / b"), 2);
    EXPECT_EQ(value_of("-a ^ 2"), -4);
    EXPECT_EQ(value_of("(-a) ^ 2"), 4);
    EXPECT_EQ(value_of("a ^ b ^ 2"), 512);
    EXPECT_EQ(value_of("a ** -1"), 0.5);
    EXPECT_EQ(value_of("a - -b"), 5);
    EXPECT_EQ(value_of("1 + 1 < a + 1 and not a == b"), 1);
    EXPECT_EQ(value_of("a > b or b > a and z"), 0);
    EXPECT_EQ(value_of("not a > b"), 1);
    EXPECT_EQ(value_of("1.5e1 * a + .5"), 30.5);
}

TEST(Formula, HasTheUsualFunctions) {
    EXPECT_EQ(value_of("min(a, b, c)"), -4);
    EXPECT_EQ(value_of("max(a, b, c) + min(1, z)"), 3);
    EXPECT_EQ(value_of("if(a < b, 10, 20) + if(z, 1, c)"), 6);
    EXPECT_EQ(value_of("abs(c) + sqrt(abs(c))"), 6);
    EXPECT_EQ(value_of("exp(a)"), elementary::exp(2));
    EXPECT_EQ(value_of("log(b)"), elementary::log(3));
    EXPECT_EQ(value_of("log10(a * 500)"), 3);
    EXPECT_EQ(value_of("log10(a * 5e21)"), 22);
    EXPECT_NEAR(value_of("log10(a)"), std::log10(2.0), 1e-16);
    EXPECT_EQ(value_of("sin(a) + cos(a)"), elementary::sin(2) + elementary::cos(2));
    EXPECT_EQ(value_of("pow(a, b) + a ^ 0.5"), 8 + elementary::pow(2, 0.5));
    EXPECT_EQ(value_of("round(a / 4) + round(b / 2) + floor(-b / 2) + ceil(b / 2)"), 0 + 2 - 2 + 2);
    EXPECT_EQ(value_of("coalesce(none, none, b)"), 3);
    EXPECT_EQ(value_of("isnan(none) + isnan(a)"), 1);
}

TEST(Formula, LetsMissingValuesThrough) {
    for (const char* text :
         {"none + a", "none * z", "none < a", "none == none", "not none", "none and z", "none or a", "min(none, a)",
          "max(a, none)", "if(none, a, b)", "none ^ 2", "pow(1 + z, none)", "coalesce(none, none)", "if(a, none, b)"})
        EXPECT_TRUE(std::isnan(value_of(text))) << text;
    EXPECT_EQ(value_of("if(z, none, b)"), 3);
    EXPECT_EQ(value_of("a / z"), kInfinity);
    EXPECT_EQ(value_of("c / z"), -kInfinity);
    EXPECT_EQ(value_of("log(z)"), -kInfinity);
    for (const char* text : {"z / z", "sqrt(c)", "log(c)", "c ^ 0.5"}) EXPECT_TRUE(std::isnan(value_of(text))) << text;
}

template <class Failure>
void expect_refused(const Frame& frame, const std::string& text, const std::string& words) {
    try {
        Formula::fit(frame, {.formulas = NamedTexts{{"f", text}}});
        ADD_FAILURE() << text;
    } catch (const Failure& error) {
        EXPECT_NE(std::string(error.message()).find(words), std::string::npos) << text << ": " << error.message();
    }
}

TEST(Formula, ShowsThePlaceOfAMistake) {
    const Frame frame = plant_table(5);
    const auto refuses = [&](const std::string& text, const std::string& words) {
        expect_refused<ParseError>(frame, text, words);
    };
    refuses("flow +", "expected a number, a column or '(', got the end of the formula\n  flow +\n        ^");
    refuses("flow fuel", "expected an operator\n  flow fuel\n       ^");
    refuses("(flow + 1", "expected ')', got the end");
    refuses("flow = 1", "equality is ==\n  flow = 1\n       ^");
    refuses("1 < flow < 3", "comparisons are not chained");
    refuses("sqr(flow)", "there is no function 'sqr'; did you mean 'sqrt'?\n  sqr(flow)\n  ^");
    refuses("min(flow)", "min takes two or more values, got 1");
    refuses("if(flow, 1)", "if takes 3 values, got 2");
    refuses("exp(flow, 1)", "exp takes 1 value, got 2");
    refuses("flow + 1e999", "too large");
    refuses("flow # 2", "expected an operator");
    refuses("`flow", "the backquote is not closed");
    refuses("and + flow", "expected a number, a column or '('");
    refuses("", "got the end of the formula");
    refuses("1 + 2", "it names no column");
    refuses(std::string(200, ' ') + "flow flow" + std::string(200, ' '), "\n  ...");
    expect_refused<SchemaMismatch>(frame, "Flow / steamt",
                                   "there is no column 'Flow'; did you mean 'flow'?\n  Flow / steamt\n  ^");
    expect_refused<InvalidArgument>(frame, "flow * grade", "of kind number, got 'grade' of kind category");
}

TEST(Formula, RefusesWhatIsLongOrDeep) {
    const Frame frame = letters();
    const auto times = [](int n, const std::string& text) {
        std::string all;
        for (int i = 0; i < n; ++i) all += text;
        return all;
    };
    for (const auto& text : {times(5000, "-") + "a", times(3000, "(") + "a", times(2000, "abs(") + "a",
                             times(2000, "not ") + "a", "a" + times(2000, "^a"), times(100, "a+(")})
        expect_refused<ParseError>(frame, text, "nested more than 64 deep");
    expect_refused<ParseError>(frame, times(20'000, " "), "at most 10000 bytes");
    EXPECT_EQ(value_of("a" + times(4000, "+a")), 8002);
    EXPECT_EQ(value_of(times(30, "(") + "a" + times(30, ")")), 2);
}

TEST(Formula, ReadsNamesInBackquotes) {
    const Frame frame(Schema({{.name = "gas flow"}, {.name = "a`b"}, {.name = "min"}}),
                      {Column::numbers(Buffer<double>(1, 2.0)), Column::numbers(Buffer<double>(1, 3.0)),
                       Column::numbers(Buffer<double>(1, 5.0))});
    const Formula step = Formula::fit(frame, {.formulas = NamedTexts{{"f", "`gas flow` * `a``b` + min(min, 9)"}}});
    EXPECT_EQ(step.transform(frame).column("f").number(0), 11);
    EXPECT_EQ(step.writes()[0].sources, (std::vector<std::string>{"gas flow", "a`b", "min"}));
}

/// Columns with units, and a few without.
Frame measured() {
    const auto one = [](double x) { return Column::numbers(Buffer<double>(1, x)); };
    return Frame(Schema({{.name = "energy", .unit = "kWh"},
                         {.name = "heat", .unit = "kWh"},
                         {.name = "units", .unit = "unit"},
                         {.name = "flow", .unit = "m3/h"},
                         {.name = "area", .unit = "m^2"},
                         {.name = "share", .unit = "1"},
                         {.name = "bare"}}),
                 {one(1), one(2), one(3), one(4), one(5), one(0.5), one(7)});
}

std::string unit_of(const std::string& text) {
    return Formula::fit(measured(), {.formulas = NamedTexts{{"f", text}}}).writes()[0].spec.unit;
}

TEST(Formula, CombinesUnits) {
    EXPECT_EQ(unit_of("energy / max(units, 1)"), "kWh/unit");
    EXPECT_EQ(unit_of("energy + heat"), "kWh");
    EXPECT_EQ(unit_of("energy / heat"), "1");
    EXPECT_EQ(unit_of("flow / area"), "m/h");
    EXPECT_EQ(unit_of("1 / flow"), "h/m3");
    EXPECT_EQ(unit_of("area ^ 2 * energy"), "m4 kWh");
    EXPECT_EQ(unit_of("sqrt(area) + area ^ 0.5"), "m");
    EXPECT_EQ(unit_of("sqrt(energy)"), "kWh^0.5");
    EXPECT_EQ(unit_of("abs(-energy) * share"), "kWh");
    EXPECT_EQ(unit_of("exp(energy / heat)"), "1");
    EXPECT_EQ(unit_of("if(energy > heat, flow, 0)"), "m3/h");
    EXPECT_EQ(unit_of("energy * bare"), "");  // unknown
    EXPECT_EQ(unit_of("energy + bare"), "");
    EXPECT_EQ(unit_of("energy > heat"), "");
    EXPECT_EQ(unit_of("coalesce(energy, heat, 0)"), "kWh");
    const Formula told =
        Formula::fit(measured(), {.formulas = NamedTexts{{"f", "energy / 1000"}}, .units = NamedTexts{{"f", "MWh"}}});
    EXPECT_EQ(told.writes()[0].spec.unit, "MWh");
}

TEST(Formula, RefusesUnitsThatDoNotFit) {
    const Frame frame = measured();
    expect_refused<InvalidArgument>(frame, "energy + units",
                                    "a sum needs equal units, got 'kWh' and 'unit'\n  energy + units\n         ^");
    expect_refused<InvalidArgument>(frame, "energy > units", "a comparison needs equal units");
    expect_refused<InvalidArgument>(frame, "max(energy, flow)", "max needs equal units, got 'kWh' and 'm3/h'");
    expect_refused<InvalidArgument>(frame, "if(bare, energy, flow)", "if needs equal units");
    expect_refused<InvalidArgument>(frame, "exp(energy)", "exp's argument must be a pure number, got one in 'kWh'");
    expect_refused<InvalidArgument>(frame, "2 ^ energy", "an exponent must be a pure number");
    expect_refused<InvalidArgument>(frame, "area ^ share", "needs a written exponent");
    expect_refused<InvalidArgument>(frame, "energy / units + heat", "got 'kWh/unit' and 'kWh'");
}

TEST(Formula, GivesTheSameBitsRowByRowFromItsFileAndByAnyThreads) {
    const Frame frame = plant_table(40'000, 3).without("time");
    const FormulaOptions options{
        .formulas =
            NamedTexts{{"ratio", "fuel / max(abs(steam_t - 510), 1e-3)"},
                       {"steam_t", "coalesce(steam_t * 2, 0)"},
                       {"mixed", "if(fuel > 65 and not isnan(flow), fuel ^ 1.3 + log10(fuel), sin(fuel) * fuel ^ 2)"}}};
    EXPECT_THROW(Formula::fit(frame, {.formulas = NamedTexts{{"f", "steam_t + flow"}}}), InvalidArgument);
    const Pipeline pipeline = Pipeline::fit(frame, {options});
    expect_stream_equals_batch(pipeline, frame.rows_between(0, 500));
    expect_causal(pipeline, frame.rows_between(0, 500));
    const Frame out = pipeline.transform(frame);
    expect_same_frames(pipeline.transform(frame, 3), out);
    expect_same_frames(Pipeline::from_bytes(pipeline.to_bytes()).transform(frame), out);
    EXPECT_EQ(out.schema().names()[0], "steam_t");  // in its place
    EXPECT_EQ(out.cols(), frame.cols() + 2);
}

TEST(Formula, SaysWhatIsAllowed) {
    const Frame frame = letters();
    EXPECT_THROW(Formula::fit(frame), InvalidArgument);
    EXPECT_THROW(Formula::fit(frame, {.formulas = NamedTexts{{"", "a"}}}), InvalidArgument);
    EXPECT_THROW(Formula::fit(frame, {.formulas = NamedTexts{{"f", "a"}, {"f", "b"}}}), InvalidArgument);
    EXPECT_THROW(Formula::fit(frame, {.formulas = NamedTexts{{"f", "a"}}, .units = NamedTexts{{"g", "kWh"}}}),
                 InvalidArgument);
    EXPECT_THROW(fit_step({"Formula", io::Json::parse(R"({"formulas": {"f": 3}})")}, frame), InvalidArgument);
    EXPECT_THROW(fit_step({"Formula", io::Json::parse(R"({"formulas": ["a"]})")}, frame), InvalidArgument);
}

}  // namespace
}  // namespace plantwright
