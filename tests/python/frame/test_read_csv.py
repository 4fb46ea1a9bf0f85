# SPDX-License-Identifier: MIT
"""`read_csv` beside pandas on real files, and against Python's csv writer on random tables."""

import csv
import io
import math
import os
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import plantwright as pw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

MISSING = {"", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "-", "?"}


def read(text: str | bytes, **options):
    data = text.encode() if isinstance(text, str) else text
    return pw.read_csv(io.BytesIO(data), **options)


def texts_of(path: Path, **options) -> pd.DataFrame:
    """A file as pandas cuts it, every value still a text; None where missing."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False, **options).astype(object)
    return table.where(~table.isin(["NA", ""]), None)


def assert_same_values(frame: pw.Frame, table: pd.DataFrame) -> None:
    """Every column of `table` is in `frame` with the same values, numbers as Python's float to the last bit."""
    for name in table.columns:
        values = table[name].tolist()
        if frame.schema[name].kind == "number":
            values = [math.nan if value is None else float(value) for value in values]
        np.testing.assert_array_equal(frame[name], np.array(values, frame[name].dtype), err_msg=name)


@pytest.mark.parametrize(
    "name",
    [
        "gas_turbine/gt_full.csv",
        "chem_yield/chem_proc_yield.csv",
        "reactor_seed/reactor_performance_data.csv",
        "beijing_air/PRSA_Data_Dingling_20130301-20170228.csv",
    ],
)
def test_every_value_of_a_real_file_is_that_of_pandas(data_dir: Path, name: str) -> None:
    table = texts_of(data_dir / name)
    frame = pw.read_csv(data_dir / name)
    assert frame.columns == list(table.columns)
    assert_same_values(frame, table)


def test_the_steel_year_is_regular_with_each_midnight_on_the_next_day(data_dir: Path) -> None:
    path = data_dir / "steel_energy" / "Steel_industry_data.csv"
    with pytest.warns(pw.DataWarning, match="00:00"):
        frame = pw.read_csv(path, time="date", roles={"Usage_kWh": "target"})
    assert_same_values(frame, texts_of(path, encoding="utf-8-sig").drop(columns="date"))
    expected = np.datetime64("2018-01-01T00:15", "ns") + np.arange(35040) * np.timedelta64(15, "m")
    np.testing.assert_array_equal(frame["date"].astype("datetime64[ns]"), expected)
    rule = frame.schema.time_rule
    assert (list(rule.columns), rule.name, rule.day_first, rule.midnight_ends_day) == (["date"], "date", True, True)


def test_the_hours_of_beijing_come_from_four_columns_that_are_no_inputs(data_dir: Path) -> None:
    path = data_dir / "beijing_air" / "PRSA_Data_Aotizhongxin_20130301-20170228.csv"
    frame = pw.read_csv(path, time="year,month,day,hour", time_zone="Asia/Shanghai")
    table = pd.read_csv(path)
    local = pd.to_datetime(table[["year", "month", "day", "hour"]]).dt.tz_localize("Asia/Shanghai")
    np.testing.assert_array_equal(
        frame["time"].astype("datetime64[ns]"), local.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()
    )
    assert not {"time", "year", "month", "day", "hour"} & set(frame.schema.input_names)


@pytest.mark.parametrize("part", ["valve1", "anomaly-free"])
def test_semicolons_and_stamps_of_skab_need_no_options(data_dir: Path, part: str) -> None:
    for path in sorted((data_dir / "skab_valve1" / part).glob("*.csv")):
        frame = pw.read_csv(path)
        table = texts_of(path, sep=";")
        stamps = pd.to_datetime(table["datetime"]).to_numpy("datetime64[ns]")
        np.testing.assert_array_equal(frame["datetime"].astype("datetime64[ns]"), stamps)
        assert_same_values(frame, table.drop(columns="datetime"))
        assert frame.schema["datetime"].role == "time"


NUMBERS = st.one_of(st.floats(allow_nan=False), st.integers(-(2**53), 2**53))
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12)


def is_plain_text(text: str) -> bool:
    """Not a number, stamp or gap, and no blanks at the ends, which the reader takes off unquoted texts."""
    try:
        float(text.replace(",", "."))
    except ValueError:
        return text == text.strip(" \t\r") and text not in MISSING and not text[0].isdigit()
    return False


@st.composite
def tables(draw):
    kinds = draw(st.lists(st.sampled_from(["number", "text"]), min_size=1, max_size=5))
    names = draw(st.lists(TEXTS.filter(is_plain_text), min_size=len(kinds), max_size=len(kinds), unique=True))
    value = {"number": NUMBERS, "text": TEXTS.filter(is_plain_text)}
    rows = draw(st.lists(st.tuples(*(value[kind] for kind in kinds)), min_size=1, max_size=20))
    return kinds, names, rows


@settings(max_examples=200, deadline=None)
@given(
    tables(),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_a_table_that_pythons_csv_writes_reads_back_equal(table, delimiter, quoting, line_end) -> None:
    kinds, names, rows = table
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=line_end)
    writer.writerows([names, *rows])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pw.DataWarning)
        frame = read(text.getvalue(), delimiter=delimiter, decimal=".")
    assert frame.columns == names
    for j, (kind, name) in enumerate(zip(kinds, names, strict=True)):
        expected = [float(row[j]) if kind == "number" else row[j] for row in rows]
        assert frame[name].tolist() == expected


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["error", "skip"]))
def test_any_bytes_give_a_frame_or_an_error_of_ours(data: bytes, on_bad_rows: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pw.DataWarning)
        try:
            frame = read(data, on_bad_rows=on_bad_rows)
        except pw.Error:
            return
    assert len(frame.columns) >= 1


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=50))
def test_numbers_written_by_repr_read_back_to_the_bit(values: list[float]) -> None:
    frame = read("x,y\n" + "".join(f"{value!r},1\n" for value in values))
    np.testing.assert_array_equal(frame["x"], values)


def test_standard_input_is_read_to_its_end() -> None:
    code = "import plantwright as pw; print(pw.read_csv('-')['a'].sum())"
    result = subprocess.run([sys.executable, "-c", code], input=b"a,b\n1,2\n3,4\n", capture_output=True, check=True)
    assert result.stdout.strip() == b"4.0"


def test_a_named_pipe_is_read_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(b"year,month,day,x\n2018,1,1,5\n"))
    writer.start()
    frame = pw.read_csv(pipe, time="year,month,day")
    writer.join()
    assert frame["time"].astype("datetime64[D]").tolist() == [np.datetime64("2018-01-01").item()]


def test_a_schema_reads_a_new_file_as_the_old_one() -> None:
    with pytest.warns(pw.DataWarning):
        old = read("date,load,kind\n13/01/2018 23:45,1,a\n13/01/2018 00:00,2,b\n14/01/2018 00:15,3,a\n", time="date")
    fresh = read("kind,date,load\nb,01/02/2018 00:00,7\n", schema=old.schema)
    assert fresh.columns == ["date", "load", "kind"]
    assert fresh["date"].astype("datetime64[D]")[0] == np.datetime64("2018-02-02")
    with pytest.raises(pw.SchemaMismatch, match="'kind' has 'c'"):
        read("kind,date,load\nc,01/02/2018 00:00,7\n", schema=old.schema)
    with pytest.raises(pw.InvalidArgument, match="come from the schema"):
        read("a\n1\n", schema=old.schema, time="a")


def test_a_missing_file_is_a_file_not_found_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"nothing\.csv"):
        pw.read_csv(tmp_path / "nothing.csv")
    with pytest.raises(pw.IoError):
        pw.read_csv(tmp_path)


def test_malformed_rows_are_skipped_when_asked() -> None:
    with pytest.warns(pw.DataWarning, match="1 malformed rows skipped, the first in line 3"):
        frame = read("a,b\n1,2\n3\n5,6\n", on_bad_rows="skip")
    assert frame["a"].tolist() == [1, 5]
    with pytest.raises(pw.ParseError, match="line 3, column 2"):
        read("a,b\n1,2\n3\n5,6\n")


@pytest.mark.parametrize(
    "options",
    [
        {"delimiter": ";;"},
        {"delimiter": "é"},
        {"decimal": "x"},
        {"on_bad_rows": "drop"},
        {"time": "t"},
        {"categories": "c"},
    ],
)
def test_an_option_that_is_not_allowed_is_named(options) -> None:
    with pytest.raises(pw.InvalidArgument, match=next(iter(options))):
        read("a,b\n1,2\n", **options)


def test_text_mode_files_are_refused() -> None:
    with pytest.raises(TypeError, match="binary"):
        pw.read_csv(io.StringIO("a\n1\n"))


def test_missing_numbers_are_nan_and_missing_texts_none() -> None:
    frame = read("a,b\n1,x\nNA,\n")
    assert math.isnan(frame["a"][1])
    assert frame["b"].tolist() == ["x", None]
