# SPDX-License-Identifier: MIT
"""One row an interval."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from plantwright import _core
from plantwright.core import InvalidArgument
from plantwright.frame import Frame, as_frame


def resample(
    table: Any,
    every: str = "1d",
    statistics: Sequence[str] = ("mean",),
    *,
    min_count: int = 1,
    time: str | None = None,
    by: str | None = None,
    columns: Any = None,
) -> Frame:
    """Give one row an interval of time and group: daily means of hourly readings, say.

    Days begin at the plant's midnight, shorter intervals at multiples since then; each is named by its begin. An
    interval without rows has none in the result. It changes rows and so is no step of a `Model`: apply it to what is
    fitted on and to what is predicted.

    Parameters
    ----------
    table : Frame or table
    every : str
        A duration: "1d", "1h", "15min", ...
    statistics : sequence of {"mean", "sum", "min", "max", "std", "median", "count", "first", "last"}
        Of number columns, each over the present readings; "std" divides by n - 1. Categories give their most frequent
        level.
    min_count : int, default=1
        The rule of completeness: a value is missing where its interval has fewer present readings (18 of 24 hours).
    time : str, optional
        The time column; default: the one of role "time".
    by : str, optional
        A category column: each level's rows on their own.
    columns : list of str, or dict of "kinds" and "roles", optional
        Default: all numbers and categories but ignored and group ones.

    Returns
    -------
    Frame
        The time, the group, and columns named like ``TEMP__mean_1d`` and ``wd__mode_1d``; units and roles go on. In
        order of time, then of the group's levels.

    Raises
    ------
    InvalidArgument
        On a parameter out of range, and where there is no time column.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> hours = np.datetime64("2024-01-01T00:00", "ns") + np.arange(48) * np.timedelta64(1, "h")
    >>> hourly = pw.Frame({"at": hours, "pm10": np.arange(48.0)}, roles={"at": "time"})
    >>> pw.resample(hourly, "1d", ["mean", "max"], min_count=18)["pm10__mean_1d"]
    array([11.5, 35.5])
    """
    if isinstance(statistics, str) or not isinstance(every, str):
        raise InvalidArgument(
            "resample: every must be a duration and statistics a list of names, "
            f"got every={every!r}, statistics={statistics!r}"
        )
    core = as_frame(table)._core
    return Frame._of_core(_core.resample(core, every, list(statistics), min_count, time, by, json.dumps(columns)))
