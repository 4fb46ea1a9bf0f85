// SPDX-License-Identifier: MIT
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "arrays.hpp"
#include "forest_arrays.hpp"
#include "isolation_options.hpp"
#include "one_row.hpp"
#include "plantwright/forest/isolation_forest.hpp"
#include "progress.hpp"
#include "register.hpp"
#include "saveable.hpp"

namespace plantwright::bindings {
namespace {

using namespace pybind11::literals;
using Jobs = std::optional<int>;
using CountOrFraction = std::variant<Index, double>;

/// One keyword argument: its name and how it is set.
void set_option(IsolationForestOptions& o, const std::string& name, const py::handle& value) {
    if (name == "n_estimators")
        o.n_estimators = value.cast<int>();
    else if (name == "max_samples" && !value.is_none())
        o.max_samples = std::visit([](auto v) { return RowCount(v); }, value.cast<CountOrFraction>());
    else if (name == "contamination")
        o.contamination = value.cast<std::optional<double>>();
    else if (name == "max_features" && py::isinstance<py::float_>(value))
        o.max_features = MaxFeatures::fraction(value.cast<double>());
    else if (name == "max_features")
        o.max_features = MaxFeatures::count(value.cast<Index>());
    else if (name == "ndim")
        o.ndim = value.cast<int>();
    else if (name == "bootstrap")
        o.bootstrap = value.cast<bool>();
    else if (name == "random_state")
        o.random_state = value.cast<std::uint64_t>();
    else if (name == "tree_range")
        o.tree_range = value.cast<std::optional<std::pair<int, int>>>();
    else if (name == "n_jobs")
        o.n_jobs = value.cast<Jobs>();
    else if (name != "max_samples")
        throw py::type_error("fit() got an unexpected keyword argument '" + name + "'");
}

}  // namespace

IsolationForestOptions isolation_options_from(const py::dict& named) {
    IsolationForestOptions options;
    for (const auto& [name, value] : named) set_option(options, name.cast<std::string>(), value);
    return options;
}

namespace {

IsolationForestOptions options_from(const py::kwargs& kwargs) { return isolation_options_from(kwargs); }

/// With `start`, the forest of `start`'s trees and those that options ask for beyond.
template <class X>
IsolationForest fit(X x, std::optional<ConstVectorView> sample_weight, const py::object& progress,
                    const IsolationForest* start, const py::kwargs& kwargs) {
    IsolationForestOptions options = options_from(kwargs);
    const ConstVectorView weight = sample_weight.value_or(ConstVectorView{});
    return run_with_progress(progress, [&](const ProgressCallback& callback) {
        options.progress = callback;
        return start ? start->grow(x, options, weight) : IsolationForest::fit(x, options, weight);
    });
}

template <class X>
void def_input(py::class_<IsolationForest>& type, const char* name) {
    const auto no_gil = py::call_guard<py::gil_scoped_release>();
    type.def_static(name[0] == 'X' ? "fit" : "fit_frame", &fit<X>, py::arg(name), "sample_weight"_a = py::none(),
                    "progress"_a = py::none(), "start"_a = py::none());
    type.def(
            "score_samples", [](const IsolationForest& f, X x, Jobs n_jobs) { return f.score_samples(x, n_jobs); },
            py::arg(name), "n_jobs"_a = py::none(), no_gil)
        .def(
            "decision_function",
            [](const IsolationForest& f, X x, Jobs n_jobs) { return f.decision_function(x, n_jobs); }, py::arg(name),
            "n_jobs"_a = py::none(), no_gil)
        .def(
            "predict", [](const IsolationForest& f, X x, Jobs n_jobs) { return f.predict(x, n_jobs); }, py::arg(name),
            "n_jobs"_a = py::none(), no_gil)
        .def(
            "path_length", [](const IsolationForest& f, X x, Jobs n_jobs) { return f.path_length(x, n_jobs); },
            py::arg(name), "n_jobs"_a = py::none(), no_gil)
        .def(
            "apply", [](const IsolationForest& f, X x, Jobs n_jobs) { return f.apply(x, n_jobs); }, py::arg(name),
            "n_jobs"_a = py::none(), no_gil)
        .def(
            "decision_path",
            [](const IsolationForest& f, X x, Jobs n_jobs) {
                return as_tuple(run_released([&] { return f.decision_path(x, n_jobs); }));
            },
            py::arg(name), "n_jobs"_a = py::none());
}

void def_one_row(py::class_<IsolationForest>& type) {
    type.def(
            "score_one",
            [](const IsolationForest& f, const py::object& row) {
                return with_one_row(row, [&](auto numbers) { return f.score_one(numbers); }, "score_one");
            },
            "row"_a)
        .def(
            "predict_one",
            [](const IsolationForest& f, const py::object& row) {
                return with_one_row(row, [&](auto numbers) { return f.predict_one(numbers); });
            },
            "row"_a);
}

void def_trees(py::class_<IsolationForest>& type) {
    type.def_static(
            "merge",
            [](const std::vector<const IsolationForest*>& forests) {
                return run_released([&] { return IsolationForest::merge(std::span(forests)); });
            },
            "forests"_a)
        .def("subset", &IsolationForest::subset, "first"_a, "last"_a, py::call_guard<py::gil_scoped_release>())
        .def_static(
            "from_arrays",
            [](const py::dict& arrays, Index max_samples, double offset, const Schema& schema) {
                return IsolationForest::from_forest(forest_from_arrays(arrays), max_samples, offset, schema);
            },
            "arrays"_a, "max_samples"_a, "offset"_a = IsolationForest::kAutoOffset, "schema"_a = Schema{})
        .def_property_readonly("n_levels", [](const IsolationForest&) { return Buffer<std::int32_t>(); })
        .def("tree", &tree_arrays<IsolationForest>, "index"_a)
        .def_static(
            "rows_of_tree",
            [](Index n_rows, Index tree, std::optional<ConstVectorView> sample_weight, const py::kwargs& kwargs) {
                return IsolationForest::rows_of_tree(n_rows, options_from(kwargs), tree,
                                                     sample_weight.value_or(ConstVectorView{}));
            },
            "n_rows"_a, "tree"_a, "sample_weight"_a = py::none())
        .def_static(
            "features_of_tree",
            [](Index n_features, Index tree, const py::kwargs& kwargs) {
                return IsolationForest::features_of_tree(n_features, options_from(kwargs), tree);
            },
            "n_features"_a, "tree"_a);
}

}  // namespace

void register_forest_isolation(py::module_& module) {
    py::class_<IsolationForest> type(module, "IsolationForest");
    def_input<ConstMatrixViewF>(type, "X");
    def_input<ConstMatrixView>(type, "X");
    def_input<const Frame&>(type, "frame");
    def_one_row(type);
    def_trees(type);
    type.def_property_readonly("n_trees", &IsolationForest::n_trees)
        .def_property_readonly("n_features", &IsolationForest::n_features)
        .def_property_readonly("n_nodes", &IsolationForest::n_nodes)
        .def_property_readonly("ndim", &IsolationForest::ndim)
        .def_property_readonly("max_samples", &IsolationForest::max_samples)
        .def_property_readonly("offset", &IsolationForest::offset)
        .def("with_offset", &IsolationForest::with_offset, "offset"_a)
        .def_property_readonly("feature_names", &IsolationForest::feature_names)
        .def_property_readonly("level_ranks", [](const IsolationForest& f) { return level_ranks(f); })
        .def_property_readonly("schema", &IsolationForest::schema)
        .def("describe", [](const IsolationForest& f) { return f.describe().dump(); });
    def_saveable(type);
}

}  // namespace plantwright::bindings
