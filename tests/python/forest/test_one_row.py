# SPDX-License-Identifier: MIT
"""One row without validation, and arrays that need none."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import plantwright as pw
import pytest
from sklearn.exceptions import NotFittedError

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 4))
X[::7, 2] = np.nan
Y = X[:, 0] + np.abs(X[:, 1])
LABELS = np.where(Y > 1, "high", "low")


@pytest.fixture(scope="module")
def regressor() -> pw.RandomForestRegressor:
    return pw.RandomForestRegressor(12, random_state=0).fit(X, Y)


@pytest.fixture(scope="module")
def classifier() -> pw.RandomForestClassifier:
    return pw.RandomForestClassifier(12, random_state=0).fit(X, LABELS)


def forms(row: np.ndarray) -> list[Any]:
    wide = np.empty((4, 2))
    wide[:, 0] = row
    return [row.tolist(), tuple(row.tolist()), row, row.astype(np.float32), wide[:, 0], [np.float64(v) for v in row]]


def test_one_row_in_any_form_gives_the_bits_of_predict(regressor: Any, classifier: Any) -> None:
    fitted, labels, shares = regressor.predict(X), classifier.predict(X), classifier.predict_proba(X)
    for i in range(0, 200, 9):
        for row in forms(X[i]):
            assert regressor.predict_one(row) == fitted[i]
            assert type(regressor.predict_one(row)) is float
            assert classifier.predict_one(row) == labels[i]
            np.testing.assert_array_equal(classifier.predict_proba_one(row), shares[i])


def test_whole_numbers_are_numbers(regressor: Any) -> None:
    expected = regressor.predict_one([1.0, 2.0, 3.0, 0.0])
    for row in ([1, 2, 3, 0], np.array([1, 2, 3, 0]), np.array([1, 2, 3, 0], dtype=np.float16), (True, 2, 3, False)):
        assert regressor.predict_one(row) == expected


def test_a_copy_of_the_model_predicts_alike(regressor: Any, classifier: Any, tmp_path: Any) -> None:
    pw.save(regressor, tmp_path / "model.plw")
    for copy in (pickle.loads(pickle.dumps(regressor)), pw.load(tmp_path / "model.plw")):
        assert copy.predict_one(X[3]) == regressor.predict_one(X[3])
        np.testing.assert_array_equal(copy.predict(X), regressor.predict(X))
    assert pickle.loads(pickle.dumps(classifier)).predict_one(X[3]) == classifier.predict_one(X[3])


@pytest.mark.parametrize(
    ("row", "error", "message"),
    [
        ([1.0, 2.0], pw.InvalidArgument, "must have 4 features, as in fit, got 2"),
        (np.zeros(5), pw.InvalidArgument, "got 5"),
        ([], pw.InvalidArgument, "got 0"),
        ([1.0, "a", 2.0, 3.0], TypeError, "must hold numbers .*, got str in place 1"),
        ([1.0, None, 2.0, 3.0], TypeError, "got NoneType in place 1"),
        (np.zeros((1, 4)), TypeError, "must be 1-dimensional, got an array of 2 dimensions"),
        (np.array(["a", "b", "c", "d"]), TypeError, "must hold numbers, got an array of <U1"),
        (np.zeros(4, dtype=complex), TypeError, "got an array of complex128"),
        ({"a": 1}, TypeError, "must be a list, a tuple or a 1-dimensional NumPy array, got dict"),
        (3.0, TypeError, "got float"),
        (None, TypeError, "got NoneType"),
    ],
)
def test_what_is_no_row_is_refused(regressor: Any, classifier: Any, row: Any, error: Any, message: str) -> None:
    for call in (regressor.predict_one, classifier.predict_one, classifier.predict_proba_one):
        with pytest.raises(error, match=message):
            call(row)


def test_a_row_that_shrinks_while_it_is_read_does_no_harm(regressor: Any) -> None:
    row: list[Any] = [1.0, None, 2.0, 3.0]

    class Shrinks:
        def __float__(self) -> float:
            row.clear()
            return 0.0

    row[1] = Shrinks()
    with pytest.raises(TypeError, match="changed its length"):
        regressor.predict_one(row)


def test_before_fit_there_is_nothing_to_predict_with() -> None:
    with pytest.raises(NotFittedError):
        pw.RandomForestRegressor().predict_one([1.0])
    with pytest.raises(NotFittedError):
        pw.RandomForestClassifier().predict_one([1.0])


def test_categories_have_no_number() -> None:
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"line": ["a", "b"] * 20, "load": np.arange(40.0)})
    forest = pw.RandomForestRegressor(3, random_state=0).fit(table, np.arange(40.0))
    with pytest.raises(pw.InvalidArgument, match="category"):
        forest.predict_one([0.0, 1.0])
    numbers = pw.RandomForestRegressor(3, random_state=0).fit(table[["load"]], np.arange(40.0))
    assert numbers.predict_one([3.0]) == numbers.predict(table[["load"]].iloc[[3]])[0]


def test_arrays_that_need_no_validation_are_still_checked(regressor: Any) -> None:
    bad = X[:3].copy()
    bad[1, 1] = np.inf
    for array in (bad, bad.astype(np.float32), -bad):
        with pytest.raises(ValueError, match="infinity"):
            regressor.predict(array)
    with pytest.raises(ValueError, match="3 features"):
        regressor.predict(X[:, :3])
    with pytest.raises(ValueError, match="minimum of 1"):
        regressor.predict(X[:0])
    expected = regressor.predict(X)
    for array in (X.tolist(), np.asfortranarray(X), X[::-1][::-1], X.astype(">f8"), np.ma.masked_array(X)):
        np.testing.assert_array_equal(regressor.predict(array), expected)
