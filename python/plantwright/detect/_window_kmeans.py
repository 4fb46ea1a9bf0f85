# SPDX-License-Identifier: MIT
"""How far the latest rows together are from each typical course of training."""

from __future__ import annotations

from datetime import timedelta

from plantwright._core import detect as _core
from plantwright.detect._base import BaseDetector


class WindowKMeans(BaseDetector):
    r"""The distance of the latest rows, taken together, from the nearest of a few typical courses.

    .. math:: \min_c |v_t - m_c|, \quad v_t = (z_{t-w+1}, \ldots, z_t)

    with z the standardised readings and the centres :math:`m_c` k-means' of the training windows.

    Parameters
    ----------
    window : int, default=10
        w, rows, in [1, 10000].
    n_clusters : int, default=8
        Centres.
    n_init : int, default=3
        Starts by k-means++, of which the best is taken.
    max_windows : int, default=4000
        Of training that are clustered, evenly spaced: neighbours share all rows but one each.
    random_state : int, default=0
        Seed; one seed gives the same bits everywhere.
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
    warm_up_rows_ : int
        Rows without a score, window - 1.
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
    DynamicPCA : where the courses are many and lie in a plane.
    KMeansFeatures : distances of single rows, as features.

    Notes
    -----
    Windows with a missing reading (NaN, infinite) do not train; in a stream a missing sensor stands where it stood.
    Blame is each sensor's share of the squared distance, times the distance.

    References
    ----------
    Lloyd, "Least squares quantization in PCM", IEEE Trans. Information Theory 28, 1982; Arthur & Vassilvitskii,
    "k-means++: the advantages of careful seeding", SODA 2007.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> t = np.arange(600)
    >>> cycle = np.column_stack([np.sin(t / 10), np.cos(t / 10)])
    >>> courses = pw.WindowKMeans(n_clusters=20).fit(cycle)
    >>> backwards = cycle[:100][::-1]
    >>> bool(-courses.score_samples(backwards)[50] > 2 * -courses.score_samples(cycle)[50])
    True
    """

    _plw_type = "WindowKMeans"
    _plw_model_class = _core.WindowKMeans
    _options_class = _core.WindowKMeansOptions
    _options = ("window", "n_clusters", "n_init", "max_windows", "random_state")

    def __init__(
        self,
        window: int = 10,
        n_clusters: int = 8,
        n_init: int = 3,
        max_windows: int = 4000,
        random_state: int = 0,
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
        self.window = window
        self.n_clusters = n_clusters
        self.n_init = n_init
        self.max_windows = max_windows
        self.random_state = random_state
