# SPDX-License-Identifier: MIT
"""Forests as sets of trees: grown in ranges and merged, cut, grown further; out-of-bag scores by any function."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import plantwright as pw
import pytest
from sklearn.datasets import make_classification, make_regression
from sklearn.metrics import balanced_accuracy_score, mean_absolute_error

X, Y = make_regression(n_samples=250, n_features=6, noise=10, random_state=0)
X[::7, 2] = np.nan
XC, LABEL = make_classification(n_samples=250, n_features=6, n_informative=4, n_classes=3, random_state=0)
NAMES = np.array(["low", "mid", "high"])[LABEL]
GRADE = np.array(["steel", "iron", "zinc"])[np.arange(250) % 3]


def regressor(n: int = 9, **more: Any) -> pw.RandomForestRegressor:
    return pw.RandomForestRegressor(n_estimators=n, random_state=4, **more)


def classifier(n: int = 9, **more: Any) -> pw.RandomForestClassifier:
    return pw.RandomForestClassifier(n_estimators=n, random_state=4, **more)


def file_of(model: Any, folder: Path) -> bytes:
    pw.save(model, folder / "model.plw")
    return (folder / "model.plw").read_bytes()


@pytest.mark.parametrize(
    ("make", "X", "y"),
    [(regressor, X, Y), (classifier, XC, NAMES), (regressor, {"load": X[:, 0], "grade": GRADE}, Y)],
    ids=["regressor", "classifier", "table with a category"],
)
def test_ranges_that_workers_grew_merge_into_the_same_file(make: Any, X: Any, y: Any, tmp_path: Any) -> None:
    ranges = [pickle.loads(pickle.dumps(make().fit(X, y, tree_range=r))) for r in ((0, 2), (2, 3), (3, 9))]
    assert [len(part.estimators_) for part in ranges] == [2, 1, 6]
    merged = type(ranges[0]).merge(ranges)
    assert file_of(merged, tmp_path) == file_of(make().fit(X, y), tmp_path)
    np.testing.assert_array_equal(merged.predict(X), make().fit(X, y).predict(X))
    assert merged.subset(2, 3).n_estimators == 1
    np.testing.assert_array_equal(merged.subset(2, 3).predict(X), ranges[1].predict(X))


def test_a_merged_forest_gets_its_out_of_bag_estimate_from_the_training_rows() -> None:
    merged = pw.RandomForestRegressor.merge([regressor(40).fit(X, Y, tree_range=r) for r in ((0, 15), (15, 40))])
    assert not hasattr(merged, "oob_score_")
    with pytest.warns(UserWarning, match="does not fit new trees"):
        merged.set_params(oob_score=True, warm_start=True).fit(X, Y)
    whole = regressor(40, oob_score=True).fit(X, Y)
    assert merged.oob_score_ == whole.oob_score_
    np.testing.assert_array_equal(merged.oob_prediction_, whole.oob_prediction_)


@pytest.mark.parametrize(("make", "X", "y"), [(regressor, X, Y), (classifier, XC, NAMES)])
def test_a_warm_start_adds_the_trees_that_one_fit_would_have_grown(make: Any, X: Any, y: Any, tmp_path: Any) -> None:
    warm = make(30, warm_start=True, oob_score=True).fit(X, y)
    first = warm.subset(0, 30)
    warm.set_params(n_estimators=50).fit(X, y)
    assert file_of(warm, tmp_path) == file_of(make(50, warm_start=True, oob_score=True).fit(X, y), tmp_path)
    np.testing.assert_array_equal(warm.subset(0, 30).predict(X), first.predict(X))


def test_a_warm_start_without_a_fixed_seed_goes_on_with_the_seed_it_has(tmp_path: Any) -> None:
    forest = pw.RandomForestRegressor(n_estimators=40, warm_start=True, oob_score=True).fit(X, Y)
    pw.save(forest, tmp_path / "forest.plw")
    seed = forest._seed
    for again in (forest, pw.load(tmp_path / "forest.plw")):
        again.set_params(n_estimators=65).fit(X, Y)
        at_once = pw.RandomForestRegressor(n_estimators=65, random_state=seed, oob_score=True).fit(X, Y)
        assert again.oob_score_ == at_once.oob_score_


def test_a_warm_start_with_fewer_trees_or_other_columns_is_refused() -> None:
    forest = regressor(5, warm_start=True).fit(X, Y)
    with pytest.raises(pw.InvalidArgument, match="at least the 5 trees there are, got 3"):
        forest.set_params(n_estimators=3).fit(X, Y)
    with pytest.raises(pw.InvalidArgument, match="6 columns, got 4"):
        forest.set_params(n_estimators=6).fit(X[:, :4], Y)
    with pytest.raises(pw.InvalidArgument, match="same classes"):
        classifier(3, warm_start=True).fit(XC, NAMES).set_params(n_estimators=4).fit(
            XC[NAMES != "low"], NAMES[NAMES != "low"]
        )
    with pytest.raises(pw.InvalidArgument, match="exclude each other"):
        forest.fit(X, Y, tree_range=(0, 1))


def test_a_warm_start_without_more_trees_warns_and_keeps_the_forest() -> None:
    forest = regressor(5, warm_start=True).fit(X, Y)
    before = forest.predict(X)
    with pytest.warns(UserWarning, match="does not fit new trees"):
        forest.fit(X[:50], Y[:50])
    np.testing.assert_array_equal(forest.predict(X), before)


@pytest.mark.parametrize("tree_range", [(0, 10), (-1, 3), (3, 3), (0.0, 3), 5, (1, 2, 3)])
def test_a_range_outside_the_forest_is_refused(tree_range: Any) -> None:
    with pytest.raises(pw.InvalidArgument, match="RandomForestRegressor: tree_range must be"):
        regressor(9).fit(X, Y, tree_range=tree_range)


def test_what_does_not_fit_together_is_not_merged() -> None:
    merge = pw.RandomForestRegressor.merge
    with pytest.raises(pw.InvalidArgument, match="at least one forest"):
        merge([])
    with pytest.raises(pw.InvalidArgument, match="got a RandomForestClassifier"):
        merge([regressor().fit(X, Y), classifier().fit(XC, NAMES)])  # type: ignore[list-item]
    with pytest.raises(pw.NotFitted):
        merge([regressor()])
    with pytest.raises(pw.InvalidArgument, match="number of features, got 6 and 3"):
        merge([regressor(2).fit(X, Y), regressor(2).fit(X[:, :3], Y)])
    with pytest.raises(pw.InvalidArgument, match="classes of one type"):
        pw.RandomForestClassifier.merge([classifier(2).fit(XC, LABEL), classifier(2).fit(XC, LABEL.astype(str))])
    with pytest.raises(pw.InvalidArgument, match="subset must be of trees"):
        regressor(2).fit(X, Y).subset(1, 3)


def test_any_function_may_score_the_out_of_bag_predictions(tmp_path: Any) -> None:
    forest = regressor(60, oob_score=mean_absolute_error).fit(X, Y)
    assert forest.oob_score_ == mean_absolute_error(Y, forest.oob_prediction_)
    pw.save(forest, tmp_path / "forest.plw")
    assert pw.load(tmp_path / "forest.plw").oob_score_ == forest.oob_score_
    classes = classifier(60, oob_score=balanced_accuracy_score).fit(XC, NAMES)
    predicted = classes.classes_[classes.oob_decision_function_.argmax(axis=1)]
    assert classes.oob_score_ == balanced_accuracy_score(NAMES, predicted)


def test_rows_without_an_out_of_bag_prediction_are_not_scored() -> None:
    with pytest.warns(UserWarning, match="OOB"):
        forest = regressor(2, oob_score=mean_absolute_error).fit(X, Y)
    known = ~np.isnan(forest.oob_prediction_)
    assert forest.oob_score_ == mean_absolute_error(Y[known], forest.oob_prediction_[known])


def test_classes_may_be_balanced_in_each_trees_sample() -> None:
    rare = (XC[:, 0] > np.quantile(XC[:, 0], 0.9)) & (np.arange(250) % 2 == 0)
    plain, balanced = (
        classifier(60, class_weight=w, min_samples_leaf=10).fit(XC, rare) for w in (None, "balanced_subsample")
    )
    assert balanced.predict_proba(XC)[rare, 1].mean() > plain.predict_proba(XC)[rare, 1].mean() + 0.1
    with pytest.raises(pw.InvalidArgument, match="balanced_subsample"):
        classifier(class_weight="even").fit(XC, rare)
