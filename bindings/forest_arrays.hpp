// SPDX-License-Identifier: MIT
/// Trees and paths as NumPy arrays: shown, and taken from arrays made elsewhere.
#pragma once

#include <pybind11/stl.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "arrays.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/forest/forest_model.hpp"

namespace plantwright::bindings {

template <class T>
py::array_t<T> shown(std::span<const T> values, const py::object& base) {
    return to_numpy(VectorView<const T>(values), base);
}

/// The arrays of one tree, which share its memory.
template <class Model>
py::dict tree_arrays(const py::object& self, Index i) {
    const TreeView tree = self.cast<const Model&>().tree(i);
    const py::capsule base(new std::shared_ptr<const void>(tree.owner),
                           [](void* owner) { delete static_cast<std::shared_ptr<const void>*>(owner); });
    py::dict arrays;
    arrays["feature"] = shown(tree.feature, base);
    arrays["threshold"] = shown(tree.threshold, base);
    arrays["children_left"] = shown(tree.children_left, base);
    arrays["children_right"] = shown(tree.children_right, base);
    arrays["missing_go_left"] = shown(tree.missing_go_left, base);
    arrays["n_node_samples"] = shown(tree.n_node_samples, base);
    arrays["weighted_n_node_samples"] = shown(tree.weighted_n_node_samples, base);
    arrays["impurity"] = shown(tree.impurity, base);
    arrays["value"] = to_numpy(tree.value, base);
    if (tree.levels.empty()) return arrays;
    arrays["level_offsets"] = shown(tree.level_offsets, base);
    arrays["levels"] = shown(tree.levels, base);
    return arrays;
}

/// How many levels the features have that are split by levels, 0 for others; empty where there are none.
template <class Model>
py::array n_levels(const Model& model) {
    return to_numpy(Buffer<std::int32_t>(std::span<const std::int32_t>(model.n_levels())));
}

/// Per input the rank of each level (empty for a number): what a category is compared by.
template <class Model>
py::list level_ranks(const Model& model) {
    py::list all;
    for (const Buffer<float>& ranks : model.level_ranks()) all.append(to_numpy(Buffer<float>(ranks)));
    return all;
}

/// `(row_offsets, nodes, tree_offsets)`.
inline py::tuple as_tuple(DecisionPath path) {
    return py::make_tuple(to_numpy(std::move(path.row_offsets)), to_numpy(std::move(path.nodes)),
                          to_numpy(std::move(path.tree_offsets)));
}

inline py::object required_item(const py::dict& arrays, const char* name) {
    if (!arrays.contains(name)) throw InvalidArgument(std::string("from_arrays: arrays must hold '") + name + "'");
    return arrays[name];
}

template <class T>
Buffer<T> copied(const py::dict& arrays, const char* name) {
    const py::array array = required_item(arrays, name).cast<py::array>();
    const VectorView<const T> view = vector_view<T>(array, name);
    Buffer<T> buffer = Buffer<T>::uninitialized(view.size());
    for (Index i = 0; i < view.size(); ++i) buffer[i] = view[i];
    return buffer;
}

/// A forest of `n_features` and arrays named and typed as `Forest`'s, all trees one after another; `value (n_nodes,
/// n_outputs)`; `n_levels`, `level_offsets` and `levels` where categories are split. Not validated: `from_forest` does.
inline Forest forest_from_arrays(const py::dict& arrays) {
    Forest forest;
    forest.n_features = required_item(arrays, "n_features").cast<std::int64_t>();
    forest.tree_offsets = copied<std::int64_t>(arrays, "tree_offsets");
    forest.feature = copied<std::int32_t>(arrays, "feature");
    forest.threshold = copied<float>(arrays, "threshold");
    forest.children_left = copied<std::int32_t>(arrays, "children_left");
    forest.children_right = copied<std::int32_t>(arrays, "children_right");
    forest.missing_go_left = copied<std::uint8_t>(arrays, "missing_go_left");
    forest.n_node_samples = copied<std::int32_t>(arrays, "n_node_samples");
    forest.weighted_n_node_samples = copied<double>(arrays, "weighted_n_node_samples");
    forest.impurity = copied<double>(arrays, "impurity");
    const py::array values = required_item(arrays, "value").cast<py::array>();
    const MatrixView<const double> value = matrix_view<double>(values, "value");
    forest.n_outputs = value.cols();
    forest.value = Vector::uninitialized(value.rows() * value.cols());
    for (Index i = 0; i < forest.value.size(); ++i) forest.value[i] = value(i / value.cols(), i % value.cols());
    if (!arrays.contains("n_levels")) return forest;
    forest.n_levels = copied<std::int32_t>(arrays, "n_levels");
    forest.level_offsets = copied<std::int64_t>(arrays, "level_offsets");
    forest.levels = copied<std::uint16_t>(arrays, "levels");
    return forest;
}

}  // namespace plantwright::bindings
