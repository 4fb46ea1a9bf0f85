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
