# SPDX-License-Identifier: MIT
"""Calibrated probabilities, beside scikit-learn's."""

from __future__ import annotations

import numpy as np
import plantwright as pw
import pytest
from scipy.optimize import minimize
from sklearn.isotonic import IsotonicRegression


@pytest.fixture(scope="module")
def votes():
    random = np.random.default_rng(0)
    share = np.round(random.uniform(size=3000), 2)  # many equal ones, 0 and 1 among them
    return share, (random.uniform(size=3000) < share**2).astype(int), random.integers(0, 4, 3000).astype(float)


@pytest.mark.parametrize("weighted", [False, True])
def test_isotonic_is_scikit_learns(votes, weighted):
    share, y, weight = votes
    weight = weight if weighted else None
    theirs = IsotonicRegression(out_of_bounds="clip").fit(share, y, weight)
    ours = pw.evaluate.Calibration("isotonic").fit(share, y, weight)
    asked = np.linspace(0, 1, 777)
    np.testing.assert_allclose(ours.apply(asked), theirs.predict(asked), atol=1e-12)


@pytest.mark.parametrize("weighted", [False, True])
def test_sigmoid_is_the_curve_of_highest_likelihood(votes, weighted):
    share, y, weight = votes
    w = weight if weighted else np.ones(len(y))
    z = np.log(np.clip(share, 1e-3, 1 - 1e-3) / (1 - np.clip(share, 1e-3, 1 - 1e-3)))
    n1, n0 = w[y == 1].sum(), w[y == 0].sum()
    target = np.where(y == 1, (n1 + 1) / (n1 + 2), 1 / (n0 + 2))

    def loss(x):
        return np.sum(w * (np.logaddexp(0, x[0] * z + x[1]) - target * (x[0] * z + x[1])))

    best = minimize(loss, [1, 0], tol=1e-12).x
    curve = pw.evaluate.Calibration("sigmoid").fit(share, y, weight if weighted else None).curves_[0]
    np.testing.assert_allclose([curve["slope"], curve["intercept"]], best, rtol=1e-4)


def test_classes_may_be_texts_and_several(votes):
    share, y, _ = votes
    names = np.array(["clear", "dusty"])[y]
    two = pw.evaluate.Calibration().fit(np.column_stack([1 - share, share]), names)
    assert list(two.classes_) == ["clear", "dusty"]
    np.testing.assert_array_equal(two.apply(share), two.apply(np.column_stack([1 - share, share]))[:, 1])
    third = np.where(np.arange(len(y)) % 4 == 0, "storm", names)
    shares = np.column_stack([0.7 * (1 - share), 0.7 * share, np.full(len(y), 0.3)])
    three = pw.evaluate.Calibration("isotonic").fit(shares, third).apply(shares)
    np.testing.assert_allclose(three.sum(axis=1), 1)
    np.testing.assert_allclose(three.mean(axis=0)[2], 0.25, atol=0.03)


@pytest.mark.parametrize(
    ("share", "y", "says"),
    [
        ([0.2, 0.4], [1, 1], "2 classes|1 classes"),
        ([0.2, 1.4], [0, 1], "probability must be in"),
        ([0.2, np.nan], [0, 1], "probability must be in"),
        ([], [], "at least|classes"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(share, y, says):
    with pytest.raises(pw.InvalidArgument, match=says):
        pw.evaluate.Calibration().fit(np.array(share), np.array(y))
    with pytest.raises(pw.NotFitted):
        pw.evaluate.Calibration().apply([0.5])
