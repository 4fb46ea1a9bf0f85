// SPDX-License-Identifier: MIT
#include <pybind11/native_enum.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "arrays.hpp"
#include "plantwright/evaluate/detection_metrics.hpp"
#include "plantwright/evaluate/detection_report.hpp"
#include "register.hpp"

namespace plantwright::bindings {
namespace {

using namespace pybind11::literals;
using namespace plantwright::evaluate;
using Release = py::call_guard<py::gil_scoped_release>;  // kernels touch no Python object
using Codes = VectorView<const std::int32_t>;
using Stamps = VectorView<const std::int64_t>;
using Pairs = std::vector<std::pair<Index, Index>>;

std::vector<Event> events_from(const Pairs& pairs) {
    std::vector<Event> events;
    for (const auto& [begin, end] : pairs) events.push_back({begin, end});
    return events;
}

Pairs pairs_from(const std::vector<Event>& events) {
    Pairs pairs;
    for (const Event& event : events) pairs.emplace_back(event.begin, event.end);
    return pairs;
}

void register_enums(py::module_& m) {
    py::native_enum<NabProfile>(m, "NabProfile", "enum.Enum")
        .value("standard", NabProfile::standard)
        .value("reward_low_fp", NabProfile::reward_low_fp)
        .value("reward_low_fn", NabProfile::reward_low_fn)
        .finalize();
    py::native_enum<RangeBias>(m, "RangeBias", "enum.Enum")
        .value("flat", RangeBias::flat)
        .value("front", RangeBias::front)
        .finalize();
    py::native_enum<RangeCardinality>(m, "RangeCardinality", "enum.Enum")
        .value("one", RangeCardinality::one)
        .value("reciprocal", RangeCardinality::reciprocal)
        .finalize();
}

void register_events(py::module_& m) {
    m.def(
        "events_of", [](Codes flags, Index merge_gap) { return pairs_from(events_of(flags, merge_gap)); }, "flags"_a,
        "merge_gap"_a);
    m.def(
        "labels_of", [](const Pairs& events, Index n_rows) { return labels_of(events_from(events), n_rows); },
        "events"_a, "n_rows"_a);
    m.def(
        "first_alarms", [](const Pairs& events, Codes alarms) { return first_alarms(events_from(events), alarms); },
        "events"_a, "alarms"_a, Release());
    m.def(
        "false_alarms",
        [](const Pairs& events, Codes alarms, Index merge_gap, double rows_per_day) {
            return false_alarms(events_from(events), alarms, merge_gap, rows_per_day);
        },
        "events"_a, "alarms"_a, "merge_gap"_a, "rows_per_day"_a, Release());
}

void register_metrics(py::module_& m) {
    m.def(
        "row_rates",
        [](const Pairs& events, Codes alarms) {
            const RowRates rates = row_rates(events_from(events), alarms);
            return py::make_tuple(rates.false_alarm_rate, rates.missed_alarm_rate, rates.precision, rates.f1);
        },
        "events"_a, "alarms"_a);
    m.def(
        "point_adjusted_f1",
        [](const Pairs& events, Codes alarms) { return point_adjusted_f1(events_from(events), alarms); }, "events"_a,
        "alarms"_a, Release());
    m.def(
        "range_areas",
        [](const Pairs& events, ConstVectorView scores, Index buffer) {
            const RangeAreas areas = range_areas(events_from(events), scores, buffer);
            return std::pair(areas.roc, areas.pr);
        },
        "events"_a, "scores"_a, "buffer"_a, Release());
    m.def(
        "volumes_under_surface",
        [](const Pairs& events, ConstVectorView scores, Index max_buffer) {
            const RangeAreas areas = volumes_under_surface(events_from(events), scores, max_buffer);
            return std::pair(areas.roc, areas.pr);
        },
        "events"_a, "scores"_a, "max_buffer"_a, Release());
    m.def(
        "nab_score",
        [](const Pairs& events, Codes alarms, NabProfile profile) {
            return nab_score(events_from(events), alarms, profile);
        },
        "events"_a, "alarms"_a, "profile"_a, Release());
    m.def(
        "range_precision_recall",
        [](const Pairs& events, const Pairs& alarms, double alpha, RangeBias bias, RangeCardinality cardinality) {
            const PrecisionRecall ranges = range_precision_recall(events_from(events), events_from(alarms),
                                                                  RangeOptions{alpha, bias, cardinality});
            return py::make_tuple(ranges.precision, ranges.recall, ranges.f1);
        },
        "events"_a, "alarms"_a, "alpha"_a, "bias"_a, "cardinality"_a);
}

void register_detection_report(py::module_& m) {
    py::class_<DetectionReport>(m, "DetectionReport")
        .def("to_text", &DetectionReport::to_text)
        .def("to_json", [](const DetectionReport& self) { return self.to_json().dump(); })
        .def("sentence", &DetectionReport::sentence)
        .def_static("from_json",
                    [](const std::string& text) { return DetectionReport::from_json(io::Json::parse(text)); })
        .def("beats_baselines", &DetectionReport::beats_baselines);
    py::class_<SensorRanges>(m, "SensorRanges")
        .def(py::init([](ConstMatrixView values, ConstMatrixView train, ConstVectorView lowest,
                         ConstVectorView highest) { return SensorRanges{values, train, lowest, highest}; }),
             "values"_a, "train"_a, "lowest"_a, "highest"_a, py::keep_alive<1, 2>(), py::keep_alive<1, 3>(),
             py::keep_alive<1, 4>(), py::keep_alive<1, 5>());
    py::class_<DetectionOptions>(m, "DetectionOptions")
        .def(py::init([](Index merge_gap, std::optional<Index> max_buffer, double alpha, RangeBias bias,
                         RangeCardinality cardinality, bool point_adjusted, Index n_thresholds, std::uint64_t seed) {
                 return DetectionOptions{merge_gap,      max_buffer,   {alpha, bias, cardinality},
                                         point_adjusted, n_thresholds, seed};
             }),
             "merge_gap"_a, "max_buffer"_a, "alpha"_a, "bias"_a, "cardinality"_a, "point_adjusted"_a, "n_thresholds"_a,
             "seed"_a);
    m.def(
        "detection_report",
        [](Codes labels, ConstVectorView scores, Codes alarms, std::optional<double> threshold, Stamps times,
           const std::string& split, const SensorRanges& ranges, const DetectionOptions& options) {
            return detection_report({labels, scores, alarms, threshold, times, split}, ranges, options);
        },
        "labels"_a, "scores"_a, "alarms"_a, "threshold"_a, "times"_a, "split"_a, "ranges"_a, "options"_a, Release());
}

}  // namespace

void register_evaluate_detection(py::module_& module) {
    py::module_ m = module.attr("evaluate").cast<py::module_>();
    register_enums(m);
    register_events(m);
    register_metrics(m);
    register_detection_report(m);
}

}  // namespace plantwright::bindings
