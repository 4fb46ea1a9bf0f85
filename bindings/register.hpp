// SPDX-License-Identifier: MIT
/// One `register_<area>` per area, called in the areas' order by module.cpp.
#pragma once

#include <pybind11/pybind11.h>

namespace plantwright::bindings {

void register_core(pybind11::module_& module);
void register_io(pybind11::module_& module);
void register_frame(pybind11::module_& module);
void register_frame_csv(pybind11::module_& module);
void register_frame_write_csv(pybind11::module_& module);
void register_evaluate(pybind11::module_& module);
void register_evaluate_detection(pybind11::module_& module);
void register_forest(pybind11::module_& module);
void register_forest_boosted(pybind11::module_& module);
void register_forest_isolation(pybind11::module_& module);
void register_preprocessing(pybind11::module_& module);
void register_neural(pybind11::module_& module);
void register_explain(pybind11::module_& module);
void register_partial_dependence(pybind11::module_& module);
void register_detect(pybind11::module_& module);
void register_model(pybind11::module_& module);
void register_monitor(pybind11::module_& module);
void register_simulate(pybind11::module_& module);

void register_testing(pybind11::module_& module);  // _core._testing, made by register_core

}  // namespace plantwright::bindings
