# SPDX-License-Identifier: MIT
"""LSTM autoencoders as ONNX models."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from plantwright._core import __version__
from plantwright.neural import LSTMAutoencoder

OPSET = 17
FURTHEST = 1e15  # standard deviations; what is farther off counts as this, as in our own scoring
GATES = (0, 3, 1, 2)  # ONNX has them as i, o, f, g


class AutoencoderGraph:
    """From windows in the sensors' units to reconstruction, code, shares and score."""

    def __init__(self, onnx: Any, model: LSTMAutoencoder) -> None:
        self.onnx, self.core = onnx, model._model
        self.tensors: dict[str, NDArray[np.float32]] = self.core.tensors()
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def add(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self.nodes.append(self.onnx.helper.make_node(operator, inputs, [output], **attributes))
        return output

    def constant(self, name: str, values: Any) -> str:
        self.constants.append(self.onnx.numpy_helper.from_array(np.asarray(values), name))
        return name

    def model(self) -> Any:
        helper, proto = self.onnx.helper, self.onnx.TensorProto
        n_sensors, window = self.core.n_features, self.core.window
        code, z, known = self.encoded()
        guess = self.decoded(code, window)
        self.in_units(guess)
        self.scores(z, guess, known)
        windows = helper.make_tensor_value_info("X", proto.FLOAT, ["n_windows", window, n_sensors])
        sizes = {
            "reconstruction": [window, n_sensors],
            "code": [self.core.bottleneck or self.core.encoder[-1]],
            "attribution": [n_sensors],
            "score": [],
        }
        outputs = [helper.make_tensor_value_info(k, proto.FLOAT, ["n_windows", *size]) for k, size in sizes.items()]
        graph = helper.make_graph(self.nodes, "LSTMAutoencoder", [windows], outputs, self.constants)
        made = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET)],
            producer_name="plantwright",
            producer_version=__version__,
            ir_version=8,
        )
        self.onnx.checker.check_model(made)
        return made

    def encoded(self) -> tuple[str, str, str]:
        """The code, the standardized readings with 0 where missing, and which are there, as 0 and 1."""
        proto = self.onnx.TensorProto
        self.constant("mean", self.core.mean)
        self.constant("scale", self.core.scale)
        wide = self.add("Cast", ["X"], "X_double", to=proto.DOUBLE)
        shifted = self.add("Sub", [wide, "mean"], "X_shifted")
        limits = [self.constant("lowest", -FURTHEST), self.constant("highest", FURTHEST)]
        clipped = self.add("Clip", [self.add("Div", [shifted, "scale"], "X_scaled"), *limits], "X_clipped")
        raw = self.add("Cast", [clipped], "z_or_nan", to=proto.FLOAT)
        missing = self.add("IsNaN", ["X"], "missing")
        z = self.add("Where", [missing, self.constant("zero", np.float32(0)), raw], "z")
        known = self.add("Cast", [self.add("Not", [missing], "there")], "known", to=proto.FLOAT)
        steps = self.add("Transpose", [z], "z_by_step", perm=[1, 0, 2])
        for k in range(len(self.core.encoder)):
            steps, last = self.lstm(f"encoder.{k}", steps)
        if self.core.bottleneck:
            return self.dense("bottleneck", last, "code"), z, known
        return self.add("Identity", [last], "code"), z, known

    def decoded(self, code: str, window: int) -> str:
        """The reconstruction of the standardized readings."""
        repeats = self.constant("repeats", np.array([window, 1, 1], dtype=np.int64))
        one = self.add("Unsqueeze", [code, self.constant("first_axis", np.array([0], dtype=np.int64))], "code_once")
        steps = self.add("Tile", [one, repeats], "code_by_step")
        for k in range(len(self.core.decoder)):
            steps, _ = self.lstm(f"decoder.{k}", steps)
        return self.add("Transpose", [self.dense("output", steps, "guess_by_step")], "guess", perm=[1, 0, 2])

    def lstm(self, name: str, steps: str) -> tuple[str, str]:
        """All states of a layer, (window, n_windows, units), and the last."""
        bias = self.reordered(name, "bias")[:, 0]
        weights = [
            self.constant(f"{name}.W", self.reordered(name, "input")[None]),
            self.constant(f"{name}.R", self.reordered(name, "recurrent")[None]),
            self.constant(f"{name}.B", np.concatenate([bias, np.zeros_like(bias)])[None]),
        ]
        outputs = [f"{name}.Y", f"{name}.Y_h"]
        cell = {"tanh": "Tanh", "relu": "Relu"}[self.core.activation]
        self.nodes.append(
            self.onnx.helper.make_node(
                "LSTM", [steps, *weights], outputs, hidden_size=len(bias) // 4, activations=["Sigmoid", cell, cell]
            )
        )
        axes = [self.constant(f"{name}.{k}_axis", np.array([k], dtype=np.int64)) for k in (1, 0)]
        states = self.add("Squeeze", [outputs[0], axes[0]], f"{name}.states")
        return states, self.add("Squeeze", [outputs[1], axes[1]], f"{name}.last")

    def reordered(self, name: str, kind: str) -> NDArray[np.float32]:
        """(4 units, inputs), gates as ONNX has them."""
        values = self.tensors[f"{name}.{kind}"].T
        return np.ascontiguousarray(np.concatenate([np.split(values, 4)[gate] for gate in GATES]))

    def dense(self, name: str, given: str, output: str) -> str:
        weight = self.constant(f"{name}.weight", self.tensors[f"{name}.weight"])
        bias = self.constant(f"{name}.bias", self.tensors[f"{name}.bias"][0])
        return self.add("Add", [self.add("MatMul", [given, weight], f"{name}.product"), bias], output)

    def in_units(self, guess: str) -> None:
        proto = self.onnx.TensorProto
        wide = self.add("Mul", [self.add("Cast", [guess], "guess_double", to=proto.DOUBLE), "scale"], "guess_scaled")
        self.add("Cast", [self.add("Add", [wide, "mean"], "guess_shifted")], "reconstruction", to=proto.FLOAT)

    def scores(self, z: str, guess: str, known: str) -> None:
        """Shares of the error over the window, or over its last row."""
        error = self.add("Mul", [self.add("Sub", [z, guess], "difference"), known], "error")
        square = self.add("Mul", [error, error], "square")
        if self.core.scoring != "window":
            last = self.constant("last_row", np.array([self.core.window - 1], dtype=np.int64))
            square = self.add("Gather", [square, last], "square_of_last", axis=1)
            known = self.add("Gather", [known, last], "known_of_last", axis=1)
        time = self.constant("time_axis", np.array([1], dtype=np.int64))
        both = self.constant("both_axes", np.array([1, 2], dtype=np.int64))
        count = self.add("ReduceSum", [known, both], "n_readings", keepdims=0)
        column = self.add("Unsqueeze", [count, time], "n_readings_column")
        total = self.add("ReduceSum", [square, time], "square_of_sensor", keepdims=0)
        shares = self.add("Div", [total, column], "attribution")
        self.add("Neg", [self.add("ReduceSum", [shares, time], "mean_error", keepdims=0)], "score")
