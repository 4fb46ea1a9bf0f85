// SPDX-License-Identifier: MIT
#pragma once

#include <pybind11/pybind11.h>

namespace plantwright::bindings {

/// Into the submodule `detect`.
void register_ensemble(pybind11::module_& m);

}  // namespace plantwright::bindings
