# SPDX-License-Identifier: MIT
"""One tree of a forest, seen through arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from plantwright import _core


class Tree:
    """A fitted tree's nodes as read-only arrays, named as in scikit-learn's ``tree_``.

    Attributes
    ----------
    children_left, children_right : ndarray of int32, shape (node_count,)
        Children of each node; -1 at a leaf.
    feature : ndarray of int32, shape (node_count,)
        Feature that the node asks about; -2 at a leaf.
    threshold : ndarray of float64, shape (node_count,)
        ``x <= threshold`` goes left; ``inf`` where only missing values go right; 0 where a category is split, see
        `levels_left`.
    missing_go_to_left : ndarray of bool, shape (node_count,)
        Where a missing value goes.
    value : ndarray of float64, shape (node_count, n_values)
        Mean of each target, or the share of each class.
    impurity, weighted_n_node_samples : ndarray of float64, shape (node_count,)
    n_node_samples : ndarray of int64, shape (node_count,)
    """

    children_left: NDArray[np.int32]
    children_right: NDArray[np.int32]
    feature: NDArray[np.int32]
    threshold: NDArray[np.float64]
    missing_go_to_left: NDArray[np.bool_]
    value: NDArray[np.float64]
    impurity: NDArray[np.float64]
    weighted_n_node_samples: NDArray[np.float64]
    n_node_samples: NDArray[np.int64]

    def __init__(self, arrays: dict[str, NDArray[Any]]) -> None:
        self.__dict__.update({name: array for name, array in arrays.items() if name not in ("level_offsets", "levels")})
        self.missing_go_to_left = arrays["missing_go_left"].astype(bool)
        self._arrays = arrays

    def levels_left(self, node: int) -> NDArray[np.uint16]:
        """Return the levels that go left where a category is split, ascending; none at other nodes.

        Every other value that is not missing goes right: also a level that the node never saw.

        Parameters
        ----------
        node : int

        Returns
        -------
        ndarray of uint16
            Numbers of levels: of a category column, places in ``Frame.levels(name)``.
        """
        return levels_left(self._arrays, node)

    @property
    def node_count(self) -> int:
        return len(self._arrays["feature"])

    @property
    def n_leaves(self) -> int:
        return int(np.count_nonzero(self._arrays["children_left"] < 0))

    @property
    def max_depth(self) -> int:
        """Longest way from the root to a leaf, in splits."""
        left, right = self._arrays["children_left"], self._arrays["children_right"]
        depth = np.zeros(self.node_count, dtype=np.int64)
        for node in range(self.node_count):  # children stand after their parents
            if left[node] >= 0:
                depth[left[node]] = depth[right[node]] = depth[node] + 1
        return int(depth.max())

    def __repr__(self) -> str:
        return f"Tree(node_count={self.node_count}, max_depth={self.max_depth})"


def levels_left(arrays: dict[str, NDArray[Any]], node: int) -> NDArray[np.uint16]:
    """Return what a node of a compiled tree's arrays sends to the left by a list of levels."""
    offsets = arrays.get("level_offsets")
    if offsets is None:
        return np.empty(0, dtype=np.uint16)
    return np.asarray(arrays["levels"][offsets[node] : offsets[node + 1]])


class DecisionTree:
    """One tree of a forest: its arrays, and its own prediction.

    Attributes
    ----------
    tree_ : Tree
        The nodes.
    """

    def __init__(self, model: Any, index: int) -> None:
        self._model, self._index = model, index
        self.tree_ = Tree(model.tree(index))

    def apply(self, X: NDArray[Any]) -> NDArray[np.int64]:
        """Return the leaf of each row of an array of shape (n_rows, n_features)."""
        return np.asarray(self._model.apply(np.asarray(X)), dtype=np.int64)[:, self._index]

    def predict(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Return the value of each row's leaf: the mean of each target, or the number of its likeliest class."""
        values = self.tree_.value[self.apply(X)]
        if isinstance(self._model, _core.RandomForestClassifier):
            shares = np.split(values, np.cumsum(self._model.n_classes)[:-1], axis=1)
            values = np.column_stack([share.argmax(axis=1) for share in shares]).astype(np.float64)
        return np.asarray(values[:, 0] if values.shape[1] == 1 else values)

    def __repr__(self) -> str:
        return f"DecisionTree({self.tree_!r})"
