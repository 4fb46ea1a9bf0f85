// SPDX-License-Identifier: MIT
/// What makes a score too good to be true: rows that stand on both sides of a split, and columns that hold the target.
///
/// Rows: the same time stamp or group on both sides, identical feature rows on both sides, tested rows that are earlier
/// than training rows. Columns, each measured on the training side, alone, without knowing its name:
///
///     nearly the target   |Pearson| >= .98 (with |Spearman| >= .5, so that one outlier is not enough), or
///                         |Spearman| >= .98, or cross-fitted binned R2 >= .97 (five contiguous blocks;
///                         equal-frequency bins of >= 20 rows)
///     same moment         the partial correlation of x[t] and y[t], given x[t-1] and y[t-1], is >= .65 in size
///                         (the larger of Pearson and Spearman of the residuals)
///
/// The second is the instantaneous linear feedback of Geweke ("Measurement of linear dependence and feedback between
/// multiple time series", JASA 77, 1982): what is known beforehand (a calendar, a set-point, an earlier reading) says
/// little about the surprise in y[t]; what is measured in the same interval says much. It is asked only of rows with an
/// order (time stamps, or a target whose neighbours correlate by >= .3), and not of levers, derived columns, or columns
/// that run through a fixed cycle. Columns of power or energy beside a target of power or energy (by unit, or by the
/// unit that ends their name) come from the same meter: for them .25 is enough. The thresholds are judgements, not
/// theorems: findings are questions to whoever knows the plant. Nothing is ever dropped. O(n log n) a column. Pure
/// functions.
#pragma once

#include <string>
#include <vector>

#include "plantwright/core/export.hpp"
#include "plantwright/frame/frame.hpp"
#include "plantwright/io/json.hpp"

namespace plantwright::evaluate {

struct LeakOptions {
    std::string target = {};  ///< empty: the column of role target, if any; likewise below
    std::string time = {};
    std::string group = {};
    bool compare_columns = true;  ///< false: rows alone, as for the later folds of one table
    double near_target_correlation = 0.98;
    double near_target_r2 = 0.97;
    double same_moment_correlation = 0.65;
    double same_meter_correlation = 0.25;  ///< in place of the former among columns of power and energy
};

enum class Leak { same_time, same_group, identical_rows, time_order, near_target, same_moment };

struct LeakFinding {
    Leak kind;
    std::vector<std::string> columns;
    Index rows = 0;    ///< of the test side that are concerned; 0 for columns
    double value = 0;  ///< share of the test side; for columns the largest measure, signed
    std::string message;
};

struct LeakReport {
    std::vector<LeakFinding> findings;
    std::vector<std::string> notes;  ///< what could not be checked, and why

    PLANTWRIGHT_API std::vector<std::string> suspect_columns() const;
    PLANTWRIGHT_API std::string to_text() const;
    PLANTWRIGHT_API io::Json to_json() const;
};

/// Throws SchemaMismatch where a named column is absent, InvalidArgument where a side is empty or kinds differ.
PLANTWRIGHT_API LeakReport leak_check(const Frame& train, const Frame& test, const LeakOptions& options = {});

/// The columns' part alone, on one table.
PLANTWRIGHT_API LeakReport suspect_columns(const Frame& table, const LeakOptions& options = {});

PLANTWRIGHT_API std::string_view to_string(Leak kind);

}  // namespace plantwright::evaluate
