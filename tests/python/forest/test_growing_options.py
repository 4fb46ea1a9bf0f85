# SPDX-License-Identifier: MIT
"""Pruning, monotonic constraints, and extremely randomized trees beside scikit-learn's."""

import pickle
from typing import Any

import numpy as np
import plantwright as pw
import pytest
from plantwright.io import read_header
from sklearn import ensemble
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine, make_regression
from sklearn.model_selection import cross_val_score

X, Y = make_regression(n_samples=300, n_features=4, noise=30, random_state=0)
HIGH = np.where(np.median(Y) < Y, "high", "low")  # "high" is the first class, "low" the second
CONSTRAINTS = [1, -1, 0, 1]

REGRESSORS: Any = (pw.RandomForestRegressor, pw.ExtraTreesRegressor)
CLASSIFIERS: Any = (pw.RandomForestClassifier, pw.ExtraTreesClassifier)


def along(j: int) -> list[Any]:
    """Rows that differ in column j alone, ascending; several tables of them."""
    tables = [np.repeat(row[None], 50, axis=0) for row in X[:20]]
    for table in tables:
        table[:, j] = np.linspace(-3, 3, 50)
    return tables


@pytest.mark.parametrize("kind", REGRESSORS)
@pytest.mark.parametrize("constraints", [CONSTRAINTS, np.array(CONSTRAINTS), np.array(CONSTRAINTS, dtype=float)])
def test_numbers_follow_their_constraints(kind: Any, constraints: Any, tmp_path: Any) -> None:
    forest = kind(n_estimators=15, monotonic_cst=constraints, random_state=0).fit(X, Y)
    for j, direction in enumerate(CONSTRAINTS):
        for table in along(j):
            assert (np.diff(forest.predict(table)) * direction >= -1e-9).all()
    assert forest.score(X, Y) > 0.5
    pw.save(forest, tmp_path / "forest.plw")
    assert pw.load(tmp_path / "forest.plw").monotonic_cst == CONSTRAINTS


@pytest.mark.parametrize("kind", CLASSIFIERS)
def test_the_second_class_follows_its_constraints(kind: Any) -> None:
    forest = kind(n_estimators=15, monotonic_cst=CONSTRAINTS, random_state=0).fit(X, HIGH)
    assert forest.classes_.tolist() == ["high", "low"]
    for j, direction in enumerate(CONSTRAINTS):
        for table in along(j):
            assert (np.diff(forest.predict_proba(table)[:, 1]) * direction >= -1e-12).all()


@pytest.mark.parametrize(
    "constraints", [[2, 0, 0, 0], [0.5, 0, 0, 0], "up", [[1, 0, 0, 0]], 1, [True, False, False, True]]
)
def test_what_is_no_constraint_is_refused(constraints: Any) -> None:
    with pytest.raises(pw.InvalidArgument, match="RandomForestRegressor: monotonic_cst must be"):
        pw.RandomForestRegressor(2, monotonic_cst=constraints).fit(X, Y)


def test_constraints_that_cannot_hold_are_refused() -> None:
    with pytest.raises(pw.InvalidArgument, match="monotonic_cst must be one number a feature, got 2"):
        pw.RandomForestRegressor(2, monotonic_cst=[1, 0]).fit(X, Y)
    with pytest.raises(pw.InvalidArgument, match="more than two classes"):
        pw.RandomForestClassifier(2, monotonic_cst=CONSTRAINTS).fit(X, np.arange(len(X)) % 3)
    with pytest.raises(pw.InvalidArgument, match="absolute_error"):
        pw.ExtraTreesRegressor(2, monotonic_cst=CONSTRAINTS, criterion="absolute_error").fit(X, Y)


@pytest.mark.parametrize("kind", [*REGRESSORS, *CLASSIFIERS])
def test_pruning_leaves_fewer_nodes_and_none_in_the_end(kind: Any) -> None:
    y = HIGH if kind in CLASSIFIERS else (Y - Y.mean()) / Y.std()
    n_nodes = [
        sum(tree.tree_.node_count for tree in kind(5, ccp_alpha=alpha, random_state=0).fit(X, y).estimators_)
        for alpha in (0.0, 0.005, 0.02, 10.0)
    ]
    assert n_nodes == sorted(n_nodes, reverse=True) and len(set(n_nodes)) == 4 and n_nodes[-1] == 5
    with pytest.raises(pw.InvalidArgument, match="ccp_alpha must be"):
        kind(ccp_alpha=-0.1).fit(X, y)


def test_a_pruned_tree_has_as_many_leaves_as_scikit_learns() -> None:
    one_tree = {"n_estimators": 1, "bootstrap": False, "random_state": 0}
    for alpha in (1.0, 10.0, 100.0):
        ours = pw.RandomForestRegressor(**one_tree, ccp_alpha=alpha).fit(X, Y)
        theirs = ensemble.RandomForestRegressor(**one_tree, ccp_alpha=alpha).fit(X, Y)
        assert ours.estimators_[0].tree_.node_count == theirs.estimators_[0].tree_.node_count


PAIRS = [
    (pw.ExtraTreesRegressor, ensemble.ExtraTreesRegressor, load_diabetes),
    (pw.ExtraTreesClassifier, ensemble.ExtraTreesClassifier, load_wine),
    (pw.ExtraTreesClassifier, ensemble.ExtraTreesClassifier, load_breast_cancer),
]


@pytest.mark.parametrize(("ours", "theirs", "data"), PAIRS)
def test_extra_trees_are_as_accurate_as_scikit_learns(ours: Any, theirs: Any, data: Any) -> None:
    X, y = data(return_X_y=True)
    mine, other = (
        np.mean([cross_val_score(kind(60, random_state=seed), X, y, cv=4) for seed in range(3)])
        for kind in (ours, theirs)
    )
    assert mine > other - 0.015


@pytest.mark.parametrize(("ours", "theirs"), [pair[:2] for pair in PAIRS[:2]])
def test_extra_trees_have_scikit_learns_parameters_and_defaults(ours: Any, theirs: Any) -> None:
    expected = theirs().get_params() | {"category_splits": "node", "categorical_features": None}  # and our own
    found = {name: value for name, value in ours().get_params().items() if name != "quantiles"}  # a regressor's
    assert {**found, "criterion": expected["criterion"]} == expected
    assert ours().get_params()["criterion"] == {"friedman_mse": "squared_error"}.get(
        expected["criterion"], expected["criterion"]
    )


@pytest.mark.parametrize("kind", [pw.ExtraTreesRegressor, pw.ExtraTreesClassifier])
def test_extra_trees_come_back_as_what_they_were(kind: Any, tmp_path: Any) -> None:
    y = HIGH if kind in CLASSIFIERS else Y
    forest = kind(8, max_depth=5, random_state=1).fit(X, y)
    pw.save(forest, tmp_path / "forest.plw")
    assert read_header(tmp_path / "forest.plw")["type"] == kind.__name__.replace("ExtraTrees", "RandomForest")
    again = pw.load(tmp_path / "forest.plw")
    for other in (again, pickle.loads(pickle.dumps(forest)), clone(again).fit(X, y)):
        assert type(other) is kind and other.get_params() == forest.get_params()
        np.testing.assert_array_equal(other.predict(X), forest.predict(X))
    parts = [kind(8, max_depth=5, random_state=1).fit(X, y, tree_range=r) for r in ((0, 3), (3, 8))]
    assert type(kind.merge(parts)) is kind
    np.testing.assert_array_equal(kind.merge(parts).predict(X), forest.predict(X))
    more = again.set_params(n_estimators=11, warm_start=True).fit(X, y)
    np.testing.assert_array_equal(more.predict(X), kind(11, max_depth=5, random_state=1).fit(X, y).predict(X))


def test_a_random_forest_stays_one_whatever_a_header_says(tmp_path: Any) -> None:
    forest = pw.RandomForestRegressor(2, random_state=0).fit(X, Y)
    forest._variant = "ExtraTreesClassifier"  # type: ignore[misc]
    pw.save(forest, tmp_path / "forest.plw")
    assert type(pw.load(tmp_path / "forest.plw")) is pw.RandomForestRegressor


def test_extra_trees_part_missing_values_and_fit_every_row() -> None:
    gaps = np.where(np.random.default_rng(0).random(X.shape) < 0.2, np.nan, X)
    forest = pw.ExtraTreesRegressor(10, random_state=0).fit(gaps, Y)
    np.testing.assert_allclose(forest.predict(gaps), Y, rtol=1e-4, atol=1e-3)
    with pytest.raises(pw.InvalidArgument, match="ExtraTreesRegressor: oob_score needs bootstrap=True"):
        pw.ExtraTreesRegressor(oob_score=True).fit(X, Y)
    assert pw.ExtraTreesRegressor(60, bootstrap=True, oob_score=True, random_state=0).fit(X, Y).oob_score_ > 0.5
