# SPDX-License-Identifier: MIT
"""Forests that split categories by lists of levels are explained by the definition too."""

from __future__ import annotations

from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
import plantwright as pw
import pytest


def goes_left(tree: Any, node: int, x: float) -> bool:
    """As the tree's arrays say."""
    if np.isnan(x):
        return bool(tree.missing_go_left[node])
    levels = tree.levels_left(node)
    return x in levels if len(levels) else x <= tree.threshold[node]


def expected(tree: Any, row: np.ndarray, known: frozenset[int], node: int = 0) -> float:
    """The mean of the tree's values where only some features are known."""
    left, right = tree.children_left[node], tree.children_right[node]
    if left < 0:
        return float(tree.value[node].ravel()[0])
    if tree.feature[node] in known:
        return expected(tree, row, known, left if goes_left(tree, node, row[tree.feature[node]]) else right)
    weight = tree.weighted_n_node_samples
    sides = [(weight[child], expected(tree, row, known, child)) for child in (left, right)]
    return sum(w * value for w, value in sides) / weight[node]


def shapley(value: Any, n: int) -> np.ndarray:
    """From the definition: the mean gain of each player over all orders."""
    phi = np.zeros(n)
    for j in range(n):
        others = [k for k in range(n) if k != j]
        for size in range(n):
            share = factorial(size) * factorial(n - size - 1) / factorial(n)
            for some in combinations(others, size):
                phi[j] += share * (value(frozenset(some) | {j}) - value(frozenset(some)))
    return phi


@pytest.fixture(scope="module")
def problem() -> tuple[Any, np.ndarray]:
    """Two categories, of forty levels and of three, and a number; some values missing, some levels never seen."""
    rng = np.random.default_rng(0)
    machine, shift, load = rng.integers(0, 40, 400), rng.integers(0, 3, 400), rng.normal(size=400)
    effect = rng.normal(size=40)
    y = effect[machine] * (1 + shift) + load + 0.1 * rng.normal(size=400)
    X = np.column_stack([machine, shift, load]).astype(float)
    X[rng.random(X.shape) < 0.05] = np.nan
    forest = pw.RandomForestRegressor(5, max_depth=6, categorical_features=[0, 1], random_state=0).fit(X, y)
    rows = X[:12].copy()
    rows[0, 0] = 77
    return forest, rows


@pytest.mark.parametrize("precision", ["fast", "audit"])
def test_path_dependent_values(problem, precision):
    forest, rows = problem
    assert any(len(tree.tree_.levels_left(0)) for tree in forest.estimators_)
    explanation = pw.TreeExplainer(forest, precision=precision)(rows)
    for row, found in zip(rows, explanation.values, strict=True):
        of_trees = [shapley(lambda known, t=tree.tree_, x=row: expected(t, x, known), 3) for tree in forest.estimators_]
        np.testing.assert_allclose(found, np.mean(of_trees, axis=0), atol=2e-5 if precision == "fast" else 1e-9)
    np.testing.assert_allclose(
        explanation.values.sum(axis=1) + explanation.base_values, forest.predict(rows), atol=2e-5
    )


def test_interventional_values(problem):
    forest, rows = problem
    background = rows[5:]
    explanation = pw.TreeExplainer(forest, background=background)(rows)

    def predicted(row: np.ndarray, known: frozenset[int]) -> float:
        mixed = background.copy()
        for j in known:
            mixed[:, j] = row[j]
        return float(forest.predict(mixed).mean())

    for row, found in zip(rows, explanation.values, strict=True):
        np.testing.assert_allclose(found, shapley(lambda known, x=row: predicted(x, known), 3), atol=2e-5)


def test_interactions_add_up(problem):
    forest, rows = problem
    explainer = pw.TreeExplainer(forest)
    together = explainer.shap_interaction_values(rows)
    np.testing.assert_allclose(together.sum(axis=2), explainer.shap_values(rows), atol=2e-5)
