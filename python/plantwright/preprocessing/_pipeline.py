# SPDX-License-Identifier: MIT
"""Which class stands for a saved pipeline."""

from __future__ import annotations

import json
from typing import Any

from plantwright import _core
from plantwright.core import InvalidArgument
from plantwright.io._files import register
from plantwright.preprocessing._step import _TYPES


def from_bytes(data: bytes) -> Any:
    """Give the step that the file holds, fitted."""
    model = _core.Pipeline.from_bytes(data)
    steps = json.loads(model.describe())["steps"]
    if len(steps) != 1:
        raise InvalidArgument(f"load: a file with one step was expected, got {len(steps)}")
    return _TYPES[steps[0]["type"]]._from_plw_model(model)


register("Pipeline", from_bytes)
