// SPDX-License-Identifier: MIT
/// `Frame`: named columns of number, category and time, with a schema. Missing values are first-class.
///
/// Columns are immutable and shared, so copies, selections of columns and row ranges cost nothing. A number column may
/// look at memory it does not own (NumPy, Arrow) and keeps its owner alive. Frames may be read by many threads.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plantwright/core/types.hpp"
#include "plantwright/frame/schema.hpp"

namespace plantwright {

inline constexpr std::int32_t kMissingCode = -1;                                        ///< of a category
inline constexpr std::int64_t kMissingTime = std::numeric_limits<std::int64_t>::min();  ///< NaT

/// One immutable column. Accessors of another kind than the column's throw InvalidArgument.
class PLANTWRIGHT_API Column {
public:
    using Owner = std::shared_ptr<const void>;

    static Column numbers(Buffer<double> values);
    static Column numbers(Buffer<float> values);
    static Column numbers(VectorView<const double> values, Owner owner);  ///< not copied; the owner is kept alive
    static Column numbers(VectorView<const float> values, Owner owner);
    /// Codes index `levels`; -1 is missing. Throws InvalidArgument on a code out of range or a doubled level.
    static Column categories(Buffer<std::int32_t> codes, std::vector<std::string> levels);
    /// Texts, with levels in byte order (so that they do not depend on the order of rows); std::nullopt is missing.
    static Column categories(std::span<const std::optional<std::string_view>> texts);
    static Column times(Buffer<std::int64_t> nanoseconds_utc);  ///< kMissingTime is missing

    ColumnKind kind() const { return kind_; }
    Index size() const { return size_; }
    bool is_float32() const { return is_float32_; }
    Index n_missing() const;

    double number(Index row) const;  ///< either width; NaN is missing
    VectorView<const double> float64() const;
    VectorView<const float> float32() const;
    VectorView<const std::int32_t> codes() const;
    const std::vector<std::string>& levels() const;
    VectorView<const std::int64_t> times() const;

    Column rows_between(Index begin, Index end) const;  ///< shares memory
    Column take(std::span<const Index> rows) const;     ///< copies
    Buffer<double> to_float64() const;                  ///< numbers of either width, copied

private:
    Column() = default;
    template <class T>
    static Column owned(ColumnKind kind, Buffer<T> values);
    template <class T>
    static Column viewed(ColumnKind kind, VectorView<const T> values, Owner owner);

    ColumnKind kind_ = ColumnKind::number;
    bool is_float32_ = false;
    Index size_ = 0;
    const void* data_ = nullptr;
    Index stride_ = 1;
    Owner owner_;
    std::shared_ptr<const std::vector<std::string>> levels_;
};

class PLANTWRIGHT_API Frame {
public:
    Frame() = default;
    /// Throws InvalidArgument where schema and columns differ in number, kind, length or levels. A category's spec
    /// without levels takes over the column's.
    Frame(Schema schema, std::vector<Column> columns);

    const Schema& schema() const { return schema_; }
    Index rows() const { return rows_; }
    Index cols() const { return schema_.size(); }
    const Column& column(Index i) const { return columns_[static_cast<std::size_t>(i)]; }
    const Column& column(std::string_view name) const;  ///< throws SchemaMismatch that lists the names there are

    Frame select(std::span<const std::string> names) const;
    Frame with(ColumnSpec spec, Column column) const;  ///< replaced by name, or appended
    Frame with_schema(Schema schema) const;            ///< same names and kinds, other roles, units, ...
    Frame without(std::string_view name) const;
    Frame rows_between(Index begin, Index end) const;
    Frame take(std::span<const Index> rows) const;

private:
    Schema schema_;
    std::vector<Column> columns_;
    Index rows_ = 0;
};

/// Adds number columns `<time>_hour`, `<time>_weekday`, `<time>_month` of a time column, in its own zone; NaN where it
/// is missing. `functions`: any of hour, minute_of_day, weekday (Monday = 0), day_of_year (from 1), month (from 1),
/// year. Each carries its Derivation in the schema. Throws InvalidArgument on another function, an unknown zone, or a
/// name that is taken.
PLANTWRIGHT_API Frame with_calendar(const Frame& frame, std::string_view time_column,
                                    std::span<const std::string> functions);

/// What `conform` makes of levels that an input's schema does not have: an error, or further levels behind the
/// schema's, for steps that take them.
enum class UnseenLevels { refuse, keep };

/// The frame as a model with that schema expects it: derived columns computed, columns reordered, category codes
/// translated to the schema's levels, a local clock read in the schema's zone. Columns of roles target, time, group,
/// ignored and inputs that are not known at prediction are optional and kept where present; unseen levels of theirs
/// come behind the schema's. A target of classes given as numbers is left out. SchemaMismatch names every missing,
/// extra and retyped column and unseen category.
PLANTWRIGHT_API Frame conform(const Frame& frame, const Schema& expected,
                              UnseenLevels unseen_levels = UnseenLevels::refuse);

/// Names of the number columns in which distinct float64 values become one float32, as forests compare them. O(n log n)
/// where a column needs more than float32 holds, else O(n).
PLANTWRIGHT_API std::vector<std::string> merged_by_float32(const Frame& frame);

}  // namespace plantwright
