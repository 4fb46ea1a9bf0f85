# SPDX-License-Identifier: MIT
"""What a detector's calibration inside `fit` needs in Python: a period in seconds, methods that need a rate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar, cast

import numpy as np

from plantwright.core import InvalidArgument, NotFitted

RATES = ("alarms_per_day", "false_alarm_rate", "contamination")
Method = TypeVar("Method", bound=Callable[..., Any])


class _NeedsRate:
    """Without a rate the method is absent, as scikit-learn asks for it: `NotFitted` is an AttributeError too."""

    def __init__(self, method: Callable[..., Any]) -> None:
        self._method = method
        self.__doc__ = method.__doc__

    def __get__(self, detector: Any, owner: Any = None) -> Any:
        if detector is None:
            return self._method
        if all(getattr(detector, rate) is None for rate in RATES):
            raise NotFitted(
                f"{type(detector).__name__}: {self._method.__name__} needs a rate of alarms; give one of "
                f"{', '.join(RATES)} and fit again"
            )
        return self._method.__get__(detector, owner)


def needs_rate(method: Method) -> Method:
    """Make of a method one that is there where a rate of alarms is asked for."""
    return cast(Method, _NeedsRate(method))


def seconds_of(period: Any, who: str) -> float | None:
    """A period in seconds; None where it is None."""
    return duration(period, f"{who}: period", "seconds", 1)


def duration(time: Any, what: str, unit: str, seconds: int) -> float | None:
    """A number of units of so many seconds, or a timedelta in them; None where it is None."""
    if time is None:
        return None
    if isinstance(time, (timedelta, np.timedelta64)):  # the latter is a number of NumPy's, too
        return float(np.timedelta64(time) / np.timedelta64(seconds, "s"))
    if isinstance(time, (int, float, np.number)):
        return float(time)
    raise InvalidArgument(f"{what} must be {unit} or a timedelta, got {time!r}")
