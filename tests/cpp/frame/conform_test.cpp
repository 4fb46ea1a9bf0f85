// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <cmath>

#include "check.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/core/random.hpp"
#include "plantwright/frame/calendar.hpp"
#include "plantwright/frame/frame.hpp"

namespace plantwright {
namespace {

using Names = std::vector<std::string>;

Column numbers(std::initializer_list<double> values) { return Column::numbers(Buffer<double>(values)); }

Schema expected() {
    return Schema({{.name = "steam_t"},
                   {.name = "grade", .kind = ColumnKind::category, .levels = {"A", "B", "C"}},
                   {.name = "late", .known_at_prediction = false},
                   {.name = "batch", .kind = ColumnKind::category, .role = Role::group, .levels = {"1", "2"}},
                   {.name = "energy_kWh", .role = Role::target}});
}

Frame table(Schema schema, std::vector<Column> columns) { return Frame(std::move(schema), std::move(columns)); }

ColumnSpec category(std::string name) { return {.name = std::move(name), .kind = ColumnKind::category}; }

std::string refusal(const Frame& frame, const Schema& schema) {
    return message_of<SchemaMismatch>([&] { conform(frame, schema); });
}

TEST(Conform, PutsColumnsInOrderAndTranslatesCodesByName) {
    const Frame given = table(Schema({category("grade"), {.name = "steam_t"}}),
                              {Column::categories({0, 1, -1}, {"C", "A"}), numbers({1, 2, 3})});
    const Frame frame = conform(given, expected());
    EXPECT_EQ(frame.schema().names(), (Names{"steam_t", "grade"}));
    EXPECT_EQ(frame.column("grade").levels(), (Names{"A", "B", "C"}));
    EXPECT_EQ(frame.column("grade").codes()[0], 2);
    EXPECT_EQ(frame.column("grade").codes()[1], 0);
    EXPECT_EQ(frame.column("grade").codes()[2], -1);
    EXPECT_EQ(frame.column("steam_t").float64().data(), given.column("steam_t").float64().data());
}

TEST(Conform, NamesEveryMismatchInOneMessage) {
    const Frame given = table(Schema({category("grade"), category("energy_kWh"), {.name = "spare"}, {.name = "extra"}}),
                              {Column::categories({0, 1, 1}, {"A", "D"}), Column::categories({0, 0, 0}, {"high"}),
                               numbers({1, 2, 3}), numbers({1, 2, 3})});
    const std::string message = refusal(given, expected());
    for (const char* part : {"missing: 'steam_t'", "extra: 'spare', 'extra'",
                             "retyped: 'energy_kWh' is category ('high'), expected number",
                             "'grade' has 'D' in 2 rows (known: 'A', 'B', 'C')"}) {
        EXPECT_TRUE(has(message, part)) << part << "\n" << message;
    }
}

TEST(Conform, LeavesATargetOfClassesOutWhereItIsGivenAsNumbers) {
    const Schema classes({{.name = "steam_t"}, {.name = "fault", .kind = ColumnKind::category, .role = Role::target}});
    const Frame given = table(Schema({{.name = "steam_t"}, {.name = "fault", .role = Role::target}}),
                              {numbers({1, 2}), numbers({0, 1})});
    EXPECT_EQ(conform(given, classes).schema().names(), Names{"steam_t"});
}

TEST(Conform, NamesAtMostFiveUnseenLevelsAndCountsTheRowsOfAll) {
    const Frame given = table(Schema({{.name = "steam_t"}, category("grade")}),
                              {numbers({1, 2, 3, 4, 5, 6, 7}),
                               Column::categories({0, 1, 2, 3, 4, 5, 6}, {"A", "p", "q", "r", "s", "t", "u"})});
    const std::string message = refusal(given, expected());
    EXPECT_TRUE(has(message, "'p', 'q', 'r', 's', 't' and 1 more in 6 rows")) << message;
}

TEST(Conform, AnUnseenLevelThatNoRowUsesIsNoMismatch) {
    const Frame given =
        table(Schema({{.name = "steam_t"}, category("grade")}), {numbers({1}), Column::categories({1}, {"Z", "B"})});
    EXPECT_EQ(conform(given, expected()).column("grade").codes()[0], 1);
}

TEST(Conform, NumbersWhereCategoriesAreExpectedAreRetypedAndTheOtherWayRound) {
    const Frame given =
        table(Schema({category("steam_t"), {.name = "grade"}}), {Column::categories({0}, {"x"}), numbers({1})});
    const std::string message = refusal(given, expected());
    EXPECT_TRUE(has(message, "'steam_t' is category ('x'), expected number")) << message;
    EXPECT_TRUE(has(message, "'grade' is number, expected category")) << message;
}

TEST(Conform, AColumnWithoutAValueFitsAnyKind) {
    const Frame given = table(Schema({category("steam_t"), {.name = "grade"}}),
                              {Column::categories({-1, -1}, {}), numbers({kNaN, kNaN})});
    const Frame frame = conform(given, expected());
    EXPECT_EQ(frame.column("steam_t").n_missing(), 2);
    EXPECT_EQ(frame.column("grade").n_missing(), 2);
    EXPECT_EQ(frame.column("grade").levels(), (Names{"A", "B", "C"}));
}

TEST(Conform, BothWidthsOfNumbersFit) {
    const Schema schema({{.name = "x"}});
    EXPECT_TRUE(conform(table(schema, {Column::numbers(Buffer<float>{1})}), schema).column("x").is_float32());
}

TEST(Conform, WhatPredictionDoesNotNeedIsOptionalAndKeptWhereGiven) {
    const Frame given =
        table(Schema({{.name = "steam_t"}, category("grade"), {.name = "energy_kWh"}, {.name = "late"}}),
              {numbers({1}), Column::categories({0}, {"A"}), numbers({5}), numbers({6})});
    const Frame frame = conform(given, expected());
    EXPECT_EQ(frame.schema().names(), (Names{"steam_t", "grade", "late", "energy_kWh"}));
    EXPECT_EQ(frame.schema().at("energy_kWh").role, Role::target);
}

TEST(Conform, ANewGroupIsKeptBehindTheKnownOnes) {
    const Frame given =
        table(Schema({{.name = "steam_t"}, category("grade"), category("batch")}),
              {numbers({1, 2}), Column::categories({0, 0}, {"A"}), Column::categories({0, 1}, {"3", "2"})});
    const Frame frame = conform(given, expected());
    EXPECT_EQ(frame.column("batch").levels(), (Names{"1", "2", "3"}));
    EXPECT_EQ(frame.column("batch").codes()[0], 2);
    EXPECT_EQ(frame.column("batch").codes()[1], 1);
}

TEST(Conform, AnIgnoredColumnMayBeOfAnyKind) {
    const Schema schema({{.name = "x"}, {.name = "note", .role = Role::ignored}});
    const Frame frame = conform(
        table(Schema({{.name = "x"}, category("note")}), {numbers({1}), Column::categories({0}, {"?"})}), schema);
    EXPECT_EQ(frame.column("note").kind(), ColumnKind::category);
    EXPECT_EQ(frame.schema().at("note").role, Role::ignored);
}

Frame timed(const std::string& zone, std::int64_t time) {
    return table(Schema({{.name = "at", .kind = ColumnKind::time, .role = Role::time, .time_zone = zone}}),
                 {Column::times({time})});
}

Schema with_hour(const std::string& zone) { return with_calendar(timed(zone, 0), "at", Names{"hour"}).schema(); }

TEST(Conform, ComputesDerivedColumnsInTheSchemasZone) {
    EXPECT_EQ(conform(timed("+01:00", 0), with_hour("+08:00")).column("at_hour").number(0), 8);
    EXPECT_EQ(conform(timed("+01:00", 0), with_hour("+08:00")).schema().at("at").time_zone, "+08:00");
}

TEST(Conform, ReadsALocalClockInTheSchemasZone) {
    const std::int64_t noon = 12 * 3600 * kNanosecondsPerSecond;
    const Frame frame = conform(timed("", noon), with_hour("+08:00"));
    EXPECT_EQ(frame.column("at").times()[0], noon - 8 * 3600 * kNanosecondsPerSecond);
    EXPECT_EQ(frame.column("at_hour").number(0), 12);
}

TEST(Conform, RefusesAZoneWhereTheLocalClockIsExpected) {
    const std::string message = refusal(timed("UTC", 0), with_hour(""));
    EXPECT_TRUE(has(message, "'at' is time in zone 'UTC', expected time on the plant's local clock")) << message;
}

TEST(Conform, ASourceThatTheSchemaDoesNotListIsNoExtraColumn) {
    const Schema schema({with_hour("").at("at_hour")});
    EXPECT_EQ(conform(timed("", 0), schema).schema().names(), (Names{"at_hour"}));
}

TEST(Conform, SaysWhyADerivedColumnIsMissing) {
    const Schema schema({with_hour("").at("at_hour")});
    const Frame empty = table(Schema({{.name = "x"}}), {numbers({1})});
    EXPECT_TRUE(has(refusal(empty, schema), "'at_hour' (the hour of 'at', which is missing too)"));
    const Frame text = table(Schema({category("at")}), {Column::categories({0}, {"noon"})});
    EXPECT_TRUE(has(refusal(text, schema), "'at_hour' (the hour of 'at', which is no time)"));
}

TEST(Conform, AConformedFrameConformsAgainUnchanged) {
    const Schema schema = with_hour("+08:00");
    const Frame once = conform(timed("+01:00", 5), schema), twice = conform(once, schema);
    EXPECT_EQ(once.schema(), twice.schema());
    EXPECT_EQ(once.column("at_hour").number(0), twice.column("at_hour").number(0));
}

TEST(MergedByFloat32, NamesColumnsWhoseDistinctValuesCollide) {
    const double next = std::nextafter(1.0, 2.0);
    const Frame frame = table(
        Schema({{.name = "merged"}, {.name = "rounded"}, {.name = "exact"}, {.name = "missing"}, {.name = "huge"}}),
        {numbers({1.0, next, 5}), numbers({0.1, 0.2, 0.1}), numbers({1, 2, 3}), numbers({kNaN, kNaN, 0.1}),
         numbers({1e300, 1e301, 0})});
    EXPECT_EQ(merged_by_float32(frame), (Names{"merged", "huge"}));
}

TEST(MergedByFloat32, AgreesWithComparingAllPairs) {
    RandomStream stream(11, 0, Purpose::noise);
    for (int round = 0; round < 200; ++round) {
        Buffer<double> values(30);
        const double scale = std::ldexp(1.0, -static_cast<int>(stream.below(30)));
        for (double& value : values) value = 1.0 + scale * static_cast<double>(stream.below(40)) / 40;
        bool expected_merge = false;
        for (double a : values) {
            for (double b : values) expected_merge |= a != b && static_cast<float>(a) == static_cast<float>(b);
        }
        const Frame frame = table(Schema({{.name = "x"}}), {Column::numbers(values)});
        ASSERT_EQ(!merged_by_float32(frame).empty(), expected_merge);
    }
}

}  // namespace
}  // namespace plantwright
