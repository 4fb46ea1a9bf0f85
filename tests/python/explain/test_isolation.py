# SPDX-License-Identifier: MIT
"""Isolation forests are explained by their path lengths: negative pushes towards anomaly."""

from __future__ import annotations

import numpy as np
import plantwright as pw
import pytest


def test_contributions_add_up_to_the_path_length():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 4))
    X[0] = [0.1, 7.0, 0.2, -0.1]  # far out in the second column alone
    forest = pw.IsolationForest(n_estimators=50, random_state=0).fit(X)
    explanation = pw.TreeExplainer(forest)(X[:40])
    total = explanation.values.sum(axis=1) + explanation.base_values
    np.testing.assert_allclose(total, forest.path_length(X[:40]), atol=1e-4)
    assert explanation.values[0].argmin() == 1
    assert explanation.values[0, 1] < -1
    curve = pw.partial_dependence(forest, X, 1, grid=[0.0, 7.0])
    assert curve.average[1] < curve.average[0]


def test_hyperplanes_are_refused():
    X = np.random.default_rng(0).normal(size=(100, 3))
    with pytest.raises(pw.InvalidArgument, match="ndim"):
        pw.TreeExplainer(pw.IsolationForest(n_estimators=5, ndim=2, random_state=0).fit(X))
