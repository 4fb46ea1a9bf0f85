// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "counting/allocations.hpp"
#include "neural/autoencoder_testing.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

using namespace testing;

std::span<const double> row_of(const Matrix& X, Index i) {
    return {X.data() + i * X.cols(), static_cast<std::size_t>(X.cols())};
}

Matrix holed_plant(Index n_rows) {
    Matrix X = swinging_plant(n_rows);
    X(12, 1) = X(13, 1) = X(20, 0) = kNaN;
    for (Index i = 30; i < 38; ++i)
        for (Index j = 0; j < 3; ++j) X(i, j) = kNaN;
    return X;
}

TEST(AutoencoderStream, GivesTheBitsOfTheWholeTable) {
    const Matrix X = holed_plant(60);
    for (const auto scoring : {WindowScoring::window, WindowScoring::last}) {
        const auto model = small_model().with_scoring(scoring);
        const Vector scores = model.score_samples(X);
        const Matrix shares = model.attribution(X);
        AutoencoderStream stream = model.stream();
        for (Index i = 0; i < 60; ++i) {
            EXPECT_TRUE(same_values(Vector{stream.update(row_of(X, i))}, Vector{scores[i]})) << i;
            EXPECT_TRUE(same_values(stream.attribution(), shares.row(i))) << i;
        }
    }
}

TEST(AutoencoderStream, AllocatesNothing) {
    const Matrix X = holed_plant(60);
    AutoencoderStream stream = small_model().stream();
    const long before = n_allocations;
    for (Index i = 0; i < 60; ++i) stream.update(row_of(X, i), 10 * i, "unit 1");
    EXPECT_EQ(n_allocations, before);
}

TEST(AutoencoderStream, BeginsAnewAfterAGapAndWithAnotherGroup) {
    const Matrix X = swinging_plant(60);
    const Frame frame = timed_plant(X, {{25, 100}, {45, -10}});
    const auto model = LSTMAutoencoder::fit(timed_plant(swinging_plant(200)), small_options());
    const Vector scores = model.score_samples(frame);
    AutoencoderStream stream = model.stream();
    for (Index i = 0; i < 60; ++i) {
        const double score = stream.update(row_of(X, i), frame.column("time").times()[i], "unit 1");
        EXPECT_TRUE(same_values(Vector{score}, Vector{scores[i]})) << i;
    }
    EXPECT_FALSE(std::isnan(stream.update(row_of(X, 0), frame.column("time").times()[59] + 1, "unit 1")));
    EXPECT_TRUE(std::isnan(stream.update(row_of(X, 0), frame.column("time").times()[59] + 2, "unit 2")));
    EXPECT_EQ(stream.n_rows(), 1);
}

TEST(AutoencoderStream, GoesOnWhereItWasSaved) {
    const Matrix X = holed_plant(60);
    const auto model = small_model();
    const Vector scores = model.score_samples(X);
    for (const Index at : {0, 3, 8, 25, 41}) {
        AutoencoderStream stream = model.stream();
        for (Index i = 0; i < at; ++i) stream.update(row_of(X, i));
        const auto bytes = io::to_bytes(stream);
        AutoencoderStream again = io::from_bytes<AutoencoderStream>(bytes), copy = stream;
        EXPECT_EQ(io::to_bytes(again), bytes);
        for (Index i = at; i < 60; ++i) {
            EXPECT_TRUE(same_values(Vector{again.update(row_of(X, i))}, Vector{scores[i]})) << at << " " << i;
            EXPECT_TRUE(same_values(Vector{copy.update(row_of(X, i))}, Vector{scores[i]})) << at << " " << i;
        }
    }
}

TEST(AutoencoderStream, ARefusedRowLeavesItAsItWas) {
    const Matrix X = swinging_plant(20);
    AutoencoderStream stream = small_model().stream();
    const Vector scores = stream.model().score_samples(X);
    for (Index i = 0; i < 10; ++i) stream.update(row_of(X, i));
    const double bad[] = {1, std::numeric_limits<double>::infinity(), 2};
    EXPECT_TRUE(says(error_of([&] { stream.update(bad); }), "got inf in column 1"));
    EXPECT_TRUE(says(error_of([&] { stream.update(std::span(bad, 2)); }), "a row must have 3 readings, got 2"));
    EXPECT_EQ(stream.update(row_of(X, 10)), scores[10]);
}

TEST(AutoencoderStream, RefusesScoresThatNeedLaterRowsAndEmptyModels) {
    EXPECT_TRUE(says(error_of([] { small_model().with_scoring(WindowScoring::point).stream(); }),
                     "scoring by point needs rows that come later"));
    EXPECT_THROW(LSTMAutoencoder().stream(), NotFitted);
    EXPECT_THROW(AutoencoderStream().update({}), NotFitted);
}

TEST(AutoencoderStream, RestartForgetsAllRows) {
    const Matrix X = swinging_plant(20);
    AutoencoderStream stream = small_model().stream();
    for (Index i = 0; i < 20; ++i) stream.update(row_of(X, i));
    EXPECT_FALSE(std::isnan(stream.attribution()[0]));
    stream.restart();
    EXPECT_EQ(stream.n_rows(), 0);
    EXPECT_TRUE(std::isnan(stream.attribution()[0]));
    for (Index i = 0; i < 7; ++i) EXPECT_TRUE(std::isnan(stream.update(row_of(X, i))));
    EXPECT_FALSE(std::isnan(stream.update(row_of(X, 7))));
}

}  // namespace
}  // namespace plantwright
