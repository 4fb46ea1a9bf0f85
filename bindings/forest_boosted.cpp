// SPDX-License-Identifier: MIT
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <string>
#include <vector>

#include "arrays.hpp"
#include "forest_arrays.hpp"
#include "plantwright/forest/boosted_trees.hpp"
#include "register.hpp"
#include "saveable.hpp"

namespace plantwright::bindings {
namespace {

using namespace pybind11::literals;
using Jobs = std::optional<int>;

BoostedTrees from_arrays(const py::dict& arrays, const std::string& link, std::vector<std::string> classes,
                         const Schema& schema, double link_scale, bool mean, bool sum_as_float32, std::string origin) {
    return BoostedTrees::from_parts({.forest = forest_from_arrays(arrays),
                                     .tree_output = copied<std::int32_t>(arrays, "tree_output"),
                                     .base = copied<double>(arrays, "base"),
                                     .link = link_from(link),
                                     .link_scale = link_scale,
                                     .mean = mean,
                                     .sum_as_float32 = sum_as_float32,
                                     .classes = std::move(classes),
                                     .schema = schema,
                                     .origin = std::move(origin)});
}

template <class X>
void def_walks(py::class_<BoostedTrees>& type, const char* name) {
    const auto no_gil = py::call_guard<py::gil_scoped_release>();
    type.def(
        "predict_raw", [](const BoostedTrees& b, X x, Jobs n_jobs) { return b.predict_raw(x, n_jobs); }, py::arg(name),
        "n_jobs"_a = py::none(), no_gil);
    type.def(
        "predict", [](const BoostedTrees& b, X x, Jobs n_jobs) { return b.predict(x, n_jobs); }, py::arg(name),
        "n_jobs"_a = py::none(), no_gil);
    type.def(
        "apply", [](const BoostedTrees& b, X x, Jobs n_jobs) { return b.apply(x, n_jobs); }, py::arg(name),
        "n_jobs"_a = py::none(), no_gil);
}

}  // namespace

void register_forest_boosted(py::module_& module) {
    py::class_<BoostedTrees> type(module, "BoostedTrees");
    type.def_static("from_arrays", &from_arrays, "arrays"_a, "link"_a = "identity",
                    "classes"_a = std::vector<std::string>{}, "schema"_a = Schema{}, "link_scale"_a = 1.0,
                    "mean"_a = false, "sum_as_float32"_a = false, "origin"_a = "");
    def_walks<ConstMatrixViewF>(type, "X");
    def_walks<ConstMatrixView>(type, "X");
    def_walks<const Frame&>(type, "frame");
    type.def("tree", &tree_arrays<BoostedTrees>, "index"_a)
        .def_property_readonly("n_trees", &BoostedTrees::n_trees)
        .def_property_readonly("n_features", &BoostedTrees::n_features)
        .def_property_readonly("n_nodes", &BoostedTrees::n_nodes)
        .def_property_readonly("feature_names", &BoostedTrees::feature_names)
        .def_property_readonly("level_ranks", [](const BoostedTrees& b) { return level_ranks(b); })
        .def_property_readonly("n_levels", [](const BoostedTrees& b) { return n_levels(b); })
        .def_property_readonly("schema", &BoostedTrees::schema)
        .def_property_readonly("classes", &BoostedTrees::classes)
        .def_property_readonly("tree_output",
                               [](const BoostedTrees& b) { return to_numpy(Buffer<std::int32_t>(b.tree_output())); })
        .def_property_readonly("base", [](const BoostedTrees& b) { return to_numpy(Vector(b.base())); })
        .def_property_readonly("link", [](const BoostedTrees& b) { return to_string(b.link()); })
        .def_property_readonly("link_scale", &BoostedTrees::link_scale)
        .def_property_readonly("mean", &BoostedTrees::mean)
        .def_property_readonly("origin", &BoostedTrees::origin)
        .def("describe", [](const BoostedTrees& b) { return b.describe().dump(); });
    def_saveable(type);
}

}  // namespace plantwright::bindings
