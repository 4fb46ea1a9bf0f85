# SPDX-License-Identifier: MIT
"""Frames as NumPy arrays and pandas tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from plantwright.core import InvalidArgument


def values_of(column: Any) -> npt.NDArray[Any]:
    """Numbers as they are, categories as their levels (None: missing), times as datetime64[ns]."""
    values: npt.NDArray[Any] = column.values()
    if column.kind == "time":
        return values.view("datetime64[ns]")
    if column.kind == "category":
        levels: npt.NDArray[Any] = np.array([*column.levels, None], dtype=object)
        texts: npt.NDArray[Any] = levels[values]  # code -1 finds the None
        return texts
    return values


def matrix_of(core: Any, names: list[str], dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    """Numbers and codes, column-major, so that each column lies together."""
    matrix = np.empty((core.rows, len(names)), dtype=dtype, order="F")
    for j, name in enumerate(names):
        column = core.column(name)
        if column.kind == "time":
            raise InvalidArgument(
                f"Frame.to_numpy: column {name!r} is a time; name the columns wanted, or use with_calendar"
            )
        matrix[:, j] = _codes_with_nan(column) if column.kind == "category" else column.values()
    return matrix


def _codes_with_nan(column: Any) -> npt.NDArray[np.float64]:
    codes: npt.NDArray[np.float64] = column.values().astype(np.float64)
    codes[codes < 0] = np.nan
    return codes


def pandas_of(core: Any) -> Any:
    """A pandas DataFrame; categories as Categorical, times in their zone."""
    import pandas as pd

    series = {}
    for spec in core.schema.columns:
        column = core.column(spec.name)
        if column.kind == "category":
            series[spec.name] = pd.Series(pd.Categorical.from_codes(column.values(), categories=column.levels))
        elif column.kind == "time":
            times = pd.Series(values_of(column))
            zone = spec.time_zone
            series[spec.name] = times.dt.tz_localize("UTC").dt.tz_convert(_pandas_zone(zone)) if zone else times
        else:
            series[spec.name] = pd.Series(column.values())
    return pd.DataFrame(series)


def _pandas_zone(zone: str) -> Any:
    import datetime

    if zone[0] not in "+-":
        return zone
    digits = zone[1:].replace(":", "").ljust(4, "0")
    offset = datetime.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return datetime.timezone(-offset if zone[0] == "-" else offset)
