# SPDX-License-Identifier: MIT
"""Labelled plants with honest physics, the same bits on every machine."""

from plantwright.simulate._production_site import ProductionSite

__all__ = ["ProductionSite"]
