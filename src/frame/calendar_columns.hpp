// SPDX-License-Identifier: MIT
/// One calendar column of a time column; shared by `with_calendar` and `conform`.
#pragma once

#include <string_view>

#include "plantwright/frame/frame.hpp"

namespace plantwright::detail {

/// `time` is of kind time. NaN where it is missing. Throws InvalidArgument on an unknown function or zone.
Column calendar_column(const Column& time, std::string_view zone_name, std::string_view function_name);

}  // namespace plantwright::detail
