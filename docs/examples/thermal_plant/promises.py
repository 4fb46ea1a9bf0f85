# SPDX-License-Identifier: MIT
"""How often the watch cries wolf, and what it finds of each kind of fault: on rows that it has not seen."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import plantwright as pw
from detectors import running_rows
from faults import SETTLING_MINUTES, labels_of_kind, rows_of_events, with_settling


def days_of(rows: pw.Frame) -> float:
    """Time that the rows stand for."""
    return len(rows) / 1440


def alarms_a_day(watch: pw.EnsembleDetector, normal: pw.Frame) -> float:
    """Alarms on rows without faults."""
    found = watch.verdicts(normal)
    standing = np.isin(found["state"], ["alarm", "clearing"])
    return len(np.unique(found["event_start"][standing])) / days_of(normal)


class Faulty(NamedTuple):
    """Rows with faults of all kinds, and the truth about them."""

    rows: pw.Frame
    events: pw.Frame  # kind, sensors, severity, begin, end (rows)
    labels: np.ndarray

    @classmethod
    def simulated(cls, days: int, faults_per_week: float, seed: int) -> Faulty:
        plant = pw.simulate.ThermalPlant(rows=days * 1440, faults_per_week=faults_per_week, seed=seed, truth=False)
        rows = running_rows(plant)
        events = rows_of_events(rows["time"], plant.events())
        anomaly = np.zeros(len(rows))
        for begin, end in zip(events["begin"].astype(int), events["end"].astype(int), strict=True):
            anomaly[begin:end] = 1
        return cls(rows, events, with_settling(rows["time"], anomaly, events))


def reports_by_kind(watch: pw.EnsembleDetector, faulty: Faulty) -> dict[str, pw.evaluate.DetectionReport]:
    """Of each kind a report of its own; faults of other kinds are left out of it."""
    found = watch.verdicts(faulty.rows)
    return {
        kind: report_of(found, faulty.rows, labels_of_kind(faulty.labels, faulty.events, kind))
        for kind in sorted(set(faulty.events["kind"]))
    }


def report_of(found: dict, rows: pw.Frame, labels: np.ndarray) -> pw.evaluate.DetectionReport:
    """What `EnsembleDetector.verdicts` found beside the labels."""
    return pw.evaluate.detection_report(
        labels,
        found["severity"],
        alarms=np.isin(found["state"], ["alarm", "clearing"]),
        times=rows["time"],
        merge_gap=f"{SETTLING_MINUTES}min",
        split="rows after fitting",
    )


def print_promises(realised: float, days: float, reports: dict[str, pw.evaluate.DetectionReport]) -> None:
    print(f"\nasked: 1 alarm a day; got on {days:.0f} other days without faults: {realised:.2f} a day\n")
    for kind, report in reports.items():
        print(f"  {kind.replace('_', ' '):16s} {report.sentence}")
