# SPDX-License-Identifier: MIT
"""Trees for other programs: one documented JSON, and the dict that shap takes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from plantwright.core import InvalidArgument
from plantwright.forest._labels import as_list, one_or_list
from plantwright.forest._tree import levels_left

FORMAT_VERSION = 1
FORMAT_WITH_LEVELS = 2  # of forests that split categories by lists of levels


class TreeExports:
    """What a fitted forest over a compiled model offers to other programs."""

    _model: Any

    def _combination(self) -> dict[str, Any]:
        """Say how leaf values become raw outputs and those a prediction; overridden where trees are summed."""
        model = self._model
        n_outputs = model.tree(0)["value"].shape[1]
        return {
            "aggregation": "mean",
            "base": [0.0] * n_outputs,
            "tree_output": None,
            "link": "identity",
            "link_scale": 1.0,
        }

    def dump_json(self, path: str | os.PathLike[str] | None = None, *, indent: int | None = None) -> str:
        """Write the trees as one documented JSON object.

        Parameters
        ----------
        path : str or path-like, optional
            A file to write too.
        indent : int, optional
            For people; None gives one line.

        Returns
        -------
        str
            The members are described in the Notes. What a version says will not change; members may be added.

        Notes
        -----
        ``format`` ("plantwright-forest"), ``version`` (1; 2 where categories are split by levels), ``type`` (the
        estimator's class), ``n_features``, ``feature_names`` (or null), ``categories`` (for each category input its
        levels in the order they are compared by: a level's place is its feature value, see below), ``classes`` (or
        null; a list for each output where there are several, whose raw outputs stand side by side), ``trees``, and how
        trees make a prediction:

            raw[k] = base[k] + sum or mean over trees of value[leaf]      (``aggregation``: "mean" or "sum")

        Where ``tree_output`` is null, a leaf's ``value`` holds one number for each raw output; otherwise it holds one
        number, which tree t adds to ``raw[tree_output[t]]`` (and a mean is over the trees of that output). ``link``
        turns raw outputs into predictions: identity, logistic of ``link_scale * raw`` (for classes: probability of the
        second), softmax, exponential, one_versus_rest (a logistic for each) or signed_square (``x * abs(x)``).

        Each tree holds arrays with one entry a node, the root first, children after their parents: ``feature`` (-2 at
        a leaf), ``threshold`` (a row goes left where ``float32(x[feature]) <= threshold``; null: every value that is
        there goes left), ``missing_go_left`` (where NaN goes), ``children_left``, ``children_right`` (-1 at a leaf),
        ``n_node_samples``, ``weighted_n_node_samples``, ``impurity`` and ``value``.

        In version 2, ``n_levels`` says by feature how many levels a category has that is split by levels, 0 for others,
        and trees hold ``levels_left``: by node null, or the levels that go left; every other value that is there goes
        right. The threshold of such a node is 0.

        Examples
        --------
        >>> import json, numpy as np, plantwright as pw
        >>> X = np.arange(8.0).reshape(4, 2)
        >>> forest = pw.RandomForestRegressor(n_estimators=1, bootstrap=False, random_state=0).fit(X, X[:, 0] > 3)
        >>> tree = json.loads(forest.dump_json())["trees"][0]
        >>> tree["children_left"], tree["value"]
        ([1, -1, -1], [[0.5], [0.0], [1.0]])
        """
        check_is_fitted(self)
        model = self._model
        classes = getattr(self, "classes_", None)
        n_levels = model.n_levels.tolist()
        content = {
            "format": "plantwright-forest",
            "version": FORMAT_WITH_LEVELS if n_levels else FORMAT_VERSION,
            "type": type(self).__name__,
            "n_features": int(model.n_features),
            "feature_names": list(model.feature_names) or None,
            "categories": _categories(model),
            "classes": None if classes is None else one_or_list([own.tolist() for own in as_list(classes)]),
            **self._combination(),
            **({"n_levels": n_levels} if n_levels else {}),
            "trees": [_tree_as_json(model.tree(i), bool(n_levels)) for i in range(model.n_trees)],
        }
        text = json.dumps(content, allow_nan=False, indent=indent)
        if path is not None:
            Path(path).write_text(text, encoding="utf-8")
        return text

    def to_shap_trees(self) -> dict[str, Any]:
        """Give the trees as the dict that ``shap.TreeExplainer`` takes.

        Returns
        -------
        dict
            ``trees`` and what shap needs to read them. The values that shap computes of it, and its expected value,
            add up to `predict` (a regressor), to `predict_proba` (a random forest of classes) or to `predict_raw`
            (boosted trees).

        Notes
        -----
        Features are the model's: a table's category columns must be encoded as the forest compares them, see
        `dump_json`. The dict has no form for splits of categories by levels.

        Raises
        ------
        InvalidArgument
            If nodes split categories by levels; fit with ``category_splits="once"`` instead.

        Examples
        --------
        >>> import numpy as np, plantwright as pw
        >>> X = np.arange(40.0).reshape(20, 2)
        >>> forest = pw.RandomForestRegressor(n_estimators=10, random_state=0).fit(X, X[:, 0])
        >>> trees = forest.to_shap_trees()  # for shap.TreeExplainer(trees)
        >>> len(trees["trees"])
        10
        """
        check_is_fitted(self)
        model, how = self._model, self._combination()
        if len(model.n_levels):
            raise InvalidArgument(
                "to_shap_trees: shap's dict has no form for splits of categories by levels; fit on a table with "
                "category_splits='once'"
            )
        n_outputs, outputs = len(how["base"]), how["tree_output"]
        share = model.n_trees if outputs is None else model.n_trees // n_outputs
        scale = 1.0 / share if how["aggregation"] == "mean" else 1.0
        trees = []
        for i in range(model.n_trees):
            arrays = model.tree(i)
            values = arrays["value"] * scale
            if outputs is not None and n_outputs > 1:  # one output's tree beside those of others
                values = values * (np.arange(n_outputs) == outputs[i])
            trees.append(_shap_tree(arrays, values))
        base = np.asarray(how["base"])
        return {
            "trees": trees,
            "base_offset": float(base[0]) if n_outputs == 1 else base,
            "internal_dtype": np.float64,
            "input_dtype": np.float32,
            "tree_output": "raw_value",
            "objective": None,
        }


def _categories(model: Any) -> dict[str, list[str]]:
    """Levels of each category input in the order of their ranks."""
    schema, found = model.schema, {}
    for name, ranks in zip(model.feature_names, model.level_ranks, strict=False):
        if len(ranks):
            levels = schema.at(name).levels
            found[name] = [levels[i] for i in np.argsort(ranks, kind="stable")]
    return found


def _tree_as_json(arrays: dict[str, NDArray[Any]], has_levels: bool) -> dict[str, Any]:
    finite = np.isfinite(arrays["threshold"])
    thresholds = [t if ok else None for t, ok in zip(arrays["threshold"].tolist(), finite.tolist(), strict=True)]
    tree = {name: array.tolist() for name, array in arrays.items() if name not in ("level_offsets", "levels")}
    if has_levels:
        tree["levels_left"] = [levels_left(arrays, node).tolist() or None for node in range(len(thresholds))]
    return tree | {"threshold": thresholds, "missing_go_left": arrays["missing_go_left"].astype(bool).tolist()}


def _shap_tree(arrays: dict[str, NDArray[Any]], values: NDArray[np.float64]) -> dict[str, NDArray[Any]]:
    left, right = arrays["children_left"], arrays["children_right"]
    return {
        "children_left": left,
        "children_right": right,
        "children_default": np.where(arrays["missing_go_left"] != 0, left, right),
        "features": arrays["feature"],
        "thresholds": arrays["threshold"].astype(np.float64),
        "values": np.ascontiguousarray(values, dtype=np.float64),
        "node_sample_weight": arrays["weighted_n_node_samples"].astype(np.float64),
    }
