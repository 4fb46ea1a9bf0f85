# SPDX-License-Identifier: MIT
"""Forests as ONNX models, run by onnxruntime."""

from typing import Any

import numpy as np
import plantwright as pw
import pytest
from sklearn.linear_model import LinearRegression

pytest.importorskip("onnx", reason="onnx is not installed")
onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")

RNG = np.random.default_rng(0)
X = RNG.normal(size=(400, 5))
X[RNG.random(X.shape) < 0.1] = np.nan
SIGNAL = 2 * np.nan_to_num(X[:, 0]) + np.nan_to_num(X[:, 1]) ** 2 + 0.3 * RNG.normal(size=400)
NEW = RNG.normal(size=(3000, 5)).astype(np.float32)
NEW[RNG.random(NEW.shape) < 0.1] = np.nan


def run(model: Any, rows: Any = NEW) -> list[Any]:
    session = onnxruntime.InferenceSession(pw.to_onnx(model).SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"X": rows.astype(np.float32)})


def regressor(**more: Any) -> pw.RandomForestRegressor:
    return pw.RandomForestRegressor(n_estimators=30, random_state=0, **more)


def classifier(labels: Any, **more: Any) -> pw.RandomForestClassifier:
    return pw.RandomForestClassifier(n_estimators=30, random_state=0, **more).fit(X, labels)


@pytest.mark.parametrize(
    "more", [{}, {"max_depth": 4}, {"criterion": "absolute_error", "min_samples_leaf": 5}], ids=str
)
def test_a_regressor_predicts_the_same_float32(more: dict[str, Any]) -> None:
    model = regressor(**more).fit(X, SIGNAL)
    (prediction,) = run(model)
    assert prediction.shape == (3000, 1)
    np.testing.assert_allclose(prediction[:, 0], model.predict(NEW), rtol=1.2e-7, atol=1e-12)


def test_values_at_and_beside_every_threshold_go_the_same_way() -> None:
    model = pw.RandomForestRegressor(n_estimators=1, random_state=0).fit(X[:, :1], SIGNAL)
    thresholds = model.estimators_[0].tree_.threshold
    thresholds = thresholds[np.isfinite(thresholds)]
    rows = np.concatenate(
        [thresholds, np.nextafter(thresholds, np.float32(9)), np.nextafter(thresholds, np.float32(-9)), [np.nan]]
    )
    np.testing.assert_array_equal(run(model, rows[:, None])[0][:, 0], model.predict(rows[:, None]).astype(np.float32))


def test_a_split_of_missing_from_present_is_kept() -> None:
    gaps = np.where(SIGNAL > 1, np.nan, 1.0)[:, None]
    model = regressor().fit(gaps, SIGNAL)
    np.testing.assert_allclose(run(model, gaps)[0][:, 0], model.predict(gaps), rtol=1.2e-7)


@pytest.mark.parametrize(
    "labels",
    [SIGNAL > 1, np.where(SIGNAL > 1, "hot", "cold"), np.digitize(SIGNAL, [-1, 0, 1, 2]) * 2 - 1],
    ids=["bool", "str", "five integers"],
)
@pytest.mark.parametrize("more", [{}, {"max_depth": 3}], ids=str)
def test_a_classifier_gives_the_same_labels_and_probabilities(labels: Any, more: dict[str, Any]) -> None:
    model = classifier(labels, **more)
    label, probabilities = run(model)
    np.testing.assert_allclose(probabilities, model.predict_proba(NEW), rtol=2e-7, atol=1e-7)
    top = np.sort(model.predict_proba(NEW), axis=1)
    clear = top[:, -1] - top[:, -2] > 1e-7  # where classes tie, rounding to float32 decides
    assert clear.mean() > 0.8
    expected = model.predict(NEW)[clear]
    assert label[clear].tolist() == (expected.astype(int) if expected.dtype == bool else expected).tolist()


@pytest.mark.parametrize(
    "objective", ["reg:squarederror", "count:poisson", "reg:logistic", "binary:logistic", "multi:softprob"]
)
def test_xgboosts_trees_come_through(objective: str) -> None:
    xgb = pytest.importorskip("xgboost", reason="xgboost is not installed")
    target = {"multi:softprob": np.digitize(SIGNAL, [0, 1.5]), "count:poisson": np.round(np.abs(SIGNAL))}.get(
        objective, SIGNAL if objective == "reg:squarederror" else SIGNAL > 1
    )
    parameters = {"objective": objective, "max_depth": 4} | ({"num_class": 3} if "multi" in objective else {})
    booster = xgb.train(parameters, xgb.DMatrix(X, target.astype(float)), 20)
    same_as_ours(pw.from_xgboost(booster))


@pytest.mark.parametrize(
    "more",
    [
        {"objective": "regression", "reg_sqrt": True},
        {"objective": "regression", "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6},
        {"objective": "binary", "sigmoid": 0.7},
        {"objective": "multiclass", "num_class": 3},
        {"objective": "multiclassova", "num_class": 3, "sigmoid": 2.0},
    ],
    ids=str,
)
def test_lightgbms_trees_come_through(more: dict[str, Any]) -> None:
    lgb = pytest.importorskip("lightgbm", reason="lightgbm is not installed")
    target = {"regression": SIGNAL, "binary": SIGNAL > 1}.get(more["objective"], np.digitize(SIGNAL, [0, 1.5]))
    booster = lgb.train({"verbose": -1, **more}, lgb.Dataset(X.astype(np.float32), target.astype(float)), 20)
    same_as_ours(pw.from_lightgbm(booster))


def same_as_ours(model: Any) -> None:
    outputs = run(model)
    if hasattr(model, "classes_"):
        np.testing.assert_allclose(outputs[1], model.predict_proba(NEW), rtol=3e-6, atol=3e-7)
        assert (outputs[0] == model.predict(NEW)).mean() > 0.999
    else:
        np.testing.assert_allclose(outputs[0][:, 0], model.predict(NEW), rtol=3e-6, atol=3e-6)


def test_what_has_no_form_in_onnx_is_refused() -> None:
    table = {"load": X[:, 0], "grade": np.array(["steel", "iron"])[np.arange(400) % 2]}
    with pytest.raises(pw.InvalidArgument, match="category inputs"):
        pw.to_onnx(regressor().fit(table, SIGNAL))
    with pytest.raises(pw.InvalidArgument, match="got a LinearRegression"):
        pw.to_onnx(LinearRegression())
