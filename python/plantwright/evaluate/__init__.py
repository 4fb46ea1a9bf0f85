# SPDX-License-Identifier: MIT
"""Honest measuring: metrics beside trivial baselines, splitters that respect time and groups, a leak check."""

from plantwright.evaluate import detection, metrics
from plantwright.evaluate._calibration import Calibration
from plantwright.evaluate._cross_validate import cross_validate
from plantwright.evaluate._detection_report import DetectionReport, detection_report
from plantwright.evaluate._leak_check import LeakFinding, LeakReport, LeakWarning, leak_check, suspect_columns
from plantwright.evaluate._report import Report, report
from plantwright.evaluate._splitters import (
    BlockedKFold,
    GroupSplit,
    KFold,
    StratifiedKFold,
    TimeSplit,
    train_test_split_by_time,
)

__all__ = [
    "BlockedKFold",
    "Calibration",
    "DetectionReport",
    "GroupSplit",
    "KFold",
    "LeakFinding",
    "LeakReport",
    "LeakWarning",
    "Report",
    "StratifiedKFold",
    "TimeSplit",
    "cross_validate",
    "detection",
    "detection_report",
    "leak_check",
    "metrics",
    "report",
    "suspect_columns",
    "train_test_split_by_time",
]
