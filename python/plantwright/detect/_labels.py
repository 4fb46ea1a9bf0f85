# SPDX-License-Identifier: MIT
"""What is known of training rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from plantwright.core import InvalidArgument


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
