// SPDX-License-Identifier: MIT
/// Checks that steps share.
#pragma once

#include <string>
#include <string_view>

#include "plantwright/core/error.hpp"
#include "plantwright/preprocessing/step.hpp"

namespace plantwright {

inline void require_rows(std::string_view who, const Frame& frame) {
    if (frame.rows() < 1) throw InvalidArgument(std::string(who) + ": the table must have at least 1 row, got 0");
}

/// Of a loaded step: one value a column read.
template <class T>
void require_one_each(const Step& step, const Buffer<T>& values) {
    if (values.size() == std::ssize(step.reads())) return;
    throw CorruptModel(std::string(step.type()) + ": " + std::to_string(values.size()) + " values for " +
                       std::to_string(step.reads().size()) + " columns");
}

}  // namespace plantwright
