# SPDX-License-Identifier: MIT
"""Rows one by one through a fitted ensemble."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plantwright import _core as _core_root
from plantwright.core import InvalidArgument
from plantwright.detect._verdict import EnsembleVerdict, verdict_of

if TYPE_CHECKING:
    from plantwright.detect._ensemble import EnsembleDetector

_NO_TIME = int(np.iinfo(np.int64).min)


class StreamingDetector:
    """A stream of raw rows through an `EnsembleDetector`, to the bits that whole tables give.

    Made by `EnsembleDetector.stream` and `EnsembleDetector.resume`. It holds the state, the detector stays as it is;
    any number of streams share one. A stream belongs to one thread.

    Notes
    -----
    A row stamped before the last one is late, as the last one a duplicate; both, and rows without a time where the
    detector knows a time column, are refused with a flag and change nothing. After a step longer than `max_gap` periods
    since the last reading the members begin anew; an alarm stands until scores say that it is over. A row without any
    reading has no severity. A row stamped more than a day (and `max_gap`) ahead is refused as ``future`` unless the
    next one confirms it; after two such every true row is late: `restart` then.
    """

    def __init__(self, detector: EnsembleDetector, core: Any) -> None:
        model = detector._model
        self._core = core
        self._names = list(model.names)
        self._sensors = detector._sensors()
        self._units = list(model.units)
        self._members = list(model.member_names)
        self._time_name = str(model.time_name)
        self._timed = bool(self._time_name)

    def update(self, row: Any, time: Any = None) -> EnsembleVerdict:
        """Take one row, in the order of arrival, and say what it is worth.

        Parameters
        ----------
        row : mapping of names to values, or numbers in the order of the sensors
            A sensor that is absent from a mapping, None, NaN or infinite is missing. A mapping may hold the time under
            the name of the fitted table's time column; what else it holds is ignored.
        time : datetime, datetime64 or int (nanoseconds), optional
            Where the row is no mapping with a time. Without any the row follows the last one by a period.

        Returns
        -------
        EnsembleVerdict

        Raises
        ------
        InvalidArgument
            On another number of values, and values that are no numbers; the stream is then as it was.
        """
        if isinstance(row, Mapping):
            if time is None and self._timed:
                time = row.get(self._time_name, _NO_TIME)
                time = _NO_TIME if time is None else time
            row = [row.get(name) for name in self._sensors]
        stamp = None if time is None else nanoseconds_of(time)
        self._timed = self._timed or isinstance(time, np.datetime64) or hasattr(time, "tzinfo")
        verdict = self._core.update(_numbers(row), stamp)
        return verdict_of(verdict, self._sensors, self._units, self._members, self._timed)

    def shelve(self, until: Any) -> None:
        """Mute the alarm.

        The stream goes on, but its verdicts say ``shelved`` for rows before a time.

        Parameters
        ----------
        until : datetime, datetime64, int (nanoseconds), or timedelta, timedelta64
            The time; or for how long from the last row on.
        """
        if isinstance(until, (timedelta, np.timedelta64)):
            until = self._core.last_time + int(np.timedelta64(until).astype("m8[ns]").astype(np.int64))
        self._core.shelve(nanoseconds_of(until))

    def unshelve(self) -> None:
        """Let alarms be told again."""
        self._core.unshelve()

    def restart(self) -> None:
        """Forget all rows, the clock and the alarm; `shift` and shelving stay."""
        self._core.restart()

    @property
    def shift(self) -> float:
        """By how much severities are told lower than the detector was fitted to; 0 without `drift_half_life`."""
        return float(self._core.shift)

    def save(self, path: str | os.PathLike[str], extra: Mapping[str, Any] | None = None) -> None:
        """Save the state, to go on from with `EnsembleDetector.resume`; the detector has its own file.

        The file is written beside its final place and renamed: a crash leaves the old or the new one, whole.

        Parameters
        ----------
        path : str or path-like
        extra : mapping, optional
            More members for the file's header, such as the number of rows taken (`plantwright.io.read_header`).

        Raises
        ------
        IoError
            If the operating system refuses.
        """
        data = self._core.to_bytes()
        if extra:
            data = _core_root.with_header_members(data, json.dumps(dict(extra), allow_nan=False))
        _core_root.write_atomically(path, data)


def nanoseconds_of(time: Any) -> int:
    """Nanoseconds of a time; the least integer for NaT."""
    if isinstance(time, (int, np.integer)) and not isinstance(time, bool):
        return int(time)
    try:
        if getattr(time, "tzinfo", None) is not None:
            time = time.astimezone(UTC).replace(tzinfo=None)
        return int(np.datetime64(time).astype("M8[ns]").astype(np.int64))
    except (TypeError, ValueError):
        raise InvalidArgument(f"time must be a datetime, datetime64 or integer nanoseconds, got {time!r}") from None


def _numbers(row: Any) -> NDArray[np.float64]:
    try:
        numbers = np.asarray(row, dtype=np.float64)
    except (TypeError, ValueError):
        raise InvalidArgument(f"update: row must hold numbers, None or NaN where missing, got {row!r}") from None
    if numbers.ndim != 1:
        raise InvalidArgument(f"update: row must be one row of numbers, got shape {numbers.shape}")
    return numbers
