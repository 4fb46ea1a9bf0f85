# SPDX-License-Identifier: MIT
"""Imputers beside scikit-learn's and pandas'."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plantwright as pw
import pytest
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer, KNNImputer, MissingIndicator, SimpleImputer


@pytest.fixture(scope="module")
def X():
    random = np.random.default_rng(1)
    X = np.column_stack([random.normal(500, 10, 1000), random.lognormal(0, 2, 1000), random.integers(0, 9, 1000)])
    X[random.random(X.shape) < 0.2] = np.nan
    return np.column_stack([X, random.normal(size=1000)])


@pytest.mark.parametrize("strategy", ["mean", "median", "most_frequent", "constant"])
@pytest.mark.parametrize("add_indicator", [False, True])
def test_fills_are_scikit_learns(X, strategy, add_indicator):
    fill = 3.5 if strategy == "constant" else None
    ours = pw.SimpleImputer(strategy, fill_value=fill, add_indicator=add_indicator)
    theirs = SimpleImputer(strategy=strategy, fill_value=fill, add_indicator=add_indicator)
    np.testing.assert_allclose(ours.fit_transform(X), theirs.fit_transform(X), rtol=1e-14)
    np.testing.assert_allclose(ours.statistics_, theirs.statistics_.astype(float), rtol=1e-14)


def test_categories_are_filled_as_scikit_learn_does():
    grade = np.array(["B", None, "A", "B", "A", None, "C"], dtype=object)
    for strategy, fill in (("most_frequent", None), ("constant", None), ("constant", "none"), ("constant", "A")):
        ours = pw.SimpleImputer(strategy, fill_value=fill).fit_transform(pw.Frame({"grade": grade}))
        theirs = SimpleImputer(strategy=strategy, fill_value=fill, missing_values=None).fit_transform(grade[:, None])
        np.testing.assert_array_equal(ours["grade"], theirs.ravel())


def test_a_level_that_was_not_fitted_is_not_filled():
    step = pw.SimpleImputer("most_frequent").fit(pw.Frame({"grade": ["A", "A", "B"]}))
    later = pw.Frame({"grade": ["B", "new", None]})
    assert list(step.transform(later)["grade"]) == ["B", None, "A"]
    assert [step.stream().update({"grade": g})["grade"] for g in ("B", "new", None)] == ["B", None, "A"]


def test_the_last_value_is_pandas_ffill_within_groups(X):
    line = np.random.default_rng(0).choice(["east", "west"], len(X))
    table = pd.DataFrame(X, columns=list("abcd")).assign(line=line)
    for limit in (None, 1, 3):
        found = pw.SimpleImputer("last", by="line", max_age=limit).fit_transform(pw.Frame(table))
        expected = table.groupby("line")[list("abcd")].ffill(limit=limit)
        np.testing.assert_array_equal(found.to_numpy(list("abcd")), expected.to_numpy())


def test_a_value_older_than_the_limit_is_not_used():
    time = np.array(["2019-01-01T00:00", "2019-01-01T00:05", "NaT", "2019-01-01T00:10", "2019-01-01T00:11"], "M8[ns]")
    frame = pw.Frame({"t": time, "x": [1.0, None, None, None, None], "g": ["a", None, None, None, None]})
    step = pw.SimpleImputer("last", max_age="10min").fit(frame)
    np.testing.assert_array_equal(step.transform(frame)["x"], [1, 1, np.nan, 1, np.nan])
    assert list(step.transform(frame)["g"]) == ["a", "a", None, "a", None]
    stream = step.stream()
    rows = [stream.update({"t": t, "x": x, "g": None})["x"] for t, x in zip(time, frame["x"], strict=True)]
    np.testing.assert_array_equal(rows, [1, 1, np.nan, 1, np.nan])


def test_lines_are_pandas_interpolation(X):
    random = np.random.default_rng(0)
    time = np.datetime64("2019-01-01") + np.cumsum(random.integers(1, 100, len(X))).astype("m8[s]")
    by_row = pw.SimpleImputer("linear").fit_transform(pw.Frame(dict(zip("abcd", X.T, strict=True))))
    expected = pd.DataFrame(X, columns=list("abcd")).interpolate(limit_area="inside")
    np.testing.assert_allclose(by_row.to_numpy(), expected.to_numpy(), rtol=1e-14)
    frame = pw.Frame({"time": time.astype("M8[ns]"), "a": X[:, 0]})
    by_time = pw.SimpleImputer("linear", time="time").fit_transform(frame)["a"]
    expected = pd.Series(X[:, 0], index=time).interpolate("time", limit_area="inside")
    np.testing.assert_allclose(by_time, expected.to_numpy(), rtol=1e-12)


def test_lines_stay_within_groups():
    frame = pw.Frame({"x": [0.0, 100.0, None, None, 2.0, 400.0], "g": ["a", "b", "a", "b", "a", "b"]})
    found = pw.SimpleImputer("linear", by="g").fit_transform(frame)["x"]
    np.testing.assert_array_equal(found, [0, 100, 1, 250, 2, 400])


def test_a_stream_refuses_what_looks_at_later_rows():
    step = pw.SimpleImputer("linear").fit(np.array([[1.0], [np.nan], [3.0]]))
    with pytest.raises(pw.InvalidArgument, match="repairs history and cannot run in a stream"):
        step.stream()


def test_a_column_without_values_stays_missing_and_a_constant_fills_it():
    frame = pw.Frame({"x": np.full(3, np.nan), "y": [1.0, None, 3.0]})
    for strategy in ("mean", "median", "most_frequent", "last", "linear"):
        assert np.isnan(pw.SimpleImputer(strategy).fit_transform(frame)["x"]).all()
    assert list(pw.SimpleImputer("constant", fill_value=7).fit_transform(frame)["x"]) == [7, 7, 7]


@pytest.mark.parametrize("weights", ["uniform", "distance"])
@pytest.mark.parametrize("n_neighbors", [1, 5, 400])
def test_neighbours_are_scikit_learns(X, weights, n_neighbors):
    Z = (X - np.nanmean(X, axis=0)) / np.nanstd(X, axis=0)
    Z = Z[~np.isnan(Z).all(axis=1)]
    train, later = Z[:600], Z[600:]
    ours = pw.KNNImputer(n_neighbors=n_neighbors, weights=weights, add_indicator=True).fit(train)
    theirs = KNNImputer(n_neighbors=n_neighbors, weights=weights, add_indicator=True).fit(train)
    for part in (train, later):
        np.testing.assert_allclose(ours.transform(part), theirs.transform(part), rtol=1e-6, atol=1e-12)


def test_neighbours_of_rows_that_have_twins_are_scikit_learns():
    X = np.random.default_rng(0).integers(0, 3, (300, 3)).astype(float)
    X[:, 2] = X[:, 0] * 10 + X[:, 1]  # equally near donors have equal values
    Z = X.copy()
    Z[::7, 2] = np.nan
    found = pw.KNNImputer(n_neighbors=3, weights="distance").fit_transform(Z)
    np.testing.assert_allclose(found, KNNImputer(n_neighbors=3, weights="distance").fit_transform(Z), rtol=1e-12)
    np.testing.assert_array_equal(found, X)


@pytest.fixture(scope="module")
def related():
    random = np.random.default_rng(3)
    load = random.random(800)
    X = np.column_stack([load, load**3, np.sqrt(load), np.exp(-4 * load)]) + 0.02 * random.normal(size=(800, 4))
    gaps = random.random(X.shape) < 0.15
    return X, np.where(gaps, np.nan, X), gaps


def miss(found, truth, gaps):
    """Give the root mean square error in standard deviations, over all gaps."""
    return np.sqrt(np.mean((((found - truth) / truth.std(axis=0)) ** 2)[gaps]))


@pytest.mark.filterwarnings("ignore:.*Early stopping criterion not reached")
@pytest.mark.parametrize("estimator", ["random_forest", "extra_trees"])
def test_chained_forests_beat_the_mean_and_chained_lines(related, estimator):
    truth, X, gaps = related
    step = pw.IterativeImputer(estimator, n_estimators=50, random_state=1).fit(X)
    ours = miss(step.transform(X), truth, gaps)
    lines = miss(IterativeImputer(random_state=0).fit_transform(X), truth, gaps)
    means = miss(SimpleImputer().fit_transform(X), truth, gaps)
    assert ours < 0.8 * lines
    assert ours < 0.5 * means
    assert 1 <= step.n_iter_[0] <= 10
    np.testing.assert_array_equal(step.transform(X)[~gaps], X[~gaps])


def test_chained_forests_are_the_same_by_any_threads_and_differ_by_seed(related):
    X = related[1]
    first = pw.IterativeImputer(n_estimators=5, max_iter=2, n_jobs=1).fit_transform(X)
    np.testing.assert_array_equal(first, pw.IterativeImputer(n_estimators=5, max_iter=2, n_jobs=2).fit_transform(X))
    assert (first != pw.IterativeImputer(n_estimators=5, max_iter=2, random_state=1).fit_transform(X)).any()


@pytest.mark.parametrize("features", ["missing-only", "all"])
def test_indicators_are_scikit_learns(X, features):
    ours = pw.MissingIndicator(features=features).fit(X)
    theirs = MissingIndicator(features=features)
    np.testing.assert_array_equal(ours.transform(X)[:, X.shape[1] :], theirs.fit_transform(X))
    assert list(ours.get_feature_names_out())[-1] == ("x2__missing" if features == "missing-only" else "x3__missing")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"strategy": "mode"}, 'one of "mean", "median"'),
        ({"strategy": "mean", "max_age": 3}, 'max_age belongs to strategy "last", got strategy "mean"'),
        ({"strategy": "mean", "by": "g"}, "by belongs to"),
        ({"strategy": "mean", "fill_value": 3}, "fill_value belongs to"),
        ({"strategy": "last", "max_age": "10 parsecs"}, "duration"),
        ({"strategy": "last", "max_age": "10min"}, "needs a time column"),
        ({"strategy": "last", "by": "x"}, "by must name a column of kind category, got 'x' of kind number"),
        ({"strategy": "mean", "columns": ["g"]}, "columns must be of kind number, got 'g' of kind category"),
        ({"strategy": "constant", "fill_value": [1]}, "fill_value must be a number or a text"),
    ],
)
def test_wrong_options_say_what_is_allowed(options, words):
    with pytest.raises(pw.InvalidArgument, match=words):
        pw.SimpleImputer(**options).fit(pw.Frame({"x": [1.0, None], "g": ["a", "b"]}))


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (pw.KNNImputer(n_neighbors=0), "n_neighbors must be at least 1, got 0"),
        (pw.KNNImputer(weights="nearest"), 'one of "uniform", "distance", got "nearest"'),
        (pw.IterativeImputer(n_estimators=0), r"n_estimators must be in \[1, 1000000\], got 0"),
        (pw.IterativeImputer(estimator="bayes"), 'one of "random_forest", "extra_trees"'),
        (pw.IterativeImputer(tol=-1.0), "tol must be at least 0, got -1"),
    ],
)
def test_wrong_options_of_imputers_by_rows_say_what_is_allowed(step, words):
    with pytest.raises(pw.InvalidArgument, match=words):
        step.fit(np.array([[1.0, 2.0], [np.nan, 3.0]]))
