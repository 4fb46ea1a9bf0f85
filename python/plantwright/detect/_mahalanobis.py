# SPDX-License-Identifier: MIT
"""The distance of a row from the mean, in the units of the sensors' own correlation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from plantwright._core import detect as _core
from plantwright.detect._base import BaseDetector


class Mahalanobis(BaseDetector):
    r"""How far each row stands from the mean, seen along the sensors' own correlation.

    .. math:: D^2 = z' S^{-1} z, \quad S = (1 - w) R + w m I, \quad m = \operatorname{trace}(R) / d

    with z standardised and R their correlation. Rows have no memory.

    Parameters
    ----------
    shrinkage : float, optional
        w in [0, 1]; default: Ledoit & Wolf's, which assumes independent rows: of readings with memory it is too small.
    alarms_per_day, false_alarm_rate, contamination : float, optional
        At most one: events a day on normal rows, each a run of rows in alarm; share of normal rows in alarm, in
        (0, 0.25]; share of the training rows, some of which are bad. With one, `fit` calibrates on cross-fitted rows.
    period : float (seconds) or timedelta, optional
        Between rows, for `alarms_per_day`; default: the median step of a table's time column.
    n_folds : int, optional
        Contiguous blocks of the cross-fit; default: 10, of fewer than 2,000 rows 5.
    gap : int, optional
        Rows left out on both sides of a block; default: one in a hundred. As long as readings have memory.

    Attributes
    ----------
    shrinkage_ : float
        w that was used.
    notes_ : list of str
        What `fit` has warned of.
    tail_, threshold_, promised_rate_ : Tail, float, float
        Where a rate was asked for: of the statistic; from which statistic it is an alarm; the lowest rate, in the unit
        asked for, that the training rows bear out (20 events).
    n_features_in_ : int
    feature_names_in_ : ndarray of str
        Where a table was fitted.

    See Also
    --------
    MewmaChart : with memory.

    Notes
    -----
    Of a row with missing readings (NaN, infinite) the distance is that of the readings that are there; NaN where none
    is. Readings count as at most a million deviations. Blame is the squares of :math:`S^{-1/2} z`, which sum to the
    squared distance (Alcala & Qin, J. Process Control 21, 2011).

    References
    ----------
    Ledoit & Wolf, "A well-conditioned estimator for large-dimensional covariance matrices", J. Multivariate Analysis
    88, 2004.

    Examples
    --------
    >>> import plantwright as pw
    >>> rows = [[1.0, 10.0], [2.0, 21.0], [3.0, 29.0], [4.0, 41.0]]
    >>> distance = pw.Mahalanobis(shrinkage=0.1).fit(rows)
    >>> near, far = distance.score_samples([[2.5, 25.0], [2.5, 40.0]])
    >>> bool(near > far)
    True
    """

    _plw_type = "Mahalanobis"
    _plw_model_class = _core.Mahalanobis
    _options_class = _core.MahalanobisOptions
    _options = ("shrinkage",)

    def __init__(
        self,
        shrinkage: float | None = None,
        *,
        alarms_per_day: float | None = None,
        false_alarm_rate: float | None = None,
        contamination: float | None = None,
        period: float | timedelta | None = None,
        n_folds: int | None = None,
        gap: int | None = None,
    ) -> None:
        super().__init__(
            alarms_per_day=alarms_per_day,
            false_alarm_rate=false_alarm_rate,
            contamination=contamination,
            period=period,
            n_folds=n_folds,
            gap=gap,
        )
        self.shrinkage = shrinkage

    def _adopt(self, model: Any) -> None:
        super()._adopt(model)
        self.shrinkage_ = float(model.shrinkage)
