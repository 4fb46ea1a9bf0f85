# SPDX-License-Identifier: MIT
"""Trees of other libraries as the arrays that the compiled models take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plantwright.core import InvalidArgument
from plantwright.frame import ColumnSpec, Schema

LARGEST = np.finfo(np.float32).max
MOST_LEVELS = 65_535


def at_most(thresholds: ArrayLike) -> NDArray[np.float32]:
    """Give the largest float32 not above each threshold: ``x <= t`` then decides every float32 x as before."""
    exact = np.asarray(thresholds, dtype=np.float64)
    with np.errstate(over="ignore"):
        rounded = exact.astype(np.float32)
    return np.where(rounded > exact, np.nextafter(rounded, np.float32(-np.inf)), rounded)


def below(thresholds: ArrayLike) -> NDArray[np.float32]:
    """Give the largest float32 below each float32 threshold: ``x <= t'`` then decides as ``x < t`` did."""
    return np.nextafter(np.asarray(thresholds, dtype=np.float32), np.float32(-np.inf))


@dataclass
class BinaryTree:
    """One tree as its origin numbers it; arrays of one entry a node, node 0 the root, children -1 at a leaf."""

    feature: NDArray[np.int32]
    threshold: NDArray[np.float32]  # go left where x <= threshold; -inf: no value does
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    missing_left: NDArray[np.bool_]
    value: NDArray[np.float64]  # of leaves
    weight: NDArray[np.float64]  # of leaves: the training rows, or their hessians
    rows: NDArray[np.int64]  # of leaves
    levels: dict[int, NDArray[np.int64]] = field(default_factory=dict)  # of splits of categories: those that go left


def levels_of(tree: BinaryTree, who: str) -> list[NDArray[np.int32]]:
    """Nodes by depth, from the root on; refuses children that are none, and nodes reached twice."""
    n = len(tree.left)
    levels, seen = [np.zeros(1, dtype=np.int32)], 1
    while True:
        inner = levels[-1][tree.left[levels[-1]] >= 0]
        children = np.stack([tree.left[inner], tree.right[inner]], axis=1).ravel()
        seen += len(children)
        if seen > n or (children >= n).any() or (children < 1).any():
            raise InvalidArgument(f"{who}: a tree's children are not those of a tree")
        if len(children) == 0:
            return levels
        levels.append(children)


def _arrays_of_tree(tree: BinaryTree, who: str) -> dict[str, NDArray[Any]]:
    """Nodes level by level, sums and means of the inner nodes worked out from the leaves."""
    levels = levels_of(tree, who)
    value, weight, rows = tree.value.copy(), np.maximum(tree.weight, 1e-9), np.maximum(tree.rows, 1)
    for level in reversed(levels):
        inner = level[tree.left[level] >= 0]
        left, right = tree.left[inner], tree.right[inner]
        weight[inner] = weight[left] + weight[right]
        rows[inner] = rows[left] + rows[right]
        value[inner] = (value[left] * weight[left] + value[right] * weight[right]) / weight[inner]
    order = np.concatenate(levels)
    place = np.full(len(tree.left), -1, dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    leaf = tree.left[order] < 0
    by_levels = np.isin(order, list(tree.levels))
    swap = ~leaf & ~by_levels & np.isneginf(tree.threshold[order])  # every value goes right
    left, right = (
        np.where(swap, tree.right[order], tree.left[order]),
        np.where(swap, tree.left[order], tree.right[order]),
    )
    missing = (tree.missing_left[order] ^ swap) & ~leaf
    threshold = np.where(swap, np.float32(np.inf), tree.threshold[order])
    threshold = np.where(np.isposinf(threshold) & missing, LARGEST, threshold)
    return _levels_of_tree(tree, order, who) | {
        "feature": np.where(leaf, -2, tree.feature[order]).astype(np.int32),
        "threshold": np.where(leaf | by_levels, 0, threshold).astype(np.float32),
        "children_left": np.where(leaf, -1, place[left]).astype(np.int32),
        "children_right": np.where(leaf, -1, place[right]).astype(np.int32),
        "missing_go_left": missing.astype(np.uint8),
        "n_node_samples": np.minimum(rows[order], np.iinfo(np.int32).max).astype(np.int32),
        "weighted_n_node_samples": weight[order],
        "impurity": np.zeros(len(order)),
        "value": value[order].reshape(-1, 1),
    }


def _levels_of_tree(tree: BinaryTree, order: NDArray[np.int32], who: str) -> dict[str, NDArray[Any]]:
    """The levels of all nodes, one after another, and how many each has."""
    lists = [np.unique(tree.levels.get(node, ())).astype(np.int64) for node in order.tolist()] if tree.levels else []
    for node, levels in tree.levels.items():
        if len(levels) == 0 or np.min(levels) < 0 or np.max(levels) >= MOST_LEVELS:
            raise InvalidArgument(
                f"{who}: a split of categories must list some, numbered from 0 to {MOST_LEVELS - 1}, got "
                f"{np.asarray(levels).tolist()[:10]} at node {node}"
            )
    counts = np.asarray([len(levels) for levels in lists] if lists else np.zeros(len(order)), dtype=np.int64)
    return {"n_left": counts, "levels": np.concatenate([np.empty(0), *lists]).astype(np.uint16)}


def forest_arrays(trees: Sequence[BinaryTree], n_features: int, who: str) -> dict[str, Any]:
    """The arrays that `from_arrays` of a compiled model takes."""
    if not trees:
        raise InvalidArgument(f"{who}: the model has no trees")
    arrays = joined([_arrays_of_tree(tree, who) for tree in trees], n_features)
    counts, levels = arrays.pop("n_left"), arrays["levels"]
    if len(levels) == 0:
        del arrays["levels"]
        return arrays
    arrays["level_offsets"] = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    arrays["n_levels"] = np.zeros(n_features, dtype=np.int32)
    np.maximum.at(arrays["n_levels"], np.repeat(arrays["feature"], counts), levels.astype(np.int32) + 1)
    return arrays


def joined(trees: Sequence[dict[str, NDArray[Any]]], n_features: int) -> dict[str, Any]:
    """Arrays of single trees, one after another."""
    arrays: dict[str, Any] = {name: np.concatenate([tree[name] for tree in trees]) for name in trees[0]}
    sizes = [len(tree["feature"]) for tree in trees]
    arrays["tree_offsets"] = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    arrays["n_features"] = int(n_features)
    return arrays


def schema_of(names: Sequence[str] | None) -> Any:
    """The compiled schema of number columns; empty where there are no names."""
    return Schema([ColumnSpec(str(name)) for name in names] if names is not None else [])._core


def labels_of(classes: ArrayLike | None, given: Any, n_classes: int, who: str) -> NDArray[Any]:
    """The classes' labels: what the caller says, what the estimator knows, or 0, 1, ..."""
    labels = np.asarray(classes if classes is not None else given if given is not None else np.arange(n_classes))
    if labels.shape != (n_classes,) or len(set(labels.tolist())) != n_classes:
        raise InvalidArgument(f"{who}: classes must be {n_classes} different labels, got {labels.tolist()!r}")
    return labels
