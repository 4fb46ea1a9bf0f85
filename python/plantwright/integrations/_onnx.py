# SPDX-License-Identifier: MIT
"""Forests and autoencoders as ONNX models. Needs the package onnx (the extra "onnx")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from plantwright._core import __version__
from plantwright.core import InvalidArgument
from plantwright.forest import (
    BoostedTreesClassifier,
    BoostedTreesRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from plantwright.integrations._onnx_autoencoder import AutoencoderGraph
from plantwright.neural import LSTMAutoencoder

if TYPE_CHECKING:
    from onnx import ModelProto

OPSET, OPSET_ML = 17, 3  # 3 is the first that holds trees of doubles
OURS = (
    RandomForestRegressor,
    RandomForestClassifier,
    ExtraTreesRegressor,
    ExtraTreesClassifier,
    BoostedTreesRegressor,
    BoostedTreesClassifier,
)


def to_onnx(model: Any) -> ModelProto:
    """Give a fitted forest or LSTM autoencoder as an ONNX model.

    Parameters
    ----------
    model : RandomForest*, ExtraTrees*, BoostedTrees* or LSTMAutoencoder
        Fitted on numbers alone: ONNX takes one array, so categories of a table have no form there.

    Returns
    -------
    onnx.ModelProto
        One input ``X``, float32 of shape (n_rows, n_features), NaN for missing. A regressor has the output
        ``prediction`` (n_rows, n_outputs); a classifier has ``label`` (n_rows,), the class as integer or string, and
        ``probabilities`` (n_rows, n_classes). An autoencoder takes windows in the sensors' units, float32 of shape
        (n_windows, window, n_sensors), and has the outputs ``reconstruction`` in those units, ``code``,
        ``attribution`` (n_windows, n_sensors) and ``score`` (n_windows,).

    Raises
    ------
    InvalidArgument
        If it is no model of these, has category inputs, splits features by levels or is a classifier of
        several outputs.
    NotFittedError
        Before `fit`.
    ImportError
        Without the package onnx: ``pip install plantwright[onnx]``.

    Notes
    -----
    Each row reaches the same leaves as in `predict`: thresholds are the same float32, missing values are tracked, and
    sums are in double; outputs are float32. An autoencoder's outputs agree to about 1e-5. Operators: ai.onnx.ml 3 and
    ai.onnx 17.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> X = np.arange(40.0).reshape(20, 2)
    >>> forest = pw.RandomForestRegressor(n_estimators=10, random_state=0).fit(X, X[:, 0])
    >>> model = pw.to_onnx(forest)  # doctest: +SKIP
    >>> onnx.save(model, "forest.onnx")  # doctest: +SKIP
    """
    if isinstance(model, LSTMAutoencoder):
        check_is_fitted(model)
        made: ModelProto = AutoencoderGraph(_onnx(), model).model()
        return made
    if not isinstance(model, OURS):
        allowed = ", ".join(cls.__name__ for cls in (*OURS, LSTMAutoencoder))
        raise InvalidArgument(f"to_onnx: model must be a {allowed}, got a {type(model).__name__}")
    check_is_fitted(model)
    if any(len(ranks) for ranks in model._model.level_ranks):
        raise InvalidArgument("to_onnx: the forest has category inputs, which one array of numbers cannot hold")
    if len(model._model.n_levels):
        raise InvalidArgument("to_onnx: ai.onnx.ml 3 has no form for splits of categories by levels")
    if getattr(model, "n_outputs_", 1) > 1 and hasattr(model, "classes_"):
        raise InvalidArgument(f"to_onnx: a classifier must have one output, got {model.n_outputs_}")
    return _Graph(_onnx(), model).model()


def _onnx() -> Any:
    try:
        import onnx
    except ImportError:
        raise ImportError("to_onnx needs the package onnx: pip install plantwright[onnx]") from None
    return onnx


class _Graph:
    """The nodes of one ONNX graph, in order."""

    def __init__(self, onnx: Any, model: Any) -> None:
        self.onnx, self.source = onnx, model
        self.how: dict[str, Any] = model._combination()
        self.classes: NDArray[Any] | None = getattr(model, "classes_", None)
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def add(self, operator: str, inputs: list[str], outputs: list[str], domain: str = "", **attributes: Any) -> str:
        self.nodes.append(self.onnx.helper.make_node(operator, inputs, outputs, domain=domain, **attributes))
        return outputs[0]

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self.constants.append(self.onnx.numpy_helper.from_array(value, name))
        return name

    def doubles(self, name: str, values: NDArray[Any]) -> Any:
        values = np.ascontiguousarray(values, dtype=np.float64).ravel()
        return self.onnx.helper.make_tensor(name, self.onnx.TensorProto.DOUBLE, [len(values)], values)

    def model(self) -> ModelProto:
        helper, proto = self.onnx.helper, self.onnx.TensorProto
        self.add("Cast", ["X"], ["X_double"], to=proto.DOUBLE)
        outputs = self.regression() if self.classes is None else self.classification(self.classes)
        rows = helper.make_tensor_value_info("X", proto.FLOAT, ["n_rows", int(self.source.n_features_in_)])
        graph = helper.make_graph(self.nodes, type(self.source).__name__, [rows], outputs, self.constants)
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", OPSET_ML)]
        made: ModelProto = helper.make_model(
            graph, opset_imports=opsets, producer_name="plantwright", producer_version=__version__, ir_version=8
        )
        self.onnx.checker.check_model(made)
        return made

    def regression(self) -> list[Any]:
        """Raw sums, then the link."""
        helper, proto = self.onnx.helper, self.onnx.TensorProto
        link = self.how["link"]
        raw = self.trees("prediction" if link == "identity" else "raw")
        if link == "logistic":
            self.add("Sigmoid", [self.scaled(raw)], ["prediction"])
        elif link == "exponential":
            self.add("Exp", [raw], ["prediction"])
        elif link == "signed_square":
            self.add("Mul", [raw, self.add("Abs", [raw], ["size"])], ["prediction"])
        return [helper.make_tensor_value_info("prediction", proto.FLOAT, ["n_rows", len(self.how["base"])])]

    def classification(self, classes: NDArray[Any]) -> list[Any]:
        """Probabilities and the likeliest class."""
        helper, proto = self.onnx.helper, self.onnx.TensorProto
        link = self.how["link"]
        if link == "identity" and len(classes) > 2:
            self.class_trees(classes)
        else:
            raw = self.trees("probabilities" if link == "identity" else "raw")
            if link == "identity":  # two shares: runtimes differ in how TreeEnsembleClassifier labels two classes
                probability = raw
            elif link == "softmax":
                probability = self.add("Softmax", [raw], ["probabilities"], axis=1)
            elif link == "one_versus_rest":
                probability = self.add("Sigmoid", [self.scaled(raw)], ["probabilities"])
            else:
                second = self.add("Sigmoid", [self.scaled(raw)], ["second"])
                first = self.add("Sub", [self.constant("one", np.ones(1, np.float32)), second], ["first"])
                probability = self.add("Concat", [first, second], ["probabilities"], axis=1)
            best = self.add("ArgMax", [probability], ["best"], axis=1, keepdims=0)
            self.add("Gather", [self.constant("classes", _labels(classes)), best], ["label"])
        kind = proto.INT64 if _labels(classes).dtype == np.int64 else proto.STRING
        return [
            helper.make_tensor_value_info("label", kind, ["n_rows"]),
            helper.make_tensor_value_info("probabilities", proto.FLOAT, ["n_rows", len(classes)]),
        ]

    def scaled(self, raw: str) -> str:
        if self.how["link_scale"] == 1:
            return raw
        return self.add(
            "Mul", [raw, self.constant("scale", np.asarray([self.how["link_scale"]], np.float32))], ["scaled"]
        )

    def trees(self, output: str) -> str:
        """Sums of leaf values from the base, for each raw output."""
        nodes, leaves = _tree_attributes(self.source, self.how)
        weights = leaves.pop("weights")
        return self.add(
            "TreeEnsembleRegressor",
            ["X_double"],
            [output],
            domain="ai.onnx.ml",
            n_targets=len(self.how["base"]),
            aggregate_function="SUM",
            base_values_as_tensor=self.doubles("base", self.how["base"]),
            nodes_values_as_tensor=self.doubles("values", nodes.pop("values")),
            target_weights_as_tensor=self.doubles("weights", weights),
            **{f"nodes_{name}": value for name, value in nodes.items()},
            **{f"target_{name}": value for name, value in leaves.items()},
        )

    def class_trees(self, classes: NDArray[Any]) -> None:
        """Mean shares of the classes; the likeliest is found in double."""
        nodes, leaves = _tree_attributes(self.source, self.how)
        weights, labels = leaves.pop("weights"), _labels(classes)
        kind = "classlabels_int64s" if labels.dtype == np.int64 else "classlabels_strings"
        self.add(
            "TreeEnsembleClassifier",
            ["X_double"],
            ["label", "probabilities"],
            domain="ai.onnx.ml",
            nodes_values_as_tensor=self.doubles("values", nodes.pop("values")),
            class_weights_as_tensor=self.doubles("weights", weights),
            **{kind: labels.tolist()},
            **{f"nodes_{name}": value for name, value in nodes.items()},
            **{f"class_{name}": value for name, value in leaves.items()},
        )


def _labels(classes: NDArray[Any]) -> NDArray[Any]:
    """Labels that ONNX can hold: integers (booleans too) or text."""
    if classes.dtype.kind in "iub":
        return classes.astype(np.int64)
    return np.asarray([str(label) for label in classes.tolist()], dtype=object)


def _tree_attributes(source: Any, how: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Attributes of all nodes, and of the values of all leaves."""
    model, n_outputs = source._model, len(how["base"])
    per_output = model.n_trees if how["tree_output"] is None else model.n_trees // n_outputs
    scale = 1.0 / per_output if how["aggregation"] == "mean" else 1.0
    nodes: dict[str, list[Any]] = {}
    leaves: dict[str, list[Any]] = {}
    for i in range(model.n_trees):
        arrays = model.tree(i)
        ids, leaf = np.arange(len(arrays["feature"])), arrays["children_left"] < 0
        _append(
            nodes,
            treeids=np.full(len(ids), i),
            nodeids=ids,
            featureids=np.where(leaf, 0, arrays["feature"]),
            modes=np.where(leaf, "LEAF", "BRANCH_LEQ"),
            values=arrays["threshold"],
            truenodeids=np.where(leaf, 0, arrays["children_left"]),
            falsenodeids=np.where(leaf, 0, arrays["children_right"]),
            missing_value_tracks_true=np.where(leaf, 0, arrays["missing_go_left"]),
        )
        outputs = np.arange(n_outputs) if how["tree_output"] is None else np.asarray([how["tree_output"][i]])
        _append(
            leaves,
            treeids=np.full(leaf.sum() * len(outputs), i),
            nodeids=np.repeat(ids[leaf], len(outputs)),
            ids=np.tile(outputs, leaf.sum()),
            weights=arrays["value"][leaf].ravel() * scale,
        )
    as_lists = {name: np.concatenate(parts) for name, parts in nodes.items()}
    attributes = {name: part if name == "values" else part.tolist() for name, part in as_lists.items()}
    of_leaves = {name: np.concatenate(parts) for name, parts in leaves.items()}
    return attributes, {name: part if name == "weights" else part.tolist() for name, part in of_leaves.items()}


def _append(lists: dict[str, list[Any]], **arrays: NDArray[Any]) -> None:
    for name, array in arrays.items():
        lists.setdefault(name, []).append(array)
