# SPDX-License-Identifier: MIT
"""Fitting the estimator of a model: one of this library, or another that becomes one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.base import clone

from plantwright.core import InvalidArgument
from plantwright.frame import Frame

_CONVERTERS: list[tuple[Callable[[Any], bool], Callable[[Any], Any]]] = []


def register_converter(accepts: Callable[[Any], bool], convert: Callable[[Any], Any]) -> None:
    """Let models take the estimators that `accepts` says; `convert` makes a fitted one ours."""
    _CONVERTERS.append((accepts, convert))


def fit_estimator(estimator: Any, ready: Frame, target: str | None, weights: dict[str, Any]) -> Any:
    """Give the estimator, cloned and fitted on the table that the steps made, as one of this library."""
    if is_ours(estimator):
        return clone(estimator).fit(ready, **weights)
    inputs = ready.schema.input_names
    for name in inputs:
        if ready.schema[name].kind != "number":
            raise InvalidArgument(
                f"Model: {type(estimator).__name__} takes numbers, but column {name!r} is a category: encode it first"
            )
    y = () if target is None else (np.asarray(ready[target]),)
    theirs = clone(estimator).fit(ready.to_numpy(inputs, dtype=np.float32), *y, **weights)
    theirs.feature_names_in_ = np.asarray(inputs, dtype=object)
    return _converter_of(estimator)(theirs)


def is_ours(estimator: Any) -> bool:
    """Whether it is an estimator of this library."""
    return hasattr(estimator, "_plw_model_class")


def require_known(estimator: Any) -> None:
    """Refuse what is neither ours nor becomes so."""
    if not is_ours(estimator):
        _converter_of(estimator)


def _converter_of(estimator: Any) -> Callable[[Any], Any]:
    for accepts, convert in _CONVERTERS:
        if estimator is not None and accepts(estimator):
            return convert
    raise InvalidArgument(
        "Model: estimator must be a forest of plantwright, or a forest or tree of scikit-learn, got "
        f"{type(estimator).__name__}"
    )
