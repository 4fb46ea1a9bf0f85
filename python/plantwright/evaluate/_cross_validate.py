# SPDX-License-Identifier: MIT
"""Cross-validation that gives a `Report`: every fold beside its baselines, the means and their spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.model_selection import check_cv
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import _num_samples

from plantwright._core import evaluate as _core
from plantwright.core import InvalidArgument
from plantwright.evaluate import _arrays
from plantwright.evaluate._leak_check import LeakFinding, LeakReport, leak_check
from plantwright.evaluate._report import Report, report
from plantwright.evaluate._splitters import TimeSplit, name_of_role, time_column
from plantwright.frame import Frame


def cross_validate(
    estimator: Any,
    X: Any,
    y: Any | None = None,
    splitter: Any | None = None,
    baselines: str | Sequence[str] = "auto",
    *,
    groups: Any | None = None,
    times: Any | None = None,
    horizon: int = 1,
    check_leaks: bool = True,
) -> Report:
    """Fits a clone on each training side and reports the tested side beside trivial predictors.

    Parameters
    ----------
    estimator : scikit-learn estimator
        A classifier with ``predict_proba`` is also scored by its probabilities.
    X : table or array of shape (n, n_features)
        A ``Frame`` is handed to the estimator as a ``Frame``.
    y : array-like of shape (n,), optional
        By default the target column of a ``Frame``.
    splitter : splitter, int or None
        Anything with ``split``; None is ``TimeSplit(5)``, a number that many folds as in scikit-learn.
    baselines : "auto" or list of str
        As in :func:`report`. Persistence and last_week know the actual earlier values of the whole table.
    groups : array-like of shape (n,), optional
        Passed to the splitter.
    times : array-like of datetime64, optional
        Time stamps of the rows; by default the time column of a ``Frame``. Without any, row order is time order.
    horizon : int, default=1
        Time stamps ahead that persistence must predict.
    check_leaks : bool, default=True
        Whether to look for leaks (:func:`leak_check`) and warn, once a kind, of the worst fold.

    Returns
    -------
    Report
        Means and standard deviations over folds; every fold in ``folds``.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> from sklearn.linear_model import LinearRegression
    >>> X = np.arange(60.0).reshape(-1, 1)
    >>> r = pw.evaluate.cross_validate(LinearRegression(), X, np.sin(X[:, 0]), pw.TimeSplit(3))
    >>> r.predictors, len(r.folds), r.n_rows
    (['model', 'mean', 'persistence'], 3, 45)
    """
    splitter = TimeSplit(5) if splitter is None else splitter
    target = _arrays.column("y", _target_of(X) if y is None else y)
    if len(target) != _num_samples(X):
        raise InvalidArgument(f"cross_validate: y must have {_num_samples(X)} rows, got {len(target)}")
    cv = check_cv(splitter, target, classifier=is_classifier(estimator))
    stamps = _stamps(X, times, len(target))
    folds = []
    sides = list(cv.split(X, target, groups))
    if check_leaks:
        _warn_of_leaks(X, target, groups, None if times is None else stamps, sides)
    for train, test in sides:
        fitted = clone(estimator).fit(take(X, train), target[train])
        folds.append(_fold(fitted, X, target, train, test, stamps, baselines, horizon))
    return Report(_core.combine([fold._core for fold in folds], repr(cv)))


def _target_of(X: Any) -> Any:
    name = name_of_role(X, "target")
    if name is None:
        raise InvalidArgument("cross_validate: y must be given where X is not a Frame with a target column")
    return X[name]


def _warn_of_leaks(X: Any, y: Any, groups: Any, times: Any, sides: list[tuple[Any, Any]]) -> None:
    """The worst fold of each kind that concerns rows; columns are compared once, on the largest training side."""
    table = Frame(X)
    names = {role: name_of_role(table, role) for role in ("target", "time", "group")}
    for role, values in (("target", y), ("time", times), ("group", groups)):
        if values is not None and names[role] is None:
            name = names[role] = _unused_name(role, table)
            table = table.with_column(name, np.asarray(values))
    largest = max(range(len(sides)), key=lambda k: len(sides[k][0]))
    worst: dict[tuple[str, ...], LeakFinding] = {}
    for k, (train, test) in enumerate(sides):
        found = leak_check(table[train], table[test], **names, compare_columns=k == largest, warn=False)
        for finding in found.findings:
            key = (finding.kind, *finding.columns) if finding.rows == 0 else (finding.kind,)
            if key not in worst or finding.value > worst[key].value:
                fold = f"fold {k}: " if finding.rows else ""
                worst[key] = replace(finding, message=fold + finding.message)
    LeakReport(list(worst.values())).warn(stacklevel=3)


def _unused_name(role: str, table: Frame) -> str:
    return role if role not in table else _unused_name(role + "_", table)


def take(X: Any, rows: Any) -> Any:
    """Rows of a Frame, table or array."""
    return X[rows] if isinstance(X, Frame) else _safe_indexing(X, rows)


def _stamps(X: Any, times: Any | None, n_rows: int) -> Any:
    """datetime64 where the table has time, else row numbers, which order the rows without being stamps."""
    given = _arrays.stamps("times", times) if times is not None else time_column(X, None)
    if given is None:
        return np.arange(n_rows)
    if len(given) != n_rows:
        raise InvalidArgument(f"cross_validate: times must have {n_rows} rows, got {len(given)}")
    return given.view("datetime64[ns]")


def _fold(
    fitted: Any, X: Any, y: Any, train: Any, test: Any, stamps: Any, baselines: str | Sequence[str], horizon: int
) -> Report:
    tested = take(X, test)
    classification = is_classifier(fitted)
    proba = fitted.predict_proba(tested) if classification and hasattr(fitted, "predict_proba") else None
    labels = np.unique(y) if classification else None
    return report(
        y[test],
        fitted.predict(tested),
        task="classification" if classification else "regression",
        y_proba=None if proba is None else _all_classes(proba, fitted.classes_, labels),
        labels=labels,
        baselines=baselines,
        horizon=horizon,
        y_train=y[train],
        times=stamps[test],
        times_train=stamps[train],
        y_history=y,
        times_history=stamps,
    )


def _all_classes(proba: Any, known: Any, labels: Any) -> Any:
    """Probability zero for a class that the training side of this fold lacks."""
    full = np.zeros((len(proba), len(labels)))
    full[:, np.searchsorted(labels, known)] = proba
    return full
