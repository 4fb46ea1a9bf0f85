# SPDX-License-Identifier: MIT
"""XGBoost's models, taken over."""

import json
import pickle
from typing import Any

import numpy as np
import pandas as pd
import plantwright as pw
import pytest
from sklearn.base import is_classifier, is_regressor
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

xgb = pytest.importorskip("xgboost", reason="xgboost is not installed")

RNG = np.random.default_rng(0)
X = RNG.normal(size=(500, 6))
X[RNG.random(X.shape) < 0.1] = np.nan
SIGNAL = 2 * np.nan_to_num(X[:, 0]) + np.nan_to_num(X[:, 1]) ** 2 + 0.3 * RNG.normal(size=500)
NEW = RNG.normal(size=(2000, 6))
NEW[RNG.random(NEW.shape) < 0.1] = np.nan

TARGETS: dict[str, Any] = {
    "reg:squarederror": SIGNAL,
    "reg:absoluteerror": SIGNAL,
    "reg:pseudohubererror": SIGNAL,
    "reg:quantileerror": SIGNAL,
    "reg:squaredlogerror": np.abs(SIGNAL),
    "reg:logistic": 1 / (1 + np.exp(-SIGNAL)),
    "count:poisson": np.round(np.abs(SIGNAL)),
    "reg:gamma": np.abs(SIGNAL) + 0.1,
    "reg:tweedie": np.abs(SIGNAL),
    "binary:logistic": SIGNAL > 1,
    "multi:softprob": np.digitize(SIGNAL, [0, 1.5]),
    "rank:pairwise": np.digitize(SIGNAL, [0, 1.5]),
}


def train(objective: str, rounds: int = 25, **more: Any) -> Any:
    parameters = {"objective": objective, "max_depth": 4, "nthread": 1, **more}
    if objective.startswith("multi"):
        parameters["num_class"] = 3
    if objective == "reg:quantileerror":
        parameters["quantile_alpha"] = 0.8
    data = xgb.DMatrix(X, TARGETS[objective].astype(float))
    if objective.startswith("rank"):
        data.set_group([500])
    return xgb.train(parameters, data, rounds)


@pytest.mark.parametrize("objective", TARGETS)
def test_every_objective_gives_the_same_margins_bit_for_bit_and_the_same_predictions(objective: str) -> None:
    booster = train(objective)
    ours = pw.from_xgboost(booster)
    data = xgb.DMatrix(NEW)
    np.testing.assert_array_equal(ours.predict_raw(NEW).astype(np.float32), booster.predict(data, output_margin=True))
    expected = booster.predict(data)
    if objective in ("binary:logistic", "multi:softprob"):
        probability = ours.predict_proba(NEW)
        np.testing.assert_allclose(
            probability if expected.ndim == 2 else probability[:, 1], expected, rtol=2e-6, atol=1e-7
        )
        assert is_classifier(ours) and ours.classes_.tolist() == list(range(probability.shape[1]))
    else:
        np.testing.assert_allclose(ours.predict(NEW), expected, rtol=2e-6, atol=1e-7)
        assert is_regressor(ours)
    assert ours.origin_ == f"xgboost {objective}"


def test_float64_features_are_compared_as_xgboost_does() -> None:
    steps = np.round(X, 2)  # many equal values, at and beside thresholds
    booster = xgb.train({"max_depth": 6, "tree_method": "exact", "nthread": 1}, xgb.DMatrix(steps, SIGNAL), 20)
    np.testing.assert_array_equal(
        pw.from_xgboost(booster).predict(steps).astype(np.float32), booster.predict(xgb.DMatrix(steps))
    )


@pytest.mark.parametrize(
    "more",
    [
        {"booster": "dart", "rate_drop": 0.3, "seed": 1},
        {"num_parallel_tree": 4, "subsample": 0.7, "seed": 1},
        {"base_score": 7.0},
        {"gamma": 5.0, "max_depth": 8},
        {"grow_policy": "lossguide", "max_leaves": 20, "max_depth": 0},
    ],
    ids=lambda more: next(iter(more)),
)
def test_ways_of_boosting_are_kept(more: dict[str, Any]) -> None:
    booster = train("reg:squarederror", **more)
    np.testing.assert_allclose(
        pw.from_xgboost(booster).predict(NEW), booster.predict(xgb.DMatrix(NEW)), rtol=3e-6, atol=2e-6
    )


def test_the_saved_json_is_taken_in_every_form(tmp_path: Any) -> None:
    booster = train("binary:logistic")
    booster.save_model(tmp_path / "model.json")
    text = (tmp_path / "model.json").read_text()
    expected = pw.from_xgboost(booster).predict_proba(NEW)
    for form in (tmp_path / "model.json", str(tmp_path / "model.json"), text, text.encode(), json.loads(text)):
        np.testing.assert_array_equal(pw.from_xgboost(form).predict_proba(NEW), expected)


def test_wrappers_bring_names_and_stop_where_they_stopped() -> None:
    table = pd.DataFrame(X, columns=list("abcdef"))
    wrapper = xgb.XGBClassifier(n_estimators=80, max_depth=3, early_stopping_rounds=3, n_jobs=1)
    wrapper.fit(
        table[:350],
        TARGETS["multi:softprob"][:350],
        eval_set=[(table[350:], TARGETS["multi:softprob"][350:])],
        verbose=False,
    )
    ours = pw.from_xgboost(wrapper)
    assert len(ours.estimators_) == 3 * (wrapper.best_iteration + 1) < 3 * 80
    new = pd.DataFrame(NEW, columns=list("abcdef"))
    np.testing.assert_allclose(
        ours.predict_proba(new[list("fedcba")]), wrapper.predict_proba(new), rtol=2e-6, atol=1e-7
    )
    assert ours.feature_names_in_.tolist() == list("abcdef")
    named = pw.from_xgboost(wrapper, classes=["low", "mid", "high"])
    assert named.predict(new).tolist() == np.array(["low", "mid", "high"])[wrapper.predict(new)].tolist()


@pytest.mark.parametrize("objective", ["count:poisson", "multi:softprob"])
def test_it_is_saved_loaded_and_copied_as_our_own_models_are(objective: str, tmp_path: Any) -> None:
    ours = pw.from_xgboost(train(objective), classes=["a", "b", "c"] if objective.startswith("multi") else None)
    pw.save(ours, tmp_path / "trees.plw")
    for again in (pw.load(tmp_path / "trees.plw"), pickle.loads(pickle.dumps(ours))):
        assert type(again) is type(ours)
        assert again.predict(NEW).tolist() == ours.predict(NEW).tolist()
        assert getattr(again, "classes_", np.empty(0)).tolist() == getattr(ours, "classes_", np.empty(0)).tolist()


def test_it_works_inside_a_pipeline_and_does_not_train() -> None:
    ours = pw.from_xgboost(train("reg:squarederror"))
    pipeline = make_pipeline(FunctionTransformer(), FrozenEstimator(ours))
    np.testing.assert_array_equal(pipeline.fit(X, SIGNAL).predict(NEW), ours.predict(NEW))
    assert ours.score(X, SIGNAL) > 0.8
    with pytest.raises(pw.InvalidArgument, match="has no fit"):
        ours.fit(X, SIGNAL)


@pytest.mark.parametrize("one_by_one_up_to", [2, 200])
def test_splits_of_categories_stay_what_they_are(one_by_one_up_to: int) -> None:
    random = np.random.default_rng(5)
    table = np.column_stack([random.integers(0, 90, 2000), random.normal(size=2000), random.integers(0, 4, 2000)])
    target = random.normal(size=90)[table[:, 0].astype(int)] + table[:, 1] * (table[:, 2] % 2)
    new = table[:300].copy()
    new[:20, 0], new[30:60, 2] = 85, np.nan
    kinds = {"feature_types": ["c", "q", "c"], "enable_categorical": True}
    options = {"max_depth": 6, "max_cat_to_onehot": one_by_one_up_to}
    model = xgb.train(options, xgb.DMatrix(table, target, **kinds), 20)
    ours = pw.from_xgboost(model)
    np.testing.assert_array_equal(ours.predict(new).astype(np.float32), model.predict(xgb.DMatrix(new, **kinds)))
    assert any(len(ours.estimators_[0].tree_.levels_left(node)) for node in range(20))


def test_what_has_no_form_here_is_refused_by_name() -> None:
    broken = json.loads(xgb.train({"max_depth": 2}, xgb.DMatrix(X, SIGNAL), 1).save_raw("json"))
    tree = broken["learner"]["gradient_booster"]["model"]["trees"][0]
    tree["split_type"] = [1] + [0] * (len(tree["split_indices"]) - 1)
    linear = xgb.train({"booster": "gblinear"}, xgb.DMatrix(np.nan_to_num(X), SIGNAL), 2)
    two = xgb.train({"max_depth": 2}, xgb.DMatrix(X, np.column_stack([SIGNAL, -SIGNAL])), 2)
    hinge = xgb.train({"objective": "binary:hinge"}, xgb.DMatrix(X, TARGETS["binary:logistic"]), 2)
    for model, message in [
        (broken, "their categories do not fit together"),
        (linear, "booster must be gbtree or dart, got 'gblinear'"),
        (two, "one target, got 2"),
        (hinge, "objective must be one of .* got 'binary:hinge'"),
        (xgb.XGBRegressor(missing=-1.0, n_estimators=2).fit(X, SIGNAL), "missing must be NaN, got -1"),
        ({"trees": []}, "a dict without learner"),
        (5, "got a int"),
        ('{"learner": {}}', "not as XGBoost writes it: KeyError"),
        ("{", "not JSON"),
    ]:
        with pytest.raises(pw.InvalidArgument, match=message):
            pw.from_xgboost(model)
    with pytest.raises(pw.InvalidArgument, match="classes must be 3 different labels"):
        pw.from_xgboost(train("multi:softprob"), classes=["a", "b"])


@pytest.mark.parametrize(
    "change",
    [
        {"left_children": [0, -1, -1]},
        {"left_children": [9, -1, -1]},
        {"right_children": [1, -1, -1]},
        {"split_indices": [7, 0, 0]},
        {"split_conditions": [float("nan"), 0.0, 0.0]},
        {"split_conditions": [0.0, float("inf"), 0.0]},
    ],
)
def test_a_file_whose_trees_are_none_is_refused(change: dict[str, Any]) -> None:
    model = json.loads(xgb.train({"max_depth": 1}, xgb.DMatrix(X, SIGNAL), 1).save_raw("json"))
    model["learner"]["gradient_booster"]["model"]["trees"][0].update(change)
    with pytest.raises(pw.InvalidArgument):
        pw.from_xgboost(model)
