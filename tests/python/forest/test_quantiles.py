# SPDX-License-Identifier: MIT
"""Quantile regression forests: the definition, coverage of new rows, tables, files."""

import pickle
from typing import Any

import numpy as np
import pandas as pd
import plantwright as pw
import pytest
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import mean_pinball_loss

RNG = np.random.default_rng(0)
X = RNG.uniform(size=(3000, 4))
NOISE = np.where(X[:, 1] < 0.5, 0.4, 2.0)
Y = 4 * X[:, 0] + NOISE * RNG.normal(size=3000)
LEVELS = [0.05, 0.1, 0.5, 0.9, 0.95]
KINDS = [pw.RandomForestRegressor, pw.ExtraTreesRegressor]


def forest(kind: Any = pw.RandomForestRegressor, **more: Any) -> Any:
    options = {"n_estimators": 40, "min_samples_leaf": 8, "random_state": 0, "quantiles": True}
    return kind(**(options | more))


def weights(model: Any, train: NDArray[Any], rows: NDArray[Any]) -> NDArray[np.float64]:
    """How each row shares leaves with the training rows."""
    of_train, of_rows = model.apply(train), model.apply(rows)
    same = of_rows[:, None, :] == of_train[None, :, :]
    return np.asarray((same / same.sum(axis=1, keepdims=True)).mean(axis=2))


@pytest.mark.parametrize("bootstrap", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_quantiles_are_the_inverse_of_the_weighted_distribution(kind: Any, bootstrap: bool) -> None:
    y = np.round(Y[:300], 1)  # with ties
    model = forest(kind, n_estimators=10, bootstrap=bootstrap).fit(X[:300], y)
    found = model.predict_quantiles(X[300:320], LEVELS)
    w = weights(model, X[:300], X[300:320])
    if not bootstrap:
        np.testing.assert_allclose(w @ y, model.predict(X[300:320]), rtol=1e-5)
    order = np.argsort(y, kind="stable")
    sums = np.cumsum(w[:, order], axis=1)
    for k, level in enumerate(LEVELS):
        first = (sums >= level - 1e-12).argmax(axis=1)
        np.testing.assert_array_equal(found[:, k], y[order][first])


@pytest.mark.parametrize("kind", KINDS)
def test_an_interval_covers_new_rows_as_often_as_it_says_whatever_the_noise(kind: Any) -> None:
    model = forest(kind, n_estimators=100, n_jobs=2).fit(X[:2000], Y[:2000])
    low, middle, high = model.predict_quantiles(X[2000:]).T
    covered = (low <= Y[2000:]) & (Y[2000:] <= high)
    quiet = X[2000:, 1] < 0.5
    assert covered.mean() == pytest.approx(0.8, abs=0.05)
    half = np.quantile(np.abs(Y[2000:] - model.predict(X[2000:])), 0.8)  # the best interval of one width
    one_width = np.abs(Y[2000:] - model.predict(X[2000:])) <= half
    for part in (quiet, ~quiet):
        assert abs(covered[part].mean() - 0.8) < min(0.16, 0.8 * abs(one_width[part].mean() - 0.8))
    assert (high - low)[~quiet].mean() > 2 * (high - low)[quiet].mean()
    fixed = np.quantile(Y[:2000], 0.9)  # the trivial baseline
    assert mean_pinball_loss(Y[2000:], high, alpha=0.9) < 0.8 * mean_pinball_loss(
        Y[2000:], np.full(1000, fixed), alpha=0.9
    )
    assert np.corrcoef(middle, model.predict(X[2000:]))[0, 1] > 0.95


def test_shapes_order_and_one_row() -> None:
    model = forest().fit(X[:500], Y[:500])
    found = model.predict_quantiles(X[500:520], LEVELS)
    assert found.shape == (20, 5) and (np.diff(found, axis=1) >= 0).all() and np.isin(found, Y[:500]).all()
    np.testing.assert_array_equal(model.predict_quantiles(X[500:520], LEVELS[::-1]), found[:, ::-1])
    np.testing.assert_array_equal(model.predict_quantiles(X[500:520], 0.5), found[:, 2])
    np.testing.assert_array_equal(model.predict_quantiles(X[500:520]), found[:, 1:4])
    np.testing.assert_array_equal(model.predict_quantiles(X[500:520].astype(np.float32), LEVELS).shape, (20, 5))
    for row in (X[503], X[503].tolist(), tuple(X[503])):
        np.testing.assert_array_equal(model.predict_quantiles_one(row, LEVELS), found[3])
    assert model.predict_quantiles_one(X[503], 0.5).tolist() == [found[3, 2]]
    assert model.predict_quantiles(X[:5], []).shape == (5, 0)


def test_sample_weights_count() -> None:
    x, y = np.zeros((10, 1)), np.arange(10.0)
    weight = np.where(y == 7, 100.0, 1.0)
    model = forest(n_estimators=1, bootstrap=False).fit(x, y, sample_weight=weight)
    assert model.predict_quantiles(x[:1], [0.01, 0.5, 0.99]).tolist() == [[1.0, 7.0, 8.0]]
    drawn = forest(n_estimators=200).fit(x, y, sample_weight=(y >= 5) * 1.0)
    assert drawn.predict_quantiles(x[:1], [0, 0.5, 1]).tolist() == [[5.0, 7.0, 9.0]]


def test_they_come_along_in_files_ranges_pickles_and_warm_starts(tmp_path: Any) -> None:
    whole = forest(n_estimators=10).fit(X[:400], Y[:400])
    expected = whole.predict_quantiles(X[400:420], LEVELS)
    pw.save(whole, tmp_path / "forest.plw")
    loaded = pw.load(tmp_path / "forest.plw")
    assert loaded.quantiles is True
    for same in (loaded, pickle.loads(pickle.dumps(whole))):
        np.testing.assert_array_equal(same.predict_quantiles(X[400:420], LEVELS), expected)
    parts = [forest(n_estimators=10).fit(X[:400], Y[:400], tree_range=r) for r in ((0, 3), (3, 10))]
    merged = pw.RandomForestRegressor.merge(parts)
    assert merged._model.to_bytes() == whole._model.to_bytes()
    np.testing.assert_array_equal(
        whole.subset(3, 10).predict_quantiles(X[400:420], LEVELS), parts[1].predict_quantiles(X[400:420], LEVELS)
    )
    warm = forest(n_estimators=3, warm_start=True).fit(X[:400], Y[:400]).set_params(n_estimators=10)
    assert warm.fit(X[:400], Y[:400])._model.to_bytes() == whole._model.to_bytes()
    without = forest(n_estimators=3, warm_start=True, quantiles=False).fit(X[:400], Y[:400])
    with pytest.raises(pw.InvalidArgument, match="quantiles must be off"):
        without.set_params(n_estimators=4, quantiles=True).fit(X[:400], Y[:400])


def test_they_change_no_tree() -> None:
    plain, kept = (forest(quantiles=q).fit(X[:500], Y[:500]) for q in (False, True))
    np.testing.assert_array_equal(plain.predict(X), kept.predict(X))
    np.testing.assert_array_equal(plain.apply(X), kept.apply(X))


@pytest.mark.parametrize("n_jobs", [2, 4])
def test_the_number_of_threads_changes_no_bit(n_jobs: int) -> None:
    one, many = forest().fit(X, Y), forest(n_jobs=n_jobs).fit(X, Y)
    assert one._model.to_bytes() == many._model.to_bytes()
    np.testing.assert_array_equal(one.predict_quantiles(X, LEVELS), many.predict_quantiles(X, LEVELS))


def test_tables_are_taken_by_name() -> None:
    grade = np.array(["steel", "iron", "zinc"])[RNG.integers(0, 3, 600)]
    table = pd.DataFrame({"load": X[:600, 0], "grade": grade})
    y = 3 * X[:600, 0] + (grade == "iron") * 5 + RNG.normal(size=600) * np.where(grade == "zinc", 3, 0.1)
    model = forest().fit(table, y)
    low, high = model.predict_quantiles(table[["grade", "load"]], [0.1, 0.9]).T
    assert (high - low)[grade == "zinc"].mean() > 5 * (high - low)[grade == "steel"].mean()
    with pytest.raises(pw.SchemaMismatch):
        model.predict_quantiles(table[["load"]])


def test_what_cannot_be_is_refused_by_name() -> None:
    with pytest.raises(NotFittedError):
        forest().predict_quantiles(X)
    with pytest.raises(pw.InvalidArgument, match="fitted with quantiles"):
        forest(quantiles=False).fit(X[:50], Y[:50]).predict_quantiles(X[:5])
    model = forest().fit(X[:50], Y[:50])
    for bad in (1.2, [-0.1], [np.nan], [[0.1, 0.2]], "median"):
        with pytest.raises(ValueError):
            model.predict_quantiles(X[:5], bad)
    with pytest.raises(ValueError, match="features"):
        model.predict_quantiles(X[:5, :2])
    with pytest.raises(pw.InvalidArgument, match="several outputs"):
        forest().fit(X, np.column_stack([Y, Y]))
    assert clone(model).quantiles is True
