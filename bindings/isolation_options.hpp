// SPDX-License-Identifier: MIT
/// Options of isolation forests from Python's keyword arguments.
#pragma once

#include <pybind11/pybind11.h>

#include "plantwright/forest/isolation_forest.hpp"

namespace plantwright::bindings {

/// Throws TypeError on a name that is no option.
IsolationForestOptions isolation_options_from(const pybind11::dict& named);

}  // namespace plantwright::bindings
