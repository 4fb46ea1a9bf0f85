# SPDX-License-Identifier: MIT
"""Pictures with matplotlib (the extra "plot"), which is imported when one is drawn."""

from plantwright.plot._explanations import bar, beeswarm, dependence, partial_dependence, waterfall
from plantwright.plot._training import learning_curve
from plantwright.plot._tree import tree

__all__ = ["bar", "beeswarm", "dependence", "learning_curve", "partial_dependence", "tree", "waterfall"]
