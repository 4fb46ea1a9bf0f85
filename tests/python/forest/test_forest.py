# SPDX-License-Identifier: MIT
"""The forests as their users call them: arrays, weights, missing values, attributes."""

import subprocess
import sys
import textwrap
from typing import Any

import numpy as np
import plantwright as pw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import RandomForestRegressor as SklearnRegressor
from sklearn.exceptions import NotFittedError
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV, cross_val_score

RNG = np.random.default_rng(0)
X = RNG.normal(size=(400, 6))
Y = X[:, 0] * 2 + np.abs(X[:, 1]) + RNG.normal(size=400) * 0.1
LABELS = np.where(Y > 1, "high", np.where(Y > 0, "mid", "low"))


def regressor(**more: Any) -> pw.RandomForestRegressor:
    return pw.RandomForestRegressor(**({"n_estimators": 20, "random_state": 0} | more))


def classifier(**more: Any) -> pw.RandomForestClassifier:
    return pw.RandomForestClassifier(**({"n_estimators": 20, "random_state": 0} | more))


def test_it_beats_the_mean_on_rows_it_has_not_seen() -> None:
    forest = regressor().fit(X[:300], Y[:300])
    assert forest.score(X[300:], Y[300:]) > 0.8


@pytest.mark.parametrize("n_jobs", [2, 4, 8])
@pytest.mark.parametrize("splitter", ["fast", "exact"])
def test_the_number_of_threads_changes_no_bit(n_jobs: int, splitter: str) -> None:
    one = regressor(splitter=splitter, oob_score=True).fit(X, Y)
    many = regressor(splitter=splitter, oob_score=True, n_jobs=n_jobs).fit(X, Y)
    assert one._model.to_bytes() == many._model.to_bytes()
    np.testing.assert_array_equal(one.predict(X), many.predict(X))


def test_the_seed_decides() -> None:
    np.testing.assert_array_equal(regressor().fit(X, Y).predict(X), regressor().fit(X, Y).predict(X))
    assert (regressor().fit(X, Y).predict(X) != regressor(random_state=1).fit(X, Y).predict(X)).any()


def test_a_random_state_object_draws_a_seed() -> None:
    a = regressor(random_state=np.random.RandomState(3)).fit(X, Y).predict(X)
    b = regressor(random_state=np.random.RandomState(3)).fit(X, Y).predict(X)
    np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("criterion", ["squared_error", "absolute_error", "poisson"])
def test_each_criterion_of_regression_scores_as_scikit_learn_does(criterion: str) -> None:
    y = np.exp(Y / 2)
    ours = r2_score(y[300:], regressor(criterion=criterion, n_estimators=50).fit(X[:300], y[:300]).predict(X[300:]))
    theirs = SklearnRegressor(n_estimators=50, criterion=criterion, random_state=0).fit(X[:300], y[:300])
    assert ours > r2_score(y[300:], theirs.predict(X[300:])) - 0.05


@pytest.mark.parametrize("criterion", ["gini", "entropy", "log_loss"])
def test_each_criterion_of_classification_learns(criterion: str) -> None:
    assert classifier(criterion=criterion).fit(X[:300], LABELS[:300]).score(X[300:], LABELS[300:]) > 0.75


def test_probabilities_sum_to_one_and_the_prediction_is_the_likeliest_class() -> None:
    forest = classifier().fit(X, LABELS)
    probability = forest.predict_proba(X)
    np.testing.assert_allclose(probability.sum(axis=1), 1)
    np.testing.assert_array_equal(forest.predict(X), forest.classes_[probability.argmax(axis=1)])
    np.testing.assert_allclose(np.exp(forest.predict_log_proba(X)), probability)


@pytest.mark.parametrize(
    "labels",
    [LABELS, np.unique(LABELS, return_inverse=True)[1] * 5 + 2, Y > 0, LABELS.astype(object)],
    ids=["str", "int", "bool", "object"],
)
def test_labels_of_any_type_come_back_as_they_were(labels: Any, tmp_path: Any) -> None:
    forest = classifier().fit(X, labels)
    assert forest.predict(X).dtype == labels.dtype
    pw.save(forest, tmp_path / "forest.plw")
    same = pw.load(tmp_path / "forest.plw")
    assert same.classes_.dtype == forest.classes_.dtype
    np.testing.assert_array_equal(same.predict(X), forest.predict(X))


def test_many_integer_classes_keep_their_numeric_order() -> None:
    labels = np.arange(400) % 12
    table = {"a": X[:, 0], "b": labels + 0.0}
    assert classifier().fit(table, labels).predict(table).tolist() == labels.tolist()


def test_missing_values_are_learned_from() -> None:
    gappy = X.copy()
    gappy[Y > 1, 2] = np.nan  # the gap itself tells
    forest = regressor().fit(gappy[:300, 2:], Y[:300])
    assert forest.score(gappy[300:, 2:], Y[300:]) > 0.4


def test_float32_and_any_memory_order_give_the_same_forest() -> None:
    exact = X.astype(np.float32).astype(np.float64)
    expected = regressor().fit(exact, Y).predict(exact)
    for table in (exact.astype(np.float32), np.asfortranarray(exact), np.repeat(exact, 2, axis=1)[:, ::2]):
        np.testing.assert_array_equal(regressor().fit(table, Y).predict(table), expected)


def test_rows_of_zero_weight_teach_nothing() -> None:
    weight = (np.arange(400) < 300).astype(float)
    wrong = np.where(weight > 0, Y, 1e6)
    assert regressor().fit(X, wrong, sample_weight=weight).predict(X).max() < 100


def test_balanced_classes_find_more_of_the_rare_one() -> None:
    rare = ((Y > 2) & (RNG.random(400) < 0.7)).astype(int)
    options = {"max_depth": 3, "n_estimators": 100}
    plain = classifier(**options).fit(X, rare).predict(X).sum()
    assert classifier(class_weight="balanced", **options).fit(X, rare).predict(X).sum() > plain
    assert classifier(class_weight={0: 1, 1: 20}, **options).fit(X, rare).predict(X).sum() > plain


def test_out_of_bag_scores_are_honest() -> None:
    forest = regressor(n_estimators=100, oob_score=True).fit(X, Y)
    assert forest.oob_prediction_.shape == (400,)
    assert forest.oob_score_ == pytest.approx(r2_score(Y, forest.oob_prediction_))
    assert forest.oob_score_ < forest.score(X, Y)
    votes = classifier(n_estimators=100, oob_score=True).fit(X, LABELS)
    assert votes.oob_decision_function_.shape == (400, 3)
    assert votes.oob_score_ == pytest.approx((votes.classes_[votes.oob_decision_function_.argmax(1)] == LABELS).mean())


def test_too_few_trees_for_out_of_bag_warn() -> None:
    with pytest.warns(UserWarning, match="OOB"):
        regressor(n_estimators=2, oob_score=True).fit(X, Y)


def test_importances_name_what_matters() -> None:
    importances = regressor().fit(X, Y).feature_importances_
    assert importances.sum() == pytest.approx(1)
    assert set(np.argsort(importances)[-2:]) == {0, 1}


def test_the_trees_can_be_read_and_walked_by_hand() -> None:
    forest = regressor(n_estimators=5, max_depth=4).fit(X, Y)
    leaves = forest.apply(X)
    for index, estimator in enumerate(forest.estimators_):
        tree = estimator.tree_
        assert tree.max_depth <= 4 and tree.n_leaves == (tree.node_count + 1) // 2
        node = np.zeros(len(X), dtype=int)
        while (inner := tree.children_left[node] >= 0).any():
            left = X[np.arange(len(X)), np.maximum(tree.feature[node], 0)].astype(np.float32) <= tree.threshold[node]
            node = np.where(inner, np.where(left, tree.children_left[node], tree.children_right[node]), node)
        np.testing.assert_array_equal(node, leaves[:, index])
        np.testing.assert_array_equal(estimator.predict(X), tree.value[node, 0])
    np.testing.assert_allclose(np.mean([e.predict(X) for e in forest.estimators_], axis=0), forest.predict(X))


def test_the_decision_path_ends_in_the_leaves() -> None:
    forest = regressor(n_estimators=3, max_depth=3).fit(X, Y)
    indicator, offsets = forest.decision_path(X)
    assert indicator.shape == (400, offsets[-1])
    rows = np.arange(400)[:, None]
    assert (np.asarray(indicator[rows, forest.apply(X) + offsets[:-1]].todense()) == 1).all()


def test_it_works_inside_scikit_learn() -> None:
    assert cross_val_score(regressor(), X, Y, cv=3).mean() > 0.7
    search = GridSearchCV(regressor(), {"max_depth": [1, 6]}, cv=2).fit(X, Y)
    assert search.best_params_ == {"max_depth": 6}


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_estimators": 0}, "n_estimators must be an integer of at least 1, got 0"),
        ({"max_depth": -1}, "max_depth"),
        ({"max_features": 0}, "max_features"),
        ({"max_features": "auto"}, "max_features"),
        ({"min_samples_leaf": 0.0}, "min_samples_leaf"),
        ({"min_samples_split": 1}, "min_samples_split"),
        ({"criterion": "mse"}, "squared_error"),
        ({"bootstrap": False, "oob_score": True}, "bootstrap"),
        ({"splitter": "best"}, "'fast', 'exact'"),
        ({"n_jobs": 0}, "n_jobs"),
        ({"random_state": -1}, "random_state"),
    ],
)
def test_a_parameter_out_of_range_is_refused_by_name(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        regressor(**parameters).fit(X, Y)


def test_bad_input_is_refused_and_the_fitted_forest_stays() -> None:
    forest = regressor().fit(X, Y)
    before = forest.predict(X)
    infinite = X.copy()
    infinite[3, 1] = np.inf
    gap = Y.copy()
    gap[0] = np.nan
    words = np.full(X.shape, "hot")
    for bad_x, bad_y in [(infinite, Y), (X, gap), (X[:10], Y), (X[:0], Y[:0]), (X[:, :0], Y), (words, Y)]:
        with pytest.raises(ValueError):
            regressor().fit(bad_x, bad_y)
        with pytest.raises(ValueError):
            forest.fit(bad_x, bad_y)
        np.testing.assert_array_equal(forest._model.predict(X), before)


def test_before_fit_it_says_so() -> None:
    with pytest.raises(NotFittedError):
        regressor().predict(X)


def test_one_row_and_a_constant_target_are_learned() -> None:
    assert regressor().fit(X[:1], Y[:1]).predict(X[:2]).tolist() == [Y[0], Y[0]]
    np.testing.assert_allclose(regressor().fit(X, np.full(400, 3.5)).predict(X), 3.5)


def test_a_stopping_callback_leaves_the_estimator_unfitted() -> None:
    forest = regressor()
    with pytest.raises(pw.Stopped):
        forest.fit(X, Y, progress=lambda task, done, total: False)
    with pytest.raises(NotFittedError):
        forest.predict(X)


def test_ctrl_c_ends_a_long_fit_within_a_second() -> None:
    script = """
        import os, signal, threading, time
        import numpy as np, plantwright as pw
        rng = np.random.default_rng(0)
        X, y = rng.normal(size=(60_000, 30)), rng.normal(size=60_000)
        forest = pw.RandomForestRegressor(n_estimators=10_000, n_jobs=2)
        sent = []
        def interrupt():
            sent.append(time.monotonic())
            os.kill(os.getpid(), signal.SIGINT)
        threading.Timer(2.0, interrupt).start()
        try:
            forest.fit(X, y)
        except KeyboardInterrupt:
            print(time.monotonic() - sent[0], hasattr(forest, "_model"))
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, timeout=60)
    seconds, fitted = done.stdout.split()
    assert fitted == "False", done
    assert float(seconds) < 20, done  # well under a second on an idle machine; the fit takes minutes


@settings(max_examples=25, deadline=None)
@given(
    rows=st.integers(1, 40),
    columns=st.integers(1, 5),
    values=st.integers(1, 6),
    missing=st.floats(0, 1),
    seed=st.integers(0, 2**32 - 1),
    leaf=st.integers(1, 5),
)
def test_any_table_of_numbers_gives_predictions_within_the_targets_range(
    rows: int, columns: int, values: int, missing: float, seed: int, leaf: int
) -> None:
    rng = np.random.default_rng(seed)
    x = rng.integers(0, values, size=(rows, columns)).astype(float)
    x[rng.random(x.shape) < missing] = np.nan
    y, weight = rng.normal(size=rows), rng.random(rows) + 0.01
    for splitter in ("fast", "exact"):
        forest = pw.RandomForestRegressor(n_estimators=3, random_state=seed, min_samples_leaf=leaf, splitter=splitter)
        predicted = forest.fit(x, y, sample_weight=weight).predict(x)
        assert (predicted >= y.min() - 1e-6).all() and (predicted <= y.max() + 1e-6).all()
        for estimator in forest.estimators_:
            leaves = estimator.tree_.children_left < 0
            assert (estimator.tree_.n_node_samples[leaves] >= min(leaf, estimator.tree_.n_node_samples[0])).all()
