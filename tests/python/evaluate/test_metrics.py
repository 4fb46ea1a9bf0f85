# SPDX-License-Identifier: MIT
"""Every metric against scikit-learn's, on random truths with ties, weights and several classes."""

import warnings

import numpy as np
import pytest
import sklearn.metrics as oracle
from hypothesis import given, settings
from hypothesis import strategies as st
from plantwright import InvalidArgument
from plantwright.evaluate import metrics
from sklearn.exceptions import UndefinedMetricWarning

seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(2, 120)


def close(ours, theirs):
    np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12)


def weights(rng, n, weighted):
    return rng.integers(0, 4, n) + rng.random(n) * (rng.random(n) < 0.5) + 1e-3 if weighted else None


def quietly(function, *arguments, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*arguments, **options)


@given(seeds, sizes, st.booleans())
@settings(deadline=None)
def test_regression_metrics_agree_with_scikit_learn(seed, n, weighted):
    rng = np.random.default_rng(seed)
    y, p, w = rng.normal(5, 3, n), rng.normal(5, 3, n).round(1), weights(rng, n, weighted)
    for name in ("mean_squared_error", "root_mean_squared_error", "mean_absolute_error", "r2_score"):
        close(getattr(metrics, name)(y, p, sample_weight=w), getattr(oracle, name)(y, p, sample_weight=w))
    close(metrics.max_error(y, p), oracle.max_error(y, p))


@given(seeds, sizes, st.integers(2, 5), st.booleans())
@settings(deadline=None)
def test_label_metrics_agree_with_scikit_learn(seed, n, k, weighted):
    rng = np.random.default_rng(seed)
    names = np.array(["a", "b", "c", "d", "e"])
    y, p, w = names[rng.integers(0, k, n)], names[rng.integers(0, k, n)], weights(rng, n, weighted)
    theirs = quietly(oracle.confusion_matrix, y, p, sample_weight=w)
    close(metrics.confusion_matrix(y, p, sample_weight=w), theirs)
    close(metrics.accuracy_score(y, p, sample_weight=w), oracle.accuracy_score(y, p, sample_weight=w))
    theirs = quietly(oracle.balanced_accuracy_score, y, p, sample_weight=w)
    close(metrics.balanced_accuracy_score(y, p, sample_weight=w), theirs)
    for average in ("macro", "weighted") + (("binary",) if len({*y, *p}) == k == 2 else ()):
        for name in ("precision_score", "recall_score", "f1_score"):
            options = {"average": average, "sample_weight": w, "pos_label": "b", "zero_division": 0.0}
            ours = getattr(metrics, name)(y, p, **options)
            close(ours, quietly(getattr(oracle, name), y, p, **options))


@given(seeds, sizes, st.booleans(), st.integers(2, 30))
@settings(deadline=None)
def test_binary_score_metrics_agree_with_scikit_learn_where_scores_tie(seed, n, weighted, levels):
    rng = np.random.default_rng(seed)
    y = np.r_[0, 1, rng.integers(0, 2, n)]
    p, w = rng.integers(0, levels, n + 2) / levels, weights(rng, n + 2, weighted)
    close(metrics.roc_auc_score(y, p, sample_weight=w), oracle.roc_auc_score(y, p, sample_weight=w))
    close(metrics.average_precision_score(y, p, sample_weight=w), oracle.average_precision_score(y, p, sample_weight=w))
    close(metrics.log_loss(y, p, sample_weight=w), oracle.log_loss(y, p, sample_weight=w))
    close(metrics.brier_score_loss(y, p, sample_weight=w), oracle.brier_score_loss(y, p, sample_weight=w))


@given(seeds, sizes, st.integers(3, 6), st.booleans())
@settings(deadline=None)
def test_multi_class_score_metrics_agree_with_scikit_learn(seed, n, k, weighted):
    rng = np.random.default_rng(seed)
    y = np.r_[np.arange(k), rng.integers(0, k, n)]
    p = rng.integers(1, 6, (len(y), k)).astype(float)
    p /= p.sum(axis=1, keepdims=True)
    w = weights(rng, len(y), weighted)
    theirs = oracle.roc_auc_score(y, p, multi_class="ovr", average="macro", sample_weight=w)
    close(metrics.roc_auc_score(y, p, sample_weight=w), theirs)
    one_hot = y[:, None] == np.arange(k)
    theirs = oracle.average_precision_score(one_hot, p, average="macro", sample_weight=w)
    close(metrics.average_precision_score(y, p, sample_weight=w), theirs)
    close(metrics.log_loss(y, p, sample_weight=w), oracle.log_loss(y, p, sample_weight=w))
    brier = np.average(((p - one_hot) ** 2).sum(axis=1), weights=w)
    close(metrics.brier_score_loss(y, p, sample_weight=w, labels=range(k)), brier)


def test_a_certain_error_costs_a_finite_log_loss():
    close(metrics.log_loss([1, 0], [0.0, 0.5]), oracle.log_loss([1, 0], [0.0, 0.5]))


def test_one_class_has_no_roc_auc_as_in_scikit_learn():
    with pytest.warns(UndefinedMetricWarning):
        assert np.isnan(metrics.roc_auc_score([1, 1], [0.2, 0.3]))
    with pytest.warns(UndefinedMetricWarning):
        assert np.isnan(metrics.roc_auc_score([0, 1, 0], np.full((3, 3), 1 / 3), labels=[0, 1, 2]))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: metrics.r2_score([1.0, np.nan], [1.0, 1.0]), "y_true must be finite, got nan at row 1"),
        (lambda: metrics.r2_score([1.0], [1.0, 1.0]), "y_pred must have 1 rows, got 2"),
        (lambda: metrics.max_error([], []), "at least one row"),
        (lambda: metrics.mean_squared_error(["a"], ["b"]), "y_true must be numbers"),
        (lambda: metrics.mean_squared_error(np.zeros((2, 2)), np.zeros(2)), r"got shape \(2, 2\)"),
        (lambda: metrics.f1_score([0, 1, 2], [0, 1, 2]), "needs two classes, got 3"),
        (lambda: metrics.f1_score(["a", "b"], ["a", "b"]), "pos_label must be one of"),
        (lambda: metrics.f1_score([0, 1], [0, 1], average="micro"), "got 'micro'"),
        (lambda: metrics.log_loss([0, 1], [[0.5, 0.6], [0.5, 0.5]]), "must sum to 1, got 1.1"),
        (lambda: metrics.brier_score_loss([0, 1], [0.5, 1.5]), r"must be in \[0, 1\], got 1.5 at row 1"),
        (lambda: metrics.accuracy_score([0.0, np.nan], [0.0, 1.0]), "labels must not be missing"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InvalidArgument, match=message):
        call()
