// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>

#include "plantwright/preprocessing/boruta.hpp"
#include "plantwright/preprocessing/correlation_filter.hpp"
#include "plantwright/preprocessing/mutual_information_filter.hpp"
#include "plantwright/preprocessing/variance_threshold.hpp"
#include "preprocessing_testing.hpp"

namespace plantwright {
namespace {

using testing::plant_table;
using Names = std::vector<std::string>;

std::vector<StepSpec> all_selectors() {
    return {VarianceThresholdOptions{.threshold = 20},
            CorrelationFilterOptions{.threshold = 0.05},
            CorrelationFilterOptions{.threshold = 0.05, .method = CorrelationMethod::spearman},
            MutualInformationFilterOptions{},
            MutualInformationFilterOptions{.k = 2},
            SelectFromForestOptions{.n_estimators = 20},
            BorutaOptions{.hit_rate = 0.5, .max_rounds = 10, .n_estimators = 20}};
}

/// `signal` numbers that make up the target, and further ones of noise.
Frame noisy_table(Index n_rows, int n_signals, int n_noises, std::uint64_t seed) {
    RandomStream random(seed, 0, Purpose::noise);
    std::vector<ColumnSpec> specs;
    std::vector<Column> columns;
    Vector y(n_rows, 0.0);
    for (int k = 0; k < n_signals + n_noises; ++k) {
        Vector x(n_rows);
        for (double& value : x) value = random.normal();
        for (Index i = 0; k < n_signals && i < n_rows; ++i) y[i] += x[i];
        specs.push_back({.name = (k < n_signals ? "signal_" : "noise_") + std::to_string(k)});
        columns.push_back(Column::numbers(std::move(x)));
    }
    for (double& value : y) value += 0.5 * random.normal();
    specs.push_back({.name = "y", .role = Role::target});
    columns.push_back(Column::numbers(std::move(y)));
    return Frame(Schema(std::move(specs)), std::move(columns));
}

TEST(Selectors, GiveTheSameRowByRowAndFromTheirFilesForAnyNumberOfThreads) {
    const Frame frame = plant_table(300);
    for (const StepSpec& spec : all_selectors()) {
        SCOPED_TRACE(spec.type + spec.options.dump());
        const Pipeline pipeline = Pipeline::fit(frame, {spec});
        testing::expect_stream_equals_batch(pipeline, frame);
        const std::vector<StepSpec> steps{spec};
        EXPECT_EQ(Pipeline::fit(frame, steps, 2).to_bytes(), pipeline.to_bytes());
        const Pipeline loaded = Pipeline::from_bytes(pipeline.to_bytes());
        testing::expect_same_frames(loaded.transform(frame), pipeline.transform(frame));
        EXPECT_LT(pipeline.transform(frame).cols(), frame.cols());
    }
}

TEST(Selectors, LeaveColumnsThatAreNoInputsAlone) {
    const Frame frame = plant_table(200);
    for (const StepSpec& spec : all_selectors()) {
        const Frame out = Pipeline::fit(frame, {spec}).transform(frame);
        for (const char* name : {"time", "line", "energy_kWh"})
            EXPECT_TRUE(out.schema().find(name)) << spec.type << " drops " << name;
    }
}

TEST(Selectors, DoNotAskForWhatTheyLeaveOut) {
    const Frame frame = noisy_table(200, 1, 3, 1);
    const auto step = MutualInformationFilter::fit(frame, {.k = 1});
    EXPECT_EQ(step.kept(), (Names{"signal_0"}));
    const Names few{"signal_0"};
    EXPECT_EQ(step.transform(frame.select(few)).schema().names(), few);
}

TEST(VarianceThreshold, LeavesOutConstantsExactlyAndColumnsWithoutValues) {
    const Frame frame(Schema({{.name = "a"}, {.name = "b"}, {.name = "c"}}),
                      {Column::numbers(Vector(10, 0.1)), Column::numbers(Vector(10, kNaN)),
                       Column::numbers(Vector({1, 2, 1, 2, 1, 2, 1, 2, 1, kNaN}))});
    const auto step = VarianceThreshold::fit(frame);
    EXPECT_EQ(step.kept(), (Names{"c"}));
    EXPECT_EQ(step.variances()[0], 0);
    EXPECT_TRUE(std::isnan(step.variances()[1]));
    EXPECT_THROW(VarianceThreshold::fit(frame, {.threshold = -1}), InvalidArgument);
    EXPECT_THROW(VarianceThreshold::fit(frame.rows_between(0, 0)), InvalidArgument);
}

/// x and twice x with noise, and the target near one of the two.
Frame twins(bool second_is_nearer) {
    RandomStream random(5, 0, Purpose::noise);
    const Index n = 300;
    Vector a(n), b(n), c(n), y(n);
    for (Index i = 0; i < n; ++i) {
        a[i] = random.normal();
        b[i] = 2 * a[i] + 0.1 * random.normal();
        c[i] = random.normal();
        y[i] = second_is_nearer ? b[i] : a[i];
    }
    return Frame(Schema({{.name = "a"}, {.name = "b"}, {.name = "c"}, {.name = "y", .role = Role::target}}),
                 {Column::numbers(a), Column::numbers(b), Column::numbers(c), Column::numbers(y)});
}

TEST(CorrelationFilter, KeepsOfAPairTheOneNearerToTheTargetOrTheFirst) {
    EXPECT_EQ(CorrelationFilter::fit(twins(false)).kept(), (Names{"a", "c"}));
    EXPECT_EQ(CorrelationFilter::fit(twins(true)).kept(), (Names{"b", "c"}));
    EXPECT_EQ(CorrelationFilter::fit(twins(true), {.prefer = CorrelationPreference::first}).kept(), (Names{"a", "c"}));
    EXPECT_EQ(CorrelationFilter::fit(twins(true).without("y")).kept(), (Names{"a", "c"}));
    EXPECT_EQ(CorrelationFilter::fit(twins(true), {.threshold = 1}).kept(), (Names{"a", "b", "c"}));
}

TEST(MutualInformationFilter, KeepsOfNoiseNoMoreThanTheLevelAsked) {
    int n_kept = 0;
    const int n_tables = 60;
    for (int seed = 0; seed < n_tables; ++seed) {
        const Frame frame = noisy_table(200, 0, 10, static_cast<std::uint64_t>(seed));
        n_kept += MutualInformationFilter::fit(frame, {.alpha = 0.2}).kept().empty() ? 0 : 1;
    }
    // On noise alone all that is kept is false: the false discovery rate is the share of tables that keep anything.
    EXPECT_LT(n_kept, 0.2 * n_tables + 3 * std::sqrt(0.2 * 0.8 * n_tables));
    EXPECT_GT(n_kept, 0) << "the test is not that strict";
}

TEST(MutualInformationFilter, FindsASignalThatNoCorrelationSees) {
    RandomStream random(1, 0, Purpose::noise);
    const Index n = 600;
    Vector x(n), y(n);
    for (Index i = 0; i < n; ++i) {
        x[i] = random.normal();
        y[i] = x[i] * x[i] + 0.1 * random.normal();
    }
    Frame frame = noisy_table(n, 0, 20, 3);
    frame = frame.with({.name = "hidden"}, Column::numbers(x)).with(frame.schema().at("y"), Column::numbers(y));
    EXPECT_EQ(MutualInformationFilter::fit(frame, {.alpha = 0.001}).kept(), (Names{"hidden"}));
}

TEST(Boruta, KeepsTheSignalsAndOfNoiseNoMoreThanTheLevelAsked) {
    const BorutaOptions options{.n_estimators = 30, .max_depth = 5};
    EXPECT_EQ(Boruta::fit(noisy_table(300, 3, 7, 1), options).kept(), (Names{"signal_0", "signal_1", "signal_2"}));
    int n_kept = 0;
    for (std::uint64_t seed = 0; seed < 40; ++seed)
        n_kept += Boruta::fit(noisy_table(100, 0, 8, seed), options).kept().empty() ? 0 : 1;
    EXPECT_LE(n_kept, 40 * 0.05 + 3 * std::sqrt(0.05 * 0.95 * 40));
}

TEST(SelectFromForest, FindsTheSignalsByEitherImportance) {
    for (const auto importance : {ForestImportance::permutation, ForestImportance::impurity}) {
        const auto step =
            SelectFromForest::fit(noisy_table(300, 2, 8, 2), {.importance = importance, .n_estimators = 30});
        EXPECT_EQ(step.kept(), (Names{"signal_0", "signal_1"}));
    }
}

TEST(SelectFromForest, GivesNoiseAPermutationImportanceOfAboutZero) {
    const auto step = SelectFromForest::fit(noisy_table(300, 1, 4, 2), {.n_estimators = 50});
    for (Index k = 1; k < 5; ++k) EXPECT_LT(std::abs(step.importances()[k]), 0.05 * step.importances()[0]);
}

TEST(Selectors, RefuseTablesWithoutATargetAndOptionsOutOfRange) {
    const Frame frame = noisy_table(20, 1, 1, 1);
    EXPECT_THROW(Boruta::fit(frame.without("y")), InvalidArgument);
    EXPECT_THROW(SelectFromForest::fit(frame.without("y")), InvalidArgument);
    EXPECT_THROW(MutualInformationFilter::fit(frame.without("y")), InvalidArgument);
    EXPECT_THROW(Boruta::fit(frame, {.alpha = 0}), InvalidArgument);
    EXPECT_THROW(Boruta::fit(frame, {.max_rounds = 0}), InvalidArgument);
    EXPECT_THROW(SelectFromForest::fit(frame, {.threshold = "mode"}), InvalidArgument);
    EXPECT_THROW(SelectFromForest::fit(frame, {.threshold = "x*mean"}), InvalidArgument);
    EXPECT_THROW(SelectFromForest::fit(frame, {.n_estimators = 0}), InvalidArgument);
    EXPECT_THROW(MutualInformationFilter::fit(frame, {.k = 0}), InvalidArgument);
    EXPECT_THROW(CorrelationFilter::fit(frame, {.threshold = 0}), InvalidArgument);
}

}  // namespace
}  // namespace plantwright
