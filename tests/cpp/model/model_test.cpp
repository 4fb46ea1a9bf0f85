// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "../preprocessing/preprocessing_testing.hpp"
#include "plantwright/model/model.hpp"

namespace plantwright {
namespace {

using testing::cell_of;
using testing::plant_table;

Frame with_grade_as_target(const Frame& frame) {
    Frame present = frame.without("energy_kWh");
    std::vector<Index> rows;
    for (Index i = 0; i < frame.rows(); ++i) {
        if (frame.column("grade").codes()[i] != kMissingCode) rows.push_back(i);
    }
    return present.with_schema(present.schema().with_role("grade", Role::target)).take(rows);
}

std::vector<std::pair<Model, Frame>> models() {
    const Frame frame = plant_table(400), classes = with_grade_as_target(frame);
    const StepSpec scale = StandardScalerOptions{.columns = {"flow"}};
    return {{Model::fit<RandomForestRegressor>(frame, {scale}, {.n_estimators = 5}), frame},
            {Model::fit<RandomForestClassifier>(classes, {scale}, {.n_estimators = 5}), classes},
            {Model::fit<IsolationForest>(frame, {scale}, {.n_estimators = 5}), frame},
            {Model::fit<RandomForestRegressor>(frame, {}, {.n_estimators = 3}), frame}};
}

TEST(Model, GivesTheSameBitsRowByRowAndFromItsFile) {
    for (const auto& [model, frame] : models()) {
        const Matrix expected = model.outputs(frame);
        const Model loaded = Model::from_bytes(model.to_bytes());
        EXPECT_EQ(loaded.outputs(frame), expected);
        EXPECT_EQ(loaded.to_bytes(), model.to_bytes());
        ModelStream stream = loaded.stream();
        std::vector<Cell> row(static_cast<std::size_t>(frame.cols()));
        for (Index i = 0; i < frame.rows(); ++i) {
            for (Index j = 0; j < frame.cols(); ++j) row[static_cast<std::size_t>(j)] = cell_of(frame.column(j), i);
            const auto outputs = stream.update(row);
            for (Index k = 0; k < expected.cols(); ++k) ASSERT_EQ(outputs[static_cast<std::size_t>(k)], expected(i, k));
        }
    }
}

TEST(Model, NeedsNoTargetAndTakesFurtherColumnsInAnyOrder) {
    const Frame frame = plant_table(200);
    const Model model = Model::fit<RandomForestRegressor>(frame, {StandardScalerOptions{}}, {.n_estimators = 3});
    const std::vector<std::string> some = {"grade", "fuel", "flow", "steam_t"};
    const Frame other = frame.select(some).with({.name = "note"}, Column::numbers(Buffer<double>(200, 1.0)));
    EXPECT_EQ(model.predict(other), model.predict(frame));
    EXPECT_THROW(model.predict(frame.without("flow")), SchemaMismatch);
}

TEST(Model, TellsTheWayFromRawColumns) {
    const Frame frame = plant_table(100);
    const Model model = Model::fit<RandomForestRegressor>(frame, {StandardScalerOptions{}}, {.n_estimators = 2});
    EXPECT_EQ(model.lineage("flow"), (std::vector<std::string>{"flow [t/h]", "flow = StandardScaler(flow)"}));
    EXPECT_THROW(model.lineage("no such feature"), SchemaMismatch);
}

TEST(Model, RefusesAnEstimatorOfPlainArraysAndOneOfOtherColumns) {
    const Frame frame = plant_table(100);
    const Pipeline pipeline = Pipeline::fit(frame, {StandardScalerOptions{}});
    const Matrix X(10, 2, 1.0);
    EXPECT_THROW(Model(pipeline, RandomForestRegressor::fit(X.view(), Vector(10, 1.0), {.n_estimators = 1})),
                 InvalidArgument);
    const Frame other(Schema({{.name = "steam_p"}, {.name = "y", .role = Role::target}}),
                      {Column::numbers(Buffer<double>(5, 1.0)), Column::numbers(Buffer<double>(5, 1.0))});
    EXPECT_THROW(Model(pipeline, RandomForestRegressor::fit(other, "y", {.n_estimators = 1})), SchemaMismatch);
    EXPECT_THROW(Model::fit<RandomForestRegressor>(frame.without("energy_kWh"), {}), InvalidArgument);
}

TEST(Model, RefusesEveryShortenedFile) {
    const auto bytes =
        Model::fit<RandomForestRegressor>(plant_table(60), {StandardScalerOptions{}}, {.n_estimators = 1}).to_bytes();
    for (std::size_t size = 0; size < bytes.size(); size += 7)
        EXPECT_THROW(Model::from_bytes(std::span(bytes).first(size)), Error);
}

}  // namespace
}  // namespace plantwright
