# SPDX-License-Identifier: MIT
"""Watching data and models in service: how far a table can be relied upon."""

from plantwright.monitor._data_quality import DataQuality, data_quality

__all__ = ["DataQuality", "data_quality"]
