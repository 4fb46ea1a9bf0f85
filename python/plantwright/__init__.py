# SPDX-License-Identifier: MIT
"""Sensor and production data of industrial plants: learn, watch, explain, advise."""

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

__all__ = [
    "CorruptModel",
    "Error",
    "InvalidArgument",
    "IoError",
    "NotFitted",
    "ParseError",
    "SchemaMismatch",
    "Stopped",
    "UnsupportedVersion",
    "__version__",
    "allow_threads_after_fork",
    "load",
    "save",
]
