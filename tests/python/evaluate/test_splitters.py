# SPDX-License-Identifier: MIT
"""Splitters against scikit-learn's where they mean the same, and by their properties."""

import numpy as np
import pandas as pd
import plantwright as pw
import pytest
import sklearn.model_selection as oracle
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from plantwright import InvalidArgument
from plantwright.evaluate import train_test_split_by_time
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV, check_cv, cross_val_score

small = st.none() | st.integers(1, 9)


def same(ours, theirs):
    for (train, test), (other_train, other_test) in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(train, other_train)
        np.testing.assert_array_equal(test, other_test)


@given(st.integers(4, 60), st.integers(2, 6), st.integers(0, 4), small, small)
@settings(deadline=None)
def test_time_split_in_row_order_is_scikit_learns(n, n_splits, gap, test_size, most):
    theirs = oracle.TimeSeriesSplit(n_splits, gap=gap, test_size=test_size, max_train_size=most)
    ours = pw.TimeSplit(n_splits, gap=gap, test_size=test_size, max_train_size=most)
    X = np.zeros((n, 1))
    try:
        expected = list(theirs.split(X))
    except ValueError:
        with pytest.raises(InvalidArgument, match="too few"):
            list(ours.split(X))
        return
    assume(all(len(train) for train, _ in expected))
    same(ours.split(X), expected)


@given(st.integers(2, 50), st.integers(2, 6))
@settings(deadline=None)
def test_k_fold_is_scikit_learns(n, n_splits):
    assume(n >= n_splits)
    same(pw.KFold(n_splits).split(np.zeros(n)), oracle.KFold(n_splits).split(np.zeros(n)))


@given(st.lists(st.integers(0, 6), min_size=12, max_size=80), st.integers(2, 4), st.integers(0, 9))
@settings(deadline=None)
def test_stratified_folds_hold_each_class_within_one_row(classes, n_splits, seed):
    y = np.array(classes)
    assume(np.bincount(y).max() >= n_splits)
    splits = list(pw.StratifiedKFold(n_splits, shuffle=True, random_state=seed).split(y, y))
    assert sorted(np.concatenate([test for _, test in splits])) == list(range(len(y)))
    for _, test in splits:
        for value, total in zip(*np.unique(y, return_counts=True), strict=True):
            assert abs((y[test] == value).sum() - total / n_splits) < 1


@given(st.lists(st.integers(0, 12), min_size=10, max_size=80), st.integers(2, 4))
@settings(deadline=None)
def test_group_split_is_as_balanced_as_scikit_learns(groups, n_splits):
    groups = np.array(groups)
    assume(len(np.unique(groups)) >= n_splits)
    splits = list(pw.GroupSplit(n_splits).split(groups, groups=groups))
    for train, test in splits:
        assert not set(groups[train]) & set(groups[test])
    theirs = oracle.GroupKFold(n_splits).split(groups, groups=groups)
    assert max(len(t) for _, t in splits) <= max(len(t) for _, t in theirs)


@given(st.lists(st.integers(0, 40), min_size=20, max_size=80), st.integers(2, 3), st.integers(0, 5))
@settings(deadline=None)
def test_time_split_never_parts_equal_stamps(hours, n_splits, gap):
    hours = np.array(hours)
    table = pd.DataFrame({"t": pd.to_datetime(hours, unit="h")})
    try:
        splits = list(pw.TimeSplit(n_splits, gap=f"{gap}h", time="t").split(table))
    except InvalidArgument:
        return
    for train, test in splits:
        assert hours[train].max() < hours[test].min()
        assert hours[train].max() <= hours[test].min() - gap


def test_a_random_state_gives_the_same_shuffle_again():
    a, b = (list(pw.KFold(3, shuffle=True, random_state=5).split(np.zeros(50))) for _ in range(2))
    same(a, b)
    assert not np.array_equal(a[0][1], next(pw.KFold(3, shuffle=True, random_state=6).split(np.zeros(50)))[1])


@pytest.mark.parametrize("cv", [pw.TimeSplit(3), pw.KFold(3), pw.BlockedKFold(3, gap=2), pw.GroupSplit(3)])
def test_work_inside_scikit_learn(cv):
    rng = np.random.default_rng(0)
    X, groups = rng.normal(size=(60, 3)), np.arange(60) // 5
    y = X @ [1.0, 2.0, 3.0]
    assert check_cv(cv) is cv
    scores = cross_val_score(LinearRegression(), X, y, cv=cv, groups=groups)
    assert len(scores) == cv.get_n_splits(X, y, groups) == 3 and scores.min() > 0.99
    search = GridSearchCV(LinearRegression(), {"fit_intercept": [True, False]}, cv=cv).fit(X, y, groups=groups)
    assert search.best_score_ > 0.99


def test_stratified_folds_work_inside_scikit_learn():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 2))
    scores = cross_val_score(LogisticRegression(), X, np.where(X[:, 0] > 0, "on", "off"), cv=pw.StratifiedKFold(4))
    assert len(scores) == 4


def test_show_their_parameters():
    shown = repr(pw.TimeSplit(3, gap=2))
    assert shown == "TimeSplit(gap=2, max_train_size=None, n_splits=3, test_size=None, time=None)"
    assert repr(pw.KFold(4, shuffle=True)) == "KFold(n_splits=4, random_state=None, shuffle=True)"


def test_train_test_split_takes_the_latest_rows_of_an_unsorted_table():
    times = np.array(["2024-01-03", "2024-01-01", "2024-01-02", "2024-01-04", "2024-01-04"], "datetime64[ns]")
    train, test = train_test_split_by_time(5, test_fraction=0.2, time=times)
    assert train.tolist() == [0, 1, 2] and test.tolist() == [3, 4]  # equal stamps stay together
    train, test = train_test_split_by_time(pd.DataFrame({"t": times}), test_fraction=0.2, gap="2d", time="t")
    assert train.tolist() == [1, 2] and test.tolist() == [3, 4]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: list(pw.KFold(5).split(np.zeros(3))), "n_splits must be at least 2 and at most"),
        (lambda: list(pw.GroupSplit(2).split(np.zeros(3))), "groups must be given"),
        (lambda: list(pw.StratifiedKFold(2).split(np.zeros(3))), "y must be given"),
        (lambda: list(pw.BlockedKFold(2, gap=9).split(np.zeros(10))), "leaves no training row"),
        (lambda: list(pw.TimeSplit(2, gap="1h").split(np.zeros(10))), "needs time stamps"),
        (lambda: list(pw.TimeSplit(2, gap="one").split(np.zeros(10))), "must read like"),
        (lambda: list(pw.TimeSplit(2, time="t").split(np.zeros(10))), "named columns"),
        (lambda: list(pw.TimeSplit(2, time="t").split(pd.DataFrame({"x": range(10)}))), "no column 't'"),
        (lambda: train_test_split_by_time(10, test_fraction=1.5), r"test_fraction must be in \(0, 1\)"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InvalidArgument, match=message):
        call()
