# SPDX-License-Identifier: MIT
"""What selectors keep, beside scikit-learn, SciPy and pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plantwright as pw
import pytest
from scipy import stats
from sklearn import feature_selection
from sklearn.metrics import mutual_info_score
from sklearn.pipeline import make_pipeline


@pytest.fixture(scope="module")
def X():
    random = np.random.default_rng(0)
    X = random.normal(size=(300, 8))
    X[:, 1] = X[:, 0] + 0.2 * random.normal(size=300)
    X[:, 5] = 3.0
    X[random.random(X.shape) < 0.05] = np.nan
    return X


@pytest.fixture(scope="module")
def y(X):
    return np.nan_to_num(X[:, 0]) + np.nan_to_num(X[:, 3]) ** 2


@pytest.mark.parametrize("threshold", [0.0, 1.0])
def test_variances_are_scikit_learns(X, threshold):
    ours = pw.VarianceThreshold(threshold).fit(X)
    theirs = feature_selection.VarianceThreshold(threshold).fit(X)
    np.testing.assert_allclose(ours.variances_, theirs.variances_, rtol=1e-13)
    np.testing.assert_array_equal(ours.get_support(), theirs.get_support())
    np.testing.assert_array_equal(ours.get_support(indices=True), theirs.get_support(indices=True))
    np.testing.assert_array_equal(ours.transform(X), theirs.transform(X))


@pytest.mark.parametrize("method", ["pearson", "spearman"])
@pytest.mark.parametrize("threshold", [0.02, 0.1, 0.9])
def test_no_two_columns_kept_correlate_and_each_left_out_does_as_pandas_says(X, method, threshold):
    step = pw.CorrelationFilter(threshold, method=method).fit(X)
    r = pd.DataFrame(X).corr(method=method).abs().fillna(0).to_numpy()
    kept = step.get_support(indices=True)
    pairs = r[np.ix_(kept, kept)] - np.eye(len(kept)) * r[kept, kept]
    assert (pairs <= threshold).all()
    places = {name: i for i, name in enumerate(step.candidates_)}
    for i in np.flatnonzero(~step.get_support()):
        stand_in = places[step.stand_in_[i]]
        assert stand_in in kept
        assert r[i, stand_in] > threshold
        assert r[i, stand_in] == pytest.approx(r[i, kept].max())


def test_correlations_with_the_target_are_pandas(X, y):
    step = pw.CorrelationFilter(0.9).fit(X, y)
    expected = pd.DataFrame(X).corrwith(pd.Series(y)).abs().fillna(0)
    np.testing.assert_allclose(step.target_correlation_, expected, atol=1e-12)
    classes = np.where(y > 1, "high", "low")
    step = pw.CorrelationFilter(0.9).fit(X, classes)
    expected = pd.DataFrame(X).corrwith(pd.Series((y > 1) * 1.0)).abs().fillna(0)
    np.testing.assert_allclose(step.target_correlation_, expected, atol=1e-12)


def test_mutual_information_over_levels_is_scikit_learns():
    random = np.random.default_rng(1)
    grade = random.choice(["A", "B", "C", None], 400)
    few = random.integers(0, 4, 400).astype(float)
    y = np.where(random.random(400) < 0.5, grade == "A", few == 1)
    frame = pw.Frame({"grade": grade, "few": few})
    step = pw.MutualInformationFilter().fit(frame, np.where(y, "yes", "no"))
    expected = [mutual_info_score([str(g) for g in grade], y), mutual_info_score(few, y)]
    np.testing.assert_allclose(step.mutual_information_, expected, rtol=1e-12)
    assert (step.scores_ < step.mutual_information_).all()


def test_bins_are_quantiles_and_a_gap_is_a_bin():
    random = np.random.default_rng(2)
    x, y = random.normal(size=500), random.normal(size=500)
    y += x
    x[:50] = np.nan
    step = pw.MutualInformationFilter(k=1, n_bins=5).fit(x[:, None], y)
    bins = np.where(np.isnan(x), 5, np.searchsorted(np.nanquantile(x, [0.2, 0.4, 0.6, 0.8]), x))
    expected = mutual_info_score(bins, np.searchsorted(np.quantile(y, [0.2, 0.4, 0.6, 0.8]), y))
    assert step.mutual_information_[0] == pytest.approx(expected, rel=1e-12)


def test_permutations_give_the_p_value_of_the_g_test():
    random = np.random.default_rng(3)
    X, y = random.normal(size=(2000, 12)), random.normal(size=2000)
    X[:, 0] += 0.07 * y
    step = pw.MutualInformationFilter(n_permutations=20_000, n_bins=4).fit(X, y)
    expected = stats.chi2.sf(2 * len(y) * step.mutual_information_, 9)
    np.testing.assert_allclose(step.pvalues_, expected, atol=0.02)
    adjusted = stats.false_discovery_control(step.pvalues_)
    np.testing.assert_array_equal(step.get_support(), adjusted <= 0.05)
    step.set_params(correction="bonferroni").fit(X, y)
    np.testing.assert_array_equal(step.get_support(), step.pvalues_ * 12 <= 0.05)


@pytest.mark.parametrize("threshold", ["mean", "median", "1.5*mean", 0.1])
def test_impurity_importances_and_thresholds_are_those_of_forest_and_scikit_learn(X, y, threshold):
    ours = pw.SelectFromForest(threshold, importance="impurity", n_estimators=30, random_state=3).fit(X, y)
    forest = pw.RandomForestRegressor(30, random_state=3)
    theirs = feature_selection.SelectFromModel(forest, threshold=threshold).fit(X, y)
    np.testing.assert_allclose(ours.importances_, theirs.estimator_.feature_importances_, rtol=1e-12)
    assert ours.threshold_ == pytest.approx(theirs.threshold_)
    np.testing.assert_array_equal(ours.get_support(), theirs.get_support())


def test_a_forest_of_classes_selects_by_them(X, y):
    labels = np.digitize(y, [0, 1.5])
    as_text = pw.SelectFromForest(n_estimators=30).fit(X, labels.astype(str))
    as_number = pw.SelectFromForest(n_estimators=30, target_type="classes").fit(X, labels)
    np.testing.assert_array_equal(as_text.importances_, as_number.importances_)
    assert set(np.argsort(as_text.importances_)[-3:]) == {0, 1, 3}
    assert pw.SelectFromForest(n_estimators=30, max_features=2, threshold=-1.0).fit(X, y).get_support().sum() == 2


def test_boruta_finds_what_matters_the_same_way_for_a_seed(X, y):
    options = {"hit_rate": 0.9, "max_rounds": 60, "n_estimators": 20, "max_depth": 5, "random_state": 1}
    step = pw.Boruta(**options).fit(X, y)
    assert list(step.get_support(indices=True)) == [0, 1, 3]
    again = pw.Boruta(**options, n_jobs=2).fit(X, y)
    np.testing.assert_array_equal(step.hits_, again.hits_)
    expected = stats.binom.sf(step.hits_ - 1, step.rounds_, 0.9)
    np.testing.assert_allclose(step.pvalues_, expected, rtol=1e-10, atol=1e-300)


@pytest.mark.filterwarnings("ignore:Boruta. no column is kept")
def test_the_papers_rule_of_half_keeps_noise_more_often():
    kept = {0.5: 0, None: 0}
    for seed in range(25):
        random = np.random.default_rng(seed)
        frame, y = pw.Frame({f"x{j}": random.normal(size=100) for j in range(6)}), random.normal(size=100)
        for hit_rate in kept:
            step = pw.Boruta(hit_rate=hit_rate, max_rounds=60, n_estimators=20, max_depth=4)
            step.fit(frame, y)
            kept[hit_rate] += bool(step.get_support().any())
    assert kept[None] <= 4
    assert kept[0.5] > kept[None]


def test_keeping_nothing_is_told_and_rows_stay():
    random = np.random.default_rng(0)
    X, y = random.normal(size=(200, 3)), random.normal(size=200)
    step = pw.MutualInformationFilter(alpha=1e-3, n_permutations=50)
    with pytest.warns(pw.DataWarning, match="no column is kept"):
        step.fit(X, y)
    assert step.transform(X).shape == (200, 0)


def test_selectors_take_part_in_models_and_scikit_learns_chains(X, y):
    frame = pw.Frame({f"x{j}": X[:, j] for j in range(8)} | {"energy": y}, roles={"energy": "target"})
    select = pw.MutualInformationFilter(alpha=0.001)
    model = pw.Model([select], pw.RandomForestRegressor(10, random_state=0)).fit(frame)
    assert list(model.estimator_.feature_names_in_) == ["x0", "x1", "x3"]
    few = pw.Frame({name: frame[name] for name in ("x0", "x1", "x3")})
    np.testing.assert_array_equal(model.predict(few), model.predict(frame))
    chain = make_pipeline(select, pw.RandomForestRegressor(10, random_state=0)).fit(X, y)
    np.testing.assert_array_equal(chain.predict(X), model.predict(frame))


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (pw.VarianceThreshold(-1), "threshold must be at least 0, got -1"),
        (pw.CorrelationFilter(0), r"threshold must be in \(0, 1\], got 0"),
        (pw.CorrelationFilter(method="kendall"), 'one of "pearson", "spearman"'),
        (pw.MutualInformationFilter(0), "k must be at least 1, got 0"),
        (pw.MutualInformationFilter(alpha=0), "alpha must be in"),
        (pw.SelectFromForest("mode"), "threshold must be a number"),
        (pw.SelectFromForest(max_features=0), "max_features must be at least 1"),
        (pw.Boruta(max_rounds=0), r"max_rounds must be in \[1, 10000\]"),
        (pw.Boruta(hit_rate=1.0), r"hit_rate must be in \(0, 1\)"),
        (pw.Boruta(n_estimators=0), "n_estimators must be at least 1"),
    ],
)
def test_wrong_options_say_what_is_allowed(X, y, step, words):
    with pytest.raises(pw.InvalidArgument, match=words):
        step.fit(X, y)


def test_a_missing_target_and_an_infinity_are_told(X, y):
    for step in (pw.Boruta(), pw.SelectFromForest(), pw.MutualInformationFilter()):
        with pytest.raises(pw.InvalidArgument, match="requires y to be passed"):
            step.fit(X)
    frame = pw.Frame({"a": [1.0, np.inf, 2.0]})
    with pytest.raises(pw.InvalidArgument, match="infinity in column 'a', row 1"):
        pw.CorrelationFilter().fit(frame)
