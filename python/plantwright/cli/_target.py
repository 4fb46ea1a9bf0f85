# SPDX-License-Identifier: MIT
"""The column to predict: found by name, read as numbers or classes, and the task that follows from it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Any

import numpy as np

from plantwright.cli._terminal import CliError

MAX_CLASSES_GUESSED = 10  # whole numbers with more distinct values are taken for quantities
MAX_CLASSES = 1000


@dataclass(frozen=True)
class Target:
    """`values` are floats (regression), or texts or integers (classification); `known` marks rows that have one."""

    name: str
    unit: str
    task: str
    values: np.ndarray
    known: np.ndarray

    def take(self, rows: np.ndarray) -> Target:
        return Target(self.name, self.unit, self.task, self.values[rows], self.known[rows])

    @property
    def is_numbered(self) -> bool:
        """Whether whole numbers are the classes."""
        return self.task == "classification" and self.values.dtype.kind == "i"

    @property
    def classes(self) -> np.ndarray:
        """Every class of the column, in ascending order."""
        return np.unique(self.values)

    def spread(self, probabilities: np.ndarray, classes: np.ndarray) -> np.ndarray:
        """Probabilities over all classes: zero for those that the training rows lack."""
        spread = np.zeros((probabilities.shape[0], self.classes.size))
        spread[:, np.searchsorted(self.classes, classes.astype(self.values.dtype))] = probabilities
        return spread


def require_column(name: str, names: list[str], what: str) -> None:
    """Throws one sentence that suggests what may have been meant."""
    if name in names:
        return
    same_letters = [n for n in names if n.casefold().strip() == name.casefold().strip()]
    near = same_letters or difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    if near:
        raise CliError(f"no {what} column {name!r}; did you mean {' or '.join(repr(n) for n in near)}?")
    shown = ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
    raise CliError(f"no {what} column {name!r}; there are: {shown}")


def read_target(frame: Any, name: str, task: str | None) -> Target:
    spec = frame.schema[name]
    if spec.kind == "time":
        raise CliError(f"target {name!r} is a time; it must hold numbers or classes")
    values = frame[name]
    if spec.kind == "category":
        return _classes_from_texts(values, spec, task)
    values = np.asarray(values, dtype=np.float64)
    known = np.isfinite(values)
    if np.isinf(values).any():
        raise CliError(f"target {name!r} holds infinite numbers")
    distinct = np.unique(values[known])
    whole = bool(np.all(distinct == np.round(distinct)))
    task = task or ("classification" if whole and distinct.size <= MAX_CLASSES_GUESSED else "regression")
    if task == "regression":
        return Target(name, spec.unit, task, values, known)
    if not whole or distinct.size > MAX_CLASSES:
        raise CliError(f"target {name!r} has {distinct.size} distinct numbers"
                       f"{'' if whole else ', not all whole'}; classification needs classes")  # fmt: skip
    return Target(name, "", task, np.where(known, values, 0).astype(np.int64), known)


def _classes_from_texts(texts: np.ndarray, spec: Any, task: str | None) -> Target:
    if task == "regression":
        raise CliError(f"target {spec.name!r} holds texts such as {spec.levels[0]!r}; regression needs numbers")
    if len(spec.levels) > MAX_CLASSES:
        raise CliError(f"target {spec.name!r} has {len(spec.levels)} different texts; that is no classification")
    known = np.array([t is not None for t in texts], dtype=bool)
    return Target(spec.name, "", "classification", np.where(known, texts, "").astype(str), known)
