// SPDX-License-Identifier: MIT
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "arrays.hpp"
#include "autoencoder_options.hpp"
#include "detect_ensemble.hpp"
#include "isolation_options.hpp"
#include "plantwright/detect/ensemble_detector.hpp"
#include "plantwright/detect/streaming_detector.hpp"
#include "progress.hpp"
#include "saveable.hpp"

namespace plantwright::bindings {
namespace {

using namespace pybind11::literals;
using Stamps = std::optional<VectorView<const std::int64_t>>;
using SharedDetector = std::shared_ptr<EnsembleDetector>;

/// Whole, as the compiled side takes it.
std::vector<std::int64_t> stamps_of(const Stamps& times) {
    std::vector<std::int64_t> stamps;
    for (Index i = 0; times && i < times->size(); ++i) stamps.push_back((*times)[i]);
    return stamps;
}

using Labels = std::optional<VectorView<const std::int8_t>>;

std::vector<RowLabel> labels_of(const Labels& labels) {
    std::vector<RowLabel> known;
    for (Index i = 0; labels && i < labels->size(); ++i) known.push_back(static_cast<RowLabel>((*labels)[i]));
    return known;
}

constexpr std::array<const char*, 4> kCombinations = {"mean", "vote", "weighted", "learned"};  // as the enum stands

Combination combination_from(const std::string& name) {
    const auto found = std::find(kCombinations.begin(), kCombinations.end(), name);
    if (found != kCombinations.end()) return static_cast<Combination>(found - kCombinations.begin());
    throw InvalidArgument("EnsembleDetector: combination must be 'mean', 'vote', 'weighted' or 'learned', got '" +
                          name + "'");
}

std::string name_of(Combination combination) { return kCombinations[static_cast<std::size_t>(combination)]; }

py::object text_or(const char* text, const py::object& value) { return value.is_none() ? py::str(text) : value; }

py::dict parameters_of(const IsolationForestOptions& o) {
    py::object max_samples = py::none();
    if (o.max_samples && o.max_samples->is_fraction()) max_samples = py::cast(o.max_samples->fraction());
    if (o.max_samples && !o.max_samples->is_fraction()) max_samples = py::cast(o.max_samples->count());
    const bool is_count = o.max_features.kind() == MaxFeatures::Kind::count;
    const bool is_share = o.max_features.kind() == MaxFeatures::Kind::fraction;
    const double features = is_share || is_count ? o.max_features.value() : 1.0;
    return py::dict("n_estimators"_a = o.n_estimators, "max_samples"_a = text_or("auto", max_samples),
                    "contamination"_a = text_or("auto", py::cast(o.contamination)),
                    "max_features"_a = is_count ? py::cast(static_cast<Index>(features)) : py::cast(features),
                    "bootstrap"_a = o.bootstrap, "ndim"_a = o.ndim, "random_state"_a = o.random_state);
}

py::dict parameters_of(const LSTMAutoencoderOptions& o) {
    py::dict named = named_options_of(o);
    named.attr("pop")("checkpoint");  // no member writes one
    named["contamination"] = text_or("auto", named["contamination"]);
    for (const char* const name : {"encoder", "decoder"}) named[name] = py::tuple(named[name]);
    return named;
}

/// Of members that, once fitted, know not all parameters of Python's class: these, in order.
template <class OfMember>
py::list parameters_of_each(const EnsembleOptions& options) {
    py::list each;
    for (const MemberOptions& member : options.members) {
        if (const auto* o = std::get_if<OfMember>(&member)) each.append(parameters_of(*o));
    }
    return each;
}

py::dict member_parameters(const EnsembleOptions& options) {
    return py::dict("IsolationForest"_a = parameters_of_each<IsolationForestOptions>(options),
                    "LSTMAutoencoder"_a = parameters_of_each<LSTMAutoencoderOptions>(options));
}

/// `add` of each options class that Python makes itself.
template <class... OfMember>
void def_add(py::class_<EnsembleOptions>& type) {
    (type.def("add", [](EnsembleOptions& o, const OfMember& of_member) { o.members.push_back(of_member); }), ...);
}

void register_options(py::module_& m) {
    using Options = EnsembleOptions;
    py::class_<Options> type(m, "EnsembleOptions");
    def_add<MewmaOptions, DynamicPcaOptions, MahalanobisOptions, RangeRulesOptions, HalfSpaceTreesOptions,
            WindowKMeansOptions, RollingIsolationOptions>(type);
    type.def(py::init([] {
            Options options;
            options.members.clear();
            return options;
        }))
        .def("add_isolation_forest",
             [](Options& o, const py::dict& named) { o.members.push_back(isolation_options_from(named)); })
        .def("add_autoencoder",
             [](Options& o, const py::dict& named) { o.members.push_back(autoencoder_options_from(named)); })
        .def_property_readonly("member_parameters", &member_parameters)
        .def_readwrite("alarms_per_day", &Options::alarms_per_day)
        .def_readwrite("false_alarm_rate", &Options::false_alarm_rate)
        .def_readwrite("contamination", &Options::contamination)
        .def_readwrite("period_s", &Options::period_s)
        .def_property(
            "combination", [](const Options& o) { return name_of(o.combination.kind); },
            [](Options& o, const std::string& name) { o.combination.kind = combination_from(name); })
        .def_property(
            "severity_clip", [](const Options& o) { return o.combination.clip; },
            [](Options& o, double clip) { o.combination.clip = clip; })
        .def_property(
            "n_votes", [](const Options& o) { return o.combination.n_votes; },
            [](Options& o, std::optional<Index> n) { o.combination.n_votes = n; })
        .def_property(
            "weights", [](const Options& o) { return o.combination.weights; },
            [](Options& o, std::vector<double> weights) { o.combination.weights = std::move(weights); })
        .def_property(
            "majority", [](const Options& o) { return o.combination.majority; },
            [](Options& o, double majority) { o.combination.majority = majority; })
        .def_readwrite("n_folds", &Options::n_folds)
        .def_readwrite("gap", &Options::gap)
        .def_readwrite("on_delay", &Options::on_delay)
        .def_readwrite("off_delay", &Options::off_delay)
        .def_readwrite("on_delay_s", &Options::on_delay_s)
        .def_readwrite("off_delay_s", &Options::off_delay_s)
        .def_readwrite("clear_share", &Options::clear_share)
        .def_readwrite("max_gap", &Options::max_gap)
        .def_property(
            "drift_half_life_days", [](const Options& o) { return o.drift.half_life_days; },
            [](Options& o, std::optional<double> days) { o.drift.half_life_days = days; })
        .def_property(
            "drift_max_rise", [](const Options& o) { return o.drift.max_rise; },
            [](Options& o, double rise) { o.drift.max_rise = rise; })
        .def_property(
            "drift_max_shift", [](const Options& o) { return o.drift.max_shift; },
            [](Options& o, double shift) { o.drift.max_shift = shift; });
}

/// The fitted member as the class that it is alone.
py::object member_of(const EnsembleMember& member) {
    return std::visit(
        [](const auto& detector) {
            using Detector = std::remove_cvref_t<decltype(detector)>;
            if constexpr (std::same_as<Detector, IsolationRows>) {
                return py::cast(detector.forest());
            } else if constexpr (std::same_as<Detector, AutoencoderRows>) {
                return py::cast(detector.model());
            } else {
                return py::cast(detector);
            }
        },
        member.detector());
}

py::dict columns_of(VerdictTable table) {
    py::dict columns;
    columns["state"] = std::move(table.state);
    columns["severity"] = std::move(table.severity);
    columns["p_value"] = std::move(table.p_value);
    columns["member_severity"] = std::move(table.member_severity);
    columns["quality"] = std::move(table.quality);
    columns["event_start"] = std::move(table.event_start);
    columns["blame"] = std::move(table.blame);
    columns["deviation"] = std::move(table.deviation);
    return columns;
}

VerdictTable verdicts_of(const EnsembleDetector& detector, ConstMatrixView rows, const Stamps& times, bool with_blame) {
    const py::gil_scoped_release unlocked;
    return detector.verdicts(rows, stamps_of(times), with_blame);
}

/// Members that train for long let Python see its signals: Ctrl-C ends the fit.
template <class Fit>
EnsembleDetector fit_watched(EnsembleOptions options, const Fit& fit) {
    return run_with_progress(py::none(), [&](const ProgressCallback& callback) {
        for (MemberOptions& member : options.members) {
            std::visit(
                [&](auto& of_member) {
                    if constexpr (requires { of_member.progress = callback; }) of_member.progress = callback;
                },
                member);
        }
        return fit(options);
    });
}

void register_detector(py::module_& m) {
    py::class_<EnsembleDetector, SharedDetector> type(m, "EnsembleDetector");
    type.def_static(
            "fit",
            [](ConstMatrixView rows, const EnsembleOptions& options, const Stamps& times, const Labels& labels) {
                return fit_watched(options, [&](const EnsembleOptions& watched) {
                    return EnsembleDetector::fit(rows, watched, stamps_of(times), labels_of(labels));
                });
            },
            "rows"_a, "options"_a, "times"_a = py::none(), "labels"_a = py::none())
        .def_static(
            "fit_frame",
            [](const Frame& frame, const EnsembleOptions& options, const Labels& labels) {
                return fit_watched(options, [&](const EnsembleOptions& watched) {
                    return EnsembleDetector::fit(frame, watched, labels_of(labels));
                });
            },
            "frame"_a, "options"_a, "labels"_a = py::none())
        .def(
            "verdicts",
            [](const EnsembleDetector& d, ConstMatrixView rows, const Stamps& times, bool with_blame) {
                return columns_of(verdicts_of(d, rows, times, with_blame));
            },
            "rows"_a, "times"_a = py::none(), "with_blame"_a = false)
        .def(
            "stream", [](const SharedDetector& d, const std::string& source) { return StreamingDetector(d, source); },
            "source"_a = "")
        .def(
            "stream_from_bytes",
            [](const SharedDetector& d, const py::bytes& state) {
                return StreamingDetector::from_bytes(bytes_of(state), d);
            },
            "state"_a)
        .def_property_readonly("options", &EnsembleDetector::options)
        .def_property_readonly("n_sensors", &EnsembleDetector::n_sensors)
        .def_property_readonly("names", &EnsembleDetector::names)
        .def_property_readonly("units", &EnsembleDetector::units)
        .def_property_readonly("time_name", &EnsembleDetector::time_name)
        .def_property_readonly("period_ns", &EnsembleDetector::period_ns)
        .def_property_readonly("member_names", &EnsembleDetector::member_names)
        .def_property_readonly("members",
                               [](const EnsembleDetector& d) {
                                   py::list members;
                                   for (const EnsembleMember& member : d.members()) members.append(member_of(member));
                                   return members;
                               })
        .def_property_readonly("tails", &EnsembleDetector::tails)
        .def_property_readonly("tail", &EnsembleDetector::tail)
        .def_property_readonly("raise_level", [](const EnsembleDetector& d) { return d.rules().raise_level; })
        .def_property_readonly("clear_level", [](const EnsembleDetector& d) { return d.rules().clear_level; })
        .def_property_readonly("warm_up_rows", &EnsembleDetector::warm_up_rows)
        .def_property_readonly("promised_rate", &EnsembleDetector::promised_rate)
        .def_property_readonly("left_out", &EnsembleDetector::left_out)
        .def_property_readonly("notes", &EnsembleDetector::notes)
        .def_property_readonly("id", &EnsembleDetector::id)
        .def("describe", [](const EnsembleDetector& d) { return d.describe().dump(); });
    def_saveable(type);
}

std::optional<std::string> event_text(const Verdict& verdict) {
    if (!verdict.event) return std::nullopt;
    return verdict.event->text();
}

std::vector<std::tuple<Index, double, double>> blame_of(const Verdict& verdict) {
    std::vector<std::tuple<Index, double, double>> blame;
    for (const Blamed& blamed : verdict.blame) blame.emplace_back(blamed.sensor, blamed.share, blamed.deviation);
    return blame;
}

std::vector<std::pair<Index, std::string_view>> broken_of(const Verdict& verdict) {
    std::vector<std::pair<Index, std::string_view>> broken;
    for (const auto& [sensor, rule] : verdict.broken) broken.emplace_back(sensor, to_string(rule));
    return broken;
}

void register_stream(py::module_& m) {
    py::class_<Verdict>(m, "Verdict")
        .def_property_readonly("state", [](const Verdict& v) { return to_string(v.state); })
        .def_readonly("severity", &Verdict::severity)
        .def_readonly("p_value", &Verdict::p_value)
        .def_readonly("member_severity", &Verdict::member_severity)
        .def_property_readonly("blame", &blame_of)
        .def_property_readonly("broken", &broken_of)
        .def_property_readonly("quality", [](const Verdict& v) { return to_strings(v.quality); })
        .def_readonly("n_missing", &Verdict::n_missing)
        .def_readonly("time", &Verdict::time)
        .def_readonly("since", &Verdict::since)
        .def_property_readonly("event", &event_text)
        .def_readonly("first_out_member", &Verdict::first_out_member)
        .def_readonly("first_out_sensor", &Verdict::first_out_sensor);
    py::class_<StreamingDetector>(m, "StreamingDetector")
        .def(
            "update",
            [](StreamingDetector& s, ConstVectorView row, std::optional<std::int64_t> time) {
                return Verdict(s.update(row, time));
            },
            "row"_a, "time"_a = py::none())
        .def("shelve", &StreamingDetector::shelve, "until"_a)
        .def("unshelve", &StreamingDetector::unshelve)
        .def("restart", &StreamingDetector::restart)
        .def_property_readonly("last_time", [](const StreamingDetector& s) { return s.state().last_time; })
        .def_property_readonly("shift", [](const StreamingDetector& s) { return s.state().drift.shift; })
        .def("to_bytes", [](const StreamingDetector& s) { return to_python(s.to_bytes()); });
}

}  // namespace

void register_ensemble(py::module_& m) {
    m.def("quality_names", [](std::uint32_t quality) { return to_strings(quality); }, "quality"_a);
    register_options(m);
    register_stream(m);  // before those that return it
    register_detector(m);
}

}  // namespace plantwright::bindings
