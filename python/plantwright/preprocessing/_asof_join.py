# SPDX-License-Identifier: MIT
"""Tables with different clocks, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plantwright import _core
from plantwright.core import InvalidArgument
from plantwright.frame import Frame, as_frame


def asof_join(
    left: Any,
    right: Any,
    *,
    on: str | None = None,
    by: str | Sequence[str] = (),
    direction: str = "backward",
    tolerance: str | None = None,
    allow_exact_matches: bool = True,
    suffix: str = "_right",
) -> Frame:
    """Give each row of a table beside the row of another that was the latest then: laboratory values, say.

    As pandas' ``merge_asof``, but neither table need be sorted: left rows keep their order, and there are as many as
    before. Where there is no row, values are missing; so are they for a left row without a stamp or a group. Of right
    rows with one stamp the last goes before the others (forward: the first).

    Parameters
    ----------
    left, right : Frame or table
    on : str, optional
        The time column of both; default: of each its own, of role "time" or else the first.
    by : str or sequence of str, optional
        Category columns of both: each combination of levels on its own.
    direction : {"backward", "forward", "nearest"}, default="backward"
        backward is causal: the row with the latest stamp not after the left one. forward and nearest look ahead: a
        model trained so is better than it can be in the plant.
    tolerance : str, optional
        A duration: rows further away do not count.
    allow_exact_matches : bool, default=True
        Whether a row with the same stamp counts.
    suffix : str, default="_right"
        For right columns whose name the left table has.

    Returns
    -------
    Frame
        The left columns, then the right ones but for time and group; units and roles go on.

    Raises
    ------
    InvalidArgument
        On a parameter out of range, where a table has no time column, and where a name is taken.
    SchemaMismatch
        On an unknown name.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> at = np.array(["2024-01-01T08:00", "2024-01-01T08:10", "2024-01-01T08:20"], "M8[ns]")
    >>> process = pw.Frame({"at": at, "steam_t": [500.0, 501.0, 502.0]})
    >>> laboratory = pw.Frame({"at": at[1:2], "moisture": [7.5]})
    >>> pw.asof_join(process, laboratory, tolerance="5min")["moisture"]
    array([nan, 7.5, nan])
    """
    if tolerance is not None and not isinstance(tolerance, str):
        raise InvalidArgument(f'asof_join: tolerance must be a duration such as "10min", got {tolerance!r}')
    groups = [by] if isinstance(by, str) else list(by)
    frames = as_frame(left)._core, as_frame(right)._core
    return Frame._of_core(_core.asof_join(*frames, on, groups, direction, tolerance, allow_exact_matches, suffix))
