// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/rolling_features.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "preprocessing_testing.hpp"

namespace plantwright {
namespace {

using testing::expect_causal;
using testing::expect_stream_equals_batch;
using testing::plant_table;

const std::vector<std::string> kAll = {"mean",  "std",   "var",  "min",    "max", "range", "sum",
                                       "count", "slope", "skew", "median", "q10", "q99.5"};

/// The present values of the last `window` rows, and how many rows back they lie.
struct NaiveWindow {
    std::vector<long double> x, position;

    NaiveWindow(const Column& column, Index row, Index window) {
        for (Index i = std::max<Index>(0, row - window + 1); i <= row; ++i) {
            if (std::isnan(column.number(i))) continue;
            x.push_back(column.number(i));
            position.push_back(static_cast<long double>(i - row));
        }
    }
    long double n() const { return static_cast<long double>(x.size()); }
    static long double mean_of(const std::vector<long double>& v) {
        long double sum = 0;
        for (const long double value : v) sum += value;
        return sum / static_cast<long double>(v.size());
    }
    long double power_sum(int power) const {
        const long double mean = mean_of(x);
        long double sum = 0;
        for (const long double value : x) sum += std::pow(value - mean, power);
        return sum;
    }
    long double slope() const {
        const long double mx = mean_of(x), mp = mean_of(position);
        long double c = 0, m = 0;
        for (std::size_t i = 0; i < x.size(); ++i) {
            c += (x[i] - mx) * (position[i] - mp);
            m += (position[i] - mp) * (position[i] - mp);
        }
        return c / m;
    }
    long double quantile(long double q) {
        std::sort(x.begin(), x.end());
        const long double h = q * (n() - 1);
        const auto k = static_cast<std::size_t>(h);
        const long double part = h - static_cast<long double>(k);
        return x[k] + part * (part > 0 ? x[k + 1] - x[k] : 0);
    }
};

void expect_close(double found, long double expected, long double scale, const std::string& what) {
    if (std::isnan(static_cast<double>(expected)))
        EXPECT_TRUE(std::isnan(found)) << what << ": " << found;
    else
        EXPECT_NEAR(found, static_cast<double>(expected), static_cast<double>(1e-12L * scale)) << what;
}

void expect_naive(const Frame& out, const Frame& in, const std::string& name, Index window) {
    const auto column = [&](const std::string& what) -> const Column& {
        return out.column(name + "__rolling_" + what + "_" + std::to_string(window));
    };
    for (Index i = 0; i < in.rows(); ++i) {
        NaiveWindow naive(in.column(name), i, window);
        const long double n = naive.n(), m2 = n > 0 ? naive.power_sum(2) : 0, missing = kNaN;
        const long double std = n > 1 ? std::sqrt(m2 / (n - 1)) : missing;
        const std::string row = "window " + std::to_string(window) + ", row " + std::to_string(i);
        EXPECT_EQ(column("count").number(i), static_cast<double>(n)) << row;
        const long double mean = n > 0 ? NaiveWindow::mean_of(naive.x) : missing, size = 1 + std::abs(mean);
        expect_close(column("mean").number(i), mean, size, row + " mean");
        expect_close(column("sum").number(i), n > 0 ? mean * n : missing, size * n, row + " sum");
        expect_close(column("std").number(i), std, std, row + " std");
        expect_close(column("var").number(i), std * std, std * std, row + " var");
        if (n > 1) expect_close(column("slope").number(i), naive.slope(), 10 * (std + std::abs(naive.slope())), row);
        if (n > 2) {
            const long double skew = n * std::sqrt(n - 1) / (n - 2) * naive.power_sum(3) / std::pow(m2, 1.5L);
            expect_close(column("skew").number(i), skew, 100 * (1 + std::abs(skew)), row + " skew");
        }
        expect_close(column("min").number(i), n > 0 ? naive.quantile(0) : missing, 0, row + " min");
        expect_close(column("max").number(i), n > 0 ? naive.quantile(1) : missing, 0, row + " max");
        for (const auto& [what, q] :
             std::map<std::string, long double>{{"median", 0.5}, {"q10", 0.1}, {"q99.5", 0.995}})
            expect_close(column(what).number(i), n > 0 ? naive.quantile(q) : missing, size, row + " " + what);
    }
}

class RollingWindows : public ::testing::TestWithParam<int> {};

TEST_P(RollingWindows, SayWhatTheNaiveFormulasSay) {
    const Frame frame = plant_table(1500);
    const RollingFeaturesOptions options{.windows = {GetParam()}, .statistics = kAll, .columns = {"steam_t", "flow"}};
    const Frame out = RollingFeatures::fit(frame, options).transform(frame);
    expect_naive(out, frame, "steam_t", GetParam());
    expect_naive(out, frame, "flow", GetParam());
}

INSTANTIATE_TEST_SUITE_P(Lengths, RollingWindows, ::testing::Values(1, 2, 3, 5, 10, 60, 63, 64, 300, 1000));

TEST(RollingFeatures, GivesTheSameBitsRowByRowAndFromItsFile) {
    const Frame frame = plant_table(2500, 2);
    const std::vector<RollingFeaturesOptions> many = {
        {.windows = {1, 5, 60, 257, 300}, .statistics = kAll},
        {.windows = {10, 60}, .statistics = {"mean", "std", "min", "count"}},
        {.windows = {"10min", 60, "2h", "90s"}, .statistics = kAll, .columns = {"flow", "fuel"}},
        {.windows = {7, "1h"}, .statistics = kAll, .by = "line", .min_count = 3},
        {.windows = {"10min", 60, "2h", "90s", "3d"},
         .statistics = {"mean", "var", "skew", "min", "range", "count", "median", "q90"}},
        {.windows = {"20min"}, .statistics = {"max", "count"}, .min_count = 4},
        {.windows = {7, 300, 900}, .statistics = {"q25", "median", "q100"}, .min_count = 2}};
    for (const RollingFeaturesOptions& options : many) {
        const Pipeline pipeline = Pipeline::fit(frame, {options});
        expect_stream_equals_batch(pipeline, frame);
        expect_causal(pipeline, frame);
        testing::expect_same_frames(Pipeline::from_bytes(pipeline.to_bytes()).transform(frame),
                                    pipeline.transform(frame));
    }
}

Frame one_column(Buffer<double> values) {
    return Frame(Schema(std::vector<ColumnSpec>{{.name = "x"}}), {Column::numbers(std::move(values))});
}

TEST(RollingFeatures, GivesTheSameBitsWhereStretchesWithoutGapsFollowStretchesWithThem) {
    const Frame noise = plant_table(9000, 3);
    auto x = noise.column("flow").to_float64();
    for (Index i = 0; i < 9000; ++i) {
        if (std::isnan(x[i]) && i / 1500 % 2 == 0) x[i] = 3;
    }
    const Frame frame = one_column(std::move(x));
    expect_stream_equals_batch(
        Pipeline::fit(frame, {RollingFeaturesOptions{.windows = {5, 30, 60, 100},
                                                     .statistics = {"mean", "std", "min", "max", "median", "q90"}}}),
        frame);
}

TEST(RollingFeatures, GivesTheSameBitsInLongWindowsOfFewValuesAndTies) {
    const Frame noise = plant_table(4000, 6);
    auto x = noise.column("fuel").to_float64();
    for (Index i = 0; i < 4000; ++i) {
        x[i] = i > 500 && i < 1700 ? kNaN : std::floor(x[i]);
        if (i > 2000 && i < 3000 && i % 97 != 0) x[i] = kNaN;
    }
    const Frame frame = one_column(std::move(x));
    expect_stream_equals_batch(
        Pipeline::fit(frame, {RollingFeaturesOptions{.windows = {300, 500},
                                                     .statistics = {"q0", "median", "q90", "q100", "std"}}}),
        frame);
}

TEST(RollingFeatures, LosesNoDigitsToAnOffset) {
    const Frame noise = plant_table(3000, 4);
    Buffer<double> offset(3000), plain(3000);
    for (Index i = 0; i < 3000; ++i) {
        plain[i] = std::isnan(noise.column("steam_t").number(i)) ? kNaN : std::floor(noise.column("steam_t").number(i));
        offset[i] = plain[i] + 1e8;
    }
    const RollingFeaturesOptions options{.windows = {5, 60, 1000}, .statistics = {"std", "slope", "skew"}};
    const Frame a = one_column(std::move(plain)), b = one_column(std::move(offset));
    testing::expect_same_frames(RollingFeatures::fit(a, options).transform(a).without("x"),
                                RollingFeatures::fit(b, options).transform(b).without("x"));
}

TEST(RollingFeatures, NeitherOtherWindowsNorOlderRowsChangeAnyBit) {
    const Frame frame = plant_table(3000, 5);
    const Frame alone =
        RollingFeatures::fit(frame, {.windows = {60}, .statistics = {"std", "slope"}, .columns = {"flow"}})
            .transform(frame);
    const RollingFeaturesOptions more{.windows = {7, 60, "1h"}, .statistics = kAll, .columns = {"flow"}};
    const Frame among = RollingFeatures::fit(frame, more).transform(frame);
    const Frame later = RollingFeatures::fit(frame, more).transform(frame.rows_between(1000, 3000));
    for (Index i = 1100; i < 3000; ++i) {
        for (const char* name : {"flow__rolling_std_60", "flow__rolling_slope_60"}) {
            ASSERT_EQ(alone.column(name).number(i), among.column(name).number(i)) << i;
            ASSERT_EQ(alone.column(name).number(i), later.column(name).number(i - 1000)) << i;
        }
    }
}

TEST(RollingFeatures, TakesAnInfinityForAMissingReadingAndMinusZeroForZero) {
    Buffer<double> x{1, HUGE_VAL, -0.0, kNaN, -HUGE_VAL, 3};
    const Frame frame = one_column(std::move(x));
    const Frame out =
        RollingFeatures::fit(frame, {.windows = {2}, .statistics = {"max", "median", "count"}}).transform(frame);
    EXPECT_EQ(out.column("x__rolling_max_2").number(1), 1);
    EXPECT_EQ(out.column("x__rolling_count_2").number(4), 0);
    EXPECT_TRUE(std::isnan(out.column("x__rolling_median_2").number(4)));
    EXPECT_FALSE(std::signbit(out.column("x__rolling_max_2").number(2)));
}

TEST(RollingFeatures, AWindowByTimeHoldsWhatIsYoungerThanItsLength) {
    const std::int64_t minute = 60'000'000'000;
    // late by 1 minute; late by more than the window is long: it starts anew; missing
    Buffer<std::int64_t> times{0,           4 * minute,   9 * minute,  10 * minute, 9 * minute,
                               12 * minute, kMissingTime, 14 * minute, 1 * minute,  2 * minute};
    Buffer<double> x(10, 1.0);
    const Frame frame(Schema({{.name = "time", .kind = ColumnKind::time, .role = Role::time}, {.name = "x"}}),
                      {Column::times(std::move(times)), Column::numbers(std::move(x))});
    const Frame out = RollingFeatures::fit(frame, {.windows = {"10min"}, .statistics = {"count"}}).transform(frame);
    const double expected[] = {1, 2, 3, 3, 4, 5, 6, 6, 1, 2};
    for (Index i = 0; i < 10; ++i) EXPECT_EQ(out.column("x__rolling_count_10min").number(i), expected[i]) << i;
}

TEST(RollingFeatures, RowsOfAnUnknownGroupLeaveNoTrace) {
    const Frame frame = plant_table(200);
    const Pipeline pipeline =
        Pipeline::fit(frame, {RollingFeaturesOptions{.windows = {5}, .statistics = {"count"}, .by = "grade"}});
    const Frame out = pipeline.transform(frame);
    for (Index i = 0; i < 200; ++i)
        EXPECT_EQ(std::isnan(out.column("flow__rolling_count_5").number(i)), frame.column("grade").codes()[i] < 0);
}

TEST(RollingFeatures, SaysWhatIsAllowed) {
    const Frame frame = plant_table(20);
    const auto fit = [&](const RollingFeaturesOptions& options) { RollingFeatures::fit(frame, options); };
    EXPECT_THROW(fit({.windows = {}}), InvalidArgument);
    EXPECT_THROW(fit({.statistics = {}}), InvalidArgument);
    EXPECT_THROW(fit({.statistics = {"mode"}}), InvalidArgument);
    EXPECT_THROW(fit({.statistics = {"q101"}}), InvalidArgument);
    EXPECT_THROW(fit({.windows = {3}, .min_count = 4}), InvalidArgument);
    EXPECT_THROW(fit({.windows = {3, 3}}), InvalidArgument);
    EXPECT_THROW(fit({.by = "flow"}), InvalidArgument);
    EXPECT_THROW(fit({.time = "grade"}), InvalidArgument);
    EXPECT_THROW(WindowLength("30 parsecs"), InvalidArgument);
    EXPECT_THROW(WindowLength(0), InvalidArgument);
    const Frame timeless = one_column(Buffer<double>(3, 1.0));
    EXPECT_THROW(RollingFeatures::fit(timeless, {.windows = {"1h"}}), InvalidArgument);
}

}  // namespace
}  // namespace plantwright
