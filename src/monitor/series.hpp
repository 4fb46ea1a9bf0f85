// SPDX-License-Identifier: MIT
/// The rows of a table as series of stamps, one a group, and the periods they fall into.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plantwright/monitor/data_quality.hpp"

namespace plantwright::monitor {

/// What a pass over a column looks up, `(n_rows,)` each.
struct RowPlaces {
    std::vector<std::int32_t> group;   ///< from 0
    std::vector<std::int32_t> period;  ///< from 0; -1 without a stamp
    std::vector<std::string> group_names;
};

struct SeriesQuality {
    RowPlaces places;
    Timeliness timeliness;
    std::vector<std::int64_t> period_begins_ns;
    std::vector<Index> expected_by_period;
    Index expected_rows = 0;
};

SeriesQuality series_quality(const Frame& table, const DataQualityOptions& options);

}  // namespace plantwright::monitor
