// SPDX-License-Identifier: MIT
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "arrays.hpp"
#include "detect_ensemble.hpp"
#include "plantwright/detect/cross_fit.hpp"
#include "plantwright/detect/dynamic_pca.hpp"
#include "plantwright/detect/half_space_trees.hpp"
#include "plantwright/detect/mahalanobis.hpp"
#include "plantwright/detect/mewma_chart.hpp"
#include "plantwright/detect/range_rules.hpp"
#include "plantwright/detect/rolling_isolation.hpp"
#include "plantwright/detect/tail.hpp"
#include "plantwright/detect/window_kmeans.hpp"
#include "register.hpp"
#include "saveable.hpp"

namespace plantwright::bindings {
namespace {

using namespace pybind11::literals;
using Release = py::call_guard<py::gil_scoped_release>;  // kernels touch no Python object

/// The state of one stream of rows, beside the fitted detector, which Python keeps alive.
template <class Detector>
struct DetectorStream {
    const Detector* detector;
    typename Detector::State state;

    explicit DetectorStream(const Detector& fitted) : detector(&fitted), state(fitted.start()) {}
    double update(ConstVectorView row) { return detector->update(state, row); }
    Vector contributions() const { return detector->contributions(state); }
};

/// What every detector has, its `fit` by its options.
template <class Detector>
void def_detector(py::module_& m, py::class_<Detector>& type, const std::string& stream_name) {
    using Stream = DetectorStream<Detector>;
    using Options = typename Detector::Options;
    using Rows = ConstMatrixView;
    py::class_<Stream>(m, stream_name.c_str())
        .def("update", &Stream::update, "row"_a)
        .def("contributions", &Stream::contributions);
    type.def_static(
            "fit",
            [](Rows rows, const Options& options, const AlarmCalibrationOptions& calibration) {
                return Detector::fit(rows, options, calibration);
            },
            "rows"_a, "options"_a, "calibration"_a, Release())
        .def_static(
            "fit_frame",
            [](const Frame& frame, const Options& options, const AlarmCalibrationOptions& calibration) {
                return Detector::fit(frame, options, calibration);
            },
            "frame"_a, "options"_a, "calibration"_a, Release())
        .def_static(
            "cross_fitted_statistic",
            [](Rows rows, Index n_blocks, std::optional<Index> gap, const Options& options) {
                return cross_fitted_statistic<Detector>(rows, options, {n_blocks, gap});
            },
            "rows"_a, "n_blocks"_a, "gap"_a, "options"_a, Release())
        .def_static("with_schema", &Detector::with_schema, "frame"_a, "options"_a)
        .def(
            "statistic", [](const Detector& d, Rows rows) { return d.statistic(rows); }, "rows"_a, Release())
        .def(
            "score_samples", [](const Detector& d, Rows rows) { return d.score_samples(rows); }, "rows"_a, Release())
        .def(
            "contributions", [](const Detector& d, Rows rows) { return d.contributions(rows); }, "rows"_a, Release())
        .def(
            "severity", [](const Detector& d, Rows rows) { return d.severity(rows); }, "rows"_a, Release())
        .def(
            "p_values", [](const Detector& d, Rows rows) { return d.p_values(rows); }, "rows"_a, Release())
        .def(
            "predict", [](const Detector& d, Rows rows) { return d.predict(rows); }, "rows"_a, Release())
        .def_property_readonly("is_calibrated", &Detector::is_calibrated)
        .def_property_readonly("calibration", &Detector::calibration)
        .def_property_readonly("options", &Detector::options)
        .def_property_readonly("n_sensors", &Detector::n_sensors)
        .def_property_readonly("warm_up_rows", &Detector::warm_up_rows)
        .def_property_readonly("names", [](const Detector& d) { return d.sensors().names(); })
        .def_property_readonly("mean", [](const Detector& d) { return Vector(d.sensors().mean()); })
        .def_property_readonly("deviation", [](const Detector& d) { return Vector(d.sensors().deviation()); })
        .def("describe", [](const Detector& d) { return d.describe().dump(); })
        .def("stream", [](const Detector& d) { return Stream(d); }, py::keep_alive<0, 1>());
    def_saveable(type);
}

void register_calibration(py::module_& m) {
    using Options = AlarmCalibrationOptions;
    using Rate = std::optional<double>;
    py::class_<Options>(m, "AlarmCalibrationOptions")
        .def(py::init<Rate, Rate, Rate, Rate, std::optional<Index>, std::optional<Index>>(), "alarms_per_day"_a,
             "false_alarm_rate"_a, "contamination"_a, "period_s"_a, "n_folds"_a, "gap"_a)
        .def_readonly("alarms_per_day", &Options::alarms_per_day)
        .def_readonly("false_alarm_rate", &Options::false_alarm_rate)
        .def_readonly("contamination", &Options::contamination)
        .def_readonly("period_s", &Options::period_s)
        .def_readonly("n_folds", &Options::n_folds)
        .def_readonly("gap", &Options::gap);
    py::class_<AlarmCalibration>(m, "AlarmCalibration")
        .def_property_readonly("options", &AlarmCalibration::options)
        .def_property_readonly("tail", &AlarmCalibration::tail)
        .def_property_readonly("threshold", &AlarmCalibration::threshold)
        .def_property_readonly("promised_rate", &AlarmCalibration::promised_rate)
        .def_property_readonly("notes", &AlarmCalibration::notes);
}

void register_mewma_chart(py::module_& m) {
    using Options = MewmaOptions;
    py::class_<Options>(m, "MewmaOptions")
        .def(py::init<double, double, bool>(), "smoothing"_a, "shrinkage"_a, "autocorrelated"_a)
        .def_readonly("smoothing", &Options::smoothing)
        .def_readonly("shrinkage", &Options::shrinkage)
        .def_readonly("autocorrelated", &Options::autocorrelated);
    py::class_<MewmaChart> type(m, "MewmaChart");
    def_detector(m, type, "MewmaStream");
}

void register_dynamic_pca(py::module_& m) {
    using Options = DynamicPcaOptions;
    py::class_<Options>(m, "DynamicPCAOptions")
        .def(py::init<Index, double, std::optional<Index>>(), "lags"_a, "variance"_a, "n_components"_a)
        .def_readonly("lags", &Options::lags)
        .def_readonly("variance", &Options::variance)
        .def_readonly("n_components", &Options::n_components);
    py::class_<DynamicPca> type(m, "DynamicPCA");
    type.def("t2_and_spe", &DynamicPca::t2_and_spe, "rows"_a, Release())
        .def_property_readonly("n_components", &DynamicPca::n_components)
        .def_property_readonly("t2_limit", &DynamicPca::t2_limit)
        .def_property_readonly("spe_limit", &DynamicPca::spe_limit)
        .def_property_readonly("explained_variance", [](const DynamicPca& chart) {
            Vector copy(chart.n_components());
            for (Index c = 0; c < copy.size(); ++c) copy[c] = chart.explained_variance()[c];
            return copy;
        });
    def_detector(m, type, "DynamicPCAStream");
}

void register_mahalanobis(py::module_& m) {
    py::class_<MahalanobisOptions>(m, "MahalanobisOptions")
        .def(py::init<std::optional<double>>(), "shrinkage"_a)
        .def_readonly("shrinkage", &MahalanobisOptions::shrinkage);
    py::class_<Mahalanobis> type(m, "Mahalanobis");
    type.def_property_readonly("shrinkage", &Mahalanobis::shrinkage);
    def_detector(m, type, "MahalanobisStream");
}

using Limits = std::optional<std::vector<double>>;  // one for each sensor; None: all learned

Vector to_limits(const Limits& given) { return given ? Vector(std::span<const double>(*given)) : Vector(); }
Limits from_limits(const Vector& limits) {
    if (limits.empty()) return std::nullopt;
    return std::vector<double>(limits.begin(), limits.end());
}

void register_range_rules_options(py::module_& m) {
    using Options = RangeRulesOptions;
    const auto make = [](double range_quantile, double range_margin, double step_quantile, double step_factor,
                         double standstill_factor, Index shortest_standstill, const Limits& lowest,
                         const Limits& highest, const Limits& largest_step) {
        return Options{range_quantile,    range_margin,       step_quantile,
                       step_factor,       standstill_factor,  shortest_standstill,
                       to_limits(lowest), to_limits(highest), to_limits(largest_step)};
    };
    py::class_<Options>(m, "RangeRulesOptions")
        .def(py::init(make), "range_quantile"_a, "range_margin"_a, "step_quantile"_a, "step_factor"_a,
             "standstill_factor"_a, "shortest_standstill"_a, "lowest"_a, "highest"_a, "largest_step"_a)
        .def_readonly("range_quantile", &Options::range_quantile)
        .def_readonly("range_margin", &Options::range_margin)
        .def_readonly("step_quantile", &Options::step_quantile)
        .def_readonly("step_factor", &Options::step_factor)
        .def_readonly("standstill_factor", &Options::standstill_factor)
        .def_readonly("shortest_standstill", &Options::shortest_standstill)
        .def_property_readonly("lowest", [](const Options& o) { return from_limits(o.lowest); })
        .def_property_readonly("highest", [](const Options& o) { return from_limits(o.highest); })
        .def_property_readonly("largest_step", [](const Options& o) { return from_limits(o.largest_step); });
}

void register_range_rules(py::module_& m) {
    register_range_rules_options(m);
    py::class_<RangeRules> type(m, "RangeRules");
    type.def(
            "rules",
            [](const RangeRules& fitted, ConstMatrixView rows) {
                std::vector<std::string> words;
                for (const Rule rule : fitted.rules(rows)) words.emplace_back(to_string(rule));
                return words;
            },
            "rows"_a, Release())
        .def_property_readonly("lowest", [](const RangeRules& fitted) { return Vector(fitted.lowest()); })
        .def_property_readonly("highest", [](const RangeRules& fitted) { return Vector(fitted.highest()); })
        .def_property_readonly("largest_step", [](const RangeRules& fitted) { return Vector(fitted.largest_step()); })
        .def_property_readonly("longest_standstill",
                               [](const RangeRules& fitted) { return Vector(fitted.longest_standstill()); });
    def_detector(m, type, "RangeRulesStream");
}

void register_half_space_trees(py::module_& m) {
    using Options = HalfSpaceTreesOptions;
    py::class_<Options>(m, "HalfSpaceTreesOptions")
        .def(py::init<Index, Index, Index, std::int64_t>(), "n_trees"_a, "depth"_a, "window"_a, "random_state"_a)
        .def_readonly("n_trees", &Options::n_trees)
        .def_readonly("depth", &Options::depth)
        .def_readonly("window", &Options::window)
        .def_readonly("random_state", &Options::random_state);
    py::class_<HalfSpaceTrees> type(m, "HalfSpaceTrees");
    def_detector(m, type, "HalfSpaceTreesStream");
}

void register_window_kmeans(py::module_& m) {
    using Options = WindowKMeansOptions;
    py::class_<Options>(m, "WindowKMeansOptions")
        .def(py::init<Index, Index, Index, Index, std::int64_t>(), "window"_a, "n_clusters"_a, "n_init"_a,
             "max_windows"_a, "random_state"_a)
        .def_readonly("window", &Options::window)
        .def_readonly("n_clusters", &Options::n_clusters)
        .def_readonly("n_init", &Options::n_init)
        .def_readonly("max_windows", &Options::max_windows)
        .def_readonly("random_state", &Options::random_state);
    py::class_<WindowKMeans> type(m, "WindowKMeans");
    def_detector(m, type, "WindowKMeansStream");
}

void register_rolling_isolation(py::module_& m) {
    using Options = RollingIsolationOptions;
    py::class_<Options>(m, "RollingIsolationOptions")
        .def(py::init<Index, Index, Index, Index, std::int64_t>(), "window"_a, "n_estimators"_a, "max_samples"_a,
             "ndim"_a, "random_state"_a)
        .def_readonly("window", &Options::window)
        .def_readonly("n_estimators", &Options::n_estimators)
        .def_readonly("max_samples", &Options::max_samples)
        .def_readonly("ndim", &Options::ndim)
        .def_readonly("random_state", &Options::random_state);
    py::class_<RollingIsolation> type(m, "RollingIsolationForest");
    def_detector(m, type, "RollingIsolationStream");
}

void register_tail(py::module_& m) {
    py::class_<Tail> type(m, "Tail");
    type.def_static(
            "fit",
            [](ConstVectorView scores, double tail_share, double lowest_shape, double highest_shape, Index merge_gap) {
                return Tail::fit(scores, {tail_share, lowest_shape, highest_shape, merge_gap});
            },
            "scores"_a, "tail_share"_a, "lowest_shape"_a, "highest_shape"_a, "merge_gap"_a, Release())
        .def("p_value", &Tail::p_value, "score"_a)
        .def("severity", &Tail::severity, "score"_a)
        .def("p_values", &Tail::p_values, "scores"_a, Release())
        .def("severities", &Tail::severities, "scores"_a, Release())
        .def("threshold", &Tail::threshold, "p"_a)
        .def("threshold_for_alarms", &Tail::threshold_for_alarms, "alarms_per_day"_a, "rows_per_day"_a)
        .def_property_readonly("tail_share", [](const Tail& tail) { return tail.options().tail_share; })
        .def_property_readonly("lowest_shape", [](const Tail& tail) { return tail.options().lowest_shape; })
        .def_property_readonly("highest_shape", [](const Tail& tail) { return tail.options().highest_shape; })
        .def_property_readonly("merge_gap", [](const Tail& tail) { return tail.options().merge_gap; })
        .def_property_readonly("tail_begin", &Tail::tail_begin)
        .def_property_readonly("shape", &Tail::shape)
        .def_property_readonly("scale", &Tail::scale)
        .def_property_readonly("cluster_length", &Tail::cluster_length)
        .def_property_readonly("n_scores", &Tail::n_scores)
        .def_property_readonly("n_exceedances", &Tail::n_exceedances)
        .def_property_readonly("n_clusters", &Tail::n_clusters)
        .def("describe", [](const Tail& tail) { return tail.describe().dump(); });
    def_saveable(type);
}

}  // namespace

void register_detect(py::module_& module) {
    py::module_ m = module.def_submodule("detect", "Control charts, their calibration and their streams.");
    m.def("sensor_names", [](const Frame& frame) { return sensor_names("fit", frame); }, "frame"_a);
    register_tail(m);  // before those that return it
    register_calibration(m);
    register_mewma_chart(m);
    register_dynamic_pca(m);
    register_mahalanobis(m);
    register_range_rules(m);
    register_half_space_trees(m);
    register_window_kmeans(m);
    register_rolling_isolation(m);
    register_ensemble(m);
}

}  // namespace plantwright::bindings
