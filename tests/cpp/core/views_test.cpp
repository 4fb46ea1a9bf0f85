// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <array>
#include <span>
#include <type_traits>
#include <vector>

#include "plantwright/core/eigen.hpp"
#include "plantwright/core/types.hpp"

namespace plantwright {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

double sum(ConstVectorView view) {
    double total = 0;
    for (Index i = 0; i < view.size(); ++i) total += view[i];
    return total;
}

/// Entry (i, j) holds 10 i + j, so that a wrong stride is seen at once.
template <class M>
M numbered(Index rows, Index cols) {
    M m(rows, cols);
    for (Index i = 0; i < rows; ++i) {
        for (Index j = 0; j < cols; ++j) m(i, j) = static_cast<double>(10 * i + j);
    }
    return m;
}

void expect_same(ConstMatrixView view, const Eigen::MatrixXd& expected) {
    ASSERT_EQ(view.rows(), expected.rows());
    ASSERT_EQ(view.cols(), expected.cols());
    for (Index i = 0; i < view.rows(); ++i) {
        for (Index j = 0; j < view.cols(); ++j) EXPECT_EQ(view(i, j), expected(i, j));
    }
    EXPECT_EQ(Eigen::MatrixXd(as_eigen(view)), expected);
}

void expect_same(ConstVectorView view, const Eigen::VectorXd& expected) {
    ASSERT_EQ(view.size(), expected.size());
    for (Index i = 0; i < view.size(); ++i) EXPECT_EQ(view[i], expected(i));
    EXPECT_EQ(Eigen::VectorXd(as_eigen(view)), expected);
}

TEST(MatrixView, SeesEigenMatricesBlocksTransposesAndMapsInEitherOrder) {
    Eigen::MatrixXd columns = numbered<Eigen::MatrixXd>(5, 4);
    RowMajor rows = numbered<RowMajor>(5, 4);
    expect_same(ConstMatrixView(columns), columns);
    expect_same(ConstMatrixView(rows), rows);
    expect_same(ConstMatrixView(columns.block(1, 2, 3, 2)), columns.block(1, 2, 3, 2));
    expect_same(ConstMatrixView(rows.block(1, 2, 3, 2)), rows.block(1, 2, 3, 2));
    expect_same(ConstMatrixView(columns.transpose()), columns.transpose());
    expect_same(ConstMatrixView(rows.transpose()), rows.transpose());
    expect_same(ConstMatrixView(columns.middleRows(1, 2)), columns.middleRows(1, 2));
    const Eigen::Map<RowMajor, 0, DynamicStride> every_other(rows.data(), 2, 2, DynamicStride(8, 2));
    expect_same(ConstMatrixView(every_other), Eigen::MatrixXd(every_other));
}

TEST(VectorView, SeesRowsColumnsAndDiagonalsInEitherOrder) {
    Eigen::MatrixXd columns = numbered<Eigen::MatrixXd>(4, 4);
    RowMajor rows = numbered<RowMajor>(4, 4);
    expect_same(ConstVectorView(columns.col(1)), columns.col(1));
    expect_same(ConstVectorView(columns.row(1)), columns.row(1).transpose());
    expect_same(ConstVectorView(rows.col(1)), rows.col(1));
    expect_same(ConstVectorView(rows.row(1)), rows.row(1).transpose());
    expect_same(ConstVectorView(columns.diagonal()), columns.diagonal());
    expect_same(ConstVectorView(columns.block(1, 1, 3, 1)), columns.block(1, 1, 3, 1));
    expect_same(ConstVectorView(columns.block(1, 1, 1, 3)), columns.block(1, 1, 1, 3).transpose());
    expect_same(ConstVectorView(rows.block(1, 1, 3, 1)), rows.block(1, 1, 3, 1));
    expect_same(ConstVectorView(rows.block(1, 1, 1, 3)), rows.block(1, 1, 1, 3).transpose());
    const Eigen::Map<Eigen::VectorXd, 0, Eigen::InnerStride<3>> strided(columns.data(), 5);
    expect_same(ConstVectorView(strided), Eigen::VectorXd(strided));
    const Eigen::VectorXd whole = columns.col(0);
    expect_same(ConstVectorView(whole.segment(1, 2)), whole.segment(1, 2));
}

TEST(VectorView, RefusesAMatrix) {
    const Eigen::MatrixXd matrix = numbered<Eigen::MatrixXd>(2, 3);
    try {
        (void)ConstVectorView(matrix);
        FAIL();
    } catch (const InvalidArgument& error) {
        EXPECT_STREQ(error.what(), "a vector must have one row or one column, got a matrix of 2 x 3");
    }
    EXPECT_TRUE(ConstVectorView(Eigen::MatrixXd(0, 3)).empty());
}

TEST(VectorView, SeesContainersAndSpans) {
    std::vector<double> vector = {1, 2, 3};
    const std::array<double, 3> array = {1, 2, 3};
    const Buffer<double> buffer = {1, 2, 3};
    EXPECT_EQ(sum(vector), 6);
    EXPECT_EQ(sum(array), 6);
    EXPECT_EQ(sum(buffer), 6);
    EXPECT_EQ(sum(std::span<double>(vector)), 6);
    EXPECT_EQ(sum(std::span<const double, 2>(array.data(), 2)), 3);
    const VectorView<double> writable(vector);
    writable[0] = 5;
    EXPECT_EQ(vector[0], 5);
    EXPECT_EQ(sum(writable.slice(1, 3)), 5);
}

TEST(Views, WriteThroughToBuffersAndEigen) {
    Buffer<double> buffer(3);
    as_eigen(buffer) = Eigen::Vector3d(1, 2, 3);
    EXPECT_EQ(buffer, (Buffer<double>{1, 2, 3}));
    Table<double> table(2, 2);
    as_eigen(table) = numbered<Eigen::MatrixXd>(2, 2);
    EXPECT_EQ(table(1, 1), 11);
    Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(2, 2);
    const MatrixView<double> writable(matrix);
    writable(1, 0) = 4;
    EXPECT_EQ(matrix(1, 0), 4);
}

template <class View, class Source>
constexpr bool kAccepts = std::is_convertible_v<Source, View>;

TEST(Views, NeverDropConst) {
    static_assert(!kAccepts<VectorView<double>, const std::vector<double>&>);
    static_assert(!kAccepts<VectorView<double>, const Buffer<double>&>);
    static_assert(!kAccepts<VectorView<double>, const Eigen::VectorXd&>);
    static_assert(!kAccepts<MatrixView<double>, const Eigen::MatrixXd&>);
    static_assert(!kAccepts<MatrixView<double>, const Table<double>&>);
    static_assert(!kAccepts<VectorView<double>, ConstVectorView>);
    static_assert(!kAccepts<MatrixView<double>, ConstMatrixView>);
    static_assert(kAccepts<ConstVectorView, VectorView<double>>);
    static_assert(kAccepts<ConstMatrixView, MatrixView<double>>);
    static_assert(kAccepts<VectorView<double>, std::vector<double>&>);
}

TEST(Views, DoNotBindToExpressionsWithoutMemoryNorToOtherTypes) {
    using Matrix = Eigen::MatrixXd;
    static_assert(!kAccepts<ConstMatrixView, decltype(std::declval<Matrix&>() + std::declval<Matrix&>())>);
    static_assert(!kAccepts<ConstMatrixView, decltype(std::declval<Matrix&>() * 2.0)>);
    static_assert(!kAccepts<ConstMatrixView, decltype(std::declval<Matrix&>() * std::declval<Matrix&>())>);
    static_assert(!kAccepts<ConstMatrixView, decltype(Matrix::Zero(2, 2))>);
    static_assert(!kAccepts<ConstMatrixView, decltype(std::declval<Eigen::MatrixXf&>().cast<double>())>);
    static_assert(!kAccepts<ConstMatrixView, Eigen::MatrixXf&>);
    static_assert(!kAccepts<ConstVectorView, std::vector<float>&>);
    static_assert(!kAccepts<ConstVectorView, ConstMatrixView>);
    static_assert(kAccepts<ConstMatrixView, decltype(std::declval<Matrix&>().block(0, 0, 1, 1))>);
}

}  // namespace
}  // namespace plantwright
