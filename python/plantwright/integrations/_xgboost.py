# SPDX-License-Identifier: MIT
"""XGBoost's models as ours, from a live object or its saved JSON; xgboost itself is not imported."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plantwright import _core
from plantwright.core import InvalidArgument
from plantwright.forest import BoostedTreesClassifier, BoostedTreesRegressor
from plantwright.integrations._trees import BinaryTree, below, forest_arrays, labels_of, schema_of

WHO = "from_xgboost"
LINKS = {  # objective: link of the prediction, how base_score becomes a margin, whether classes are predicted
    "reg:squarederror": ("identity", "identity", False),
    "reg:linear": ("identity", "identity", False),
    "reg:squaredlogerror": ("identity", "identity", False),
    "reg:pseudohubererror": ("identity", "identity", False),
    "reg:absoluteerror": ("identity", "identity", False),
    "reg:quantileerror": ("identity", "identity", False),
    "rank:pairwise": ("identity", "identity", False),
    "rank:ndcg": ("identity", "identity", False),
    "rank:map": ("identity", "identity", False),
    "reg:logistic": ("logistic", "logit", False),
    "binary:logistic": ("logistic", "logit", True),
    "count:poisson": ("exponential", "log", False),
    "reg:gamma": ("exponential", "log", False),
    "reg:tweedie": ("exponential", "log", False),
    "multi:softprob": ("softmax", "identity", True),
    "multi:softmax": ("softmax", "identity", True),
}


def from_xgboost(model: Any, *, classes: ArrayLike | None = None) -> BoostedTreesRegressor | BoostedTreesClassifier:
    """Take over a model of XGBoost.

    Parameters
    ----------
    model : xgboost.Booster, xgboost.XGBModel, dict, str, bytes or path-like
        A trained booster or scikit-learn wrapper, or what ``save_model("model.json")`` wrote: the file's path, its
        text, or the parsed object. Boosters "gbtree" and "dart"; a wrapper that stopped early is cut at its best
        iteration, as its own `predict` does.
    classes : array-like of shape (n_classes,), optional
        Labels of the classes; by default the wrapper's, or 0, 1, ...

    Returns
    -------
    BoostedTreesClassifier
        For ``binary:logistic`` and ``multi:*``; `predict_raw` gives the margin.
    BoostedTreesRegressor
        For the other objectives, whose link is applied.

    Raises
    ------
    InvalidArgument
        For objectives, boosters or trees (vector leaves, categories beyond 65,534) that have no form here.

    Notes
    -----
    XGBoost goes left where ``x < t`` in float32; the threshold here is the next smaller float32, so that ``x <= t'``
    decides alike. Leaf values are summed in float32 in the order of the trees. Features of categories take the whole
    numbers that XGBoost saw (of a pandas table, the categories' codes).

    Examples
    --------
    >>> import json, plantwright as pw
    >>> tree = {
    ...     "left_children": [1, -1, -1], "right_children": [2, -1, -1], "split_indices": [0, 0, 0],
    ...     "split_conditions": [50.0, -1.0, 1.0], "default_left": [1, 0, 0], "sum_hessian": [30.0, 10.0, 20.0],
    ... }
    >>> learner = {
    ...     "objective": {"name": "reg:squarederror"},
    ...     "learner_model_param": {"base_score": "2.5", "num_class": "0", "num_feature": "1", "num_target": "1"},
    ...     "gradient_booster": {"name": "gbtree", "model": {"trees": [tree], "tree_info": [0]}},
    ...     "feature_names": ["load_pct"],
    ... }
    >>> pw.from_xgboost(json.dumps({"learner": learner})).predict({"load_pct": [20.0, 80.0]}).tolist()
    [1.5, 3.5]
    """
    learner = _learner(model)
    try:
        return _convert(learner, model, classes)
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise InvalidArgument(f"{WHO}: the model's JSON is not as XGBoost writes it: {error!r}") from None


def _learner(model: Any) -> dict[str, Any]:
    """The parsed `learner` of whatever form a model has."""
    if hasattr(model, "get_booster"):
        missing = getattr(model, "missing", math.nan)
        if missing is not None and not math.isnan(missing):
            raise InvalidArgument(f"{WHO}: missing must be NaN, got {missing}: replace it by NaN before training")
        model = model.get_booster()
    if hasattr(model, "save_raw"):
        model = bytes(model.save_raw("json"))
    if isinstance(model, os.PathLike) or (isinstance(model, str) and not model.lstrip().startswith("{")):
        model = Path(model).read_bytes()
    if isinstance(model, str | bytes | bytearray):
        try:
            model = json.loads(model)
        except ValueError:
            raise InvalidArgument(f"{WHO}: not JSON; save the model as 'model.json'") from None
    if not isinstance(model, dict) or not isinstance(model.get("learner"), dict):
        raise InvalidArgument(
            f"{WHO}: model must be a Booster, a wrapper, or what save_model('model.json') wrote, got "
            f"{'a dict without learner' if isinstance(model, dict) else f'a {type(model).__name__}'}"
        )
    learner: dict[str, Any] = model["learner"]
    return learner


def _convert(learner: dict[str, Any], model: Any, classes: Any) -> BoostedTreesRegressor | BoostedTreesClassifier:
    objective, parameters = learner["objective"]["name"], learner["learner_model_param"]
    if objective not in LINKS:
        raise InvalidArgument(f"{WHO}: objective must be one of {', '.join(LINKS)}, got {objective!r}")
    if int(parameters.get("num_target", 1)) > 1:
        raise InvalidArgument(f"{WHO}: the model must have one target, got {parameters['num_target']}")
    link, start, is_classifier = LINKS[objective]
    n_raw = max(1, int(parameters["num_class"]))
    trees, outputs = _trees(learner["gradient_booster"], _end(model))
    arrays = forest_arrays(trees, int(parameters["num_feature"]), WHO)
    arrays["tree_output"] = outputs
    arrays["base"] = _base(parameters["base_score"], start, n_raw)
    if not is_classifier and n_raw > 1:
        raise InvalidArgument(f"{WHO}: the model must have one output, got {n_raw}")
    labels = None
    if is_classifier:
        labels = labels_of(classes, getattr(model, "classes_", None), max(2, n_raw), WHO)
    built = _core.BoostedTrees.from_arrays(
        arrays,
        link=link,
        classes=[] if labels is None else [str(label) for label in labels.tolist()],
        schema=schema_of(learner.get("feature_names") or None),
        sum_as_float32=True,
        origin=f"xgboost {objective}",
    )
    return BoostedTreesRegressor._of(built) if labels is None else BoostedTreesClassifier._of(built, labels)


def _end(model: Any) -> int | None:
    """Iterations that a wrapper's predict uses, where it stopped early."""
    if not hasattr(model, "get_booster"):
        return None
    try:
        return int(model.best_iteration) + 1
    except AttributeError:
        return None


def _trees(booster: dict[str, Any], end: int | None) -> tuple[list[BinaryTree], NDArray[np.int32]]:
    name = booster["name"]
    if name not in ("gbtree", "dart"):
        raise InvalidArgument(f"{WHO}: booster must be gbtree or dart, got {name!r}")
    model = booster["gbtree"]["model"] if name == "dart" else booster["model"]
    outputs = np.asarray(model["tree_info"], dtype=np.int32)
    last = len(outputs)
    if end is not None and "iteration_indptr" in model:
        last = int(model["iteration_indptr"][end])
    drops = booster["weight_drop"] if name == "dart" else [1.0] * last
    trees = [_tree(tree, drop) for tree, drop in zip(model["trees"][:last], drops, strict=False)]
    return trees, outputs[:last]


def _tree(tree: dict[str, Any], weight: float) -> BinaryTree:
    if int(tree.get("tree_param", {}).get("size_leaf_vector", 1)) > 1:
        raise InvalidArgument(f"{WHO}: leaves must hold one number, got a vector (multi_strategy='multi_output_tree')")
    condition = np.asarray(tree["split_conditions"], dtype=np.float32)
    left = np.asarray(tree["left_children"], dtype=np.int32)
    cover = np.asarray(tree["sum_hessian"], dtype=np.float64)
    right = np.asarray(tree["right_children"], dtype=np.int32)
    levels = _levels(tree)
    by_levels = np.isin(np.arange(len(left)), list(levels))  # what XGBoost lists goes right
    return BinaryTree(
        feature=np.asarray(tree["split_indices"], dtype=np.int32),
        threshold=below(condition),
        left=np.where(by_levels, right, left),
        right=np.where(by_levels, left, right),
        missing_left=np.asarray(tree["default_left"]).astype(bool) ^ by_levels,
        value=(condition * np.float32(weight)).astype(np.float64),  # of a leaf: its value stands there
        weight=cover,
        rows=np.rint(cover).astype(np.int64),
        levels=levels,
    )


def _levels(tree: dict[str, Any]) -> dict[int, NDArray[np.int64]]:
    """The categories that are listed at splits of categories."""
    if not any(tree.get("split_type", [])):
        return {}
    listed = np.asarray(tree["categories"], dtype=np.int64)
    pieces = zip(tree["categories_nodes"], tree["categories_segments"], tree["categories_sizes"], strict=True)
    levels = {int(node): listed[first : first + size] for node, first, size in pieces}
    if set(levels) != set(np.flatnonzero(tree["split_type"]).tolist()):
        raise InvalidArgument(f"{WHO}: splits of categories and their categories do not fit together")
    return levels


def _base(text: Any, start: str, n_raw: int) -> NDArray[np.float64]:
    """The margin that the sum starts from; `text` is one number, or since XGBoost 3.1 a list of them."""
    score = np.atleast_1d(np.asarray(json.loads(str(text)), dtype=np.float32))
    one = np.float32(1)
    if start == "logit":
        score = -np.log(one / score - one)
    elif start == "log":
        score = np.log(score)
    return np.ascontiguousarray(np.broadcast_to(score, (n_raw,)), dtype=np.float64)
