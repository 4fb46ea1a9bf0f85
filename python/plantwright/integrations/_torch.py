# SPDX-License-Identifier: MIT
"""LSTM autoencoders from and to PyTorch, which is imported when asked for alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted

from plantwright import _core
from plantwright.core import InvalidArgument
from plantwright.neural import LSTMAutoencoder

Tensors = dict[str, NDArray[np.float32]]


def to_torch(model: LSTMAutoencoder) -> Any:
    """Give a fitted LSTM autoencoder's network as a PyTorch module.

    Parameters
    ----------
    model : LSTMAutoencoder
        Fitted, with ``activation="tanh"``: `torch.nn.LSTM` has no other.

    Returns
    -------
    torch.nn.Module
        With the members ``encoder`` and ``decoder``, each a ``ModuleList`` of ``nn.LSTM(batch_first=True)`` of one
        layer, ``bottleneck`` (``nn.Linear``, or ``nn.Identity`` without one) and ``output`` (``nn.Linear``). It takes
        standardized windows, float32 of shape (n_windows, window, n_sensors) with 0 where a reading is missing, and
        gives their reconstruction: the code is repeated `window` times, without dropout. Our one bias stands in
        ``bias_ih_l0``; ``bias_hh_l0`` is 0.

    Raises
    ------
    InvalidArgument
        If it is no LSTM autoencoder, or has another activation.
    NotFittedError
        Before `fit`.
    ImportError
        Without PyTorch.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> X = np.random.default_rng(0).normal(size=(100, 3))
    >>> model = pw.LSTMAutoencoder(window=4, encoder=4, bottleneck=2, decoder=4, max_epochs=1, random_state=0).fit(X)
    >>> module = pw.to_torch(model)  # doctest: +SKIP
    >>> torch.save(module.state_dict(), "autoencoder.pt")  # doctest: +SKIP
    """
    core = _core_of("to_torch", model)
    if core.activation != "tanh":
        raise InvalidArgument(f"to_torch: torch.nn.LSTM has tanh alone, got activation={core.activation!r}")
    try:
        import torch
    except ImportError:
        raise ImportError("to_torch needs PyTorch: pip install torch") from None
    module = _module(torch, core.n_features, core.encoder, core.bottleneck, core.decoder)
    state = {name: torch.from_numpy(values.copy()) for name, values in _state_of(core.tensors()).items()}
    module.load_state_dict(state)
    return module.eval()


def from_torch(
    state: Any,
    window: int,
    *,
    mean: ArrayLike | None = None,
    scale: ArrayLike | None = None,
    offset: float = -1.0,
    scoring: str = "window",
) -> LSTMAutoencoder:
    """Take over an LSTM autoencoder that was trained in PyTorch.

    Parameters
    ----------
    state : torch.nn.Module or its state_dict
        With the members that `to_torch` tells: ``encoder.0.weight_ih_l0``, ..., ``bottleneck.weight``, ...,
        ``decoder.0.weight_ih_l0``, ..., ``output.weight``, ``output.bias``; values may be NumPy arrays.
    window : int
        Rows of a window.
    mean, scale : array-like of shape (n_sensors,), optional
        What the readings were standardized by; default 0 and 1.
    offset : float, default=-1.0
        Scores below it are anomalies.
    scoring : {"window", "last", "point"}, default="window"

    Returns
    -------
    LSTMAutoencoder
        Fitted; its two biases of each layer are added. `partial_fit` begins with Adam's moments at 0.

    Raises
    ------
    InvalidArgument
        If a tensor is missing, one too many, or of the wrong shape.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> unit = {"weight_ih_l0": (4, 1), "weight_hh_l0": (4, 1), "bias_ih_l0": (4,), "bias_hh_l0": (4,)}
    >>> state = {f"{part}.0.{name}": np.zeros(shape) for part in ("encoder", "decoder") for name, shape in unit.items()}
    >>> state |= {"output.weight": np.zeros((1, 1)), "output.bias": np.ones(1)}
    >>> pw.from_torch(state, window=2).score_samples(np.ones((3, 1))).tolist()
    [nan, 0.0, 0.0]
    """
    given = state.state_dict() if hasattr(state, "state_dict") else state
    if not isinstance(given, Mapping):
        raise InvalidArgument(f"from_torch: state must be a module or its state_dict, got a {type(state).__name__}")
    values = {str(name): np.asarray(tensor, dtype=np.float32) for name, tensor in given.items()}
    tensors = _tensors_of(values)
    units = {part: _units(tensors, part) for part in ("encoder", "decoder")}
    n_sensors = tensors["output.bias"].shape[1]
    bottleneck = tensors["bottleneck.bias"].shape[1] if "bottleneck.bias" in tensors else 0
    core = _core.LSTMAutoencoder.from_tensors(
        tensors,
        n_sensors,
        _vector(mean, n_sensors, 0.0),
        _vector(scale, n_sensors, 1.0),
        float(offset),
        window=int(window),
        bottleneck=bottleneck,
        scoring=scoring,
        **units,
    )
    return LSTMAutoencoder._from_plw_model(core)


def _core_of(who: str, model: Any) -> Any:
    if not isinstance(model, LSTMAutoencoder):
        raise InvalidArgument(f"{who}: model must be an LSTMAutoencoder, got a {type(model).__name__}")
    check_is_fitted(model)
    return model._model


def _module(torch: Any, n_sensors: int, encoder: list[int], bottleneck: int, decoder: list[int]) -> Any:
    nn = torch.nn

    def layers(n_inputs: int, units: list[int]) -> Any:
        sizes = zip([n_inputs, *units[:-1]], units, strict=True)
        return nn.ModuleList([nn.LSTM(n_in, n_out, batch_first=True) for n_in, n_out in sizes])

    class Autoencoder(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.encoder = layers(n_sensors, encoder)
            self.bottleneck = nn.Linear(encoder[-1], bottleneck) if bottleneck else nn.Identity()
            self.decoder = layers(bottleneck or encoder[-1], decoder)
            self.output = nn.Linear(decoder[-1], n_sensors)

        def forward(self, z: Any) -> Any:
            n_steps, h = z.shape[1], z
            for layer in self.encoder:
                h, _ = layer(h)
            h = self.bottleneck(h[:, -1]).unsqueeze(1).repeat(1, n_steps, 1)
            for layer in self.decoder:
                h, _ = layer(h)
            return self.output(h)

    return Autoencoder()


def _state_of(tensors: Tensors) -> Tensors:
    """Our tensors, (inputs, outputs) each, under PyTorch's names and in its shapes."""
    state: Tensors = {}
    for name, values in tensors.items():
        part, _, kind = name.rpartition(".")
        if part.startswith(("encoder", "decoder")):
            if kind == "bias":
                state[f"{part}.bias_ih_l0"] = values[0]
                state[f"{part}.bias_hh_l0"] = np.zeros_like(values[0])
            else:
                state[f"{part}.weight_{'ih' if kind == 'input' else 'hh'}_l0"] = np.ascontiguousarray(values.T)
        else:
            state[name] = values[0] if kind == "bias" else np.ascontiguousarray(values.T)
    return state


def _tensors_of(state: Tensors) -> Tensors:
    """Undo `_state_of`."""
    tensors: Tensors = {}
    for name, values in state.items():
        part, _, kind = name.rpartition(".")
        if kind.startswith("bias_hh"):
            continue
        if kind.startswith("bias_ih"):
            other = _of_state(state, f"{part}.bias_hh_l0")
            tensors[f"{part}.bias"] = np.atleast_2d(values + other)
        elif kind.startswith("weight_"):
            tensors[f"{part}.{'input' if kind.startswith('weight_ih') else 'recurrent'}"] = np.ascontiguousarray(
                values.T
            )
        else:
            tensors[name] = np.atleast_2d(values) if kind == "bias" else np.ascontiguousarray(values.T)
    for name in ("encoder.0.recurrent", "decoder.0.recurrent", "output.weight", "output.bias"):
        _of_state(tensors, name)
    return tensors


def _of_state(state: Tensors, name: str) -> NDArray[np.float32]:
    if name not in state:
        raise InvalidArgument(f"from_torch: state has no {name!r}; it has {', '.join(sorted(state))}")
    return state[name]


def _units(tensors: Tensors, part: str) -> list[int]:
    """Units of the layers, which are numbered from 0."""
    n_layers = sum(name.startswith(f"{part}.") and name.endswith(".recurrent") for name in tensors)
    return [_of_state(tensors, f"{part}.{k}.recurrent").shape[0] for k in range(n_layers)]


def _vector(values: ArrayLike | None, n: int, default: float) -> NDArray[np.float64]:
    return np.full(n, default) if values is None else np.ascontiguousarray(values, dtype=np.float64).ravel()
