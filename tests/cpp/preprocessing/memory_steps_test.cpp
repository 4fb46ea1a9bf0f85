// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <cmath>

#include "plantwright/preprocessing/expanding.hpp"
#include "plantwright/preprocessing/exponential_average.hpp"
#include "plantwright/preprocessing/lags.hpp"
#include "preprocessing_testing.hpp"

namespace plantwright {
namespace {

using testing::expect_causal;
using testing::expect_stream_equals_batch;
using testing::plant_table;

constexpr std::int64_t kMinute = 60'000'000'000;

Frame timed(std::initializer_list<double> minutes, std::initializer_list<double> x) {
    Buffer<std::int64_t> times(static_cast<Index>(minutes.size()));
    Index i = 0;
    for (const double m : minutes) times[i++] = std::isnan(m) ? kMissingTime : static_cast<std::int64_t>(m) * kMinute;
    return Frame(Schema({{.name = "time", .kind = ColumnKind::time, .role = Role::time}, {.name = "x"}}),
                 {Column::times(std::move(times)), Column::numbers(Buffer<double>(x))});
}

void expect_column(const Frame& frame, const std::string& name, std::initializer_list<double> expected) {
    Index i = 0;
    for (const double value : expected) {
        const double found = frame.column(name).number(i);
        EXPECT_TRUE(std::isnan(value) ? std::isnan(found) : std::abs(found - value) < 1e-12)
            << name << ", row " << i << ": " << found << ", expected " << value;
        ++i;
    }
}

TEST(MemorySteps, GiveTheSameBitsRowByRowAndFromTheirFiles) {
    const Frame frame = plant_table(1200, 7);
    const std::vector<StepSpec> steps = {
        LagsOptions{.lags = {1, 70, "1h"}, .by = "line"},
        LagsOptions{.lags = {"10min"}, .tolerance = "5min"},
        DifferencesOptions{.lags = {1, "30min"}},
        DifferencesOptions{.lags = {3, "1h"}, .rate = "h", .by = "grade"},
        ExpandingOptions{.statistics = {ExpandingStatistic::mean, ExpandingStatistic::std, ExpandingStatistic::range,
                                        ExpandingStatistic::sum, ExpandingStatistic::count},
                         .by = "line",
                         .min_count = 3},
        ExponentialAverageOptions{.halflife = {5, "10min"}, .by = "line"}};
    for (const StepSpec& step : steps) {
        const Pipeline pipeline = Pipeline::fit(frame, {step});
        expect_stream_equals_batch(pipeline, frame);
        expect_causal(pipeline, frame);
        testing::expect_same_frames(Pipeline::from_bytes(pipeline.to_bytes()).transform(frame),
                                    pipeline.transform(frame));
    }
}

TEST(Lags, AreRowsBackOrTheLastRowAtThatTime) {
    const Frame frame = timed({0, 10, 20, 45, 50, 60}, {1, 2, 3, 4, kNaN, 6});
    const Frame out = Lags::fit(frame, {.lags = {1, 2, "15min"}}).transform(frame);
    expect_column(out, "x__lag_1", {kNaN, 1, 2, 3, 4, kNaN});
    expect_column(out, "x__lag_2", {kNaN, kNaN, 1, 2, 3, 4});
    expect_column(out, "x__lag_15min", {kNaN, kNaN, 1, 3, 3, 4});
    const Frame fresh = Lags::fit(frame, {.lags = {"10min"}, .tolerance = "5min"}).transform(frame);
    expect_column(fresh, "x__lag_10min", {kNaN, 1, 2, kNaN, kNaN, kNaN});
}

TEST(Differences, AreChangesAndChangesPerUnitOfTime) {
    const Frame frame = timed({0, 10, 20, 20, 15, kNaN, 50}, {1, 2, 4, 8, 16, 32, 64});
    const Frame out = Differences::fit(frame).transform(frame);
    expect_column(out, "x__diff_1", {kNaN, 1, 2, 4, 8, 16, 32});
    const Frame rates = Differences::fit(frame, {.lags = {1, 2}, .rate = "h"}).transform(frame);
    expect_column(rates, "x__rate_per_h_1", {kNaN, 6, 12, kNaN, kNaN, kNaN, kNaN});
    expect_column(rates, "x__rate_per_h_2", {kNaN, kNaN, 9, 36, kNaN, kNaN, 48.0 * 60 / 35});
}

TEST(Expanding, IsOfAllRowsSoFar) {
    const Frame frame = timed({0, 1, 2, 3}, {1e8 + 1, kNaN, 1e8 + 3, 1e8 + 8});
    using enum ExpandingStatistic;
    const Frame out = Expanding::fit(frame, {.statistics = {mean, var, min, range, sum, count}}).transform(frame);
    expect_column(out, "x__expanding_mean", {1e8 + 1, 1e8 + 1, 1e8 + 2, 1e8 + 4});
    expect_column(out, "x__expanding_var", {kNaN, kNaN, 2, 13});
    expect_column(out, "x__expanding_range", {0, 0, 2, 7});
    expect_column(out, "x__expanding_sum", {1e8 + 1, 1e8 + 1, 2e8 + 4, 3e8 + 12});
    expect_column(out, "x__expanding_count", {1, 1, 2, 3});
}

TEST(ExponentialAverage, WeighsByAgeOverIrregularSteps) {
    const Frame frame = timed({0, 10, 30, 30, 20}, {1, 4, kNaN, 5, 5});
    const Frame out = ExponentialAverage::fit(frame, {.halflife = {1, "10min"}}).transform(frame);
    const double second = (0.5 * 1 + 4) / 1.5;
    const double by_rows = (0.125 * 1 + 0.25 * 4 + 5) / 1.375, by_time = (0.125 * 1 + 0.25 * 4 + 5) / 1.375;
    expect_column(out, "x__ewma_1", {1, second, second, by_rows});
    expect_column(out, "x__ewma_10min",
                  {1, second, second, (0.125 * 1 + 0.25 * 4 + 5) / 1.375, (by_time * 1.375 + 5) / 2.375});
}

TEST(MemorySteps, SayWhatIsAllowed) {
    const Frame frame = plant_table(20);
    EXPECT_THROW(Lags::fit(frame, {.lags = {}}), InvalidArgument);
    EXPECT_THROW(Lags::fit(frame, {.lags = {1}, .tolerance = 3}), InvalidArgument);
    EXPECT_THROW(Lags::fit(frame, {.lags = {1, 1}}), InvalidArgument);
    EXPECT_THROW(Differences::fit(frame, {.rate = "fortnight"}), InvalidArgument);
    EXPECT_THROW(Expanding::fit(frame, {.statistics = {}}), InvalidArgument);
    EXPECT_THROW(Expanding::fit(frame, {.min_count = 0}), InvalidArgument);
    EXPECT_THROW(ExponentialAverage::fit(frame, {.halflife = {}}), InvalidArgument);
    EXPECT_THROW(fit_step({"Expanding", io::Json::parse(R"({"statistics": ["median"]})")}, frame), InvalidArgument);
    EXPECT_THROW(Lags::fit(frame.rows_between(0, 0)), InvalidArgument);
}

}  // namespace
}  // namespace plantwright
