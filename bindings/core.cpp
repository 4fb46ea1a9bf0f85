// SPDX-License-Identifier: MIT
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "plantwright/core/error.hpp"
#include "plantwright/core/isa.hpp"
#include "plantwright/core/threads.hpp"
#include "plantwright/core/version.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace plantwright::bindings {

void register_core(py::module_& module) {
    using namespace pybind11::literals;
    module.attr("__version__") = kVersion;
    module.attr("isa_level") = std::string(to_string(isa_level()));  // fails the import when PLANTWRIGHT_ISA is wrong
    module.def("resolve_n_jobs", &resolve_n_jobs, "n_jobs"_a = py::none());
    module.def("available_cpus", &available_cpus);
    module.def("allow_threads_after_fork", &allow_threads_after_fork);
}

}  // namespace plantwright::bindings
