# SPDX-License-Identifier: MIT
"""scikit-learn's forests and trees, taken over."""

import pickle
from typing import Any

import numpy as np
import pandas as pd
import plantwright as pw
import pytest
from plantwright.integrations._trees import at_most, below
from sklearn import ensemble, tree
from sklearn.base import clone
from sklearn.datasets import make_classification, make_regression
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression

X, Y = make_regression(n_samples=400, n_features=7, noise=20, random_state=1)
XC, LABEL = make_classification(n_samples=400, n_features=7, n_informative=5, n_classes=4, random_state=1)
NAMES = np.array(["cold", "warm", "hot", "worn"])[LABEL]
GAPS = np.where(np.random.default_rng(0).random(X.shape) < 0.15, np.nan, X)
NEW = np.random.default_rng(2).normal(size=(3000, 7))  # float64 values that no threshold has seen
NEW_GAPS = np.where(np.random.default_rng(3).random(NEW.shape) < 0.15, np.nan, NEW)

REGRESSORS = [
    ensemble.RandomForestRegressor(20, random_state=0),
    ensemble.RandomForestRegressor(20, max_leaf_nodes=40, criterion="absolute_error", max_features=0.5, random_state=0),
    ensemble.ExtraTreesRegressor(20, min_samples_leaf=3, random_state=0),
    tree.DecisionTreeRegressor(max_depth=6, random_state=0),
    tree.ExtraTreeRegressor(random_state=0),
]
CLASSIFIERS = [
    ensemble.RandomForestClassifier(20, random_state=0),
    ensemble.RandomForestClassifier(20, criterion="log_loss", class_weight="balanced_subsample", random_state=0),
    ensemble.ExtraTreesClassifier(20, max_depth=5, random_state=0),
    tree.DecisionTreeClassifier(max_depth=6, random_state=0),
    tree.ExtraTreeClassifier(random_state=0),
]


def decide_alike(ours: Any, theirs: Any, rows: Any) -> bool:
    """Whether rows share a leaf of ours where they share one of theirs, tree by tree; we number leaves anew."""
    n_pairs = n_ours = n_theirs = 0
    for a, b in zip(ours.apply(rows).T, theirs.apply(rows).reshape(len(rows), -1).T, strict=True):
        n_pairs += len(np.unique(np.column_stack([a, b]), axis=0))
        n_ours += len(np.unique(a))
        n_theirs += len(np.unique(b))
    return n_pairs == n_ours == n_theirs


@pytest.mark.parametrize("theirs", REGRESSORS, ids=repr)
def test_a_regressor_decides_and_predicts_alike(theirs: Any) -> None:
    theirs = clone(theirs).fit(X, Y)
    ours = pw.from_sklearn(theirs)
    extra = type(theirs).__name__.startswith("Extra")
    assert type(ours) is (pw.ExtraTreesRegressor if extra else pw.RandomForestRegressor)
    assert decide_alike(ours, theirs, NEW)
    np.testing.assert_allclose(ours.predict(NEW), theirs.predict(NEW), rtol=1e-6, atol=1e-6 * np.abs(Y).max())
    np.testing.assert_allclose(ours.feature_importances_, theirs.feature_importances_, atol=1e-9)


@pytest.mark.parametrize("labels", [NAMES, LABEL, LABEL > 1, LABEL * 5 - 3], ids=["str", "int", "bool", "gaps"])
@pytest.mark.parametrize("theirs", CLASSIFIERS, ids=repr)
def test_a_classifier_decides_and_predicts_alike(theirs: Any, labels: Any) -> None:
    theirs = clone(theirs).fit(XC, labels)
    ours = pw.from_sklearn(theirs)
    extra = type(theirs).__name__.startswith("Extra")
    assert type(ours) is (pw.ExtraTreesClassifier if extra else pw.RandomForestClassifier)
    assert decide_alike(ours, theirs, NEW)
    np.testing.assert_allclose(ours.predict_proba(NEW), theirs.predict_proba(NEW), atol=1e-12)
    assert ours.classes_.tolist() == theirs.classes_.tolist() and ours.classes_.dtype == theirs.classes_.dtype
    clear = (
        np.diff(np.sort(theirs.predict_proba(NEW), axis=1)[:, -2:], axis=1)[:, 0] > 1e-9
    )  # else rounding decides a tie
    np.testing.assert_array_equal(ours.predict(NEW)[clear], theirs.predict(NEW)[clear])


@pytest.mark.parametrize("kind", [ensemble.RandomForestRegressor, ensemble.ExtraTreesRegressor])
def test_missing_values_go_the_same_way(kind: Any) -> None:
    theirs = kind(15, random_state=0).fit(GAPS, Y)
    ours = pw.from_sklearn(theirs)
    assert decide_alike(ours, theirs, NEW_GAPS)
    np.testing.assert_allclose(ours.predict(NEW_GAPS), theirs.predict(NEW_GAPS), rtol=1e-6, atol=1e-6 * np.abs(Y).max())


def test_a_column_that_is_missing_or_constant_is_parted_alike() -> None:
    gaps = np.column_stack([np.where(Y > 0, np.nan, 1.0), X[:, 0]])
    theirs = ensemble.RandomForestRegressor(10, random_state=0).fit(gaps, Y)
    assert decide_alike(pw.from_sklearn(theirs), theirs, gaps)


def test_values_beside_a_threshold_are_decided_alike() -> None:
    theirs = tree.DecisionTreeRegressor(random_state=0).fit(X[:, :1], Y)
    thresholds = theirs.tree_.threshold[theirs.tree_.feature == 0].astype(np.float32)
    beside = np.concatenate(
        [thresholds, np.nextafter(thresholds, np.float32(9e9)), np.nextafter(thresholds, np.float32(-9e9))]
    )
    rows = np.concatenate([beside.astype(np.float64), theirs.tree_.threshold])[:, None]
    assert decide_alike(pw.from_sklearn(theirs), theirs, rows)


def test_a_target_far_from_zero_keeps_its_digits_and_a_tree_its_statistics() -> None:
    theirs = ensemble.RandomForestRegressor(5, min_samples_leaf=4, random_state=0).fit(X, Y + 1e9)
    ours = pw.from_sklearn(theirs)
    np.testing.assert_allclose(ours.predict(NEW) - 1e9, theirs.predict(NEW) - 1e9, atol=1e-4)
    mine, other = ours.estimators_[0].tree_, theirs.estimators_[0].tree_
    for name in ("impurity", "weighted_n_node_samples", "n_node_samples"):
        np.testing.assert_allclose(np.sort(getattr(mine, name)), np.sort(getattr(other, name)), rtol=1e-6)


def test_names_parameters_and_files_come_along(tmp_path: Any) -> None:
    table = pd.DataFrame(XC, columns=[f"sensor_{k}" for k in range(7)])
    theirs = ensemble.RandomForestClassifier(12, max_depth=4, min_samples_leaf=2, random_state=3, n_jobs=2).fit(
        table, NAMES
    )
    ours = pw.from_sklearn(theirs)
    assert ours.feature_names_in_.tolist() == list(table)
    assert (ours.n_estimators, ours.max_depth, ours.min_samples_leaf, ours.random_state, ours.n_jobs) == (
        12,
        4,
        2,
        3,
        2,
    )
    np.testing.assert_allclose(ours.predict_proba(table[table.columns[::-1]]), theirs.predict_proba(table), atol=1e-12)
    with pytest.raises(pw.SchemaMismatch, match="sensor_3"):
        ours.predict(table.drop(columns="sensor_3"))
    pw.save(ours, tmp_path / "forest.plw")
    for again in (pw.load(tmp_path / "forest.plw"), pickle.loads(pickle.dumps(ours))):
        np.testing.assert_array_equal(again.predict_proba(table), ours.predict_proba(table))
        assert again.predict(table).tolist() == ours.predict(table).tolist()
    refitted = clone(ours).fit(table, NAMES)
    assert refitted.score(table, NAMES) > 0.6


def test_what_is_no_forest_is_refused() -> None:
    with pytest.raises(pw.InvalidArgument, match="got a LinearRegression"):
        pw.from_sklearn(LinearRegression())
    with pytest.raises(NotFittedError):
        pw.from_sklearn(ensemble.RandomForestRegressor())


def test_a_threshold_becomes_the_float32_that_decides_every_float32_alike() -> None:
    rng = np.random.default_rng(0)
    exact = np.concatenate(
        [rng.normal(size=500) * 10.0 ** rng.integers(-40, 38, 500), [0.0, -0.0, 1e300, np.inf, 1e-46, -1e-46]]
    )
    narrow = at_most(exact)
    assert (narrow.astype(np.float64) <= exact).all()
    with np.errstate(over="ignore"):
        above = np.nextafter(narrow, np.float32(np.inf)).astype(np.float64)
    assert ((above > exact) | np.isinf(exact)).all()
    values = exact[:500].astype(np.float32)
    x = np.concatenate([values, np.nextafter(values, np.float32(0)), np.nextafter(values, np.float32(np.inf))])
    for t in values[::25]:
        np.testing.assert_array_equal(x <= below(t), x < t)
