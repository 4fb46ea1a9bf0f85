// SPDX-License-Identifier: MIT
/// `_core._testing`: what our tests of the bindings' base need and no user calls.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>

#include "arrays.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/core/threads.hpp"
#include "progress.hpp"
#include "register.hpp"

namespace plantwright::bindings {
namespace {

/// Sums `values` in parallel, one item an element, each taking `milliseconds`.
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

/// How many threads a parallel loop got.
int threads_used(int n_jobs) {
    return run_released([&] {
        const int wanted = resolve_n_jobs(n_jobs);
        Buffer<std::uint8_t> used(std::max(wanted, 1));
        parallel_for(20 * wanted, wanted, [&](Index, int thread) {
            used[thread] = 1;
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        });
        return static_cast<int>(std::count(used.begin(), used.end(), std::uint8_t{1}));
    });
}

template <class T>
Buffer<T> copy_vector(VectorView<const T> values) {
    auto copy = Buffer<T>::uninitialized(values.size());
    for (Index i = 0; i < values.size(); ++i) copy[i] = values[i];
    return copy;
}

template <class T>
Table<T> copy_matrix(MatrixView<const T> values) {
    Table<T> copy(values.rows(), values.cols());
    for (Index i = 0; i < values.rows(); ++i) {
        for (Index j = 0; j < values.cols(); ++j) copy(i, j) = values(i, j);
    }
    return copy;
}

template <class T>
void define_copies(py::module_& module) {
    module.def("copy_vector", &copy_vector<T>);
    module.def("copy_matrix", &copy_matrix<T>);
    module.def("vector_address", [](VectorView<const T> v) { return reinterpret_cast<std::uintptr_t>(v.data()); });
    module.def("matrix_address", [](MatrixView<const T> v) { return reinterpret_cast<std::uintptr_t>(v.data()); });
}

void throw_error(const std::string& kind, const std::string& message, int error_number, const std::string& path) {
    if (kind == "InvalidArgument") throw InvalidArgument(message);
    if (kind == "NotFitted") throw NotFitted(message);
    if (kind == "SchemaMismatch") throw SchemaMismatch(message);
    if (kind == "ParseError") throw ParseError(message);
    if (kind == "CorruptModel") throw CorruptModel(message);
    if (kind == "UnsupportedVersion") throw UnsupportedVersion(message);
    if (kind == "IoError") throw IoError(message, error_number, path);
    if (kind == "Stopped") throw Stopped(message);
}

}  // namespace

void register_testing(py::module_& module) {
    using namespace pybind11::literals;
    module.def("parallel_sum", &parallel_sum, "values"_a, "n_jobs"_a = 1, "milliseconds"_a = 0,
               "progress"_a = py::none());
    module.def("threads_used", &threads_used, "n_jobs"_a);
    module.def("throw_error", &throw_error, "kind"_a, "message"_a, "error_number"_a = 0, "path"_a = "");
    module.def("named_matrix", [](const py::array& array) { return matrix_view<double>(array, "X").rows(); });
    define_copies<double>(module);
    define_copies<float>(module);
    define_copies<std::int32_t>(module);
    define_copies<std::int64_t>(module);
    define_copies<std::uint32_t>(module);
}

}  // namespace plantwright::bindings
