// SPDX-License-Identifier: MIT
#include "forest/feature_rows.hpp"

#include <algorithm>
#include <cmath>

#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

constexpr float kNaNFloat = std::numeric_limits<float>::quiet_NaN();

template <class T>
void copy_strided(VectorView<T> from, Index begin, Index end, float* out, Index out_stride) {
    for (Index i = begin; i < end; ++i) out[(i - begin) * out_stride] = static_cast<float>(from[i]);
}

void copy_column(const FeatureColumn& column, Index begin, Index end, float* out, Index out_stride) {
    if (!column.float64.empty()) return copy_strided(column.float64, begin, end, out, out_stride);
    if (!column.float32.empty()) return copy_strided(column.float32, begin, end, out, out_stride);
    for (Index i = begin; i < end; ++i) {
        const std::int32_t code = column.codes[i];
        out[(i - begin) * out_stride] = code < 0 ? kNaNFloat : column.level_ranks[code];
    }
}

template <class T>
void copy_picked(VectorView<T> from, std::span<const std::uint32_t> rows, float* out) {
    for (std::size_t i = 0; i < rows.size(); ++i) out[i] = static_cast<float>(from[static_cast<Index>(rows[i])]);
}

void copy_picked(const FeatureColumn& column, std::span<const std::uint32_t> rows, float* out) {
    if (!column.float64.empty()) return copy_picked(column.float64, rows, out);
    if (!column.float32.empty()) return copy_picked(column.float32, rows, out);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::int32_t code = column.codes[static_cast<Index>(rows[i])];
        out[i] = code < 0 ? kNaNFloat : column.level_ranks[code];
    }
}

template <class T>
void copy_rows(MatrixView<const T> X, Index begin, Index end, float* out) {
    for (Index i = begin; i < end; ++i, out += X.cols()) copy_strided(X.row(i), 0, X.cols(), out, 1);
}

}  // namespace

float FeatureRows::at(Index row, Index col) const {
    if (const auto* X = std::get_if<ConstMatrixView>(&source_)) return static_cast<float>((*X)(row, col));
    if (const auto* X = std::get_if<ConstMatrixViewF>(&source_)) return (*X)(row, col);
    float value;
    copy_column(std::get<std::vector<FeatureColumn>>(source_)[static_cast<std::size_t>(col)], row, row + 1, &value, 1);
    return value;
}

void FeatureRows::read_column(Index col, Index begin, Index end, float* out) const {
    if (const auto* X = std::get_if<ConstMatrixView>(&source_)) return copy_strided(X->col(col), begin, end, out, 1);
    if (const auto* X = std::get_if<ConstMatrixViewF>(&source_)) return copy_strided(X->col(col), begin, end, out, 1);
    const auto& columns = std::get<std::vector<FeatureColumn>>(source_);
    copy_column(columns[static_cast<std::size_t>(col)], begin, end, out, 1);
}

void FeatureRows::read_column_at(Index col, std::span<const std::uint32_t> rows, float* out) const {
    if (const auto* X = std::get_if<ConstMatrixView>(&source_)) return copy_picked(X->col(col), rows, out);
    if (const auto* X = std::get_if<ConstMatrixViewF>(&source_)) return copy_picked(X->col(col), rows, out);
    copy_picked(std::get<std::vector<FeatureColumn>>(source_)[static_cast<std::size_t>(col)], rows, out);
}

void FeatureRows::read_rows(Index begin, Index end, float* out) const {
    if (const auto* X = std::get_if<ConstMatrixView>(&source_)) return copy_rows(*X, begin, end, out);
    if (const auto* X = std::get_if<ConstMatrixViewF>(&source_)) return copy_rows(*X, begin, end, out);
    for (const FeatureColumn& column : std::get<std::vector<FeatureColumn>>(source_)) {
        copy_column(column, begin, end, out++, cols_);
    }
}

namespace {

template <class T>
const T* dense(const MatrixView<const T>* X, Index begin) {
    if (!X) return nullptr;
    const bool dense = (X->col_stride() == 1 || X->cols() == 1) && (X->row_stride() == X->cols() || X->rows() == 1);
    return dense ? X->data() + begin * X->cols() : nullptr;
}

}  // namespace

const float* FeatureRows::dense_rows(Index begin) const {
    return dense(std::get_if<ConstMatrixViewF>(&source_), begin);
}
const double* FeatureRows::dense_rows64(Index begin) const {
    return dense(std::get_if<ConstMatrixView>(&source_), begin);
}

void require_no_infinity(const char* who, const FeatureRows& rows, const std::vector<std::string>& names) {
    constexpr Index kAtOnce = 4096;
    float values[kAtOnce];
    for (Index j = 0; j < rows.cols(); ++j) {
        for (Index begin = 0; begin < rows.rows(); begin += kAtOnce) {
            const Index n = std::min(kAtOnce, rows.rows() - begin);
            rows.read_column(j, begin, begin + n, values);
            const float* bad = std::find_if(values, values + n, [](float x) { return std::isinf(x); });
            if (bad == values + n) continue;
            const std::string name = names.empty() ? std::to_string(j) : "'" + names[static_cast<std::size_t>(j)] + "'";
            throw InvalidArgument(
                std::string(who) + ": X must not hold infinity or values too large for float32, got one in column " +
                name + ", row " + std::to_string(begin + (bad - values)) + "; missing values are NaN");
        }
    }
}

FeatureRows encode(const FeatureEncoder& encoder, const Frame& frame) {
    std::vector<FeatureColumn> columns;
    for (std::size_t j = 0; j < encoder.inputs.size(); ++j) {
        const Column& column = frame.column(encoder.inputs[j]);
        FeatureColumn feature;
        if (column.kind() == ColumnKind::category) {
            feature.codes = column.codes();
            feature.level_ranks = encoder.level_ranks[j].data();
        } else if (column.is_float32()) {
            feature.float32 = column.float32();
        } else {
            feature.float64 = column.float64();
        }
        columns.push_back(feature);
    }
    return FeatureRows(std::move(columns), frame.rows());
}

}  // namespace plantwright
