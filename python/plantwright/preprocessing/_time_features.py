# SPDX-License-Identifier: MIT
"""Calendar and clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from plantwright.preprocessing._step import Step


class TimeFeatures(Step):
    """What the calendar, the shift plan and the clock say of a time column, as columns beside it.

    In the zone of the time column; where it has none, on the plant's local clock. Of a missing stamp everything is
    missing, as are the elapsed time of a row without a known group and the shift of a time that is in none.

    Parameters
    ----------
    columns : str, list of str, or dict of "kinds" and "roles", optional
        The time columns; default: all.
    features : list of str, default=("hour", "weekday", "month")
        Any of hour, minute_of_day, weekday (Monday = 0), day_of_year (from 1), month (from 1), year, is_weekend,
        is_holiday, shift (a category), and elapsed (hours since the first stamp of the table, stream or group, as
        ``t__elapsed_h``).
    cyclical : bool, default=False
        Whether hour, minute_of_day, weekday, day_of_year and month become points on a circle, ``t__hour_sin`` and
        ``t__hour_cos``, so that 23:00 is near 00:00.
    holidays : list of date or str, default=()
        For is_holiday.
    shifts : dict of str to str, optional
        For shift: ``{"early": "06:00-14:00", "night": "22:00-06:00"}``, each up to before its end; the first that fits
        counts.
    by : str, optional
        The category column of groups, for elapsed.
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> frame = pw.Frame({"t": np.array(["2019-01-05T07:00", "2019-01-07T23:00"], "M8[ns]")})
    >>> step = pw.TimeFeatures("t", features=["hour", "is_weekend", "shift"], shifts={"early": "06:00-14:00"})
    >>> out = step.fit_transform(frame)
    >>> out["t__hour"], out["t__is_weekend"], list(out["t__shift"])
    (array([ 7., 23.]), array([1., 0.]), ['early', None])
    """

    _step_type = "TimeFeatures"

    def __init__(
        self,
        columns: Any = None,
        *,
        features: Sequence[str] = ("hour", "weekday", "month"),
        cyclical: bool = False,
        holidays: Sequence[Any] = (),
        shifts: Mapping[str, str] | None = None,
        by: str | None = None,
        n_jobs: int | None = None,
    ) -> None:
        self.columns = columns
        self.features = features
        self.cyclical = cyclical
        self.holidays = holidays
        self.shifts = shifts
        self.by = by
        self.n_jobs = n_jobs
