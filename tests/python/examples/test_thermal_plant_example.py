# SPDX-License-Identifier: MIT
"""The thermal plant example: it runs, its detectors find what the simulator put in, and its judging is fair."""

import importlib
import os
import sys

import numpy as np
import plantwright as pw
import pytest

SMALL = ["--days", "28", "--normal-days", "18", "--epochs", "6", "--stride", "15", "--window", "30", "--n-jobs", "1"]


@pytest.fixture(scope="module")
def folder(repository):
    return repository / "docs" / "examples" / "thermal_plant"


@pytest.fixture(scope="module")
def run(folder):
    sys.path.insert(0, str(folder))  # as when the script is started
    yield importlib.import_module("run")
    sys.path.remove(str(folder))
    for name in ("run", "pictures", "turbine", "faults", "detectors", "promises"):
        sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def small(run, tmp_path_factory):
    """A run of some seconds, and where it wrote."""
    folder = tmp_path_factory.mktemp("thermal_plant")
    return run.main([*SMALL, "--faults-per-week", "14", "--seed", "1", "--output", str(folder)]), folder


def test_the_network_beats_itself_untrained_and_the_mean(small):
    report = small[0]["model"].fit_report_
    assert report["lstm_error"] < 0.8 * min(report["untrained_error"], report["mean_error"])


def test_training_thresholds_and_tests_come_one_after_the_other_and_only_tests_hold_faults(small):
    watched = small[0]["watched"]
    assert watched.train.max() < watched.quiet.min() <= watched.quiet.max() < watched.test.min()
    assert np.nansum(watched.labels[: watched.test[0]]) == 0
    assert np.nansum(watched.labels[watched.test]) > 0


def test_nobody_is_judged_in_the_hour_after_a_fault(small):
    watched, times = small[0]["watched"], small[0]["watched"].table["time"]
    for end in watched.events["end"].astype(int):
        soon = slice(end, np.searchsorted(times, times[end - 1] + np.timedelta64(60, "m"), "right"))
        assert not (watched.labels[soon] == 0).any()


def test_detectors_that_look_at_windows_find_what_a_range_rule_cannot(small):
    scores = small[0]["scores"]
    for name in ("LSTM autoencoder", "PCA twin"):
        assert scores[name]["AUC-ROC"] > scores["range rule"]["AUC-ROC"] + 0.1, name
        assert scores[name]["AUC-PR"] > scores["range rule"]["AUC-PR"] + 0.1, name
    kinds = small[0]["kinds"]["LSTM autoencoder"].values()
    found, events, blamed = (sum(row[key] for row in kinds) for key in ("found", "events", "blamed"))
    assert found / events > 0.5
    assert blamed / found > 0.6  # a guess: 1 in 8 to 3 in 8


def test_every_kind_of_fault_is_listed(small):
    assert set(small[0]["kinds"]["PCA twin"]) <= set(pw.simulate.ThermalPlant.fault_kinds)
    assert sum(row["events"] for row in small[0]["kinds"]["PCA twin"].values()) == len(small[0]["watched"].events)


def test_what_is_written_can_be_read_again(small):
    found, folder = small
    names = {path.name for path in folder.iterdir()}
    pictures = {f"thermal_{name}.png" for name in ("faults", "blame", "weeks", "learning")}
    assert names == {"thermal_plant.plw", "detection.html", *pictures}
    model = pw.load(folder / "thermal_plant.plw")
    rows = found["watched"].table[found["watched"].test[:500]]
    np.testing.assert_array_equal(model.score_samples(rows), found["model"].score_samples(rows))


def test_a_threshold_is_what_the_share_asked_for_exceeds(run):
    severity = np.r_[np.nan, np.arange(1000.0), 5000.0]
    limit = run.threshold_of(severity, np.arange(1001), 0.01)
    assert np.mean(severity[1:1001] > limit) == pytest.approx(0.01)


def test_faults_put_into_the_turbine_touch_one_sensor_for_their_time(run):
    turbine = importlib.import_module("turbine")
    values = np.random.default_rng(0).normal(size=(40_000, 3))
    before = values.copy()
    events, labels = turbine.put_in_faults(values, ["a", "b", "c"], np.ones(3), seed=0)
    touched = (values != before).any(axis=1)
    for sensor, begin, end in zip(
        events["sensors"], events["begin"].astype(int), events["end"].astype(int), strict=True
    ):
        others = [j for j, name in enumerate("abc") if name != sensor]
        assert (values[begin:end, others] == before[begin:end, others]).all()
        assert labels[begin:end].all()
        touched[begin:end] = False
    assert not touched.any()
    deviation = turbine.residual_deviation(np.column_stack([before[:, 0], before[:, 0] + 0.1 * before[:, 1]]))
    assert deviation[1] == pytest.approx(0.1, rel=0.05)


def test_the_gas_turbine_runs(run, data_dir):
    path = data_dir / "gas_turbine" / "gt_full.csv"
    if not path.exists():
        pytest.skip(f"no data in {path}")
    found = run.main(["--data", str(path), "--epochs", "3", "--stride", "4", "--n-jobs", "1"])
    for name in ("LSTM autoencoder", "PCA twin"):
        assert found["scores"][name]["AUC-ROC"] > 0.55, name


def test_the_notebook_runs(folder, monkeypatch):
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    paths = [path for path in (os.environ.get("PYTHONPATH"),) if path]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(os.path.abspath(path) for path in paths))  # it starts elsewhere
    notebook = nbformat.read(folder / "thermal_plant.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), "commit it without outputs"
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}}).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert sum("image/png" in output.get("data", {}) for output in shown) == 4
    assert any("earn its cost" in output.get("text", "") for output in shown)
