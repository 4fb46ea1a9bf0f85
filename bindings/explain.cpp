// SPDX-License-Identifier: MIT
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <string>

#include "arrays.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/explain/tree_explainer.hpp"
#include "progress.hpp"
#include "register.hpp"

namespace plantwright::bindings {
namespace {

using namespace pybind11::literals;
using Jobs = std::optional<int>;

TreeExplainerOptions options_of(const std::string& precision, Jobs n_jobs) {
    if (precision != "fast" && precision != "audit")
        throw InvalidArgument("TreeExplainer: precision must be 'fast' or 'audit', got '" + precision + "'");
    return {.precision = precision == "audit" ? Precision::audit : Precision::fast, .n_jobs = n_jobs};
}

template <class Model>
void def_init(py::class_<TreeExplainer>& type) {
    type.def(py::init([](const Model& model, const std::string& precision, Jobs n_jobs) {
                 const TreeExplainerOptions options = options_of(precision, n_jobs);
                 return run_released([&] { return TreeExplainer(model, options); });
             }),
             "model"_a, "precision"_a = "fast", "n_jobs"_a = py::none());
}

template <class X>
void def_explain(py::class_<TreeExplainer>& type, const char* name) {
    type.def(
        "explain",
        [](const TreeExplainer& explainer, X x, Jobs n_jobs, const py::object& progress) {
            return run_with_progress(progress, [&](const ProgressCallback& callback) {
                return explainer.explain(x, {.n_jobs = n_jobs, .progress = callback}).values;
            });
        },
        py::arg(name), "n_jobs"_a = py::none(), "progress"_a = py::none());
}

}  // namespace

void register_explain(py::module_& module) {
    py::class_<TreeExplainer> type(module, "TreeExplainer");
    def_init<RandomForestRegressor>(type);
    def_init<RandomForestClassifier>(type);
    def_init<BoostedTrees>(type);
    def_explain<ConstMatrixViewF>(type, "X");
    def_explain<ConstMatrixView>(type, "X");
    def_explain<const Frame&>(type, "frame");
    type.def_property_readonly("expected_value", &TreeExplainer::expected_value)
        .def_property_readonly("n_features", &TreeExplainer::n_features)
        .def_property_readonly("n_outputs", &TreeExplainer::n_outputs)
        .def_property_readonly("output_names", &TreeExplainer::output_names)
        .def_property_readonly("most_points", &TreeExplainer::most_points);
}

}  // namespace plantwright::bindings
