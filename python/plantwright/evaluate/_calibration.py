# SPDX-License-Identifier: MIT
"""Shares of votes to probabilities that happen as often as they say."""

from __future__ import annotations

import json
from typing import Any, Self

import numpy as np

from plantwright import _core
from plantwright.core import InvalidArgument, NotFitted
from plantwright.evaluate._arrays import Floats, distinct, optional_numbers, table


class Calibration:
    """The curve from a classifier's shares to probabilities.

    Two classes have one curve, more have one each against the rest, and what they give is divided by its sum. Fit it on
    rows that the classifier has not seen; `plantwright.Model(..., calibration=...)` does so in folds.

    Parameters
    ----------
    method : {"sigmoid", "isotonic"}, default="sigmoid"
        ``1 / (1 + exp(-(a log(q / (1 - q)) + b)))``, which needs few rows; or the non-decreasing function nearest to
        the truth, linear between its points, which takes any shape and needs a thousand rows or so.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    curves_ : list of dict
        Slope and intercept, or the number of points, of each curve.

    References
    ----------
    J. Platt, "Probabilistic outputs for support vector machines", 1999. M. Ayer et al., "An empirical distribution
    function for sampling with incomplete information", Annals of Mathematical Statistics 26, 1955.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> share = np.repeat([0.2, 0.6], 100)
    >>> happened = np.r_[np.arange(100) < 5, np.arange(100) < 90]
    >>> curve = pw.evaluate.Calibration("isotonic").fit(share, happened)
    >>> curve.apply(np.array([0.2, 0.4, 0.6]))
    array([0.05 , 0.475, 0.9  ])
    """

    def __init__(self, method: str = "sigmoid") -> None:
        self.method = method

    def fit(self, shares: Any, y: Any, sample_weight: Any = None) -> Self:
        """Learn the curves.

        Parameters
        ----------
        shares : array of shape (n_rows,) or (n_rows, n_classes)
            Of the second of two classes, or of each class in sorted order; in [0, 1].
        y : array of shape (n_rows,)
            The true classes.
        sample_weight : array of shape (n_rows,), optional

        Raises
        ------
        InvalidArgument
            If lengths differ, a share is outside [0, 1], or the rows are of one class alone.
        """
        y = np.asarray(y)
        classes = distinct(y)
        of_classes = _of_classes(shares)
        if of_classes.shape[1] != len(classes):
            raise InvalidArgument(
                f"Calibration: shares must be of the {len(classes)} classes in y, got {of_classes.shape[1]}"
            )
        self.classes_ = classes
        return self._fit_codes(of_classes, np.searchsorted(classes, y), sample_weight)

    def _fit_codes(self, shares: Floats, codes: Any, sample_weight: Any) -> Self:
        weight = optional_numbers("sample_weight", sample_weight)
        self._core: Any = _core.evaluate.Calibration.fit(shares, codes.astype(np.int32), self.method, weight)
        self.curves_ = json.loads(self._core.describe())["curves"]
        return self

    def apply(self, shares: Any) -> Floats:
        """Give probabilities, in the shape of the shares."""
        if not hasattr(self, "_core"):
            raise NotFitted("Calibration: call fit before apply")
        probability: Floats = self._core.apply(_of_classes(shares))
        return probability[:, 1] if np.ndim(shares) == 1 else probability


def _of_classes(shares: Any) -> Floats:
    if np.ndim(shares) != 1:
        return table("shares", shares)
    second = np.asarray(shares, dtype=np.float64)
    return np.column_stack([1 - second, second])
