# SPDX-License-Identifier: MIT
"""Pictures with matplotlib (the extra "plot"), which is imported when one is drawn."""

from plantwright.plot._tree import tree

__all__ = ["tree"]
