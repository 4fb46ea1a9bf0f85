// SPDX-License-Identifier: MIT
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "arrays.hpp"
#include "forest_arrays.hpp"
#include "one_row.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/forest/random_forest.hpp"
#include "progress.hpp"
#include "register.hpp"
#include "saveable.hpp"

namespace plantwright::bindings {
namespace {

using namespace pybind11::literals;
using Jobs = std::optional<int>;
using CountOrFraction = std::variant<Index, double>;

RowCount row_count(const CountOrFraction& value) {
    return std::visit([](auto v) { return RowCount(v); }, value);
}

MaxFeatures max_features(const std::variant<Index, double, std::string>& value) {
    if (const auto* count = std::get_if<Index>(&value)) return MaxFeatures::count(*count);
    if (const auto* share = std::get_if<double>(&value)) return MaxFeatures::fraction(*share);
    const auto& word = std::get<std::string>(value);
    if (word == "sqrt") return MaxFeatures::sqrt();
    if (word == "log2") return MaxFeatures::log2();
    throw InvalidArgument("max_features must be a count, a fraction, 'sqrt', 'log2' or None, got '" + word + "'");
}

ClassWeight class_weight(const std::variant<std::string, std::vector<double>>& value) {
    if (const auto* weights = std::get_if<std::vector<double>>(&value)) return {ClassWeight::Kind::given, *weights};
    const auto& word = std::get<std::string>(value);
    if (word == "balanced") return {ClassWeight::Kind::balanced, {}};
    if (word == "balanced_subsample") return {ClassWeight::Kind::balanced_subsample, {}};
    throw InvalidArgument("class_weight must be 'balanced', 'balanced_subsample', one weight a class or None, got '" +
                          word + "'");
}

Splitter splitter(const std::string& word) {
    if (word == "fast") return Splitter::fast;
    if (word == "exact") return Splitter::exact;
    if (word == "random") return Splitter::random;
    throw InvalidArgument("splitter must be 'fast', 'exact' or 'random', got '" + word + "'");
}

/// One keyword argument: its name and how it is set. None means "absent" where an option may be.
void set_option(RandomForestOptions& o, const std::string& name, const py::handle& value) {
    const bool none = value.is_none();
    if (name == "n_estimators")
        o.n_estimators = value.cast<int>();
    else if (name == "criterion")
        o.criterion = criterion_from(value.cast<std::string>());
    else if (name == "max_depth")
        o.max_depth = value.cast<std::optional<int>>();
    else if (name == "min_samples_split")
        o.min_samples_split = row_count(value.cast<CountOrFraction>());
    else if (name == "min_samples_leaf")
        o.min_samples_leaf = row_count(value.cast<CountOrFraction>());
    else if (name == "min_weight_fraction_leaf")
        o.min_weight_fraction_leaf = value.cast<double>();
    else if (name == "max_features")
        o.max_features =
            none ? MaxFeatures::all() : max_features(value.cast<std::variant<Index, double, std::string>>());
    else if (name == "max_leaf_nodes")
        o.max_leaf_nodes = value.cast<std::optional<int>>();
    else if (name == "min_impurity_decrease")
        o.min_impurity_decrease = value.cast<double>();
    else if (name == "bootstrap")
        o.bootstrap = value.cast<bool>();
    else if (name == "max_samples" && none)
        o.max_samples.reset();
    else if (name == "max_samples")
        o.max_samples = row_count(value.cast<CountOrFraction>());
    else if (name == "oob_score")
        o.oob_score = value.cast<bool>();
    else if (name == "class_weight")
        o.class_weight =
            none ? ClassWeight{} : class_weight(value.cast<std::variant<std::string, std::vector<double>>>());
    else if (name == "random_state")
        o.random_state = value.cast<std::uint64_t>();
    else if (name == "tree_range")
        o.tree_range = value.cast<std::optional<std::pair<int, int>>>();
    else if (name == "n_jobs")
        o.n_jobs = value.cast<Jobs>();
    else if (name == "splitter")
        o.splitter = splitter(value.cast<std::string>());
    else if (name == "ccp_alpha")
        o.ccp_alpha = value.cast<double>();
    else if (name == "monotonic_cst")
        o.monotonic_cst = none ? std::vector<int>{} : value.cast<std::vector<int>>();
    else if (name == "quantiles")
        o.quantiles = value.cast<bool>();
    else if (name == "category_splits")
        o.category_splits = category_splits_from(value.cast<std::string>());
    else if (name == "categorical_features")
        o.categorical_features = none ? std::vector<Index>{} : value.cast<std::vector<Index>>();
    else
        throw py::type_error("fit() got an unexpected keyword argument '" + name + "'");
}

RandomForestOptions options_from(const py::kwargs& kwargs) {
    RandomForestOptions options;
    for (const auto& [name, value] : kwargs) set_option(options, name.cast<std::string>(), value);
    return options;
}

/// Runs `fit(options)` without the GIL.
template <class Fit>
auto fit_released(const py::kwargs& kwargs, const py::object& progress, Fit&& fit) {
    RandomForestOptions options = options_from(kwargs);
    return run_with_progress(progress, [&](const ProgressCallback& callback) {
        options.progress = callback;
        return fit(options);
    });
}

/// With `start`, the forest of `start`'s trees and those that options ask for beyond.
template <class X>
RandomForestRegressor fit_regressor(X x, ConstVectorView y, std::optional<ConstVectorView> sample_weight,
                                    const py::object& progress, const RandomForestRegressor* start,
                                    const py::kwargs& kwargs) {
    return fit_released(kwargs, progress, [&](const RandomForestOptions& options) {
        const ConstVectorView weight = sample_weight.value_or(ConstVectorView{});
        return start ? start->grow(x, y, options, weight) : RandomForestRegressor::fit(x, y, options, weight);
    });
}

/// The same of several outputs: y `(n_rows, n_outputs)`.
template <class X>
RandomForestRegressor fit_outputs(X x, ConstMatrixView y, std::optional<ConstVectorView> sample_weight,
                                  const py::object& progress, const RandomForestRegressor* start,
                                  const py::kwargs& kwargs) {
    return fit_released(kwargs, progress, [&](const RandomForestOptions& options) {
        const ConstVectorView weight = sample_weight.value_or(ConstVectorView{});
        return start ? start->grow_outputs(x, y, options, weight)
                     : RandomForestRegressor::fit_outputs(x, y, options, weight);
    });
}

template <class Forest>
Forest fit_frame_outputs(const Frame& frame, const std::vector<std::string>& targets,
                         std::optional<ConstVectorView> sample_weight, const py::object& progress, const Forest* start,
                         const py::kwargs& kwargs) {
    return fit_released(kwargs, progress, [&](const RandomForestOptions& options) {
        const ConstVectorView weight = sample_weight.value_or(ConstVectorView{});
        return start ? start->grow_outputs(frame, targets, options, weight)
                     : Forest::fit_outputs(frame, targets, options, weight);
    });
}

template <class X>
RandomForestClassifier fit_classifier(X x, RandomForestClassifier::Labels y,
                                      std::optional<ConstVectorView> sample_weight, std::vector<std::string> classes,
                                      const py::object& progress, const RandomForestClassifier* start,
                                      const py::kwargs& kwargs) {
    return fit_released(kwargs, progress, [&](const RandomForestOptions& options) {
        const ConstVectorView weight = sample_weight.value_or(ConstVectorView{});
        return start ? start->grow(x, y, options, weight, std::move(classes))
                     : RandomForestClassifier::fit(x, y, options, weight, std::move(classes));
    });
}

template <class X>
RandomForestClassifier fit_label_outputs(X x, RandomForestClassifier::LabelTable y,
                                         std::optional<ConstVectorView> sample_weight,
                                         const RandomForestClassifier::ClassNames& classes, const py::object& progress,
                                         const RandomForestClassifier* start, const py::kwargs& kwargs) {
    return fit_released(kwargs, progress, [&](const RandomForestOptions& options) {
        const ConstVectorView weight = sample_weight.value_or(ConstVectorView{});
        return start ? start->grow_outputs(x, y, options, weight, classes)
                     : RandomForestClassifier::fit_outputs(x, y, options, weight, classes);
    });
}

template <class Forest>
Forest fit_frame(const Frame& frame, const std::string& target, std::optional<ConstVectorView> sample_weight,
                 const py::object& progress, const Forest* start, const py::kwargs& kwargs) {
    return fit_released(kwargs, progress, [&](const RandomForestOptions& options) {
        const ConstVectorView weight = sample_weight.value_or(ConstVectorView{});
        return start ? start->grow(frame, target, options, weight) : Forest::fit(frame, target, options, weight);
    });
}

template <class Forest, class X>
void def_walks(py::class_<Forest>& type, const char* name) {
    const auto no_gil = py::call_guard<py::gil_scoped_release>();
    type.def(
        "apply", [](const Forest& f, X x, Jobs n_jobs) { return f.apply(x, n_jobs); }, py::arg(name),
        "n_jobs"_a = py::none(), no_gil);
    type.def(
        "decision_path",
        [](const Forest& f, X x, Jobs n_jobs) {
            return as_tuple(run_released([&] { return f.decision_path(x, n_jobs); }));
        },
        py::arg(name), "n_jobs"_a = py::none());
    type.def(
        "predict", [](const Forest& f, X x, Jobs n_jobs) { return f.predict(x, n_jobs); }, py::arg(name),
        "n_jobs"_a = py::none(), no_gil);
}

template <class Forest>
void def_common(py::class_<Forest>& type) {
    def_walks<Forest, ConstMatrixViewF>(type, "X");
    def_walks<Forest, ConstMatrixView>(type, "X");
    def_walks<Forest, const Frame&>(type, "frame");
    type.def("tree", &tree_arrays<Forest>, "index"_a)
        .def_static(
            "merge",
            [](const std::vector<const Forest*>& forests) {
                return run_released([&] { return Forest::merge(std::span<const Forest* const>(forests)); });
            },
            "forests"_a)
        .def("subset", &Forest::subset, "first"_a, "last"_a, py::call_guard<py::gil_scoped_release>())
        .def_property_readonly("n_trees", &Forest::n_trees)
        .def_property_readonly("n_features", &Forest::n_features)
        .def_property_readonly("n_nodes", &Forest::n_nodes)
        .def_property_readonly("feature_names", &Forest::feature_names)
        .def_property_readonly("level_ranks", [](const Forest& f) { return level_ranks(f); })
        .def_property_readonly("n_levels", [](const Forest& f) { return n_levels(f); })
        .def_property_readonly("schema", &Forest::schema)
        .def_property_readonly("criterion", [](const Forest& f) { return to_string(f.criterion()); })
        .def_property_readonly("oob_score", &Forest::oob_score)
        .def("feature_importances", &Forest::feature_importances)
        .def("describe", [](const Forest& f) { return f.describe().dump(); });
    def_saveable(type);
}

/// The prediction of one row: a number, or several.
std::variant<double, Vector> one_prediction(const RandomForestRegressor& f, const py::object& row) {
    return with_one_row(row, [&](auto numbers) -> std::variant<double, Vector> {
        if (f.n_outputs() == 1) return f.predict_one(numbers);
        Vector outputs(f.n_outputs());
        f.predict_one(numbers, outputs);
        return outputs;
    });
}

template <class X>
void def_outputs(py::class_<RandomForestRegressor>& type, const char* name) {
    const auto no_gil = py::call_guard<py::gil_scoped_release>();
    type.def(
        "predict_outputs",
        [](const RandomForestRegressor& f, X x, Jobs n_jobs) { return f.predict_outputs(x, n_jobs); }, py::arg(name),
        "n_jobs"_a = py::none(), no_gil);
    type.def(
        "predict_quantiles",
        [](const RandomForestRegressor& f, X x, ConstVectorView quantiles, Jobs n_jobs) {
            return f.predict_quantiles(x, quantiles, n_jobs);
        },
        py::arg(name), "quantiles"_a, "n_jobs"_a = py::none(), no_gil);
}

void register_regressor(py::module_& module) {
    py::class_<RandomForestRegressor> type(module, "RandomForestRegressor");
    type.def_static("fit_outputs", &fit_outputs<ConstMatrixViewF>, "X"_a, "y"_a, "sample_weight"_a = py::none(),
                    "progress"_a = py::none(), "start"_a = py::none());
    type.def_static("fit_outputs", &fit_outputs<ConstMatrixView>, "X"_a, "y"_a, "sample_weight"_a = py::none(),
                    "progress"_a = py::none(), "start"_a = py::none());
    type.def_static("fit_frame_outputs", &fit_frame_outputs<RandomForestRegressor>, "frame"_a, "targets"_a,
                    "sample_weight"_a = py::none(), "progress"_a = py::none(), "start"_a = py::none());
    def_outputs<ConstMatrixViewF>(type, "X");
    def_outputs<ConstMatrixView>(type, "X");
    def_outputs<const Frame&>(type, "frame");
    type.def(
        "predict_quantiles_one",
        [](const RandomForestRegressor& f, const py::object& row, ConstVectorView quantiles) {
            return with_one_row(row, [&](auto numbers) { return f.predict_quantiles_one(numbers, quantiles); });
        },
        "row"_a, "quantiles"_a);
    type.def_property_readonly("n_outputs", &RandomForestRegressor::n_outputs);
    type.def_static("fit", &fit_regressor<ConstMatrixViewF>, "X"_a, "y"_a, "sample_weight"_a = py::none(),
                    "progress"_a = py::none(), "start"_a = py::none());
    type.def_static("fit", &fit_regressor<ConstMatrixView>, "X"_a, "y"_a, "sample_weight"_a = py::none(),
                    "progress"_a = py::none(), "start"_a = py::none());
    type.def_static("fit_frame", &fit_frame<RandomForestRegressor>, "frame"_a, "target"_a,
                    "sample_weight"_a = py::none(), "progress"_a = py::none(), "start"_a = py::none());
    type.def_static(
        "from_arrays",
        [](const py::dict& arrays, const Schema& schema, const std::string& criterion) {
            return RandomForestRegressor::from_forest(forest_from_arrays(arrays), schema, criterion_from(criterion));
        },
        "arrays"_a, "schema"_a = Schema{}, "criterion"_a = "squared_error");
    type.def("predict_one", &one_prediction, "row"_a);
    type.def_property_readonly("oob_prediction", [](const RandomForestRegressor& f) { return f.oob_prediction(); });
    def_common(type);
}

std::int32_t one_class(const RandomForestClassifier& f, const py::object& row) {
    Vector share(static_cast<Index>(f.classes().size()));
    return with_one_row(row, [&](auto numbers) { return f.predict_one(numbers, share); });
}

Vector one_share(const RandomForestClassifier& f, const py::object& row) {
    Vector share(static_cast<Index>(f.classes().size()));
    with_one_row(row, [&](auto numbers) { f.predict_proba_one(numbers, share); });
    return share;
}

template <class T>
bool has_infinity(MatrixView<const T> X) {
    bool found = false;
    for (Index i = 0; i < X.rows(); ++i) {
        const T* row = X.data() + i * X.row_stride();
        for (Index j = 0; j < X.cols(); ++j) found |= std::abs(row[j * X.col_stride()]) > std::numeric_limits<T>::max();
    }
    return found;
}

template <class X>
void def_proba(py::class_<RandomForestClassifier>& type, const char* name) {
    type.def(
        "predict_proba", [](const RandomForestClassifier& f, X x, Jobs n_jobs) { return f.predict_proba(x, n_jobs); },
        py::arg(name), "n_jobs"_a = py::none(), py::call_guard<py::gil_scoped_release>());
}

void register_classifier(py::module_& module) {
    py::class_<RandomForestClassifier> type(module, "RandomForestClassifier");
    const std::vector<std::string> unnamed;
    const RandomForestClassifier::ClassNames no_names;
    const std::vector<std::int64_t> no_sizes;
    type.def_static("fit", &fit_classifier<ConstMatrixViewF>, "X"_a, "y"_a, "sample_weight"_a = py::none(),
                    "classes"_a = unnamed, "progress"_a = py::none(), "start"_a = py::none());
    type.def_static("fit", &fit_classifier<ConstMatrixView>, "X"_a, "y"_a, "sample_weight"_a = py::none(),
                    "classes"_a = unnamed, "progress"_a = py::none(), "start"_a = py::none());
    type.def_static("fit_frame", &fit_frame<RandomForestClassifier>, "frame"_a, "target"_a,
                    "sample_weight"_a = py::none(), "progress"_a = py::none(), "start"_a = py::none());
    type.def_static(
        "from_arrays",
        [](const py::dict& arrays, std::vector<std::string> classes, const Schema& schema, const std::string& criterion,
           std::vector<std::int64_t> n_classes) {
            return RandomForestClassifier::from_forest(forest_from_arrays(arrays), schema, criterion_from(criterion),
                                                       std::move(classes), std::move(n_classes));
        },
        "arrays"_a, "classes"_a, "schema"_a = Schema{}, "criterion"_a = "gini", "n_classes"_a = no_sizes);
    type.def("predict_one", &one_class, "row"_a);
    type.def("predict_proba_one", &one_share, "row"_a);
    type.def_static("fit_outputs", &fit_label_outputs<ConstMatrixViewF>, "X"_a, "y"_a, "sample_weight"_a = py::none(),
                    "classes"_a = no_names, "progress"_a = py::none(), "start"_a = py::none());
    type.def_static("fit_outputs", &fit_label_outputs<ConstMatrixView>, "X"_a, "y"_a, "sample_weight"_a = py::none(),
                    "classes"_a = no_names, "progress"_a = py::none(), "start"_a = py::none());
    type.def_static("fit_frame_outputs", &fit_frame_outputs<RandomForestClassifier>, "frame"_a, "targets"_a,
                    "sample_weight"_a = py::none(), "progress"_a = py::none(), "start"_a = py::none());
    type.def_property_readonly("n_outputs", &RandomForestClassifier::n_outputs);
    type.def_property_readonly("n_classes", &RandomForestClassifier::n_classes);
    type.def_property_readonly("classes", &RandomForestClassifier::classes);
    type.def_property_readonly("oob_decision_function",
                               [](const RandomForestClassifier& f) { return f.oob_decision_function(); });
    def_proba<ConstMatrixViewF>(type, "X");
    def_proba<ConstMatrixView>(type, "X");
    def_proba<const Frame&>(type, "frame");
    def_common(type);
}

}  // namespace

void register_forest(py::module_& module) {
    register_regressor(module);
    register_classifier(module);
    module.def("has_infinity", &has_infinity<float>, "X"_a);
    module.def("has_infinity", &has_infinity<double>, "X"_a);
}

}  // namespace plantwright::bindings
