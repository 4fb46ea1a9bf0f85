# SPDX-License-Identifier: MIT
"""Warns, naming columns, when a split or a column makes a score too good to be true."""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass, field
from typing import Any

from plantwright._core import evaluate as _core
from plantwright.frame import as_frame


class LeakWarning(UserWarning):
    """A score of this split will be too good to be true, or may be."""


@dataclass(frozen=True)
class LeakFinding:
    """One finding of :func:`leak_check`.

    Attributes
    ----------
    kind : {"same_time", "same_group", "identical_rows", "time_order", "near_target", "same_moment"}
    columns : list of str
        The columns concerned.
    rows : int
        How many test rows are concerned; 0 where the finding is about a column.
    value : float
        The share of the test rows; for a column the largest measure of dependence.
    message : str
    """

    kind: str
    columns: list[str]
    rows: int
    value: float
    message: str


@dataclass(frozen=True)
class LeakReport:
    """What :func:`leak_check` found; true where there is a finding.

    Attributes
    ----------
    findings : list of LeakFinding
    notes : list of str
        What could not be checked, and why.
    """

    findings: list[LeakFinding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def suspect_columns(self) -> list[str]:
        """Columns that nearly equal the target, or look like measurements of the same moment."""
        return [f.columns[0] for f in self.findings if f.kind in ("near_target", "same_moment")]

    def of_kind(self, kind: str) -> list[LeakFinding]:
        """The findings of one kind."""
        return [f for f in self.findings if f.kind == kind]

    def warn(self, stacklevel: int = 2) -> None:
        """Issues one `LeakWarning` a finding."""
        for finding in self.findings:
            warnings.warn(finding.message, LeakWarning, stacklevel=stacklevel + 1)

    def __bool__(self) -> bool:
        return bool(self.findings)

    def __str__(self) -> str:
        lines = [f.message for f in self.findings] or ["No leak was found."]
        return "\n".join(lines + [f"Note: {note}" for note in self.notes])

    @classmethod
    def _of_json(cls, text: str) -> LeakReport:
        content = json.loads(text)
        return cls([LeakFinding(**finding) for finding in content["findings"]], content["notes"])


def leak_check(
    train: Any,
    test: Any,
    *,
    target: str | None = None,
    time: str | None = None,
    group: str | None = None,
    compare_columns: bool = True,
    warn: bool = True,
) -> LeakReport:
    """Looks for what makes the score on `test` of a model trained on `train` too good to be true.

    Reported, and warned about, by name and number: the same time stamp or group on both sides; identical feature rows
    on both sides; tested rows earlier than training rows; columns that nearly equal the target; columns that look like
    measurements of the same moment as the target. Nothing is ever dropped: the last two are questions to whoever knows
    the plant. How they are measured, and their limits, stands in ``docs/evaluate.md``.

    Parameters
    ----------
    train, test : Frame, or any table that a Frame can be made of
    target, time, group : str, optional
        Column names; by default the columns of those roles.
    compare_columns : bool, default=True
        False looks at rows alone.
    warn : bool, default=True
        Whether to issue a `LeakWarning` for each finding.

    Returns
    -------
    LeakReport

    Raises
    ------
    SchemaMismatch
        Where a named column is absent.
    InvalidArgument
        Where a side is empty or a column is of another kind on the other side.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> rng = np.random.default_rng(0)
    >>> y = rng.normal(size=100)
    >>> table = {"load": rng.normal(size=100), "carbon": np.round(y, 2), "energy": y}
    >>> train, test = ({k: v[rows] for k, v in table.items()} for rows in (slice(80), slice(80, None)))
    >>> pw.evaluate.leak_check(train, test, target="energy", warn=False).suspect_columns
    ['carbon']
    """
    options = _core.LeakOptions(target or "", time or "", group or "", compare_columns)
    report = LeakReport._of_json(_core.leak_check(as_frame(train)._core, as_frame(test)._core, options))
    if warn:
        report.warn(stacklevel=2)
    return report


def suspect_columns(
    table: Any, *, target: str | None = None, time: str | None = None, group: str | None = None
) -> LeakReport:
    """The columns' part of :func:`leak_check` on one table, without warnings.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> y = np.random.default_rng(0).normal(size=100)
    >>> print(pw.evaluate.suspect_columns({"copy": 2 * y, "y": y}, target="y").findings[0].kind)
    near_target
    """
    options = _core.LeakOptions(target or "", time or "", group or "", True)
    return LeakReport._of_json(_core.suspect_columns(as_frame(table)._core, options))
