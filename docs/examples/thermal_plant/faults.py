# SPDX-License-Identifier: MIT
"""The simulator's faults as rows and labels, and what a detector says of each kind."""

from __future__ import annotations

from typing import Any

import numpy as np
import plantwright as pw

SETTLING_MINUTES = 60  # after a fault the windows still hold it: nobody is judged there


def rows_of_events(times: np.ndarray, events: pw.Frame) -> pw.Frame:
    """The events with the rows `[begin, end)` that they take; those between two rows are left out."""
    begin, end = (np.searchsorted(times, events[edge]) for edge in ("start", "end"))
    kept = np.flatnonzero(begin < end)
    return pw.Frame({
        "kind": events["kind"][kept], "sensors": events["sensors"][kept], "severity": events["severity"][kept],
        "begin": begin[kept].astype(float), "end": end[kept].astype(float),
    })  # fmt: skip


def with_settling(times: np.ndarray, anomaly: np.ndarray, events: pw.Frame) -> np.ndarray:
    """The labels, NaN within an hour after a fault."""
    labels = np.asarray(anomaly, dtype=float).copy()
    for end in events["end"].astype(int):
        last = np.searchsorted(times, times[end - 1] + np.timedelta64(SETTLING_MINUTES, "m"), "right")
        after = slice(end, last)
        labels[after] = np.where(labels[after] == 0, np.nan, labels[after])
    return labels


def labels_of_kind(labels: np.ndarray, events: pw.Frame, kind: str) -> np.ndarray:
    """The labels, NaN in faults of other kinds."""
    left = labels.copy()
    for other, begin, end in zip(events["kind"], events["begin"].astype(int), events["end"].astype(int), strict=True):
        if other != kind:
            left[begin:end] = np.nan
    return left


def by_kind(events: pw.Frame, report: pw.evaluate.DetectionReport, first_row: int, blamed: Any) -> dict[str, dict]:
    """Of each kind of fault: events, those found, the delays, and how often a sensor at fault is blamed first.

    `blamed(begin, end)` names the sensor with most blame in some rows, None where nobody is blamed; `first_row` is that
    of the report's rows in the table of the events.
    """
    judged = {event["begin"] + first_row: event for event in report.events}
    found: dict[str, dict] = {}
    for kind, sensors, begin in zip(events["kind"], events["sensors"], events["begin"].astype(int), strict=True):
        row = found.setdefault(kind, {"events": 0, "found": 0, "delays": [], "blamed": 0})
        row["events"] += 1
        event = judged.get(begin)
        if event is None or event["first_alarm"] is None:
            continue
        row["found"] += 1
        row["delays"].append(event["delay_s"] / 60)
        row["blamed"] += blamed(event["first_alarm"] + first_row, event["end"] + first_row) in sensors.split()
    return found
