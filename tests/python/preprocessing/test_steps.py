# SPDX-License-Identifier: MIT
"""What every step must do, as scikit-learn's checks and our own say."""

from __future__ import annotations

import pickle

import numpy as np
import plantwright as pw
import pytest
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

STEPS = [
    pw.StandardScaler(),
    pw.MinMaxScaler(),
    pw.MaxAbsScaler(),
    pw.RobustScaler(),
    pw.QuantileTransformer(),
    pw.PowerTransformer(),
    pw.SimpleImputer(),
    pw.SimpleImputer("last", add_indicator=True),
    pw.MissingIndicator(),
    pw.KNNImputer(),
    pw.KNNImputer(weights="distance", add_indicator=True),
    pw.IterativeImputer(n_estimators=3, max_iter=2),
    pw.Clipper(),
    pw.SensorQuality(),
    pw.SensorQuality(mode="hold", flags="any", limits={}),
    pw.RollingFeatures(windows=[3, 60], statistics=["mean", "std", "min", "max", "median", "slope", "skew", "count"]),
    pw.Lags(lags=[1, 3]),
    pw.Differences(),
    pw.Expanding(),
    pw.ExponentialAverage(),
    pw.OneHotEncoder(handle_unknown="ignore"),
    pw.OrdinalEncoder(handle_unknown="use_encoded_value"),
    pw.FrequencyEncoder(),
    pw.TargetEncoder(),
    pw.VarianceThreshold(),
    pw.CorrelationFilter(),
    pw.MutualInformationFilter(k=1),
    pw.SelectFromForest(n_estimators=5),
    pw.Boruta(n_estimators=5, hit_rate=0.5, max_rounds=2, keep_tentative=True),
    pw.RandomOverSampler(),
    pw.RandomUnderSampler(),
    pw.PolynomialFeatures(),
    pw.KMeansFeatures(2),
    pw.KMeansFeatures(2, output="both"),
    pw.PCA(),
]

REMEMBERS = (pw.RollingFeatures, pw.Lags, pw.Differences, pw.Expanding, pw.ExponentialAverage)
LOOKS_BACK = {
    "check_methods_sample_order_invariance": "what a row gets depends on the rows before it",
    "check_methods_subset_invariance": "what a row gets depends on the rows before it",
}
CROSSED = "training rows are encoded by the other folds, so fit_transform is not fit and transform"
RULED_OUT = dict.fromkeys(REMEMBERS, LOOKS_BACK) | {
    pw.TargetEncoder: {"check_transformer_general": CROSSED, "check_transformer_data_not_an_array": CROSSED},
}


@parametrize_with_checks(
    [*STEPS, pw.Formula({"double": "2 * x0"})], expected_failed_checks=lambda step: RULED_OUT.get(type(step), {})
)
def test_scikit_learns_checks(estimator, check):
    check(estimator)


@pytest.fixture
def table(rng=None):
    random = np.random.default_rng(0)
    steam = random.normal(500, 10, 200)
    steam[::17] = np.nan
    return pw.Frame(
        {
            "steam_t": steam,
            "flow": random.lognormal(size=200),
            "grade": random.choice(["A", "B", "C"], 200),
            "energy": random.normal(size=200),
        },
        roles={"energy": "target"},
    )


@pytest.mark.parametrize("step", STEPS, ids=lambda step: type(step).__name__)
def test_rows_one_by_one_give_the_bits_of_the_table(step, table):
    fitted = clone(step).fit(table)
    batch = fitted.transform(table)
    stream = fitted.stream()
    for i in range(len(table)):
        out = stream.update({name: None if table[name][i] is None else table[name][i] for name in table.columns})
        for name in batch.columns:
            expected = batch[name][i]
            assert out[name] == expected or (expected != expected and out[name] != out[name])


@pytest.mark.parametrize("step", STEPS, ids=lambda step: type(step).__name__)
def test_a_step_survives_its_file_and_a_pickle(step, table, tmp_path):
    fitted = clone(step).fit(table)
    expected = fitted.transform(table)
    pw.save(fitted, tmp_path / "step.plw")
    for other in (pw.load(tmp_path / "step.plw"), pickle.loads(pickle.dumps(fitted))):
        assert type(other) is type(fitted)
        found = other.transform(table)
        for name in expected.columns:
            np.testing.assert_array_equal(found[name], expected[name])


def test_a_step_serves_in_scikit_learns_own_chains():
    X = np.random.default_rng(0).normal(size=(50, 3))
    chain = make_pipeline(ColumnTransformer([("scale", pw.StandardScaler(), [0, 2])], remainder="passthrough"))
    Z = chain.fit_transform(X)
    assert Z.shape == (50, 3)
    np.testing.assert_allclose(Z[:, :2].std(axis=0), 1)
