# SPDX-License-Identifier: MIT
"""What a report tells, before it is told in HTML."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class ColumnLine:
    """One column of the data as the report lists it."""

    name: str
    kind: str
    role: str
    unit: str = ""
    n_missing: int = 0
    is_input: bool = True
    description: str = ""


@dataclass(frozen=True)
class Score:
    """The metrics of one model or baseline on the test rows, in the order of the table."""

    name: str
    metrics: dict[str, float]
    is_baseline: bool = True
    note: str = ""


@dataclass(frozen=True)
class Suspect:
    """A column that may know the answer, and why it looks so."""

    name: str
    reason: str


@dataclass(frozen=True)
class ReportContent:
    """Everything on the page; arrays cover the test rows alone, `(n_test,)`.

    `times` is datetime64 or None (file order). For classification, `actual` and `predicted` are class names and
    `probabilities` is `(n_test, n_classes)`.
    """

    title: str
    target: str
    task: str
    facts: dict[str, str]
    split: dict[str, str]
    scores: list[Score]
    actual: np.ndarray
    predicted: np.ndarray
    unit: str = ""
    times: np.ndarray | None = None
    classes: list[str] = field(default_factory=list)
    probabilities: np.ndarray | None = None
    columns: list[ColumnLine] = field(default_factory=list)
    suspects: list[Suspect] = field(default_factory=list)
    importances: list[tuple[str, float]] = field(default_factory=list)
    importance_kind: str = "mean decrease of impurity"
    notes: list[str] = field(default_factory=list)
