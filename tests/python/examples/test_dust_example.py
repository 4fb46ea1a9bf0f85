# SPDX-License-Identifier: MIT
"""The dust example on the simulated mine and on real data: it beats its baselines, and its file answers row by row."""

import importlib
import os
import sys

import numpy as np
import plantwright as pw
import pytest


@pytest.fixture(scope="module")
def folder(repository):
    return repository / "docs" / "examples" / "dust"


@pytest.fixture(scope="module")
def run(folder):
    sys.path.insert(0, str(folder))  # as when the script is started
    yield importlib.import_module("run")
    sys.path.remove(str(folder))
    for name in ("run", "days", "pictures"):
        sys.modules.pop(name, None)


@pytest.fixture(scope="module", params=["the simulated mine", "three stations of Beijing"])
def found(request, run, tmp_path_factory):
    """A run with few trees, and where it wrote."""
    output = tmp_path_factory.mktemp("dust")
    arguments = ["--trees", "60", "--n-jobs", "1", "--output", str(output)]
    if request.param != "the simulated mine":
        data = request.getfixturevalue("data_dir") / "beijing_air"
        if not data.is_dir():
            pytest.skip(f"no data in {data}")
        arguments += ["--data", str(data)]
    return run.main(arguments), output


def test_weather_beats_majority_and_persistence_by_time(found):
    scores = dict(found[0]["scores"])
    ours = scores.pop("forest on weather")
    assert ours["AUC"] >= 0.87
    for name, other in scores.items():
        for metric in ("F1", "balanced acc.", "avg precision"):
            assert ours[metric] > other[metric], (name, metric)
    low, high = found[0]["interval"]
    assert low < ours["AUC"] < high


def test_the_alarm_costs_less_than_none_and_than_always(found):
    costs = found[0]["costs"]
    assert min(costs, key=costs.get) not in ("never", "always")


def test_a_shuffled_split_promises_more_than_one_by_date(found):
    splits = found[0]["splits"]
    shuffled, grouped = splits["shuffled days (flatters)"], splits["grouped by date"]
    assert shuffled["AUC"] > grouped["AUC"]


def test_the_file_answers_day_by_day_what_the_table_answers(found):
    result, output = found
    model, table = pw.load(output / "dust.plw"), result["table"][:90]
    expected = model.predict_proba(table)
    np.testing.assert_array_equal(expected, result["model"].predict_proba(table))
    stream = model.stream()
    for i in range(len(table)):
        row = {name: table[name][i] for name in table.columns}
        np.testing.assert_array_equal(stream.outputs(row), expected[i])


def test_the_model_and_the_pictures_are_written(found):
    result, output = found
    of_the_mine = {"dust_site.png", "dust_censoring.png"} if result["site"] is not None else set()
    names = {path.name for path in output.iterdir()}
    assert names == {"dust.plw", "dust_warnings.png", "dust_trust.png", "dust_splits.png"} | of_the_mine
    assert all((output / name).stat().st_size > 10_000 for name in names if name.endswith(".png"))


def test_no_truth_and_no_dust_is_an_input(found):
    inputs = found[0]["table"].schema.input_names
    assert not any(name.startswith(("true_", "episode_", "PM10", "lower", "upper", "saturated")) for name in inputs)


def hours_of_a_day(values, flags):
    """One station, one day."""
    times = np.datetime64("2024-03-01T00", "ns") + np.arange(24) * np.timedelta64(1, "h")
    weather = dict.fromkeys(
        ("temperature_C", "pressure_hPa", "dew_point_C", "wind_speed_m_s", "wind_direction_deg", "rain_mm"), np.ones(24)
    )
    station = np.full(24, "a", dtype=object)
    table = {"time": times, "station": station, **weather, "PM10_ug_m3": values, "PM10_flag": flags}
    return pw.Frame(table, roles={"time": "time"})


@pytest.mark.parametrize(
    ("values", "flags", "expected"),
    [
        ([200.0] * 24, ["ok"] * 24, 1.0),
        ([100.0] * 24, ["ok"] * 24, 0.0),
        ([302.0] * 12 + [10.0] * 12, ["ok"] * 12 + ["below_detection"] * 12, 1.0),  # even with 0 for the censored
        ([292.0] * 12 + [10.0] * 12, ["ok"] * 12 + ["below_detection"] * 12, np.nan),  # 146 or 151: who knows
        ([280.0] * 12 + [10.0] * 12, ["ok"] * 12 + ["below_detection"] * 12, 0.0),  # even with the limit for them
        ([20.0] * 23 + [1000.0], ["ok"] * 23 + ["saturated"], np.nan),  # that hour may have been anything
        ([200.0] * 23 + [1000.0], ["ok"] * 23 + ["saturated"], 1.0),
        ([200.0] * 17 + [np.nan] * 7, ["ok"] * 17 + [None] * 7, np.nan),  # too few hours
        ([200.0] * 18 + [np.nan] * 6, ["ok"] * 18 + [None] * 6, 1.0),
    ],
)
def test_a_day_has_a_label_only_where_its_bounds_agree(run, values, flags, expected):
    table = run.daily_table(hours_of_a_day(np.array(values), np.array(flags, dtype=object)))
    np.testing.assert_array_equal(table["exceeds"], [expected])


def test_labels_of_the_simulated_days_are_the_simulators(run):
    site = pw.simulate.DustSite(days=200, seed=4, dustiness=2, detection_limit_ug_m3=40, saturation_ug_m3=400)
    table, days = run.daily_table(run.hours_of_site(site)), site.days()
    np.testing.assert_array_equal(table["exceeds"], days["exceeds"])
    assert np.isnan(days["exceeds"]).any() and (days["exceeds"] == 1).any()


def test_the_tested_quarter_begins_where_three_quarters_of_the_days_end(run):
    times = np.datetime64("2013-03-01") + np.arange(1461)
    table = pw.Frame({"time": times.astype("datetime64[ns]")}, roles={"time": "time"})
    assert run.last_quarter(table) == np.datetime64("2016-03-01")


def test_the_notebook_runs(folder, monkeypatch):
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    paths = [path for path in (os.environ.get("PYTHONPATH"),) if path]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(os.path.abspath(path) for path in paths))  # it starts elsewhere
    notebook = nbformat.read(folder / "dust.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), "commit it without outputs"
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}}).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert sum("image/png" in output.get("data", {}) for output in shown) == 5
    assert any("forest on weather" in output.get("text", "") for output in shown)
