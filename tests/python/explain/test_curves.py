# SPDX-License-Identifier: MIT
"""Partial dependence and individual curves are what predict gives, value by value."""

from __future__ import annotations

import numpy as np
import plantwright as pw
import pytest


def problem(rows: int = 120, missing: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    """Three columns that act together, some values missing."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(rows, 3))
    y = X[:, 0] * X[:, 1] + np.sin(2 * X[:, 2])
    X[rng.random(X.shape) < missing] = np.nan
    return X, y


def replaced(X: np.ndarray, column: int, value: float) -> np.ndarray:
    """All rows with one value."""
    X = X.copy()
    X[:, column] = value
    return X


@pytest.mark.parametrize("cls", [pw.RandomForestRegressor, pw.ExtraTreesRegressor])
def test_curves_are_predictions_with_the_value_put_in(cls):
    X, y = problem()
    forest = cls(15, random_state=0).fit(X, y)
    grid = [-1.0, 0.25, 0.0, np.nan, 2.0]
    curve = pw.partial_dependence(forest, X, 1, grid=grid, individual=True)
    for g, value in enumerate(grid):
        expected = forest.predict(replaced(X, 1, value))
        np.testing.assert_allclose(curve.individual[:, g], expected, rtol=1e-10, atol=1e-12)
        assert np.isclose(curve.average[g], expected.mean())


def test_of_classes_there_is_a_curve_each():
    X, y = problem()
    labels = np.digitize(y, [-0.5, 0.5])
    forest = pw.RandomForestClassifier(10, random_state=0).fit(X, labels)
    curve = pw.partial_dependence(forest, X.astype(np.float32), 2, grid=[0.0, 1.0], individual=True)
    assert curve.average.shape == (2, 3)
    assert curve.output_names == ["0", "1", "2"]
    expected = forest.predict_proba(replaced(X.astype(np.float32), 2, 1.0))
    np.testing.assert_allclose(curve.individual[:, 1], expected, atol=1e-12)


def test_weights_and_threads():
    X, y = problem(rows=300)
    forest = pw.RandomForestRegressor(10, random_state=0).fit(X, y)
    weight = np.random.default_rng(1).uniform(size=len(X))
    one = pw.partial_dependence(forest, X, 0, grid=7, sample_weight=weight, individual=True)
    assert np.allclose(one.average, np.average(one.individual, axis=0, weights=weight))
    four = pw.partial_dependence(forest, X, 0, grid=7, sample_weight=weight, n_jobs=4)
    assert (one.average == four.average).all()
    assert len(one.grid) == 7


def test_levels_of_a_category_are_the_grid():
    rng = np.random.default_rng(2)
    line = np.array(["east", "north", "south"])[rng.integers(0, 3, 200)]
    table = pw.Frame({"load": rng.normal(size=200), "line": line})
    y = np.select([line == "east", line == "north"], [5.0, 1.0], 0.0) + table["load"]
    forest = pw.RandomForestRegressor(20, random_state=0).fit(table, y)
    curve = pw.partial_dependence(forest, table, "line")
    assert sorted(curve.grid) == ["east", "north", "south"]
    order = [list(curve.grid).index(name) for name in ("south", "north", "east")]
    assert (np.diff(curve.average[order]) > 0.5).all()
    east = table.with_column("line", np.full(200, "east"))
    assert np.isclose(curve.average[order[2]], forest.predict(east).mean())


def test_boosted_trees_are_raw_sums():
    lightgbm = pytest.importorskip("lightgbm")
    X, y = problem()
    booster = lightgbm.train({"verbosity": -1, "min_data_in_leaf": 5}, lightgbm.Dataset(X, y), 20)
    curve = pw.partial_dependence(pw.from_lightgbm(booster), X, 0, grid=[0.5])
    assert np.isclose(curve.average[0], booster.predict(replaced(X, 0, 0.5)).mean())


@pytest.mark.parametrize(
    ("feature", "options", "message"),
    [
        (3, {}, "from 0 to 2"),
        ("steam", {}, "no feature is named 'steam'"),
        (0, {"grid": 0}, "at least 1"),
        (0, {"grid": []}, "at least one value"),
        (0, {"sample_weight": np.ones(5)}, "one value a row"),
        (0, {"sample_weight": -np.ones(120)}, "must not be negative"),
    ],
)
def test_what_does_not_fit_is_refused(feature, options, message):
    X, y = problem()
    forest = pw.RandomForestRegressor(3, random_state=0).fit(X, y)
    with pytest.raises(pw.InvalidArgument, match=message):
        pw.partial_dependence(forest, X, feature, **options)


def test_a_picture_shows_average_and_rows():
    pytest.importorskip("matplotlib").use("Agg")
    X, y = problem()
    forest = pw.RandomForestRegressor(5, random_state=0).fit(X, y)
    curve = pw.partial_dependence(forest, X, 0, grid=9, individual=True)
    ax = curve.plot(max_rows=10)
    assert len(ax.lines) == 11
    assert np.allclose(ax.lines[-1].get_ydata(), curve.average)
