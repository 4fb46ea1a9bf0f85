# SPDX-License-Identifier: MIT
"""Benchmarks whose data are not here, on small files of the same form."""

import importlib.util
import sys

import numpy as np
import plantwright as pw
import pytest

pytestmark = pytest.mark.filterwarnings("ignore::plantwright.DataWarning")


def load(repository, name):
    """A benchmark as a module."""
    path = repository / "benchmarks" / "detect" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"benchmark_{name}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look for it
    spec.loader.exec_module(module)
    return module


def plant_rows(n_rows, seed, faults=()):
    calm = {"trips_per_year": 0, "missing_fraction": 0, "lost_fraction": 0, "truth": False}
    frame = pw.simulate.ThermalPlant(rows=n_rows, period_s=180, seed=seed, faults=list(faults), **calm).run()
    return frame.to_numpy(list(pw.simulate.ThermalPlant.sensors))


@pytest.fixture(scope="module")
def eastman_like(tmp_path_factory):
    """Files as those of the Tennessee Eastman process: fault 1 a bias of the coal's flow, fault 3 nothing at all."""
    folder = tmp_path_factory.mktemp("tep")
    bias = pw.simulate.ThermalFault("sensor_bias", start_h=160 / 20, hours=10, severity=12, sensor="fuel_flow_kg_s")
    np.savetxt(folder / "d00.dat", plant_rows(1200, 0).T)
    np.savetxt(folder / "d00_te.dat", plant_rows(360, 1))
    np.savetxt(folder / "d01_te.dat", plant_rows(360, 1, [bias]))
    np.savetxt(folder / "d03_te.dat", plant_rows(360, 1))
    return folder


@pytest.mark.parametrize("name", ["Mahalanobis", "DynPCA SPE", "sk PCA T2", "Ensemble"])
def test_tep_finds_a_fault_from_its_onset_and_no_other(repository, eastman_like, name):
    tep = load(repository, "tep")
    folder = tep.read(eastman_like)
    assert folder.train.shape == (1200, 8)
    assert sorted(folder.faults) == [1, 3]
    result = tep.judge(tep.DETECTORS[name], folder)
    if name != "sk PCA T2":  # which looks along the wrong axes for that
        assert result.detected[1] > 0.6
        assert result.delay[1] is not None and result.delay[1] <= 5
    assert result.detected[3] < 0.3
    assert result.mean_detected(tep.HARDLY_SHOWN) == result.detected[1]
    assert "all but 3, 9, 15" in tep.table({name: result})


def test_tep_counts_the_delay_to_the_first_of_three_alarms(repository):
    tep = load(repository, "tep")
    assert tep.delay_of(np.array([0, 1, 0, 1, 1, 1, 1], bool)) == 3
    assert tep.delay_of(np.array([0, 1, 1, 0, 1, 1], bool)) is None


@pytest.fixture(scope="module")
def plant_run(repository):
    plant = load(repository, "plant")
    plant.FIT_WEEKS, plant.TEST_WEEKS = 1, 2
    return plant, plant.run_plant(3)


def test_plant_counts_events_from_the_row_where_the_fault_exceeds_three_sigma(plant_run):
    plant, run = plant_run
    assert len(run.faulty) == len(run.twin)
    assert len(run.events) > 4
    for event in run.events:
        assert 0 <= event.first < event.end <= len(run.faulty)
    first = min(event.first for event in run.events)
    onset = int(np.argmax(run.faulty["anomaly"]))
    before = slice(0, onset)
    assert onset <= first
    faulty, twin = (frame.to_numpy(list(plant.SENSORS)) for frame in (run.faulty, run.twin))
    np.testing.assert_array_equal(faulty[before], twin[before])
    bias = next(event for event in run.events if event.kind in ("sensor_bias", "spike"))
    sigmas = np.abs(faulty - twin)[bias.first] / list(pw.simulate.ThermalPlant.residual_sd.values())
    assert 4 <= np.nanmax(sigmas) <= 6


def test_plant_tells_what_was_found_and_what_chance_would_have(plant_run):
    plant, run = plant_run
    perfect, blind, late = (plant.Tally({}, {}, []) for _ in range(3))

    def alarms(delay):
        flags = np.zeros(len(run.faulty), bool)
        for event in run.events:
            flags[event.first + delay : event.end] = True
        return lambda frame: flags if frame is run.faulty else np.zeros(len(frame), bool)

    perfect.add(run, alarms(0))
    late.add(run, alarms(20))
    blind.add(run, lambda frame: np.ones(len(frame), bool))
    assert perfect.cell("sensor_bias") == "100.0% (0%) | 100.0% (0%) | 0"
    assert late.cell("sensor_bias") == "100.0% (0%) | 0.0% (0%) | 20"
    assert blind.cell("sensor_bias") == "100.0% (100%) | 100.0% (100%) | 0"
    assert blind.false_alarms == [1.0]
    assert "`sensor_bias`" in plant.table({"perfect": perfect})
