# SPDX-License-Identifier: MIT
"""Scalers beside scikit-learn's."""

from __future__ import annotations

import numpy as np
import plantwright as pw
import pytest
from scipy import stats
from sklearn import preprocessing as sk


@pytest.fixture(scope="module")
def X():
    random = np.random.default_rng(1)
    X = np.column_stack(
        [
            random.normal(500, 10, 3000),
            random.lognormal(0, 2, 3000),
            random.integers(0, 5, 3000),
            np.full(3000, 7.5),
            -random.exponential(1e-8, 3000),
            np.r_[np.full(2990, 3.0), random.normal(size=10)],
        ]
    )
    X[random.random(X.shape) < 0.07] = np.nan
    return X


PAIRS = [
    (pw.MinMaxScaler(), sk.MinMaxScaler()),
    (pw.MinMaxScaler(feature_range=(-2, 5)), sk.MinMaxScaler(feature_range=(-2, 5))),
    (pw.MinMaxScaler(clip=True), sk.MinMaxScaler(clip=True)),
    (pw.MaxAbsScaler(), sk.MaxAbsScaler()),
    (pw.RobustScaler(), sk.RobustScaler()),
    (pw.RobustScaler(quantile_range=(10, 80)), sk.RobustScaler(quantile_range=(10, 80))),
    (pw.RobustScaler(with_centering=False), sk.RobustScaler(with_centering=False)),
    (pw.RobustScaler(with_scaling=False), sk.RobustScaler(with_scaling=False)),
]


@pytest.mark.parametrize(("ours", "theirs"), PAIRS, ids=lambda step: repr(step))
def test_scalers_give_scikit_learns_bits(X, ours, theirs):
    wide = X * 1.5 - 3
    np.testing.assert_array_equal(ours.fit_transform(X), theirs.fit_transform(X))
    np.testing.assert_array_equal(ours.transform(wide), theirs.transform(wide))
    np.testing.assert_array_equal(ours.inverse_transform(X), theirs.inverse_transform(X))
    for name in ("center_", "scale_", "min_", "data_min_", "data_max_", "data_range_", "max_abs_"):
        if getattr(theirs, name, None) is not None and hasattr(ours, name):
            np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))


def test_unit_variance_agrees_to_rounding(X):
    ours, theirs = pw.RobustScaler(unit_variance=True), sk.RobustScaler(unit_variance=True)
    np.testing.assert_allclose(ours.fit_transform(X), theirs.fit_transform(X), rtol=1e-14)


@pytest.mark.parametrize("n_quantiles", [1, 2, 10, 1000, 5000])
@pytest.mark.parametrize("distribution", ["uniform", "normal"])
def test_quantiles_are_scikit_learns(X, n_quantiles, distribution):
    ours = pw.QuantileTransformer(n_quantiles=n_quantiles, output_distribution=distribution).fit(X)
    theirs = sk.QuantileTransformer(
        n_quantiles=min(n_quantiles, len(X)), output_distribution=distribution, subsample=None
    ).fit(X)
    np.testing.assert_array_equal(ours.quantiles_, theirs.quantiles_)
    np.testing.assert_array_equal(ours.references_, theirs.references_)
    wide = X * 1.1 - 1
    for given in (X, wide):
        np.testing.assert_allclose(ours.transform(given), theirs.transform(given), rtol=1e-9, atol=1e-13)
    u = ours.transform(X)
    np.testing.assert_allclose(ours.inverse_transform(u), theirs.inverse_transform(u), rtol=1e-8, atol=1e-13)


@pytest.mark.parametrize("method", ["yeo-johnson", "box-cox"])
@pytest.mark.parametrize("standardize", [True, False])
def test_powers_are_scikit_learns(X, method, standardize):
    given = X[:, :3] - (2.0 if method == "yeo-johnson" else -0.5)
    ours = pw.PowerTransformer(method, standardize=standardize).fit(given)
    theirs = sk.PowerTransformer(method=method, standardize=standardize).fit(given)
    np.testing.assert_allclose(ours.lambdas_, theirs.lambdas_, rtol=1e-5, atol=1e-6)
    ours_likelihood, theirs_likelihood = (
        [
            getattr(stats, "boxcox_llf" if method == "box-cox" else "yeojohnson_llf")(power, x[~np.isnan(x)])
            for power, x in zip(fitted.lambdas_, given.T, strict=True)
        ]
        for fitted in (ours, theirs)
    )
    np.testing.assert_array_less(np.array(theirs_likelihood) - 1e-6, ours_likelihood)
    np.testing.assert_allclose(ours.inverse_transform(ours.transform(given)), given, rtol=1e-6, atol=1e-12)
    if standardize:
        np.testing.assert_allclose(ours.transform(given), theirs.transform(given), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("seed", range(3))
def test_the_fitted_power_is_taken_to_the_last_digits(seed):
    x = np.random.default_rng(seed).lognormal(size=200) - 1.5
    step = pw.PowerTransformer(standardize=False).fit(x[:, None])
    expected = stats.yeojohnson(x, step.lambdas_[0])
    np.testing.assert_allclose(step.transform(x[:, None]).ravel(), expected, rtol=1e-13, atol=1e-15)


def test_constant_and_empty_columns_are_told():
    X = np.column_stack([np.full(5, 2.0), np.full(5, np.nan)])
    assert pw.PowerTransformer().fit(X).lambdas_[0] == 1
    for step in (
        pw.MinMaxScaler(),
        pw.MaxAbsScaler(),
        pw.RobustScaler(),
        pw.QuantileTransformer(),
        pw.PowerTransformer(),
    ):
        Z = step.fit_transform(X)
        assert np.isfinite(Z[:, 0]).all()
        assert np.isnan(step.transform(np.ones((1, 2)))[0, 1])


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (pw.MinMaxScaler(feature_range=(1, 1)), "feature_range must rise"),
        (pw.RobustScaler(quantile_range=(75, 25)), "quantile_range must rise"),
        (pw.QuantileTransformer(n_quantiles=0), "at least 1, got 0"),
        (pw.QuantileTransformer(output_distribution="cauchy"), 'one of "uniform", "normal"'),
        (pw.PowerTransformer("box-cox"), "above 0, got -1.* column 'x0'"),
        (pw.PowerTransformer("log"), 'one of "yeo-johnson", "box-cox"'),
    ],
)
def test_wrong_options_say_what_is_allowed(step, words):
    with pytest.raises(pw.InvalidArgument, match=words):
        step.fit(np.array([[-1.0], [2.0]]))
