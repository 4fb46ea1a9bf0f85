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

TreeExplainerOptions options_of(const std::string& precision, const std::string& output, Jobs n_jobs) {
    if (precision != "fast" && precision != "audit")
        throw InvalidArgument("TreeExplainer: precision must be 'fast' or 'audit', got '" + precision + "'");
    if (output != "raw" && output != "probability")
        throw InvalidArgument("TreeExplainer: output must be 'raw' or 'probability', got '" + output + "'");
    return {.precision = precision == "audit" ? Precision::audit : Precision::fast,
            .output = output == "raw" ? ExplainedOutput::raw : ExplainedOutput::probability,
            .n_jobs = n_jobs};
}

template <class Model>
void def_init(py::class_<TreeExplainer>& type) {
    type.def(py::init([](const Model& model, const std::string& precision, const std::string& output, Jobs n_jobs) {
                 const TreeExplainerOptions options = options_of(precision, output, n_jobs);
                 return run_released([&] { return TreeExplainer(model, options); });
             }),
             "model"_a, "precision"_a = "fast", "output"_a = "raw", "n_jobs"_a = py::none());
}

ComparisonMethod method_of(const std::string& word) {
    if (word == "interventional") return ComparisonMethod::interventional;
    if (word == "path_dependent") return ComparisonMethod::path_dependent;
    throw InvalidArgument("TreeExplainer.compare: method must be 'interventional' or 'path_dependent', got '" + word +
                          "'");
}

py::tuple as_tuple(Comparison found) {
    return py::make_tuple(to_numpy(std::move(found.contributions)), to_numpy(std::move(found.then)),
                          to_numpy(std::move(found.now)));
}

/// The values alone: names and shapes are Python's.
template <class X>
void def_explain(py::class_<TreeExplainer>& type, const char* name) {
    type.def(
            "with_background", [](const TreeExplainer& explainer, X x) { return explainer.with_background(x); },
            py::arg(name), py::call_guard<py::gil_scoped_release>())
        .def(
            "explain",
            [](const TreeExplainer& explainer, X x, Jobs n_jobs, const py::object& progress) {
                return run_with_progress(progress, [&](const ProgressCallback& callback) {
                    return explainer.explain(x, {.n_jobs = n_jobs, .progress = callback}).values;
                });
            },
            py::arg(name), "n_jobs"_a = py::none(), "progress"_a = py::none())
        .def(
            "interactions",
            [](const TreeExplainer& explainer, X x, Jobs n_jobs, const py::object& progress) {
                return run_with_progress(progress, [&](const ProgressCallback& callback) {
                    return explainer.interactions(x, {.n_jobs = n_jobs, .progress = callback}).values;
                });
            },
            py::arg(name), "n_jobs"_a = py::none(), "progress"_a = py::none())
        .def(
            "compare",
            [](const TreeExplainer& explainer, X x, X reference, const std::string& method, Jobs n_jobs,
               const py::object& progress) {
                const ComparisonMethod by = method_of(method);
                return as_tuple(run_with_progress(progress, [&](const ProgressCallback& callback) {
                    return explainer.compare(x, reference, {.method = by, .n_jobs = n_jobs, .progress = callback});
                }));
            },
            py::arg(name), "reference"_a, "method"_a = "interventional", "n_jobs"_a = py::none(),
            "progress"_a = py::none());
}

}  // namespace

void register_explain(py::module_& module) {
    py::class_<TreeExplainer> type(module, "TreeExplainer");
    def_init<RandomForestRegressor>(type);
    def_init<RandomForestClassifier>(type);
    def_init<BoostedTrees>(type);
    def_init<IsolationForest>(type);
    def_explain<ConstMatrixViewF>(type, "X");
    def_explain<ConstMatrixView>(type, "X");
    def_explain<const Frame&>(type, "frame");
    type.def_property_readonly("expected_value", &TreeExplainer::expected_value)
        .def_property_readonly("n_features", &TreeExplainer::n_features)
        .def_property_readonly("n_trees", &TreeExplainer::n_trees)
        .def_property_readonly("n_deep_nodes", [](const TreeExplainer& e) { return e.deep_part().nodes; })
        .def_property_readonly("n_trees_by_tables", &TreeExplainer::n_trees_by_tables)
        .def_property_readonly("n_outputs", &TreeExplainer::n_outputs)
        .def_property_readonly("output_names", &TreeExplainer::output_names)
        .def_property_readonly("most_points", &TreeExplainer::most_points);
}

}  // namespace plantwright::bindings
