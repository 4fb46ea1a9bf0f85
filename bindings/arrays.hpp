// SPDX-License-Identifier: MIT
/// NumPy arrays as our views, our buffers as NumPy arrays; nothing is copied either way.
///
/// In: a bound function takes `VectorView<const T>` or `MatrixView<const T>` and gets the array's own memory, read-only
/// arrays and any strides included (whole items, also negative and zero). The dtype must be T in native byte order:
/// another one is a TypeError, never a silent copy. The view is valid during the call, since the caller holds the
/// array; to keep one for longer, hold `owner_of(array)` beside it.
///
/// Out: a returned `Buffer<T>` or `Table<T>` is moved onto the heap and freed with the array that shows it. An array
/// made from a view of a longer-lived object takes that object as its base (`to_numpy(view, base)`) and is read-only.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "plantwright/core/types.hpp"

namespace plantwright::bindings {

namespace py = pybind11;

/// Item strides of an array, or nothing where the array is not a plain T array of `n_dims` dimensions.
template <class T>
std::optional<std::vector<Index>> item_strides(const py::array& array, py::ssize_t n_dims) {
    constexpr auto item = static_cast<py::ssize_t>(sizeof(T));
    const bool aligned = reinterpret_cast<std::uintptr_t>(array.data()) % alignof(T) == 0;
    if (array.ndim() != n_dims || !py::isinstance<py::array_t<T>>(array) || !aligned) return std::nullopt;
    std::vector<Index> strides(static_cast<std::size_t>(n_dims));
    for (py::ssize_t d = 0; d < n_dims; ++d) {
        const bool steps = array.shape(d) > 1;  // NumPy leaves the stride of a single item undefined
        if (steps && array.strides(d) % item != 0) return std::nullopt;
        strides[static_cast<std::size_t>(d)] = steps ? array.strides(d) / item : 1;
    }
    return strides;
}

template <class T>
std::optional<VectorView<const T>> try_vector_view(const py::array& array) {
    const auto strides = item_strides<T>(array, 1);
    if (!strides) return std::nullopt;
    return VectorView<const T>(static_cast<const T*>(array.data()), array.shape(0), (*strides)[0]);
}

template <class T>
std::optional<MatrixView<const T>> try_matrix_view(const py::array& array) {
    const auto strides = item_strides<T>(array, 2);
    if (!strides) return std::nullopt;
    return MatrixView<const T>(static_cast<const T*>(array.data()), array.shape(0), array.shape(1), (*strides)[0],
                               (*strides)[1]);
}

[[noreturn]] inline void refuse_array(const py::array& array, const char* name, const py::dtype& wanted, int n_dims) {
    throw py::type_error(std::string(name) + " must be an aligned " + py::str(wanted).cast<std::string>() +
                         " array of " + std::to_string(n_dims) + " dimension(s) with whole-item strides, got " +
                         py::str(array.dtype()).cast<std::string>() + " of " + std::to_string(array.ndim()));
}

/// Throws TypeError that names the parameter, the dtype and the number of dimensions.
template <class T>
VectorView<const T> vector_view(const py::array& array, const char* name) {
    if (const auto view = try_vector_view<T>(array)) return *view;
    refuse_array(array, name, py::dtype::of<T>(), 1);
}

template <class T>
MatrixView<const T> matrix_view(const py::array& array, const char* name) {
    if (const auto view = try_matrix_view<T>(array)) return *view;
    refuse_array(array, name, py::dtype::of<T>(), 2);
}

/// Keeps a Python object alive from C++, from any thread: the GIL is taken to let go. After the interpreter has ended
/// the object is left alone, since there is nobody to free it.
inline std::shared_ptr<const void> owner_of(py::object object) {
    const auto release = [](py::object* held) {
        if (!Py_IsInitialized()) return;
        const py::gil_scoped_acquire gil;
        delete held;
    };
    return std::shared_ptr<py::object>(new py::object(std::move(object)), release);
}

/// A heap copy of `value` (moved) as a capsule that frees it; `value`'s data pointer does not change.
template <class Owner>
std::pair<Owner*, py::capsule> into_capsule(Owner&& value) {
    auto owner = std::make_unique<Owner>(std::move(value));
    py::capsule capsule(owner.get(), [](void* p) { delete static_cast<Owner*>(p); });
    return {owner.release(), std::move(capsule)};
}

template <class T>
py::array_t<T> to_numpy(Buffer<T>&& buffer) {
    auto [owner, capsule] = into_capsule(std::move(buffer));
    return py::array_t<T>(owner->size(), owner->data(), capsule);
}

template <class T>
py::array_t<T> to_numpy(Table<T>&& table) {
    auto [owner, capsule] = into_capsule(std::move(table));
    return py::array_t<T>({owner->rows(), owner->cols()}, owner->data(), capsule);
}

inline void make_read_only(py::array& array) { array.attr("setflags")(py::arg("write") = false); }

/// The memory of `view`, kept alive by `base`; read-only.
template <class T>
py::array_t<T> to_numpy(VectorView<const T> view, const py::object& base) {
    constexpr auto item = static_cast<py::ssize_t>(sizeof(T));
    py::array_t<T> array({view.size()}, {view.stride() * item}, view.data(), base);
    make_read_only(array);
    return array;
}

template <class T>
py::array_t<T> to_numpy(MatrixView<const T> view, const py::object& base) {
    constexpr auto item = static_cast<py::ssize_t>(sizeof(T));
    py::array_t<T> array({view.rows(), view.cols()}, {view.row_stride() * item, view.col_stride() * item}, view.data(),
                         base);
    make_read_only(array);
    return array;
}

}  // namespace plantwright::bindings

namespace pybind11::detail {

template <class T>
struct type_caster<plantwright::VectorView<const T>> {
    PYBIND11_TYPE_CASTER(plantwright::VectorView<const T>, const_name("typing.Annotated[numpy.typing.NDArray[") +
                                                               npy_format_descriptor<T>::name +
                                                               const_name("], \"1-D\"]"));
    bool load(handle source, bool) {
        if (!isinstance<array>(source)) return false;
        const auto view = plantwright::bindings::try_vector_view<T>(reinterpret_borrow<array>(source));
        if (view) value = *view;
        return view.has_value();
    }
};

template <class T>
struct type_caster<plantwright::MatrixView<const T>> {
    PYBIND11_TYPE_CASTER(plantwright::MatrixView<const T>, const_name("typing.Annotated[numpy.typing.NDArray[") +
                                                               npy_format_descriptor<T>::name +
                                                               const_name("], \"2-D\"]"));
    bool load(handle source, bool) {
        if (!isinstance<array>(source)) return false;
        const auto view = plantwright::bindings::try_matrix_view<T>(reinterpret_borrow<array>(source));
        if (view) value = *view;
        return view.has_value();
    }
};

/// Return values only; an lvalue is copied, an rvalue moved.
template <class Owner, class T>
struct owned_array_caster {
    static constexpr auto name = const_name("numpy.typing.NDArray[") + npy_format_descriptor<T>::name + const_name("]");
    static handle cast(Owner&& source, return_value_policy, handle) {
        return plantwright::bindings::to_numpy(std::move(source)).release();
    }
    static handle cast(const Owner& source, return_value_policy policy, handle parent) {
        return cast(Owner(source), policy, parent);
    }
};

template <class T>
struct type_caster<plantwright::Buffer<T>> : owned_array_caster<plantwright::Buffer<T>, T> {};
template <class T>
struct type_caster<plantwright::Table<T>> : owned_array_caster<plantwright::Table<T>, T> {};

}  // namespace pybind11::detail
