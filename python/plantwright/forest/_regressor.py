# SPDX-License-Identifier: MIT
"""Forests that predict a number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import MultiOutputMixin, RegressorMixin
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import _check_y, column_or_1d, validate_data

from plantwright import _core
from plantwright.core import InvalidArgument
from plantwright.forest._base import FLOATS, BaseForest, warn_missing_oob
from plantwright.forest._labels import Columns
from plantwright.forest._options import REGRESSION_CRITERIA
from plantwright.frame import has_names


class ForestRegressor(MultiOutputMixin, RegressorMixin, BaseForest):
    """Fits and predicts numbers; the classes below have the parameters."""

    _plw_model_class = _core.RandomForestRegressor
    _criteria = REGRESSION_CRITERIA

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
            Target, or several, which one forest learns together: its splits minimise the mean of their impurities, so
            that targets of one unit, or scaled to one spread, count alike. May be left out where `X` is a table that
            holds them.
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
            values = self._target(y)
            check_consistent_length(frame, values)
            for name, column in zip(names, values.reshape(len(values), -1).T, strict=True):
                if name not in frame:
                    frame = frame.with_column(name, column, role="target")
            model = self._grow(frame, names if len(names) > 1 else names[0], sample_weight, progress, tree_range, {})
        else:
            self._refuse_target(target)
            X, y = validate_data(
                self, X, y, dtype=FLOATS, ensure_all_finite="allow-nan", y_numeric=True, multi_output=True
            )
            values = self._target(y)
            model = self._grow(X, values, sample_weight, progress, tree_range, {})
        self._adopt(model)
        if self.oob_score:
            known = ~np.isnan(self.oob_prediction_.reshape(len(values), -1)[:, 0])
            self._score_oob(values, self.oob_prediction_, known)
        return self

    def _target(self, y: Any) -> NDArray[np.float64]:
        """Give the target as one column, or several side by side."""
        if isinstance(y, Columns):
            y = np.column_stack(y)
        checked = np.asarray(_check_y(y, multi_output=True, y_numeric=True, estimator=self))
        if checked.ndim == 1 or checked.shape[1] == 1:
            checked = column_or_1d(checked, warn=True)
        return np.ascontiguousarray(checked, dtype=np.float64)

    def _adopt(self, model: Any) -> None:
        super()._adopt(model)
        if hasattr(self, "oob_score_"):
            prediction = np.asarray(model.oob_prediction)
            self.oob_prediction_ = prediction[:, 0] if self.n_outputs_ == 1 else prediction
            if np.isnan(self.oob_prediction_).any():
                warn_missing_oob()

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Predict the mean of the trees.

        Parameters
        ----------
        X : array-like or table of shape (n_rows, n_features)
            As in `fit`. A table may hold its columns in any order.

        Returns
        -------
        ndarray of float64, shape (n_rows,) or (n_rows, n_outputs_)
            In the target's unit.

        Raises
        ------
        NotFittedError
            Before `fit`.
        SchemaMismatch
            If a table lacks columns, has unknown ones, other kinds or unseen categories.
        """
        data = self._take_input(X)
        predict = self._model.predict if self.n_outputs_ == 1 else self._model.predict_outputs
        return np.asarray(predict(data, n_jobs=self.n_jobs))

    def predict_one(self, row: Any) -> float | NDArray[np.float64]:
        """Predict for one row of numbers, fast: without the validation of tables, some 1 us above the trees themselves.

        Parameters
        ----------
        row : list, tuple or ndarray of shape (n_features,)
            Numbers in the order of the features, NaN where missing. Infinite values are compared as they are.

        Returns
        -------
        float, or ndarray of float64, shape (n_outputs_,)
            The same bits as ``predict`` gives for this row.

        Raises
        ------
        NotFittedError
            Before `fit`.
        TypeError
            If the row is of another kind, or holds something that is no number.
        InvalidArgument
            If its length is not the number of features, or the forest was fitted on a table with category columns.

        Examples
        --------
        >>> import numpy as np, plantwright as pw
        >>> X = np.arange(40.0).reshape(20, 2)
        >>> forest = pw.RandomForestRegressor(n_estimators=10, random_state=0).fit(X, X[:, 0])
        >>> forest.predict_one([3.0, 4.0]) == forest.predict([[3.0, 4.0]])[0]
        np.True_
        """
        prediction: float | NDArray[np.float64] = self._model_of_one().predict_one(row)
        return prediction

    def predict_quantiles(self, X: Any, quantiles: ArrayLike = (0.1, 0.5, 0.9)) -> NDArray[np.float64]:
        """Predict quantiles of the target: how far it may lie off, row by row.

        Takes a forest that was fitted with ``quantiles=True``.

        Parameters
        ----------
        X : array-like or table of shape (n_rows, n_features)
            As in `predict`.
        quantiles : float or array-like of shape (n_quantiles,), default=(0.1, 0.5, 0.9)
            Each in [0, 1], in any order.

        Returns
        -------
        ndarray of float64, shape (n_rows, n_quantiles), or (n_rows,) for a single number
            In the target's unit. Each is one of the training targets.

        Raises
        ------
        NotFittedError
            Before `fit`.
        InvalidArgument
            If a quantile is out of range, or the forest was fitted without ``quantiles=True``.
        SchemaMismatch
            As `predict`.

        Notes
        -----
        A quantile regression forest [1]_ weighs the training rows by how they share leaves with x,

            w_i(x) = mean over trees of s_i [i in leaf(x)] / (sum of s_j over the rows j in leaf(x)),

        where s_i is the row's sample weight. All training rows count in every tree, also those that its bootstrap
        sample left out. The quantile q is the least training target y for which the weights of the rows with targets up
        to y sum up to at least q: no interpolation, ``numpy.quantile(y, q, weights=w, method="inverted_cdf")``.
        Intervals widen where the target scatters more; leaves of more rows (`min_samples_leaf` of 5 to 20) make them
        smoother.

        References
        ----------
        .. [1] N. Meinshausen, "Quantile regression forests", Journal of Machine Learning Research 7, 2006.

        Examples
        --------
        >>> import numpy as np, plantwright as pw
        >>> X = np.arange(400.0).reshape(200, 2)
        >>> y = X[:, 0] + np.arange(200) % 5
        >>> forest = pw.RandomForestRegressor(min_samples_leaf=5, quantiles=True, random_state=0).fit(X, y)
        >>> low, middle, high = forest.predict_quantiles(X[50:51], [0.1, 0.5, 0.9])[0]
        >>> bool(low < middle < high)
        True
        """
        data = self._take_input(X)
        wanted = _quantiles_of(type(self).__name__, quantiles)
        found = np.asarray(self._model.predict_quantiles(data, wanted, n_jobs=self.n_jobs))
        return found if np.ndim(quantiles) == 1 else found[:, 0]

    def predict_quantiles_one(self, row: Any, quantiles: ArrayLike = (0.1, 0.5, 0.9)) -> NDArray[np.float64]:
        """Predict quantiles for one row of numbers, fast: without the validation of tables.

        Parameters
        ----------
        row : list, tuple or ndarray of shape (n_features,)
            As in `predict_one`, with the same errors.
        quantiles : float or array-like of shape (n_quantiles,), default=(0.1, 0.5, 0.9)
            As in `predict_quantiles`, with the same errors.

        Returns
        -------
        ndarray of float64, shape (n_quantiles,)
            The same bits as ``predict_quantiles`` gives for this row.
        """
        model = self._model_of_one()
        return np.asarray(model.predict_quantiles_one(row, _quantiles_of(type(self).__name__, quantiles)))


def _quantiles_of(who: str, quantiles: ArrayLike) -> NDArray[np.float64]:
    numbers = np.atleast_1d(np.asarray(quantiles, dtype=np.float64))
    if numbers.ndim != 1 or not ((numbers >= 0) & (numbers <= 1)).all():
        raise InvalidArgument(f"{who}: quantiles must be numbers in [0, 1], got {quantiles!r}")
    return numbers


class RandomForestRegressor(ForestRegressor):
    """A random forest that predicts a number, or several.

    Grows trees on bootstrap samples, drawing features at each split, and predicts the mean of the trees (Breiman,
    "Random forests", Machine Learning 45, 2001). Missing values are native: each split learns which way they go.
    Category columns of a table are used as they are: each split chooses which of their levels go left. The same seed
    gives the same forest, bit for bit, for any number of threads and in C++.

    Parameters
    ----------
    n_estimators : int, default=100
        Number of trees.
    criterion : {"squared_error", "absolute_error", "poisson"}, default="squared_error"
        What a split minimises.
    max_depth : int or None, default=None
        Deepest level of splits; None grows until leaves are pure or too small.
    min_samples_split : int or float, default=2
        Rows that a node needs to be split; a float is a share of the training rows.
    min_samples_leaf : int or float, default=1
        Rows that each side of a split keeps; a float is a share of the training rows.
    min_weight_fraction_leaf : float, default=0.0
        Share of the total sample weight that each side keeps.
    max_features : {"sqrt", "log2"}, int, float or None, default=1.0
        Features drawn at each split; a float is a share, None and 1.0 are all.
    max_leaf_nodes : int or None, default=None
        Leaves of a tree at most; grown best first.
    min_impurity_decrease : float, default=0.0
        Weighted decrease of impurity that a split must bring.
    bootstrap : bool, default=True
        Draw the rows of each tree with replacement; False gives every tree all rows.
    oob_score : bool or callable, default=False
        Score each row by the trees that did not see it: True by R2, a callable by ``oob_score(y_true, y_pred)``
        over the rows that have an out-of-bag prediction.
    n_jobs : int or None, default=None
        Threads: None is 1, -1 all processors. Never changes the result.
    random_state : int, RandomState or None, default=None
        Seed. An integer gives the same forest everywhere, in C++ too.
    verbose : int, default=0
        Show progress where not 0.
    warm_start : bool, default=False
        Let `fit` keep the trees there are and grow those that `n_estimators` asks for beyond, the same as if grown at
        once.
    ccp_alpha : float, default=0.0
        Prune trees while a subtree's decrease in impurity a leaf is at most this (minimal cost-complexity pruning).
    max_samples : int, float or None, default=None
        Rows drawn per tree; None as many as there are.
    monotonic_cst : array-like of int of shape (n_features,) or None, default=None
        By feature 1 where predictions must not decrease with it, -1 where they must not increase, 0 where they may do
        either. Not with "absolute_error" or several outputs. Takes the exact splitter.
    category_splits : {"node", "once"}, default="node"
        How category columns of a table are split: "node" by a list of levels, chosen at each node for its rows; "once"
        as numbers, their levels ordered by the target of all training rows. See the Notes.
    categorical_features : array-like of int, str or bool, or None, default=None
        Features whose numbers name levels (whole numbers from 0 to 65,534, NaN where missing), to be split as with
        "node": places, names, or one bool a feature. Category columns of a table need not be listed.
    splitter : {"fast", "exact"}, default="fast"
        "fast" sums fixed-point targets over rank codes; "exact" sums raw doubles, slower, and serves as the oracle.
    quantiles : bool, default=False
        Keep the training targets of every leaf, as ranks of 2 or 4 bytes a row and tree, for `predict_quantiles`. Not
        with several outputs.

    Attributes
    ----------
    feature_importances_ : ndarray of float64, shape (n_features_in_,)
        Mean decrease in impurity, summing to 1.
    oob_score_ : float
        R2 of the out-of-bag predictions (of several outputs the mean of theirs), if `oob_score`.
    oob_prediction_ : ndarray of float64, shape (n_rows,) or (n_rows, n_outputs_)
        Out-of-bag predictions, NaN where every tree saw the row, if `oob_score`.
    n_outputs_ : int
        Targets that were learned together.
    n_features_in_ : int
    feature_names_in_ : ndarray of str, shape (n_features_in_,)
        Names of the input columns, if fitted on a table.
    estimators_ : list of DecisionTree
        The trees.

    See Also
    --------
    RandomForestClassifier : for classes.
    ExtraTreesRegressor : random thresholds.

    Notes
    -----
    Features are compared as float32, in `fit` and in `predict`. A forest is refused (`SchemaMismatch`) a table with
    missing, extra or retyped columns or unseen categories; reordered columns are put right.

    With ``category_splits="node"`` a split lists the levels that go left: the best subset of those in the node (for
    more than two classes and ten or more levels a very good one); a missing value goes where the split gains more. A
    level that the node did not see goes with the larger child. Since many levels fit noise well, what noise would gain
    is taken off a category's gain before features are compared. With "once" the levels of a category are ordered by the
    target of all training rows; columns of more than 65,535 levels always are.

    References
    ----------
    L. Breiman, "Random forests", Machine Learning 45, 2001.
    L. Breiman, J. Friedman, R. Olshen, C. Stone, "Classification and Regression Trees", 1984 (theorem 4.5: the best
    subset of levels).

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> X = np.arange(40.0).reshape(20, 2)
    >>> forest = pw.RandomForestRegressor(n_estimators=10, random_state=0).fit(X, X[:, 0])
    >>> forest.predict(X[:3]).shape
    (3,)
    >>> both = forest.fit(X, np.column_stack([X[:, 0], X[:, 1] ** 2]))  # two targets
    >>> both.predict(X[:3]).shape
    (3, 2)

    Codes of categories in an array, here of three machines:

    >>> machine = np.array([[0], [1], [2], [0], [1], [2]])
    >>> power_kW = [7.0, 3.0, 7.0, 7.0, 3.0, 7.0]
    >>> forest = pw.RandomForestRegressor(10, bootstrap=False, categorical_features=[0]).fit(machine, power_kW)
    >>> forest.estimators_[0].tree_.levels_left(0).tolist(), forest.predict([[1], [2]]).tolist()
    ([1], [3.0, 7.0])
    """

    _plw_type = "RandomForestRegressor"

    def __init__(
        self,
        n_estimators: int = 100,
        *,
        criterion: str = "squared_error",
        max_depth: int | None = None,
        min_samples_split: int | float = 2,
        min_samples_leaf: int | float = 1,
        min_weight_fraction_leaf: float = 0.0,
        max_features: str | int | float | None = 1.0,
        max_leaf_nodes: int | None = None,
        min_impurity_decrease: float = 0.0,
        bootstrap: bool = True,
        oob_score: bool | Callable[[Any, Any], float] = False,
        n_jobs: int | None = None,
        random_state: Any = None,
        verbose: int = 0,
        warm_start: bool = False,
        ccp_alpha: float = 0.0,
        max_samples: int | float | None = None,
        monotonic_cst: ArrayLike | None = None,
        category_splits: str = "node",
        categorical_features: ArrayLike | None = None,
        splitter: str = "fast",
        quantiles: bool = False,
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
        self.ccp_alpha = ccp_alpha
        self.max_samples = max_samples
        self.monotonic_cst = monotonic_cst
        self.category_splits = category_splits
        self.categorical_features = categorical_features
        self.splitter = splitter
        self.quantiles = quantiles
