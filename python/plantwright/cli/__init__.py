# SPDX-License-Identifier: MIT
"""The command `plantwright`: train, predict, inspect, simulate, report, demo."""

from plantwright.cli._main import main

__all__ = ["main"]
