// SPDX-License-Identifier: MIT
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <string>

#include "arrays.hpp"
#include "plantwright/model/model.hpp"
#include "register.hpp"
#include "row_cells.hpp"
#include "saveable.hpp"

namespace plantwright::bindings {
namespace {

using namespace pybind11::literals;

template <class Fitted>
Model model_of(const Pipeline& pipeline, const Fitted& estimator, const std::string& provenance) {
    return Model(pipeline, estimator, io::Json::parse(provenance));
}

/// Rows as Python sequences; of a classifier the probabilities.
class PythonModelStream {
public:
    explicit PythonModelStream(const Model& model)
        : stream_(model.stream()), row_(static_cast<std::size_t>(stream_.schema().size())) {}

    py::tuple update(const py::sequence& row) {
        read_row(row, stream_.schema(), row_);
        const auto outputs = stream_.update(row_);
        py::tuple result(outputs.size());
        for (std::size_t k = 0; k < outputs.size(); ++k) result[k] = outputs[k];
        return result;
    }
    const Schema& input_schema() const { return stream_.schema(); }
    void restart() { stream_.restart(); }

private:
    ModelStream stream_;
    std::vector<Cell> row_;
};

py::list plan_of(const Model& model, const Frame& frame, std::optional<int> n_jobs) {
    std::vector<PlanLine> lines;
    {
        const py::gil_scoped_release unlocked;
        lines = model.explain_plan(frame, n_jobs);
    }
    py::list rows;
    for (const PlanLine& line : lines) {
        rows.append(py::make_tuple(line.what, line.columns_read, line.columns_written, line.columns_after, line.seconds,
                                   line.bytes));
    }
    return rows;
}

}  // namespace

void register_model(py::module_& module) {
    const auto no_gil = py::call_guard<py::gil_scoped_release>();
    py::class_<PythonModelStream>(module, "ModelStream")
        .def("update", &PythonModelStream::update, "row"_a)
        .def("restart", &PythonModelStream::restart)
        .def_property_readonly("input_schema", &PythonModelStream::input_schema);
    py::class_<Model> model(module, "Model");
    model.def(py::init(&model_of<RandomForestRegressor>), "pipeline"_a, "estimator"_a, "provenance"_a)
        .def(py::init(&model_of<RandomForestClassifier>), "pipeline"_a, "estimator"_a, "provenance"_a)
        .def(py::init(&model_of<IsolationForest>), "pipeline"_a, "estimator"_a, "provenance"_a)
        .def_static(
            "provenance_of", [](const Frame& frame) { return Model::provenance_of(frame).dump(); }, "frame"_a)
        .def_property_readonly("schema", &Model::schema)
        .def_property_readonly("pipeline", &Model::pipeline)
        .def_property_readonly("estimator", &Model::estimator)
        .def_property_readonly("estimator_type", &Model::estimator_type)
        .def("describe", [](const Model& m) { return m.describe().dump(); })
        .def("lineage", &Model::lineage, "feature"_a)
        .def("with_calibration", &Model::with_calibration, "calibration"_a)
        .def_property_readonly("calibration", &Model::calibration)
        .def("outputs", &Model::outputs, "frame"_a, "n_jobs"_a = py::none(), no_gil)
        .def("prune", &Model::prune, no_gil)
        .def("explain_plan", &plan_of, "frame"_a, "n_jobs"_a = py::none())
        .def("transform", &Model::transform, "frame"_a, "n_jobs"_a = py::none(), no_gil)
        .def("stream", [](const Model& m) { return PythonModelStream(m); });
    def_saveable(model);
}

}  // namespace plantwright::bindings
