# SPDX-License-Identifier: MIT
"""LSTM autoencoders as ONNX models: another runtime gives the same numbers."""

from typing import Any

import numpy as np
import plantwright as pw
import pytest

pytest.importorskip("onnx", reason="onnx is not installed")
onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")

RNG = np.random.default_rng(0)
X = (RNG.normal(size=(150, 3)) * [1, 10, 100] + [0, 500, 1e4]).astype(np.float32)
X[RNG.random(X.shape) < 0.05] = np.nan
WINDOWS = np.stack([X[i : i + 6] for i in range(0, 140, 3)])
WINDOWS[4] = np.nan


@pytest.mark.parametrize(
    "parameters",
    [{}, {"bottleneck": 0, "decoder": 4}, {"activation": "relu"}, {"scoring": "last"}, {"standardize": False}],
)
def test_another_runtime_gives_the_same_numbers(parameters: dict[str, Any]) -> None:
    small: dict[str, Any] = {"window": 6, "encoder": (6, 4), "bottleneck": 3, "decoder": (4, 6), "max_epochs": 2}
    rows = X / [1, 500, 1e4] if parameters.get("standardize") is False else X
    windows = (WINDOWS / [1, 500, 1e4] if parameters.get("standardize") is False else WINDOWS).astype(np.float32)
    model = pw.LSTMAutoencoder(**small | parameters, random_state=0).fit(rows)
    session = onnxruntime.InferenceSession(pw.to_onnx(model).SerializeToString(), providers=["CPUExecutionProvider"])
    outputs = dict(zip([o.name for o in session.get_outputs()], session.run(None, {"X": windows}), strict=True))
    np.testing.assert_allclose(outputs["score"], model.score_samples(windows), rtol=1e-5, equal_nan=True)
    np.testing.assert_allclose(outputs["attribution"], model.attribution(windows), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(outputs["code"], model.transform(windows), atol=1e-5)
    np.testing.assert_allclose(outputs["reconstruction"], model.reconstruct(windows), rtol=1e-5, atol=1e-5)
