# SPDX-License-Identifier: MIT
"""Frames from and to pandas."""

import datetime as dt
import gc

import numpy as np
import plantwright as pw
import pytest

pd = pytest.importorskip("pandas")


def test_float_columns_are_looked_at_and_live_on_without_the_table():
    table = pd.DataFrame({"x": np.arange(4.0), "y": np.arange(4.0) + 10})
    frame = pw.Frame(table)
    assert np.shares_memory(frame["y"], table["y"].to_numpy())
    del table
    gc.collect()
    assert frame["y"].tolist() == [10, 11, 12, 13]


def test_categoricals_keep_their_levels_in_order_with_those_that_no_row_uses():
    grade = pd.Categorical(["low", None, "high"], categories=["low", "mid", "high"], ordered=True)
    frame = pw.Frame(pd.DataFrame({"grade": grade, "lot": pd.Categorical([3, 1, 3])}))
    assert frame.levels("grade") == ["low", "mid", "high"]
    assert frame.codes("grade").tolist() == [0, -1, 2]
    assert frame["lot"].tolist() == ["3", "1", "3"]


def test_categories_that_read_alike_are_refused():
    odd = pd.Categorical(["1", 1], categories=["1", 1])
    with pytest.raises(pw.InvalidArgument, match="'odd' has categories that read alike"):
        pw.Frame(pd.DataFrame({"odd": odd}))


@pytest.mark.parametrize(
    "dtype", ["Int64", "UInt8", "boolean", "Float64", "Float32", "int64[pyarrow]", "double[pyarrow]"]
)
def test_nullable_numbers_become_floats_with_nan(dtype):
    frame = pw.Frame(pd.DataFrame({"x": pd.array([1, None, 0], dtype=dtype)}))
    np.testing.assert_array_equal(frame["x"], [1, np.nan, 0])
    assert frame["x"].dtype == (np.float32 if dtype == "Float32" else np.float64)


@pytest.mark.parametrize("dtype", [object, "string", "str", "string[pyarrow]", "large_string[pyarrow]"])
def test_texts_of_every_type_become_categories(dtype):
    series = pd.Series(["b", None, "a"], dtype=dtype)
    frame = pw.Frame(pd.DataFrame({"c": series}))
    assert frame["c"].tolist() == ["b", None, "a"]
    assert frame.levels("c") == ["a", "b"]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "UTC", "Asia/Kolkata", None])
def test_times_keep_instant_and_zone(unit, zone):
    at = pd.Series(pd.to_datetime(["2018-03-25T00:59:59Z", None, "1965-07-01T12:00:00Z"])).dt.as_unit(unit)
    at = at.dt.tz_convert(zone) if zone else at.dt.tz_localize(None)
    frame = pw.Frame(pd.DataFrame({"at": at}))
    assert frame.schema["at"].time_zone == (zone or "")
    expected = np.array(["2018-03-25T00:59:59", "NaT", "1965-07-01T12:00:00"], dtype="M8[ns]")
    np.testing.assert_array_equal(frame["at"], expected)
    back = frame.to_pandas()["at"]
    pd.testing.assert_series_equal(back, at.dt.as_unit("ns"), check_names=False)


def test_a_fixed_offset_is_kept_as_such():
    zone = dt.timezone(dt.timedelta(hours=8))
    at = pd.date_range("2020-01-01", periods=2, tz=zone)
    frame = pw.Frame(pd.DataFrame({"at": at}))
    assert frame.schema["at"].time_zone == "+08:00"
    assert frame.to_pandas()["at"].iloc[0] == at[0]
    assert frame.with_calendar("at", ["hour"])["at_hour"].tolist() == [0, 0]


def test_sparse_period_timedelta_and_timestamps_as_objects_are_held():
    table = pd.DataFrame(
        {
            "sparse": pd.arrays.SparseArray([0.0, 1.0]),
            "period": pd.period_range("2020-01", periods=2, freq="M"),
            "took": pd.to_timedelta(["1min", None]),
            "stamp": pd.Series([pd.Timestamp("2020-01-01T00:00:00.000000001"), pd.NaT], dtype=object),
        }
    )
    frame = pw.Frame(table)
    assert frame["sparse"].tolist() == [0, 1]
    assert frame["period"][1] == np.datetime64("2020-02-01")
    np.testing.assert_array_equal(frame["took"], [60, np.nan])
    assert frame["stamp"][0] == np.datetime64("2020-01-01T00:00:00.000000001")


def test_what_cannot_be_held_is_refused_by_name():
    table = pd.DataFrame({"range": pd.interval_range(0, 2)})
    with pytest.raises(pw.InvalidArgument, match="'range' is of pandas type interval"):
        pw.Frame(table)
    with pytest.raises(pw.InvalidArgument, match="'mixed' holds objects of type int, str"):
        pw.Frame(pd.DataFrame({"mixed": pd.Series([1, "a"], dtype=object)}))
    with pytest.raises(pw.InvalidArgument, match="'x' stands twice"):
        pw.Frame(pd.DataFrame(np.zeros((1, 2)), columns=["x", "x"]))


def test_a_table_goes_to_pandas_and_back():
    frame = pw.Frame({"x": np.array([1.0, np.nan], np.float32), "c": ["b", None], "n": [1, 2]})
    table = frame.to_pandas()
    assert table["x"].dtype == np.float32 and isinstance(table["c"].dtype, pd.CategoricalDtype)
    again = pw.Frame(table)
    assert again.schema == frame.schema
    np.testing.assert_array_equal(again["x"], frame["x"])


def test_an_empty_table_and_a_filtered_one_are_held():
    table = pd.DataFrame({"x": [1.0, 2.0, 3.0], "c": ["a", "b", "a"]})
    assert pw.Frame(table[table["x"] > 5]).shape == (0, 2)
    assert pw.Frame(table[table["c"] == "a"])["x"].tolist() == [1, 3]
    assert pw.Frame(table.iloc[::-1])["x"].tolist() == [3, 2, 1]
