# SPDX-License-Identifier: MIT
"""scikit-learn's forests and trees as ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from plantwright import _core
from plantwright.core import InvalidArgument
from plantwright.forest import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
)
from plantwright.forest._labels import as_list, names_of
from plantwright.integrations._trees import at_most, joined, schema_of
from plantwright.model import register_converter

REGRESSORS = ("RandomForestRegressor", "ExtraTreesRegressor", "DecisionTreeRegressor", "ExtraTreeRegressor")
CLASSIFIERS = ("RandomForestClassifier", "ExtraTreesClassifier", "DecisionTreeClassifier", "ExtraTreeClassifier")
OURS_ONLY = {
    "splitter",
    "oob_score",
    "warm_start",
    "verbose",
}  # of another meaning there, or nothing a fitted forest needs
CRITERIA = {"friedman_mse": "squared_error", "log_loss": "entropy"}


def from_sklearn(
    estimator: Any,
) -> RandomForestRegressor | RandomForestClassifier | ExtraTreesRegressor | ExtraTreesClassifier | IsolationForest:
    """Take over a fitted forest or tree of scikit-learn.

    Parameters
    ----------
    estimator : estimator of scikit-learn
        A fitted ``RandomForest*``, ``ExtraTrees*``, ``DecisionTree*`` or ``ExtraTree*``, of one output or several, or
        an ``IsolationForest``.

    Returns
    -------
    RandomForestRegressor, RandomForestClassifier, ExtraTreesRegressor, ExtraTreesClassifier or IsolationForest
        Fitted: each row reaches the same leaf in each tree (also where a value is missing; nodes are numbered anew),
        so that class probabilities agree up to the rounding of a sum, numbers and scores up to that of leaf values to
        float32.
        Classes, feature names and the parameters that both have come along; out-of-bag estimates do not.

    Raises
    ------
    InvalidArgument
        If it is another estimator.
    NotFittedError
        If it is not fitted.

    Notes
    -----
    scikit-learn's thresholds are float64, its features float32; each threshold becomes the largest float32 not above
    it, which decides every float32 alike.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> from sklearn.ensemble import RandomForestRegressor
    >>> X = np.arange(40.0).reshape(20, 2)
    >>> theirs = RandomForestRegressor(n_estimators=10, random_state=0).fit(X, X[:, 0])
    >>> ours = pw.from_sklearn(theirs)
    >>> bool(np.allclose(ours.predict(X), theirs.predict(X), rtol=1e-6))
    True
    """
    kinds = _kinds(estimator)
    is_classifier = not kinds.isdisjoint(CLASSIFIERS)
    is_isolation = "IsolationForest" in kinds
    if not is_classifier and not is_isolation and kinds.isdisjoint(REGRESSORS):
        raise InvalidArgument(
            f"from_sklearn: estimator must be of scikit-learn's {', '.join((*REGRESSORS, *CLASSIFIERS))} or "
            f"IsolationForest, got a {type(estimator).__name__}"
        )
    check_is_fitted(estimator)
    if is_isolation:
        return _isolation(estimator)
    classes = as_list(estimator.classes_) if is_classifier else []
    n_classes = [len(own) for own in classes]
    trees = [_tree_arrays(tree.tree_, n_classes) for tree in getattr(estimator, "estimators_", [estimator])]
    arrays = joined(trees, estimator.n_features_in_)
    schema = schema_of(getattr(estimator, "feature_names_in_", None))
    criterion = CRITERIA.get(estimator.criterion, estimator.criterion)
    is_extra = any(kind.startswith("ExtraTree") for kind in kinds)
    if not is_classifier:
        number_kind: Any = ExtraTreesRegressor if is_extra else RandomForestRegressor
        regressor: RandomForestRegressor | ExtraTreesRegressor = number_kind(
            **_parameters(estimator, number_kind(), len(trees))
        )
        regressor._adopt(_core.RandomForestRegressor.from_arrays(arrays, schema, criterion))
        return regressor
    names = [name for own in classes for name in names_of(own)]
    class_kind: Any = ExtraTreesClassifier if is_extra else RandomForestClassifier
    classifier: RandomForestClassifier | ExtraTreesClassifier = class_kind(
        **_parameters(estimator, class_kind(), len(trees))
    )
    several = n_classes if len(classes) > 1 else []
    classifier._adopt(_core.RandomForestClassifier.from_arrays(arrays, names, schema, criterion, several))
    classifier._set_classes(classes)
    return classifier


def _kinds(estimator: Any) -> set[str]:
    """Names of the classes of scikit-learn that it is of."""
    return {base.__name__ for base in type(estimator).__mro__ if base.__module__.startswith("sklearn.")}


register_converter(lambda e: not _kinds(e).isdisjoint((*REGRESSORS, *CLASSIFIERS, "IsolationForest")), from_sklearn)


def _isolation(theirs: Any) -> IsolationForest:
    """Leaf values become path lengths, features of trees those of the table."""
    trees = []
    for tree, features in zip(theirs.estimators_, theirs.estimators_features_, strict=True):
        arrays = _tree_arrays(tree.tree_)
        leaf = arrays["feature"] < 0
        arrays["feature"] = np.where(leaf, -2, np.asarray(features)[np.where(leaf, 0, arrays["feature"])]).astype(
            np.int32
        )
        depth = tree.tree_.compute_node_depths() - 1.0
        arrays["value"] = (depth + _mean_path_length(arrays["n_node_samples"]))[:, None]
        trees.append(arrays | {"impurity": np.zeros(len(leaf))})
    schema = schema_of(getattr(theirs, "feature_names_in_", None))
    shared = theirs.get_params(deep=False).keys() & IsolationForest().get_params(deep=False).keys()
    ours = IsolationForest(**{name: getattr(theirs, name) for name in shared - OURS_ONLY})
    arrays = joined(trees, theirs.n_features_in_)
    offset = min(max(float(theirs.offset_), -1.0), 0.0)
    ours._adopt(_core.IsolationForest.from_arrays(arrays, int(theirs.max_samples_), offset, schema))
    ours.n_estimators = len(trees)
    return ours


def _mean_path_length(n_rows: NDArray[np.int32]) -> NDArray[np.float64]:
    """Depth at which a search among so many rows ends on average; see `IsolationForest`."""
    n = np.maximum(n_rows, 3).astype(np.float64)
    length = 2 * (np.log(n - 1) + np.euler_gamma) - 2 * (n - 1) / n
    return np.where(n_rows > 2, length, (n_rows == 2).astype(np.float64))


def _parameters(theirs: Any, ours: Any, n_trees: int) -> dict[str, Any]:
    """What both have; a single tree is a forest of one, grown on all rows."""
    shared = (theirs.get_params(deep=False).keys() & ours.get_params(deep=False).keys()) - OURS_ONLY
    parameters = {name: getattr(theirs, name) for name in shared}
    parameters["criterion"] = CRITERIA.get(theirs.criterion, theirs.criterion)
    parameters["n_estimators"] = n_trees
    return {"bootstrap": False} | parameters


def _tree_arrays(tree: Any, n_classes: Sequence[int] = ()) -> dict[str, NDArray[Any]]:
    """One ``tree_``: its nodes come root first and children after their parents, as ours do."""
    # (n_nodes, n_outputs, 1) of numbers; (n_nodes, n_outputs, most classes of an output) of shares
    widths = n_classes or [1] * tree.value.shape[1]
    value = np.concatenate([tree.value[:, k, :width] for k, width in enumerate(widths)], axis=1)
    leaf = tree.children_left < 0
    threshold = np.where(leaf, 0, tree.threshold)
    missing = tree.missing_go_to_left.astype(bool) & ~leaf
    return {
        "feature": tree.feature.astype(np.int32),
        "threshold": at_most(threshold),
        "children_left": tree.children_left.astype(np.int32),
        "children_right": tree.children_right.astype(np.int32),
        "missing_go_left": missing.astype(np.uint8),
        "n_node_samples": tree.n_node_samples.astype(np.int32),
        "weighted_n_node_samples": tree.weighted_n_node_samples.astype(np.float64),
        "impurity": np.maximum(tree.impurity, 0.0),  # rounding leaves some a little below
        "value": np.ascontiguousarray(value, dtype=np.float64),
    }
