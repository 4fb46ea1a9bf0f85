# SPDX-License-Identifier: MIT
"""Metrics of detection: how well alarms and severities tell labelled events from normal rows.

An *event* is a run of rows in which something was wrong. Everywhere `events` are either labels, 0 or 1 a row, or pairs
``(begin, end)`` of rows, the end left out, in order; `scores` are severities, higher = worse (scikit-learn's
``score_samples`` is their negative); `alarms` are 0 or 1 a row. The formulas stand in ``docs/evaluate.md``. For all of
it beside trivial detectors, and in time, see :func:`plantwright.evaluate.detection_report`.

Examples
--------
>>> from plantwright.evaluate import detection
>>> labels = [0, 0, 1, 1, 1, 0, 0, 0]
>>> alarms = [0, 0, 0, 1, 1, 0, 1, 0]
>>> detection.events_of(labels)
[(2, 5)]
>>> detection.detection_delays(labels, alarms)
[1]
>>> detection.false_alarms(labels, alarms)
1
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from plantwright._core import evaluate as _core
from plantwright.core import DataWarning, InvalidArgument
from plantwright.evaluate import _arrays
from plantwright.evaluate._arrays import Codes

__all__ = [
    "detection_delays",
    "event_recall",
    "events_of",
    "false_alarm_rate",
    "false_alarms",
    "labels_of",
    "missed_alarm_rate",
    "nab_score",
    "point_adjusted_f1",
    "range_precision_recall",
    "vus_pr",
    "vus_roc",
]

Pairs = list[tuple[int, int]]


def flags(name: str, values: Any) -> Codes:
    """0 and 1 (or booleans) as codes."""
    array = _arrays.numbers(name, values)
    wrong = ~np.isin(array, (0.0, 1.0))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InvalidArgument(f"{name} must be 0 or 1, got {array[row]:g} at row {row}")
    return array.astype(np.int32)


def events_of(labels: Any, *, merge_gap: int = 0) -> Pairs:
    """Runs of ones as ``(begin, end)``; runs with at most `merge_gap` zeros between them are one.

    Examples
    --------
    >>> events_of([1, 0, 1, 1, 0, 0, 1], merge_gap=1)
    [(0, 4), (6, 7)]
    """
    return [(int(begin), int(end)) for begin, end in _core.events_of(flags("labels", labels), merge_gap)]


def labels_of(events: Sequence[tuple[int, int]], n_rows: int) -> Codes:
    """1 inside an event, 0 outside, of shape ``(n_rows,)``.

    Examples
    --------
    >>> labels_of([(1, 3)], 4)
    array([0, 1, 1, 0], dtype=int32)
    """
    return _core.labels_of(list(events), n_rows)  # type: ignore[no-any-return]


def _pairs(events: Any) -> Pairs:
    """Labels as their runs; pairs as they are."""
    array = np.asarray(events)
    if array.ndim == 2 and array.shape[1] == 2:
        if array.dtype.kind not in "iu":
            raise InvalidArgument(f"events must be pairs of row numbers, got {array.dtype}")
        return [(int(begin), int(end)) for begin, end in array]
    return events_of(events) if array.size else []


def _alarmed(events: Any, alarms: Any) -> tuple[Pairs, Codes]:
    codes, array = flags("alarms", alarms), np.asarray(events)
    if array.ndim == 1 and array.size not in (0, codes.size):
        raise InvalidArgument(f"alarms must have {array.size} rows as the labels have, got {codes.size}")
    return _pairs(events), codes


def false_alarm_rate(events: Any, alarms: Any) -> float:
    """FAR: share of the rows outside events that are in alarm; NaN where there is none.

    Examples
    --------
    >>> false_alarm_rate([0, 0, 0, 0, 1], [1, 0, 0, 0, 1])
    0.25
    """
    return float(_core.row_rates(*_alarmed(events, alarms))[0])


def missed_alarm_rate(events: Any, alarms: Any) -> float:
    """MAR: share of the rows in events that are not in alarm; NaN where there is none.

    Examples
    --------
    >>> missed_alarm_rate([0, 1, 1, 1, 1], [0, 0, 1, 1, 1])
    0.25
    """
    return float(_core.row_rates(*_alarmed(events, alarms))[1])


def event_recall(events: Any, alarms: Any) -> float:
    """Share of the events with an alarm in them; NaN without events.

    Examples
    --------
    >>> event_recall([1, 1, 0, 1, 1], [0, 1, 0, 0, 0])
    0.5
    """
    first = _core.first_alarms(*_alarmed(events, alarms))
    return float(np.mean([row >= 0 for row in first])) if first else math.nan


def detection_delays(events: Any, alarms: Any) -> list[int | None]:
    """Rows from each event's first row to the first alarm in it; None where it was missed.

    Examples
    --------
    >>> detection_delays([1, 1, 0, 1, 1], [0, 1, 0, 0, 0])
    [1, None]
    """
    pairs, codes = _alarmed(events, alarms)
    first = _core.first_alarms(pairs, codes)
    return [row - begin if row >= 0 else None for row, (begin, _) in zip(first, pairs, strict=True)]


def false_alarms(events: Any, alarms: Any, *, merge_gap: int = 0, rows_per_day: float = math.inf) -> int:
    """Alarms that touch no event, runs with at most `merge_gap` rows between them counted as one.

    With `rows_per_day`, an alarm that stands counts once more for each full day that it stands outside events: a
    detector that never clears its alarm would otherwise look quiet.

    Examples
    --------
    >>> false_alarms([0, 0, 0, 0, 1, 1], [1, 0, 1, 0, 0, 1], merge_gap=1)
    1
    """
    return int(_core.false_alarms(*_alarmed(events, alarms), merge_gap, rows_per_day))


def point_adjusted_f1(events: Any, alarms: Any) -> float:
    """F1 by rows after every event with one alarm is counted as wholly found; warns, since it flatters.

    Warns
    -----
    DataWarning
        Always: one alarm in an event of 1,000 rows counts as 1,000 rows found, so that alarms thrown at random come out
        near the best published values (Kim et al., "Towards a rigorous evaluation of time-series anomaly detection",
        AAAI 2022). It is here for comparison with papers that used it.

    Examples
    --------
    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     point_adjusted_f1([0, 1, 1, 1, 1], [0, 0, 0, 0, 1])
    1.0
    """
    warn_of_point_adjustment(stacklevel=3)
    return float(_core.point_adjusted_f1(*_alarmed(events, alarms)))


def warn_of_point_adjustment(stacklevel: int) -> None:
    warnings.warn(
        "point-adjusted F1 flatters: one alarm anywhere in an event counts as all of its rows found, so that random "
        "alarms score high wherever events are long; look at event recall, delay and false alarms a day",
        DataWarning,
        stacklevel=stacklevel,
    )


def _scored(events: Any, scores: Any) -> tuple[Pairs, _arrays.Floats]:
    return _pairs(events), _arrays.numbers("scores", scores)


def vus_roc(events: Any, scores: Any, *, max_buffer: int = 100) -> float:
    """Volume under the range-ROC surface: mean area over buffers of 0 to `max_buffer` rows about the events.

    References
    ----------
    Paparrizos et al., "Volume under the surface", PVLDB 15(11), 2022.

    Examples
    --------
    >>> vus_roc([0, 0, 0, 1, 1, 0, 0, 0], [0, 1, 0, 8, 9, 0, 2, 0], max_buffer=0)
    1.0
    """
    return float(_core.volumes_under_surface(*_scored(events, scores), max_buffer)[0])


def vus_pr(events: Any, scores: Any, *, max_buffer: int = 100) -> float:
    """Volume under the range-precision-recall surface; see :func:`vus_roc`.

    Examples
    --------
    >>> vus_pr([0, 0, 0, 1, 1, 0, 0, 0], [0, 1, 0, 8, 9, 0, 2, 0], max_buffer=0)
    1.0
    """
    return float(_core.volumes_under_surface(*_scored(events, scores), max_buffer)[1])


def _choice(kind: Any, name: str, value: str) -> Any:
    if value not in kind.__members__:
        raise InvalidArgument(f"{name} must be one of {sorted(kind.__members__)}, got {value!r}")
    return kind[value]


def nab_score(events: Any, alarms: Any, *, profile: str = "standard") -> float:
    """The Numenta score, its windows being the events: 100 is perfect, 0 is no alarm at all.

    `profile` is "standard", "reward_low_fp" (a false alarm costs double) or "reward_low_fn" (a miss costs double).

    References
    ----------
    Lavin & Ahmad, "Evaluating real-time anomaly detection algorithms", ICMLA 2015.

    Examples
    --------
    >>> nab_score([0, 0, 1, 1, 0], [0, 0, 1, 0, 0])
    100.0
    """
    return float(_core.nab_score(*_alarmed(events, alarms), _choice(_core.NabProfile, "profile", profile)))


def range_precision_recall(
    events: Any, alarms: Any, *, alpha: float = 0.0, bias: str = "flat", cardinality: str = "reciprocal"
) -> tuple[float, float, float]:
    """Precision, recall and F1 of alarm ranges against event ranges.

    Parameters
    ----------
    alpha : float, default=0
        Weight in recall of an event being found at all, against how much of it; in [0, 1].
    bias : {"flat", "front"}
        "front": early rows of an event count more. Precision is always flat.
    cardinality : {"reciprocal", "one"}
        An event (or alarm) covered in x pieces counts 1 / x, or in full.

    References
    ----------
    Tatbul et al., "Precision and recall for time series", NeurIPS 2018.

    Examples
    --------
    >>> range_precision_recall([0, 1, 1, 1, 1, 0], [0, 0, 0, 1, 1, 1], cardinality="one")
    (0.6666666666666666, 0.5, 0.5714285714285715)
    """
    pairs, codes = _alarmed(events, alarms)
    precision, recall, f1 = _core.range_precision_recall(
        pairs,
        events_of(codes),
        alpha,
        _choice(_core.RangeBias, "bias", bias),
        _choice(_core.RangeCardinality, "cardinality", cardinality),
    )
    return float(precision), float(recall), float(f1)
