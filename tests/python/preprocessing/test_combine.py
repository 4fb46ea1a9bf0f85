# SPDX-License-Identifier: MIT
"""Polynomials, clusters and components beside scikit-learn's."""

from __future__ import annotations

import numpy as np
import plantwright as pw
import pytest
from sklearn import cluster, datasets, decomposition, preprocessing


@pytest.fixture(scope="module")
def X():
    random = np.random.default_rng(0)
    return random.normal(size=(500, 5)) @ random.normal(size=(5, 5)) + [0, 1e4, -3, 5, 7]


@pytest.mark.parametrize("interaction_only", [False, True])
@pytest.mark.parametrize("degree", [1, 2, 3, 4])
def test_products_are_scikit_learns_in_its_order(X, degree, interaction_only):
    ours = pw.PolynomialFeatures(degree, interaction_only=interaction_only).fit(X)
    theirs = preprocessing.PolynomialFeatures(degree, interaction_only=interaction_only, include_bias=False).fit(X)
    np.testing.assert_allclose(ours.transform(X), theirs.transform(X), rtol=1e-14)
    expected = [name.replace(" ", "__times__").replace("^", "__power_") for name in theirs.get_feature_names_out()]
    assert list(ours.get_feature_names_out()) == expected


def test_a_bias_is_ones_and_a_gap_stays_one():
    out = pw.PolynomialFeatures(include_bias=True).fit_transform(pw.Frame({"a": [2.0, None], "b": [1.0, 3.0]}))
    assert list(out.columns) == ["a", "b", "bias", "a__power_2", "a__times__b", "b__power_2"]
    np.testing.assert_array_equal(out["bias"], [1, 1])
    np.testing.assert_array_equal(out["a__times__b"], [2, np.nan])
    np.testing.assert_array_equal(out["b__power_2"], [1, 9])


@pytest.mark.parametrize("k", [2, 5, 9])
@pytest.mark.parametrize("spread", [0.5, 3.0])
def test_inertia_is_no_worse_than_scikit_learns(k, spread):
    X, _ = datasets.make_blobs(600, 3, centers=k, cluster_std=spread, random_state=k)
    ours = pw.KMeansFeatures(k).fit(X)
    theirs = cluster.KMeans(k, n_init=10, random_state=0).fit(X)
    assert ours.inertia_ <= theirs.inertia_ * (1.0001 if spread < 1 else 1.01)
    distances = ours.transform(X)[:, 3:]
    assert (distances.min(axis=1) ** 2).sum() == pytest.approx(ours.inertia_, rel=1e-12)
    expected = np.linalg.norm(X[:, None] - ours.cluster_centers_, axis=2)
    np.testing.assert_allclose(distances, expected, rtol=1e-12)


def test_centres_are_the_means_of_their_rows_and_scikit_learn_cannot_improve_them():
    X, _ = datasets.make_blobs(500, 2, centers=4, random_state=1)
    ours = pw.KMeansFeatures(4, tol=0).fit(X)
    theirs = cluster.KMeans(4, init=ours.cluster_centers_, n_init=1, tol=0).fit(X)
    np.testing.assert_allclose(theirs.cluster_centers_, ours.cluster_centers_, rtol=1e-10)
    assert theirs.inertia_ == pytest.approx(ours.inertia_, rel=1e-12)


def test_the_cluster_is_the_nearest_and_a_gap_has_none():
    X, _ = datasets.make_blobs(200, 2, centers=3, random_state=2)
    X[3, 1] = np.nan
    frame = pw.Frame(X, names=["load", "flow"])
    out = pw.KMeansFeatures(3, output="both", name="state").fit_transform(frame)
    assert list(out.columns[2:]) == ["state__distance_0", "state__distance_1", "state__distance_2", "state__cluster"]
    distances = np.column_stack([out[f"state__distance_{c}"] for c in range(3)])
    assert np.isnan(distances[3]).all()
    assert out["state__cluster"][3] is None
    present = np.arange(200) != 3
    assert [str(c) for c in distances[present].argmin(axis=1)] == [str(c) for c in out["state__cluster"][present]]


@pytest.mark.parametrize("n_components", [None, 1, 3, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("whiten", [False, True])
def test_components_are_scikit_learns_signs_and_all(X, n_components, whiten):
    ours = pw.PCA(n_components, whiten=whiten).fit(X)
    theirs = decomposition.PCA(n_components, whiten=whiten, svd_solver="full").fit(X)
    assert ours.n_components_ == theirs.n_components_
    np.testing.assert_allclose(ours.components_, theirs.components_, atol=1e-9)
    np.testing.assert_allclose(ours.explained_variance_, theirs.explained_variance_, rtol=1e-9)
    np.testing.assert_allclose(ours.explained_variance_ratio_, theirs.explained_variance_ratio_, rtol=1e-9)
    scores = ours.transform(X)
    np.testing.assert_allclose(scores, theirs.transform(X), atol=1e-8)
    np.testing.assert_allclose(ours.inverse_transform(scores), theirs.inverse_transform(scores), rtol=1e-9)


def test_components_take_the_place_of_their_columns_alone(X):
    frame = pw.Frame({"a": X[:, 0], "b": X[:, 1], "c": X[:, 2], "grade": ["A"] * 500})
    step = pw.PCA(columns=["a", "c"], name="ac").fit(frame)
    out = step.transform(frame)
    assert list(out.columns) == ["b", "grade", "ac__0", "ac__1"]
    back = step.inverse_transform(out)
    np.testing.assert_allclose(back["a"], X[:, 0], atol=1e-10)
    np.testing.assert_array_equal(back["b"], X[:, 1])


def test_gaps_do_not_count_and_have_no_components(X):
    gaps = X.copy()
    gaps[::10, 1] = np.nan
    complete = ~np.isnan(gaps).any(axis=1)
    ours, expected = pw.PCA(2).fit(gaps), pw.PCA(2).fit(gaps[complete])
    np.testing.assert_array_equal(ours.components_, expected.components_)
    assert np.isnan(ours.transform(gaps)[~complete]).all()


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (pw.PolynomialFeatures(0), "degree must be at least 1, got 0"),
        (pw.PolynomialFeatures(30), "at most 10000 products"),
        (pw.KMeansFeatures(0), "n_clusters must be at least 1, got 0"),
        (pw.KMeansFeatures(501), "n_clusters must be at most the rows"),
        (pw.KMeansFeatures(output="labels"), 'one of "distances", "cluster", "both"'),
        (pw.PCA(6), r"n_components must be in \[1, 5\]"),
        (pw.PCA(0.0), "a share in"),
        (pw.PCA("mle"), "n_components must be"),
    ],
)
def test_wrong_options_say_what_is_allowed(X, step, words):
    with pytest.raises(pw.InvalidArgument, match=words):
        step.fit(X)
