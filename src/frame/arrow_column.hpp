// SPDX-License-Identifier: MIT
/// One Arrow field with its chunks as a column.
#pragma once

#include <string>
#include <vector>

#include "frame/arrow_source.hpp"

namespace plantwright::detail {

/// Throws InvalidArgument, naming column and Arrow type, where the type is none of ours or a time does not fit.
NamedColumn read_column(const ArrowSchema& field, const std::vector<ArrowChunk>& chunks, const std::string& name);

}  // namespace plantwright::detail
