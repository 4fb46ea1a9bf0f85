# SPDX-License-Identifier: MIT
"""A small plant and a small network, trained once."""

from collections.abc import Callable
from typing import Any

import numpy as np
import plantwright as pw
import pytest
from numpy.typing import NDArray


def swinging_plant(n_rows: int = 200, n_sensors: int = 3, seed: int = 0) -> NDArray[np.float64]:
    """Sensors that swing together, each with its own delay, level and size."""
    rng, t = np.random.default_rng(seed), np.arange(float(n_rows))[:, None]
    j = np.arange(float(n_sensors))
    return np.asarray(500 * j + (1 + j) * np.sin(0.3 * t + j) + 0.05 * rng.normal(size=(n_rows, n_sensors)))


@pytest.fixture(scope="session")
def small() -> dict[str, Any]:
    """Parameters of a network that trains in a blink."""
    return {
        "window": 8,
        "encoder": 8,
        "bottleneck": 4,
        "decoder": 8,
        "max_epochs": 4,
        "learning_rate": 0.01,
        "random_state": 0,
    }


@pytest.fixture(scope="session")
def make_plant() -> Callable[..., NDArray[np.float64]]:
    return swinging_plant


@pytest.fixture(scope="session")
def plant() -> NDArray[np.float64]:
    return swinging_plant()


@pytest.fixture(scope="session")
def fitted(plant: NDArray[np.float64], small: dict[str, Any]) -> pw.LSTMAutoencoder:
    return pw.LSTMAutoencoder(**small).fit(plant)
