# SPDX-License-Identifier: MIT
"""Messages on stderr and tables on stdout."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from typing import TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


class CliError(Exception):
    """A failure that one sentence explains."""


class Terminal:
    """Where a command says what it does: on stderr, when somebody watches or asked for it."""

    def __init__(self, verbose: bool = False, always: bool = False) -> None:
        self.talks = always or verbose or sys.stderr.isatty()

    def say(self, text: str) -> None:
        if self.talks:
            print(text, file=sys.stderr, flush=True)

    def stage(self, text: str) -> None:
        self.say(f"==> {text}")

    def warn(self, text: str) -> None:
        """Warnings are never kept back."""
        print(f"plantwright: warning: {text}", file=sys.stderr, flush=True)


def number(value: float | None, digits: int = 4) -> str:
    """About `digits` significant digits; a dash for what is missing or undefined."""
    if value is None or not math.isfinite(value):
        return "-"
    if value == 0 or 1e-4 <= abs(value) < 1e7:
        decimals = max(0, digits - 1 - math.floor(math.log10(abs(value)))) if value else 0
        return f"{value:.{min(decimals, 6)}f}"
    return f"{value:.{digits - 1}e}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns side by side, the first to the left, the others to the right."""
    widths = [max(len(row[j]) for row in [head, *rows]) for j in range(len(head))]
    lines = []
    for row in [head, *rows]:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
