// SPDX-License-Identifier: MIT
#include "plantwright/frame/frame.hpp"

#include <gtest/gtest.h>

#include "check.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

Frame plant() {
    Schema schema({{.name = "steam_t", .role = Role::lever, .unit = "t/h"},
                   {.name = "grade", .kind = ColumnKind::category},
                   {.name = "time", .kind = ColumnKind::time, .role = Role::time}});
    return Frame(schema, {Column::numbers(Buffer<double>{1.5, kNaN, 3.5}), Column::categories({1, -1, 0}, {"A", "B"}),
                          Column::times({0, kMissingTime, 5})});
}

TEST(Column, KeepsTheOwnerOfBorrowedMemoryAliveAndDoesNotCopy) {
    auto values = std::make_shared<std::vector<double>>(std::vector<double>{1, 2, 3, 4, 5, 6});
    const double* memory = values->data();
    std::weak_ptr<std::vector<double>> watch = values;
    {
        const Column column = Column::numbers(VectorView<const double>(values->data(), 3, 2), values);
        values.reset();
        EXPECT_FALSE(watch.expired());
        EXPECT_EQ(column.float64().data(), memory);
        EXPECT_EQ(column.number(2), 5);
        EXPECT_EQ(column.rows_between(1, 3).number(0), 3);
    }
    EXPECT_TRUE(watch.expired());
}

TEST(Column, CountsTheMissingOfEveryKind) {
    const Frame frame = plant();
    for (Index i = 0; i < frame.cols(); ++i) EXPECT_EQ(frame.column(i).n_missing(), 1) << i;
    EXPECT_EQ(Column::numbers(Buffer<float>{1.0f, std::numeric_limits<float>::quiet_NaN()}).n_missing(), 1);
}

TEST(Column, RefusesAnAccessorOfAnotherKindAndSaysWhichItHas) {
    const Frame frame = plant();
    EXPECT_TRUE(has(message_of<InvalidArgument>([&] { frame.column("grade").number(0); }), "kind is category"));
    EXPECT_TRUE(has(message_of<InvalidArgument>([&] { frame.column("steam_t").float32(); }), "kind is float64 number"));
    EXPECT_TRUE(has(message_of<InvalidArgument>([&] { frame.column("time").levels(); }), "kind is time"));
}

TEST(Column, RefusesCodesOutOfRangeAndDoubledLevels) {
    EXPECT_TRUE(
        has(message_of<InvalidArgument>([] { Column::categories({0, 2}, {"A", "B"}); }), "below 2, got 2 in row 1"));
    EXPECT_TRUE(has(message_of<InvalidArgument>([] { Column::categories({-2}, {"A"}); }), "got -2 in row 0"));
    EXPECT_TRUE(has(message_of<InvalidArgument>([] { Column::categories({0}, {"A", "A"}); }), "'A' stands twice"));
}

TEST(Column, TakesRowsInAnyOrderAndRefusesThoseOutOfRange) {
    const Frame frame = plant();
    const std::vector<Index> rows{2, 0, 0};
    const Frame taken = frame.take(rows);
    EXPECT_EQ(taken.column("steam_t").number(0), 3.5);
    EXPECT_EQ(taken.column("grade").codes()[1], 1);
    EXPECT_EQ(taken.column("grade").levels(), frame.column("grade").levels());
    EXPECT_EQ(taken.column("time").times()[0], 5);
    EXPECT_THROW(frame.take(std::vector<Index>{3}), InvalidArgument);
    EXPECT_THROW(frame.take(std::vector<Index>{-1}), InvalidArgument);
}

TEST(Frame, RowRangesShareMemoryAndRefuseABadRange) {
    const Frame frame = plant();
    const Frame part = frame.rows_between(1, 3);
    EXPECT_EQ(part.rows(), 2);
    EXPECT_EQ(part.column("time").times().data(), frame.column("time").times().data() + 1);
    EXPECT_EQ(part.column("grade").codes().data(), frame.column("grade").codes().data() + 1);
    EXPECT_THROW(frame.rows_between(2, 1), InvalidArgument);
    EXPECT_THROW(frame.rows_between(0, 4), InvalidArgument);
}

TEST(Frame, RefusesColumnsThatDifferFromTheSchema) {
    const Schema one({{.name = "x"}});
    EXPECT_THROW(Frame(one, {}), InvalidArgument);
    EXPECT_TRUE(has(message_of<InvalidArgument>([&] { Frame(one, {Column::times({1})}); }),
                    "'x' is time, the schema says number"));
    const Schema two({{.name = "x"}, {.name = "y"}});
    EXPECT_TRUE(has(message_of<InvalidArgument>(
                        [&] { Frame(two, {Column::numbers(Buffer<double>(2)), Column::numbers(Buffer<double>(3))}); }),
                    "'y' has 3 rows"));
    const Schema levels({{.name = "c", .kind = ColumnKind::category, .levels = {"B", "A"}}});
    EXPECT_THROW(Frame(levels, {Column::categories({0}, {"A", "B"})}), InvalidArgument);
}

TEST(Frame, ASpecWithoutLevelsTakesOverTheColumns) {
    EXPECT_EQ(plant().schema().at("grade").levels, (std::vector<std::string>{"A", "B"}));
}

TEST(Frame, SelectsReplacesAppendsAndRemovesByName) {
    const Frame frame = plant();
    EXPECT_EQ(frame.select(std::vector<std::string>{"time", "steam_t"}).schema().names(),
              (std::vector<std::string>{"time", "steam_t"}));
    const Frame replaced = frame.with({.name = "grade"}, Column::numbers(Buffer<double>(3, 7.0)));
    EXPECT_EQ(replaced.column(1).number(0), 7.0);
    EXPECT_EQ(replaced.cols(), 3);
    EXPECT_EQ(frame.with({.name = "new"}, Column::numbers(Buffer<double>(3))).cols(), 4);
    EXPECT_EQ(frame.without("grade").schema().names(), (std::vector<std::string>{"steam_t", "time"}));
}

TEST(Frame, NamesTheColumnsThereAreWhenOneIsNot) {
    const auto message = message_of<SchemaMismatch>([] { plant().column("stream_t"); });
    EXPECT_TRUE(has(message, "'stream_t'") && has(message, "'steam_t', 'grade', 'time'")) << message;
    EXPECT_THROW(plant().without("x"), SchemaMismatch);
}

TEST(Schema, RefusesEmptyAndDoubledNames) {
    EXPECT_THROW(Schema({{.name = ""}}), InvalidArgument);
    EXPECT_THROW(Schema({{.name = "x"}, {.name = "x"}}), InvalidArgument);
}

TEST(Schema, InputsAreWhatIsKnownAtPredictionAndHasAnInputRole) {
    const Schema schema({{.name = "f"},
                         {.name = "late", .known_at_prediction = false},
                         {.name = "y", .role = Role::target},
                         {.name = "lever", .role = Role::lever},
                         {.name = "stamp", .kind = ColumnKind::time}});
    EXPECT_EQ(schema.input_names(), (std::vector<std::string>{"f", "lever"}));
    EXPECT_EQ(schema.name_of(Role::target), "y");
    EXPECT_EQ(schema.name_of(Role::group), std::nullopt);
}

TEST(Schema, WordsOfKindsAndRolesReadBackAndOthersAreRefused) {
    for (auto kind : {ColumnKind::number, ColumnKind::category, ColumnKind::time}) {
        EXPECT_EQ(column_kind_from(to_string(kind)), kind);
    }
    for (auto role : {Role::feature, Role::lever, Role::disturbance, Role::response, Role::target, Role::time,
                      Role::group, Role::ignored}) {
        EXPECT_EQ(role_from(to_string(role)), role);
    }
    EXPECT_TRUE(has(message_of<InvalidArgument>([] { role_from("labour"); }), "feature, lever"));
}

}  // namespace
}  // namespace plantwright
