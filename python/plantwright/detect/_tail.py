# SPDX-License-Identifier: MIT
"""How rare a statistic is among those of normal rows, beyond what was seen too."""

from __future__ import annotations

import warnings
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from plantwright._core import detect as _core
from plantwright.core import DataWarning, InvalidArgument
from plantwright.io import PlwSerializable

Floats = NDArray[np.float64]
_FEWEST_CLUSTERS = 30


class Tail(PlwSerializable, BaseEstimator):
    r"""Turns a detector's statistic into a p-value, a severity, and a threshold for so many alarms a day.

    .. math:: p(s) = \text{share of the scores at or above } s \text{ up to } u, \quad
              p(s) = p_u (1 + \xi (s - u) / \sigma)^{-1 / \xi} \text{ beyond}, \quad severity = -\log_{10} p

    u is the score above which `tail_share` of the scores lie; beyond it a generalised Pareto distribution of highest
    likelihood, its shape bounded, exponential with fewer than 20 exceedances.

    Parameters
    ----------
    tail_share : float, default=0.1
        In (0, 0.5].
    lowest_shape, highest_shape : float, default=-0.25, 0.5
        Bounds of :math:`\xi`, within [-0.5, 0] and [0, 0.9].
    merge_gap : int, default=0
        Rows between exceedances that are still one alarm.

    Attributes
    ----------
    tail_begin_, shape_, scale_ : float
        u, :math:`\xi`, :math:`\sigma`.
    cluster_length_ : float
        Mean number of rows that exceed together, the inverse of the extremal index, by runs at the highest of the
        levels 99.5, 99, 98, 95 and 90 % with at least 20 clusters (Smith & Weissman, J. R. Statist. Soc. B 56, 1994).
    n_scores_, n_exceedances_, n_clusters_ : int
        Scores; those above u; clusters of them: how much independent evidence the tail rests on.

    Notes
    -----
    Scores must come from rows that the detector was not fitted on, in time order: of its own training rows it thinks
    too well. They are statistics, higher = worse: *minus* `score_samples`.

    References
    ----------
    Pickands, "Statistical inference using extreme order statistics", Annals of Statistics 3, 1975. Hosking & Wallis,
    "Parameter and quantile estimation for the generalized Pareto distribution", Technometrics 29, 1987.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> tail = pw.Tail().fit(np.random.default_rng(0).exponential(size=20_000))
    >>> tail.severity([2.3, 13.8]).round()
    array([1., 6.])
    >>> bool(5 < tail.threshold(alarms_per_day=1, rows_per_day=1440) < 9)
    True
    """

    _plw_type = "Tail"
    _plw_model_class = _core.Tail

    def __init__(
        self,
        tail_share: float = 0.1,
        lowest_shape: float = -0.25,
        highest_shape: float = 0.5,
        merge_gap: int = 0,
    ) -> None:
        self.tail_share = tail_share
        self.lowest_shape = lowest_shape
        self.highest_shape = highest_shape
        self.merge_gap = merge_gap

    def fit(self, scores: Any, y: Any = None) -> Self:
        """Learn how often which statistic occurs.

        Parameters
        ----------
        scores : array-like of shape (n_rows,)
            Higher = worse, in time order, NaN where a row has none; at least 20.
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        InvalidArgument
            On a parameter out of range, infinities, and too few scores.

        Warns
        -----
        DataWarning
            Where the tail rests on fewer than 30 clusters of exceedances: what it promises may be wrong several times
            over.
        """
        self._adopt(
            _core.Tail.fit(_vector(scores), self.tail_share, self.lowest_shape, self.highest_shape, self.merge_gap)
        )
        if self.n_clusters_ < _FEWEST_CLUSTERS:
            warnings.warn(
                f"Tail: the {self.n_exceedances_} highest scores stand in {self.n_clusters_} clusters, fewer than "
                f"{_FEWEST_CLUSTERS}: alarm rates may be wrong several times over; calibrate on more rows",
                DataWarning,
                stacklevel=2,
            )
        return self

    def p_value(self, scores: Any) -> Floats:
        """Chance that a normal row reaches each score, in (0, 1]; NaN of NaN."""
        check_is_fitted(self)
        return self._model.p_values(_vector(scores))  # type: ignore[no-any-return]

    def severity(self, scores: Any) -> Floats:
        """-log10 of the p-value: 2 is one row in a hundred, 6 one in a million; at most 300."""
        check_is_fitted(self)
        return self._model.severities(_vector(scores))  # type: ignore[no-any-return]

    def threshold(
        self,
        *,
        false_alarm_rate: float | None = None,
        alarms_per_day: float | None = None,
        rows_per_day: float | None = None,
    ) -> float:
        """The score from which so many normal rows are in alarm, or alarms come so often.

        Parameters
        ----------
        false_alarm_rate : float, optional
            Share of normal rows, in (0, 1).
        alarms_per_day, rows_per_day : float, optional
            Instead: alarms a day, each a cluster of rows, and how many rows a day has.

        Raises
        ------
        InvalidArgument
            Where not one of the two is asked for, or so many alarms do not fit into a day.
        """
        check_is_fitted(self)
        if false_alarm_rate is not None and alarms_per_day is None and rows_per_day is None:
            return float(self._model.threshold(false_alarm_rate))
        if false_alarm_rate is None and alarms_per_day is not None and rows_per_day is not None:
            return float(self._model.threshold_for_alarms(alarms_per_day, rows_per_day))
        raise InvalidArgument("Tail: threshold needs false_alarm_rate, or alarms_per_day with rows_per_day")

    def __sklearn_is_fitted__(self) -> bool:
        """Say whether there is a compiled model."""
        return getattr(self, "_model", None) is not None

    def _adopt(self, model: Any) -> None:
        self._model = model
        for name in ("tail_begin", "shape", "scale", "cluster_length", "n_scores", "n_exceedances", "n_clusters"):
            setattr(self, f"{name}_", getattr(model, name))

    @classmethod
    def _from_plw_model(cls, model: Any) -> Self:
        tail = cls(model.tail_share, model.lowest_shape, model.highest_shape, model.merge_gap)
        tail._adopt(model)
        return tail


def _vector(scores: Any) -> Floats:
    try:
        array = np.asarray(scores, dtype=np.float64)
    except (TypeError, ValueError):
        raise InvalidArgument("Tail: scores must be numbers") from None
    if array.ndim != 1:
        raise InvalidArgument(f"Tail: scores must be one-dimensional, got shape {array.shape}")
    return array
