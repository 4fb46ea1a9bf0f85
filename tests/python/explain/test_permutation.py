# SPDX-License-Identifier: MIT
"""Permutation importance finds what a model uses, and leaves the caller's table alone."""

from __future__ import annotations

import numpy as np
import plantwright as pw
import pytest


@pytest.fixture(scope="module")
def fitted() -> tuple[pw.RandomForestRegressor, np.ndarray, np.ndarray]:
    """The first column matters most, the second is a copy of it, the fourth is noise."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 4))
    X[:, 1] = X[:, 0] + 0.01 * rng.normal(size=600)
    y = 3 * X[:, 0] + X[:, 2]
    forest = pw.RandomForestRegressor(40, max_features=2, random_state=0).fit(X[:400], y[:400])
    return forest, X[400:], y[400:]


def test_noise_has_none_and_the_interval_says_so(fitted):
    forest, X, y = fitted
    importance = pw.permutation_importance(forest, X, y)
    assert importance.names == ["x0", "x1", "x2", "x3"]
    assert abs(importance.mean[3]) < 0.02
    assert importance.low[2] > 0.02
    assert importance.baseline == pytest.approx(forest.score(X, y))
    assert (importance.low <= importance.mean).all()
    assert (importance.mean <= importance.high).all()
    assert importance.to_frame()["feature"][-1] == "x3"


def test_columns_that_stand_in_for_each_other_matter_as_a_group(fitted):
    forest, X, y = fitted
    alone = pw.permutation_importance(forest, X, y)
    together = pw.permutation_importance(forest, X, y, groups={"pair": [0, 1], "third": ["x2"]})
    assert together.names == ["pair", "third"]
    assert together.mean[0] > 1.5 * max(alone.mean[:2])
    assert together.importances[1].tolist() == alone.importances[2].tolist()


def test_the_table_is_as_it_was(fitted):
    pandas = pytest.importorskip("pandas")
    forest, X, y = fitted
    before = X.copy()
    pw.permutation_importance(forest, X, y, n_repeats=2)
    assert (before == X).all()
    table = pandas.DataFrame(X, columns=list("abcd"))
    named = pw.RandomForestRegressor(10, random_state=0).fit(table, y)
    of_pandas = pw.permutation_importance(named, table, y, n_repeats=3)
    assert (table.to_numpy() == before).all()
    of_frame = pw.permutation_importance(named, pw.Frame({k: table[k].to_numpy() for k in table}), y, n_repeats=3)
    np.testing.assert_allclose(of_pandas.importances, of_frame.importances)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_repeats": 1}, "at least 2"),
        ({"groups": {"pair": ["x0", "x0"]}}, "each once"),
        ({"groups": {"pair": ["steam"]}}, "unknown column 'steam'"),
    ],
)
def test_what_does_not_fit_is_refused(fitted, options, message):
    forest, X, y = fitted
    with pytest.raises(pw.InvalidArgument, match=message):
        pw.permutation_importance(forest, X, y, **options)
    with pytest.raises(pw.InvalidArgument, match="same two rows"):
        pw.permutation_importance(forest, X, y[:-1])
