// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "plantwright/preprocessing/random_samplers.hpp"
#include "plantwright/preprocessing/smote.hpp"
#include "preprocessing/nearest.hpp"
#include "preprocessing_testing.hpp"

namespace plantwright {
namespace {

using Names = std::vector<std::string>;

Matrix normal_points(Index n, Index d, std::uint64_t seed) {
    RandomStream random(seed, 0, Purpose::noise);
    Matrix points(n, d);
    for (Index i = 0; i < n * d; ++i) points.data()[i] = random.normal();
    return points;
}

/// By all distances in double precision.
std::vector<Index> naive_nearest(const Matrix& points, Index row, Index k) {
    std::vector<std::pair<double, Index>> all;
    for (Index i = 0; i < points.rows(); ++i) {
        double sum = 0;
        for (Index j = 0; j < points.cols(); ++j)
            sum += (points(i, j) - points(row, j)) * (points(i, j) - points(row, j));
        if (i != row) all.emplace_back(sum, i);
    }
    std::sort(all.begin(), all.end());
    std::vector<Index> nearest;
    for (Index i = 0; i < k; ++i) nearest.push_back(all[static_cast<std::size_t>(i)].second);
    return nearest;
}

void expect_naive(const Matrix& points, Index k) {
    std::vector<Index> queries(static_cast<std::size_t>(points.rows()));
    std::iota(queries.begin(), queries.end(), Index{0});
    std::reverse(queries.begin(), queries.end());
    const auto found = nearest_rows(points, queries, k, 2);
    for (std::size_t q = 0; q < queries.size(); ++q) {
        const auto expected = naive_nearest(points, queries[q], k);
        for (Index i = 0; i < k; ++i)
            ASSERT_EQ(found(static_cast<Index>(q), i), expected[static_cast<std::size_t>(i)])
                << "row " << queries[q] << ", neighbour " << i;
    }
}

TEST(NearestRows, AreThoseOfTheNaiveSearch) {
    for (const Index n : {2, 7, 256, 257, 700}) expect_naive(normal_points(n, 5, 1), std::min<Index>(5, n - 1));
    expect_naive(normal_points(300, 1, 2), 3);
    expect_naive(normal_points(300, 40, 3), 10);
}

TEST(NearestRows, OfGridsWithTiesAreTheEarlierRows) {
    Matrix grid(400, 2);
    for (Index i = 0; i < 400; ++i) {
        grid(i, 0) = static_cast<double>(i % 20);
        grid(i, 1) = static_cast<double>(i / 20 % 10);  // each point twice
    }
    expect_naive(grid, 7);
}

TEST(NearestRows, DoNotSufferFromOffsetsScalesAndOutliers) {
    for (const auto& [offset, scale] : {std::pair{1e9, 1.0}, std::pair{-5.0, 1e-30}, std::pair{0.0, 1e30}}) {
        Matrix points = normal_points(500, 4, 4);
        for (Index i = 0; i < 2000; ++i) points.data()[i] = offset + scale * std::round(1e6 * points.data()[i]) * 1e-3;
        expect_naive(points, 5);
    }
    Matrix heavy = normal_points(500, 4, 5);
    for (Index i = 0; i < 500; i += 7) {
        for (Index j = 0; j < 4; ++j) heavy(i, j) *= 1e7;
    }
    expect_naive(heavy, 5);
}

/// A plant table without gaps whose target has `n_faults` rows of "fault".
Frame fault_table(Index n_rows, Index n_faults) {
    const Frame plant = testing::plant_table(n_rows);
    Buffer<std::int32_t> codes(n_rows, 1);
    for (Index i = 0; i < n_faults; ++i) codes[i * n_rows / n_faults] = 0;
    Frame frame = plant.without("energy_kWh")
                      .with({.name = "state", .kind = ColumnKind::category, .role = Role::target},
                            Column::categories(std::move(codes), {"fault", "ok"}));
    for (const char* name : {"steam_t", "flow", "fuel"}) {
        Buffer<double> values = frame.column(name).to_float64();
        for (double& x : values) x = std::isnan(x) ? 1 : x;
        frame = frame.with(frame.schema().at(name), Column::numbers(std::move(values)));
    }
    return frame;
}

std::map<std::int32_t, Index> count_codes(const Column& column) {
    std::map<std::int32_t, Index> counts;
    for (Index i = 0; i < column.size(); ++i) ++counts[column.codes()[i]];
    return counts;
}

std::vector<StepSpec> all_samplers() {
    return {RandomOverSamplerOptions{}, RandomUnderSamplerOptions{.sampling_strategy = 0.5},
            SmoteOptions{.columns = {"steam_t", "flow"}}, SmoteNCOptions{}};
}

TEST(Samplers, BalanceWhatTrainsAndLeaveEveryOtherRowAlone) {
    const Frame frame = fault_table(300, 40);
    for (const StepSpec& spec : all_samplers()) {
        SCOPED_TRACE(spec.type);
        const std::vector<StepSpec> steps{spec};
        const auto [pipeline, training] = Pipeline::fit_transform(frame, steps);
        testing::expect_same_frames(pipeline.transform(frame), frame);
        testing::expect_stream_equals_batch(pipeline, frame);
        const Pipeline loaded = Pipeline::from_bytes(pipeline.to_bytes());
        testing::expect_same_frames(loaded.transform(frame), frame);
        auto counts = count_codes(training.column("state"));
        EXPECT_EQ(counts[1], spec.type == "RandomUnderSampler" ? 80 : 260);
        EXPECT_EQ(counts[0], spec.type == "RandomUnderSampler" ? 40 : 260);
        testing::expect_same_frames(Pipeline::fit_transform(frame, steps, 2).second, training);
    }
}

TEST(Smote, PutsSyntheticRowsBetweenARowAndANeighbourOfItsClass) {
    const Frame frame = fault_table(300, 40);
    const auto training = Smote::fit_transform(frame, {.k_neighbors = 3, .columns = {"steam_t", "flow"}}).second;
    std::vector<Index> faults;
    for (Index i = 0; i < 300; ++i) {
        if (frame.column("state").codes()[i] == 0) faults.push_back(i);
    }
    Matrix points(40, 2);
    for (Index i = 0; i < 40; ++i) {
        points(i, 0) = frame.column("steam_t").number(faults[static_cast<std::size_t>(i)]);
        points(i, 1) = frame.column("flow").number(faults[static_cast<std::size_t>(i)]);
    }
    for (Index row = 300; row < training.rows(); ++row) {
        const double x = training.column("steam_t").number(row), y = training.column("flow").number(row);
        bool found = false;
        for (Index i = 0; i < 40; ++i) {
            for (const Index j : naive_nearest(points, i, 3)) {
                const double dx = points(j, 0) - points(i, 0), dy = points(j, 1) - points(i, 1);
                const double ex = x - points(i, 0), ey = y - points(i, 1);
                const double share = (ex * dx + ey * dy) / (dx * dx + dy * dy + 1e-300);
                const double off = std::hypot(ex - share * dx, ey - share * dy);
                found |= off <= 1e-9 * (1 + std::abs(x) + std::abs(y)) && share >= -1e-9 && share <= 1 + 1e-9;
            }
        }
        ASSERT_TRUE(found) << "row " << row;
        EXPECT_EQ(training.column("time").times()[row], kMissingTime);
        EXPECT_GE(training.column("line").codes()[row], 0);
    }
}

TEST(Smote, RefusesGapsCategoriesAndTooFewRowsAndSaysWhatToDo) {
    const Frame frame = fault_table(60, 4);
    const auto message_of = [&](const Frame& table, const SmoteOptions& options) {
        try {
            Smote::fit(table, options);
        } catch (const InvalidArgument& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    EXPECT_NE(message_of(frame, {}).find("SMOTENC takes them"), std::string::npos);
    EXPECT_NE(message_of(frame, {.columns = {"flow"}}).find("less than the 4 rows of class 'fault', got 5"),
              std::string::npos);
    const Frame gaps = frame.with({.name = "flow"}, Column::numbers(Vector(60, kNaN)));
    EXPECT_NE(message_of(gaps, {.k_neighbors = 2, .columns = {"flow"}}).find("impute missing ones first"),
              std::string::npos);
    EXPECT_THROW(Smote::fit(frame.without("state")), InvalidArgument);
}

TEST(SmoteNC, GivesTheLevelThatMostNeighboursHave) {
    Vector x(20);
    Buffer<std::int32_t> grade(20, 0), state(20, 1);
    for (Index i = 0; i < 20; ++i) x[i] = static_cast<double>(i % 7) + (i < 8 ? 0 : 100);
    for (Index i = 0; i < 8; ++i) {
        state[i] = 0;
        grade[i] = i < 4 ? 1 : 2;
    }
    const Frame frame(
        Schema({{.name = "x"},
                {.name = "grade", .kind = ColumnKind::category},
                {.name = "state", .kind = ColumnKind::category, .role = Role::target}}),
        {Column::numbers(x), Column::categories(grade, {"A", "B", "C"}), Column::categories(state, {"fault", "ok"})});
    const auto training = SmoteNC::fit_transform(frame, {.k_neighbors = 3}).second;
    ASSERT_EQ(training.rows(), 24);
    for (Index i = 20; i < 24; ++i) EXPECT_NE(training.column("grade").codes()[i], 0);
}

TEST(Samplers, ReadStrategiesAndRefuseWhatTheyCannotMeet) {
    const Frame frame = fault_table(100, 20);
    const auto counts = [&](const io::Json& strategy) {
        return RandomOverSampler::fit(frame, {.sampling_strategy = strategy}).resampled_counts();
    };
    EXPECT_EQ(counts("minority"), (Vector{80, 80}));
    EXPECT_EQ(counts(0.5), (Vector{40, 80}));
    EXPECT_EQ(counts(io::Json::Object{{"fault", 33}}), (Vector{33, 80}));
    EXPECT_EQ(counts("not minority"), (Vector{20, 80}));
    EXPECT_THROW(counts("majority"), InvalidArgument);
    EXPECT_THROW(counts(0.1), InvalidArgument);
    EXPECT_THROW(counts(io::Json::Object{{"fault", 3}}), InvalidArgument);
    EXPECT_THROW(counts(io::Json::Object{{"broken", 30}}), InvalidArgument);
    EXPECT_THROW(counts(nullptr), InvalidArgument);
    EXPECT_THROW(RandomUnderSampler::fit(frame, {.sampling_strategy = io::Json::Object{{"ok", 81}}}), InvalidArgument);
}

}  // namespace
}  // namespace plantwright
