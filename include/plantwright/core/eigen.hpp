// SPDX-License-Identifier: MIT
/// Our views and buffers seen as Eigen maps. Include it where Eigen is used; nothing compiled depends on it.
#pragma once

#include <Eigen/Core>

#include "plantwright/core/types.hpp"

namespace plantwright {

using DynamicStride = Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>;

template <class T>
using EigenVectorMap =
    Eigen::Map<std::conditional_t<std::is_const_v<T>, const Eigen::Matrix<std::remove_const_t<T>, Eigen::Dynamic, 1>,
                                  Eigen::Matrix<std::remove_const_t<T>, Eigen::Dynamic, 1>>,
               Eigen::Unaligned, Eigen::InnerStride<Eigen::Dynamic>>;

template <class T>
using EigenMatrixMap = Eigen::Map<
    std::conditional_t<std::is_const_v<T>,
                       const Eigen::Matrix<std::remove_const_t<T>, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>,
                       Eigen::Matrix<std::remove_const_t<T>, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>,
    Eigen::Unaligned, DynamicStride>;

template <class T>
EigenVectorMap<T> as_eigen(VectorView<T> view) {
    return {view.data(), view.size(), Eigen::InnerStride<Eigen::Dynamic>(view.stride())};
}
template <class T>
EigenMatrixMap<T> as_eigen(MatrixView<T> view) {
    return {view.data(), view.rows(), view.cols(), DynamicStride(view.row_stride(), view.col_stride())};
}
template <class T>
EigenVectorMap<T> as_eigen(Buffer<T>& buffer) {
    return as_eigen(VectorView<T>(buffer));
}
template <class T>
EigenMatrixMap<T> as_eigen(Table<T>& table) {
    return as_eigen(table.view());
}
template <class T>
EigenVectorMap<const T> as_eigen(const Buffer<T>& buffer) {
    return as_eigen(VectorView<const T>(buffer));
}
template <class T>
EigenMatrixMap<const T> as_eigen(const Table<T>& table) {
    return as_eigen(table.view());
}

}  // namespace plantwright
