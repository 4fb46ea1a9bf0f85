# SPDX-License-Identifier: MIT
"""Random forests."""

from plantwright.forest._classifier import RandomForestClassifier
from plantwright.forest._regressor import RandomForestRegressor
from plantwright.forest._tree import DecisionTree, Tree

__all__ = ["DecisionTree", "RandomForestClassifier", "RandomForestRegressor", "Tree"]
