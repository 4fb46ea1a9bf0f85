# SPDX-License-Identifier: MIT
"""Detectors and tails against NumPy, scikit-learn and SciPy."""

import pickle

import numpy as np
import plantwright as pw
import pytest
from plantwright import InvalidArgument
from scipy import stats
from sklearn.covariance import ledoit_wolf
from sklearn.decomposition import PCA


def correlated(n=300, d=6, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) * 10.0 ** np.arange(-2, d - 2) + 7


@pytest.mark.parametrize("n", [8, 30, 1000])
def test_the_default_shrinkage_is_ledoit_and_wolfs_of_standardised_rows(n):
    X = correlated(n)
    z = (X - X.mean(0)) / X.std(0, ddof=1)
    assert pw.Mahalanobis().fit(X).shrinkage_ == pytest.approx(ledoit_wolf(z)[1], rel=1e-9)


def test_the_mahalanobis_distance_is_numpys():
    X = correlated()
    d = X - X.mean(0)
    expected = np.einsum("ij,jk,ik->i", d, np.linalg.inv(np.cov(X.T)), d)
    np.testing.assert_allclose(-pw.Mahalanobis(shrinkage=0.0).fit(X).score_samples(X), expected, rtol=1e-7)


def test_dynamic_pca_without_lags_is_scikit_learns_pca():
    X = correlated()
    z = (X - X.mean(0)) / X.std(0, ddof=1)
    pca = PCA(3).fit(z)
    scores = pca.transform(z)
    chart = pw.DynamicPCA(lags=0, n_components=3).fit(X)
    np.testing.assert_allclose(chart.explained_variance_, pca.explained_variance_, rtol=1e-10)
    t2, spe = chart.t2_and_spe(X).T
    np.testing.assert_allclose(t2, (scores**2 / pca.explained_variance_).sum(1), rtol=1e-8)
    np.testing.assert_allclose(spe, ((z - pca.inverse_transform(scores)) ** 2).sum(1), rtol=1e-6, atol=1e-12)
    assert chart.t2_limit_ == pytest.approx(stats.chi2.ppf(0.99, 3), rel=0.01)
    np.testing.assert_allclose(-chart.score_samples(X), t2 / chart.t2_limit_ + spe / chart.spe_limit_, rtol=1e-12)


@pytest.mark.parametrize("shape", [-0.2, 0.0, 0.3])
def test_the_tail_is_at_least_as_likely_as_scipys_and_close_to_it(shape):
    scores = stats.genpareto.rvs(shape, size=5000, random_state=1)
    tail = pw.Tail().fit(scores)
    y = scores[scores > tail.tail_begin_] - tail.tail_begin_
    theirs = stats.genpareto.fit(y, floc=0)
    ours = (tail.shape_, 0, tail.scale_)
    assert stats.genpareto.logpdf(y, *ours).sum() >= stats.genpareto.logpdf(y, *theirs).sum() - 1e-6 * y.size
    expected = y.size / scores.size * stats.genpareto.sf(y, *ours)
    np.testing.assert_allclose(tail.p_value(y + tail.tail_begin_), expected, rtol=1e-9)


def test_a_tail_travels_with_its_settings(tmp_path):
    tail = pw.Tail(tail_share=0.2, highest_shape=0.4, merge_gap=2).fit(np.random.default_rng(0).normal(size=500))
    pw.save(tail, tmp_path / "tail.plw")
    for other in (pw.load(tmp_path / "tail.plw"), pickle.loads(pickle.dumps(tail))):
        assert other.get_params() == tail.get_params()
        np.testing.assert_array_equal(other.severity([0.0, 1.0, 9.0]), tail.severity([0.0, 1.0, 9.0]))
        assert other.cluster_length_ == tail.cluster_length_


def test_a_tail_names_what_it_cannot_do():
    with pytest.raises(InvalidArgument, match="at least 20, got 3"):
        pw.Tail().fit([1.0, 2.0, 3.0])
    with pytest.raises(InvalidArgument, match="tail_share must be in"):
        pw.Tail(tail_share=0.9).fit(np.arange(50.0))
    with pytest.raises(InvalidArgument, match="one-dimensional"):
        pw.Tail().fit(np.ones((30, 2)))
    with pytest.warns(pw.DataWarning, match="in 1 clusters, fewer than 30"):
        tail = pw.Tail().fit(np.arange(50.0))
    with pytest.raises(InvalidArgument, match="needs false_alarm_rate"):
        tail.threshold(alarms_per_day=1)
    with pytest.raises(InvalidArgument, match=r"p must be in \(0, 1\)"):
        tail.threshold(false_alarm_rate=0.0)


def test_a_chart_and_its_tail_hold_the_alarm_rate_asked_for_on_later_rows():
    rng = np.random.default_rng(3)
    noise = rng.normal(size=(60_000, 4)) @ rng.normal(size=(4, 4))
    for t in range(1, len(noise)):
        noise[t] += 0.7 * noise[t - 1]  # sensors remember
    train, calibrate, later = np.split(noise, 3)
    chart = pw.MewmaChart().fit(train)
    tail = pw.Tail().fit(-chart.score_samples(calibrate))
    statistic = -chart.score_samples(later)
    assert np.nanmean(statistic >= tail.threshold(false_alarm_rate=0.01)) == pytest.approx(0.01, rel=0.5)
    alarms = (statistic >= tail.threshold(alarms_per_day=2, rows_per_day=1440)).astype(int)
    per_day = pw.evaluate.detection.false_alarms([], alarms) / (len(later) / 1440)
    assert 2 / 2.5 < per_day < 2 * 2.5
