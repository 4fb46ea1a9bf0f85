# SPDX-License-Identifier: MIT
"""What every area stands on: errors, threads and forks, progress."""

from plantwright._core import available_cpus, resolve_n_jobs
from plantwright._core import isa_level as isa_level
from plantwright.core._errors import (
    CorruptModel,
    DataWarning,
    Error,
    InvalidArgument,
    IoError,
    NotFitted,
    ParseError,
    SchemaMismatch,
    Stopped,
    UnsupportedVersion,
)
from plantwright.core._progress import ProgressCallable, resolve_progress
from plantwright.core._threads import allow_threads_after_fork

__all__ = [
    "CorruptModel",
    "DataWarning",
    "Error",
    "InvalidArgument",
    "IoError",
    "NotFitted",
    "ParseError",
    "ProgressCallable",
    "SchemaMismatch",
    "Stopped",
    "UnsupportedVersion",
    "allow_threads_after_fork",
    "available_cpus",
    "isa_level",
    "resolve_n_jobs",
    "resolve_progress",
]
