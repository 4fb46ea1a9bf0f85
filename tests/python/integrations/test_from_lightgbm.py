# SPDX-License-Identifier: MIT
"""LightGBM's models, taken over."""

import json
import pickle
from typing import Any

import numpy as np
import pandas as pd
import plantwright as pw
import pytest

lgb = pytest.importorskip("lightgbm", reason="lightgbm is not installed")

RNG = np.random.default_rng(0)
FULL = RNG.normal(size=(600, 6)).astype(np.float32).astype(np.float64)
X = np.where(RNG.random(FULL.shape) < 0.1, np.nan, FULL)
SIGNAL = 2 * FULL[:, 0] + FULL[:, 1] ** 2 + 0.3 * RNG.normal(size=600)
NEW = RNG.normal(size=(2000, 6)).astype(np.float32).astype(np.float64)
NEW[RNG.random(NEW.shape) < 0.1] = np.nan

TARGETS: dict[str, Any] = {
    "regression": SIGNAL,
    "regression_l1": SIGNAL,
    "huber": SIGNAL,
    "fair": SIGNAL,
    "quantile": SIGNAL,
    "mape": np.abs(SIGNAL) + 1,
    "poisson": np.abs(SIGNAL),
    "gamma": np.abs(SIGNAL) + 0.1,
    "tweedie": np.abs(SIGNAL),
    "cross_entropy": 1 / (1 + np.exp(-SIGNAL)),
    "binary": SIGNAL > 1,
    "multiclass": np.digitize(SIGNAL, [0, 1.5]),
    "multiclassova": np.digitize(SIGNAL, [0, 1.5]),
    "lambdarank": np.digitize(SIGNAL, [0, 1.5]),
}


def train(objective: str = "regression", rounds: int = 25, data: Any = X, **more: Any) -> Any:
    parameters = {"objective": objective, "num_leaves": 12, "verbose": -1, "num_threads": 1, **more}
    if objective.startswith("multi"):
        parameters["num_class"] = 3
    group = [600] if objective == "lambdarank" else None
    return lgb.train(parameters, lgb.Dataset(data, TARGETS[objective].astype(float), group=group), rounds)


def agree(ours: Any, booster: Any, rows: Any = NEW) -> None:
    raw = booster.predict(rows, raw_score=True)
    if ours._model.mean:  # LightGBM's raw score of a random forest is the sum, its prediction comes from the mean
        raw = raw / booster.current_iteration()
    np.testing.assert_allclose(ours.predict_raw(rows), raw, rtol=1e-12, atol=1e-12)
    expected = booster.predict(rows)
    if hasattr(ours, "classes_"):
        probability = ours.predict_proba(rows)
        np.testing.assert_allclose(
            probability if expected.ndim == 2 else probability[:, 1], expected, rtol=1e-9, atol=1e-12
        )
    else:
        np.testing.assert_allclose(ours.predict(rows), expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("objective", TARGETS)
def test_every_objective_predicts_alike_from_text_and_from_json(objective: str) -> None:
    booster = train(objective)
    agree(pw.from_lightgbm(booster), booster)
    agree(pw.from_lightgbm(json.dumps(booster.dump_model())), booster)


@pytest.mark.parametrize(
    "more",
    [
        {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6},
        {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6, "objective": "binary"},
        {"boosting": "dart", "drop_rate": 0.5},
        {"objective": "binary", "sigmoid": 0.7},
        {"objective": "multiclassova", "sigmoid": 2.0},
        {"reg_sqrt": True},
        {"use_missing": False},
        {"min_data_in_leaf": 590},
    ],
    ids=str,
)
def test_ways_of_boosting_are_kept(more: dict[str, Any]) -> None:
    booster = train(**more)
    agree(pw.from_lightgbm(booster), booster)


def test_where_none_was_missing_a_missing_value_counts_as_zero() -> None:
    booster = train(data=FULL)
    agree(pw.from_lightgbm(booster), booster)


def test_zero_as_missing_is_kept_or_refused() -> None:
    counts = np.abs(np.round(FULL * 2))  # zero is the smallest value
    booster = train(data=counts, zero_as_missing=True)
    try:
        ours = pw.from_lightgbm(booster)
    except pw.InvalidArgument as error:
        assert "zero_as_missing" in str(error)
    else:
        agree(ours, booster, np.where(np.isnan(NEW), np.nan, np.abs(np.round(NEW * 2))))
    with pytest.raises(pw.InvalidArgument, match="zero_as_missing parts zero"):
        pw.from_lightgbm(train(data=np.where(np.abs(FULL) < 0.5, 0, FULL), zero_as_missing=True))


def test_thresholds_of_float64_decide_every_float32_alike() -> None:
    steps = np.round(X, 2)
    booster = train(data=steps, max_bin=1000, min_data_in_bin=1)
    agree(pw.from_lightgbm(booster), booster, steps.astype(np.float32).astype(np.float64))


def test_text_and_files_are_taken_in_every_form(tmp_path: Any) -> None:
    booster = train("binary")
    booster.save_model(tmp_path / "model.txt")
    expected = pw.from_lightgbm(booster).predict_proba(NEW)
    for form in (tmp_path / "model.txt", str(tmp_path / "model.txt"), booster.model_to_string(), booster.dump_model()):
        np.testing.assert_array_equal(pw.from_lightgbm(form).predict_proba(NEW), expected)


@pytest.mark.filterwarnings("ignore:The argument 'eval_set' is deprecated")
def test_wrappers_bring_labels_and_names_and_stop_where_they_stopped(tmp_path: Any) -> None:
    table, labels = pd.DataFrame(X, columns=list("abcdef")), np.array(["low", "mid", "high"])[TARGETS["multiclass"]]
    wrapper = lgb.LGBMClassifier(n_estimators=200, num_leaves=8, verbose=-1, n_jobs=1)
    wrapper.fit(
        table[:400],
        labels[:400],
        eval_set=[(table[400:], labels[400:])],
        callbacks=[lgb.early_stopping(3, verbose=False)],
    )
    ours = pw.from_lightgbm(wrapper)
    new = pd.DataFrame(NEW, columns=list("abcdef"))
    assert len(ours.estimators_) == 3 * wrapper.best_iteration_ < 600
    np.testing.assert_allclose(
        ours.predict_proba(new[list("fedcba")]), wrapper.predict_proba(new), rtol=1e-9, atol=1e-12
    )
    assert ours.predict(new).tolist() == wrapper.predict(new).tolist()
    pw.save(ours, tmp_path / "trees.plw")
    for again in (pw.load(tmp_path / "trees.plw"), pickle.loads(pickle.dumps(ours))):
        assert again.predict(new).tolist() == ours.predict(new).tolist()


def test_splits_of_categories_stay_what_they_are() -> None:
    random = np.random.default_rng(5)
    table = np.column_stack([random.integers(0, 90, 2000), random.normal(size=2000), random.integers(0, 4, 2000)])
    target = random.normal(size=90)[table[:, 0].astype(int)] + table[:, 1] * (table[:, 2] % 2)
    new = table[:300].copy()
    new[:20, 0], new[20:30, 0], new[30:60, 2] = 120, -3, np.nan  # categories that were not there, and missing ones
    model = lgb.train({"verbose": -1}, lgb.Dataset(table, target, categorical_feature=[0, 2]), 40)
    for form in (model, model.model_to_string(), model.dump_model()):
        ours = pw.from_lightgbm(form)
        np.testing.assert_allclose(ours.predict(new), model.predict(new), rtol=1e-12)
    assert any(len(ours.estimators_[0].tree_.levels_left(node)) for node in range(20))


def test_what_has_no_form_here_is_refused_by_name() -> None:
    level = np.column_stack([70_000 + np.arange(600) % 9, X[:, 0]])
    target = (np.arange(600) % 9 > 4) * 1.0
    categories = lgb.train({"verbose": -1}, lgb.Dataset(level, target, categorical_feature=[0]), 2)
    linear = lgb.train({"verbose": -1, "linear_tree": True}, lgb.Dataset(FULL, SIGNAL, params={"linear_tree": True}), 3)
    for model, message in [
        (categories, "numbered from 0 to 65534, got .7000"),
        (categories.dump_model(), "numbered from 0 to 65534"),
        (linear, "linear leaves"),
        (
            train("binary").model_to_string().replace("objective=binary sigmoid:1", "objective=cross_entropy_lambda"),
            "got 'cross_entropy_lambda'",
        ),
        ("tree\nversion=v4\n", "not as LightGBM writes it: KeyError"),
        (train().model_to_string().replace("leaf_value=", "leaf_value=x"), "leaf_value must be numbers"),
        (7, "got a int"),
        ("tree of\n life", "text that is none"),
    ]:
        with pytest.raises(pw.InvalidArgument, match=message):
            pw.from_lightgbm(model)
