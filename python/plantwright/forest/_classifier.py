# SPDX-License-Identifier: MIT
"""Forests that predict a class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin, MultiOutputMixin
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import validate_data

from plantwright import _core
from plantwright.core import InvalidArgument
from plantwright.forest._base import FLOATS, BaseForest, warn_missing_oob
from plantwright.forest._labels import Labels, as_list, names_of, one_or_list
from plantwright.forest._options import CLASSIFICATION_CRITERIA
from plantwright.frame import ColumnSpec, Frame, has_names


class ForestClassifier(MultiOutputMixin, ClassifierMixin, BaseForest):
    """Fits and predicts classes; the classes below have the parameters."""

    _plw_model_class = _core.RandomForestClassifier
    _criteria = CLASSIFICATION_CRITERIA
    class_weight: Any
    classes_: Any
    n_classes_: Any

    def fit(
        self,
        X: Any,
        y: Any = None,
        sample_weight: ArrayLike | None = None,
        progress: Any = None,
        tree_range: tuple[int, int] | None = None,
        target: str | list[str] | None = None,
    ) -> Self:
        """Grow the forest.

        Parameters
        ----------
        X : array-like or table of shape (n_rows, n_features)
            NumPy, pandas, polars, pyarrow or `Frame`; NaN is a missing value.
        y : array-like of shape (n_rows,) or (n_rows, n_outputs), optional
            Classes: strings, integers or booleans; or several labels a row, which one forest learns together, by the
            mean of their impurities. May be left out where `X` is a table that holds them.
        sample_weight : array-like of shape (n_rows,), optional
            Weight of each row, not negative.
        progress : bool or callable, optional
            True for a bar; a callable gets ``(task, done, total)`` and stops the fit by returning False.
        tree_range : (int, int), optional
            Grow only the trees ``first`` to ``last - 1`` of `n_estimators`, so that workers can share a forest, to be
            put together by `merge`. All need the same integer `random_state`.
        target : str or list of str, optional
            The column or columns of the table `X` to learn; by default those of role "target".

        Returns
        -------
        self

        Raises
        ------
        InvalidArgument
            If a parameter is out of range (also a `ValueError`).
        ValueError
            If the input is empty, infinite, of unequal lengths, or the target is missing somewhere.
        KeyboardInterrupt
            On Ctrl-C, within a second; the estimator is left as it was.
        """
        if has_names(X):
            frame, y, names = self._training_table(X, y, target)
            labels = Labels.of(y)
            check_consistent_length(frame, labels.codes)
            for k, name in enumerate(names):
                frame = _with_classes(frame, name, labels.of_output(k), names_of(labels.classes[k]))
            data, wanted = frame, one_or_list(names)
            more: dict[str, Any] = {}
        else:
            self._refuse_target(target)
            data, y = validate_data(self, X, y, dtype=FLOATS, ensure_all_finite="allow-nan", multi_output=True)
            labels = Labels.of(y)
            wanted, more = labels.codes, {"classes": labels.names}
        more["class_weight"] = labels.class_weight(self)
        self._adopt(self._grow(data, wanted, sample_weight, progress, tree_range, more))
        self._set_classes(labels.classes)
        if self.oob_score:
            best = [share.argmax(axis=1) for share in self._split(self._model.oob_decision_function)]
            known = ~np.isnan(self._model.oob_decision_function[:, 0])
            self._score_oob(labels.codes, best[0] if len(best) == 1 else np.column_stack(best), known)
        return self

    def _set_classes(self, classes: list[NDArray[Any]]) -> None:
        self.classes_ = one_or_list(classes)
        self.n_classes_ = one_or_list([len(own) for own in classes])

    def _with_model(self, model: Any) -> Self:
        other = super()._with_model(model)
        other._set_classes(as_list(self.classes_))
        return other

    def _split(self, shares: Any) -> list[NDArray[np.float64]]:
        """Give the shares of each output's classes."""
        if self.n_outputs_ == 1:
            return [np.asarray(shares)]
        return np.split(np.asarray(shares), np.cumsum(self._model.n_classes)[:-1], axis=-1)

    def _likeliest(self, shares: list[NDArray[np.float64]]) -> Any:
        """Give the class of the largest share: of labels of different types as objects."""
        labels = [own[share.argmax(axis=-1)] for own, share in zip(as_list(self.classes_), shares, strict=True)]
        if len(labels) > 1 and len({own.dtype for own in labels}) > 1:
            labels = [own.astype(object) for own in labels]
        return labels[0] if len(labels) == 1 else np.stack(labels, axis=-1)

    def predict(self, X: Any) -> NDArray[Any]:
        """Predict the most probable class.

        Parameters
        ----------
        X : array-like or table of shape (n_rows, n_features)
            As in `fit`. A table may hold its columns in any order.

        Returns
        -------
        ndarray of the classes' dtype, shape (n_rows,) or (n_rows, n_outputs_)

        Raises
        ------
        NotFittedError
            Before `fit`.
        SchemaMismatch
            If a table lacks columns, has unknown ones, other kinds or unseen categories.
        """
        return np.asarray(self._likeliest(self._shares(X)))

    def _shares(self, X: Any) -> list[NDArray[np.float64]]:
        data = self._take_input(X)
        return self._split(self._model.predict_proba(data, n_jobs=self.n_jobs))

    def predict_proba(self, X: Any) -> Any:
        """Predict the probability of each class: the mean of the leaves' class shares.

        Parameters
        ----------
        X : array-like or table of shape (n_rows, n_features)

        Returns
        -------
        ndarray of float64, shape (n_rows, n_classes_)
            In the order of `classes_`; rows sum to 1. With several outputs a list of such arrays.
        """
        return one_or_list(self._shares(X))

    def predict_one(self, row: Any) -> Any:
        """Predict the class of one row of numbers, fast: without the validation of tables.

        Parameters
        ----------
        row : list, tuple or ndarray of shape (n_features,)
            Numbers in the order of the features, NaN where missing. Infinite values are compared as they are.

        Returns
        -------
        object
            One of `classes_`, the one that ``predict`` gives for this row; with several outputs an array of them.

        Raises
        ------
        NotFittedError
            Before `fit`.
        TypeError
            If the row is of another kind, or holds something that is no number.
        InvalidArgument
            If its length is not the number of features, or the forest was fitted on a table with category columns.
        """
        model = self._model_of_one()
        if self.n_outputs_ == 1:
            return self.classes_[model.predict_one(row)]
        return self._likeliest(self._split(model.predict_proba_one(row)))

    def predict_proba_one(self, row: Any) -> Any:
        """Predict the probability of each class for one row of numbers, fast: without the validation of tables.

        Parameters
        ----------
        row : list, tuple or ndarray of shape (n_features,)
            As in `predict_one`, with the same errors.

        Returns
        -------
        ndarray of float64, shape (n_classes_,)
            In the order of `classes_`; the same bits as ``predict_proba`` gives for this row. With several outputs a
            list of such arrays.
        """
        shares = np.asarray(self._model_of_one().predict_proba_one(row))
        return shares if self.n_outputs_ == 1 else self._split(shares)

    def predict_log_proba(self, X: Any) -> Any:
        """Predict the logarithm of each class's probability.

        Parameters
        ----------
        X : array-like or table of shape (n_rows, n_features)

        Returns
        -------
        ndarray of float64, shape (n_rows, n_classes_)
            ``-inf`` where the probability is 0. With several outputs a list of such arrays.
        """
        with np.errstate(divide="ignore"):
            return one_or_list([np.log(share) for share in self._shares(X)])

    def score(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """Return the accuracy: the share of rows whose class is predicted; of several outputs, whose classes all are.

        Parameters
        ----------
        X : array-like or table of shape (n_rows, n_features)
        y : array-like of shape (n_rows,) or (n_rows, n_outputs_)
        sample_weight : array-like of shape (n_rows,), optional
            Weight of each row.

        Returns
        -------
        float
            In [0, 1].
        """
        if as_list(getattr(self, "classes_", []))[1:]:
            y, predicted = np.asarray(y), self.predict(X)
            if y.shape != predicted.shape:
                raise InvalidArgument(
                    f"{type(self).__name__}: y must have the predictions' shape {predicted.shape}, got {y.shape}"
                )
            weights = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
            return float(np.average((y == predicted).all(axis=1), weights=weights))
        return float(super().score(X, y, sample_weight))

    def __sklearn_tags__(self) -> Any:
        """Several labels a row are taken."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    def _adopt(self, model: Any) -> None:
        super()._adopt(model)
        if hasattr(self, "oob_score_"):
            shares = self._split(model.oob_decision_function)
            if len({share.shape for share in shares}) == 1 and len(shares) > 1:
                shares = [np.stack(shares, axis=2)]
            self.oob_decision_function_ = one_or_list(shares)
            if np.isnan(shares[0]).any():
                warn_missing_oob()

    def _python_header(self) -> dict[str, Any]:
        return super()._python_header() | {
            "class_dtype": one_or_list([own.dtype.str for own in as_list(self.classes_)])
        }

    def _restore(self, header: dict[str, Any]) -> None:
        super()._restore(header)
        sizes, dtypes = self._model.n_classes, header.get("class_dtype", "object")
        if not isinstance(dtypes, list) or len(dtypes) != len(sizes):
            dtypes = [dtypes if isinstance(dtypes, str) else "object"] * len(sizes)
        ends = np.cumsum(sizes).tolist()
        names = [self._model.classes[end - size : end] for size, end in zip(sizes, ends, strict=True)]
        self._set_classes([classes_from(own, dtype) for own, dtype in zip(names, dtypes, strict=True)])


class RandomForestClassifier(ForestClassifier):
    """A random forest that predicts a class and its probability, or one of each of several labels.

    Grows trees on bootstrap samples, drawing features at each split, and predicts the mean of the class shares in the
    trees' leaves (Breiman, "Random forests", Machine Learning 45, 2001). Missing values are native: each split learns
    which way they go. Category columns of a table are used as they are: each split chooses which of their levels go
    left. The same seed gives the same forest, bit for bit, for any number of threads and in C++.

    Parameters
    ----------
    n_estimators : int, default=100
        Number of trees.
    criterion : {"gini", "entropy", "log_loss"}, default="gini"
        What a split minimises; "log_loss" is another name of "entropy".
    max_depth : int or None, default=None
        Deepest level of splits; None grows until leaves are pure or too small.
    min_samples_split : int or float, default=2
        Rows that a node needs to be split; a float is a share of the training rows.
    min_samples_leaf : int or float, default=1
        Rows that each side of a split keeps; a float is a share of the training rows.
    min_weight_fraction_leaf : float, default=0.0
        Share of the total sample weight that each side keeps.
    max_features : {"sqrt", "log2"}, int, float or None, default="sqrt"
        Features drawn at each split; a float is a share, None is all.
    max_leaf_nodes : int or None, default=None
        Leaves of a tree at most; grown best first.
    min_impurity_decrease : float, default=0.0
        Weighted decrease of impurity that a split must bring.
    bootstrap : bool, default=True
        Draw the rows of each tree with replacement; False gives every tree all rows.
    oob_score : bool or callable, default=False
        Score each row by the trees that did not see it: True by accuracy, a callable by ``oob_score(y_true, y_pred)``
        over the rows that have an out-of-bag prediction (class numbers, as in scikit-learn).
    n_jobs : int or None, default=None
        Threads: None is 1, -1 all processors. Never changes the result.
    random_state : int, RandomState or None, default=None
        Seed. An integer gives the same forest everywhere, in C++ too.
    verbose : int, default=0
        Show progress where not 0.
    warm_start : bool, default=False
        Let `fit` keep the trees there are and grow those that `n_estimators` asks for beyond, the same as if grown at
        once.
    class_weight : dict, list of dict, "balanced", "balanced_subsample" or None, default=None
        Weight of each class; "balanced" is inversely proportional to its number of rows, "balanced_subsample" to that
        in each tree's bootstrap sample. With several outputs a list of one dict each, or one of these strings; a row's
        weights are multiplied.
    ccp_alpha : float, default=0.0
        Prune trees while a subtree's decrease in impurity a leaf is at most this (minimal cost-complexity pruning).
    max_samples : int, float or None, default=None
        Rows drawn per tree; None as many as there are.
    monotonic_cst : array-like of int of shape (n_features,) or None, default=None
        By feature 1 where the probability of the second class must not decrease with it, -1 where it must not
        increase, 0 where it may do either. Two classes of one output alone. Takes the exact splitter.
    category_splits : {"node", "once"}, default="node"
        How category columns of a table are split: "node" by a list of levels, chosen at each node for its rows; "once"
        as numbers, their levels ordered by the target of all training rows. See the Notes.
    categorical_features : array-like of int, str or bool, or None, default=None
        Features whose numbers name levels (whole numbers from 0 to 65,534, NaN where missing), to be split as with
        "node": places, names, or one bool a feature. Category columns of a table need not be listed.
    splitter : {"fast", "exact"}, default="fast"
        "fast" counts over rank codes; "exact" sums doubles over sorted values, slower, and serves as the oracle.

    Attributes
    ----------
    classes_ : ndarray, shape (n_classes_,), or list of ndarray
        The classes, sorted; with several outputs those of each.
    n_classes_ : int or list of int
    n_outputs_ : int
        Labels that were learned together.
    feature_importances_ : ndarray of float64, shape (n_features_in_,)
        Mean decrease in impurity, summing to 1.
    oob_score_ : float
        Accuracy of the out-of-bag predictions (with several outputs all of a row's labels are right), if `oob_score`.
    oob_decision_function_ : ndarray of float64, shape (n_rows, n_classes_) or (n_rows, n_classes_, n_outputs_), or list
        Out-of-bag probabilities, NaN where every tree saw the row, if `oob_score`; a list where outputs have different
        numbers of classes.
    n_features_in_ : int
    feature_names_in_ : ndarray of str, shape (n_features_in_,)
        Names of the input columns, if fitted on a table.
    estimators_ : list of DecisionTree
        The trees.

    See Also
    --------
    RandomForestRegressor : for numbers.
    ExtraTreesClassifier : random thresholds.

    Notes
    -----
    Features are compared as float32, in `fit` and in `predict`. A forest is refused (`SchemaMismatch`) a table with
    missing, extra or retyped columns or unseen categories; reordered columns are put right. A tie between classes goes
    to the first.

    With ``category_splits="node"`` a split lists the levels that go left: the best subset of those in the node (for
    more than two classes and ten or more levels a very good one); a missing value goes where the split gains more. A
    level that the node did not see goes with the larger child. Since many levels fit noise well, what noise would gain
    is taken off a category's gain before features are compared. With "once" the levels of a category are ordered by the
    target of all training rows; columns of more than 65,535 levels always are.

    References
    ----------
    L. Breiman, "Random forests", Machine Learning 45, 2001.
    L. Breiman, J. Friedman, R. Olshen, C. Stone, "Classification and Regression Trees", 1984 (theorem 4.5: the best
    subset of levels, for two classes).
    D. Coppersmith, S. J. Hong, J. R. Hosking, "Partitioning nominal attributes in decision trees", Data Mining and
    Knowledge Discovery 3, 1999 (for more classes).

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> X = np.arange(40.0).reshape(20, 2)
    >>> y = np.where(X[:, 0] < 20, "low", "high")
    >>> forest = pw.RandomForestClassifier(n_estimators=10, random_state=0).fit(X, y)
    >>> forest.predict(X[[0, -1]]).tolist()
    ['low', 'high']
    """

    _plw_type = "RandomForestClassifier"

    def __init__(
        self,
        n_estimators: int = 100,
        *,
        criterion: str = "gini",
        max_depth: int | None = None,
        min_samples_split: int | float = 2,
        min_samples_leaf: int | float = 1,
        min_weight_fraction_leaf: float = 0.0,
        max_features: str | int | float | None = "sqrt",
        max_leaf_nodes: int | None = None,
        min_impurity_decrease: float = 0.0,
        bootstrap: bool = True,
        oob_score: bool | Callable[[Any, Any], float] = False,
        n_jobs: int | None = None,
        random_state: Any = None,
        verbose: int = 0,
        warm_start: bool = False,
        class_weight: dict[Any, float] | list[dict[Any, float]] | str | None = None,
        ccp_alpha: float = 0.0,
        max_samples: int | float | None = None,
        monotonic_cst: ArrayLike | None = None,
        category_splits: str = "node",
        categorical_features: ArrayLike | None = None,
        splitter: str = "fast",
    ) -> None:
        self.n_estimators = n_estimators
        self.criterion = criterion
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.min_weight_fraction_leaf = min_weight_fraction_leaf
        self.max_features = max_features
        self.max_leaf_nodes = max_leaf_nodes
        self.min_impurity_decrease = min_impurity_decrease
        self.bootstrap = bootstrap
        self.oob_score = oob_score
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose
        self.warm_start = warm_start
        self.class_weight = class_weight
        self.ccp_alpha = ccp_alpha
        self.max_samples = max_samples
        self.monotonic_cst = monotonic_cst
        self.category_splits = category_splits
        self.categorical_features = categorical_features
        self.splitter = splitter


def _with_classes(frame: Frame, target: str, codes: NDArray[np.int32], names: list[str]) -> Frame:
    """Give the frame with its target as a category whose levels are the classes in order."""
    category = _core.Column.categories(codes, names)
    spec = (
        replace(frame.schema[target], kind="category", levels=tuple(names))
        if target in frame
        else ColumnSpec(target, "category", levels=tuple(names))
    )
    return Frame._of_core(frame._core.with_column(replace(spec, role="target")._to_core(), category))


def classes_from(names: list[str], dtype: str) -> NDArray[Any]:
    """Turn the names in a model file back into labels of the dtype that was fitted."""
    kind = np.dtype("O" if dtype == "object" else dtype).kind
    if kind == "b":
        return np.asarray([name == "True" for name in names])
    if kind in "iu":
        return np.asarray([int(name) for name in names], dtype=dtype)
    if kind == "f":
        return np.asarray([float(name) for name in names], dtype=dtype)
    return np.asarray(names, dtype=dtype if kind == "U" else object)
