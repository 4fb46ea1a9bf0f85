// SPDX-License-Identifier: MIT
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "plantwright/simulate/production_site.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace plantwright::bindings {
namespace {

ProductionSite make_site(Index days, std::uint64_t seed, std::string start, int n_lines, double faults_per_year,
                         double missing_fraction, bool stuck_meter) {
    return ProductionSite({.days = days,
                           .seed = seed,
                           .start = std::move(start),
                           .n_lines = n_lines,
                           .faults_per_year = faults_per_year,
                           .missing_fraction = missing_fraction,
                           .stuck_meter = stuck_meter});
}

}  // namespace

void register_simulate(py::module_& module) {
    using namespace pybind11::literals;
    py::class_<ProductionSite>(module, "ProductionSite")
        .def(py::init(&make_site), py::kw_only(), "days"_a, "seed"_a, "start"_a, "n_lines"_a, "faults_per_year"_a,
             "missing_fraction"_a, "stuck_meter"_a)
        .def("run", &ProductionSite::run, py::call_guard<py::gil_scoped_release>())
        .def("faults", &ProductionSite::faults);
}

}  // namespace plantwright::bindings
