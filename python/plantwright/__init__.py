# SPDX-License-Identifier: MIT
"""Sensor and production data of industrial plants: learn, watch, explain, advise."""

from plantwright._core import __version__

__all__ = ["__version__"]
