# SPDX-License-Identifier: MIT
"""Files of this version load for ever, with the scores they had. Written by tests/golden/write_detectors.py."""

import importlib.util
import json

import numpy as np
import plantwright as pw
import pytest


def script(repository, name):
    """The committed script that wrote the files, which knows their rows."""
    path = repository / "tests" / "golden" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return path, module


@pytest.fixture(scope="module")
def golden(repository):
    path, module = script(repository, "write_detectors")
    expected = json.loads((path.parent / "detectors_v0.json").read_text(encoding="utf-8"))
    return path.parent / "detectors_v0", module.golden_rows(), expected


@pytest.mark.parametrize("name", ["mewma", "dynamic_pca", "mahalanobis", "rolling_isolation"])
def test_charts_score_to_the_bit_as_when_they_were_written(golden, name):
    folder, rows, expected = golden
    scores = pw.load(folder / f"{name}.plw").score_samples(rows)
    np.testing.assert_array_equal(scores, [float.fromhex(text) for text in expected[name]])


def test_networks_score_as_when_they_were_written(golden):
    folder, rows, expected = golden
    model = pw.load(folder / "autoencoder.plw")
    written = [float.fromhex(text) for text in expected["autoencoder"]]
    np.testing.assert_allclose(model.score_samples(rows), written, rtol=1e-4)  # levels round differently
    assert model.window == 4 and model.fit_report_["epochs"][1]["epoch"] == 2
    assert np.isfinite(model.pca_twin_.score_samples(rows)[4:]).all()


def test_an_ensemble_and_its_stream_go_on_to_the_bit_as_when_they_were_written(repository):
    path, module = script(repository, "write_ensemble")
    folder, rows = path.parent / "ensemble_v0", module.faulty_rows()
    expected = json.loads((path.parent / "ensemble_v0.json").read_text(encoding="utf-8"))
    watch = pw.load(folder / "ensemble.plw")
    assert module.told(watch.stream("unit 1"), rows) == expected
    stream = watch.resume(folder / "stream.plw")
    assert module.told(stream, rows[module.SAVED_AFTER :]) == expected[module.SAVED_AFTER :]
    assert any(state == "alarm" for _, state, _ in expected)
