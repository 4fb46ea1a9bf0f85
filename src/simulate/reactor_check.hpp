// SPDX-License-Identifier: MIT
/// What the reactor accepts: options and conditions within their ranges, tables with the columns it needs.
#pragma once

#include <string>
#include <vector>

#include "plantwright/simulate/reactor.hpp"

namespace plantwright::simulate {

void check(const ReactorOptions& options);  ///< these throw InvalidArgument
void check(const ReactorHistoryOptions& options);
void check(const ReactorEpisodeOptions& options);
/// `where` begins the message: "Reactor.solve: row 7: ".
void check(const ReactorConditions& conditions, const std::string& where);

/// Throws SchemaMismatch on a missing column, InvalidArgument on one that is no number or a value out of range.
std::vector<ReactorConditions> read_conditions(const Frame& frame);

}  // namespace plantwright::simulate
