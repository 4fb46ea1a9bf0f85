# SPDX-License-Identifier: MIT
"""Rows one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

import numpy as np

from plantwright.core import InvalidArgument


class RowTaker:
    """Gives rows of Python values to a compiled stream."""

    def __init__(self, core: Any) -> None:
        self._core = core
        schema = core.input_schema
        self._names: list[str] = list(schema.names())
        self._known = frozenset(self._names)
        self._times = [i for i, spec in enumerate(schema.columns) if spec.kind == "time"]

    def restart(self) -> None:
        """Forget all rows."""
        self._core.restart()

    def _take(self, row: Mapping[str, Any] | Sequence[Any]) -> tuple[Any, ...]:
        if isinstance(row, Mapping):
            unknown = [name for name in row if name not in self._known]
            if unknown:
                raise InvalidArgument(f"stream: there is no column {unknown[0]!r}; known are {', '.join(self._names)}")
            values = [row.get(name) for name in self._names]
        else:
            values = list(row)
        if len(values) == len(self._names):
            for i in self._times:
                values[i] = _nanoseconds(values[i])
        taken: tuple[Any, ...] = self._core.update(values)
        return taken


class StepStream(RowTaker):
    """A fitted step that takes rows one by one, to the bits that whole tables give.

    Made by `stream()`; it belongs to one thread.
    """

    def __init__(self, model: Any) -> None:
        super().__init__(model.stream())
        out = self._core.schema
        self._out_names: list[str] = list(out.names())
        self._out_times = frozenset(i for i, spec in enumerate(out.columns) if spec.kind == "time")

    @property
    def names(self) -> list[str]:
        """Of the values that come out."""
        return list(self._out_names)

    def update(self, row: Mapping[str, Any] | Sequence[Any]) -> Any:
        """Take one row; a mapping gives a dict by name, a sequence a tuple.

        Parameters
        ----------
        row : mapping of column names to values, or sequence in the order of the columns
            Numbers (NaN or None: missing), texts, and times as datetime64 or datetime. Columns that are absent from a
            mapping are missing.
        """
        values = self._take(row)
        if self._out_times:
            values = tuple(
                np.datetime64(value, "ns") if i in self._out_times and value is not None else value
                for i, value in enumerate(values)
            )
        return dict(zip(self._out_names, values, strict=True)) if isinstance(row, Mapping) else values


def _nanoseconds(value: Any) -> int | None:
    if value is None or (isinstance(value, np.datetime64) and np.isnat(value)):
        return None
    if getattr(value, "tzinfo", None) is not None:
        value = value.astimezone(UTC).replace(tzinfo=None)
    return int(np.datetime64(value).astype("M8[ns]").astype(np.int64))  # no float holds all of a stamp's digits
