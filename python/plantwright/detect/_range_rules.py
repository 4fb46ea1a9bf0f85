# SPDX-License-Identifier: MIT
"""Rules of single sensors: range, rate of change, standstill."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plantwright._core import detect as _core
from plantwright.core import InvalidArgument
from plantwright.detect._base import BaseDetector


class RangeRules(BaseDetector):
    r"""Rules that each sensor keeps by itself: its range, how fast it changes, how long it stands still.

    The statistic is the greatest level of all rules and sensors: below 1 all rules hold, from 1 on one is broken.

    .. math:: \frac{|2 x - l - h|}{h - l}, \quad \frac{|x_t - x_{t-g}|}{g s}, \quad
              \frac{\text{readings since it moved}}{r}

    with l and h the lowest and highest sound reading, s the largest step a row, g the rows since the reading before and
    r the longest standstill. Of a table whose schema knows `lowest` and `highest`, these are l and h; what is neither
    given nor known is learned.

    Parameters
    ----------
    range_quantile : float, default=0.001
        In [0, 0.5): the learned range goes from this quantile of training to its counterpart above.
    range_margin : float, default=1.0
        Deviations by which it is widened on both sides, > 0; infinity: no limits but those given or known.
    step_quantile : float, default=0.999
        In (0, 1], of the training steps that are not zero.
    step_factor : float, default=3.0
        The learned largest step is that quantile times this; infinity: no rule but for steps that are given.
    standstill_factor : float, default=3.0
        The longest standstill is that of training times this; infinity: no such rule.
    shortest_standstill : int, default=10
        Readings, the least that the longest standstill can be.
    lowest, highest, largest_step : array-like of shape (n_sensors,), optional
        In the sensors' units, the step from a row to the next; NaN where it is learned. Before the schema's.
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
    lowest_, highest_, largest_step_, longest_standstill_ : ndarray of shape (n_sensors,)
        In force; infinite where there is no limit.
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
    SensorQuality : blanks or holds such readings before a model sees them.

    Notes
    -----
    A missing reading (NaN, infinite) breaks no rule; a row without readings has no score. A reading upon its limit is
    sound. A sensor that never moved in training may move by one of its units and has no standstill rule. Blame shares
    the statistic by level among the sensors that break a rule, among all where none does. Levels count up to a million.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> normal = np.random.default_rng(0).normal(50.0, 1.0, size=(1000, 2))
    >>> rules = pw.RangeRules(highest=[60.0, np.nan]).fit(normal)
    >>> rows = normal[:30].copy()
    >>> rows[5, 0] = 61.0
    >>> rows[10:, 1] = 50.0
    >>> rules.rules(rows)[[5, 25]].tolist()
    ['range', 'standstill']
    """

    _plw_type = "RangeRules"
    _plw_model_class = _core.RangeRules
    _options_class = _core.RangeRulesOptions
    _options = (
        "range_quantile",
        "range_margin",
        "step_quantile",
        "step_factor",
        "standstill_factor",
        "shortest_standstill",
        "lowest",
        "highest",
        "largest_step",
    )

    def __init__(
        self,
        range_quantile: float = 0.001,
        range_margin: float = 1.0,
        step_quantile: float = 0.999,
        step_factor: float = 3.0,
        standstill_factor: float = 3.0,
        shortest_standstill: int = 10,
        lowest: ArrayLike | None = None,
        highest: ArrayLike | None = None,
        largest_step: ArrayLike | None = None,
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
        self.range_quantile = range_quantile
        self.range_margin = range_margin
        self.step_quantile = step_quantile
        self.step_factor = step_factor
        self.standstill_factor = standstill_factor
        self.shortest_standstill = shortest_standstill
        self.lowest = lowest
        self.highest = highest
        self.largest_step = largest_step

    def rules(self, X: Any) -> NDArray[Any]:
        """The worst rule that each row breaks: ``range``, ``step``, ``standstill``, or an empty text.

        The rows are taken in order, from a fresh start.

        Returns
        -------
        ndarray of str, of shape (n_rows,)
        """
        return np.asarray(self._fitted().rules(self._rows(X)), dtype=str)

    def _compiled_options(self) -> Any:
        numbers = [getattr(self, name) for name in self._options[:6]]
        return self._options_class(*numbers, *(_limits(self, name) for name in self._options[6:]))

    def _adopt(self, model: Any) -> None:
        super()._adopt(model)
        self.lowest_, self.highest_ = model.lowest, model.highest
        self.largest_step_, self.longest_standstill_ = model.largest_step, model.longest_standstill


def _limits(rules: RangeRules, name: str) -> list[float] | None:
    given = getattr(rules, name)
    if given is None:
        return None
    try:
        limits = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        limits = np.empty((0, 0))
    if limits.ndim != 1:
        raise InvalidArgument(f"RangeRules: {name} must be one number for each sensor, got {given!r}")
    return limits.tolist()  # type: ignore[no-any-return]
