// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "frame/categories.hpp"
#include "frame/names.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/frame/frame.hpp"

namespace plantwright {
namespace {

void require_distinct(const std::vector<std::string>& levels) {
    if (const auto level = detail::first_doubled(levels)) {
        throw InvalidArgument("Column.categories: level " + detail::in_quotes(*level) + " stands twice");
    }
}

void require_codes_in_range(const Buffer<std::int32_t>& codes, std::size_t n_levels) {
    const auto out_of_range = [n_levels](std::int32_t code) {
        return code < kMissingCode || static_cast<std::int64_t>(code) >= static_cast<std::int64_t>(n_levels);
    };
    const auto* bad = std::find_if(codes.begin(), codes.end(), out_of_range);
    if (bad == codes.end()) return;
    throw InvalidArgument("Column.categories: codes must be -1 or a level's index below " + std::to_string(n_levels) +
                          ", got " + std::to_string(*bad) + " in row " + std::to_string(bad - codes.begin()));
}

template <class T>
VectorView<const T> view_of(const void* data, Index size, Index stride) {
    return {static_cast<const T*>(data), size, stride};
}

template <class T>
Buffer<T> taken(VectorView<const T> values, std::span<const Index> rows) {
    auto result = Buffer<T>::uninitialized(static_cast<Index>(rows.size()));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i] < 0 || rows[i] >= values.size()) {
            throw InvalidArgument("Column.take: rows must be in [0, " + std::to_string(values.size()) + "), got " +
                                  std::to_string(rows[i]));
        }
        result[static_cast<Index>(i)] = values[rows[i]];
    }
    return result;
}

template <class T, class Missing>
Index count_if_missing(VectorView<const T> values, Missing missing) {
    Index count = 0;
    for (Index i = 0; i < values.size(); ++i) count += missing(values[i]) ? 1 : 0;
    return count;
}

[[noreturn]] void refuse(const char* wanted, ColumnKind kind, bool is_float32) {
    const std::string is =
        kind == ColumnKind::number ? (is_float32 ? "float32 number" : "float64 number") : std::string(to_string(kind));
    throw InvalidArgument(std::string("Column: asked for ") + wanted + ", but the column's kind is " + is);
}

}  // namespace

template <class T>
Column Column::owned(ColumnKind kind, Buffer<T> values) {
    const auto owner = std::make_shared<const Buffer<T>>(std::move(values));
    return viewed<T>(kind, *owner, owner);
}

template <class T>
Column Column::viewed(ColumnKind kind, VectorView<const T> values, Owner owner) {
    Column column;
    column.kind_ = kind;
    column.is_float32_ = std::is_same_v<T, float>;
    column.size_ = values.size();
    column.data_ = values.data();
    column.stride_ = values.stride();
    column.owner_ = std::move(owner);
    return column;
}

Column Column::numbers(Buffer<double> values) { return owned(ColumnKind::number, std::move(values)); }
Column Column::numbers(Buffer<float> values) { return owned(ColumnKind::number, std::move(values)); }
Column Column::numbers(VectorView<const double> values, Owner owner) {
    return viewed(ColumnKind::number, values, std::move(owner));
}
Column Column::numbers(VectorView<const float> values, Owner owner) {
    return viewed(ColumnKind::number, values, std::move(owner));
}

Column Column::categories(Buffer<std::int32_t> codes, std::vector<std::string> levels) {
    require_distinct(levels);
    require_codes_in_range(codes, levels.size());
    Column column = owned(ColumnKind::category, std::move(codes));
    column.levels_ = std::make_shared<const std::vector<std::string>>(std::move(levels));
    return column;
}

Column Column::categories(std::span<const std::optional<std::string_view>> texts) {
    detail::CategoryCodes levels;
    Buffer<std::int32_t> codes(static_cast<Index>(texts.size()), kMissingCode);
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (texts[i]) codes[static_cast<Index>(i)] = levels.code_of(*texts[i]);
    }
    return levels.in_byte_order(std::move(codes));
}

Column Column::times(Buffer<std::int64_t> nanoseconds_utc) {
    return owned(ColumnKind::time, std::move(nanoseconds_utc));
}

Index Column::n_missing() const {
    switch (kind_) {
        case ColumnKind::category: return count_if_missing(codes(), [](auto code) { return code == kMissingCode; });
        case ColumnKind::time: return count_if_missing(times(), [](auto time) { return time == kMissingTime; });
        case ColumnKind::number: break;
    }
    const auto is_nan = [](auto value) { return std::isnan(value); };
    return is_float32_ ? count_if_missing(float32(), is_nan) : count_if_missing(float64(), is_nan);
}

double Column::number(Index row) const {
    if (kind_ != ColumnKind::number) refuse("a number", kind_, is_float32_);
    if (is_float32_) return static_cast<double>(static_cast<const float*>(data_)[row * stride_]);
    return static_cast<const double*>(data_)[row * stride_];
}

VectorView<const double> Column::float64() const {
    if (kind_ != ColumnKind::number || is_float32_) refuse("float64 numbers", kind_, is_float32_);
    return view_of<double>(data_, size_, stride_);
}

VectorView<const float> Column::float32() const {
    if (kind_ != ColumnKind::number || !is_float32_) refuse("float32 numbers", kind_, is_float32_);
    return view_of<float>(data_, size_, stride_);
}

VectorView<const std::int32_t> Column::codes() const {
    if (kind_ != ColumnKind::category) refuse("category codes", kind_, is_float32_);
    return view_of<std::int32_t>(data_, size_, stride_);
}

const std::vector<std::string>& Column::levels() const {
    if (kind_ != ColumnKind::category) refuse("category levels", kind_, is_float32_);
    return *levels_;
}

VectorView<const std::int64_t> Column::times() const {
    if (kind_ != ColumnKind::time) refuse("times", kind_, is_float32_);
    return view_of<std::int64_t>(data_, size_, stride_);
}

Column Column::rows_between(Index begin, Index end) const {
    if (begin < 0 || begin > end || end > size_) {
        throw InvalidArgument("Column.rows_between: begin and end must satisfy 0 <= begin <= end <= " +
                              std::to_string(size_) + ", got " + std::to_string(begin) + " and " + std::to_string(end));
    }
    const Index width = kind_ == ColumnKind::category || is_float32_ ? 4 : 8;
    Column part = *this;
    if (data_ != nullptr) part.data_ = static_cast<const std::byte*>(data_) + begin * stride_ * width;
    part.size_ = end - begin;
    return part;
}

Column Column::take(std::span<const Index> rows) const {
    if (kind_ == ColumnKind::time) return times(taken(times(), rows));
    if (kind_ == ColumnKind::number)
        return is_float32_ ? numbers(taken(float32(), rows)) : numbers(taken(float64(), rows));
    Column column = owned(kind_, taken(codes(), rows));
    column.levels_ = levels_;
    return column;
}

Buffer<double> Column::to_float64() const {
    if (kind_ != ColumnKind::number) refuse("numbers", kind_, is_float32_);
    auto result = Buffer<double>::uninitialized(size_);
    for (Index i = 0; i < size_; ++i) result[i] = number(i);
    return result;
}

}  // namespace plantwright
