# SPDX-License-Identifier: MIT
"""NumPy arrays and lists of Python objects as compiled columns."""

from __future__ import annotations

import datetime
import numbers
from typing import Any

import numpy as np
import numpy.typing as npt

from plantwright import _core
from plantwright.core import InvalidArgument

SpecAndColumn = tuple[Any, Any]

_NANOSECONDS = {"W": 604800 * 10**9, "D": 86400 * 10**9, "h": 3600 * 10**9, "m": 60 * 10**9, "s": 10**9}
_NANOSECONDS |= {"ms": 10**6, "us": 10**3, "ns": 1}
_NAT = np.iinfo(np.int64).min


def spec_of(name: str, kind: str, time_zone: str = "") -> Any:
    """A spec with the defaults for everything else."""
    spec = _core.ColumnSpec()
    spec.name, spec.kind, spec.time_zone = name, kind, time_zone
    spec.role = "time" if kind == "time" else "feature"
    return spec


def number_column(name: str, values: npt.NDArray[Any]) -> SpecAndColumn:
    """Float32 and float64 without a copy, wherever they lie aligned and in native byte order; others as float64."""
    native = values.dtype.newbyteorder("=")
    dtype = native if native in (np.float32, np.float64) else np.dtype(np.float64)
    if values.dtype != dtype or not values.flags.aligned or _has_odd_stride(values):
        values = np.array(values, dtype=dtype)
    return spec_of(name, "number"), _core.Column.numbers(values)


def text_column(name: str, values: list[Any]) -> SpecAndColumn:
    """Texts as categories; whatever is no text is missing."""
    return spec_of(name, "category"), _core.categories_from_texts(values)


def category_column(name: str, codes: npt.NDArray[Any], levels: list[Any]) -> SpecAndColumn:
    """Codes of levels in their own order; levels that are no text are written as one."""
    column = _core.Column.categories(np.ascontiguousarray(codes, dtype=np.int32), [str(level) for level in levels])
    return spec_of(name, "category"), column


def time_column(name: str, values: npt.NDArray[Any], time_zone: str = "") -> SpecAndColumn:
    """datetime64 of any unit: instants in UTC with a zone, or the plant's local clock without."""
    return spec_of(name, "time", time_zone), _core.Column.times(_nanoseconds(name, values))


def column_of_array(name: str, values: npt.NDArray[Any]) -> SpecAndColumn:
    """A one-dimensional NumPy array of any type that a frame can hold."""
    if values.ndim != 1:
        raise InvalidArgument(f"Frame: column {name!r} must be one-dimensional, got shape {values.shape}")
    if isinstance(values, np.ma.MaskedArray):
        return column_of_objects(name, values.tolist()) if values.dtype.kind not in "fiub" else _masked(name, values)
    match values.dtype.kind:
        case "f" | "i" | "u" | "b":
            return number_column(name, values)
        case "U" | "T":
            return text_column(name, values.tolist())
        case "M":
            return time_column(name, values)
        case "m":
            return number_column(name, _seconds(values))
        case "O":
            return column_of_objects(name, values.tolist())
    raise InvalidArgument(
        f"Frame: column {name!r} is of NumPy type {values.dtype}; numbers, texts and times can be held"
    )


def column_of_objects(name: str, values: list[Any]) -> SpecAndColumn:
    """Python objects, all of them numbers, texts or times (or missing: None, NaN, NaT, pandas.NA)."""
    present = [value for value in values if not is_missing(value)]
    kinds = {_kind_of(value) for value in present}
    if not kinds or kinds == {"number"}:
        return number_column(name, np.array([np.nan if is_missing(v) else float(v) for v in values], dtype=np.float64))
    if kinds == {"text"}:
        return text_column(name, values)
    if kinds == {"time"}:
        return _times_of_objects(name, values)
    if kinds == {"duration"}:
        seconds = [np.nan if is_missing(v) else _as_timedelta(v).total_seconds() for v in values]
        return number_column(name, np.array(seconds, dtype=np.float64))
    types = sorted({type(value).__qualname__ for value in present})
    raise InvalidArgument(
        f"Frame: column {name!r} holds objects of type {', '.join(types[:5])}; "
        "a column holds only numbers, only texts or only times"
    )


def is_missing(value: Any) -> bool:
    """None, NaN, NaT, pandas.NA and NumPy's masked."""
    if value is None or value is np.ma.masked or type(value).__name__ in ("NAType", "NaTType"):
        return True
    if isinstance(value, np.datetime64 | np.timedelta64):
        return bool(np.isnat(value))
    return isinstance(value, float | np.floating) and bool(value != value)


def zone_name(zone: datetime.tzinfo | None, name: str) -> str:
    """An IANA name or an offset; what has neither is refused."""
    if zone is None:
        return ""
    text = str(getattr(zone, "key", None) or getattr(zone, "zone", None) or zone)
    if isinstance(zone, datetime.timezone):
        text = text.removeprefix("UTC") or "UTC"
    if not text or " " in text or "(" in text:
        raise InvalidArgument(
            f"Frame: column {name!r} has a time zone without an IANA name, {zone!r}; use zoneinfo.ZoneInfo"
        )
    return text


def _has_odd_stride(values: npt.NDArray[Any]) -> bool:
    return values.size > 1 and values.strides[0] % values.itemsize != 0


def _masked(name: str, values: Any) -> SpecAndColumn:
    dtype = values.dtype if values.dtype.kind == "f" else np.float64
    return number_column(name, values.astype(dtype).filled(np.nan))


def _nanoseconds(name: str, values: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    unit, count = np.datetime_data(values.dtype)
    if unit in ("Y", "M"):
        values, unit, count = values.astype("datetime64[D]"), "D", 1
    if unit not in _NANOSECONDS:
        raise InvalidArgument(
            f"Frame: column {name!r} has times of unit {unit!r}; W, D, h, m, s, ms, us and ns are held"
        )
    factor = _NANOSECONDS[unit] * count
    ticks = np.ascontiguousarray(values.astype(values.dtype.newbyteorder("="))).view(np.int64)
    present = ticks != _NAT
    limit = np.iinfo(np.int64).max // factor
    if np.any((ticks[present] > limit) | (ticks[present] < -limit)):
        raise InvalidArgument(
            f"Frame: column {name!r} has a time outside 1677-09-21 to 2262-04-11, which 64-bit nanoseconds do not hold"
        )
    return np.where(present, ticks * factor, _NAT) if factor != 1 else ticks


def _seconds(values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    return values / np.timedelta64(1, "s")  # NaT becomes NaN


def _kind_of(value: Any) -> str:
    if isinstance(value, str):
        return "text"
    if isinstance(value, datetime.date | np.datetime64):
        return "time"
    if isinstance(value, datetime.timedelta | np.timedelta64):
        return "duration"
    is_number = isinstance(value, numbers.Real | np.bool_) or type(value).__name__ == "Decimal"
    return "number" if is_number else "other"


def _as_timedelta(value: Any) -> datetime.timedelta:
    return value if isinstance(value, datetime.timedelta) else value.astype("timedelta64[us]").item()


def _times_of_objects(name: str, values: list[Any]) -> SpecAndColumn:
    zones = {_zone_of(value, name) for value in values if not is_missing(value)}
    if len(zones) != 1:
        found = ", ".join(sorted(repr(zone) if zone else "none" for zone in zones)[:5])
        raise InvalidArgument(f"Frame: column {name!r} has times of several zones ({found}); convert them to one")
    instants = [np.datetime64("NaT", "us") if is_missing(v) else _without_zone(v) for v in values]
    return time_column(name, _datetimes(name, instants), zones.pop())


def _datetimes(name: str, values: list[Any]) -> npt.NDArray[Any]:
    """In nanoseconds where one value is finer than microseconds, which reach further."""
    units = {np.datetime_data(np.asarray(value, dtype="datetime64").dtype)[0] for value in values}
    return np.array(values, dtype="datetime64[ns]" if "ns" in units else "datetime64[us]")


def _zone_of(value: Any, name: str) -> str:
    return zone_name(getattr(value, "tzinfo", None), name)


def _without_zone(value: Any) -> Any:
    if hasattr(value, "to_datetime64"):  # pandas.Timestamp: in UTC, and finer than microseconds
        return value.to_datetime64()
    if isinstance(value, datetime.datetime) and value.tzinfo is not None:
        return np.datetime64(value.astimezone(datetime.UTC).replace(tzinfo=None))
    return np.datetime64(value)
