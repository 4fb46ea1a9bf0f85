# SPDX-License-Identifier: MIT
"""The dict of trees for shap: shap's values of it add up to our predictions."""

from typing import Any

import numpy as np
import plantwright as pw
import pytest

shap = pytest.importorskip("shap", reason="shap is not installed", exc_type=ImportError)

RNG = np.random.default_rng(0)
X = RNG.normal(size=(300, 5)).astype(np.float32)
X[RNG.random(X.shape) < 0.1] = np.nan
SIGNAL = 2 * np.nan_to_num(X[:, 0]) + np.nan_to_num(X[:, 1]) ** 2 + 0.3 * RNG.normal(size=300)
LEVEL = np.digitize(SIGNAL, [0, 1.5])


def additive(model: Any, expected: Any, **more: Any) -> Any:
    explainer = shap.TreeExplainer(model.to_shap_trees(), **more)
    values = explainer.shap_values(X[:60], check_additivity=False)
    np.testing.assert_allclose(values.sum(axis=1) + explainer.expected_value, expected[:60], rtol=1e-6, atol=1e-6)
    return values


def test_a_regressors_values_add_up_and_name_what_matters() -> None:
    model = pw.RandomForestRegressor(n_estimators=20, random_state=0).fit(X, SIGNAL)
    values = additive(model, model.predict(X))
    assert np.abs(values).mean(axis=0).argmax() == 0


def test_a_regressors_values_add_up_against_a_background() -> None:
    full = np.nan_to_num(X)
    model = pw.RandomForestRegressor(n_estimators=10, random_state=0).fit(full, SIGNAL)
    explainer = shap.TreeExplainer(model.to_shap_trees(), full[:50], feature_perturbation="interventional")
    values = explainer.shap_values(full[:60], check_additivity=False)
    np.testing.assert_allclose(
        values.sum(axis=1) + explainer.expected_value, model.predict(full[:60]), rtol=1e-6, atol=1e-6
    )
    np.testing.assert_allclose(explainer.expected_value, model.predict(full[:50]).mean(), rtol=1e-6)


@pytest.mark.parametrize("labels", [LEVEL, LEVEL > 1], ids=["three classes", "two"])
def test_a_classifiers_values_add_up_to_each_probability(labels: Any) -> None:
    model = pw.RandomForestClassifier(n_estimators=20, random_state=0).fit(X, labels)
    additive(model, model.predict_proba(X))


def test_they_are_those_that_shap_finds_for_scikit_learn() -> None:
    from sklearn.ensemble import RandomForestRegressor

    full = np.nan_to_num(X)
    theirs = RandomForestRegressor(10, random_state=0).fit(full, SIGNAL)
    expected = shap.TreeExplainer(theirs).shap_values(full[:60], check_additivity=False)
    ours = shap.TreeExplainer(pw.from_sklearn(theirs).to_shap_trees()).shap_values(full[:60], check_additivity=False)
    np.testing.assert_allclose(ours, expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("objective", ["reg:squarederror", "binary:logistic", "multi:softprob"])
def test_boosted_trees_values_add_up_to_the_raw_sums(objective: str) -> None:
    xgb = pytest.importorskip("xgboost", reason="xgboost is not installed")
    target = {"reg:squarederror": SIGNAL, "binary:logistic": LEVEL > 1, "multi:softprob": LEVEL}[objective]
    parameters = {"objective": objective, "max_depth": 3} | ({"num_class": 3} if "multi" in objective else {})
    model = pw.from_xgboost(xgb.train(parameters, xgb.DMatrix(X, target.astype(float)), 15))
    additive(model, model.predict_raw(X))
