# SPDX-License-Identifier: MIT
"""Encoders beside scikit-learn's."""

from __future__ import annotations

import numpy as np
import plantwright as pw
import pytest
from sklearn import preprocessing as sk
from sklearn.model_selection import KFold


@pytest.fixture(scope="module")
def table():
    random = np.random.default_rng(1)
    grade = random.choice(np.array(["A", "B", "C", "D"], dtype=object), 1000, p=[0.6, 0.3, 0.09, 0.01])
    line = random.choice(np.array(["east", "west", None], dtype=object), 1000)
    return np.column_stack([grade, line])


def frame_of(table, **more):
    return pw.Frame({"grade": table[:, 0], "line": table[:, 1], **more})


def with_nan(table):
    return np.array([[np.nan if text is None else text for text in row] for row in table], dtype=object)


@pytest.mark.parametrize("drop", [None, "first", "if_binary"])
@pytest.mark.parametrize("min_frequency", [None, 20, 0.1])
def test_one_hot_columns_are_scikit_learns(table, drop, min_frequency):
    frame = frame_of(table)
    ours = pw.OneHotEncoder(drop=drop, min_frequency=min_frequency).fit(frame)
    theirs = sk.OneHotEncoder(drop=drop, min_frequency=min_frequency, sparse_output=False).fit(table)
    np.testing.assert_array_equal(ours.transform(frame).to_numpy(), theirs.transform(table))
    if min_frequency is None and drop is None:
        assert list(ours.get_feature_names_out()) == [
            *("grade__A", "grade__B", "grade__C", "grade__D"),
            *("line__east", "line__west", "line__missing"),
        ]


@pytest.mark.parametrize(("ours", "theirs"), [("ignore", "ignore"), ("infrequent", "infrequent_if_exist")])
def test_unknown_levels_are_scikit_learns(table, ours, theirs):
    later = np.array([["new", "west"], ["A", "north"], ["D", None]], dtype=object)
    options = {"min_frequency": 20}
    found = pw.OneHotEncoder(handle_unknown=ours, **options).fit(frame_of(table)).transform(frame_of(later))
    expected = sk.OneHotEncoder(handle_unknown=theirs, sparse_output=False, **options).fit(table).transform(later)
    np.testing.assert_array_equal(found.to_numpy(), expected)


def test_an_unknown_level_is_an_error_that_names_the_column_in_tables_and_streams(table):
    later = frame_of(np.array([["new", "west"]], dtype=object))
    for step in (pw.OneHotEncoder(), pw.OrdinalEncoder()):
        step.fit(frame_of(table))
        with pytest.raises(pw.InvalidArgument, match="column 'grade' has a level that was not there"):
            step.transform(later)
        with pytest.raises(pw.InvalidArgument, match="column 'grade' has a level that was not there"):
            step.stream().update({"grade": "new", "line": "west"})


def test_numbers_are_levels_where_there_is_no_category():
    X = np.array([[1.0, 2.5], [3.0, np.nan], [1.0, 7.0]])
    ours = pw.OneHotEncoder().fit(X)
    np.testing.assert_array_equal(ours.transform(X), sk.OneHotEncoder(sparse_output=False).fit_transform(X))
    assert list(ours.get_feature_names_out()) == ["x0__1", "x0__3", "x1__2.5", "x1__7", "x1__missing"]


def test_ordinals_are_scikit_learns(table):
    options = {"handle_unknown": "use_encoded_value", "unknown_value": -1, "encoded_missing_value": -2}
    ours = pw.OrdinalEncoder(**options).fit(frame_of(table))
    theirs = sk.OrdinalEncoder(**options).fit(with_nan(table))
    later = np.array([["new", "west"], ["A", "north"], ["D", None]], dtype=object)
    for given in (table, later):
        expected = theirs.transform(with_nan(given))
        np.testing.assert_array_equal(ours.transform(frame_of(given)).to_numpy(), expected)
    missing = np.isnan(pw.OrdinalEncoder().fit_transform(frame_of(table))["line"])
    np.testing.assert_array_equal(missing, table[:, 1] == None)  # noqa: E711


def test_frequencies_are_shares_of_the_present_values(table):
    ours = pw.FrequencyEncoder().fit(frame_of(table))
    found = ours.transform(frame_of(np.array([["A", "east"], ["new", None]], dtype=object)))
    assert found["grade"][0] == np.mean(table[:, 0] == "A")
    assert found["grade"][1] == 0
    assert found["line"][0] == np.sum(table[:, 1] == "east") / np.sum(table[:, 1] != None)  # noqa: E711
    assert np.isnan(found["line"][1])


@pytest.fixture(scope="module")
def y(table):
    return np.random.default_rng(2).normal(size=len(table)) + (table[:, 0] == "A") * 2.0


@pytest.mark.parametrize("smooth", ["auto", 0.0, 7.5])
@pytest.mark.parametrize("kind", ["continuous", "binary", "multiclass"])
def test_target_means_and_their_crossing_are_scikit_learns(table, y, smooth, kind):
    target = {"continuous": y, "binary": np.where(y > 1, "yes", "no"), "multiclass": np.digitize(y, [0, 2]).astype(str)}
    given, frame = target[kind], frame_of(table)
    ours = pw.TargetEncoder(smooth=smooth, shuffle=False).fit(frame, given)
    theirs = sk.TargetEncoder(smooth=smooth, cv=KFold(5)).fit(table, given)
    later = np.array([["new", "west"], ["A", "north"], ["D", None]], dtype=object)
    for rows in (table, later):
        np.testing.assert_allclose(ours.transform(frame_of(rows)).to_numpy(), theirs.transform(rows), rtol=1e-13)
    crossed = pw.TargetEncoder(smooth=smooth, shuffle=False).fit_transform(frame, given)
    expected = sk.TargetEncoder(smooth=smooth, cv=KFold(5)).fit_transform(table, given)
    np.testing.assert_allclose(crossed.to_numpy(), expected, rtol=1e-13)


def test_crossing_tells_no_row_its_own_target():
    random = np.random.default_rng(0)
    machine, y = random.integers(0, 400, 1000).astype(str), random.normal(size=1000)
    step = pw.TargetEncoder(smooth=0)
    crossed = step.fit_transform(pw.Frame({"machine": machine}), y)["machine"]
    told = step.transform(pw.Frame({"machine": machine}))["machine"]
    assert np.corrcoef(told, y)[0, 1] > 0.5
    assert abs(np.corrcoef(crossed, y)[0, 1]) < 0.1


def test_the_frames_own_target_is_used_and_a_missing_one_is_told(table, y):
    frame = frame_of(table, energy=y).with_roles({"energy": "target"})
    found = pw.TargetEncoder().fit(frame).transform(frame)
    np.testing.assert_array_equal(found["grade"], pw.TargetEncoder().fit(frame_of(table), y).transform(frame)["grade"])
    assert list(found.columns) == ["grade", "line", "energy"]
    with pytest.raises(pw.InvalidArgument, match="requires y to be passed"):
        pw.TargetEncoder().fit(frame_of(table))


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (pw.OneHotEncoder(handle_unknown="infrequent_if_exist"), 'one of "error", "ignore", "infrequent"'),
        (pw.OneHotEncoder(min_frequency=0), "from 1 on, or a share"),
        (pw.OneHotEncoder(min_frequency=1.5), "from 1 on, or a share"),
        (pw.TargetEncoder(smooth=-1), "smooth must be"),
        (pw.TargetEncoder(cv=1), "cv must be at least 2"),
        (pw.TargetEncoder(target_type="binary"), "must have 2 classes"),
    ],
)
def test_wrong_options_say_what_is_allowed(table, y, step, words):
    with pytest.raises(pw.InvalidArgument, match=words):
        step.fit(frame_of(table), y)
