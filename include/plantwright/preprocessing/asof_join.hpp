// SPDX-License-Identifier: MIT
/// `asof_join`: two tables with different clocks, each row of one beside the row of the other that was the latest then.
///
/// To each left row comes the right row of its group with the latest stamp not after its own (backward), the earliest
/// not before it (forward), or the nearer of the two, of equally near ones the earlier (nearest); not further away than
/// `tolerance`, and at the same stamp only where `allow_exact_matches`. Of right rows with one stamp the last in the
/// table goes before the others (forward: the first). Where there is none, values are missing. So are they for a left
/// row without a stamp or group; right rows without either are left out. Neither table need be sorted; left rows keep
/// their order, and there are as many as before. Groups are compared by their texts, whatever the codes.
///
/// backward is causal: a row gets what was known at its time. forward and nearest look ahead, and make a model that is
/// trained so better than it can be in the plant.
///
/// Columns of the right table follow the left ones, but for its time and group; names that the left table has get
/// `suffix`. O((n_left + n_right) log n_right). It changes no rows, but takes two tables, so it is no step of a
/// pipeline.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plantwright/frame/frame.hpp"
#include "plantwright/preprocessing/window_length.hpp"

namespace plantwright {

enum class AsofDirection { backward, forward, nearest };
PLANTWRIGHT_API AsofDirection asof_direction_from(std::string_view text);  ///< throws InvalidArgument

struct AsofOptions {
    std::optional<std::string> on{};  ///< the time column of both; absent: of each the first of role time, or kind time
    std::vector<std::string> by{};    ///< category columns of both: each combination of levels on its own
    AsofDirection direction = AsofDirection::backward;
    std::optional<WindowLength> tolerance{};  ///< a duration
    bool allow_exact_matches = true;
    std::string suffix = "_right";
};

/// Throws InvalidArgument on an option out of range, where a table has no time column, and where a name is taken even
/// with the suffix; SchemaMismatch on an unknown name.
PLANTWRIGHT_API Frame asof_join(const Frame& left, const Frame& right, const AsofOptions& options = {});

}  // namespace plantwright
