// SPDX-License-Identifier: MIT
/// Compiled as a user might, with -march=native and Eigen's alignment raised to 64 bytes: were an Eigen value to cross
/// the compiled boundary, its memory would be allocated by one convention and freed by another.
#include <gtest/gtest.h>

#include <bit>
#include <cstdint>

#include "plantwright/core/eigen.hpp"
#include "plantwright/core/elementary.hpp"
#include "plantwright/core/random.hpp"
#include "plantwright/forest/random_forest.hpp"

static_assert(EIGEN_MAX_ALIGN_BYTES == 64);

namespace plantwright {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr Index kRows = 200, kColumns = 3;

Eigen::MatrixXd inputs() {
    RandomStream stream(1, 0, Purpose::simulation);
    return Eigen::MatrixXd::NullaryExpr(kRows, kColumns, [&] { return stream.uniform(-1, 1); });
}

Eigen::VectorXd fit_and_predict(const auto& X, const Eigen::VectorXd& y) {
    const auto forest = RandomForestRegressor::fit(X, y, {.n_estimators = 10});
    Eigen::VectorXd prediction = as_eigen(forest.predict(X));
    return prediction;
}

TEST(EigenConsumer, PassesMatricesInEitherOrderAndGetsTheSameValuesBack) {
    const Eigen::MatrixXd X = inputs();
    const Eigen::VectorXd y = 2 * X.col(0) - X.col(1);
    const RowMajor same = X;
    const Eigen::VectorXd prediction = fit_and_predict(X, y);
    EXPECT_EQ(fit_and_predict(same, y), prediction);
    EXPECT_GT((y.array() - y.mean()).square().sum(), 4 * (prediction - y).squaredNorm());
}

TEST(EigenConsumer, PassesBlocksAndMapsWithoutACopy) {
    const Eigen::MatrixXd X = inputs();
    const Eigen::VectorXd y = X.col(2);
    Eigen::MatrixXd wide = Eigen::MatrixXd::Constant(kRows + 2, kColumns + 2, 99);
    wide.block(1, 1, kRows, kColumns) = X;
    EXPECT_EQ(fit_and_predict(wide.block(1, 1, kRows, kColumns), y), fit_and_predict(X, y));
    EXPECT_EQ(ConstMatrixView(wide.block(1, 1, kRows, kColumns)).data(), &wide(1, 1));
}

TEST(EigenConsumer, MovesAssignsAndFreesManyMatricesAroundTheLibrary) {
    for (Index n = 1; n < 60; ++n) {
        RandomStream stream(2, static_cast<std::uint64_t>(n), Purpose::simulation);
        const Buffer<std::uint32_t> counts = bootstrap_counts(stream, n, 2 * n);
        Eigen::Matrix<std::uint32_t, Eigen::Dynamic, 1> copy = as_eigen(counts);
        Eigen::Matrix<std::uint32_t, Eigen::Dynamic, 1> moved = std::move(copy);
        EXPECT_EQ(moved.sum(), 2u * static_cast<std::uint32_t>(n));
        Table<double> table(n, n, 1.0);
        as_eigen(table) = Eigen::MatrixXd::Identity(n, n) * 3;
        EXPECT_EQ(as_eigen(std::as_const(table)).trace(), 3.0 * static_cast<double>(n));
    }
}

TEST(EigenConsumer, GetsThePromisedBitsWhateverItsOwnFlags) {
    EXPECT_EQ(std::bit_cast<std::uint64_t>(elementary::exp(1.0)), 0x4005BF0A8B145769ull);
    RandomStream stream(2024, 5, Purpose::simulation);
    EXPECT_EQ(stream.next(), 13154058458393860935ull);
    stream.below(1000);
    EXPECT_EQ(stream.uniform(), 0x1.b517f296f1bcep-1);
    stream.normal(), stream.normal();
    EXPECT_EQ(stream.uniform(-3, 5), 0x1.c1d95389430ep+0);
}

}  // namespace
}  // namespace plantwright
