# SPDX-License-Identifier: MIT
"""What users hand in, as the plain arrays that the compiled part takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from plantwright.core import InvalidArgument

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int32]
Stamps = npt.NDArray[np.int64]

NO_FLOATS: Floats = np.empty(0, np.float64)
NO_CODES: Codes = np.empty(0, np.int32)
NO_STAMPS: Stamps = np.empty(0, np.int64)


def column(name: str, values: Any) -> npt.NDArray[Any]:
    """One-dimensional array; `(n, 1)` is flattened, anything else of two dimensions is refused."""
    array = np.asarray(values)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise InvalidArgument(f"{name} must be one-dimensional, got shape {array.shape}")
    return array


def numbers(name: str, values: Any) -> Floats:
    array = column(name, values)
    try:
        return array.astype(np.float64, copy=False)
    except (TypeError, ValueError):
        raise InvalidArgument(f"{name} must be numbers, got {array.dtype}") from None


def optional_numbers(name: str, values: Any | None) -> Floats:
    return NO_FLOATS if values is None else numbers(name, values)


def table(name: str, values: Any) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 2:
        raise InvalidArgument(f"{name} must have rows and one column a class, got shape {array.shape}")
    return array


def distinct(*arrays: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Sorted distinct values; missing labels and labels of types that do not compare are refused."""
    values = np.concatenate([a for a in arrays if a.size] or [np.empty(0)])
    if values.dtype.kind == "f" and np.isnan(values).any():
        raise InvalidArgument("labels must not be missing, got NaN")
    try:
        return np.unique(values)
    except TypeError:
        kinds = sorted({type(v).__name__ for v in values})
        raise InvalidArgument(f"labels must be of one type, got {', '.join(kinds)}") from None


def encode(name: str, values: npt.NDArray[Any], classes: npt.NDArray[Any]) -> Codes:
    """The place of each value in the sorted `classes`."""
    if values.size == 0:
        return NO_CODES
    try:
        places = np.searchsorted(classes, values)
    except TypeError:
        raise InvalidArgument(
            f"{name} must be of the type of the classes {list(classes)}, got {values.dtype}"
        ) from None
    places = np.minimum(places, len(classes) - 1)
    unknown = classes[places] != values
    if np.any(unknown):
        raise InvalidArgument(f"{name} must be of the classes {list(classes)}, got {values[unknown][0]!r}")
    return places.astype(np.int32)


def stamps(name: str, values: Any | None) -> Stamps:
    """Nanoseconds since 1970 in UTC of anything like datetime64; NaT stays the smallest integer."""
    if values is None:
        return NO_STAMPS
    array = column(name, values)
    if array.dtype.kind == "O":
        try:
            missing = np.datetime64("NaT", "ns")
            array = np.asarray([missing if v is None else v for v in array], dtype="datetime64[ns]")
        except (TypeError, ValueError):
            raise InvalidArgument(f"{name} must be dates and times, got {type(array[0]).__name__}") from None
    if array.dtype.kind == "U":
        try:
            array = array.astype("datetime64[ns]")
        except ValueError as error:
            raise InvalidArgument(f"{name} must be ISO 8601 dates and times: {error}") from None
    if array.dtype.kind == "M":
        return array.astype("datetime64[ns]").view(np.int64)
    if array.dtype.kind in "iu":
        return array.astype(np.int64)
    raise InvalidArgument(f"{name} must be dates and times, or integer nanoseconds, got {array.dtype}")


def nanoseconds(name: str, duration: Any) -> int:
    """A duration such as "90min", "2h", "1d", a timedelta or a timedelta64, in nanoseconds."""
    if isinstance(duration, str):
        return _parse_duration(name, duration)
    try:
        return int(np.timedelta64(duration).astype("timedelta64[ns]").astype(np.int64))
    except (TypeError, ValueError):
        raise InvalidArgument(f"{name} must be a number of rows or a duration, got {duration!r}") from None


_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


def _parse_duration(name: str, text: str) -> int:
    digits = text.strip().rstrip("abcdefghijklmnopqrstuvwxyz")
    unit = text.strip()[len(digits) :]
    try:
        return round(float(digits) * _UNITS[unit] * 1_000_000_000)
    except (KeyError, ValueError):
        raise InvalidArgument(f"{name} must read like '30s', '90min', '2h', '1d' or '1w', got {text!r}") from None
