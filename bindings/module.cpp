// SPDX-License-Identifier: MIT
#include "register.hpp"

PYBIND11_MODULE(_core, module) {
    module.doc() = "The compiled part of plantwright; private, use the Python classes.";
    plantwright::bindings::register_core(module);
    plantwright::bindings::register_io(module);
    plantwright::bindings::register_frame(module);
    plantwright::bindings::register_frame_csv(module);
    plantwright::bindings::register_frame_write_csv(module);
    plantwright::bindings::register_evaluate(module);
    plantwright::bindings::register_evaluate_detection(module);
    plantwright::bindings::register_forest(module);
    plantwright::bindings::register_forest_boosted(module);
    plantwright::bindings::register_forest_isolation(module);
    plantwright::bindings::register_preprocessing(module);
    plantwright::bindings::register_neural(module);
    plantwright::bindings::register_explain(module);
    plantwright::bindings::register_partial_dependence(module);
    plantwright::bindings::register_detect(module);
    plantwright::bindings::register_model(module);
    plantwright::bindings::register_monitor(module);
    plantwright::bindings::register_simulate(module);
}
