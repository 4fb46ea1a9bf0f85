# SPDX-License-Identifier: MIT
"""The data-quality report from Python: what is planted is found, and the page shows it."""

import json
import math
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import plantwright as pw
import pytest


def hours(n):
    return np.datetime64("2024-01-01", "ns") + np.arange(n) * np.timedelta64(1, "h")


@pytest.fixture(scope="module")
def troubled():
    """Sixty days of a boiler with one trouble each: lost hours, a stuck meter, a broken sensor, late rows."""
    random = np.random.default_rng(0)
    n = 60 * 24
    steam, pressure, feed = random.normal(50, 5, n), random.normal(8, 0.3, n), random.normal(70, 4, n)
    steam[200:260] = np.nan
    pressure[700:760] = pressure[700]
    feed[1000:1010] = 999
    keep = np.ones(n, bool)
    keep[400:448] = False
    order = np.flatnonzero(keep)
    order[[30, 31]] = order[[31, 30]]
    table = {"time": hours(n), "steam_t": steam, "pressure_bar": pressure, "feed_t": feed, "spare": feed}
    frame = pw.Frame({name: values[order] for name, values in table.items()}, roles={"time": "time"})
    specs = [pw.ColumnSpec("feed_t", unit="t/h", source="FT-101", lowest=0, highest=200)]
    named = {spec.name: spec for spec in specs}
    return frame.with_schema(pw.Schema([named.get(spec.name, spec) for spec in frame.schema.columns]))


@pytest.fixture(scope="module")
def quality(troubled):
    return pw.monitor.data_quality(troubled)


def test_every_planted_trouble_is_found(quality):
    assert quality.findings == [
        "1 row is late",
        "1 gap, the longest from 2024-01-17T15:00:00 to 2024-01-19T16:00:00",
        "steam_t: 60 values are missing",
        "pressure_bar: 60 readings in flat lines, the longest 60 from row 652 on",
        "feed_t: 10 values above what is plausible",
        "feed_t: 10 readings in flat lines, the longest 10 from row 952 on",
        "spare: 10 readings in flat lines, the longest 10 from row 952 on",
        "spare: the same values as feed_t",
    ]


def test_the_dimensions_are_what_pandas_counts(quality, troubled):
    table = troubled.to_pandas()
    n, expected = len(table), 60 * 24
    assert quality.rows == n and quality.expected_rows == expected
    assert quality["steam_t"]["completeness"] == pytest.approx(table["steam_t"].notna().sum() / expected)
    assert quality["feed_t"]["validity"] == pytest.approx(table["feed_t"].between(0, 200).mean())
    assert quality.timeliness == pytest.approx(1 - 1 / n)
    by_day = table.set_index(pd.DatetimeIndex(table["time"]))["steam_t"].resample("1D").count() / 24
    np.testing.assert_allclose(quality["steam_t"]["completeness_by_period"], by_day)
    product = quality.completeness * quality.validity * quality.timeliness * quality.uniqueness
    assert quality.score == pytest.approx(product, rel=1e-15)


def test_gaps_and_interval_are_told(quality):
    assert quality.time["interval_s"] == 3600
    (gap,) = quality.time["gaps"]
    assert gap == {"group": "", "begin": "2024-01-17T15:00:00", "end": "2024-01-19T16:00:00", "missing_rows": 48}


def test_the_dict_is_json_and_a_copy(quality):
    report = quality.to_dict()
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    report["columns"][0]["missing"] = -1
    assert quality.to_dict()["columns"][0]["missing"] == 60


def test_the_page_is_one_file_with_a_cell_for_every_trouble(quality, tmp_path):
    page = quality.to_html(tmp_path / "quality.html", title="Boiler <3>")
    assert (tmp_path / "quality.html").read_text(encoding="utf-8") == page
    assert "<h1>Boiler &lt;3&gt;</h1>" in page and "http" not in page.replace("http-equiv", "")
    assert "<script" not in page
    for finding in quality.findings:
        assert finding in page
    svg = ET.fromstring(page[page.index("<svg") : page.index("</svg>") + 6])
    lines = [group for group in svg if group.tag == "g"]
    assert [line.find("title").text for line in lines] == quality.columns
    titles = [title.text for title in lines[0].iter("title")]
    assert any("2024-01-18 to 2024-01-19: 16.7 %" in text for text in titles)


def test_a_table_without_time_has_no_heat_map_and_no_timeliness():
    quality = pw.monitor.data_quality({"x": [1.0, 2.0, math.nan]})
    assert math.isnan(quality.timeliness) and quality.completeness == pytest.approx(2 / 3)
    assert "Columns over time" not in quality.to_html()


def test_long_tables_share_cells_among_periods():
    frame = pw.Frame(
        {"time": hours(24 * 1000), "x": np.random.default_rng(1).normal(size=24_000)}, roles={"time": "time"}
    )
    page = pw.monitor.data_quality(frame).to_html()
    assert "up to 5 periods" in page and page.count("<rect") == 1


def test_levels_of_the_training_table_are_the_reference():
    trained = pw.Frame({"grade": ["a", "b"] * 50})
    quality = pw.monitor.data_quality({"grade": ["a", "b", "c", "c"]}, reference=trained.schema)
    assert quality["grade"]["unknown_levels"] == ["c"] and quality.validity == 0.5


def test_stations_are_series_of_their_own():
    site = pw.simulate.DustSite(days=30, seed=1)
    table = site.run()
    quality = pw.monitor.data_quality(table, by="station")
    assert quality.time["duplicate_stamps"] == 0 and quality.expected_rows == len(table)
    lost = np.isnan(table["PM10_ug_m3"]).mean()
    assert quality["PM10_ug_m3"]["completeness"] == pytest.approx(1 - lost)


@pytest.mark.parametrize("table", [{"x": np.empty(0)}, {"x": np.full(3, np.nan)}, {"x": np.ones(1)}])
def test_empty_blank_and_single_rows_have_a_report(table):
    quality = pw.monitor.data_quality(table)
    assert quality.to_dict()["rows"] == len(table["x"])
    assert quality.to_html().startswith("<!doctype html>")
    assert str(quality).startswith("Data quality")


@pytest.mark.parametrize(
    ("parameters", "error", "said"),
    [
        ({"period": "soon"}, pw.InvalidArgument, "period"),
        ({"flat_line": 1}, pw.InvalidArgument, "flat_line must be at least 2"),
        ({"rare_share": 1.0}, pw.InvalidArgument, "rare_share"),
        ({"time": "x"}, pw.InvalidArgument, "time must name a time column"),
        ({"by": "nowhere"}, pw.SchemaMismatch, "nowhere"),
    ],
)
def test_parameters_out_of_range_are_refused_by_name(parameters, error, said):
    with pytest.raises(error, match=said):
        pw.monitor.data_quality({"x": [1.0, 2.0]}, **parameters)


def test_a_column_that_is_not_there_is_named(quality):
    with pytest.raises(pw.InvalidArgument, match="no column 'water'"):
        quality["water"]
