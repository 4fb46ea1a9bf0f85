// SPDX-License-Identifier: MIT
/// One row of numbers from Python, without the validation of tables: a list, a tuple or a 1-dimensional NumPy array.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "arrays.hpp"

namespace plantwright::bindings {

/// Numbers taken out of Python objects; on the stack where they are few.
class RowNumbers {
public:
    explicit RowNumbers(std::size_t size) : size_(size) {
        if (size > few_.size()) many_.resize(size);
    }
    double* data() { return many_.empty() ? few_.data() : many_.data(); }
    std::span<const double> span() { return {data(), size_}; }

private:
    std::size_t size_;
    std::array<double, 256> few_;
    std::vector<double> many_;
};

inline std::string type_name(py::handle object) { return Py_TYPE(object.ptr())->tp_name; }

inline double number_at(PyObject* item, Py_ssize_t place, const char* who) {
    if (PyFloat_CheckExact(item)) return PyFloat_AS_DOUBLE(item);
    const auto held = py::reinterpret_borrow<py::object>(item);  // its __float__ may take it out of the list
    const double value = PyFloat_AsDouble(item);
    if (value == -1 && PyErr_Occurred()) {
        PyErr_Clear();
        throw py::type_error(std::string(who) + ": row must hold numbers (NaN where missing), got " + type_name(item) +
                             " in place " + std::to_string(place));
    }
    return value;
}

/// Calls `use` with the row as a span of floats or doubles, looking at the array's own memory where it can; messages
/// name the method.
template <class Use>
auto with_one_row(py::handle row, Use&& use, const char* method = "predict_one") {
    const auto who = [&] { return std::string(method); };
    if (PyList_Check(row.ptr()) || PyTuple_Check(row.ptr())) {
        const Py_ssize_t n = PySequence_Fast_GET_SIZE(row.ptr());
        RowNumbers numbers(static_cast<std::size_t>(n));
        for (Py_ssize_t j = 0; j < n; ++j) {
            if (PySequence_Fast_GET_SIZE(row.ptr()) != n)
                throw py::type_error(who() + ": row changed its length while it was read");
            numbers.data()[j] = number_at(PySequence_Fast_GET_ITEM(row.ptr(), j), j, method);
        }
        return use(numbers.span());
    }
    if (!py::isinstance<py::array>(row)) {
        throw py::type_error(who() + ": row must be a list, a tuple or a 1-dimensional NumPy array, got " +
                             type_name(row));
    }
    const auto array = py::reinterpret_borrow<py::array>(row);
    if (array.ndim() != 1) {
        throw py::type_error(who() + ": row must be 1-dimensional, got an array of " + std::to_string(array.ndim()) +
                             " dimensions");
    }
    if (const auto view = try_vector_view<double>(array); view && view->contiguous()) {
        return use(std::span<const double>(view->data(), static_cast<std::size_t>(view->size())));
    }
    if (const auto view = try_vector_view<float>(array); view && view->contiguous()) {
        return use(std::span<const float>(view->data(), static_cast<std::size_t>(view->size())));
    }
    if (std::string("fiub").find(array.dtype().kind()) == std::string::npos) {
        throw py::type_error(who() + ": row must hold numbers, got an array of " +
                             py::str(array.dtype()).cast<std::string>());
    }
    const auto numbers = py::array_t<double, py::array::c_style | py::array::forcecast>::ensure(array);
    if (!numbers) throw py::error_already_set();
    return use(std::span<const double>(numbers.data(), static_cast<std::size_t>(numbers.size())));
}

}  // namespace plantwright::bindings
