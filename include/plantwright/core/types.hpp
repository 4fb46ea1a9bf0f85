// SPDX-License-Identifier: MIT
/// Views in, values out: the only array types that cross the compiled boundary.
///
/// A view is a pointer, sizes and strides (in elements), owns nothing and converts from anything that looks like an
/// Eigen matrix, a `std::span` or a `std::vector`. `Buffer` owns 64-byte-aligned memory. No Eigen *value* appears in a
/// compiled signature: a user's flags or another Eigen version would change its alignment. `core/eigen.hpp` maps both
/// ways.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "plantwright/core/buffer.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Anything with Eigen's member names for direct access; checked by shape, so that Eigen need not be included.
template <class M, class T>
concept EigenLike = requires(M& m) {
    { m.data() } -> std::convertible_to<T*>;
    { m.rows() } -> std::convertible_to<Index>;
    { m.cols() } -> std::convertible_to<Index>;
    { m.innerStride() } -> std::convertible_to<Index>;
    { m.outerStride() } -> std::convertible_to<Index>;
    { std::remove_cvref_t<M>::IsRowMajor } -> std::convertible_to<bool>;
};

/// `std::vector`, `std::array`, `std::span`, `Buffer`: data and size, and nothing with strides or two dimensions.
template <class C, class T>
concept ContiguousLike = requires(C& c) {
    { c.data() } -> std::convertible_to<T*>;
    { c.size() } -> std::convertible_to<std::size_t>;
} && !requires(C& c) { c.stride(); } && !requires(C& c) { c.rows(); };

/// A strided run of elements. Cheap to copy; valid as long as what it looks at.
template <class T>
class VectorView {
public:
    VectorView() = default;
    VectorView(T* data, Index size, Index stride = 1) : data_(data), size_(size), stride_(stride) {}
    template <class C>
        requires ContiguousLike<C, T>
    VectorView(C&& values) : VectorView(values.data(), static_cast<Index>(values.size())) {}
    template <class U>
        requires std::same_as<T, const U>
    VectorView(VectorView<U> other) : VectorView(other.data(), other.size(), other.stride()) {}
    /// One row or one column; throws InvalidArgument for a matrix of several of both.
    template <class M>
        requires EigenLike<M, T>
    VectorView(M&& m) : VectorView(m.data(), m.rows() * m.cols(), vector_stride(m)) {}

    T& operator[](Index i) const { return data_[i * stride_]; }
    T* data() const { return data_; }
    Index size() const { return size_; }
    Index stride() const { return stride_; }
    bool empty() const { return size_ == 0; }
    bool contiguous() const { return stride_ == 1 || size_ <= 1; }
    VectorView slice(Index begin, Index end) const { return {data_ + begin * stride_, end - begin, stride_}; }

private:
    template <class M>
    static Index vector_stride(const M& m) {
        const bool one_row = m.rows() == 1, one_column = m.cols() == 1;
        if (!one_row && !one_column && m.rows() * m.cols() != 0) {
            throw InvalidArgument("a vector must have one row or one column, got a matrix of " +
                                  std::to_string(m.rows()) + " x " + std::to_string(m.cols()));
        }
        return (one_row && !one_column) == static_cast<bool>(M::IsRowMajor) ? m.innerStride() : m.outerStride();
    }

    T* data_ = nullptr;
    Index size_ = 0;
    Index stride_ = 1;
};

/// A strided table, `(rows, cols)`; row-major and column-major are both just strides.
template <class T>
class MatrixView {
public:
    MatrixView() = default;
    MatrixView(T* data, Index rows, Index cols) : MatrixView(data, rows, cols, cols, 1) {}  ///< row-major, dense
    MatrixView(T* data, Index rows, Index cols, Index row_stride, Index col_stride)
        : data_(data), rows_(rows), cols_(cols), row_stride_(row_stride), col_stride_(col_stride) {}
    template <class U>
        requires std::same_as<T, const U>
    MatrixView(MatrixView<U> other)
        : MatrixView(other.data(), other.rows(), other.cols(), other.row_stride(), other.col_stride()) {}
    template <class M>
        requires EigenLike<M, T>
    MatrixView(M&& m)
        : data_(m.data()), rows_(m.rows()), cols_(m.cols()),
          row_stride_(std::remove_cvref_t<M>::IsRowMajor ? m.outerStride() : m.innerStride()),
          col_stride_(std::remove_cvref_t<M>::IsRowMajor ? m.innerStride() : m.outerStride()) {}

    T& operator()(Index row, Index col) const { return data_[row * row_stride_ + col * col_stride_]; }
    VectorView<T> row(Index i) const { return {data_ + i * row_stride_, cols_, col_stride_}; }
    VectorView<T> col(Index j) const { return {data_ + j * col_stride_, rows_, row_stride_}; }
    MatrixView rows_between(Index begin, Index end) const {
        return {data_ + begin * row_stride_, end - begin, cols_, row_stride_, col_stride_};
    }
    T* data() const { return data_; }
    Index rows() const { return rows_; }
    Index cols() const { return cols_; }
    Index row_stride() const { return row_stride_; }
    Index col_stride() const { return col_stride_; }

private:
    T* data_ = nullptr;
    Index rows_ = 0;
    Index cols_ = 0;
    Index row_stride_ = 0;
    Index col_stride_ = 1;
};

using ConstVectorView = VectorView<const double>;
using ConstMatrixView = MatrixView<const double>;
using ConstMatrixViewF = MatrixView<const float>;
using Vector = Buffer<double>;

/// An owned row-major table, `(rows, cols)`.
template <class T>
class Table {
public:
    Table() = default;
    /// Throws bad_alloc where rows * cols is negative or too large.
    Table(Index rows, Index cols, T value = T{}) : values_(size_of(rows, cols), value), rows_(rows), cols_(cols) {}

    T& operator()(Index row, Index col) { return values_[row * cols_ + col]; }
    const T& operator()(Index row, Index col) const { return values_[row * cols_ + col]; }
    VectorView<const T> row(Index i) const { return {data() + i * cols_, cols_}; }
    MatrixView<T> view() { return {data(), rows_, cols_}; }
    MatrixView<const T> view() const { return {data(), rows_, cols_}; }
    operator MatrixView<const T>() const { return view(); }
    T* data() { return values_.data(); }
    const T* data() const { return values_.data(); }
    Index rows() const { return rows_; }
    Index cols() const { return cols_; }
    bool operator==(const Table&) const = default;

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        archive & rows_ & cols_ & values_;
        if constexpr (Archive::is_loading::value) require_shape();
    }

private:
    static Index size_of(Index rows, Index cols) {
        Index size = 0;
        if (rows < 0 || cols < 0 || __builtin_mul_overflow(rows, cols, &size)) throw std::bad_alloc();
        return size;
    }
    void require_shape() const {
        Index size = 0;
        const bool overflow = __builtin_mul_overflow(rows_, cols_, &size);
        if (rows_ < 0 || cols_ < 0 || overflow || size != values_.size()) {
            throw CorruptModel("Table: " + std::to_string(rows_) + " rows of " + std::to_string(cols_) +
                               " do not make " + std::to_string(values_.size()) + " values");
        }
    }

    Buffer<T> values_;
    Index rows_ = 0;
    Index cols_ = 0;
};

using Matrix = Table<double>;

}  // namespace plantwright
