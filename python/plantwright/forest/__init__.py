# SPDX-License-Identifier: MIT
"""Random forests, extremely randomized trees, isolation forests, and boosted trees that were trained elsewhere."""

from plantwright.forest._boosted import BoostedTreesClassifier, BoostedTreesRegressor
from plantwright.forest._classifier import RandomForestClassifier
from plantwright.forest._extra_trees import ExtraTreesClassifier, ExtraTreesRegressor
from plantwright.forest._isolation import IsolationForest
from plantwright.forest._regressor import RandomForestRegressor
from plantwright.forest._tree import DecisionTree, Tree

__all__ = [
    "BoostedTreesClassifier",
    "BoostedTreesRegressor",
    "DecisionTree",
    "ExtraTreesClassifier",
    "ExtraTreesRegressor",
    "IsolationForest",
    "RandomForestClassifier",
    "RandomForestRegressor",
    "Tree",
]
