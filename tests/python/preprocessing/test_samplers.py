# SPDX-License-Identifier: MIT
"""How samplers balance, beside imbalanced-learn."""

from __future__ import annotations

import numpy as np
import plantwright as pw
import pytest
from sklearn.neighbors import NearestNeighbors


@pytest.fixture(scope="module")
def X():
    return np.random.default_rng(0).normal(size=(400, 6)) * [1, 10, 0.1, 1, 1, 5] + 3


@pytest.fixture(scope="module")
def y():
    return np.random.default_rng(1).choice([0, 1, 2], 400, p=[0.7, 0.2, 0.1])


STRATEGIES = {
    "auto": "auto",
    "minority": "minority",
    "not minority": "not minority",
    "not majority": "not majority",
    "all": "all",
    "dict": {0: 300, 1: 150, 2: 77},
}


def counts_of(labels):
    return dict(zip(*np.unique(labels, return_counts=True), strict=True))


@pytest.mark.parametrize("strategy", STRATEGIES.values(), ids=STRATEGIES)
@pytest.mark.parametrize("sampler", ["RandomOverSampler", "SMOTE"])
def test_classes_grow_to_imbalanced_learns_counts(X, y, sampler, strategy):
    over_sampling = pytest.importorskip("imblearn.over_sampling")
    X_ours, y_ours = getattr(pw, sampler)(sampling_strategy=strategy).fit_resample(X, y)
    _, y_theirs = getattr(over_sampling, sampler)(sampling_strategy=strategy).fit_resample(X, y)
    assert counts_of(y_ours) == counts_of(y_theirs)
    assert y_ours.dtype == y.dtype
    np.testing.assert_array_equal(X_ours[:400], X)
    np.testing.assert_array_equal(y_ours[:400], y)


@pytest.mark.parametrize("strategy", ["auto", "majority", "not minority", "not majority", "all", {0: 100, 1: 50}])
def test_classes_shrink_to_imbalanced_learns_counts(X, y, strategy):
    under_sampling = pytest.importorskip("imblearn.under_sampling")
    X_ours, y_ours = pw.RandomUnderSampler(sampling_strategy=strategy).fit_resample(X, y)
    _, y_theirs = under_sampling.RandomUnderSampler(sampling_strategy=strategy).fit_resample(X, y)
    assert counts_of(y_ours) == counts_of(y_theirs)
    rows = {row.tobytes(): i for i, row in enumerate(X)}
    places = [rows[row.tobytes()] for row in np.ascontiguousarray(X_ours)]
    assert places == sorted(set(places))
    np.testing.assert_array_equal(y[places], y_ours)


@pytest.mark.parametrize("share", [0.3, 0.5, 1.0])
def test_shares_are_imbalanced_learns(X, y, share):
    imblearn = pytest.importorskip("imblearn")
    two = (y == 2).astype(int)
    for ours, theirs in (
        (pw.RandomOverSampler, imblearn.over_sampling.RandomOverSampler),
        (pw.RandomUnderSampler, imblearn.under_sampling.RandomUnderSampler),
    ):
        _, labels = ours(sampling_strategy=share).fit_resample(X, two)
        _, expected = theirs(sampling_strategy=share).fit_resample(X, two)
        assert counts_of(labels) == counts_of(expected)


def test_synthetic_rows_lie_between_a_row_and_one_of_its_true_neighbours(X, y):
    X_new, y_new = pw.SMOTE(k_neighbors=3, random_state=5).fit_resample(X, y)
    for label in (1, 2):
        rows = X[y == label]
        neighbours = NearestNeighbors(n_neighbors=4).fit(rows).kneighbors(rows, return_distance=False)[:, 1:]
        starts, steps = np.repeat(rows, 3, axis=0), rows[neighbours.ravel()] - np.repeat(rows, 3, axis=0)
        for row in X_new[400:][y_new[400:] == label]:
            shares = ((row - starts) * steps).sum(axis=1) / (steps**2).sum(axis=1)
            off = np.abs(row - starts - shares[:, None] * steps).max(axis=1)
            assert (off[(shares >= 0) & (shares < 1)] < 1e-12 * np.abs(X).max()).any()


def test_every_row_and_neighbour_is_drawn_about_as_often(X):
    y = np.repeat([0, 1], [390, 10])
    X_new, _ = pw.SMOTE(k_neighbors=1, sampling_strategy={1: 10_000}).fit_resample(X, y)
    rows, synthetic = X[390:], X_new[400:]
    nearest = NearestNeighbors(n_neighbors=2).fit(rows).kneighbors(rows, return_distance=False)[:, 1]
    steps = rows[nearest] - rows
    share = ((synthetic[:, None] - rows) * steps).sum(axis=2) / (steps**2).sum(axis=1)
    off = np.abs(synthetic[:, None] - rows - share[..., None] * steps).max(axis=2)
    on_line = off < 1e-9
    counts = on_line.sum(axis=0)
    mutual = nearest[nearest] == np.arange(10)  # such pairs share a line
    assert (counts[~mutual] > 850).all() and (counts[~mutual] < 1150).all()
    assert 0.45 < share[on_line].mean() < 0.55


def test_categories_follow_the_neighbours_and_a_gap_is_a_level():
    random = np.random.default_rng(0)
    flow = np.concatenate([random.normal(0, 1, 300), random.normal(0, 1, 15), random.normal(50, 1, 15)])
    grade = np.array(["A"] * 300 + ["B"] * 15 + [None] * 15, dtype=object)
    frame = pw.Frame({"flow": flow, "grade": grade, "state": np.repeat(["ok", "fault"], [300, 30])})
    frame = frame.with_roles({"state": "target"})
    balanced = pw.SMOTENC().fit_resample(frame)
    assert counts_of(balanced["state"]) == {"fault": 300, "ok": 300}
    new = [(f, g) for f, g in zip(balanced["flow"][330:], balanced["grade"][330:], strict=True)]
    assert {g for f, g in new if f < 10} == {"B"}
    assert {g for f, g in new if f > 40} == {None}


def test_a_model_learns_from_balanced_rows_and_predicts_each_row_as_it_is(X, y):
    rare = (y == 2) & (np.arange(400) % 2 == 0)
    X = X + 1.5 * rare[:, None] * [1, 0, 0, 0, 0, 0]
    frame = pw.Frame({f"x{j}": X[:, j] for j in range(6)} | {"fault": np.where(rare, "yes", "no")})
    frame = frame.with_roles({"fault": "target"})
    forest = pw.RandomForestClassifier(30, max_depth=3, random_state=0)
    plain = pw.Model([], forest).fit(frame)
    model = pw.Model([pw.StandardScaler(), pw.SMOTE(), pw.PCA(3)], forest).fit(frame)
    assert len(model.transform(frame)) == 400
    assert (model.predict(frame) == "yes").sum() > 2 * (plain.predict(frame) == "yes").sum()
    stream = model.stream()
    predicted = model.predict(frame)
    for i in range(20):
        assert stream.update({f"x{j}": X[i, j] for j in range(6)}) == predicted[i]


def test_weights_go_with_the_rows_that_new_ones_are_made_from(X, y):
    frame = pw.Frame({f"x{j}": X[:, j] for j in range(6)} | {"y": y.astype(str)}).with_roles({"y": "target"})
    weights = np.where(y == 2, 0.0, 1.0)
    forest = pw.RandomForestClassifier(10, random_state=0)
    for step in (pw.RandomOverSampler(), pw.SMOTE(), pw.RandomUnderSampler()):
        model = pw.Model([step], forest).fit(frame, sample_weight=weights)
        assert (model.predict_proba(frame)[:, 2] == 0).all()
        assert list(model.feature_names_in_) == [*(f"x{j}" for j in range(6)), "y"]
    weights = np.arange(400) + 1.0
    carried = frame.with_column("w", weights, role="ignored")
    for step in (pw.RandomOverSampler(), pw.SMOTE(), pw.RandomUnderSampler()):
        model = pw.Model([step], forest).fit(frame, sample_weight=weights)
        balanced = step.fit_resample(carried)
        expected = pw.RandomForestClassifier(10, random_state=0).fit(balanced, sample_weight=balanced["w"])
        np.testing.assert_array_equal(model.predict_proba(frame), expected.predict_proba(frame))
    with pytest.raises(ValueError, match="rows"):
        pw.Model([pw.SMOTE()], forest).fit(frame, sample_weight=np.ones(3))


def test_labels_keep_their_type(X):
    for labels in (np.repeat(["ok", "fault"], [300, 100]), np.repeat([True, False], 200), np.repeat([1.5, 2.5], 200)):
        _, new = pw.RandomOverSampler().fit_resample(X, labels)
        assert new.dtype == labels.dtype
        assert set(new) == set(labels)


def test_the_same_seed_gives_the_same_rows_for_any_threads(X, y):
    first, _ = pw.SMOTE(random_state=3).fit_resample(X, y)
    np.testing.assert_array_equal(first, pw.SMOTE(random_state=3, n_jobs=2).fit_resample(X, y)[0])
    assert not np.array_equal(first, pw.SMOTE(random_state=4).fit_resample(X, y)[0])


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (pw.SMOTE(k_neighbors=0), "k_neighbors must be at least 1, got 0"),
        (pw.SMOTE(k_neighbors=60), "k_neighbors must be less than the"),
        (pw.SMOTE(sampling_strategy="most"), 'sampling_strategy must be "auto"'),
        (pw.SMOTE(sampling_strategy={7: 500}), "a class '7' that the target does not have"),
        (pw.SMOTE(sampling_strategy={1: 3}), "must give at least the"),
        (pw.SMOTE(sampling_strategy=0.5), "as a share takes 2 classes, got 3"),
        (pw.RandomUnderSampler(sampling_strategy={1: 3000}), "must give at most the"),
    ],
)
def test_wrong_options_say_what_is_allowed(X, y, step, words):
    with pytest.raises(pw.InvalidArgument, match=words):
        step.fit_resample(X, y)


def test_gaps_and_one_class_are_refused(X, y):
    with_gap = X.copy()
    with_gap[7, 2] = np.nan
    with pytest.raises(pw.InvalidArgument, match=r"impute missing ones first.*'x2', row 7"):
        pw.SMOTE().fit_resample(with_gap, y)
    with pytest.raises(pw.InvalidArgument, match="at least 2 classes, got 1"):
        pw.SMOTE().fit_resample(X, np.zeros(400))
