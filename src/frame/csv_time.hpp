// SPDX-License-Identifier: MIT
/// A column of time texts, or columns of year, month, day, ..., to instants: what only the whole column can tell.
///
/// - Day or month first: the order under which every date exists; if both do, the one with fewer steps back, then with
/// the
///   more regular steps, then the day; a guess is told in a warning.
/// - Midnight: where 00:00 goes back to the begin of the day that just ended and the next stamp is of the next day,
/// 00:00 ends
///   its day, in the whole column, if no 00:00 contradicts.
/// - A local clock in a zone becomes UTC. Where it is put back, a stamp that goes back within the doubled hour begins
/// the second.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "frame/time_text.hpp"
#include "plantwright/core/types.hpp"

namespace plantwright {

/// What is known before the column is read: from the options, or from a model's schema.
struct TimeHints {
    std::optional<bool> day_first{};
    std::optional<bool> midnight_ends_day{};
    std::string time_zone{};
};

struct TimeSeries {
    Buffer<std::int64_t> nanoseconds;  ///< UTC, or the local clock where no zone is known
    bool day_first = false;
    bool midnight_ends_day = false;
    std::string time_zone;
};

/// Throws the caller's error for a row, from 0.
using RowFailure = std::function<void(Index row, const std::string& what)>;

TimeSeries series_from_texts(const std::vector<TimeText>& texts, const TimeHints& hints, const RowFailure& fail,
                             std::vector<std::string>& warnings);

/// `parts`: year, month, day and then hour, minute, second as far as there are. A row with a missing part is missing.
TimeSeries series_from_parts(const std::vector<ConstVectorView>& parts, const TimeHints& hints, const RowFailure& fail,
                             std::vector<std::string>& warnings);

/// Whether 00:00 stands under the date of the day that it ends.
bool midnight_ends_day(VectorView<const std::int64_t> local_ns);

}  // namespace plantwright
