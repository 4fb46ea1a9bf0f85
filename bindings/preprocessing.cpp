// SPDX-License-Identifier: MIT
/// Steps behind one door: types by name, options as JSON.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "arrays.hpp"
#include "plantwright/preprocessing/asof_join.hpp"
#include "plantwright/preprocessing/number_map.hpp"
#include "plantwright/preprocessing/pca.hpp"
#include "plantwright/preprocessing/pipeline.hpp"
#include "plantwright/preprocessing/resample.hpp"
#include "plantwright/preprocessing/serialize_pipeline.hpp"
#include "register.hpp"
#include "row_cells.hpp"
#include "saveable.hpp"

namespace plantwright::bindings {
namespace {

using namespace pybind11::literals;
using Jobs = std::optional<int>;
using NamedOptions = std::pair<std::string, std::string>;  // a step's type, its options as JSON

std::vector<StepSpec> specs_of(const std::vector<NamedOptions>& steps) {
    std::vector<StepSpec> specs;
    for (const auto& [type, options] : steps) specs.emplace_back(type, io::Json::parse(options));
    return specs;
}

Pipeline fit_pipeline(const std::vector<NamedOptions>& steps, const Frame& frame, Jobs n_jobs) {
    return Pipeline::fit(frame, specs_of(steps), n_jobs);
}

std::pair<Pipeline, Frame> fit_transform_pipeline(const std::vector<NamedOptions>& steps, const Frame& frame,
                                                  Jobs n_jobs) {
    return Pipeline::fit_transform(frame, specs_of(steps), n_jobs);
}

Frame undo(const Pipeline& pipeline, const Frame& frame, Jobs n_jobs) {
    Frame current = frame;
    for (auto step = pipeline.steps().rbegin(); step != pipeline.steps().rend(); ++step) {
        if (const auto* pca = dynamic_cast<const Pca*>(step->get())) {
            current = pca->inverse_transform(current);
            continue;
        }
        const auto* map = dynamic_cast<const NumberMap*>(step->get());
        if (!map) throw InvalidArgument(std::string((*step)->type()) + ": it has no inverse");
        current = map->inverse_transform(current, n_jobs);
    }
    return current;
}

/// A pipeline of one of the steps.
Pipeline only(const Pipeline& pipeline, std::size_t i) {
    Schema schema = pipeline.input_schema();
    for (std::size_t k = 0; k < i; ++k) schema = pipeline.steps().at(k)->transform(schema);
    return Pipeline(std::move(schema), {pipeline.steps().at(i)});
}

py::dict fitted_of(const Pipeline& pipeline, std::size_t i) {
    py::dict fitted;
    for (auto& [name, values] : pipeline.steps().at(i)->fitted()) fitted[py::str(name)] = to_numpy(std::move(values));
    return fitted;
}

/// Rows as Python sequences: numbers, level texts or None, nanoseconds.
class RowStream {
public:
    RowStream(const Pipeline& pipeline, const Schema& raw)
        : stream_(pipeline.stream(raw)), row_(static_cast<std::size_t>(raw.size())) {}

    py::tuple update(const py::sequence& row) {
        read_row(row, stream_.input_schema(), row_);
        const auto out = stream_.update(row_);
        py::tuple result(out.size());
        for (std::size_t i = 0; i < out.size(); ++i)
            result[i] = value_of(stream_.schema()[static_cast<Index>(i)], out[i]);
        return result;
    }
    const Schema& schema() const { return stream_.schema(); }
    const Schema& input_schema() const { return stream_.input_schema(); }
    void restart() { stream_.restart(); }

private:
    static py::object value_of(const ColumnSpec& spec, Cell cell) {
        switch (spec.kind) {
            case ColumnKind::time:
                return cell.time == kMissingTime ? py::object(py::none()) : py::object(py::int_(cell.time));
            case ColumnKind::category:
                return cell.code < 0 ? py::object(py::none())
                                     : py::object(py::str(spec.levels[static_cast<std::size_t>(cell.code)]));
            case ColumnKind::number: break;
        }
        return py::float_(cell.number);
    }

    Stream stream_;
    std::vector<Cell> row_;
};

}  // namespace

void register_preprocessing(py::module_& module) {
    const auto no_gil = py::call_guard<py::gil_scoped_release>();
    py::class_<RowStream>(module, "RowStream")
        .def("update", &RowStream::update, "row"_a)
        .def("restart", &RowStream::restart)
        .def_property_readonly("schema", &RowStream::schema)
        .def_property_readonly("input_schema", &RowStream::input_schema);
    py::class_<Pipeline> pipeline(module, "Pipeline");
    pipeline.def_static("fit", &fit_pipeline, "steps"_a, "frame"_a, "n_jobs"_a = py::none(), no_gil)
        .def_static("fit_transform", &fit_transform_pipeline, "steps"_a, "frame"_a, "n_jobs"_a = py::none(), no_gil)
        .def("transform", py::overload_cast<const Frame&, Jobs>(&Pipeline::transform, py::const_), "frame"_a,
             "n_jobs"_a = py::none(), no_gil)
        .def("transform_schema", py::overload_cast<const Schema&>(&Pipeline::transform, py::const_), "schema"_a)
        .def("inverse_transform", &undo, "frame"_a, "n_jobs"_a = py::none(), no_gil)
        .def("describe", [](const Pipeline& p) { return p.describe().dump(); })
        .def("only", &only, "step"_a)
        .def(
            "without_input",  // of a target that was there for fitting alone
            [](const Pipeline& p, const std::string& name) {
                std::vector<ColumnSpec> columns = p.input_schema().columns();
                std::erase_if(columns, [&](const ColumnSpec& spec) { return spec.name == name; });
                return Pipeline(Schema(std::move(columns), p.input_schema().time_rule()), p.steps());
            },
            "name"_a)
        .def("fitted", &fitted_of, "step"_a)
        .def_property_readonly("input_schema", &Pipeline::input_schema)
        .def("stream", [](const Pipeline& p) { return RowStream(p, p.input_schema()); })
        .def("__len__", [](const Pipeline& p) { return p.steps().size(); });
    def_saveable(pipeline);
    module.def("step_types", &step_types);
    module.def(
        "resample",
        [](const Frame& frame, const std::string& every, std::vector<std::string> statistics, Index min_count,
           std::optional<std::string> time, std::optional<std::string> by, const std::string& columns) {
            ResampleOptions options{
                WindowLength::of_time(every), std::move(statistics), min_count, std::move(time), std::move(by), {}};
            detail::read_option("resample", "columns", io::Json::parse(columns), options.columns);
            return resample(frame, options);
        },
        "frame"_a, "every"_a, "statistics"_a, "min_count"_a, "time"_a, "by"_a, "columns"_a, no_gil);
    module.def(
        "asof_join",
        [](const Frame& left, const Frame& right, std::optional<std::string> on, std::vector<std::string> by,
           const std::string& direction, const std::optional<std::string>& tolerance, bool allow_exact_matches,
           std::string suffix) {
            AsofOptions options{.on = std::move(on),
                                .by = std::move(by),
                                .direction = asof_direction_from(direction),
                                .allow_exact_matches = allow_exact_matches,
                                .suffix = std::move(suffix)};
            if (tolerance) options.tolerance = WindowLength::of_time(*tolerance);
            return asof_join(left, right, options);
        },
        "left"_a, "right"_a, "on"_a, "by"_a, "direction"_a, "tolerance"_a, "allow_exact_matches"_a, "suffix"_a, no_gil);
    module.def(
        "complete_options",
        [](const std::string& type, const std::string& options) {
            return complete_options({type, io::Json::parse(options)}).dump();
        },
        "type"_a, "options"_a = "{}");
}

}  // namespace plantwright::bindings
