# SPDX-License-Identifier: MIT
"""Preprocessing steps: one fitted state for whole tables, for streams, and for C++."""

from plantwright.preprocessing import _pipeline  # noqa: F401  (registers the type of file)
from plantwright.preprocessing._rolling import Differences, Expanding, ExponentialAverage, Lags, RollingFeatures
from plantwright.preprocessing._scalers import StandardScaler
from plantwright.preprocessing._step import Step
from plantwright.preprocessing._stream import StepStream

__all__ = [
    "Differences",
    "Expanding",
    "ExponentialAverage",
    "Lags",
    "RollingFeatures",
    "StandardScaler",
    "Step",
    "StepStream",
]
