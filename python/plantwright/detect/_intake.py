# SPDX-License-Identifier: MIT
"""What an ensemble is given, in the form that the compiled side takes: parameters, stamps, labels."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plantwright._core import detect as _core
from plantwright.core import InvalidArgument
from plantwright.detect._calibration import duration
from plantwright.detect._members import add_member, default_members

_PLAIN = ("alarms_per_day", "false_alarm_rate", "contamination", "combination", "severity_clip", "n_votes", "majority",
          "n_folds", "gap", "on_delay", "off_delay", "clear_share", "max_gap", "drift_max_rise",
          "drift_max_shift")  # fmt: skip


def compiled_options(detector: Any) -> Any:
    """The parameters of an `EnsembleDetector`, compiled."""
    options = _core.EnsembleOptions()
    for name in _PLAIN:
        value = getattr(detector, name)
        in_time = name in ("on_delay", "off_delay") and isinstance(value, (timedelta, np.timedelta64))
        try:
            setattr(options, f"{name}_s" if in_time else name, _seconds(name, value) if in_time else value)
        except TypeError:
            raise InvalidArgument(f"EnsembleDetector: {name} cannot be {value!r}") from None
    options.period_s = _seconds("period", detector.period)
    options.drift_half_life_days = _days("drift_half_life", detector.drift_half_life)
    options.weights = _weights(detector.weights)
    for member in default_members() if detector.members is None else detector.members:
        add_member(options, member)
    return options


def parameters_of(options: Any) -> dict[str, Any]:
    """The parameters that gave these compiled options, but for the members."""
    given = {name: getattr(options, name) for name in _PLAIN}
    given["period"] = options.period_s
    given["drift_half_life"] = options.drift_half_life_days
    given["weights"] = list(options.weights) if options.combination == "weighted" else None
    return given


def row_labels(y: Any) -> NDArray[np.int8] | None:
    """Labels as the compiled side takes them: 0 normal, 1 anomalous, -1 unknown."""
    if y is None:
        return None
    try:
        labels = np.asarray(y, dtype=np.float64)
    except (TypeError, ValueError):
        raise InvalidArgument(
            "EnsembleDetector: y must hold numbers: 0 normal, 1 anomalous, NaN or -1 unknown"
        ) from None
    if labels.ndim != 1:
        raise InvalidArgument(f"EnsembleDetector: y must be one label a row, got shape {labels.shape}")
    labels = np.where(np.isnan(labels), -1, labels)
    wrong = labels[~np.isin(labels, (-1, 0, 1))]
    if len(wrong):
        raise InvalidArgument(f"EnsembleDetector: y must be 0 normal, 1 anomalous, NaN or -1 unknown, got {wrong[0]:g}")
    return labels.astype(np.int8)


def _seconds(name: str, time: Any) -> float | None:
    return duration(time, f"EnsembleDetector: {name}", "seconds", 1)


def _days(name: str, time: Any) -> float | None:
    return duration(time, f"EnsembleDetector: {name}", "days", 86_400)


def _weights(weights: Any) -> list[float]:
    if weights is None:
        return []
    if isinstance(weights, str):
        weights = weights.split("/")
    try:
        return [float(weight) for weight in weights]
    except (TypeError, ValueError):
        raise InvalidArgument(f"EnsembleDetector: weights must be numbers, one a member, got {weights!r}") from None


def stamps_of(times: Any) -> NDArray[np.int64] | None:
    """Stamps of an array's rows as the compiled side takes them: nanoseconds."""
    if times is None:
        return None
    array = np.asarray(times)
    if array.dtype.kind == "M":
        array = array.astype("M8[ns]").view(np.int64)
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise InvalidArgument(f"times must be a column of datetime64 or of integer nanoseconds, got {array.dtype}")
    return np.ascontiguousarray(array, dtype=np.int64)
