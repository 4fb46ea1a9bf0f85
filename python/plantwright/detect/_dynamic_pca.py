# SPDX-License-Identifier: MIT
"""Principal components of each row together with those before it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from plantwright._core import detect as _core
from plantwright.detect._base import BaseDetector, Floats


class DynamicPCA(BaseDetector):
    r"""Watches the relations between sensors, and between each and its own past.

    .. math:: w_t = (x_t, x_{t-1}, \ldots, x_{t-lags}), \quad p = P w, \quad r = w - P'p, \\
              T^2 = \sum_c p_c^2 / l_c, \quad SPE = \sum_i r_i^2, \quad index = T^2 / \tau^2 + SPE / \delta^2

    with x standardised, the rows of P the eigenvectors of the covariance of w, l their variances. T2 grows where rows
    go further than they used to, SPE where they leave the relations that held.

    Parameters
    ----------
    lags : int, default=3
        Rows before, in [0, 100]; 3 to 10 suit most plants.
    variance : float, default=0.9
        Share of the variance that the components explain, in (0, 1].
    n_components : int, optional
        How many components, instead of `variance`.
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
    n_components_ : int
    explained_variance_ : ndarray of shape (n_components_,)
    t2_limit_, spe_limit_ : float
        :math:`\tau^2` and :math:`\delta^2`: what T2 and SPE would reach in one row of 100 if rows were normal and
        independent (Box 1954). They weigh the two; what is an alarm, the index and its calibration say.
    notes_ : list of str
        What `fit` has warned of.
    tail_, threshold_, promised_rate_ : Tail, float, float
        Where a rate was asked for: of the statistic; from which statistic it is an alarm; the lowest rate, in the unit
        asked for, that the training rows bear out (20 events).
    n_features_in_ : int
    feature_names_in_ : ndarray of str
        Where a table was fitted.
    warm_up_rows_ : int
        Rows without a score: `lags`.

    See Also
    --------
    MewmaChart : for small lasting shifts.
    PCA : as a step of a pipeline.

    Notes
    -----
    A reading that is missing (NaN, infinite) stands where it stood, at its mean before the first, also in training.
    Readings count as at most a million deviations. The index is Yue & Qin's (Ind. Eng. Chem. Res. 40, 2001); blame of a
    sensor is the sum over its lags of the squares that make the index up (Alcala & Qin, J. Process Control 21, 2011).
    A batch and a stream give the same bits, in C++ too.

    References
    ----------
    Ku, Storer & Georgakis, "Disturbance detection and isolation by dynamic principal component analysis", Chemometrics
    and Intelligent Laboratory Systems 30, 1995.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> rng = np.random.default_rng(0)
    >>> load = rng.normal(size=501)
    >>> rows = np.column_stack([load[1:], load[:-1] + 0.1 * rng.normal(size=500)])  # one follows the other
    >>> chart = pw.DynamicPCA(lags=1, variance=0.95).fit(rows)
    >>> broken = rows.copy()
    >>> broken[400:, 1] = rng.normal(size=100)
    >>> scores = chart.score_samples(broken)
    >>> bool(np.median(scores[400:]) < 10 * np.median(scores[1:400]))
    True
    """

    _plw_type = "DynamicPCA"
    _plw_model_class = _core.DynamicPCA
    _options_class = _core.DynamicPCAOptions
    _options = ("lags", "variance", "n_components")

    def __init__(
        self,
        lags: int = 3,
        variance: float = 0.9,
        n_components: int | None = None,
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
        self.lags = lags
        self.variance = variance
        self.n_components = n_components

    def t2_and_spe(self, X: Any) -> Floats:
        """T2 and SPE of each row, of shape ``(n_rows, 2)``, NaN while warming up."""
        return self._fitted().t2_and_spe(self._rows(X))  # type: ignore[no-any-return]

    def _adopt(self, model: Any) -> None:
        super()._adopt(model)
        self.n_components_ = int(model.n_components)
        self.explained_variance_ = model.explained_variance
        self.t2_limit_ = float(model.t2_limit)
        self.spe_limit_ = float(model.spe_limit)
