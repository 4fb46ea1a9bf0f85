# SPDX-License-Identifier: MIT
"""Proves that the C++ program gives the same numbers as Python, bit for bit, from the same model and raw CSV."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np

import plantwright as pw
from plantwright.cli import _table
from plantwright.cli._terminal import CliError


def scorer_program() -> Path | None:
    """The program PLANTWRIGHT_SCORER names; None where it is not set."""
    name = os.environ.get("PLANTWRIGHT_SCORER")
    if not name:
        return None
    if not os.access(name, os.X_OK):
        raise CliError(f"PLANTWRIGHT_SCORER={name}: no such program")
    return Path(name)


def lines_of_python(model_path: str | Path, data: str | Path) -> list[str]:
    """What the C++ program must print: its format, our numbers."""
    model = pw.load(model_path)
    frame = _table.read_for(model, str(data))
    predicted = model.predict(frame)
    if not hasattr(model, "predict_proba"):
        return [_bits(value) for value in predicted]
    rows = model.predict_proba(frame)
    return ["\t".join([str(name), *map(_bits, row)]) for name, row in zip(predicted, rows, strict=True)]


def lines_of_cpp(program: Path, model_path: str | Path, data: str | Path) -> list[str]:
    """The program's output, its numbers as bits."""
    run = subprocess.run([program, model_path, data], capture_output=True, text=True)
    if run.returncode != 0:
        raise CliError(f"{program.name} failed: {run.stderr.strip()}")
    return ["\t".join(_parsed(part) for part in line.split("\t")) for line in run.stdout.splitlines()]


def prove_same_bits(program: Path, model_path: str | Path, data: str | Path) -> int:
    """The number of rows compared; throws where any differs in any bit."""
    ours, theirs = lines_of_python(model_path, data), lines_of_cpp(program, model_path, data)
    if len(ours) != len(theirs):
        raise CliError(f"C++ gave {len(theirs)} predictions, Python {len(ours)}")
    differing = [i for i, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a != b]
    if differing:
        i = differing[0]
        raise CliError(
            f"C++ and Python differ in {len(differing)} rows, first in row {i + 1}: {theirs[i]} and {ours[i]}"
        )
    return len(ours)


def _bits(value: float) -> str:
    return f"{int(np.float64(value).view(np.uint64)):016x}"


def _parsed(text: str) -> str:
    try:
        return _bits(float(text))
    except ValueError:
        return text
