# SPDX-License-Identifier: MIT
"""Gradient-boosted trees that were trained elsewhere."""

from __future__ import annotations

import json
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted

from plantwright import _core
from plantwright.core import InvalidArgument
from plantwright.forest._classifier import classes_from
from plantwright.forest._export import TreeExports
from plantwright.forest._input import ForestInput
from plantwright.forest._tree import DecisionTree
from plantwright.io import PlwSerializable, register


class _BoostedTrees(TreeExports, ForestInput, PlwSerializable, BaseEstimator):
    """What both kinds share: intake, raw sums, trees, files."""

    _plw_model_class = _core.BoostedTrees

    def __init__(self, *, n_jobs: int | None = None) -> None:
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any = None) -> Self:
        """Refuse: these trees come trained. (scikit-learn wants to see the method.)

        Raises
        ------
        InvalidArgument
            Always.
        """
        raise InvalidArgument(
            f"{type(self).__name__}: its trees come trained, from from_xgboost or from_lightgbm; it has no fit"
        )

    def __sklearn_is_fitted__(self) -> bool:
        """Say whether there is a compiled model."""
        return getattr(self, "_model", None) is not None

    @classmethod
    def _of(cls, model: Any, classes: NDArray[Any] | None = None) -> Self:
        estimator = cls()
        estimator._model = model
        estimator.n_features_in_ = int(model.n_features)
        if model.feature_names:
            estimator.feature_names_in_ = np.asarray(model.feature_names, dtype=object)
        if classes is not None:
            estimator.classes_, estimator.n_classes_ = classes, len(classes)
        return estimator

    def _combination(self) -> dict[str, Any]:
        model = self._model
        return {
            "aggregation": "mean" if model.mean else "sum",
            "base": model.base.tolist(),
            "tree_output": model.tree_output.tolist(),
            "link": model.link,
            "link_scale": model.link_scale,
        }

    def __sklearn_tags__(self) -> Any:
        """Say that missing values are welcome."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    @property
    def origin_(self) -> str:
        """Which library and objective the trees come from."""
        return str(self._model.origin)

    @property
    def estimators_(self) -> list[DecisionTree]:
        """The trees, in order, with scikit-learn's ``tree_`` arrays; ``value`` is what a leaf adds."""
        check_is_fitted(self)
        return [DecisionTree(self._model, i) for i in range(self._model.n_trees)]

    def predict_raw(self, X: Any) -> NDArray[np.float64]:
        """Predict the sums of the trees, before the link: XGBoost's margin, LightGBM's raw score.

        Parameters
        ----------
        X : array-like or table of shape (n_rows, n_features)

        Returns
        -------
        ndarray of float64, shape (n_rows,) or, with several raw outputs, (n_rows, n_classes_)
        """
        data = self._take_input(X)
        raw = np.asarray(self._model.predict_raw(data, n_jobs=self.n_jobs))
        return raw[:, 0] if raw.shape[1] == 1 else raw

    def apply(self, X: Any) -> NDArray[np.int64]:
        """Return the leaf that each row reaches in each tree, as numbered in `estimators_`.

        Parameters
        ----------
        X : array-like or table of shape (n_rows, n_features)

        Returns
        -------
        ndarray of int64, shape (n_rows, n_trees)
        """
        data = self._take_input(X)
        return np.asarray(self._model.apply(data, n_jobs=self.n_jobs), dtype=np.int64)

    def _to_plw_bytes(self) -> bytes:
        data = super()._to_plw_bytes()
        classes = getattr(self, "classes_", None)
        header = {"n_jobs": self.n_jobs, "class_dtype": None if classes is None else classes.dtype.str}
        return bytes(_core.with_header_members(data, json.dumps({"python": header})))


class BoostedTreesRegressor(RegressorMixin, _BoostedTrees):
    """Boosted trees that predict a number; made by `from_xgboost` and `from_lightgbm`, not by `fit`.

    ``predict(x) = link(base + sum of the leaf values that x reaches)``; saved, loaded, explained and drawn as the
    forests of this package, and usable from C++ (``plantwright::BoostedTrees``).

    Parameters
    ----------
    n_jobs : int or None, default=None
        Threads: None is 1, -1 all processors. Never changes the result.

    Attributes
    ----------
    origin_ : str
        Library and objective.
    n_features_in_ : int
    feature_names_in_ : ndarray of str, shape (n_features_in_,)
        If the origin had names.
    estimators_ : list of DecisionTree

    See Also
    --------
    BoostedTreesClassifier : for classes.

    Notes
    -----
    Features are compared as float32. Inside a scikit-learn pipeline, wrap it in ``sklearn.frozen.FrozenEstimator``.

    References
    ----------
    J. H. Friedman, "Greedy function approximation: a gradient boosting machine", Annals of Statistics 29, 2001.

    Examples
    --------
    >>> import plantwright as pw
    >>> text = '''tree
    ... version=v4
    ... num_class=1
    ... num_tree_per_iteration=1
    ... max_feature_idx=0
    ... objective=regression
    ... feature_names=load_pct
    ...
    ... Tree=0
    ... num_leaves=2
    ... num_cat=0
    ... split_feature=0
    ... threshold=50
    ... decision_type=2
    ... left_child=-1
    ... right_child=-2
    ... leaf_value=1.5 2.5
    ... leaf_count=10 20
    ... shrinkage=1
    ...
    ... end of trees'''
    >>> pw.from_lightgbm(text).predict({"load_pct": [20.0, 80.0]}).tolist()
    [1.5, 2.5]
    """

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Predict the target.

        Parameters
        ----------
        X : array-like or table of shape (n_rows, n_features)
            NaN is a missing value. A table may hold its columns in any order.

        Returns
        -------
        ndarray of float64, shape (n_rows,)

        Raises
        ------
        SchemaMismatch
            If a table lacks columns, has unknown ones or ones of other kinds.
        """
        data = self._take_input(X)
        return np.asarray(self._model.predict(data, n_jobs=self.n_jobs))[:, 0]


class BoostedTreesClassifier(ClassifierMixin, _BoostedTrees):
    """Boosted trees that predict a class; made by `from_xgboost` and `from_lightgbm`, not by `fit`.

    Parameters
    ----------
    n_jobs : int or None, default=None
        Threads: None is 1, -1 all processors. Never changes the result.

    Attributes
    ----------
    classes_ : ndarray, shape (n_classes_,)
    n_classes_ : int
    origin_ : str
        Library and objective.
    n_features_in_ : int
    feature_names_in_ : ndarray of str, shape (n_features_in_,)
        If the origin had names.
    estimators_ : list of DecisionTree

    See Also
    --------
    BoostedTreesRegressor : for numbers; how predictions are made.

    Examples
    --------
    >>> import plantwright as pw
    >>> text = '''tree
    ... num_class=1
    ... num_tree_per_iteration=1
    ... max_feature_idx=0
    ... objective=binary sigmoid:1
    ... feature_names=load_pct
    ...
    ... Tree=0
    ... num_leaves=2
    ... num_cat=0
    ... split_feature=0
    ... threshold=50
    ... decision_type=2
    ... left_child=-1
    ... right_child=-2
    ... leaf_value=-2 2
    ... leaf_count=10 20
    ... shrinkage=1
    ...
    ... end of trees'''
    >>> pw.from_lightgbm(text).predict_proba({"load_pct": [20.0, 80.0]}).round(2).tolist()
    [[0.88, 0.12], [0.12, 0.88]]
    """

    def predict(self, X: Any) -> NDArray[Any]:
        """Predict the most probable class.

        Parameters
        ----------
        X : array-like or table of shape (n_rows, n_features)
            NaN is a missing value. A table may hold its columns in any order.

        Returns
        -------
        ndarray of the classes' dtype, shape (n_rows,)
        """
        return np.asarray(self.classes_[self.predict_proba(X).argmax(axis=1)])

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Predict the probability of each class.

        Parameters
        ----------
        X : array-like or table of shape (n_rows, n_features)

        Returns
        -------
        ndarray of float64, shape (n_rows, n_classes_)
            Rows sum to 1, except with LightGBM's one-versus-rest objective, which does not normalise.
        """
        data = self._take_input(X)
        return np.asarray(self._model.predict(data, n_jobs=self.n_jobs))


def _load(data: bytes) -> BoostedTreesRegressor | BoostedTreesClassifier:
    model = _core.BoostedTrees.from_bytes(data)
    header = json.loads(_core.read_header_of_bytes(data)).get("python", {})
    header = header if isinstance(header, dict) else {}
    loaded: BoostedTreesRegressor | BoostedTreesClassifier
    if model.classes:
        loaded = BoostedTreesClassifier._of(model, classes_from(model.classes, header.get("class_dtype") or "object"))
    else:
        loaded = BoostedTreesRegressor._of(model)
    loaded.n_jobs = header.get("n_jobs")
    return loaded


register("BoostedTrees", _load)
