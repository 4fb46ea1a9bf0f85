// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/asof_join.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "plantwright/core/error.hpp"
#include "preprocessing/row_window.hpp"
#include "preprocessing/translate_codes.hpp"

namespace plantwright {
namespace {

constexpr std::array<std::string_view, 3> kDirections = {"backward", "forward", "nearest"};
constexpr Index kNone = -1;

[[noreturn]] void fail(const std::string& what) { throw InvalidArgument("asof_join: " + what); }

std::string time_of(const Frame& frame, const std::optional<std::string>& on, std::string_view which) {
    const Schema& schema = frame.schema();
    if (on) {
        const ColumnKind kind = schema.at(*on).kind;
        if (kind == ColumnKind::time) return *on;
        fail("on must be a column of kind time, got '" + *on + "' of kind " + std::string(to_string(kind)) +
             " in the " + std::string(which) + " table");
    }
    const auto role = schema.name_of(Role::time);
    if (role && schema.at(*role).kind == ColumnKind::time) return *role;
    for (const ColumnSpec& spec : schema.columns()) {
        if (spec.kind == ColumnKind::time) return spec.name;
    }
    fail("the " + std::string(which) + " table must have a column of kind time, got none");
}

const Column& group_column(const Frame& frame, const std::string& name, std::string_view which) {
    const Column& column = frame.column(name);
    if (column.kind() == ColumnKind::category) return column;
    fail("by must be columns of kind category, got '" + name + "' of kind " + std::string(to_string(column.kind())) +
         " in the " + std::string(which) + " table");
}

/// Of each row the number of its combination of groups, -1: one of them is missing, or not in the other table.
struct Groups {
    std::vector<Index> left, right;

    Groups(const Frame& l, const Frame& r, const std::vector<std::string>& by)
        : left(static_cast<std::size_t>(l.rows()), 0), right(static_cast<std::size_t>(r.rows()), 0) {
        for (const std::string& name : by) add(group_column(l, name, "left"), group_column(r, name, "right"));
    }

private:
    /// Combinations are numbered anew after each column, so that numbers stay below the number of rows.
    void add(const Column& l, const Column& r) {
        const Buffer<std::int32_t> translated = translated_codes(r, l.levels());
        const auto codes = l.codes();
        std::vector<std::pair<Index, std::int32_t>> there;
        for (Index i = 0; i < r.size(); ++i) there.emplace_back(right[static_cast<std::size_t>(i)], translated[i]);
        std::vector<std::pair<Index, std::int32_t>> known = there;
        std::sort(known.begin(), known.end());
        known.erase(std::unique(known.begin(), known.end()), known.end());
        const auto number_of = [&](const std::pair<Index, std::int32_t>& key) {
            if (key.first < 0 || key.second < 0) return kNone;
            const auto found = std::lower_bound(known.begin(), known.end(), key);
            return found == known.end() || *found != key ? kNone : static_cast<Index>(found - known.begin());
        };
        for (std::size_t i = 0; i < right.size(); ++i) right[i] = number_of(there[i]);
        for (std::size_t i = 0; i < left.size(); ++i) left[i] = number_of({left[i], codes[static_cast<Index>(i)]});
    }
};

struct StampedRow {
    Index group;
    std::int64_t stamp;
    Index row;
};

/// By group, stamp, and order in the table.
std::vector<StampedRow> sorted_rows(const std::vector<Index>& groups, VectorView<const std::int64_t> stamps) {
    std::vector<StampedRow> rows;
    for (Index i = 0; i < stamps.size(); ++i) {
        const Index group = groups[static_cast<std::size_t>(i)];
        if (group >= 0 && stamps[i] != kMissingTime) rows.push_back({group, stamps[i], i});
    }
    const auto before = [](const StampedRow& a, const StampedRow& b) {
        return std::pair(a.group, a.stamp) < std::pair(b.group, b.stamp);
    };
    if (!std::is_sorted(rows.begin(), rows.end(), before)) std::stable_sort(rows.begin(), rows.end(), before);
    return rows;
}

/// Finds the right row that goes with a left one.
class AsofSearch {
public:
    AsofSearch(std::vector<StampedRow> rows, const AsofOptions& options)
        : rows_(std::move(rows)), direction_(options.direction), exact_(options.allow_exact_matches) {
        if (options.tolerance) tolerance_ = static_cast<std::uint64_t>(options.tolerance->nanoseconds);
    }

    Index find(Index group, std::int64_t stamp) {
        if (group < 0 || stamp == kMissingTime) return kNone;
        const auto at_least = first_at_least(group, stamp);
        auto above = at_least;
        if (above != rows_.cend() && above->group == group && above->stamp == stamp)
            above = std::partition_point(above, rows_.cend(),
                                         [&](const StampedRow& r) { return r.group == group && r.stamp == stamp; });
        const auto last = exact_ ? above : at_least, first = exact_ ? at_least : above;
        const bool has_last = last != rows_.cbegin() && std::prev(last)->group == group;
        const bool has_first = first != rows_.cend() && first->group == group;
        const bool may_look_back = direction_ != AsofDirection::forward,
                   may_look_on = direction_ != AsofDirection::backward;
        const std::uint64_t behind = has_last && may_look_back ? elapsed(std::prev(last)->stamp, stamp) : kFar;
        const std::uint64_t ahead = has_first && may_look_on ? elapsed(stamp, first->stamp) : kFar;
        if (std::min(behind, ahead) > tolerance_ || (behind == kFar && ahead == kFar)) return kNone;
        return behind <= ahead ? std::prev(last)->row : first->row;
    }

private:
    static constexpr std::uint64_t kFar = std::numeric_limits<std::uint64_t>::max();
    static constexpr int kNear = 8;

    /// Left rows mostly come in order of time: the row is looked for a little on from the last one first.
    std::vector<StampedRow>::const_iterator first_at_least(Index group, std::int64_t stamp) {
        const auto before = [&](const StampedRow& r) { return std::pair(r.group, r.stamp) < std::pair(group, stamp); };
        auto at = rows_.cbegin() + last_found_;
        const bool is_on = at == rows_.cbegin() || before(*std::prev(at));
        for (int i = 0; is_on && i < kNear && at != rows_.cend() && before(*at); ++i) ++at;
        if (!is_on || (at != rows_.cend() && before(*at)))
            at = std::partition_point(rows_.cbegin(), rows_.cend(), before);
        last_found_ = at - rows_.cbegin();
        return at;
    }

    std::vector<StampedRow> rows_;
    Index last_found_ = 0;
    AsofDirection direction_;
    bool exact_;
    std::uint64_t tolerance_ = kFar;
};

template <class T>
Buffer<T> taken(const auto& values, std::span<const Index> rows, T missing) {
    auto result = Buffer<T>::uninitialized(std::ssize(rows));
    for (Index i = 0; i < result.size(); ++i) {
        const Index row = rows[static_cast<std::size_t>(i)];
        result[i] = row < 0 ? missing : values[row];
    }
    return result;
}

/// Values at `rows`, missing where those are negative.
Column taken_or_missing(const Column& column, std::span<const Index> rows) {
    switch (column.kind()) {
        case ColumnKind::category:
            return Column::categories(taken<std::int32_t>(column.codes(), rows, kMissingCode), column.levels());
        case ColumnKind::time: return Column::times(taken<std::int64_t>(column.times(), rows, kMissingTime));
        case ColumnKind::number: break;
    }
    if (column.is_float32()) return Column::numbers(taken<float>(column.float32(), rows, static_cast<float>(kNaN)));
    return Column::numbers(taken<double>(column.float64(), rows, kNaN));
}

std::string name_beside(const Schema& left, const Schema& right, const std::string& name, const std::string& suffix) {
    if (!left.find(name)) return name;
    const std::string named = name + suffix;
    if (suffix.empty() || left.find(named) || right.find(named))
        fail("both tables have a column '" + name + "', and suffix must make it another name, got \"" + suffix + "\"");
    return named;
}

}  // namespace

AsofDirection asof_direction_from(std::string_view text) {
    const auto found = std::find(kDirections.begin(), kDirections.end(), text);
    if (found == kDirections.end())
        fail("direction must be one of \"backward\", \"forward\", \"nearest\", got \"" + std::string(text) + "\"");
    return static_cast<AsofDirection>(found - kDirections.begin());
}

Frame asof_join(const Frame& left, const Frame& right, const AsofOptions& options) {
    if (options.tolerance && !options.tolerance->by_time())
        fail("tolerance must be a duration such as \"10min\", got " + std::to_string(options.tolerance->rows) +
             " rows");
    const std::string left_time = time_of(left, options.on, "left"), right_time = time_of(right, options.on, "right");
    const Groups groups(left, right, options.by);
    AsofSearch search(sorted_rows(groups.right, right.column(right_time).times()), options);
    const auto stamps = left.column(left_time).times();
    std::vector<Index> rows;
    for (Index i = 0; i < left.rows(); ++i)
        rows.push_back(search.find(groups.left[static_cast<std::size_t>(i)], stamps[i]));
    std::vector<ColumnSpec> specs = left.schema().columns();
    std::vector<Column> columns;
    for (Index j = 0; j < left.cols(); ++j) columns.push_back(left.column(j));
    for (ColumnSpec spec : right.schema().columns()) {
        const bool is_key = std::find(options.by.begin(), options.by.end(), spec.name) != options.by.end();
        if (spec.name == right_time || is_key) continue;
        columns.push_back(taken_or_missing(right.column(spec.name), rows));
        spec.name = name_beside(left.schema(), right.schema(), spec.name, options.suffix);
        spec.derivation.reset();
        specs.push_back(std::move(spec));
    }
    return Frame(Schema(std::move(specs), left.schema().time_rule()), std::move(columns));
}

}  // namespace plantwright
