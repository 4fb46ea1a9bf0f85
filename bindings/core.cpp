// SPDX-License-Identifier: MIT
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "plantwright/core/error.hpp"
#include "plantwright/core/isa.hpp"
#include "plantwright/core/threads.hpp"
#include "plantwright/core/version.hpp"
#include "register.hpp"

namespace plantwright::bindings {

namespace py = pybind11;
namespace {

/// The Python classes are plain Python (`plantwright.core._errors`), since a C++ one could not also be a scikit-learn
/// error.
void raise_python(const char* class_name, const char* message) {
    const py::object type = py::module_::import("plantwright.core._errors").attr(class_name);
    PyErr_SetString(type.ptr(), message);
}

void raise_python(const IoError& error) {
    const py::object make = py::module_::import("plantwright.core._errors").attr("io_error");
    const py::object instance = make(error.message(), error.error_number(), error.path());
    PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(instance.ptr())), instance.ptr());
}

void translate(std::exception_ptr failure) {
    try {
        if (failure) std::rethrow_exception(failure);
    } catch (const InvalidArgument& error) {
        raise_python("InvalidArgument", error.message());
    } catch (const NotFitted& error) {
        raise_python("NotFitted", error.message());
    } catch (const SchemaMismatch& error) {
        raise_python("SchemaMismatch", error.message());
    } catch (const ParseError& error) {
        raise_python("ParseError", error.message());
    } catch (const CorruptModel& error) {
        raise_python("CorruptModel", error.message());
    } catch (const UnsupportedVersion& error) {
        raise_python("UnsupportedVersion", error.message());
    } catch (const IoError& error) {
        raise_python(error);
    } catch (const Stopped& error) {
        raise_python("Stopped", error.message());
    }
}

}  // namespace

void register_core(py::module_& module) {
    using namespace pybind11::literals;
    py::register_local_exception_translator(&translate);
    module.attr("__version__") = kVersion;
    module.attr("isa_level") = std::string(to_string(isa_level()));  // fails the import when PLANTWRIGHT_ISA is wrong
    module.def("resolve_n_jobs", &resolve_n_jobs, "n_jobs"_a = py::none());
    module.def("available_cpus", &available_cpus);
    module.def("allow_threads_after_fork", &allow_threads_after_fork);
    py::module_ testing = module.def_submodule("_testing", "What only our tests call.");
    register_testing(testing);
}

}  // namespace plantwright::bindings
