// SPDX-License-Identifier: MIT
#include "plantwright/explain/partial_dependence.hpp"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "arrays.hpp"
#include "progress.hpp"
#include "register.hpp"

namespace plantwright::bindings {
namespace {

using namespace pybind11::literals;
using Jobs = std::optional<int>;

template <class Model>
void def_init(py::class_<PartialDependence>& type) {
    type.def(py::init([](const Model& model) { return run_released([&] { return PartialDependence(model); }); }),
             "model"_a);
}

template <class X>
void def_curves(py::class_<PartialDependence>& type, const char* name) {
    type.def(
        "individual",
        [](const PartialDependence& curves, X x, Index feature, ConstVectorView grid, Jobs n_jobs,
           const py::object& progress) {
            return run_with_progress(progress, [&](const ProgressCallback& callback) {
                return curves.individual(x, feature, grid, {.n_jobs = n_jobs, .progress = callback});
            });
        },
        py::arg(name), "feature"_a, "grid"_a, "n_jobs"_a = py::none(), "progress"_a = py::none());
    type.def(
        "average",
        [](const PartialDependence& curves, X x, Index feature, ConstVectorView grid, ConstVectorView weight,
           Jobs n_jobs, const py::object& progress) {
            return run_with_progress(progress, [&](const ProgressCallback& callback) {
                return curves.average(x, feature, grid, weight, {.n_jobs = n_jobs, .progress = callback});
            });
        },
        py::arg(name), "feature"_a, "grid"_a, "weight"_a, "n_jobs"_a = py::none(), "progress"_a = py::none());
}

}  // namespace

void register_partial_dependence(py::module_& module) {
    py::class_<PartialDependence> type(module, "PartialDependence");
    def_init<RandomForestRegressor>(type);
    def_init<RandomForestClassifier>(type);
    def_init<BoostedTrees>(type);
    def_init<IsolationForest>(type);
    def_curves<ConstMatrixViewF>(type, "X");
    def_curves<ConstMatrixView>(type, "X");
    def_curves<const Frame&>(type, "frame");
    type.def_property_readonly("n_features", &PartialDependence::n_features)
        .def_property_readonly("n_outputs", &PartialDependence::n_outputs);
}

}  // namespace plantwright::bindings
