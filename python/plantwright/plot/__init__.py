# SPDX-License-Identifier: MIT
"""Pictures with matplotlib (the extra "plot"), which is imported when one is drawn."""

from plantwright.plot._explanations import bar, beeswarm, dependence, partial_dependence, waterfall
from plantwright.plot._tree import tree

__all__ = ["bar", "beeswarm", "dependence", "partial_dependence", "tree", "waterfall"]
