# SPDX-License-Identifier: MIT
"""Isolation forests beside scikit-learn's, on arrays and tables, saved, merged and asked for one row."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plantwright as pw
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.ensemble import IsolationForest
from sklearn.exceptions import NotFittedError
from sklearn.metrics import roc_auc_score

RNG = np.random.default_rng(0)
X = RNG.normal(size=(1500, 6))
X[:40] += RNG.choice([-4, 4], size=(40, 6)) * (RNG.random((40, 6)) < 0.5)
IS_ODD = np.arange(1500) < 40
GAPS = np.where(RNG.random(X.shape) < 0.1, np.nan, X)


def forest(n: int = 50, **more: Any) -> pw.IsolationForest:
    return pw.IsolationForest(n_estimators=n, random_state=0, **more)


# ---- beside scikit-learn


def test_parameters_defaults_and_attributes_are_scikit_learns() -> None:
    theirs, ours = IsolationForest(), pw.IsolationForest()
    assert ours.get_params() == theirs.get_params() | {"ndim": 1}
    theirs.fit(X)
    ours.fit(X)
    assert (ours.offset_, ours.max_samples_, ours.n_features_in_) == (theirs.offset_, theirs.max_samples_, 6)
    assert len(ours.estimators_) == len(ours.estimators_samples_) == len(ours.estimators_features_) == 100


@pytest.mark.parametrize("more", [{}, {"max_samples": 0.5}, {"max_features": 3}, {"bootstrap": True}])
def test_scores_are_distributed_as_scikit_learns(more: Any) -> None:
    ours, theirs = [], []
    for seed in range(6):
        ours.append(pw.IsolationForest(random_state=seed, **more).fit(X).score_samples(X))
        theirs.append(IsolationForest(random_state=seed, **more).fit(X).score_samples(X))
    np.testing.assert_allclose(np.mean(ours, axis=0), np.mean(theirs, axis=0), atol=0.04)
    np.testing.assert_allclose(np.mean(ours), np.mean(theirs), atol=0.008)
    assert abs(roc_auc_score(IS_ODD, -np.mean(ours, 0)) - roc_auc_score(IS_ODD, -np.mean(theirs, 0))) < 0.005


def test_missing_values_rank_rows_as_in_scikit_learn() -> None:
    ours = np.mean([pw.IsolationForest(random_state=s).fit(GAPS).score_samples(GAPS) for s in range(5)], axis=0)
    theirs = np.mean([IsolationForest(random_state=s).fit(GAPS).score_samples(GAPS) for s in range(5)], axis=0)
    assert roc_auc_score(IS_ODD, -ours) > roc_auc_score(IS_ODD, -theirs) - 0.01


def test_the_formula_leads_from_path_lengths_to_signs() -> None:
    model = forest(contamination=0.1).fit(X)
    c = 2 * (np.log(255) + np.euler_gamma) - 2 * 255 / 256
    np.testing.assert_allclose(model.score_samples(X), -(2 ** (-model.path_length(X) / c)), rtol=1e-14)
    np.testing.assert_array_equal(model.decision_function(X), model.score_samples(X) - model.offset_)
    np.testing.assert_array_equal(model.predict(X), np.where(model.decision_function(X) < 0, -1, 1))
    assert model.offset_ == np.percentile(model.score_samples(X), 10)
    assert (model.predict(X) == -1).sum() == 150
    np.testing.assert_array_equal(clone(model).fit_predict(X), model.predict(X))


def test_path_lengths_are_the_mean_of_the_trees() -> None:
    model = forest(20).fit(GAPS)
    by_trees = np.mean([tree.predict(GAPS) for tree in model.estimators_], axis=0)
    np.testing.assert_allclose(model.path_length(GAPS), by_trees, rtol=1e-14)
    trees = json.loads(model.dump_json())
    assert (trees["type"], trees["max_samples"], trees["offset"]) == ("IsolationForest", 256, -0.5)
    indicator, offsets = model.decision_path(GAPS[:9])
    assert indicator.shape == (9, offsets[-1]) and len(offsets) == 21


@pytest.mark.parametrize("more", [{}, {"max_features": 0.5, "bootstrap": True}, {"contamination": 0.05}])
@pytest.mark.parametrize("table", [X, GAPS, pd.DataFrame(X, columns=list("abcdef"))], ids=["plain", "gaps", "pandas"])
def test_a_forest_of_scikit_learn_scores_alike_when_taken_over(more: Any, table: Any) -> None:
    theirs = IsolationForest(n_estimators=30, random_state=0, **more).fit(table)
    ours = pw.from_sklearn(theirs)
    new = np.where(RNG.random((3000, 6)) < 0.1, np.nan, RNG.normal(size=(3000, 6)) * 2)
    new = pd.DataFrame(new, columns=list("abcdef")) if isinstance(table, pd.DataFrame) else new
    np.testing.assert_allclose(ours.score_samples(new), theirs.score_samples(new), rtol=1e-6)
    assert (ours.predict(new) == theirs.predict(new)).mean() > 0.999
    assert ours.offset_ == theirs.offset_ and ours.max_samples_ == theirs.max_samples_
    assert ours.get_params() == theirs.get_params() | {"ndim": 1, "random_state": 0}
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(ours)).score_samples(new), ours.score_samples(new))


# ---- one row


@pytest.mark.parametrize("ndim", [1, 2])
def test_one_row_in_any_form_gives_the_bits_of_score_samples(ndim: int) -> None:
    model = forest(ndim=ndim, contamination=0.1).fit(GAPS)
    scores, signs = model.score_samples(GAPS), model.predict(GAPS)
    for i in range(0, 200, 17):
        for row in (GAPS[i].tolist(), tuple(GAPS[i]), GAPS[i], GAPS[i].astype(np.float32)):
            assert model.score_one(row) == scores[i]
            assert model.predict_one(row) == signs[i]
        assert model.score_samples(GAPS[i : i + 1])[0] == scores[i]
    assert type(model.score_one(X[0])) is float and type(model.predict_one(X[0])) is int


@pytest.mark.parametrize("columns", [1, 6])
@pytest.mark.parametrize("table", [X, GAPS], ids=["plain", "gaps"])
def test_many_rows_at_once_have_the_bits_of_few(table: Any, columns: int) -> None:
    rows = np.tile(table[:, :columns], (3, 1))[:4001]
    watch = forest().fit(rows)
    expected = np.concatenate([watch.score_samples(rows[i : i + 20]) for i in range(0, len(rows), 20)])
    narrow = rows.astype(np.float32)
    frame = pd.DataFrame(rows)
    frame.columns = [f"c{j}" for j in range(columns)]
    for batch in (rows, narrow, np.asfortranarray(rows), np.repeat(rows, 2, axis=0)[::2]):
        assert (watch.score_samples(batch) == expected).all()
    assert (forest().fit(frame).score_samples(frame) == expected).all()
    assert (pickle.loads(pickle.dumps(watch)).score_samples(rows) == expected).all()


def test_many_rows_by_many_threads_have_the_same_bits() -> None:
    rows = np.tile(GAPS, (4, 1))
    watch = forest().fit(rows)
    expected = watch.score_samples(rows)
    watch.n_jobs = 3
    assert (watch.score_samples(rows) == expected).all()


def test_many_rows_with_a_category_have_the_bits_of_few() -> None:
    table = pd.DataFrame(GAPS, columns=list("abcdef")).assign(mode=np.where(IS_ODD, "stop", "run"))
    watch = forest().fit(table)
    expected = np.concatenate([watch.score_samples(table[i : i + 30]) for i in range(0, len(table), 30)])
    assert (watch.score_samples(table) == expected).all()


@pytest.mark.parametrize(
    ("row", "error", "message"),
    [
        ([1.0, 2.0], pw.InvalidArgument, "IsolationForest: X must have 6 features, as in fit, got 2"),
        ([1.0, "a", 2.0, 3.0, 4.0, 5.0], TypeError, "score_one: row must hold numbers"),
        (np.zeros((1, 6)), TypeError, "score_one: row must be 1-dimensional"),
        (None, TypeError, "got NoneType"),
    ],
)
def test_what_is_no_row_is_refused(row: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        forest(2).fit(X).score_one(row)


def test_before_fit_there_is_nothing_to_score_with() -> None:
    for call in ("score_samples", "decision_function", "predict", "path_length", "score_one", "predict_one"):
        with pytest.raises(NotFittedError):
            getattr(pw.IsolationForest(), call)([[1.0]])
    assert not hasattr(pw.IsolationForest(), "offset_")
    assert not hasattr(forest(2).fit(X), "feature_importances_")


# ---- hyperplanes


def test_hyperplanes_follow_correlated_features_better() -> None:
    z = RNG.normal(size=(2000, 2))
    table = np.column_stack(
        [z[:, 0], z[:, 0] + 0.05 * z[:, 1], z[:, 1], z[:, 1] - z[:, 0] + 0.05 * RNG.normal(size=2000)]
    )
    for j in range(4):
        table[:40, j] = RNG.permutation(table[:, j])[:40]
    is_odd = np.arange(2000) < 40
    auc = {
        ndim: np.mean(
            [
                roc_auc_score(is_odd, -pw.IsolationForest(random_state=s, ndim=ndim).fit(table).score_samples(table))
                for s in range(5)
            ]
        )
        for ndim in (1, 2, 3)
    }
    assert auc[2] > auc[1] + 0.01 and auc[3] > auc[1] + 0.01


def test_hyperplanes_have_no_trees_to_show() -> None:
    model = forest(3, ndim=2).fit(X)
    assert not hasattr(model, "estimators_")
    with pytest.raises(pw.InvalidArgument, match="hyperplanes"):
        model.decision_path(X)
    with pytest.raises(pw.InvalidArgument, match="hyperplanes"):
        model.dump_json()
    assert model.apply(X).shape == (1500, 3)


# ---- sets of trees, files


@pytest.mark.parametrize("ndim", [1, 3])
def test_ranges_that_workers_grew_merge_into_the_same_file(ndim: int, tmp_path: Path) -> None:
    def file_of(model: Any) -> bytes:
        pw.save(model, tmp_path / "model.plw")
        return (tmp_path / "model.plw").read_bytes()

    ranges = [pickle.loads(pickle.dumps(forest(9, ndim=ndim).fit(GAPS, tree_range=r))) for r in ((0, 2), (2, 9))]
    whole = forest(9, ndim=ndim).fit(GAPS)
    merged = pw.IsolationForest.merge(ranges)
    assert file_of(merged) == file_of(whole)
    grown = forest(4, ndim=ndim, warm_start=True).fit(GAPS).set_params(n_estimators=9).fit(GAPS)
    np.testing.assert_array_equal(grown.score_samples(GAPS), whole.score_samples(GAPS))
    np.testing.assert_array_equal(whole.subset(2, 9).score_samples(GAPS), ranges[1].score_samples(GAPS))
    with pytest.raises(AttributeError, match="what rows"):
        _ = merged.subset(0, 1).estimators_samples_


def test_a_warm_start_without_more_trees_warns_and_sets_the_offset() -> None:
    model = forest(9, warm_start=True).fit(X)
    with pytest.warns(UserWarning, match="does not fit new trees"):
        model.set_params(contamination=0.2).fit(X)
    assert model.offset_ == forest(9, contamination=0.2).fit(X).offset_


@pytest.mark.parametrize("ndim", [1, 2])
def test_saved_and_loaded_it_is_the_same_to_the_bit(ndim: int, tmp_path: Path) -> None:
    model = forest(contamination=0.03, max_features=4, ndim=ndim).fit(pd.DataFrame(GAPS, columns=list("abcdef")))
    pw.save(model, tmp_path / "model.plw")
    same = pw.load(tmp_path / "model.plw")
    assert type(same) is pw.IsolationForest and same.get_params() == model.get_params()
    table = pd.DataFrame(X, columns=list("abcdef"))
    np.testing.assert_array_equal(same.score_samples(table[list("fedcba")]), model.score_samples(table))
    assert same.offset_ == model.offset_ and same.feature_names_in_.tolist() == list("abcdef")
    header = pw.io.read_header(tmp_path / "model.plw")
    assert (header["type"], header["ndim"], header["max_samples"]) == ("IsolationForest", ndim, 256)
    pw.save(same, tmp_path / "again.plw")
    assert (tmp_path / "again.plw").read_bytes() == (tmp_path / "model.plw").read_bytes()


def test_the_golden_files_score_what_they_did_when_they_were_written(repository: Path) -> None:
    folder = repository / "tests" / "golden"
    for name, scores in json.loads((folder / "isolation_v1.json").read_text()).items():
        model = pw.load(folder / f"{name}.plw")
        assert model.n_estimators == 4 and model.ndim == (2 if "planes" in name else 1)
        expected = np.array([float.fromhex(score) for score in scores])
        assert model.offset_ == np.percentile(expected, 10)


def test_the_offset_can_be_set_and_is_saved() -> None:
    model = forest().fit(X)
    model.offset_ = -0.6
    assert (model.predict(X) == -1).sum() == (model.score_samples(X) < -0.6).sum()
    assert pickle.loads(pickle.dumps(model)).offset_ == -0.6
    assert model.predict_one(X[0]) == model.predict(X[:1])[0]
    with pytest.raises(pw.InvalidArgument, match="offset must be in"):
        model.offset_ = 0.2


# ---- rows and features of trees


def test_trees_are_grown_on_the_rows_and_features_they_name() -> None:
    model = forest(8, max_samples=100, max_features=2).fit(X)
    for tree, rows, features in zip(
        model.estimators_, model.estimators_samples_, model.estimators_features_, strict=True
    ):
        assert len(set(rows)) == 100 and len(set(features)) == 2
        used = tree.tree_.feature[tree.tree_.feature >= 0]
        assert set(used) <= set(features)
        leaves = np.bincount(tree.apply(X[rows]), minlength=tree.tree_.node_count)
        np.testing.assert_array_equal(leaves[tree.tree_.feature < 0], tree.tree_.n_node_samples[tree.tree_.feature < 0])


def test_weights_are_odds_of_being_drawn() -> None:
    weight = np.where(np.arange(1500) < 750, 1.0, 0.0)
    model = forest(8, max_samples=300).fit(X, sample_weight=weight)
    assert max(rows.max() for rows in model.estimators_samples_) < 750
    same = forest(8, max_samples=300, n_jobs=2).fit(X, sample_weight=weight.tolist())
    np.testing.assert_array_equal(same.score_samples(X), model.score_samples(X))


# ---- tables


def test_tables_of_every_producer_give_the_same_forest() -> None:
    grade = np.where(np.arange(1500) == 7, "odd", np.where(RNG.random(1500) < 0.3, "b", "a"))
    table = {"load": X[:, 0], "grade": grade, "flow": GAPS[:, 1]}
    scores = forest().fit(table).score_samples(table)
    for make in (pd.DataFrame, pl.DataFrame, pw.Frame):
        np.testing.assert_array_equal(forest().fit(make(table)).score_samples(make(table)), scores)
    assert (scores < scores[7]).mean() < 0.05
    with pytest.raises(pw.SchemaMismatch, match="grade"):
        forest().fit(table).predict({"load": X[:, 0], "flow": X[:, 1]})


def test_arrays_of_either_width_and_order_give_the_same_forest() -> None:
    narrow = GAPS.astype(np.float32)
    scores = forest().fit(narrow).score_samples(narrow)
    for same in (narrow.astype(np.float64), np.asfortranarray(narrow), narrow[::-1][::-1], narrow.tolist()):
        np.testing.assert_array_equal(forest().fit(same).score_samples(same), scores)


# ---- what is refused


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"n_estimators": 0}, "n_estimators must be an integer of at least 1, got 0"),
        ({"max_samples": 0}, "max_samples must be 'auto'"),
        ({"max_samples": 1.5}, "max_samples must be 'auto'"),
        ({"max_samples": "all"}, "max_samples must be 'auto'"),
        ({"contamination": 0.7}, "contamination must be 'auto' or a float in"),
        ({"contamination": 0}, "contamination must be"),
        ({"max_features": 0.0}, "max_features must be"),
        ({"max_features": 9}, "max_features must be from 1 to the number of features"),
        ({"ndim": 7}, "ndim must be from 1 to the number of features"),
        ({"ndim": 0}, "ndim must be an integer of at least 1"),
        ({"random_state": -1}, "random_state must not be negative"),
    ],
)
def test_parameters_out_of_range_are_named(more: Any, message: str) -> None:
    with pytest.raises(pw.InvalidArgument, match=message):
        pw.IsolationForest(**more).fit(X)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (X[:1], "at least 2 rows"),
        (X[:0], "minimum of 1"),
        (X[0], "1D array"),
        (np.full((9, 3), np.nan), "column that varies"),
        (np.ones((9, 3)), "column that varies"),
        (np.where(np.arange(9000).reshape(1500, 6) == 8997, np.inf, X), "infinity"),
        (np.where(np.arange(9000).reshape(1500, 6) == 8997, 1e300, X), "too large for float32"),
        ([["a", "b"], ["c", "d"]], "could not convert"),
    ],
)
def test_tables_that_cannot_be_fitted_are_refused(table: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        pw.IsolationForest(max_samples=1.0).fit(table)


def test_more_rows_than_there_are_warn() -> None:
    with pytest.warns(UserWarning, match=r"max_samples \(999\) is greater than the total number of samples \(50\)"):
        assert pw.IsolationForest(max_samples=999).fit(X[:50]).max_samples_ == 50


def test_progress_is_told_and_may_stop() -> None:
    seen: list[tuple[str, int, int]] = []
    forest(30).fit(X, progress=lambda *event: seen.append(event))
    assert seen[-1] == ("fit", 30, 30)
    model = forest(30).fit(X)
    with pytest.raises(pw.Stopped):
        model.fit(X[:100], progress=lambda *_: False)
    assert model.max_samples_ == 256
