// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <set>

#include "../preprocessing/preprocessing_testing.hpp"
#include "plantwright/model/model.hpp"
#include "plantwright/preprocessing/step_types.hpp"

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

TEST(Model, ACalibratedOneGivesTheSameBitsRowByRowAndFromItsFile) {
    const Frame frame = with_grade_as_target(plant_table(400));
    const StepSpec scale = StandardScalerOptions{.columns = {"flow"}};
    for (const auto method : {evaluate::CalibrationMethod::sigmoid, evaluate::CalibrationMethod::isotonic}) {
        Frame timed = frame;  // every stamp there, in order
        Buffer<std::int64_t> minutes(frame.rows());
        for (Index i = 0; i < frame.rows(); ++i) minutes[i] = i * 60'000'000'000;
        timed = timed.with(timed.schema().at("time"), Column::times(std::move(minutes)));
        const Model model =
            Model::fit_calibrated(timed, std::span(&scale, 1), {.n_estimators = 5}, {.method = method, .n_splits = 3});
        ASSERT_TRUE(model.calibration());
        const Model loaded = Model::from_bytes(model.to_bytes());
        const Matrix expected = model.outputs(timed);
        EXPECT_EQ(loaded.outputs(timed), expected);
        EXPECT_EQ(loaded.to_bytes(), model.to_bytes());
        ModelStream stream = loaded.stream();
        std::vector<Cell> row(static_cast<std::size_t>(timed.cols()));
        const Vector predicted = model.predict(timed);
        for (Index i = 0; i < timed.rows(); ++i) {
            for (Index j = 0; j < timed.cols(); ++j) row[static_cast<std::size_t>(j)] = cell_of(timed.column(j), i);
            const auto outputs = stream.update(row);
            double sum = 0;
            for (Index k = 0; k < expected.cols(); ++k) {
                ASSERT_EQ(outputs[static_cast<std::size_t>(k)], expected(i, k));
                EXPECT_LE(expected(i, k), expected(i, static_cast<Index>(predicted[i])));
                sum += expected(i, k);
            }
            EXPECT_NEAR(sum, 1, 1e-12);
        }
    }
}

TEST(Model, RefusesACalibrationThatDoesNotFit) {
    const auto all = models();
    Matrix shares(2, 2, 0.5);
    const auto two_classes =
        evaluate::Calibration::fit(shares, Buffer<std::int32_t>{0, 1}, evaluate::CalibrationMethod::sigmoid);
    for (const auto& [model, frame] : all) EXPECT_THROW(model.with_calibration(two_classes), InvalidArgument);
}

TEST(Model, PrunedGivesTheSameBitsFromFewerColumns) {
    const Frame frame = plant_table(300);
    const StepSpec rolling =
        RollingFeaturesOptions{.windows = {5}, .statistics = {"mean", "max"}, .columns = {"steam_t", "flow"}};
    const StepSpec lags = LagsOptions{.lags = {1}, .columns = {"flow"}};
    for (const bool scaled : {false, true}) {
        std::vector<StepSpec> steps = {rolling, lags};
        if (scaled) steps.insert(steps.begin(), StandardScalerOptions{});
        const Model model = Model::fit<RandomForestRegressor>(
            frame, steps, RandomForestOptions{.n_estimators = 4, .max_depth = 1, .max_features = {}});
        const Model pruned = model.prune();
        EXPECT_EQ(pruned.outputs(frame), model.outputs(frame));
        EXPECT_LT(pruned.feature_names().size(), model.feature_names().size());
        EXPECT_LT(pruned.schema().size(), model.schema().size());
        EXPECT_LE(pruned.to_bytes().size(), model.to_bytes().size());
        const Model loaded = Model::from_bytes(pruned.to_bytes());
        EXPECT_EQ(loaded.outputs(frame), model.outputs(frame));
        EXPECT_EQ(pruned.prune().to_bytes(), pruned.to_bytes());
    }
    const Model whole = Model::fit<RandomForestRegressor>(frame, {rolling}, {.n_estimators = 20});
    EXPECT_EQ(whole.prune().outputs(frame), whole.outputs(frame));
    const Model isolation = Model::fit<IsolationForest>(frame, {rolling}, {.n_estimators = 5});
    EXPECT_EQ(isolation.prune().outputs(frame), isolation.outputs(frame));
}

TEST(Model, PrunedKeepsEveryKindOfColumnwiseStepToItsBits) {
    const Frame frame = plant_table(200);
    const std::vector<StepSpec> kinds = {
        StandardScalerOptions{},      MinMaxScalerOptions{},     MaxAbsScalerOptions{}, RobustScalerOptions{},
        QuantileTransformerOptions{}, PowerTransformerOptions{}, ClipperOptions{},      ExponentialAverageOptions{},
        ExpandingOptions{},           DifferencesOptions{}};
    for (const StepSpec& kind : kinds) {
        SCOPED_TRACE(kind.type);
        const Pipeline pipeline = Pipeline::fit(frame, std::span(&kind, 1));
        std::set<std::string> wanted;  // of flow alone
        for (const auto& written : pipeline.steps()[0]->writes()) {
            if (written.sources.front() == "flow") wanted.insert(written.spec.name);
        }
        const Pipeline narrow = pipeline.narrowed_to(wanted);
        ASSERT_EQ(narrow.steps().size(), 1u);
        EXPECT_EQ(narrow.steps()[0]->writes().size(), wanted.size());
        narrow.steps()[0]->validate();
        const std::vector<std::string> names(wanted.begin(), wanted.end());
        testing::expect_same_frames(narrow.transform(frame.select(narrow.input_schema().names())).select(names),
                                    pipeline.transform(frame).select(names));
        EXPECT_FALSE(narrow.input_schema().find("steam_t"));
    }
}

TEST(Model, TellsWhatEachPartCosts) {
    const Frame frame = plant_table(100);
    const StepSpec lags = LagsOptions{.lags = {1, 2}, .columns = {"flow"}};
    const auto lines = Model::fit<RandomForestRegressor>(frame, {lags}, {.n_estimators = 2}).explain_plan(frame);
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_EQ(lines[0].what, "Lags");
    EXPECT_EQ(lines[0].columns_read, 1);
    EXPECT_EQ(lines[0].columns_written, 2);
    EXPECT_EQ(lines[0].bytes, 2 * 100 * 8);
    EXPECT_EQ(lines[1].what, "RandomForestRegressor");
    EXPECT_EQ(lines[1].columns_after, 1);
}

}  // namespace
}  // namespace plantwright
