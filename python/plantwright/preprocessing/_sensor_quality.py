# SPDX-License-Identifier: MIT
"""Readings that a sensor cannot have meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from plantwright.preprocessing._step import Step


class SensorQuality(Step):
    """Readings that a sensor cannot have meant, told, blanked or held, by the past alone.

    - out_of_range: beyond `limits`, by default the schema's ``lowest`` and ``highest``, or infinite;
    - saturation: at an end of the measuring range, for the columns whose `saturation` is given;
    - spike: further than `max_spike` from the median of the `spike_window` readings before;
    - rate_limit: faster than `max_rate` from the last reading that no such jump led to;
    - flat_line: within `flat_tolerance` of where it was, for `flat_after` or longer;
    - stuck_at: exactly the same, for `stuck_after` or longer;
    - late, duplicate: a stamp before the latest one; the stamp of the row before, or the latest;
    - clock_jump: a stamp further than `max_time_step` ahead of the latest (a gap of the data is one too), or behind it.

    What is not given is learned from the training rows: `factor` times their `quantile`. A column that hardly moves is
    not tested for what it cannot show. A change that lasts counts as a spike or as too fast for `spike_window` readings
    at most. A missing reading raises no flag and stays missing.

    Parameters
    ----------
    checks : sequence of str, optional
        Those above to make; default: all that the table allows.
    mode : {"flag", "blank", "hold"}, default="flag"
        Bad readings stay, become missing, or become the last good one, not older than `max_age`.
    flags : {"each", "any", "none"}, default="each"
        A column a sensor and check (``steam_t__quality_spike``), one a sensor (``steam_t__quality_bad``), or none; of
        the time likewise (``time__quality_late``). 1 where it fires, else 0.
    limits, saturation : dict of str to (float or None, float or None), optional
        By column, in its unit; None is no limit. Limits are learned about the median.
    max_spike, flat_tolerance : dict of str to float, optional
        By column, in its unit. The tolerance is learned as a tenth of the median change.
    max_rate : dict of str to float, optional
        By column, in its unit by second, or by row where the table has no time.
    flat_after, stuck_after : int or str, optional
        Readings, or a duration as "30min"; learned: at least 10 readings.
    max_time_step : str, optional
        A duration as "5min".
    spike_window : int, default=5
        Readings, from 3 to 101.
    quantile : float, default=0.99
    factor : float, default=3
    max_age : int or str, optional
        For hold: the age limit in rows (of the group), or a duration.
    columns : list of str, or dict of "kinds" and "roles", optional
        The sensors; default: all number columns that are inputs.
    time : str, optional
        The time column; default: the first one, if there is one.
    by : str, optional
        The category column of groups: each has a clock and sensors of its own.
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Attributes
    ----------
    low_, high_, max_spike_, max_rate_, flat_tolerance_, flat_after_, stuck_after_ : ndarray of shape (n_columns,)
        The limits, given or learned; NaN where a column is not tested.
    max_time_step_ : ndarray of shape (1,)
        In seconds.

    References
    ----------
    U.S. Integrated Ocean Observing System, "Manual for real-time quality control of in-situ temperature and salinity
    data" (QARTOD), 2020; F. R. Hampel, "The influence curve and its role in robust estimation", JASA 69, 1974.

    Examples
    --------
    >>> import plantwright as pw
    >>> frame = pw.Frame({"steam_t": [500.0, 501.0, 500.5, -999.0, 502.0]})
    >>> step = pw.SensorQuality(["out_of_range"], mode="hold", limits={"steam_t": (0, 650)}).fit(frame)
    >>> step.transform(frame)["steam_t"]
    array([500. , 501. , 500.5, 500.5, 502. ])
    >>> step.transform(frame)["steam_t__quality_out_of_range"]
    array([0., 0., 0., 1., 0.])
    """

    _step_type = "SensorQuality"

    def __init__(
        self,
        checks: Sequence[str] = (),
        *,
        mode: str = "flag",
        flags: str = "each",
        limits: Mapping[str, tuple[float | None, float | None]] | None = None,
        saturation: Mapping[str, tuple[float | None, float | None]] | None = None,
        max_spike: Mapping[str, float] | None = None,
        max_rate: Mapping[str, float] | None = None,
        flat_tolerance: Mapping[str, float] | None = None,
        flat_after: int | str | None = None,
        stuck_after: int | str | None = None,
        max_time_step: str | None = None,
        spike_window: int = 5,
        quantile: float = 0.99,
        factor: float = 3,
        max_age: int | str | None = None,
        columns: Any = None,
        time: str | None = None,
        by: str | None = None,
        n_jobs: int | None = None,
    ) -> None:
        self.checks = checks
        self.mode = mode
        self.flags = flags
        self.limits = limits
        self.saturation = saturation
        self.max_spike = max_spike
        self.max_rate = max_rate
        self.flat_tolerance = flat_tolerance
        self.flat_after = flat_after
        self.stuck_after = stuck_after
        self.max_time_step = max_time_step
        self.spike_window = spike_window
        self.quantile = quantile
        self.factor = factor
        self.max_age = max_age
        self.columns = columns
        self.time = time
        self.by = by
        self.n_jobs = n_jobs
