# SPDX-License-Identifier: MIT
"""How much worse a model gets when a column's values are shuffled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import check_scoring

from plantwright.core import InvalidArgument
from plantwright.frame import Frame

Floats = NDArray[np.float64]


class PermutationImportance(NamedTuple):
    """What `permutation_importance` found; features or groups in the order given.

    Attributes
    ----------
    names : list of str
        Of the features, or groups.
    importances : ndarray of shape (n_features, n_repeats)
        By how much the score fell in each repeat.
    mean : ndarray of shape (n_features,)
        Over the repeats.
    low, high : ndarray of shape (n_features,)
        Ends of the 95 % interval of the mean (Student's t over the repeats).
    baseline : float
        The score with nothing shuffled.
    """

    names: list[str]
    importances: Floats
    mean: Floats
    low: Floats
    high: Floats
    baseline: float

    def to_frame(self) -> Frame:
        """One row a feature, the most important first."""
        order = np.argsort(-self.mean, kind="stable")
        columns = {"mean": self.mean[order], "low": self.low[order], "high": self.high[order]}
        return Frame({"feature": np.array(self.names, dtype=object)[order]} | columns)


def permutation_importance(
    model: Any,
    X: Any,
    y: Any,
    *,
    groups: Mapping[str, Sequence[str | int]] | None = None,
    n_repeats: int = 10,
    scoring: Any = None,
    sample_weight: Any | None = None,
    random_state: int = 0,
) -> PermutationImportance:
    """Shuffle one feature, or a group together, and measure how much worse the model predicts.

    Use rows that the model was not trained on: on training rows noise looks important too.

    Parameters
    ----------
    model : fitted estimator
        Any with scikit-learn's `predict`.
    X : array-like or table of shape (n_rows, n_features)
        As the model takes it.
    y : array-like of shape (n_rows,)
        The truth.
    groups : mapping of str to list of str or int, optional
        Columns that are shuffled together (lags of one sensor, parts of one recipe): correlated columns that stand in
        for each other look unimportant one by one. Default: every column by itself.
    n_repeats : int, default=10
        Shuffles of each, at least 2.
    scoring : str or callable, optional
        As in scikit-learn; default: the model's `score` (R2, accuracy).
    sample_weight : array-like of shape (n_rows,), optional
        Passed to the score.
    random_state : int, default=0
        Seed; a group's shuffles do not depend on which others are asked for.

    Returns
    -------
    PermutationImportance

    Raises
    ------
    InvalidArgument
        If `n_repeats` is below 2, a column is unknown or in a group twice, or X and y do not fit.

    Notes
    -----
    Memory: one copy of X, of which one group at a time is changed. Correlated features share importance; a shuffled
    column makes rows that the plant never sees (Breiman, "Random forests", Machine Learning 45, 2001).

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(400, 3))
    >>> y = 3 * X[:, 0] + X[:, 1]
    >>> forest = pw.RandomForestRegressor(30, random_state=0).fit(X[:300], y[:300])
    >>> importance = pw.permutation_importance(forest, X[300:], y[300:])
    >>> int(importance.mean.argmax())
    0
    """
    if n_repeats < 2:
        raise InvalidArgument(f"permutation_importance: n_repeats must be at least 2, got {n_repeats!r}")
    table = _Table(X)
    y = np.asarray(y)
    if len(y) != table.rows or table.rows < 2:
        raise InvalidArgument(
            f"permutation_importance: X and y must have the same two rows or more, got {table.rows} and {len(y)}"
        )
    wanted = {name: [name] for name in table.names} if groups is None else {k: list(v) for k, v in groups.items()}
    members = {name: table.positions(name, columns) for name, columns in wanted.items()}
    scorer = check_scoring(model, scoring=scoring)
    extra = {} if sample_weight is None else {"sample_weight": np.asarray(sample_weight)}
    baseline = float(scorer(model, table.X, y, **extra))
    falls = np.empty((len(members), n_repeats))
    for g, columns in enumerate(members.values()):
        random = np.random.default_rng([random_state, *columns])
        for repeat in range(n_repeats):
            with table.shuffled(columns, random.permutation(table.rows)) as shuffled:
                falls[g, repeat] = baseline - float(scorer(model, shuffled, y, **extra))
    mean = falls.mean(axis=1)
    half = _t_quantile(n_repeats - 1) * falls.std(axis=1, ddof=1) / np.sqrt(n_repeats)
    return PermutationImportance(list(members), falls, mean, mean - half, mean + half, baseline)


def _t_quantile(degrees: int) -> float:
    """97.5 % point of Student's t."""
    from scipy.stats import t

    return float(t.ppf(0.975, degrees))


class _Table:
    """An array, pandas table or Frame of which some columns are shuffled for a while."""

    def __init__(self, X: Any) -> None:
        if isinstance(X, Frame):
            self.X: Any = X
            self.names = list(X.columns)
        elif hasattr(X, "iloc"):
            self.X = X.copy()
            self.names = [str(name) for name in X.columns]
        else:
            self.X = np.array(X)
            if self.X.ndim != 2:
                raise InvalidArgument(f"permutation_importance: X must have two dimensions, got {self.X.ndim}")
            self.names = [f"x{j}" for j in range(self.X.shape[1])]
        self.rows = int(self.X.shape[0])

    def positions(self, group: str, columns: Sequence[str | int]) -> list[int]:
        """Give columns by number."""
        found = []
        for column in columns:
            if isinstance(column, str) and column in self.names:
                found.append(self.names.index(column))
            elif not isinstance(column, str) and 0 <= column < len(self.names):
                found.append(int(column))
            else:
                raise InvalidArgument(f"permutation_importance: group {group!r} has an unknown column {column!r}")
        if len(set(found)) != len(found) or not found:
            raise InvalidArgument(f"permutation_importance: group {group!r} must name columns, each once")
        return found

    def shuffled(self, columns: list[int], order: NDArray[np.int64]) -> _Shuffled:
        """Give a context in which the columns are in another order."""
        return _Shuffled(self, columns, order)


class _Shuffled:
    """Puts the columns back at the end."""

    def __init__(self, table: _Table, columns: list[int], order: NDArray[np.int64]) -> None:
        self.table, self.columns, self.order = table, columns, order
        self.kept: list[Any] = []

    def __enter__(self) -> Any:
        X = self.table.X
        if isinstance(X, Frame):
            for name in (self.table.names[j] for j in self.columns):
                X = X.with_column(name, X[name][self.order])
            return X
        for j in self.columns:
            if isinstance(X, np.ndarray):
                self.kept.append(X[:, j].copy())
                X[:, j] = X[self.order, j]
            else:
                self.kept.append(X.iloc[:, j].copy())
                X.isetitem(j, X.iloc[self.order, j].set_axis(X.index))
        return X

    def __exit__(self, *_: object) -> None:
        X = self.table.X
        for j, column in zip(self.columns, self.kept, strict=False):
            if isinstance(X, np.ndarray):
                X[:, j] = column
            else:
                X.isetitem(j, column)
