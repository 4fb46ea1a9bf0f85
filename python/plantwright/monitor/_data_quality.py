# SPDX-License-Identifier: MIT
"""`data_quality`: completeness, validity, timeliness and uniqueness of a table, per column and over time."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

from plantwright import _core
from plantwright.core import InvalidArgument
from plantwright.frame import Schema
from plantwright.frame._frame import as_frame


def data_quality(
    frame: Any,
    time: str | None = None,
    by: str | None = None,
    period: str = "1d",
    *,
    interval: str | None = None,
    max_gap: str | None = None,
    reference: Schema | None = None,
    flat_line: int = 6,
    rare_share: float = 0.001,
) -> DataQuality:
    r"""How far a table of readings can be relied upon, per column and over time.

    .. math:: \text{score} = \text{completeness} \cdot \text{validity} \cdot \text{timeliness} \cdot \text{uniqueness}

    The share of what should be there that can be used, if troubles fall independently:

    ============  =================================================================================================
    completeness  Present values over expected ones; mean over the columns. Expected is what the sampling interval
                  makes of the time between a series' first and last stamp; without time, the rows.
    validity      Of the present values, those that are finite, within `lowest` and `highest` of their column's
                  schema, and of a level that the reference knows; mean over the columns.
    timeliness    Of the rows, those with a stamp that is neither late nor seen before.
    uniqueness    Of the rows, those that repeat no earlier one, times the mean over the columns of the share of
                  values that stand in no flat line.
    ============  =================================================================================================

    Parameters
    ----------
    frame : Frame or table
    time : str, optional
        The time column; default: the one of role "time", if any.
    by : str, optional
        A category column: each level's rows are a series on their own (stations, machines).
    period : str, default="1d"
        What is shown over time: a duration; at most 100,000 periods.
    interval : str, optional
        Between the rows of a series, a duration; default: the median step.
    max_gap : str, optional
        A longer step is a gap; default: 1.5 intervals.
    reference : Schema, optional
        Ranges and levels by column name, say of the table that a model was trained on; default: the table's own.
    flat_line : int, default=6
        Equal readings in a row that are still believed, at least 2. Asked only of columns that move: where half of
        the successive readings differ.
    rare_share : float, default=0.001
        Levels below this share of their column are named; 0 to below 1.

    Returns
    -------
    DataQuality

    Raises
    ------
    InvalidArgument
        On a parameter out of range, or a column of another kind than asked for.
    SchemaMismatch
        Where a named column is absent.

    Notes
    -----
    A row is late whose stamp lies before one that came earlier; three or more late rows running on from each other are
    reported as a clock that was put back. What there is nothing to judge by (the validity of a column without values)
    is NaN and no part of a mean. One pass a column, besides sorting the stamps; the same answer every time.

    References
    ----------
    .. [1] ISO 8000-8:2015, Data quality: Information and data quality: Concepts and measuring.
    .. [2] Batini, C., & Scannapieco, M. (2016). Data and Information Quality. Springer.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> hours = np.datetime64("2024-03-01", "ns") + np.arange(48) * np.timedelta64(1, "h")
    >>> steam = np.sin(np.arange(48.0))
    >>> steam[5:17] = np.nan
    >>> frame = pw.Frame({"time": hours, "steam_t": steam}, roles={"time": "time"})
    >>> quality = pw.monitor.data_quality(frame)
    >>> quality.completeness, quality.findings
    (0.75, ['steam_t: 12 values are missing'])
    >>> quality["steam_t"]["completeness_by_period"]
    [0.5, 1.0]
    """
    report, text = _core.data_quality(
        as_frame(frame)._core,
        time=time or "",
        by=by or "",
        period=period,
        interval=interval,
        max_gap=max_gap,
        reference=None if reference is None else reference._core,
        flat_line=flat_line,
        rare_share=rare_share,
    )
    return DataQuality(json.loads(report), text)


class DataQuality:
    """What `data_quality` found; immutable.

    Attributes
    ----------
    score, completeness, validity, timeliness, uniqueness : float
        In [0, 1]; NaN where there is nothing to judge by.
    rows, expected_rows, duplicate_rows : int
    columns : list of str
        All but the time column; ``quality[name]`` is what was found in one.
    findings : list of str
        One sentence each, of what is not as it should be.
    time : dict
        The sampling interval, late rows, doubled stamps, gaps and clock jumps.

    Examples
    --------
    >>> import plantwright as pw
    >>> print(pw.monitor.data_quality({"x": [1.0, 2.0, float("inf")]}))
    Data quality 66.7 % of 3 rows: completeness 100.0 %, validity 66.7 %, timeliness -, uniqueness 100.0 %
                       score      complete         valid        unique
      x               66.7 %       100.0 %        66.7 %       100.0 %
    - x: 1 value is not finite
    """

    def __init__(self, report: dict[str, Any], text: str) -> None:
        self._report = report
        self._text = text
        self._columns = {column["name"]: column for column in report["columns"]}

    @property
    def score(self) -> float:
        """The product of the four dimensions."""
        return self._share("score")

    @property
    def completeness(self) -> float:
        """Of the expected values, those that are there."""
        return self._share("completeness")

    @property
    def validity(self) -> float:
        """Of the present values, those that can be."""
        return self._share("validity")

    @property
    def timeliness(self) -> float:
        """Of the rows, those that came in order, with a stamp of their own."""
        return self._share("timeliness")

    @property
    def uniqueness(self) -> float:
        """Of rows and values, those that repeat nothing."""
        return self._share("uniqueness")

    @property
    def rows(self) -> int:
        """Of the table."""
        return int(self._report["rows"])

    @property
    def expected_rows(self) -> int:
        """What the sampling interval makes of the time covered."""
        return int(self._report["expected_rows"])

    @property
    def duplicate_rows(self) -> int:
        """Rows that repeat an earlier one in every column."""
        return int(self._report["duplicate_rows"])

    @property
    def columns(self) -> list[str]:
        """All but the time column."""
        return list(self._columns)

    @property
    def findings(self) -> list[str]:
        """What is not as it should be."""
        return list(self._report["findings"])

    @property
    def time(self) -> dict[str, Any]:
        """Interval, late rows, doubled stamps, gaps, clock jumps."""
        return dict(self._report["time"])

    def __getitem__(self, column: str) -> dict[str, Any]:
        """What was found in one column."""
        if column not in self._columns:
            raise InvalidArgument(f"DataQuality: there is no column {column!r}; there are {', '.join(self._columns)}")
        return dict(self._columns[column])

    def to_dict(self) -> dict[str, Any]:
        """Everything, in types that JSON knows; None where there is nothing to judge by."""
        return json.loads(json.dumps(self._report))  # type: ignore[no-any-return]

    def to_html(self, path: str | os.PathLike[str] | None = None, title: str = "Data quality") -> str:
        """One page that needs nothing else: the score, the findings, every column, and the columns over time.

        Parameters
        ----------
        path : path-like, optional
            Where to write the page too.
        title : str, default="Data quality"
        """
        from plantwright.report import quality_page

        page = quality_page(title, self._report)
        if path is not None:
            Path(path).write_text(page, encoding="utf-8")
        return page

    def _share(self, name: str) -> float:
        value = self._report[name]
        return math.nan if value is None else float(value)

    def __str__(self) -> str:
        """Score, a line a column, and the findings."""
        return self._text.rstrip("\n")

    def __repr__(self) -> str:
        """The score and the table's size."""
        return f"DataQuality(score={self.score:.3f}, {self.rows} rows, {len(self.columns)} columns)"
