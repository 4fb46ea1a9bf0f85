# SPDX-License-Identifier: MIT
"""The multivariate exponentially weighted moving average control chart."""

from __future__ import annotations

from datetime import timedelta

from plantwright._core import detect as _core
from plantwright.detect._base import BaseDetector


class MewmaChart(BaseDetector):
    r"""A chart of moving averages of all sensors together, which finds small lasting shifts.

    .. math:: z_t = \lambda x_t + (1 - \lambda) z_{t-1}, \quad T^2_t = z_t' S^{-1} z_t

    with x standardised and S the covariance of z over the training rows, shrunk to its diagonal.

    Parameters
    ----------
    smoothing : float, default=0.1
        :math:`\lambda` in (0, 1]; 1 is Hotelling's T2 chart, which finds great sudden changes; less finds smaller ones,
        later.
    shrinkage : float, default=0.01
        Weight of the diagonal in S, in [0, 1].
    autocorrelated : bool, default=True
        S of the averages themselves: readings have memory, and averages of such rows stray further than those of
        independent ones (Zhang 1998). False: :math:`S = \tfrac{\lambda}{2 - \lambda} \Sigma` with the correlation
        :math:`\Sigma` of rows, as in the paper; so, too, where fewer than 2 / smoothing averages are there to learn of.
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
    notes_ : list of str
        What `fit` has warned of.
    tail_, threshold_, promised_rate_ : Tail, float, float
        Where a rate was asked for: of the statistic; from which statistic it is an alarm; the lowest rate, in the unit
        asked for, that the training rows bear out (20 events).
    n_features_in_ : int
    feature_names_in_ : ndarray of str
        Where a table was fitted.
    warm_up_rows_ : int
        Rows without a score, 2 / smoothing: the covariance is the asymptotic one.

    See Also
    --------
    IsolationForest : where rows have no order.

    Notes
    -----
    A reading that is missing (NaN, infinite) leaves its sensor's average as it was. Readings count as at most a million
    deviations. Blame is the squares of :math:`S^{-1/2} z`, which sum to T2 (Alcala & Qin, J. Process Control 21, 2011).
    A batch and a stream give the same bits, in C++ too.

    References
    ----------
    Lowry, Woodall, Champ & Rigdon, "A multivariate exponentially weighted moving average control chart", Technometrics
    34, 1992. Zhang, "A statistical control chart for stationary process data", Technometrics 40, 1998.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> rng = np.random.default_rng(0)
    >>> normal = rng.normal(size=(500, 3))
    >>> chart = pw.MewmaChart(smoothing=0.2).fit(normal)
    >>> stream = chart.stream()
    >>> for row in normal[:50]:
    ...     verdict = stream.update(row)
    >>> verdict.statistic < 15
    True
    >>> for row in normal[50:80] + [0, 3, 0]:
    ...     verdict = stream.update(row)
    >>> verdict.statistic > 30, next(iter(verdict.blame))
    (True, 1)
    """

    _plw_type = "MewmaChart"
    _plw_model_class = _core.MewmaChart
    _options_class = _core.MewmaOptions
    _options = ("smoothing", "shrinkage", "autocorrelated")

    def __init__(
        self,
        smoothing: float = 0.1,
        shrinkage: float = 0.01,
        autocorrelated: bool = True,
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
        self.smoothing = smoothing
        self.shrinkage = shrinkage
        self.autocorrelated = autocorrelated
