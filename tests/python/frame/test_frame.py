# SPDX-License-Identifier: MIT
"""What a frame does once it is there."""

import copy
import pickle

import numpy as np
import plantwright as pw
import pytest


@pytest.fixture
def plant() -> pw.Frame:
    return pw.Frame(
        {
            "steam_t": np.array([1.0, np.nan, 3.0, 4.0]),
            "flow": np.array([1, 2, 3, 4], np.float32),
            "grade": ["B", None, "A", "B"],
            "at": np.array(["2018-01-01T00:15", "NaT", "2018-07-01", "2019-01-01"], dtype="datetime64[s]"),
        },
        roles={"steam_t": "lever"},
        units={"steam_t": "t/h"},
    )


def test_shape_length_names_and_membership(plant):
    assert plant.shape == (4, 4) and len(plant) == 4
    assert list(plant) == plant.columns == ["steam_t", "flow", "grade", "at"]
    assert "grade" in plant and "energy" not in plant


def test_rows_by_slice_share_memory_and_other_rows_are_taken(plant):
    assert np.shares_memory(plant[1:3]["steam_t"], plant["steam_t"])
    assert plant[::-1]["flow"].tolist() == [4, 3, 2, 1]
    assert plant[np.array([True, False, True, False])]["grade"].tolist() == ["B", "A"]
    assert plant[np.array([-1, 0])]["flow"].tolist() == [4, 1]
    assert plant[[3, 3]]["flow"].tolist() == [4, 4]
    assert len(plant[10:]) == 0 and len(plant[3:1]) == 0 and len(plant.head(2)) == 2


@pytest.mark.parametrize("key", [np.array([True]), 1.5, np.array([0.5]), None, ("steam_t",)])
def test_other_keys_are_refused(plant, key):
    with pytest.raises(pw.InvalidArgument, match="index by"):
        plant[key]


def test_rows_out_of_range_and_unknown_names_are_refused(plant):
    with pytest.raises(pw.InvalidArgument, match=r"\[0, 4\), got 4"):
        plant[[4]]
    with pytest.raises(pw.SchemaMismatch, match=r"'stream_t'.*'steam_t'"):
        plant["stream_t"]
    with pytest.raises(pw.SchemaMismatch, match="'x'"):
        plant.with_roles({"x": "lever"})
    with pytest.raises(pw.InvalidArgument, match="category levels"):
        plant.codes("steam_t")


def test_columns_are_selected_replaced_and_appended(plant):
    assert plant.select(["at", "flow"]).columns == plant[["at", "flow"]].columns == ["at", "flow"]
    wider = plant.with_column("energy", [1, 2, 3, 4], unit="kWh", role="target")
    assert wider.schema["energy"].unit == "kWh" and wider.schema["energy"].role == "target"
    assert plant.with_column("flow", ["x"] * 4).levels("flow") == ["x"]
    assert plant.shape == (4, 4)


def test_roles_and_units_are_set_and_wrong_words_refused(plant):
    assert plant.schema["steam_t"].unit == "t/h"
    assert plant.schema.input_names == ["steam_t", "flow", "grade"]
    assert plant.with_roles({"flow": "target"}).schema.input_names == ["steam_t", "grade"]
    with pytest.raises(pw.InvalidArgument, match="feature, lever"):
        plant.with_roles({"flow": "labour"})


def test_to_numpy_gives_numbers_and_codes_and_refuses_times(plant):
    matrix = plant.to_numpy(["steam_t", "grade"])
    np.testing.assert_array_equal(matrix, [[1, 1], [np.nan, np.nan], [3, 0], [4, 1]])
    assert plant.to_numpy(["flow"], dtype=np.float32).dtype == np.float32
    with pytest.raises(pw.InvalidArgument, match="'at' is a time"):
        plant.to_numpy()


def test_pickle_and_copy_give_the_same_frame(plant):
    for same in (pickle.loads(pickle.dumps(plant)), copy.deepcopy(plant)):
        assert same.schema == plant.schema
        for name in plant:
            np.testing.assert_array_equal(same[name], plant[name])
            assert same[name].dtype == plant[name].dtype


def test_conform_puts_right_what_can_be_and_names_the_rest(plant):
    schema = plant.with_calendar("at", ["hour"]).schema
    shuffled = plant[["grade", "flow", "at", "steam_t"]]
    conformed = shuffled.conform(schema)
    assert conformed.columns == [*plant.columns, "at_hour"]
    np.testing.assert_array_equal(conformed["at_hour"], [0, np.nan, 0, 0])
    bad = pw.Frame({"grade": ["C"], "flow": ["a"], "at": np.array(["2018"], "M8[s]"), "spare": [1.0]})
    with pytest.raises(pw.SchemaMismatch) as refusal:
        bad.conform(schema)
    for part in (
        "missing: 'steam_t'",
        "extra: 'spare'",
        "'flow' is category ('a'), expected number",
        "'grade' has 'C'",
    ):
        assert part in str(refusal.value)


def test_values_that_float32_merges_are_named():
    frame = pw.Frame({"fine": [1.0, 2.5], "merged": [1.0, 1.0 + 1e-12]})
    assert frame.merged_by_float32() == ["merged"]


def test_the_schema_reads_back_from_json_but_for_its_levels(plant):
    schema = plant.with_calendar("at").schema
    same = pw.Schema.from_json(schema.to_json())
    assert same.names == schema.names
    assert same["steam_t"] == schema["steam_t"]
    assert same["at_hour"].derivation == ("at", "hour")
    assert schema["grade"].levels == ("A", "B") and same["grade"].levels == ()
    assert '"n_levels": 2' in schema.to_json()


@pytest.mark.parametrize(
    "text", ["[]", "{}", '{"columns": [{"name": "x"}]}', '{"columns": [{"name": "x", "kind": "y"}]}', "{"]
)
def test_json_that_is_no_schema_is_refused(text):
    with pytest.raises(ValueError):
        pw.Schema.from_json(text)


def test_the_schema_survives_pickle_and_compares_by_value(plant):
    assert pickle.loads(pickle.dumps(plant.schema)) == plant.schema
    assert plant.schema != plant.with_units({"flow": "m3/h"}).schema
    assert len(plant.schema) == 4 and "flow" in plant.schema


def test_doubled_names_are_refused():
    with pytest.raises(pw.InvalidArgument, match="'x' stands twice"):
        pw.Schema([pw.ColumnSpec("x"), pw.ColumnSpec("x")])


def test_a_schema_names_the_first_column_of_a_role():
    specs = [("steam_t", "feature"), ("energy", "target"), ("waste", "target")]
    schema = pw.Schema([pw.ColumnSpec(name, role=role) for name, role in specs])
    assert schema.name_of("target") == "energy"
    assert schema.name_of("time") is None
    with pytest.raises(pw.InvalidArgument, match="role"):
        schema.name_of("goal")


def test_a_frame_shows_itself_in_a_line_a_column(plant):
    text = repr(plant)
    assert "Frame of 4 rows and 4 columns" in text
    assert "steam_t [t/h]  number" in text and "1 missing" in text and "B, -, A, B" in text
    assert "<script>" not in pw.Frame({"<script>": ["<b>"]})._repr_html_()
    assert "and 60 columns more" in repr(pw.Frame(np.zeros((1, 100))))


def test_tables_are_told_from_arrays(plant):
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    table = {"x": [1.0]}
    for x in (plant, table, pd.DataFrame(table), pl.DataFrame(table), pa.table(table), pa.table(table).to_batches()[0]):
        assert pw.frame.is_table(x)
        assert isinstance(pw.frame.as_frame(x), pw.Frame)
    for x in (
        np.zeros((2, 2)),
        [[1.0]],
        pd.Series([1.0]),
        pl.Series([1.0]),
        pa.array([1.0]),
        pa.chunked_array([[1.0]]),
        None,
        "x",
        3,
    ):
        assert not pw.frame.is_table(x)
    assert pw.frame.as_frame(plant) is plant
