// SPDX-License-Identifier: MIT
#include <pybind11/native_enum.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "arrays.hpp"
#include "plantwright/evaluate/calibration.hpp"
#include "plantwright/evaluate/classification_metrics.hpp"
#include "plantwright/evaluate/leak_check.hpp"
#include "plantwright/evaluate/regression_metrics.hpp"
#include "plantwright/evaluate/report.hpp"
#include "plantwright/evaluate/splitters.hpp"
#include "register.hpp"

namespace plantwright::bindings {
namespace {

using namespace pybind11::literals;
using namespace plantwright::evaluate;
using Release = py::call_guard<py::gil_scoped_release>;  // kernels touch no Python object
using Codes = VectorView<const std::int32_t>;
using Stamps = VectorView<const std::int64_t>;

py::array_t<Index> as_array(const std::vector<Index>& rows) {
    return py::array_t<Index>(static_cast<py::ssize_t>(rows.size()), rows.data());
}

py::tuple as_arrays(const Split& split) { return py::make_tuple(as_array(split.train), as_array(split.test)); }

py::list as_arrays(const std::vector<Split>& splits) {
    py::list pairs;
    for (const Split& split : splits) pairs.append(as_arrays(split));
    return pairs;
}

void register_regression_metrics(py::module_& m) {
    m.def("mean_squared_error", &mean_squared_error, "y_true"_a, "y_pred"_a, "sample_weight"_a, Release());
    m.def("root_mean_squared_error", &root_mean_squared_error, "y_true"_a, "y_pred"_a, "sample_weight"_a, Release());
    m.def("mean_absolute_error", &mean_absolute_error, "y_true"_a, "y_pred"_a, "sample_weight"_a, Release());
    m.def("max_error", &max_error, "y_true"_a, "y_pred"_a, Release());
    m.def("r2_score", &r2_score, "y_true"_a, "y_pred"_a, "sample_weight"_a, Release());
}

void register_label_metrics(py::module_& m) {
    py::native_enum<Average>(m, "Average", "enum.Enum")
        .value("binary", Average::binary)
        .value("macro", Average::macro)
        .value("weighted", Average::weighted)
        .finalize();
    m.def("confusion_matrix", &confusion_matrix, "y_true"_a, "y_pred"_a, "n_classes"_a, "sample_weight"_a, Release());
    m.def("accuracy_score", &accuracy_score, "confusion"_a, Release());
    m.def("balanced_accuracy_score", &balanced_accuracy_score, "confusion"_a, Release());
    m.def(
        "precision_recall",
        [](ConstMatrixView confusion, Average average, double zero_division) {
            const PrecisionRecall r = precision_recall(confusion, average, zero_division);
            return py::make_tuple(r.precision, r.recall, r.f1);
        },
        "confusion"_a, "average"_a, "zero_division"_a);
}

void register_score_metrics(py::module_& m) {
    using Binary = double (*)(Codes, ConstVectorView, ConstVectorView);
    using Multi = double (*)(Codes, ConstMatrixView, ConstVectorView);
    m.def("roc_auc_score", static_cast<Binary>(&roc_auc_score), "y_true"_a, "score"_a, "sample_weight"_a, Release());
    m.def("roc_auc_score", static_cast<Multi>(&roc_auc_score), "y_true"_a, "score"_a, "sample_weight"_a, Release());
    m.def("average_precision_score", static_cast<Binary>(&average_precision_score), "y_true"_a, "score"_a,
          "sample_weight"_a, Release());
    m.def("average_precision_score", static_cast<Multi>(&average_precision_score), "y_true"_a, "score"_a,
          "sample_weight"_a, Release());
    m.def("log_loss", &log_loss, "y_true"_a, "probability"_a, "sample_weight"_a, Release());
    m.def("brier_score_loss", static_cast<Binary>(&brier_score_loss), "y_true"_a, "probability"_a, "sample_weight"_a,
          Release());
    m.def("brier_score_loss", static_cast<Multi>(&brier_score_loss), "y_true"_a, "probability"_a, "sample_weight"_a,
          Release());
}

void register_splitters(py::module_& m) {
    m.def(
        "time_split",
        [](Index n_rows, std::optional<Stamps> times, Index n_splits, Index gap, std::int64_t gap_ns, Index test_size,
           Index max_train_size) {
            const TimeSplitOptions options{n_splits, gap, gap_ns, test_size, max_train_size};
            return as_arrays(times ? time_split(*times, options) : time_split(n_rows, options));
        },
        "n_rows"_a, "times"_a, "n_splits"_a, "gap"_a, "gap_ns"_a, "test_size"_a, "max_train_size"_a);
    m.def(
        "train_test_split_by_time",
        [](Index n_rows, std::optional<Stamps> times, double test_fraction, Index gap, std::int64_t gap_ns) {
            const TestSplitOptions options{test_fraction, gap, gap_ns};
            return as_arrays(times ? train_test_split_by_time(*times, options)
                                   : train_test_split_by_time(n_rows, options));
        },
        "n_rows"_a, "times"_a, "test_fraction"_a, "gap"_a, "gap_ns"_a);
    m.def(
        "k_fold",
        [](Index n_rows, Index n_splits, bool shuffle, std::uint64_t seed) {
            return as_arrays(k_fold(n_rows, {n_splits, shuffle, seed}));
        },
        "n_rows"_a, "n_splits"_a, "shuffle"_a, "seed"_a);
    m.def(
        "stratified_k_fold",
        [](Codes classes, Index n_splits, bool shuffle, std::uint64_t seed) {
            return as_arrays(stratified_k_fold(classes, {n_splits, shuffle, seed}));
        },
        "classes"_a, "n_splits"_a, "shuffle"_a, "seed"_a);
    m.def(
        "group_split", [](Codes groups, Index n_splits) { return as_arrays(group_split(groups, n_splits)); },
        "groups"_a, "n_splits"_a);
    m.def(
        "blocked_k_fold",
        [](Index n_rows, Index n_splits, Index gap) { return as_arrays(blocked_k_fold(n_rows, n_splits, gap)); },
        "n_rows"_a, "n_splits"_a, "gap"_a);
}

void register_report(py::module_& m) {
    py::class_<Report>(m, "Report")
        .def("to_text", &Report::to_text)
        .def("to_json", [](const Report& self) { return self.to_json().dump(); })
        .def_static("from_json", [](const std::string& text) { return Report::from_json(io::Json::parse(text)); })
        .def("beats_baselines", &Report::beats_baselines);
    m.def("combine", &combine, "folds"_a, "split"_a);

    py::class_<TimeOrder>(m, "TimeOrder")
        .def(py::init([](Stamps tested, Stamps train, Stamps history, bool are_stamps) {
                 return TimeOrder{tested, train, history, are_stamps};
             }),
             "tested"_a, "train"_a, "history"_a, "are_stamps"_a, py::keep_alive<1, 2>(), py::keep_alive<1, 3>(),
             py::keep_alive<1, 4>());
    py::class_<BaselineOptions>(m, "BaselineOptions")
        .def(py::init([](std::optional<std::vector<std::string>> names, Index horizon) {
                 return BaselineOptions{std::move(names), horizon};
             }),
             "names"_a, "horizon"_a);
    m.def(
        "regression_report",
        [](ConstVectorView y_true, ConstVectorView y_pred, ConstVectorView sample_weight, ConstVectorView y_train,
           ConstVectorView y_history, const TimeOrder& times, const std::string& split,
           const BaselineOptions& baselines) {
            return report(RegressionResult{y_true, y_pred, sample_weight, y_train, y_history, times, split}, baselines);
        },
        "y_true"_a, "y_pred"_a, "sample_weight"_a, "y_train"_a, "y_history"_a, "times"_a, "split"_a, "baselines"_a,
        Release());
    m.def(
        "classification_report",
        [](Codes y_true, Codes y_pred, ConstMatrixView probability, ConstVectorView sample_weight, Codes y_train,
           Codes y_history, const TimeOrder& times, const std::vector<std::string>& classes, const std::string& split,
           const BaselineOptions& baselines) {
            return report(ClassificationResult{y_true, y_pred, probability, sample_weight, y_train, y_history, times,
                                               classes, split},
                          baselines);
        },
        "y_true"_a, "y_pred"_a, "probability"_a, "sample_weight"_a, "y_train"_a, "y_history"_a, "times"_a, "classes"_a,
        "split"_a, "baselines"_a, Release());
}

void register_leak_check(py::module_& m) {
    py::class_<LeakOptions>(m, "LeakOptions")
        .def(py::init([](std::string target, std::string time, std::string group, bool compare_columns) {
                 return LeakOptions{.target = std::move(target),
                                    .time = std::move(time),
                                    .group = std::move(group),
                                    .compare_columns = compare_columns};
             }),
             "target"_a, "time"_a, "group"_a, "compare_columns"_a);
    m.def(
        "leak_check",
        [](const Frame& train, const Frame& test, const LeakOptions& options) {
            return leak_check(train, test, options).to_json().dump();
        },
        "train"_a, "test"_a, "options"_a, Release());
    m.def(
        "suspect_columns",
        [](const Frame& table, const LeakOptions& options) { return suspect_columns(table, options).to_json().dump(); },
        "table"_a, "options"_a, Release());
}

/// Calibrations come with their models; alone they are made and applied here.
void register_calibration(py::module_& m) {
    py::class_<Calibration>(m, "Calibration")
        .def_static(
            "fit",
            [](ConstMatrixView shares, Codes y, const std::string& method, ConstVectorView weight) {
                return Calibration::fit(shares, y, calibration_method_from(method), weight);
            },
            "shares"_a, "y"_a, "method"_a, "sample_weight"_a, Release())
        .def("apply", py::overload_cast<ConstMatrixView>(&Calibration::apply, py::const_), "shares"_a, Release())
        .def("describe", [](const Calibration& calibration) { return calibration.describe().dump(); });
}

}  // namespace

void register_evaluate(py::module_& module) {
    py::module_ m = module.def_submodule("evaluate", "Metrics, splitters, reports and the leak check.");
    register_regression_metrics(m);
    register_label_metrics(m);
    register_score_metrics(m);
    register_splitters(m);
    register_calibration(m);
    register_report(m);
    register_leak_check(m);
}

}  // namespace plantwright::bindings
