// SPDX-License-Identifier: MIT
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <chrono>
#include <thread>

#include "arrays.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/core/isa.hpp"
#include "plantwright/core/threads.hpp"
#include "plantwright/core/version.hpp"
#include "progress.hpp"
#include "register.hpp"

namespace plantwright::bindings {
namespace {

/// The Python classes are plain Python (`plantwright.core._errors`), since a C++ one could not also be a scikit-learn error.
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

/// For tests: sums `values` in parallel, one item an element, each taking `milliseconds`.
double parallel_sum(VectorView<const double> values, int n_jobs, int milliseconds, const py::object& progress) {
    return run_with_progress(progress, [&](const ProgressCallback& callback) {
        ProgressMonitor monitor(callback, "sum", values.size());
        Buffer<double> parts(values.size());
        const auto body = [&](Index i, int) {
            if (milliseconds > 0) std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
            parts[i] = values[i];
        };
        parallel_for(values.size(), resolve_n_jobs(n_jobs), body, &monitor);
        monitor.finish();
        double sum = 0;
        for (const double part : parts) sum += part;
        return sum;
    });
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
    module.def("_parallel_sum", &parallel_sum, "values"_a, "n_jobs"_a = 1, "milliseconds"_a = 0, "progress"_a = py::none());
}

}  // namespace plantwright::bindings
