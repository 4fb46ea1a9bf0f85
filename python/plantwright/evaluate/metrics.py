# SPDX-License-Identifier: MIT
"""Metrics with scikit-learn's names and definitions, computed in C++ with one summation order.

Labels may be strings, numbers or booleans. NaN, infinity, unequal lengths and empty input raise
:class:`plantwright.InvalidArgument` naming the row. The formulas stand in ``docs/evaluate.md``.

Examples
--------
>>> from plantwright.evaluate import metrics
>>> metrics.root_mean_squared_error([3.0, -0.5, 2.0], [2.5, 0.0, 2.0])
0.408248290463863
>>> metrics.f1_score(["ok", "fault", "ok"], ["ok", "fault", "fault"], pos_label="fault")
0.6666666666666666
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import UndefinedMetricWarning

from plantwright._core import evaluate as _core
from plantwright.core import InvalidArgument
from plantwright.evaluate import _arrays
from plantwright.evaluate._arrays import Codes, Floats

__all__ = [
    "accuracy_score",
    "average_precision_score",
    "balanced_accuracy_score",
    "brier_score_loss",
    "confusion_matrix",
    "f1_score",
    "log_loss",
    "max_error",
    "mean_absolute_error",
    "mean_squared_error",
    "precision_score",
    "r2_score",
    "recall_score",
    "roc_auc_score",
    "root_mean_squared_error",
]


def _regression(y_true: Any, y_pred: Any, sample_weight: Any | None) -> tuple[Floats, Floats, Floats]:
    weight = _arrays.optional_numbers("sample_weight", sample_weight)
    return _arrays.numbers("y_true", y_true), _arrays.numbers("y_pred", y_pred), weight


def mean_squared_error(y_true: Any, y_pred: Any, *, sample_weight: Any | None = None) -> float:
    """Mean of the squared errors, in the target's unit squared.

    Examples
    --------
    >>> mean_squared_error([3, -0.5, 2, 7], [2.5, 0.0, 2, 8])
    0.375
    """
    return float(_core.mean_squared_error(*_regression(y_true, y_pred, sample_weight)))


def root_mean_squared_error(y_true: Any, y_pred: Any, *, sample_weight: Any | None = None) -> float:
    """Square root of the mean squared error, in the target's unit.

    Examples
    --------
    >>> root_mean_squared_error([0, 0], [3, 3])
    3.0
    """
    return float(_core.root_mean_squared_error(*_regression(y_true, y_pred, sample_weight)))


def mean_absolute_error(y_true: Any, y_pred: Any, *, sample_weight: Any | None = None) -> float:
    """Mean of the absolute errors, in the target's unit.

    Examples
    --------
    >>> mean_absolute_error([3, -0.5, 2, 7], [2.5, 0.0, 2, 8])
    0.5
    """
    return float(_core.mean_absolute_error(*_regression(y_true, y_pred, sample_weight)))


def max_error(y_true: Any, y_pred: Any) -> float:
    """Largest absolute error, in the target's unit.

    Examples
    --------
    >>> max_error([3, 2, 7, 1], [4, 2, 7, 1])
    1.0
    """
    y_true, y_pred, _ = _regression(y_true, y_pred, None)
    return float(_core.max_error(y_true, y_pred))


def r2_score(y_true: Any, y_pred: Any, *, sample_weight: Any | None = None) -> float:
    """Share of the target's variance that is explained; 0 for the truth's own mean, negative for worse.

    For a constant truth 1 where every prediction is right and 0 otherwise; NaN for a single row.

    Examples
    --------
    >>> r2_score([1, 2, 3], [1, 2, 3])
    1.0
    """
    return float(_core.r2_score(*_regression(y_true, y_pred, sample_weight)))


def _labels(y_true: Any, y_pred: Any, labels: Any | None) -> tuple[Codes, Codes, npt.NDArray[Any]]:
    true, pred = _arrays.column("y_true", y_true), _arrays.column("y_pred", y_pred)
    classes = _arrays.distinct(true, pred) if labels is None else _arrays.distinct(np.asarray(labels))
    return _arrays.encode("y_true", true, classes), _arrays.encode("y_pred", pred, classes), classes


def confusion_matrix(
    y_true: Any, y_pred: Any, *, labels: Any | None = None, sample_weight: Any | None = None
) -> Floats:
    """Weight of the rows of each true class (row) that were predicted as each class (column).

    Classes are `labels`, or the values that occur, in ascending order.

    Examples
    --------
    >>> confusion_matrix(["a", "b", "b"], ["a", "a", "b"])
    array([[1., 0.],
           [1., 1.]])
    """
    true, pred, classes = _labels(y_true, y_pred, labels)
    weight = _arrays.optional_numbers("sample_weight", sample_weight)
    return _core.confusion_matrix(true, pred, len(classes), weight)  # type: ignore[no-any-return]


def accuracy_score(y_true: Any, y_pred: Any, *, sample_weight: Any | None = None) -> float:
    """Share of rows whose class is right.

    Examples
    --------
    >>> accuracy_score([0, 1, 1, 1], [0, 1, 0, 1])
    0.75
    """
    return float(_core.accuracy_score(confusion_matrix(y_true, y_pred, sample_weight=sample_weight)))


def balanced_accuracy_score(y_true: Any, y_pred: Any, *, sample_weight: Any | None = None) -> float:
    """Mean recall of the classes that occur in the truth.

    Examples
    --------
    >>> balanced_accuracy_score([0, 0, 0, 1], [0, 0, 0, 0])
    0.5
    """
    return float(_core.balanced_accuracy_score(confusion_matrix(y_true, y_pred, sample_weight=sample_weight)))


def _binary_confusion(y_true: Any, y_pred: Any, pos_label: Any, sample_weight: Any | None) -> Floats:
    true, pred = _arrays.column("y_true", y_true), _arrays.column("y_pred", y_pred)
    classes = _arrays.distinct(true, pred)
    if len(classes) > 2:
        raise InvalidArgument(f"average 'binary' needs two classes, got {len(classes)}; use 'macro' or 'weighted'")
    if pos_label not in classes and len(classes) == 2:
        raise InvalidArgument(f"pos_label must be one of {list(classes)}, got {pos_label!r}")
    return confusion_matrix(true == pos_label, pred == pos_label, labels=[False, True], sample_weight=sample_weight)


def _precision_recall(
    y_true: Any, y_pred: Any, pos_label: Any, average: str, sample_weight: Any | None, zero_division: float
) -> tuple[float, float, float]:
    if average not in ("binary", "macro", "weighted"):
        raise InvalidArgument(f"average must be 'binary', 'macro' or 'weighted', got {average!r}")
    if average == "binary":
        confusion = _binary_confusion(y_true, y_pred, pos_label, sample_weight)
    else:
        confusion = confusion_matrix(y_true, y_pred, sample_weight=sample_weight)
    return _core.precision_recall(confusion, _core.Average[average], zero_division)  # type: ignore[no-any-return]


def precision_score(
    y_true: Any,
    y_pred: Any,
    *,
    pos_label: Any = 1,
    average: str = "binary",
    sample_weight: Any | None = None,
    zero_division: float = 0.0,
) -> float:
    """Share of the rows predicted as a class that are of it; `zero_division` where none was.

    Examples
    --------
    >>> precision_score([0, 1, 1], [1, 1, 0])
    0.5
    """
    return _precision_recall(y_true, y_pred, pos_label, average, sample_weight, zero_division)[0]


def recall_score(
    y_true: Any,
    y_pred: Any,
    *,
    pos_label: Any = 1,
    average: str = "binary",
    sample_weight: Any | None = None,
    zero_division: float = 0.0,
) -> float:
    """Share of the rows of a class that were predicted as it; `zero_division` where there is none.

    Examples
    --------
    >>> recall_score([0, 1, 1], [1, 1, 0])
    0.5
    """
    return _precision_recall(y_true, y_pred, pos_label, average, sample_weight, zero_division)[1]


def f1_score(
    y_true: Any,
    y_pred: Any,
    *,
    pos_label: Any = 1,
    average: str = "binary",
    sample_weight: Any | None = None,
    zero_division: float = 0.0,
) -> float:
    """Harmonic mean of precision and recall.

    Examples
    --------
    >>> f1_score([0, 1, 2, 2], [0, 1, 2, 2], average="macro")
    1.0
    """
    return _precision_recall(y_true, y_pred, pos_label, average, sample_weight, zero_division)[2]


def _scored(y_true: Any, score: Any, labels: Any | None, pos_label: Any | None) -> tuple[Codes, Floats]:
    """Class codes beside a vector of scores of the positive class, or a table with one column a class."""
    true, scores = _arrays.column("y_true", y_true), np.asarray(score, dtype=np.float64)
    if scores.ndim == 2 and scores.shape[1] > 2:
        classes = _arrays.distinct(true if labels is None else np.asarray(labels))
        if len(classes) != scores.shape[1]:
            raise InvalidArgument(f"scores must have one column a class ({len(classes)}), got {scores.shape[1]}")
        return _arrays.encode("y_true", true, classes), scores
    classes = _arrays.distinct(true if labels is None else np.asarray(labels))
    if len(classes) > 2:
        raise InvalidArgument(f"scores must have one column a class ({len(classes)}), got shape {scores.shape}")
    positive = pos_label if pos_label is not None else _default_positive(classes)
    scores = scores[:, 1] if scores.ndim == 2 and scores.shape[1] == 2 else _arrays.numbers("score", scores)
    return (true == positive).astype(np.int32), scores


def _default_positive(classes: npt.NDArray[Any]) -> Any:
    """The greater of two classes; a single class is positive where it is 1 or True."""
    return classes[-1] if len(classes) == 2 else 1


def roc_auc_score(y_true: Any, y_score: Any, *, labels: Any | None = None, sample_weight: Any | None = None) -> float:
    """Probability that a positive row scores above a negative one, ties counting half.

    Parameters
    ----------
    y_true : array-like of shape (n,)
    y_score : array-like of shape (n,) or (n, n_classes)
        Score of the positive class (the greater label), or of every class in ascending order: then the mean over
        classes of one against the rest.
    labels : array-like, optional
        Every class there is, where `y_true` may lack some.
    sample_weight : array-like of shape (n,), optional

    Returns
    -------
    float
        NaN, with an ``UndefinedMetricWarning``, where a class is absent.

    Examples
    --------
    >>> roc_auc_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    codes, score = _scored(y_true, y_score, labels, None)
    area = float(_core.roc_auc_score(codes, score, _arrays.optional_numbers("sample_weight", sample_weight)))
    if np.isnan(area):
        warnings.warn("ROC AUC is undefined where only one class is present.", UndefinedMetricWarning, stacklevel=2)
    return area


def average_precision_score(
    y_true: Any,
    y_score: Any,
    *,
    labels: Any | None = None,
    pos_label: Any | None = None,
    sample_weight: Any | None = None,
) -> float:
    """Area under the precision-recall steps, without interpolation; 0 where no row is positive.

    Examples
    --------
    >>> round(average_precision_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), 4)
    0.8333
    """
    codes, score = _scored(y_true, y_score, labels, pos_label)
    weight = _arrays.optional_numbers("sample_weight", sample_weight)
    return float(_core.average_precision_score(codes, score, weight))


def log_loss(y_true: Any, y_proba: Any, *, labels: Any | None = None, sample_weight: Any | None = None) -> float:
    """Mean of minus the logarithm of the probability given to the true class, clipped to stay finite.

    Examples
    --------
    >>> round(log_loss([0, 1], [[0.5, 0.5], [0.5, 0.5]]), 6)
    0.693147
    """
    true, probability = _arrays.column("y_true", y_true), np.asarray(y_proba, dtype=np.float64)
    classes = _arrays.distinct(true if labels is None else np.asarray(labels))
    if probability.ndim == 1:
        probability = np.column_stack([1 - probability, probability])
    if len(classes) != probability.shape[1]:
        raise InvalidArgument(
            f"probabilities must have one column a class, got {probability.shape[1]} for the classes {list(classes)}; "
            "pass labels= where y_true lacks some"
        )
    weight = _arrays.optional_numbers("sample_weight", sample_weight)
    return float(_core.log_loss(_arrays.encode("y_true", true, classes), probability, weight))


def brier_score_loss(
    y_true: Any,
    y_proba: Any,
    *,
    labels: Any | None = None,
    pos_label: Any | None = None,
    sample_weight: Any | None = None,
) -> float:
    """Mean squared error of the probability: of the positive class, or summed over more than two classes.

    Examples
    --------
    >>> round(brier_score_loss([0, 1], [0.1, 0.8]), 6)
    0.025
    """
    codes, probability = _scored(y_true, y_proba, labels, pos_label)
    weight = _arrays.optional_numbers("sample_weight", sample_weight)
    return float(_core.brier_score_loss(codes, probability, weight))
