// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "plantwright/preprocessing/iterative_imputer.hpp"
#include "plantwright/preprocessing/knn_imputer.hpp"
#include "plantwright/preprocessing/simple_imputer.hpp"
#include "preprocessing_testing.hpp"

namespace plantwright {
namespace {

using testing::expect_causal;
using testing::expect_same_frames;
using testing::expect_stream_equals_batch;
using testing::plant_table;

Frame numbers(std::initializer_list<std::initializer_list<double>> columns) {
    std::vector<ColumnSpec> specs;
    std::vector<Column> values;
    for (const auto& column : columns) {
        specs.push_back({.name = "x" + std::to_string(specs.size())});
        values.push_back(Column::numbers(Buffer<double>(column)));
    }
    return Frame(Schema(std::move(specs)), std::move(values));
}

/// The formula, donor by donor.
double naive_fill(const Frame& train, const Frame& frame, Index row, Index column, std::size_t k, bool by_distance) {
    std::vector<std::pair<double, double>> donors;  // distance, value
    for (Index i = 0; i < train.rows(); ++i) {
        double squares = 0, n = 0;
        for (Index j = 0; j < train.cols(); ++j) {
            const double difference = frame.column(j).number(row) - train.column(j).number(i);
            if (std::isnan(difference)) continue;
            squares += difference * difference;
            ++n;
        }
        const double value = train.column(column).number(i);
        if (n > 0 && !std::isnan(value)) donors.emplace_back(squares * static_cast<double>(train.cols()) / n, value);
    }
    std::stable_sort(donors.begin(), donors.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    donors.resize(std::min(k, donors.size()));
    double sum = 0, total = 0;
    for (const auto& [distance, value] : donors) {
        const double weight = by_distance ? 1 / std::sqrt(distance) : 1;
        sum += weight * value;
        total += weight;
    }
    return sum / total;
}

TEST(KNNImputer, GivesTheMeanOfTheNearestRowsThatHaveTheColumn) {
    const std::vector<std::string> names = {"steam_t", "flow", "fuel"};
    const Frame train = plant_table(150, 3).select(names), frame = plant_table(60, 4).select(names);
    for (const bool by_distance : {false, true}) {
        const auto weights = by_distance ? NeighborWeights::distance : NeighborWeights::uniform;
        const Frame out = KNNImputer::fit(train, {.n_neighbors = 4, .weights = weights}).transform(frame);
        Index n_filled = 0;
        for (Index i = 0; i < frame.rows(); ++i) {
            bool has_value = false;
            for (Index j = 0; j < 3; ++j) has_value |= !std::isnan(frame.column(j).number(i));
            for (Index j = 0; j < 3 && has_value; ++j) {
                const double x = frame.column(j).number(i);
                const double expected = std::isnan(x) ? naive_fill(train, frame, i, j, 4, by_distance) : x;
                EXPECT_NEAR(out.column(j).number(i), expected, 1e-9 * std::abs(expected)) << i << ", " << j;
                n_filled += std::isnan(x);
            }
        }
        EXPECT_GT(n_filled, 10);
    }
}

TEST(KNNImputer, LooksFurtherWhereFewNearRowsHaveTheColumn) {
    Buffer<double> a(300), b(300, kNaN);
    for (Index i = 0; i < 300; ++i) a[i] = static_cast<double>(i);
    b[250] = 7;
    b[290] = 9;
    const Frame train(Schema({{.name = "a"}, {.name = "b"}}), {Column::numbers(std::move(a)), Column::numbers(b)});
    const Frame row = train.rows_between(0, 1);
    EXPECT_EQ(KNNImputer::fit(train, {.n_neighbors = 1}).transform(row).column("b").number(0), 7);
    EXPECT_EQ(KNNImputer::fit(train, {.n_neighbors = 5}).transform(row).column("b").number(0), 8);
}

TEST(KNNImputer, CountsTwinsAloneWhereNearnessWeighs) {
    const Frame train = numbers({{1, 1, 2, 3}, {10, 20, 40, 80}});
    const Frame row = numbers({{1}, {kNaN}});
    const KNNImputerOptions options{.n_neighbors = 3, .weights = NeighborWeights::distance};
    EXPECT_EQ(KNNImputer::fit(train, options).transform(row).column("x1").number(0), 15);
}

TEST(KNNImputer, FallsBackToTheMeanAndLeavesAnEmptyColumn) {
    const Frame train = numbers({{1, 2, kNaN}, {kNaN, kNaN, 3}, {kNaN, kNaN, kNaN}});
    const Frame out = KNNImputer::fit(train).transform(numbers({{1, kNaN}, {kNaN, kNaN}, {kNaN, kNaN}}));
    EXPECT_EQ(out.column("x1").number(0), 3);  // no donor shares a column
    EXPECT_EQ(out.column("x0").number(1), 1.5);
    EXPECT_TRUE(std::isnan(out.column("x2").number(0)));
}

TEST(RowImputers, GiveTheSameBitsRowByRowFromTheirFilesAndByAnyThreads) {
    const Frame frame = plant_table(200, 5);
    const std::vector<StepSpec> steps = {
        KNNImputerOptions{.add_indicator = true},
        KNNImputerOptions{.n_neighbors = 300, .weights = NeighborWeights::distance, .columns = {"steam_t", "fuel"}},
        IterativeImputerOptions{.n_estimators = 5, .max_iter = 3, .add_indicator = true},
        IterativeImputerOptions{.estimator = ImputerForest::extra_trees,
                                .n_estimators = 3,
                                .max_depth = 4,
                                .initial_strategy = InitialStrategy::median,
                                .skip_complete = true}};
    for (const StepSpec& step : steps) {
        const Pipeline pipeline = Pipeline::fit(frame, {step});
        expect_stream_equals_batch(pipeline, frame);
        expect_causal(pipeline, frame);
        const Frame out = pipeline.transform(frame);
        expect_same_frames(Pipeline::from_bytes(pipeline.to_bytes()).transform(frame), out);
        expect_same_frames(Pipeline::fit(frame, std::span(&step, 1), 3).transform(frame, 3), out);
        EXPECT_EQ(out.column("steam_t").n_missing(), 0);
    }
}

TEST(RowImputers, TellWhatWasMissing) {
    const Frame frame = plant_table(100, 5);
    for (const StepSpec& step : {StepSpec(KNNImputerOptions{.add_indicator = true}),
                                 StepSpec(IterativeImputerOptions{.n_estimators = 2, .add_indicator = true})}) {
        const Frame out = fit_step(step, frame)->transform(frame);
        for (Index i = 0; i < frame.rows(); ++i)
            EXPECT_EQ(out.column("flow__missing").number(i), std::isnan(frame.column("flow").number(i)) ? 1 : 0);
    }
}

/// Three sensors that follow one another, with gaps, and the same without.
std::pair<Frame, Frame> related(Index n_rows) {
    RandomStream random(9, 0, Purpose::simulation);
    std::vector<Buffer<double>> whole(3, Buffer<double>(n_rows)), gappy(3, Buffer<double>(n_rows));
    for (Index i = 0; i < n_rows; ++i) {
        const double load = random.uniform();
        const double values[] = {load + 0.02 * random.normal(), load * load + 0.02 * random.normal(),
                                 50 * std::sqrt(load) + random.normal()};
        for (std::size_t k = 0; k < 3; ++k) {
            whole[k][i] = values[k];
            gappy[k][i] = random.uniform() < 0.15 ? kNaN : values[k];
        }
    }
    const auto frame = [](std::vector<Buffer<double>>& columns) {
        return Frame(Schema({{.name = "a"}, {.name = "b"}, {.name = "c"}}),
                     {Column::numbers(std::move(columns[0])), Column::numbers(std::move(columns[1])),
                      Column::numbers(std::move(columns[2]))});
    };
    return {frame(gappy), frame(whole)};
}

double error_of(const Frame& filled, const Frame& gappy, const Frame& whole, Index column) {
    double squares = 0, n = 0;
    for (Index i = 0; i < whole.rows(); ++i) {
        if (!std::isnan(gappy.column(column).number(i))) continue;
        const double miss = filled.column(column).number(i) - whole.column(column).number(i);
        squares += miss * miss;
        ++n;
    }
    return std::sqrt(squares / n);
}

TEST(RowImputers, BeatTheMeanWhereColumnsAreRelated) {
    const auto [gappy, whole] = related(600);
    const Frame by_mean = SimpleImputer::fit(gappy).transform(gappy);
    const Frame by_neighbors = KNNImputer::fit(gappy).transform(gappy);
    const Frame by_forests = IterativeImputer::fit(gappy, {.n_estimators = 20}).transform(gappy);
    for (const Index k : {0, 1, 2}) {
        const double mean = error_of(by_mean, gappy, whole, k);
        EXPECT_LT(error_of(by_forests, gappy, whole, k), 0.6 * mean) << k;
    }
    EXPECT_LT(error_of(by_neighbors, gappy, whole, 2), 0.6 * error_of(by_mean, gappy, whole, 2));
}

TEST(IterativeImputer, FillsAColumnThatHadNoGapWhenFittedUnlessItIsSkipped) {
    const auto [gappy, whole] = related(300);
    const Frame later = gappy.rows_between(0, 100);
    const IterativeImputerOptions all{.n_estimators = 10}, none{.n_estimators = 10, .skip_complete = true};
    const Frame filled = IterativeImputer::fit(whole, all).transform(later);
    const Frame means = IterativeImputer::fit(whole, none).transform(later);
    const Frame truth = whole.rows_between(0, 100);
    EXPECT_LT(error_of(filled, later, truth, 1), 0.5 * error_of(means, later, truth, 1));
    expect_same_frames(means, SimpleImputer::fit(whole).transform(later));
}

TEST(IterativeImputer, LeavesTheInitialValuesWhereThereIsNothingToLearnFrom) {
    const Frame one = numbers({{1, kNaN, 3}});
    EXPECT_EQ(IterativeImputer::fit(one).transform(one).column("x0").number(1), 2);
    const Frame empty = numbers({{1, kNaN, 3}, {kNaN, kNaN, kNaN}});
    const Frame out = IterativeImputer::fit(empty, {.n_estimators = 2}).transform(empty);
    EXPECT_EQ(out.column("x0").n_missing(), 0);
    EXPECT_EQ(out.column("x1").n_missing(), 3);
    const IterativeImputerOptions no_round{.max_iter = 0, .initial_strategy = InitialStrategy::median};
    const Frame skewed = numbers({{1, 2, 9, kNaN}, {1, 2, 3, 4}});
    EXPECT_EQ(IterativeImputer::fit(skewed, no_round).transform(skewed).column("x0").number(3), 2);
}

TEST(RowImputers, SayWhatIsAllowed) {
    const Frame frame = plant_table(30);
    EXPECT_THROW(KNNImputer::fit(frame, {.n_neighbors = 0}), InvalidArgument);
    EXPECT_THROW(KNNImputer::fit(frame, {.columns = {"grade"}}), InvalidArgument);
    EXPECT_THROW(KNNImputer::fit(frame.rows_between(0, 0)), InvalidArgument);
    EXPECT_THROW(KNNImputer::fit(numbers({{1, HUGE_VAL}})), InvalidArgument);
    EXPECT_THROW(IterativeImputer::fit(numbers({{1, HUGE_VAL}})), InvalidArgument);
    EXPECT_THROW(IterativeImputer::fit(frame, {.n_estimators = 0}), InvalidArgument);
    EXPECT_THROW(IterativeImputer::fit(frame, {.max_iter = -1}), InvalidArgument);
    EXPECT_THROW(IterativeImputer::fit(frame, {.tol = kNaN}), InvalidArgument);
    EXPECT_THROW(IterativeImputer::fit(frame.rows_between(0, 0)), InvalidArgument);
}

}  // namespace
}  // namespace plantwright
