# SPDX-License-Identifier: MIT
"""Why a forest predicts what it predicts: exact Shapley values, of rows and of the difference between two periods."""

from plantwright.explain._comparison import Comparison, Condition
from plantwright.explain._curves import PartialDependence, partial_dependence
from plantwright.explain._explanation import Explanation
from plantwright.explain._permutation import PermutationImportance, permutation_importance
from plantwright.explain._tree_explainer import TreeExplainer

__all__ = [
    "Comparison",
    "Condition",
    "Explanation",
    "PartialDependence",
    "PermutationImportance",
    "TreeExplainer",
    "partial_dependence",
    "permutation_importance",
]
