# SPDX-License-Identifier: MIT
"""Which class stands for a saved pipeline."""

from __future__ import annotations

import json
from typing import Any

from plantwright import _core
from plantwright.core import InvalidArgument
from plantwright.io._files import register
from plantwright.preprocessing._step import _TYPES


def steps_of(pipeline: Any) -> list[Any]:
    """Give the fitted steps of a compiled pipeline."""
    steps = []
    for i, description in enumerate(json.loads(pipeline.describe())["steps"]):
        steps.append(_TYPES[description["type"]]._from_plw_model(pipeline.only(i)))
    return steps


def from_bytes(data: bytes) -> Any:
    """Give the step that the file holds, fitted."""
    steps = steps_of(_core.Pipeline.from_bytes(data))
    if len(steps) != 1:
        raise InvalidArgument(f"load: a file with one step was expected, got {len(steps)}")
    return steps[0]


register("Pipeline", from_bytes)
