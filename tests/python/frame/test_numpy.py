# SPDX-License-Identifier: MIT
"""Frames from NumPy arrays, mappings and Python objects."""

import datetime as dt
import gc
import sys
import weakref
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import plantwright as pw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp


class Watched(np.ndarray):
    """An array that a weak reference can watch."""


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floats_are_looked_at_and_not_copied(dtype):
    x = np.arange(5, dtype=dtype)
    frame = pw.Frame({"x": x})
    assert np.shares_memory(frame["x"], x)
    assert frame["x"].dtype == dtype
    assert not frame["x"].flags.writeable


@pytest.mark.parametrize("order", ["C", "F"])
def test_the_columns_of_a_matrix_are_looked_at_in_either_order(order):
    matrix = np.array(np.arange(12.0).reshape(4, 3), order=order)
    frame = pw.Frame(matrix, names=["a", "b", "c"])
    for j, name in enumerate("abc"):
        assert np.shares_memory(frame[name], matrix)
        assert frame[name].tolist() == matrix[:, j].tolist()


def test_reversed_stepped_and_read_only_arrays_are_looked_at_too():
    x = np.arange(10.0)
    x.setflags(write=False)
    for view in (x[::-1], x[1::3], x[:0], np.broadcast_to(np.float64(3), 4)):
        frame = pw.Frame({"x": view})
        assert frame["x"].tolist() == view.tolist()


def test_the_frame_keeps_its_source_alive_and_lets_it_go():
    x = np.arange(5.0).view(Watched)
    watch = weakref.ref(x)
    frame = pw.Frame({"x": x})
    part = frame[2:4]
    column = part["x"]
    del x, frame, part
    gc.collect()
    assert watch() is not None
    assert column.tolist() == [2.0, 3.0]
    del column
    gc.collect()
    assert watch() is None


def test_reference_counts_return_to_where_they_were():
    x = np.arange(5.0)
    before = sys.getrefcount(x)
    for _ in range(20):
        frame = pw.Frame({"x": x})
        frame["x"], frame[1:3]["x"], frame.to_numpy()
    del frame
    gc.collect()
    assert sys.getrefcount(x) == before


@pytest.mark.parametrize("dtype", ["?", "i1", "u1", "i2", "u4", "i8", "u8", "f2", ">f8", "<f4", ">i4", "g"])
def test_every_kind_of_number_is_held(dtype):
    x = np.array([0, 1, 1], dtype=dtype)
    frame = pw.Frame({"x": x})
    assert frame.schema["x"].kind == "number"
    assert frame["x"].tolist() == [0.0, 1.0, 1.0]


def test_unaligned_floats_are_copied_and_right():
    raw = np.zeros(8 * 4 + 1, dtype=np.uint8)
    x = raw[1:].view(np.float64)
    x[:] = [1, 2, 3, 4]
    assert pw.Frame({"x": x})["x"].tolist() == [1, 2, 3, 4]


def test_the_fields_of_a_structured_array_become_columns():
    table = np.array([(1.5, 2, "a"), (2.5, 3, "b")], dtype=[("x", "f8"), ("n", "i4"), ("c", "U3")])
    frame = pw.Frame(table)
    assert frame.columns == ["x", "n", "c"]
    assert frame["x"].tolist() == [1.5, 2.5]
    assert frame["c"].tolist() == ["a", "b"]


def test_texts_become_categories_with_levels_in_byte_order_and_missing_ones_none():
    frame = pw.Frame({"c": ["b", None, "a", float("nan"), "b", "é", ""]})
    assert frame.levels("c") == ["", "a", "b", "é"]
    assert frame["c"].tolist() == ["b", None, "a", None, "b", "é", ""]
    assert frame.codes("c").tolist() == [2, -1, 1, -1, 2, 3, 0]


@pytest.mark.parametrize("unit", ["D", "h", "m", "s", "ms", "us", "ns", "W", "M", "Y", "25s"])
def test_datetimes_of_any_resolution_become_nanoseconds(unit):
    at = np.array(["1969-01-01", "NaT", "2024-02-29"], dtype="datetime64[D]").astype(f"datetime64[{unit}]")
    frame = pw.Frame({"at": at})
    expected = at.astype("datetime64[D]").astype("datetime64[ns]") if unit in "MY" else at.astype("datetime64[ns]")
    assert frame.schema["at"].kind == "time" and frame.schema["at"].role == "time"
    np.testing.assert_array_equal(frame["at"], expected)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "D"])
@pytest.mark.parametrize("year", ["1600", "2300"])
def test_times_beyond_nanoseconds_are_refused_by_name(unit, year):
    with pytest.raises(pw.InvalidArgument, match="'at' has a time outside 1677"):
        pw.Frame({"at": np.array([f"{year}-01-01"], dtype=f"datetime64[{unit}]")})


def test_the_first_and_last_nanosecond_are_held():
    ends = np.array([-(2**63) + 1, 2**63 - 1], dtype="datetime64[ns]")
    np.testing.assert_array_equal(pw.Frame({"at": ends})["at"], ends)


def test_timedeltas_become_seconds():
    frame = pw.Frame({"d": np.array([1500, "NaT"], dtype="timedelta64[ms]"), "e": [dt.timedelta(minutes=1), None]})
    np.testing.assert_array_equal(frame["d"], [1.5, np.nan])
    np.testing.assert_array_equal(frame["e"], [60.0, np.nan])


def test_python_datetimes_keep_their_zone_and_dates_have_none():
    zone = ZoneInfo("Asia/Seoul")
    frame = pw.Frame(
        {
            "zoned": [dt.datetime(2018, 1, 1, 9, tzinfo=zone), None],
            "fixed": [dt.datetime(2018, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=-3, minutes=-30))), None],
            "utc": [dt.datetime(2018, 1, 1, tzinfo=dt.UTC), None],
            "naive": [dt.datetime(2018, 1, 1), None],
            "date": [dt.date(2018, 1, 1), None],
        }
    )
    zones = {spec.name: spec.time_zone for spec in frame.schema}
    assert zones == {"zoned": "Asia/Seoul", "fixed": "-03:30", "utc": "UTC", "naive": "", "date": ""}
    assert frame["zoned"][0] == np.datetime64("2018-01-01T00:00")
    assert frame["fixed"][0] == np.datetime64("2018-01-01T03:30")
    assert all(np.isnat(frame[name][1]) for name in frame)


def test_objects_that_are_all_numbers_are_numbers():
    frame = pw.Frame({"x": np.array([1, 2.5, None, np.float32(3), True, Decimal("4.5")], dtype=object)})
    np.testing.assert_array_equal(frame["x"], [1, 2.5, np.nan, 3, 1, 4.5])


def test_masked_arrays_keep_their_mask():
    x = np.ma.masked_array([1, 2, 3], mask=[False, True, False])
    np.testing.assert_array_equal(pw.Frame({"x": x})["x"], [1, np.nan, 3])
    f = np.ma.masked_array(np.array([1, 2], np.float32), mask=[False, True])
    assert pw.Frame({"x": f})["x"].dtype == np.float32


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.array([1 + 2j]), "complex128"),
        ([1, "a"], "int, str"),
        ([b"a"], "bytes"),
        ([[1, 2], [3, 4]], "list"),
        (np.array([b"x"]), r"\|S1"),
        (np.zeros((2, 2)), r"shape \(2, 2\)"),
        (3.5, "one-dimensional, got float"),
        ("abc", "one-dimensional, got str"),
        ([dt.datetime(2020, 1, 1), dt.datetime(2020, 1, 1, tzinfo=dt.UTC)], "several zones"),
        ([dt.datetime(2020, 1, 1), 5], "datetime, int"),
    ],
)
def test_what_cannot_be_held_is_refused_with_the_columns_name_and_type(values, words):
    with pytest.raises(pw.InvalidArgument, match=words) as refusal:
        pw.Frame({"fine": [1.0, 2.0], "odd": values})
    assert "'odd'" in str(refusal.value)


@pytest.mark.parametrize(
    ("data", "names", "words"),
    [
        (5, None, "got int"),
        ([1, 2], None, "got list"),
        (np.zeros((2, 2, 2)), None, "two dimensions"),
        (np.zeros((2, 2)), ["a"], "must be 2 different ones"),
        (np.zeros((2, 2)), ["a", "a"], "must be 2 different ones"),
        ({"a": [1.0], "b": [1.0, 2.0]}, None, "equal length"),
        ({1: [1.0]}, None, "must be str, got 1"),
        ({"": [1.0]}, None, "empty"),
        ({"a": [1.0]}, ["a"], "plain arrays"),
    ],
)
def test_a_table_that_is_none_gets_a_clear_error(data, names, words):
    with pytest.raises(pw.InvalidArgument, match=words):
        pw.Frame(data, names)


def test_a_plain_array_gets_names_and_an_empty_one_is_held():
    assert pw.Frame(np.zeros((3, 2))).columns == ["x0", "x1"]
    assert pw.Frame(np.zeros(3)).columns == ["x0"]
    assert pw.Frame(np.zeros((0, 2))).shape == (0, 2)
    assert pw.Frame({}).shape == (0, 0)


@settings(max_examples=60, deadline=None)
@given(
    hnp.arrays(
        st.sampled_from([np.float32, np.float64, np.int16, np.uint8, np.bool_]),
        hnp.array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=8),
    ),
    st.booleans(),
    st.integers(-3, 3).filter(bool),
)
def test_any_strided_matrix_reads_back(matrix, transpose, step):
    matrix = (matrix.T if transpose else matrix)[::step]
    frame = pw.Frame(matrix)
    np.testing.assert_array_equal(frame.to_numpy(), matrix.astype(np.float64).reshape(len(frame), frame.shape[1]))
