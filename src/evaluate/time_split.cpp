// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "plantwright/core/error.hpp"
#include "plantwright/evaluate/splitters.hpp"

namespace plantwright::evaluate {
namespace {

using Times = VectorView<const std::int64_t>;

/// Rows in time order; equal stamps keep row order. Without stamps row i has position i.
class Timeline {
public:
    explicit Timeline(Index n_rows) : n_rows_(n_rows) {}
    Timeline(const char* who, Times times) : n_rows_(times.size()), times_(times) {
        order_.resize(static_cast<std::size_t>(n_rows_));
        std::iota(order_.begin(), order_.end(), Index{0});
        std::stable_sort(order_.begin(), order_.end(), [&](Index a, Index b) { return times[a] < times[b]; });
        if (n_rows_ > 0 && stamp(0) == std::numeric_limits<std::int64_t>::min()) {
            throw InvalidArgument(std::string(who) + ": times must not be missing, got a missing time at row " +
                                  std::to_string(order_[0]));
        }
    }

    Index size() const { return n_rows_; }
    bool has_times() const { return !order_.empty(); }

    /// The first position of the stamp that stands at `position`: equal stamps are never parted.
    Index begin_of_stamp(Index position) const {
        if (!has_times()) return position;
        while (position > 0 && position < n_rows_ && stamp(position - 1) == stamp(position)) --position;
        return position;
    }

    /// The end of the positions that lie at least `gap_rows` rows and `gap_ns` before `position`.
    Index end_before(Index position, Index gap_rows, std::int64_t gap_ns) const {
        Index end = begin_of_stamp(std::max<Index>(0, position - gap_rows));
        if (has_times() && position < n_rows_) {
            // Unsigned, so that stamps of opposite sign far apart cannot overflow; stamp(position) is the larger one.
            const auto from = static_cast<std::uint64_t>(stamp(position));
            while (end > 0 && from - static_cast<std::uint64_t>(stamp(end - 1)) < static_cast<std::uint64_t>(gap_ns))
                --end;
        }
        return end;
    }

    /// The rows at positions [begin, end), ascending.
    std::vector<Index> rows(Index begin, Index end) const {
        std::vector<Index> rows(static_cast<std::size_t>(std::max<Index>(0, end - begin)));
        for (Index p = begin; p < end; ++p) {
            rows[static_cast<std::size_t>(p - begin)] = has_times() ? order_[static_cast<std::size_t>(p)] : p;
        }
        std::sort(rows.begin(), rows.end());
        return rows;
    }

private:
    std::int64_t stamp(Index position) const { return times_[order_[static_cast<std::size_t>(position)]]; }

    Index n_rows_;
    Times times_;
    std::vector<Index> order_;
};

void require_gap(const char* who, Index gap, std::int64_t gap_ns, bool has_times) {
    if (gap < 0 || gap_ns < 0) throw InvalidArgument(std::string(who) + ": gap must not be negative");
    if (gap_ns > 0 && !has_times) {
        throw InvalidArgument(std::string(who) + ": gap as a duration needs time stamps; without them give it in rows");
    }
}

Index block_size(const TimeSplitOptions& options, Index n_rows) {
    constexpr const char* who = "TimeSplit";
    if (options.n_splits < 2) {
        throw InvalidArgument(std::string(who) + ": n_splits must be at least 2, got " +
                              std::to_string(options.n_splits));
    }
    if (options.test_size < 0 || options.max_train_size < 0) {
        throw InvalidArgument(std::string(who) + ": test_size and max_train_size must be at least 1, or absent");
    }
    const Index size = options.test_size > 0 ? options.test_size : n_rows / (options.n_splits + 1);
    if (size < 1 || size > n_rows / options.n_splits || n_rows - options.gap - size * options.n_splits <= 0) {
        throw InvalidArgument(std::string(who) + ": " + std::to_string(n_rows) +
                              " rows are too few for n_splits = " + std::to_string(options.n_splits) +
                              ", test_size = " + std::to_string(size) + " and gap = " + std::to_string(options.gap));
    }
    return size;
}

Split one_split(const char* who, const Timeline& line, Index begin, Index end, Index gap, std::int64_t gap_ns,
                Index max_train_size) {
    const Index test_begin = line.begin_of_stamp(begin), test_end = line.begin_of_stamp(end);
    const Index train_end = line.end_before(test_begin, gap, gap_ns);
    const Index train_begin = max_train_size > 0 ? std::max<Index>(0, train_end - max_train_size) : 0;
    if (test_begin >= test_end || train_end < 1) {
        throw InvalidArgument(std::string(who) + ": equal time stamps or the gap leave no row for " +
                              (train_end < 1 ? "training" : "a test block") + " before position " +
                              std::to_string(end) +
                              " in time order; use fewer splits, a larger test block or a smaller gap");
    }
    return {line.rows(train_begin, train_end), line.rows(test_begin, test_end)};
}

std::vector<Split> split(const Timeline& line, const TimeSplitOptions& options) {
    constexpr const char* who = "TimeSplit";
    require_gap(who, options.gap, options.gap_ns, line.has_times());
    const Index size = block_size(options, line.size());
    std::vector<Split> splits;
    for (Index k = options.n_splits; k > 0; --k) {
        const Index begin = line.size() - k * size;
        splits.push_back(
            one_split(who, line, begin, begin + size, options.gap, options.gap_ns, options.max_train_size));
    }
    return splits;
}

Split split(const Timeline& line, const TestSplitOptions& options) {
    constexpr const char* who = "train_test_split_by_time";
    require_gap(who, options.gap, options.gap_ns, line.has_times());
    if (!(options.test_fraction > 0 && options.test_fraction < 1)) {
        throw InvalidArgument(std::string(who) + ": test_fraction must be in (0, 1), got " +
                              std::to_string(options.test_fraction));
    }
    if (line.size() < 2)
        throw InvalidArgument(std::string(who) + ": needs at least 2 rows, got " + std::to_string(line.size()));
    const double wanted = std::ceil(options.test_fraction * static_cast<double>(line.size()));
    const Index n_test = std::clamp(static_cast<Index>(wanted), Index{1}, line.size() - 1);
    return one_split(who, line, line.size() - n_test, line.size(), options.gap, options.gap_ns, 0);
}

}  // namespace

std::vector<Split> time_split(Index n_rows, const TimeSplitOptions& options) {
    return split(Timeline(n_rows), options);
}

std::vector<Split> time_split(Times times, const TimeSplitOptions& options) {
    return split(Timeline("TimeSplit", times), options);
}

Split train_test_split_by_time(Index n_rows, const TestSplitOptions& options) {
    return split(Timeline(n_rows), options);
}

Split train_test_split_by_time(Times times, const TestSplitOptions& options) {
    return split(Timeline("train_test_split_by_time", times), options);
}

}  // namespace plantwright::evaluate
