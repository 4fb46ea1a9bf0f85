# SPDX-License-Identifier: MIT
"""Forests on tables of every producer, and their files and pickles."""

import copy
import pickle
from typing import Any

import cloudpickle
import joblib
import numpy as np
import pandas as pd
import plantwright as pw
import polars as pl
import pyarrow as pa
import pytest
from sklearn.base import clone

RNG = np.random.default_rng(0)
N = 300
GRADE = np.array(["steel", "iron", "zinc", "lead"])[RNG.integers(0, 4, N)]
LOAD = RNG.normal(size=N)
Y = LOAD + np.select([GRADE == "steel", GRADE == "zinc"], [3.0, -2.0], 0.0)
TABLE = {"load": LOAD, "grade": GRADE}
PRODUCERS = {
    "dict": dict,
    "pandas": pd.DataFrame,
    "pandas categorical": lambda t: pd.DataFrame(t).astype({"grade": "category"}),
    "polars": pl.DataFrame,
    "pyarrow": pa.table,
    "Frame": pw.Frame,
}


def forest(**more: Any) -> pw.RandomForestRegressor:
    return pw.RandomForestRegressor(n_estimators=15, random_state=0, **more)


@pytest.mark.parametrize("producer", PRODUCERS)
def test_every_producer_gives_the_same_forest_with_names_and_categories(producer: str) -> None:
    made = PRODUCERS[producer](TABLE)
    model = forest().fit(made, Y)
    assert model.feature_names_in_.tolist() == ["load", "grade"]
    np.testing.assert_array_equal(model.predict(made), forest().fit(TABLE, Y).predict(TABLE))
    assert model.score(made, Y) > 0.9


def test_reordered_columns_are_put_right() -> None:
    model = forest().fit(TABLE, Y)
    np.testing.assert_array_equal(model.predict({"grade": GRADE, "load": LOAD}), model.predict(TABLE))


@pytest.mark.parametrize(
    ("table", "names"),
    [
        ({"load": LOAD}, ["grade"]),
        (TABLE | {"pressure_bar": LOAD}, ["pressure_bar"]),
        (TABLE | {"load": GRADE}, ["load"]),
        (TABLE | {"grade": np.where(GRADE == "iron", "tin", GRADE)}, ["grade", "tin"]),
    ],
    ids=["missing", "extra", "retyped", "unseen"],
)
def test_a_table_that_does_not_fit_is_refused_by_name(table: Any, names: list[str]) -> None:
    model = forest().fit(TABLE, Y)
    with pytest.raises(pw.SchemaMismatch) as caught:
        model.predict(table)
    assert all(name in str(caught.value) for name in names)


def test_a_missing_category_is_a_missing_value() -> None:
    table = TABLE | {"grade": [None if i % 7 == 0 else g for i, g in enumerate(GRADE)]}
    assert np.isfinite(forest().fit(table, Y).predict(table)).all()


def test_the_target_may_stand_in_the_frame() -> None:
    frame = pw.Frame(TABLE | {"energy_kWh": Y}, roles={"energy_kWh": "target"}, units={"energy_kWh": "kWh"})
    model = forest().fit(frame)
    np.testing.assert_array_equal(model.predict(frame), forest().fit(TABLE, Y).predict(TABLE))
    assert pw.Schema._of_core(model._model.schema)["energy_kWh"].unit == "kWh"
    with pytest.raises(ValueError, match="target"):
        forest().fit(pw.Frame(TABLE))


def test_numbers_only_tables_and_arrays_may_be_mixed_with_a_warning() -> None:
    table = pd.DataFrame({"a": LOAD, "b": LOAD**2})
    with pytest.warns(UserWarning, match="valid feature names"):
        by_position = forest().fit(table, Y).predict(table.to_numpy())
    with pytest.warns(UserWarning, match="has feature names"):
        np.testing.assert_array_equal(forest().fit(table.to_numpy(), Y).predict(table), by_position)
    with pytest.raises(ValueError, match="table"):
        forest().fit(TABLE, Y).predict(table.to_numpy())


def test_saved_and_loaded_it_is_the_same_to_the_bit(tmp_path: Any) -> None:
    model = forest(max_depth=5, oob_score=True).set_params(n_estimators=60).fit(TABLE, Y)
    pw.save(model, tmp_path / "model.plw", extra={"site": "north"})
    same = pw.load(tmp_path / "model.plw")
    np.testing.assert_array_equal(same.predict(TABLE), model.predict(TABLE))
    assert same.get_params() == model.get_params()
    assert same.oob_score_ == model.oob_score_
    assert same.feature_names_in_.tolist() == ["load", "grade"]
    header = pw.io.read_header(tmp_path / "model.plw")
    assert header["type"] == "RandomForestRegressor" and header["site"] == "north"
    pw.save(same, tmp_path / "again.plw", extra={"site": "north"})
    assert (tmp_path / "again.plw").read_bytes() == (tmp_path / "model.plw").read_bytes()


@pytest.mark.parametrize(
    "copied",
    [
        lambda m, _: pickle.loads(pickle.dumps(m)),
        lambda m, _: cloudpickle.loads(cloudpickle.dumps(m)),
        lambda m, _: copy.deepcopy(m),
        lambda m, p: (joblib.dump(m, p / "m.joblib"), joblib.load(p / "m.joblib"))[1],
    ],
    ids=["pickle", "cloudpickle", "deepcopy", "joblib"],
)
def test_copies_carry_the_same_model(copied: Any, tmp_path: Any) -> None:
    labels = np.where(Y > 0, "up", "down")
    model = pw.RandomForestClassifier(n_estimators=10, random_state=0).fit(TABLE, labels)
    same = copied(model, tmp_path)
    np.testing.assert_array_equal(same.predict_proba(TABLE), model.predict_proba(TABLE))
    assert same._to_plw_bytes() == model._to_plw_bytes()
    assert copied(clone(model), tmp_path).get_params() == model.get_params()


def test_a_truncated_file_is_refused(tmp_path: Any) -> None:
    pw.save(forest().fit(TABLE, Y), tmp_path / "model.plw")
    data = (tmp_path / "model.plw").read_bytes()
    (tmp_path / "model.plw").write_bytes(data[: len(data) // 2])
    with pytest.raises(pw.CorruptModel):
        pw.load(tmp_path / "model.plw")


def test_saving_before_fitting_says_so(tmp_path: Any) -> None:
    with pytest.raises(pw.NotFitted):
        pw.save(forest(), tmp_path / "model.plw")
