# SPDX-License-Identifier: MIT
"""The parameters of an LSTM autoencoder, checked and handed to the compiled side."""

from __future__ import annotations

import os
from numbers import Integral, Real
from typing import Any

from plantwright.core import InvalidArgument
from plantwright.forest._options import _choice, _integer, _number, _refuse, seed_of

ACTIVATIONS = ("tanh", "relu")
LOSSES = ("mse", "mae", "huber")
SCORINGS = ("window", "last", "point")


def options_of(model: Any) -> dict[str, Any]:
    """Give the compiled side's keyword arguments.

    Raises
    ------
    InvalidArgument
        If a parameter is of another type or out of range; the message says what is allowed.
    """
    name = type(model).__name__
    counts = {
        "window": 1,
        "stride": 1,
        "bottleneck": 0,
        "max_epochs": 0,
        "batch_size": 1,
        "patience": 1,
        "lr_patience": 1,
    }
    options: dict[str, Any] = {key: _integer(name, key, getattr(model, key), low) for key, low in counts.items()}
    numbers = {
        "huber_delta": float("inf"), "learning_rate": 1.0, "weight_decay": float("inf"), "clip_norm": float("inf"),
        "validation_fraction": 0.5, "lr_factor": 1.0, "min_learning_rate": 1.0, "max_gap": float("inf"),
        "dropout": 1.0, "input_dropout": 1.0,
    }  # fmt: skip
    options |= {key: _number(name, key, getattr(model, key), 0, high) for key, high in numbers.items()}
    return options | {
        "encoder": _units(name, "encoder", model.encoder),
        "decoder": _units(name, "decoder", model.decoder),
        "activation": _choice(name, "activation", model.activation, ACTIVATIONS),
        "loss": _choice(name, "loss", model.loss, LOSSES),
        "scoring": _choice(name, "scoring", model.scoring, SCORINGS),
        "standardize": bool(model.standardize),
        "pca_twin": bool(model.pca_twin),
        "contamination": _contamination(name, model.contamination),
        "checkpoint": "" if model.checkpoint is None else os.fspath(model.checkpoint),
        "random_state": seed_of(model.random_state),
        "n_jobs": None if model.n_jobs is None else int(model.n_jobs),
    }


def _units(name: str, parameter: str, value: Any) -> list[int]:
    """The units of each layer; one number is one layer."""
    units = [value] if isinstance(value, Integral) else value
    try:
        return [_integer(name, parameter, count, 1) for count in units]
    except (TypeError, InvalidArgument):
        raise _refuse(name, parameter, value, "positive integers, the units of each layer") from None


def _contamination(name: str, value: Any) -> float | None:
    if isinstance(value, str) and value == "auto":
        return None
    if isinstance(value, Real) and not isinstance(value, (bool, Integral)) and 0 < float(value) <= 0.5:
        return float(value)
    raise _refuse(name, "contamination", value, "'auto' or a float in (0, 0.5]")
