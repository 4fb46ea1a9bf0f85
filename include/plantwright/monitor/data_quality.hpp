// SPDX-License-Identifier: MIT
/// `data_quality`: how far a table of readings can be relied upon, per column and over time.
///
/// Four dimensions after ISO 8000-8 and Batini & Scannapieco (Data and Information Quality, 2016), each in [0, 1]:
///
///     completeness  present values / expected values. Expected is what the sampling interval (the median step of the
///                   stamps unless given) makes of the time between a group's first and last stamp; without time: rows
///     validity      of the present values, those that are finite, within `lowest` and `highest` of their column's
///                   schema, and of a level that the reference knows
///     timeliness    of the rows, those with a stamp that is neither late nor seen before in its group
///     uniqueness    of the rows, those that repeat no earlier row; of a column's values, those in no flat line
///
///     score         completeness * validity * timeliness * uniqueness: the share of what should be there that can be
///                   used, if troubles fall independently. Completeness and validity are means over the columns, and
///                   uniqueness is that of the rows times the mean over the columns.
///
/// A flat line is a run of more than `flat_line` equal numbers in a row of a group; it is asked only of columns that
/// move (half of their successive values differ), since valves and set-points rest by right. A gap is a step longer
/// than `max_gap`. A row is late whose stamp lies before one that came earlier; three or more late rows running on from
/// each other are a clock that was put back. What there is nothing to judge by is NaN, and no part of a mean.
///
/// One pass a column, besides sorting the stamps: O(n (d + log n)). Rows are compared by 128-bit hashes of their
/// values. Deterministic; pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plantwright/core/export.hpp"
#include "plantwright/frame/frame.hpp"
#include "plantwright/io/json.hpp"

namespace plantwright::monitor {

struct DataQualityOptions {
    std::string time{};                     ///< empty: the column of role time, if any
    std::string by{};                       ///< a category, each level's rows being a series on their own; empty: none
    std::string period = "1d";              ///< of what is shown over time; at most 100000 of them
    std::optional<std::string> interval{};  ///< between rows of a series; default: the median step
    std::optional<std::string> max_gap{};   ///< default: 1.5 intervals
    std::optional<Schema> reference{};      ///< ranges and levels, by name; default: the table's own
    Index flat_line = 6;                    ///< equal readings in a row that are still believed; at least 2
    double rare_share = 0.001;              ///< levels below this share of a column are named; in [0, 1)
};

struct TimeGap {
    std::string group;              ///< level of `by`, or empty
    std::int64_t begin_ns, end_ns;  ///< the last stamp before it, the first one after it
    Index missing_rows;
};

struct ClockJump {
    std::string group;
    Index row;  ///< the first one after it
    std::int64_t from_ns, to_ns;
};

struct Timeliness {
    bool has_time = false;
    std::int64_t interval_ns = 0;  ///< 0: unknown, fewer than two stamps
    std::int64_t first_ns = kMissingTime, last_ns = kMissingTime;
    Index rows_without_stamp = 0, late_rows = 0, duplicate_stamps = 0;
    double irregular_share = kNaN;  ///< of the steps, those more than a tenth off the interval
    std::vector<TimeGap> gaps{};    ///< in order of group, then time
    std::vector<ClockJump> clock_jumps{};
    double share = kNaN;  ///< the dimension
};

struct ColumnQuality {
    ColumnSpec spec;
    Index present = 0, missing = 0;
    Index not_finite = 0, below = 0, above = 0, unknown = 0;  ///< present values that are not valid
    std::vector<std::string> unknown_levels{}, rare_levels{};
    bool constant = false;                                         ///< at least two values, all equal
    Index flat_rows = 0, longest_flat = 0, longest_flat_row = -1;  ///< the last: its first row
    std::string same_as{};                                         ///< the first column with the same values throughout
    double completeness = kNaN, validity = kNaN, uniqueness = kNaN, score = kNaN;
    std::vector<double> completeness_by_period{}, validity_by_period{};

    Index invalid() const { return not_finite + below + above + unknown; }
};

struct DataQuality {
    Index rows = 0, expected_rows = 0, duplicate_rows = 0;
    Timeliness timeliness{};
    std::vector<std::int64_t> period_begins_ns{};
    std::vector<Index> expected_by_period{};
    std::vector<ColumnQuality> columns{};  ///< all but the time column
    double completeness = kNaN, validity = kNaN, uniqueness = kNaN, score = kNaN;

    PLANTWRIGHT_API std::vector<std::string> findings() const;  ///< one sentence each, of what is not as it should be
    PLANTWRIGHT_API std::string to_text() const;
    PLANTWRIGHT_API io::Json to_json()
        const;  ///< times as ISO 8601, in the column's own clock (UTC where it has a zone)
};

/// Throws SchemaMismatch where a named column is absent, InvalidArgument where an option is out of range or a named
/// column of another kind.
PLANTWRIGHT_API DataQuality data_quality(const Frame& table, const DataQualityOptions& options = {});

}  // namespace plantwright::monitor
