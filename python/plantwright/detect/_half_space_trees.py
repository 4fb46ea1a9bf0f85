# SPDX-License-Identifier: MIT
"""Half-space trees: how few of the latest rows stood where this one stands."""

from __future__ import annotations

from datetime import timedelta

from plantwright._core import detect as _core
from plantwright.detect._base import BaseDetector


class HalfSpaceTrees(BaseDetector):
    r"""Trees that halve the space blindly and count the latest rows, learning on the go.

    .. math:: s = \operatorname{mean}_{trees} \frac{r 2^k}{n}, \quad
              \text{statistic} = \log_2 \frac{2^D + \epsilon}{s + \epsilon}

    where a row's path ends, k halvings deep, after r of the n rows of the reference window. When a window of rows has
    passed it becomes the reference: what stays becomes normal after at most two windows.

    Parameters
    ----------
    n_trees : int, default=25
        In [1, 1000].
    depth : int, default=15
        D, in [1, 20]. A stream takes ``8 n_trees 2^(D+1)`` bytes.
    window : int, default=250
        Rows, in [2, 65535].
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
    n_features_in_ : int
    feature_names_in_ : ndarray of str
        Where a table was fitted.

    See Also
    --------
    IsolationForest : where normal does not move.

    Notes
    -----
    The order of rows is the paper's; the statistic is in bits, 0 where all of the reference lies in one smallest cell.
    Sensors are scaled by their training range; the first reference is the latest rows of training. A missing reading
    goes where more of the reference went; a row without readings has no score and is not counted. Blame shares the
    statistic by how many bits each sensor's halvings cost.

    References
    ----------
    Tan, Ting & Liu, "Fast anomaly detection for streaming data", IJCAI 2011.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> normal = np.random.default_rng(0).normal(size=(500, 3))
    >>> stream = pw.HalfSpaceTrees().fit(normal).stream()
    >>> near, far = stream.update([0.0, 0.0, 0.0]), stream.update([0.0, 9.0, 0.0])
    >>> near.statistic < far.statistic, next(iter(far.blame))
    (True, 1)
    """

    _plw_type = "HalfSpaceTrees"
    _plw_model_class = _core.HalfSpaceTrees
    _options_class = _core.HalfSpaceTreesOptions
    _options = ("n_trees", "depth", "window", "random_state")

    def __init__(
        self,
        n_trees: int = 25,
        depth: int = 15,
        window: int = 250,
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
        self.n_trees = n_trees
        self.depth = depth
        self.window = window
        self.random_state = random_state
