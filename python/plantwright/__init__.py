# SPDX-License-Identifier: MIT
"""Sensor and production data of industrial plants: learn, watch, explain, advise."""

from plantwright import evaluate
from plantwright._core import __version__
from plantwright.core import (
    CorruptModel,
    Error,
    InvalidArgument,
    IoError,
    NotFitted,
    ParseError,
    SchemaMismatch,
    Stopped,
    UnsupportedVersion,
    allow_threads_after_fork,
)
from plantwright.io import load, save
from plantwright.evaluate import BlockedKFold, GroupSplit, KFold, StratifiedKFold, TimeSplit

__all__ = [
    "BlockedKFold",
    "CorruptModel",
    "Error",
    "GroupSplit",
    "InvalidArgument",
    "IoError",
    "KFold",
    "NotFitted",
    "ParseError",
    "SchemaMismatch",
    "Stopped",
    "StratifiedKFold",
    "TimeSplit",
    "UnsupportedVersion",
    "__version__",
    "allow_threads_after_fork",
    "evaluate",
    "load",
    "save",
]
