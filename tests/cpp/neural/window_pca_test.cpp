// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#define EIGEN_NO_DEBUG
#include <Eigen/Dense>

#include "neural/autoencoder_testing.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

using namespace testing;

Table<float> noisy_rows(Index n_rows, Index n_sensors) {
    const Matrix X = swinging_plant(n_rows, n_sensors);
    RandomStream random(5, 0, Purpose::noise);
    Table<float> rows(n_rows, n_sensors);
    for (Index i = 0; i < n_rows * n_sensors; ++i)
        rows.data()[i] = static_cast<float>(X.data()[i] - 500.0 * static_cast<double>(i % n_sensors) + random.normal());
    return rows;
}

std::vector<Index> all_starts(Index n_rows, Index window) {
    std::vector<Index> starts;
    for (Index i = 0; i + window <= n_rows; ++i) starts.push_back(i);
    return starts;
}

/// The error of the best k-dimensional plane, by the textbook: the sum of the smallest eigenvalues.
double least_error(const Table<float>& rows, const std::vector<Index>& starts, Index window, Index k) {
    const Index d = window * rows.cols(), n = std::ssize(starts);
    Eigen::MatrixXd flat(n, d);
    for (Index i = 0; i < n; ++i)
        for (Index c = 0; c < d; ++c)
            flat(i, c) = static_cast<double>(rows.data()[starts[static_cast<std::size_t>(i)] * rows.cols() + c]);
    const Eigen::MatrixXd centred = flat.rowwise() - flat.colwise().mean();
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(centred.transpose() * centred);
    return solver.eigenvalues().head(d - k).sum();
}

double error_of_pca(const WindowPca& pca, const Windows& windows, Index window, int n_jobs) {
    Table<double> squares(std::ssize(windows.starts), 1);
    pca.reconstruct(
        windows,
        [&](Index first, ConstMatrixViewF block, ConstMatrixViewF) {
            for (Index i = 0; i < block.rows(); ++i)
                for (Index j = 0; j < block.cols(); ++j) {
                    const Index k = first + i / window;
                    const double e = static_cast<double>(
                        windows.rows(windows.starts[static_cast<std::size_t>(k)] + i % window, j) - block(i, j));
                    squares(k, 0) += e * e;
                }
        },
        n_jobs);
    double sum = 0;
    for (Index k = 0; k < squares.rows(); ++k) sum += squares(k, 0);
    return sum;
}

TEST(WindowPca, LeavesTheErrorOfTheSmallestEigenvalues) {
    const Table<float> rows = noisy_rows(700, 3);
    const auto starts = all_starts(700, 8);
    const Windows windows{rows.view(), starts};
    for (const Index k : {1, 4, 10}) {
        const WindowPca pca = WindowPca::fit(windows, 8, k, 0, 2);
        EXPECT_EQ(pca.n_components(), k);
        const double least = least_error(rows, starts, 8, k);
        EXPECT_NEAR(error_of_pca(pca, windows, 8, 2), least, 2e-3 * least) << k;
    }
}

TEST(WindowPca, WithAsManyComponentsAsReadingsIsExact) {
    const Table<float> rows = noisy_rows(200, 2);
    const auto starts = all_starts(200, 3);
    const WindowPca pca = WindowPca::fit({rows.view(), starts}, 3, 6, 0);
    EXPECT_NEAR(error_of_pca(pca, {rows.view(), starts}, 3, 1), 0, 1e-5);
}

TEST(WindowPca, HasNoMoreComponentsThanWindows) {
    const Table<float> rows = noisy_rows(10, 2);
    const std::vector<Index> starts{0, 3};
    EXPECT_EQ(WindowPca::fit({rows.view(), starts}, 4, 6, 0).n_components(), 2);
    EXPECT_THROW(WindowPca::fit({rows.view(), {}}, 4, 6, 0), InvalidArgument);
}

TEST(WindowPca, TheNumberOfThreadsNeverChangesIt) {
    const Table<float> rows = noisy_rows(1500, 3);
    const auto starts = all_starts(1500, 8);
    const WindowPca one = WindowPca::fit({rows.view(), starts}, 8, 4, 0, 1);
    EXPECT_EQ(WindowPca::fit({rows.view(), starts}, 8, 4, 0, 3).components(), one.components());
}

TEST(PcaTwin, ScoresAsADetectorOfTheSameWindows) {
    Matrix X = swinging_plant(200);
    const PcaTwin twin = small_model().pca_twin();
    X(100, 1) += 10;
    const Vector scores = twin.score_samples(X);
    EXPECT_EQ(missing_places(scores).size(), 7u);
    EXPECT_LT(scores[100], twin.offset());
    EXPECT_EQ(twin.predict(X)[100], -1);
    const Matrix shares = twin.attribution(X);
    EXPECT_GT(shares(100, 1), shares(100, 0) + shares(100, 2));
    EXPECT_NEAR(twin.reconstruct(X)(50, 2), X(50, 2), 1);
}

}  // namespace
}  // namespace plantwright
