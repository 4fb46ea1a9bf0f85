# SPDX-License-Identifier: MIT
"""An isolation forest that sees of each sensor where it stands and how it moved lately."""

from __future__ import annotations

from datetime import timedelta

from plantwright._core import detect as _core
from plantwright.detect._base import BaseDetector


class RollingIsolationForest(BaseDetector):
    r"""An isolation forest of rolling features.

    Of each sensor it sees the standardised reading and, of the readings among the latest `window` rows, their mean,
    their standard deviation and the slope of their least-squares line. So drifts and sensors that grow noisy are far
    from the others, which no reading alone is.

    .. math:: \text{statistic} = 2^{-h(f) / c}

    with h(f) the mean path length of the features f and c that of the trees' rows, as `IsolationForest` has them: in
    (0, 1], higher is worse.

    Parameters
    ----------
    window : int, default=20
        Rows, in [2, 10000].
    n_estimators : int, default=100
        Trees.
    max_samples : int, default=256
        Windows that a tree is grown on; never more than there are.
    ndim : int, default=4
        Features that a split combines by a random hyperplane; 1 is a threshold on one, which sees a row that is far off
        in a few of so many features too seldom.
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
    notes_ : list of str
        What `fit` has warned of.
    tail_, threshold_, promised_rate_ : Tail, float, float
        Where a rate was asked for: of the statistic; from which statistic it is an alarm; the lowest rate, in the unit
        asked for, that the training rows bear out (20 events).
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
    IsolationForest : of the rows alone.
    RollingFeatures : such columns, and others, for any model.

    Notes
    -----
    A missing reading (NaN, infinite) is left out of the window's statistics; a feature that has too few readings is
    missing, and the forest goes where most of its rows went. A window without any reading has no score.

    Blame of a sensor is by how much more normal the row would score with all its features at their training medians, at
    least 0 (occlusion); unlike that of the charts it sums to nothing in particular.

    References
    ----------
    Liu, Ting & Zhou, "Isolation forest", ICDM 2008; Zeiler & Fergus, "Visualizing and understanding convolutional
    networks", ECCV 2014.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> normal = np.random.default_rng(0).normal(size=(2000, 3))
    >>> forest = pw.RollingIsolationForest().fit(normal)
    >>> trembling = normal[:80].copy()
    >>> trembling[30:, 1] += np.tile([2.0, -2.0], 25)  # no reading of it is far off
    >>> bool(np.median(forest.score_samples(trembling)[50:]) < np.quantile(forest.score_samples(normal)[19:], 0.05))
    True
    >>> int(forest.blame(trembling)[60].argmax())
    1
    """

    _plw_type = "RollingIsolationForest"
    _plw_model_class = _core.RollingIsolationForest
    _options_class = _core.RollingIsolationOptions
    _options = ("window", "n_estimators", "max_samples", "ndim", "random_state")

    def __init__(
        self,
        window: int = 20,
        n_estimators: int = 100,
        max_samples: int = 256,
        ndim: int = 4,
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
        self.n_estimators = n_estimators
        self.max_samples = max_samples
        self.ndim = ndim
        self.random_state = random_state
