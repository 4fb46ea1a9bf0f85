# SPDX-License-Identifier: MIT
"""LightGBM's models as ours, from a live object, its text or its dumped JSON; lightgbm itself is not imported."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plantwright import _core
from plantwright.core import InvalidArgument
from plantwright.forest import BoostedTreesClassifier, BoostedTreesRegressor
from plantwright.integrations._trees import BinaryTree, at_most, forest_arrays, labels_of, schema_of

WHO = "from_lightgbm"
ZERO = 1e-35  # what LightGBM takes for zero: |x| <= 1e-35 as float
IDENTITY = ("regression", "regression_l1", "huber", "fair", "quantile", "mape", "lambdarank", "rank_xendcg", "none", "")
EXPONENTIAL = ("poisson", "gamma", "tweedie")
MISSING = ("None", "Zero", "NaN")


def from_lightgbm(model: Any, *, classes: ArrayLike | None = None) -> BoostedTreesRegressor | BoostedTreesClassifier:
    """Take over a model of LightGBM.

    Parameters
    ----------
    model : lightgbm.Booster, lightgbm.LGBMModel, str, dict or path-like
        A trained booster or scikit-learn wrapper, the text of ``model_to_string()`` or the path of what
        ``save_model`` wrote, or the dict (or its JSON) of ``dump_model()``. Where training stopped early, the best
        iteration is the last.
    classes : array-like of shape (n_classes,), optional
        Labels of the classes; by default the wrapper's, or 0, 1, ...

    Returns
    -------
    BoostedTreesClassifier
        For binary, multiclass and multiclassova; `predict_raw` gives the raw score.
    BoostedTreesRegressor
        For the other objectives, whose link is applied; for one of the user's own, the raw score.

    Raises
    ------
    InvalidArgument
        For objectives or trees (linear leaves, categories beyond 65,534) that have no form here.

    Notes
    -----
    LightGBM compares float64, the forests here compare float32: thresholds become the largest float32 not above them,
    so every feature that is a float32 is decided alike. A float64 that lies within its rounding to float32 of a
    threshold may go the other way. What LightGBM does with missing values (none seen: as 0; NaN; zero as missing) is
    kept; a split at which zero as missing would need a third branch is refused. Features of categories take the whole
    numbers that LightGBM saw (of a pandas table, the categories' codes); a number that is not whole is no category
    here, while LightGBM cuts it off.

    Examples
    --------
    See `BoostedTreesRegressor`.
    """
    text_or_dict, labels = _content(model)
    try:
        header, trees = _from_dump(text_or_dict) if isinstance(text_or_dict, dict) else _from_text(text_or_dict)
        return _convert(header, trees, classes if classes is not None else labels)
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise InvalidArgument(f"{WHO}: the model is not as LightGBM writes it: {error!r}") from None


def _content(model: Any) -> tuple[str | dict[str, Any], Any]:
    """The model's text or parsed JSON, and the labels that a wrapper knows."""
    labels = getattr(model, "classes_", None) if hasattr(model, "booster_") else None
    model = model.booster_ if hasattr(model, "booster_") else model
    if hasattr(model, "model_to_string"):
        return str(model.model_to_string()), labels
    if isinstance(model, os.PathLike) or (isinstance(model, str) and "\n" not in model and not model.startswith("{")):
        model = Path(model).read_text(encoding="utf-8")
    if isinstance(model, str) and model.lstrip().startswith("{"):
        model = json.loads(model)
    if isinstance(model, dict) and "tree_info" in model:
        return model, labels
    if isinstance(model, str) and model.startswith("tree\n"):
        return model, labels
    raise InvalidArgument(
        f"{WHO}: model must be a Booster, a wrapper, or what save_model or dump_model gave, got "
        f"{'text that is none' if isinstance(model, str) else f'a {type(model).__name__}'}"
    )


def _convert(
    header: dict[str, Any], trees: list[BinaryTree], classes: Any
) -> BoostedTreesRegressor | BoostedTreesClassifier:
    n_raw = int(header["num_tree_per_iteration"])
    link, scale, n_classes = _link(str(header["objective"]), n_raw)
    arrays = forest_arrays(trees, int(header["max_feature_idx"]) + 1, WHO)
    arrays["tree_output"] = (np.arange(len(trees)) % n_raw).astype(np.int32)
    arrays["base"] = np.zeros(n_raw)
    labels = labels_of(classes, None, n_classes, WHO) if n_classes else None
    built = _core.BoostedTrees.from_arrays(
        arrays,
        link=link,
        classes=[] if labels is None else [str(label) for label in labels.tolist()],
        schema=schema_of(_names(header["feature_names"])),
        link_scale=scale,
        mean=bool(header["average_output"]),
        origin=f"lightgbm {header['objective']}".rstrip(),
    )
    return BoostedTreesRegressor._of(built) if labels is None else BoostedTreesClassifier._of(built, labels)


def _names(names: list[str]) -> list[str] | None:
    """Names that the user gave; none where LightGBM made them up."""
    return None if names == [f"Column_{i}" for i in range(len(names))] else names


def _link(objective: str, n_raw: int) -> tuple[str, float, int]:
    """Link, its scale, and the number of classes (0: a number is predicted)."""
    word, *options = objective.split() or [""]
    values = dict(option.split(":", 1) for option in options if ":" in option)
    scale = float(values.get("sigmoid", 1))
    if word == "multiclass":
        return "softmax", 1.0, n_raw
    if word == "multiclassova":
        return "one_versus_rest", scale, n_raw
    if word == "binary":
        return "logistic", scale, 2
    if n_raw == 1 and word == "cross_entropy":
        return "logistic", 1.0, 0
    if n_raw == 1 and word in EXPONENTIAL:
        return "exponential", 1.0, 0
    if n_raw == 1 and word in IDENTITY:
        return ("signed_square" if "sqrt" in options else "identity"), 1.0, 0
    allowed = ", ".join([*IDENTITY[:-2], *EXPONENTIAL, "binary", "cross_entropy", "multiclass", "multiclassova"])
    raise InvalidArgument(f"{WHO}: objective must be one of {allowed}, or one's own of one output, got {objective!r}")


def _fields(block: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in block.splitlines() if "=" in line)


def _from_text(text: str) -> tuple[dict[str, Any], list[BinaryTree]]:
    head, *blocks = text.split("\nend of trees", 1)[0].split("\nTree=")
    fields = _fields(head)
    header: dict[str, Any] = {
        "num_tree_per_iteration": fields["num_tree_per_iteration"],
        "max_feature_idx": fields["max_feature_idx"],
        "objective": fields.get("objective", ""),
        "feature_names": fields["feature_names"].split(),
        "average_output": "average_output" in head.splitlines(),
    }
    return header, [_tree_of_text(_fields("index=" + block)) for block in blocks]


def _numbers(fields: dict[str, str], name: str, kind: type) -> NDArray[Any]:
    try:
        return np.asarray([kind(word) for word in fields[name].split()])
    except ValueError:
        raise InvalidArgument(f"{WHO}: {name} must be numbers, got {fields[name][:40]!r}") from None


def _tree_of_text(fields: dict[str, str]) -> BinaryTree:
    """Leaves are numbered after the splits here; LightGBM writes them as ~leaf."""
    n_leaves, n_splits = int(fields["num_leaves"]), int(fields["num_leaves"]) - 1
    _refuse_linear(fields.get("is_linear", "0") == "1")
    value = _numbers(fields, "leaf_value", float)
    count = _numbers(fields, "leaf_count", int) if fields.get("leaf_count") else np.ones(n_leaves, dtype=np.int64)
    if n_splits == 0:
        none = np.zeros(0)
        return _assemble(none, none, none, none, np.zeros((0, 2)), value[:1], count[:1])
    kind = _numbers(fields, "decision_type", int)
    children = np.stack([_numbers(fields, "left_child", int), _numbers(fields, "right_child", int)], axis=1)
    children = np.where(children < 0, n_splits + ~children, children)
    default_left, missing = (kind & 2) != 0, (kind >> 2) & 3
    feature, threshold = _numbers(fields, "split_feature", int), _numbers(fields, "threshold", float)
    levels = _levels_of_text(fields, kind, threshold) if (kind & 1).any() else {}
    return _assemble(feature, threshold, default_left, missing, children, value, count, levels)


def _levels_of_text(
    fields: dict[str, str], kind: NDArray[Any], threshold: NDArray[Any]
) -> dict[int, NDArray[np.int64]]:
    """A split of categories has the number of its bitset for a threshold."""
    bounds, words = _numbers(fields, "cat_boundaries", int), _numbers(fields, "cat_threshold", int)
    levels = {}
    for split in np.flatnonzero(kind & 1).tolist():
        at = int(threshold[split])
        bits = words[bounds[at] : bounds[at + 1]].astype("<u4").view(np.uint8)
        levels[split] = np.flatnonzero(np.unpackbits(bits, bitorder="little"))
    return levels


def _from_dump(dump: dict[str, Any]) -> tuple[dict[str, Any], list[BinaryTree]]:
    return {**dump, "objective": dump.get("objective", "")}, [_tree_of_dump(tree) for tree in dump["tree_info"]]


def _tree_of_dump(tree: dict[str, Any]) -> BinaryTree:
    """Splits first, then leaves, each in the order of a walk that goes left first."""
    splits: list[dict[str, Any]] = []
    leaves: list[dict[str, Any]] = []
    stack, parents = [tree["tree_structure"]], {}
    while stack:
        node = stack.pop()
        if "leaf_value" in node:
            parents[id(node)] = ~len(leaves)
            leaves.append(node)
        else:
            parents[id(node)] = len(splits)
            splits.append(node)
            stack += [node["right_child"], node["left_child"]]
    _refuse_linear(any("leaf_coeff" in leaf for leaf in leaves))
    n_splits = len(splits)
    by_levels = [split["decision_type"] == "==" for split in splits]
    levels = {k: _listed(split["threshold"]) for k, split in enumerate(splits) if by_levels[k]}
    children = np.asarray([[parents[id(s["left_child"])], parents[id(s["right_child"])]] for s in splits]).reshape(
        -1, 2
    )
    return _assemble(
        np.asarray([s["split_feature"] for s in splits]),
        np.asarray([0 if of_levels else s["threshold"] for s, of_levels in zip(splits, by_levels, strict=True)], float),
        np.asarray([s["default_left"] for s in splits], dtype=bool),
        np.asarray([MISSING.index(s["missing_type"]) for s in splits]),
        np.where(children < 0, n_splits + ~children, children),
        np.asarray([leaf["leaf_value"] for leaf in leaves], dtype=np.float64),
        np.asarray([leaf.get("leaf_count", 1) for leaf in leaves], dtype=np.int64),
        levels,
    )


def _listed(text: str) -> NDArray[np.int64]:
    try:
        return np.asarray([int(word) for word in text.split("||")], dtype=np.int64)
    except ValueError:
        raise InvalidArgument(f"{WHO}: categories must be numbers, got {text[:40]!r}") from None


def _refuse_linear(linear: bool) -> None:
    if linear:
        raise InvalidArgument(f"{WHO}: leaves must hold one number, got linear leaves (linear_tree=True)")


def _assemble(
    feature: NDArray[Any],
    threshold: NDArray[Any],
    default_left: NDArray[Any],
    missing: NDArray[Any],
    children: NDArray[Any],
    value: NDArray[Any],
    count: NDArray[Any],
    levels: dict[int, NDArray[np.int64]] | None = None,
) -> BinaryTree:
    """Splits, then leaves. By a split of categories what is listed goes left, all else and NaN to the right."""
    n_splits, n_leaves = len(feature), len(value)
    leaf, nothing = np.full(n_leaves, -1), np.zeros(n_splits)
    by_levels = np.isin(np.arange(n_splits), list(levels or ()))
    threshold, missing = np.where(by_levels, 0.0, threshold), np.where(by_levels, MISSING.index("NaN"), missing)
    default_left = np.asarray(default_left, dtype=bool) & ~by_levels
    return BinaryTree(
        feature=np.concatenate([feature, leaf]).astype(np.int32),
        threshold=np.concatenate([at_most(threshold), leaf]).astype(np.float32),
        left=np.concatenate([children[:, 0], leaf]).astype(np.int32),
        right=np.concatenate([children[:, 1], leaf]).astype(np.int32),
        missing_left=np.concatenate([_missing_left(threshold, default_left, missing), leaf > 0]).astype(bool),
        value=np.concatenate([nothing, value]).astype(np.float64),
        weight=np.concatenate([nothing, count]).astype(np.float64),
        rows=np.concatenate([nothing, count]).astype(np.int64),
        levels=levels or {},
    )


def _missing_left(threshold: NDArray[Any], default_left: NDArray[Any], missing: NDArray[Any]) -> NDArray[np.bool_]:
    """Where NaN goes: as 0 where none was seen, else by default; zero as missing must agree with the threshold."""
    as_zero = missing == MISSING.index("Zero")
    apart = as_zero & np.where(default_left, threshold < ZERO, threshold >= -ZERO)
    if apart.any():
        raise InvalidArgument(f"{WHO}: zero_as_missing parts zero from its neighbours at a split; train without it")
    return np.where(missing == MISSING.index("None"), threshold >= 0, default_left).astype(bool)
