// SPDX-License-Identifier: MIT
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "arrays.hpp"
#include "autoencoder_options.hpp"
#include "one_row.hpp"
#include "plantwright/neural/autoencoder_stream.hpp"
#include "plantwright/neural/lstm_autoencoder.hpp"
#include "progress.hpp"
#include "register.hpp"
#include "saveable.hpp"

namespace plantwright::bindings {
namespace {

using namespace pybind11::literals;
using Jobs = std::optional<int>;
using Options = LSTMAutoencoderOptions;

/// The words for an enum's values, in their order.
template <class Enum>
constexpr std::array<std::string_view, 3> kWords{};
template <>
constexpr std::array<std::string_view, 3> kWords<CellActivation>{"tanh", "relu", ""};
template <>
constexpr std::array<std::string_view, 3> kWords<ReconstructionLoss>{"mse", "mae", "huber"};
template <>
constexpr std::array<std::string_view, 3> kWords<WindowScoring>{"window", "last", "point"};

template <class Enum>
Enum enum_of(const std::string& word) {
    for (std::size_t i = 0; i < kWords<Enum>.size(); ++i) {
        if (!word.empty() && kWords<Enum>[i] == word) return static_cast<Enum>(i);
    }
    throw InvalidArgument("LSTMAutoencoder: there is no '" + word + "'");
}
template <class Enum>
std::string word_of(Enum value) {
    return std::string(kWords<Enum>[static_cast<std::size_t>(value)]);
}

/// How one keyword argument is set.
using Setter = void (*)(Options&, const py::handle&);
template <auto Member>
void set(Options& options, const py::handle& value) {
    using Type = std::remove_reference_t<decltype(options.*Member)>;
    if constexpr (std::is_enum_v<Type>)
        options.*Member = enum_of<Type>(value.cast<std::string>());
    else if constexpr (std::is_same_v<Type, std::filesystem::path>)
        options.*Member = value.cast<std::string>();
    else
        options.*Member = value.cast<Type>();
}

using Getter = py::object (*)(const Options&);
template <auto Member>
py::object get(const Options& options) {
    using Type = std::remove_cvref_t<decltype(options.*Member)>;
    if constexpr (std::is_enum_v<Type>)
        return py::str(word_of(options.*Member));
    else if constexpr (std::is_same_v<Type, std::filesystem::path>)
        return py::str((options.*Member).string());
    else
        return py::cast(options.*Member);
}

struct Accessors {
    Setter set;
    Getter get;
};
template <auto Member>
constexpr Accessors of() {
    return {&set<Member>, &get<Member>};
}

const std::map<std::string_view, Accessors> kAccessors{
    {"window", of<&Options::window>()},
    {"stride", of<&Options::stride>()},
    {"encoder", of<&Options::encoder>()},
    {"bottleneck", of<&Options::bottleneck>()},
    {"decoder", of<&Options::decoder>()},
    {"activation", of<&Options::activation>()},
    {"dropout", of<&Options::dropout>()},
    {"input_dropout", of<&Options::input_dropout>()},
    {"loss", of<&Options::loss>()},
    {"huber_delta", of<&Options::huber_delta>()},
    {"max_epochs", of<&Options::max_epochs>()},
    {"batch_size", of<&Options::batch_size>()},
    {"learning_rate", of<&Options::learning_rate>()},
    {"weight_decay", of<&Options::weight_decay>()},
    {"clip_norm", of<&Options::clip_norm>()},
    {"validation_fraction", of<&Options::validation_fraction>()},
    {"patience", of<&Options::patience>()},
    {"lr_factor", of<&Options::lr_factor>()},
    {"lr_patience", of<&Options::lr_patience>()},
    {"min_learning_rate", of<&Options::min_learning_rate>()},
    {"standardize", of<&Options::standardize>()},
    {"max_gap", of<&Options::max_gap>()},
    {"contamination", of<&Options::contamination>()},
    {"scoring", of<&Options::scoring>()},
    {"pca_twin", of<&Options::pca_twin>()},
    {"random_state", of<&Options::random_state>()},
    {"n_jobs", of<&Options::n_jobs>()},
    {"checkpoint", of<&Options::checkpoint>()},
};

}  // namespace

Options autoencoder_options_from(const py::dict& named) {
    Options options;
    for (const auto& [name, value] : named) {
        const auto found = kAccessors.find(name.cast<std::string>());
        if (found == kAccessors.end())
            throw py::type_error("fit() got an unexpected keyword argument '" + name.cast<std::string>() + "'");
        found->second.set(options, value);
    }
    return options;
}

py::dict named_options_of(const Options& options) {
    py::dict named;
    for (const auto& [name, accessors] : kAccessors) named[py::str(name)] = accessors.get(options);
    return named;
}

namespace {

template <class X>
SensorRows rows_of(const X& x, Index window) {
    return window > 0 ? SensorRows::windows(x, window) : SensorRows(x);
}

/// What Python is told after each epoch; an exception of its interrupts the training and is raised later.
class EpochCallback {
public:
    explicit EpochCallback(py::object callable) : callable_(std::move(callable)) {}

    bool operator()(const Epoch& epoch) {
        if (failed()) return true;
        const py::gil_scoped_acquire gil;
        try {
            const py::object answer = callable_(py::dict("epoch"_a = epoch.number, "loss"_a = epoch.loss,
                                                         "validation_loss"_a = epoch.validation_loss,
                                                         "learning_rate"_a = epoch.learning_rate));
            return answer.is_none() || py::bool_(answer);
        } catch (py::error_already_set& error) {
            pending_.emplace(error);
            return true;  // `failed` stops it, as Ctrl-C would
        }
    }
    bool failed() const { return pending_.has_value(); }
    void raise_pending() {
        if (pending_) throw std::exchange(pending_, std::nullopt).value();
    }

private:
    py::object callable_;
    std::optional<py::error_already_set> pending_;
};

/// What either callback raised, or None.
py::object pending_error(PythonProgress& progress, EpochCallback& on_epoch) {
    try {
        progress.raise_pending();
        on_epoch.raise_pending();
    } catch (py::error_already_set& error) {
        return error.value();
    }
    return py::none();
}

/// The model, the exception that cut its training short or None, and whether `progress` said stop. Before there is an
/// epoch the exception is raised.
template <class X>
py::tuple fit(const X& x, Index window, const py::object& progress, const py::object& on_epoch,
              const LSTMAutoencoder* start, const py::kwargs& kwargs) {
    Options options = autoencoder_options_from(kwargs);
    PythonProgress watched(progress);
    EpochCallback epochs(on_epoch);
    bool refused = false;
    options.keep_when_stopped = true;
    options.progress = [&, callback = watched.callback()](const ProgressEvent& event) {
        const bool go_on = callback(event);
        refused = refused || !go_on;
        return go_on && !epochs.failed();
    };
    if (!on_epoch.is_none()) options.on_epoch = [&](const Epoch& epoch) { return epochs(epoch); };
    LSTMAutoencoder model;
    try {
        const py::gil_scoped_release released;
        model =
            start ? start->fit_further(rows_of(x, window), options) : LSTMAutoencoder::fit(rows_of(x, window), options);
    } catch (const Stopped&) {
        watched.raise_pending();
        epochs.raise_pending();
        throw;
    }
    py::object error = pending_error(watched, epochs);
    return py::make_tuple(std::move(model), std::move(error), refused);
}

/// Methods that a network and its PCA twin share.
template <class X, class Detector>
void def_detection(py::class_<Detector>& type, const char* name) {
    const auto no_gil = py::call_guard<py::gil_scoped_release>();
    type.def(
            "score_samples",
            [](const Detector& d, const X& x, Index window, Jobs n_jobs) {
                return d.score_samples(rows_of(x, window), n_jobs);
            },
            py::arg(name), "window"_a = 0, "n_jobs"_a = py::none(), no_gil)
        .def(
            "predict",
            [](const Detector& d, const X& x, Index window, Jobs n_jobs) {
                return d.predict(rows_of(x, window), n_jobs);
            },
            py::arg(name), "window"_a = 0, "n_jobs"_a = py::none(), no_gil)
        .def(
            "attribution",
            [](const Detector& d, const X& x, Index window, Jobs n_jobs) {
                return d.attribution(rows_of(x, window), n_jobs);
            },
            py::arg(name), "window"_a = 0, "n_jobs"_a = py::none(), no_gil)
        .def(
            "reconstruct",
            [](const Detector& d, const X& x, Index window, Jobs n_jobs) {
                return d.reconstruct(rows_of(x, window), n_jobs);
            },
            py::arg(name), "window"_a = 0, "n_jobs"_a = py::none(), no_gil);
}

template <class X>
void def_input(py::class_<LSTMAutoencoder>& type, const char* name) {
    const auto no_gil = py::call_guard<py::gil_scoped_release>();
    type.def_static(name[0] == 'X' ? "fit" : "fit_frame", &fit<X>, py::arg(name), "rows_of_window"_a = 0,
                    "progress"_a = py::none(), "on_epoch"_a = py::none(), "start"_a = py::none());
    def_detection<X>(type, name);
    type.def(
        "transform",
        [](const LSTMAutoencoder& m, const X& x, Index window, Jobs n_jobs) {
            return m.transform(rows_of(x, window), n_jobs);
        },
        py::arg(name), "window"_a = 0, "n_jobs"_a = py::none(), no_gil);
}

py::dict tensors_of(const LSTMAutoencoder& model) {
    py::dict tensors;
    for (const WeightTensor& tensor : model.network().tensors())
        tensors[py::str(tensor.name)] = model.network().tensor(tensor.name);
    return tensors;
}

LSTMAutoencoder from_tensors(const py::dict& tensors, Index n_sensors, ConstVectorView mean, ConstVectorView scale,
                             double offset, const py::kwargs& kwargs) {
    const Options options = autoencoder_options_from(kwargs);
    AutoencoderNetwork network({.n_sensors = n_sensors,
                                .window = options.window,
                                .encoder = options.encoder,
                                .bottleneck = options.bottleneck,
                                .decoder = options.decoder,
                                .activation = options.activation},
                               0);
    for (const auto& [name, values] : tensors)
        network.set_tensor(name.cast<std::string>(),
                           matrix_view<float>(py::cast<py::array>(values), name.cast<std::string>().c_str()));
    return LSTMAutoencoder::from_network(std::move(network), mean, scale, offset, options.scoring);
}

Vector copied(std::span<const double> values) { return Vector(values); }

double update(AutoencoderStream& stream, const py::object& row, std::optional<std::int64_t> time,
              const std::string& group) {
    return with_one_row(
        row,
        [&](auto numbers) {
            const std::vector<double> readings(numbers.begin(), numbers.end());
            return stream.update(readings, time, group);
        },
        "update");
}

void def_shape(py::class_<LSTMAutoencoder>& type) {
    type.def_property_readonly("n_features", &LSTMAutoencoder::n_features)
        .def_property_readonly("window", &LSTMAutoencoder::window)
        .def_property_readonly("schema", &LSTMAutoencoder::schema)
        .def_property_readonly("feature_names", [](const LSTMAutoencoder& m) { return m.schema().input_names(); })
        .def_property_readonly("encoder", [](const LSTMAutoencoder& m) { return m.network().shape().encoder; })
        .def_property_readonly("bottleneck", [](const LSTMAutoencoder& m) { return m.network().shape().bottleneck; })
        .def_property_readonly("decoder", [](const LSTMAutoencoder& m) { return m.network().shape().decoder; })
        .def_property_readonly("activation",
                               [](const LSTMAutoencoder& m) { return word_of(m.network().shape().activation); });
}

void register_stream(py::module_& module) {
    py::class_<AutoencoderStream> type(module, "AutoencoderStream");
    type.def("update", &update, "row"_a, "time"_a = py::none(), "group"_a = "")
        .def("restart", &AutoencoderStream::restart)
        .def("attribution", [](const AutoencoderStream& s) { return copied(s.attribution()); })
        .def_property_readonly("n_rows", &AutoencoderStream::n_rows)
        .def_property_readonly("model", &AutoencoderStream::model)
        .def_property_readonly("schema", [](const AutoencoderStream& s) { return s.model().schema(); })
        .def_property_readonly("offset", [](const AutoencoderStream& s) { return s.model().offset(); });
    def_saveable(type);
}

void register_twin(py::module_& module) {
    py::class_<PcaTwin> twin(module, "PcaTwin");
    def_detection<ConstMatrixViewF>(twin, "X");
    def_detection<ConstMatrixView>(twin, "X");
    def_detection<Frame>(twin, "frame");
    twin.def_property_readonly("offset", &PcaTwin::offset)
        .def_property_readonly("components", [](const PcaTwin& t) { return t.pca().components(); })
        .def_property_readonly("mean", [](const PcaTwin& t) { return t.pca().mean(); });
}

}  // namespace

void register_neural(py::module_& module) {
    register_twin(module);
    py::class_<LSTMAutoencoder> type(module, "LSTMAutoencoder");
    def_input<ConstMatrixViewF>(type, "X");
    def_input<ConstMatrixView>(type, "X");
    def_input<Frame>(type, "frame");
    register_stream(module);
    def_shape(type);
    type.def("stream", &LSTMAutoencoder::stream)
        .def("with_offset", &LSTMAutoencoder::with_offset, "offset"_a)
        .def("pca_twin", &LSTMAutoencoder::pca_twin)
        .def("tensors", &tensors_of)
        .def_static("from_tensors", &from_tensors, "tensors"_a, "n_sensors"_a, "mean"_a, "scale"_a, "offset"_a)
        .def_property_readonly("has_pca_twin", &LSTMAutoencoder::has_pca_twin)
        .def_property_readonly("offset", &LSTMAutoencoder::offset)
        .def_property_readonly("scoring", [](const LSTMAutoencoder& m) { return word_of(m.scoring()); })
        .def_property_readonly("mean", [](const LSTMAutoencoder& m) { return m.input().mean; })
        .def_property_readonly("scale", [](const LSTMAutoencoder& m) { return m.input().scale; })
        .def("report", [](const LSTMAutoencoder& m) { return m.report().to_json().dump(); })
        .def("report_text", [](const LSTMAutoencoder& m) { return m.report().text(); })
        .def("describe", [](const LSTMAutoencoder& m) { return m.describe().dump(); });
    def_saveable(type);
}

}  // namespace plantwright::bindings
