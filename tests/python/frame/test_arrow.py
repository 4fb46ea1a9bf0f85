# SPDX-License-Identifier: MIT
"""Frames from and to polars and pyarrow, over Arrow's C stream."""

import datetime as dt
import gc
import itertools
import threading
from decimal import Decimal

import numpy as np
import plantwright as pw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pa = pytest.importorskip("pyarrow")
pl = pytest.importorskip("polars")


@pytest.mark.parametrize("dtype", [pa.float32(), pa.float64()])
def test_pyarrow_floats_without_nulls_are_looked_at(dtype):
    column = pa.array([1, 2, 3], dtype)
    frame = pw.Frame(pa.table({"x": column}))
    assert np.shares_memory(frame["x"], column.to_numpy())


def test_polars_floats_without_nulls_are_looked_at_and_live_on():
    table = pl.DataFrame({"x": np.arange(1000.0), "y": np.arange(1000.0)})
    frame = pw.Frame(table)
    assert np.shares_memory(frame["x"], table["x"].to_numpy())
    column = frame["x"]
    del table, frame
    gc.collect()
    assert column.tolist() == list(range(1000))


def test_pyarrow_memory_goes_when_the_last_column_does():
    before = pa.total_allocated_bytes()
    table = pa.table(
        {"x": pa.array(np.random.default_rng(0).random(100_000) > -1).cast(pa.float64()), "c": ["a"] * 100_000}
    )
    column = pw.Frame(table)["x"]
    del table
    gc.collect()
    assert column.sum() == 100_000
    assert pa.total_allocated_bytes() > before
    del column
    gc.collect()
    assert pa.total_allocated_bytes() == before


def test_a_frame_may_be_let_go_on_another_thread():
    held = [pw.Frame(pl.DataFrame({"x": [1.0, 2.0]})), pw.Frame(pa.table({"x": [1.0]})), pw.Frame({"x": np.ones(3)})]
    thread = threading.Thread(target=held.clear)
    thread.start()
    thread.join()
    assert not held


NUMBERS = [pa.int8(), pa.uint8(), pa.int16(), pa.uint16(), pa.int32(), pa.uint32(), pa.int64(), pa.uint64()]


@pytest.mark.parametrize("dtype", [*NUMBERS, pa.float16(), pa.float32(), pa.float64(), pa.bool_()])
def test_numbers_of_every_type_with_nulls_and_offsets_read_right(dtype):
    values = [None, 1, 0, None, 1, 1, 0, 1, None, 0, 1]
    if dtype == pa.bool_():
        values = [None if v is None else bool(v) for v in values]
    elif dtype == pa.float16():
        values = [None if v is None else np.float16(v) for v in values]
    column = pa.array(values, dtype)
    for begin, length in ((0, 11), (1, 9), (3, 0), (9, 2)):
        part = column.slice(begin, length)
        expected = [np.nan if v is None else float(v) for v in values[begin : begin + length]]
        np.testing.assert_array_equal(pw.Frame({"x": part})["x"], expected)
        np.testing.assert_array_equal(pw.Frame(pa.table({"x": part}))["x"], expected)


def test_half_floats_agree_with_numpy_in_every_bit_pattern():
    halves = np.arange(2**16, dtype=np.uint16).view(np.float16)
    np.testing.assert_array_equal(pw.Frame({"x": pa.array(halves)})["x"], halves.astype(np.float64))


def test_several_chunks_are_joined():
    table = pa.concat_tables(
        [pa.table({"x": [1.0, 2.0], "c": ["b", "a"]}), pa.table({"x": [3.0], "c": pa.nulls(1, pa.string())})]
    )
    frame = pw.Frame(table)
    assert frame["x"].tolist() == [1, 2, 3]
    assert frame["c"].tolist() == ["b", "a", None]
    uneven = pa.table({"x": pa.chunked_array([[1.0], [2.0, 3.0]]), "y": pa.chunked_array([[1, 2], [3]])})
    assert pw.Frame(uneven).to_numpy().tolist() == [[1, 1], [2, 2], [3, 3]]


def test_no_chunk_and_no_row_give_an_empty_frame():
    schema = pa.schema({"x": pa.float64(), "c": pa.string(), "t": pa.timestamp("ms")})
    for table in (schema.empty_table(), pa.Table.from_batches([], schema)):
        frame = pw.Frame(table)
        assert frame.shape == (0, 3)
        assert [spec.kind for spec in frame.schema] == ["number", "category", "time"]


@pytest.mark.parametrize("dtype", [pa.string(), pa.large_string(), pa.string_view()])
def test_texts_of_every_layout_read_right(dtype):
    values = ["short", None, "exactly 12 b", "longer than twelve bytes", "", "é" * 20, "short"]
    column = pa.array(values, dtype)
    frame = pw.Frame(pa.table({"c": column}))
    assert frame["c"].tolist() == values
    assert frame.levels("c") == sorted({v for v in values if v is not None}, key=str.encode)
    assert pw.Frame(pa.table({"c": column.slice(2, 3)}))["c"].tolist() == values[2:5]


@pytest.mark.parametrize("index", NUMBERS)
def test_dictionaries_keep_the_order_of_their_levels(index):
    column = pa.DictionaryArray.from_arrays(pa.array([1, None, 0, 1], index), pa.array(["mid", "low", "unused"]))
    frame = pw.Frame(pa.table({"c": column}))
    assert frame.levels("c") == ["mid", "low", "unused"]
    assert frame.codes("c").tolist() == [1, -1, 0, 1]


def test_chunks_with_dictionaries_of_their_own_are_joined_by_name():
    chunks = pa.chunked_array(
        [pa.array(["a", "b"]).dictionary_encode(), pa.array(["b", None, "c"]).dictionary_encode()]
    )
    frame = pw.Frame(pa.table({"c": chunks}))
    assert frame["c"].tolist() == ["a", "b", "b", None, "c"]
    assert frame.levels("c") == ["a", "b", "c"]


def test_a_null_within_a_dictionary_is_missing():
    column = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2]), pa.array(["a", None, "b"]))
    assert pw.Frame({"c": column})["c"].tolist() == ["a", None, "b"]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Berlin", "+08:00"])
def test_time_stamps_keep_instant_and_zone(unit, zone):
    column = pa.array([0, None, -86_400], pa.timestamp(unit, tz=zone))
    frame = pw.Frame(pa.table({"at": column}))
    assert frame.schema["at"].time_zone == (zone or "")
    np.testing.assert_array_equal(frame["at"], np.array([0, "NaT", -86_400], f"M8[{unit}]").astype("M8[ns]"))


def test_dates_and_durations_are_held():
    day = dt.date(2024, 2, 29)
    took = pa.array([1500, None], pa.duration("ms"))
    table = pa.table(
        {"d32": pa.array([day, None], pa.date32()), "d64": pa.array([day, None], pa.date64()), "took": took}
    )
    frame = pw.Frame(table)
    assert frame["d32"][0] == frame["d64"][0] == np.datetime64("2024-02-29")
    assert np.isnat(frame["d32"][1])
    np.testing.assert_array_equal(frame["took"], [1.5, np.nan])


@pytest.mark.parametrize("dtype", [pa.timestamp("s"), pa.timestamp("ms"), pa.date32()])
def test_times_beyond_nanoseconds_are_refused_by_name(dtype):
    with pytest.raises(pw.InvalidArgument, match="'at' has a time outside 1677"):
        pw.Frame(pa.table({"at": pa.array([dt.datetime(2500, 1, 1)], pa.timestamp("s")).cast(dtype)}))


def test_a_column_of_nulls_is_missing_numbers():
    assert np.isnan(pw.Frame(pa.table({"x": pa.nulls(3)}))["x"]).all()
    assert np.isnan(pw.Frame(pl.DataFrame({"x": [None, None]}))["x"]).all()


@pytest.mark.parametrize(
    ("column", "words"),
    [
        (pa.array([Decimal("1.5")]), "decimal .*cast it to float64"),
        (pa.array([[1, 2]]), "nested"),
        (pa.array([{"a": 1}]), "nested"),
        (pa.array([b"x"]), "binary"),
        (pa.array([dt.time(1, 2)]), "time of day"),
        (pa.array([1.5, 2.5]).dictionary_encode(), "dictionary of other values"),
        (pa.array([(1, 2, 3)], pa.month_day_nano_interval()), "does not hold"),
    ],
)
def test_what_cannot_be_held_is_refused_with_the_columns_name_and_type(column, words):
    with pytest.raises(pw.InvalidArgument, match=f"'odd' is .*{words}"):
        pw.Frame(pa.table({"odd": column}))


def test_polars_categories_enums_times_and_nulls_are_kept():
    berlin = dt.datetime(2018, 7, 1, 12)
    table = pl.DataFrame(
        {
            "n": [1, None, 3],
            "f": pl.Series([1.5, None, 2.5], dtype=pl.Float32),
            "s": ["a longer text than twelve", None, "b"],
            "cat": pl.Series(["z", None, "a"], dtype=pl.Categorical),
            "enum": pl.Series(["hi", None, "lo"], dtype=pl.Enum(["lo", "mid", "hi"])),
            "at": pl.Series([berlin, None, berlin]).dt.replace_time_zone("Europe/Berlin"),
            "day": [dt.date(2020, 1, 1), None, None],
            "ok": [True, None, False],
        }
    )
    frame = pw.Frame(table)
    np.testing.assert_array_equal(frame["n"], [1, np.nan, 3])
    assert frame["f"].dtype == np.float32 and np.isnan(frame["f"][1])
    assert frame["s"].tolist() == ["a longer text than twelve", None, "b"]
    assert frame["cat"].tolist() == ["z", None, "a"]
    assert frame.levels("enum") == ["lo", "mid", "hi"] and frame["enum"].tolist() == ["hi", None, "lo"]
    assert frame.schema["at"].time_zone == "Europe/Berlin"
    assert frame["at"][0] == np.datetime64("2018-07-01T10:00")
    assert frame["day"][0] == np.datetime64("2020-01-01")
    np.testing.assert_array_equal(frame["ok"], [1, np.nan, 0])


def test_polars_slices_chunks_and_filters_read_right():
    table = pl.DataFrame({"x": [1.0, 2.0, 3.0, 4.0], "c": ["a", "b", "c", "d"]})
    assert pw.Frame(table[1:3])["x"].tolist() == [2, 3]
    assert pw.Frame(table.filter(pl.col("x") > 2))["c"].tolist() == ["c", "d"]
    assert pw.Frame(pl.concat([table, table], rechunk=False))["x"].tolist() == [1, 2, 3, 4] * 2


def test_a_lazy_frame_and_an_object_column_get_a_clear_error():
    with pytest.raises(pw.InvalidArgument, match=r"collect\(\)"):
        pw.Frame(pl.DataFrame({"x": [1.0]}).lazy())


def test_series_of_any_producer_are_columns_of_a_mapping():
    frame = pw.Frame({"a": pl.Series([1.0, 2.0]), "b": pa.array(["x", None]), "c": pa.chunked_array([[1], [2]])})
    assert frame["a"].tolist() == [1, 2] and frame["b"].tolist() == ["x", None] and frame["c"].tolist() == [1, 2]


class OnlyAStream:
    """A producer that nobody knows."""

    def __init__(self, table):
        self.table = table

    def __arrow_c_stream__(self, requested_schema=None):
        return self.table.__arrow_c_stream__(requested_schema)


def test_an_unknown_producer_with_a_stream_is_a_table():
    producer = OnlyAStream(pa.table({"x": [1.0]}))
    assert pw.frame.is_table(producer)
    assert pw.Frame(producer)["x"].tolist() == [1]
    with pytest.raises(pw.InvalidArgument, match="single column"):
        pw.Frame(OnlyAStream(pa.chunked_array([[1.0]])))


def test_a_stream_that_fails_says_why():
    def batches():
        yield pa.record_batch({"x": [1.0]})
        raise ValueError("the pump broke")

    reader = pa.RecordBatchReader.from_batches(pa.schema({"x": pa.float64()}), batches())
    with pytest.raises(pw.InvalidArgument, match="the pump broke"):
        pw.Frame(reader)


def test_a_stream_is_used_once():
    from plantwright import _core

    capsule = pa.table({"x": [1.0]}).__arrow_c_stream__()
    _core.frame_from_arrow_stream(capsule)
    with pytest.raises(pw.InvalidArgument, match="already used"):
        _core.frame_from_arrow_stream(capsule)


def frame_of_everything() -> pw.Frame:
    return pw.Frame(
        {
            "x": np.array([1.0, np.nan, 3.0]),
            "f": np.arange(6, dtype=np.float32)[::2],
            "c": ["b", None, "a"],
            "at": pa.array([0, None, 5], pa.timestamp("ns", tz="Asia/Seoul")),
        }
    )


@pytest.mark.parametrize("through", [pa.table, pl.DataFrame])
def test_a_frame_goes_out_over_arrow_and_comes_back_the_same(through):
    frame = frame_of_everything()
    again = pw.Frame(through(frame))
    for name in frame:
        np.testing.assert_array_equal(again[name], frame[name])
        assert again[name].dtype == frame[name].dtype
    assert again.schema["at"] == frame.schema["at"]


def test_what_goes_out_lives_on_without_the_frame():
    frame = frame_of_everything()
    memory = frame["x"].ctypes.data
    table = pa.table(frame)
    table.validate(full=True)
    del frame
    gc.collect()
    assert table["x"].chunk(0).buffers()[1].address == memory
    assert table["c"].to_pylist() == ["b", None, "a"]
    frame_of_everything().__arrow_c_stream__()  # never read: freed with its capsule


COLUMN = st.one_of(
    st.tuples(st.just(pa.float64()), st.lists(st.none() | st.floats(allow_nan=False), max_size=30)),
    st.tuples(st.just(pa.int32()), st.lists(st.none() | st.integers(-(2**31), 2**31 - 1), max_size=30)),
    st.tuples(st.just(pa.bool_()), st.lists(st.none() | st.booleans(), max_size=30)),
    st.tuples(st.just(pa.string()), st.lists(st.none() | st.text(max_size=20), max_size=30)),
    st.tuples(st.just(pa.string_view()), st.lists(st.none() | st.text(max_size=20), max_size=30)),
)


@settings(max_examples=150, deadline=None)
@given(COLUMN, st.lists(st.integers(0, 30), max_size=3), st.integers(0, 5))
def test_any_column_cut_into_any_chunks_reads_back(column, cuts, skipped):
    dtype, values = column
    whole = pa.array(values, dtype)
    edges = sorted({0, len(values), *(min(cut, len(values)) for cut in cuts)})
    chunks = [whole.slice(a, b - a) for a, b in itertools.pairwise(edges)]
    table = pa.table({"x": pa.chunked_array(chunks, dtype)}).slice(skipped)
    got = pw.Frame(table)["x"].tolist()
    expected = values[skipped:]
    if pa.types.is_string(dtype) or dtype == pa.string_view():
        assert got == expected
    else:
        np.testing.assert_array_equal(got, [np.nan if v is None else float(v) for v in expected])
