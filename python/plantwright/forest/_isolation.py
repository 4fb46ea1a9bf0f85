# SPDX-License-Identifier: MIT
"""Forests that isolate anomalies."""

from __future__ import annotations

import warnings
from numbers import Integral, Real
from typing import Any, Self, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import OutlierMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from plantwright import _core
from plantwright.core import resolve_progress
from plantwright.forest._base import FLOATS, BaseForest, _weights_of
from plantwright.forest._options import _integer, _is_integer, _refuse, seed_of, tree_range_of
from plantwright.forest._tree import DecisionTree
from plantwright.frame import as_frame, has_names

AUTO_OFFSET = -0.5


class IsolationForest(OutlierMixin, BaseForest):
    """An isolation forest: what few random splits part from the rest is an anomaly.

    Each tree is grown on a few rows, splitting by a random feature at a random threshold; anomalies end in leaves near
    the root (Liu, Ting & Zhou, "Isolation forest", ICDM 2008). Missing values are native, category columns of a table
    are used as they are. The same seed gives the same forest, bit for bit, for any number of threads and in C++.

        score(x) = -2^(-h(x) / c(max_samples)),    h(x): mean over trees of (depth of x's leaf + c(rows of the leaf)),
        c(n) = 2 (log(n - 1) + 0.5772...) - 2 (n - 1) / n

    Parameters
    ----------
    n_estimators : int, default=100
        Number of trees.
    max_samples : "auto", int or float, default="auto"
        Rows drawn per tree; "auto" is 256, a float a share of the training rows. Never more than there are rows.
    contamination : "auto" or float, default="auto"
        Share of the training rows, in (0, 0.5], that shall count as anomalies: `offset_` becomes that quantile of
        their scores, so that `fit` has to score them. "auto" takes -0.5 and scores nothing.
    max_features : int or float, default=1.0
        Features that a tree may split on, drawn for each; a float is a share of all.
    bootstrap : bool, default=False
        Draw rows with replacement; doubled ones count once.
    n_jobs : int or None, default=None
        Threads: None is 1, -1 all processors. Never changes the result.
    random_state : int, RandomState or None, default=None
        Seed. An integer gives the same forest everywhere, in C++ too.
    verbose : int, default=0
        Show progress where not 0.
    warm_start : bool, default=False
        Let `fit` keep the trees there are and grow those that `n_estimators` asks for beyond, the same as if grown at
        once.
    ndim : int, default=1
        Features that a split combines. 1 is a threshold on one feature; more cut by a random hyperplane of that many
        (Hariri et al., "Extended isolation forest", IEEE TKDE 33, 2021), which follows correlated features better and
        takes longer.

    Attributes
    ----------
    offset_ : float
        Scores below it are anomalies; it may be set, in [-1, 0].
    max_samples_ : int
        Rows of a tree.
    n_features_in_ : int
    feature_names_in_ : ndarray of str, shape (n_features_in_,)
        Names of the input columns, if fitted on a table.
    estimators_ : list of DecisionTree
        The trees; the value of a leaf is its depth + c(rows). Not with `ndim` above 1.
    estimators_samples_ : list of ndarray of int64
        Rows that each tree was grown on, ascending, worked out anew.
    estimators_features_ : list of ndarray of int64
        Features that each tree may split on.

    See Also
    --------
    RandomForestClassifier : where anomalies are labelled.

    Notes
    -----
    A hyperplane is ``sum of a_j (x_j - m_j) <= t`` over `ndim` of the features that vary in the node, with m_j and s_j
    mean and standard deviation of the node's rows, a_j = g_j / s_j, g_j standard normal and t uniform between the least
    and the largest sum of the node's rows. A missing x_j counts as m_j.

    Features are compared as float32. A feature is split on the values that are there. Where a node's rows lack some,
    those all go one way, drawn by a coin; where they lack none, a missing value met later goes to the side of more
    rows. Where nothing else can part the rows on a feature, "there | missing" does. A category is compared by the rank
    of its level in the training table, the most frequent first, so that one cut parts the rare levels from the rest.

    `fit` reads the rows that trees draw and no others: an infinite value is refused where it is read (and everywhere
    with `contamination`, and in input that is no NumPy array of floats).

    References
    ----------
    F. T. Liu, K. M. Ting, Z.-H. Zhou, "Isolation forest", ICDM 2008; "Isolation-based anomaly detection", ACM TKDD 6,
    2012.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> X = np.random.default_rng(0).normal(size=(500, 3))
    >>> X[7] = 6
    >>> forest = pw.IsolationForest(random_state=0).fit(X)
    >>> int(forest.score_samples(X).argmin())
    7
    >>> forest.predict_one([6.0, 6.0, 6.0]), forest.predict_one([0.0, 0.1, 0.0])
    (-1, 1)
    """

    _plw_type = "IsolationForest"
    _plw_model_class = _core.IsolationForest
    oob_score = False  # no parameter: nothing is predicted

    def __init__(
        self,
        *,
        n_estimators: int = 100,
        max_samples: str | int | float = "auto",
        contamination: str | float = "auto",
        max_features: int | float = 1.0,
        bootstrap: bool = False,
        n_jobs: int | None = None,
        random_state: Any = None,
        verbose: int = 0,
        warm_start: bool = False,
        ndim: int = 1,
    ) -> None:
        self.n_estimators = n_estimators
        self.max_samples = max_samples
        self.contamination = contamination
        self.max_features = max_features
        self.bootstrap = bootstrap
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose
        self.warm_start = warm_start
        self.ndim = ndim

    # ---- fitting

    def fit(
        self,
        X: Any,
        y: Any = None,
        sample_weight: ArrayLike | None = None,
        progress: Any = None,
        tree_range: tuple[int, int] | None = None,
    ) -> Self:
        """Grow the forest.

        Parameters
        ----------
        X : array-like or table of shape (n_rows, n_features)
            NumPy, pandas, polars, pyarrow or `Frame`, at least 2 rows; NaN is a missing value.
        y : None
            Ignored.
        sample_weight : array-like of shape (n_rows,), optional
            Rows are drawn in proportion to it.
        progress : bool or callable, optional
            True for a bar; a callable gets ``(task, done, total)`` and stops the fit by returning False.
        tree_range : (int, int), optional
            Grow only the trees ``first`` to ``last - 1`` of `n_estimators`, so that workers can share a forest, to be
            put together by `merge`. All need the same integer `random_state`.

        Returns
        -------
        self

        Raises
        ------
        InvalidArgument
            If a parameter is out of range, there is one row, or no column varies (also a `ValueError`).
        KeyboardInterrupt
            On Ctrl-C, within a second; the estimator is left as it was.
        """
        options = _options_of(self) | {"tree_range": tree_range_of(self, tree_range)}
        start = self._start(options)
        by_name = has_names(X)
        data: Any = as_frame(X)._core if by_name else self._array(X)
        n_rows = len(X) if by_name else len(data)
        weights = None if sample_weight is None else _weights_of(sample_weight, n_rows)
        _warn_of_few_rows(self.max_samples, n_rows)
        grow: Any = _core.IsolationForest.fit_frame if by_name else _core.IsolationForest.fit
        with resolve_progress(self.verbose, progress) as callback:
            model = grow(data, sample_weight=weights, progress=callback, start=start, **options)
        self._adopt(model)
        self._seed, self._n_rows, self._weights = options["random_state"], n_rows, weights
        return self

    def _array(self, X: Any) -> NDArray[Any]:
        """An array that the compiled side takes; one that needs no validation does not wait for it."""
        is_plain = type(X) is np.ndarray and X.dtype in FLOATS and X.dtype.isnative and X.ndim == 2
        if is_plain and X.flags.aligned and min(X.shape) > 0:
            return cast(NDArray[Any], X)
        return np.asarray(validate_data(self, X, dtype=FLOATS, ensure_all_finite="allow-nan"))

    def _adopt(self, model: Any) -> None:
        """Take a compiled model as the fitted state."""
        self._model = model
        self.n_features_in_ = int(model.n_features)
        self.max_samples_ = int(model.max_samples)
        self.__dict__.pop("feature_names_in_", None)
        if model.feature_names:
            self.feature_names_in_ = np.asarray(model.feature_names, dtype=object)

    @property
    def offset_(self) -> float:
        """Scores below it are anomalies."""
        if not self.__sklearn_is_fitted__():
            raise AttributeError("offset_: the forest is not fitted")
        return float(self._model.offset)

    @offset_.setter
    def offset_(self, offset: float) -> None:
        check_is_fitted(self)
        self._model = self._model.with_offset(float(offset))

    # ---- scoring

    def score_samples(self, X: Any) -> NDArray[np.float64]:
        """Score rows: the lower, the more abnormal.

        Parameters
        ----------
        X : array-like or table of shape (n_rows, n_features)
            As in `fit`. A table may hold its columns in any order.

        Returns
        -------
        ndarray of float64, shape (n_rows,)
            In [-1, 0); -0.5 is the score of the mean path length.

        Raises
        ------
        NotFittedError
            Before `fit`.
        SchemaMismatch
            If a table lacks columns, has unknown ones, other kinds or unseen categories.
        """
        data = self._take_input(X)
        return np.asarray(self._model.score_samples(data, n_jobs=self.n_jobs))

    def decision_function(self, X: Any) -> NDArray[np.float64]:
        """Return ``score_samples(X) - offset_``: negative for anomalies.

        Parameters
        ----------
        X : array-like or table of shape (n_rows, n_features)

        Returns
        -------
        ndarray of float64, shape (n_rows,)
        """
        data = self._take_input(X)
        return np.asarray(self._model.decision_function(data, n_jobs=self.n_jobs))

    def predict(self, X: Any) -> NDArray[np.int64]:
        """Say which rows are anomalies.

        Parameters
        ----------
        X : array-like or table of shape (n_rows, n_features)

        Returns
        -------
        ndarray of int64, shape (n_rows,)
            -1 for anomalies, 1 for all others.
        """
        data = self._take_input(X)
        return np.asarray(self._model.predict(data, n_jobs=self.n_jobs), dtype=np.int64)

    def path_length(self, X: Any) -> NDArray[np.float64]:
        """Return the mean over trees of the leaf's depth + c(rows of the leaf): small for anomalies.

        Parameters
        ----------
        X : array-like or table of shape (n_rows, n_features)

        Returns
        -------
        ndarray of float64, shape (n_rows,)

        Examples
        --------
        >>> import numpy as np, plantwright as pw
        >>> X = np.arange(40.0).reshape(20, 2)
        >>> forest = pw.IsolationForest(random_state=0).fit(X)
        >>> bool((np.diff(forest.score_samples(X)) > 0).tolist() == (np.diff(forest.path_length(X)) > 0).tolist())
        True
        """
        data = self._take_input(X)
        return np.asarray(self._model.path_length(data, n_jobs=self.n_jobs))

    def score_one(self, row: Any) -> float:
        """Score one row of numbers, fast: without the validation of tables, some 1 us above the trees themselves.

        Parameters
        ----------
        row : list, tuple or ndarray of shape (n_features,)
            Numbers in the order of the features, NaN where missing. Infinite values are compared as they are.

        Returns
        -------
        float
            The same bits as ``score_samples`` gives for this row.

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
        >>> forest = pw.IsolationForest(random_state=0).fit(X)
        >>> forest.score_one([3.0, 4.0]) == forest.score_samples([[3.0, 4.0]])[0]
        np.True_
        """
        return float(self._model_of_one().score_one(row))

    def predict_one(self, row: Any) -> int:
        """Say whether one row of numbers is an anomaly (-1) or not (1), fast; see `score_one`.

        Parameters
        ----------
        row : list, tuple or ndarray of shape (n_features,)

        Returns
        -------
        int

        Examples
        --------
        >>> import numpy as np, plantwright as pw
        >>> forest = pw.IsolationForest(random_state=0).fit(np.random.default_rng(0).normal(size=(300, 2)))
        >>> forest.predict_one([9.0, -9.0])
        -1
        """
        return int(self._model_of_one().predict_one(row))

    # ---- looking inside

    @property
    def estimators_(self) -> list[DecisionTree]:
        """The trees, in order; each has scikit-learn's ``tree_`` arrays and ``predict``."""
        check_is_fitted(self)
        if self._model.ndim > 1:
            raise AttributeError("estimators_: trees that cut by hyperplanes (ndim > 1) have no splits by one feature")
        return super().estimators_

    @property
    def estimators_samples_(self) -> list[NDArray[np.int64]]:
        """Rows that each tree was grown on, ascending."""
        seed, n_rows = self._of_fit("_seed", "_n_rows")
        options = {"random_state": seed, "max_samples": self.max_samples_, "bootstrap": bool(self.bootstrap)}
        rows = _core.IsolationForest.rows_of_tree
        weights = getattr(self, "_weights", None)
        return [rows(n_rows, tree, weights, **options) for tree in range(self._model.n_trees)]

    @property
    def estimators_features_(self) -> list[NDArray[np.int64]]:
        """Features that each tree may split on, ascending."""
        (seed,) = self._of_fit("_seed")
        options = {"random_state": seed, "max_features": _max_features(type(self).__name__, self.max_features)}
        features = _core.IsolationForest.features_of_tree
        return [features(self.n_features_in_, tree, **options) for tree in range(self._model.n_trees)]

    def _of_fit(self, *names: str) -> list[Any]:
        """What `fit` noted; forests that were loaded, merged or cut have not been here then."""
        check_is_fitted(self)
        missing = [name for name in names if getattr(self, name, None) is None]
        if missing:
            raise AttributeError("a loaded, merged or cut forest does not know what rows its trees were grown on")
        return [getattr(self, name) for name in names]

    @property
    def feature_importances_(self) -> NDArray[np.float64]:
        """Not defined: there is no target whose impurity could decrease."""
        raise AttributeError("IsolationForest has no feature_importances_")

    def _combination(self) -> dict[str, Any]:
        """Trees give path lengths; max_samples and offset lead on to scores and signs."""
        return super()._combination() | {"max_samples": self.max_samples_, "offset": self.offset_}

    # ---- files

    @classmethod
    def _from_plw_model(cls, model: Any) -> Self:
        estimator = cls(n_estimators=model.n_trees, ndim=model.ndim)
        estimator._adopt(model)
        return estimator


def _options_of(forest: IsolationForest) -> dict[str, Any]:
    """Check the parameters and return the compiled side's keyword arguments."""
    name = type(forest).__name__
    return {
        "n_estimators": _integer(name, "n_estimators", forest.n_estimators, 1),
        "max_samples": _max_samples(name, forest.max_samples),
        "contamination": _contamination(name, forest.contamination),
        "max_features": _max_features(name, forest.max_features),
        "bootstrap": bool(forest.bootstrap),
        "ndim": _integer(name, "ndim", forest.ndim, 1),
        "random_state": seed_of(forest.random_state),
        "n_jobs": None if forest.n_jobs is None else int(forest.n_jobs),
    }


def _is_share(value: Any, largest: float) -> bool:
    return isinstance(value, Real) and not isinstance(value, (bool, Integral)) and 0 < float(value) <= largest


def _max_samples(name: str, value: Any) -> int | float | None:
    if isinstance(value, str) and value == "auto":
        return None
    if _is_integer(value) and value >= 1:
        return int(value)
    if _is_share(value, 1):
        return float(value)
    raise _refuse(name, "max_samples", value, "'auto', an integer of at least 1 or a float in (0, 1]")


def _max_features(name: str, value: Any) -> int | float:
    if _is_integer(value) and value >= 1:
        return int(value)
    if _is_share(value, 1):
        return float(value)
    raise _refuse(name, "max_features", value, "an integer of at least 1 or a float in (0, 1]")


def _contamination(name: str, value: Any) -> float | None:
    if isinstance(value, str) and value == "auto":
        return None
    if _is_share(value, 0.5):
        return float(value)
    raise _refuse(name, "contamination", value, "'auto' or a float in (0, 0.5]")


def _warn_of_few_rows(max_samples: Any, n_rows: int) -> None:
    if _is_integer(max_samples) and max_samples > n_rows:
        warnings.warn(
            f"max_samples ({max_samples}) is greater than the total number of samples ({n_rows}). max_samples will be "
            "set to n_samples for estimation.",
            UserWarning,
            stacklevel=3,
        )
