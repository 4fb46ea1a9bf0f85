# SPDX-License-Identifier: MIT
"""scikit-learn's parameters of a forest, checked and handed to the compiled side."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from plantwright.core import InvalidArgument

REGRESSION_CRITERIA = ("squared_error", "absolute_error", "poisson")
CLASSIFICATION_CRITERIA = ("gini", "entropy", "log_loss")
SPLITTERS = ("fast", "exact")
CATEGORY_SPLITS = ("node", "once")


def _refuse(estimator: str, parameter: str, got: Any, allowed: str) -> InvalidArgument:
    return InvalidArgument(f"{estimator}: {parameter} must be {allowed}, got {got!r}")


def _is_integer(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _integer(estimator: str, parameter: str, value: Any, low: int) -> int:
    if not _is_integer(value) or value < low:
        raise _refuse(estimator, parameter, value, f"an integer of at least {low}")
    return int(value)


def _optional_integer(estimator: str, parameter: str, value: Any, low: int) -> int | None:
    return None if value is None else _integer(estimator, parameter, value, low)


def _number(estimator: str, parameter: str, value: Any, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, Real) or not low <= float(value) <= high:
        raise _refuse(estimator, parameter, value, f"a number in [{low:g}, {high:g}]")
    return float(value)


def _rows(estimator: str, parameter: str, value: Any, low: int, high: float) -> int | float:
    """A count of rows as int, or a share of them as float in (0, high]."""
    if _is_integer(value) and value >= low:
        return int(value)
    if isinstance(value, Real) and not isinstance(value, (bool, Integral)) and 0 < float(value) <= high:
        return float(value)
    raise _refuse(estimator, parameter, value, f"an integer of at least {low} or a float in (0, {high:g}]")


def _max_features(estimator: str, value: Any) -> str | int | float | None:
    if value is None or value in ("sqrt", "log2") or (_is_integer(value) and value >= 1):
        return int(value) if _is_integer(value) else value  # type: ignore[no-any-return]
    if isinstance(value, Real) and not isinstance(value, (bool, Integral)) and 0 < float(value) <= 1:
        return float(value)
    raise _refuse(
        estimator, "max_features", value, "'sqrt', 'log2', None, an integer of at least 1 or a float in (0, 1]"
    )


def _choice(estimator: str, parameter: str, value: Any, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise _refuse(estimator, parameter, value, "one of " + ", ".join(repr(word) for word in allowed))
    return str(value)


def _monotonic(estimator: str, constraints: Any) -> list[int] | None:
    """One of -1, 0, 1 a feature; the compiled side knows how many there are."""
    if constraints is None:
        return None
    numbers = np.asarray(constraints)
    if numbers.ndim != 1 or numbers.dtype.kind not in "iuf" or not np.isin(numbers, (-1, 0, 1)).all():
        raise _refuse(estimator, "monotonic_cst", constraints, "None or one of -1, 0 and 1 a feature")
    return [int(number) for number in numbers]


def categorical_of(forest: Any, n_features: int, names: Sequence[str] | None) -> list[int]:
    """Give the places of `categorical_features` among the features, which have names in a table.

    Raises
    ------
    InvalidArgument
        If one is none of the features, or the list is of another kind.
    """
    wanted = forest.categorical_features
    if wanted is None:
        return []
    who, entries = type(forest).__name__, np.asarray(wanted)
    if entries.ndim != 1 or (entries.size > 0 and entries.dtype.kind not in "biuUSO"):
        raise _refuse(who, "categorical_features", wanted, "None or a list of places, names, or one bool a feature")
    if entries.dtype.kind == "b":
        if len(entries) != n_features:
            raise _refuse(who, "categorical_features", wanted, f"one bool a feature, of which there are {n_features}")
        return [int(place) for place in np.flatnonzero(entries)]
    return sorted({_place_of(who, entry, n_features, names) for entry in entries.tolist()})


def _place_of(who: str, feature: Any, n_features: int, names: Sequence[str] | None) -> int:
    if _is_integer(feature):
        if not 0 <= feature < n_features:
            raise _refuse(who, "categorical_features", feature, f"from 0 to {n_features - 1}")
        return int(feature)
    if names is None:
        raise _refuse(who, "categorical_features", feature, "a place where the features have no names")
    if feature not in names:
        raise _refuse(who, "categorical_features", feature, f"among the features {', '.join(map(repr, names))}")
    return list(names).index(feature)


def seed_of(random_state: Any) -> int:
    """Turn a scikit-learn `random_state` into the seed of our streams; an integer is the seed itself."""
    if _is_integer(random_state):
        if random_state < 0:
            raise InvalidArgument(f"random_state must not be negative, got {random_state}")
        return int(random_state)
    return int(check_random_state(random_state).randint(np.iinfo(np.int32).max))


def tree_range_of(forest: Any, tree_range: Any) -> tuple[int, int] | None:
    """Check the `tree_range` that `fit` was given."""
    if tree_range is None:
        return None
    if forest.warm_start:
        raise InvalidArgument(f"{type(forest).__name__}: tree_range and warm_start=True exclude each other")
    try:
        first, last = tree_range
    except (TypeError, ValueError):
        raise _refuse(type(forest).__name__, "tree_range", tree_range, "a pair of integers or None") from None
    if not (_is_integer(first) and _is_integer(last) and 0 <= first < last <= forest.n_estimators):
        allowed = f"(first, last) with 0 <= first < last <= n_estimators = {forest.n_estimators}"
        raise _refuse(type(forest).__name__, "tree_range", tree_range, allowed)
    return int(first), int(last)


def options_of(forest: Any, criteria: tuple[str, ...]) -> dict[str, Any]:
    """Check the parameters of `forest` and return the compiled side's keyword arguments.

    Raises
    ------
    InvalidArgument
        If a parameter is out of range; the message names the estimator, the parameter and what is allowed.
    """
    name = type(forest).__name__
    bootstrap = bool(forest.bootstrap)
    if forest.oob_score and not bootstrap:
        raise InvalidArgument(f"{name}: oob_score needs bootstrap=True: without it no row is out of bag")
    if forest.max_samples is not None and not bootstrap:
        raise InvalidArgument(f"{name}: max_samples needs bootstrap=True, got max_samples={forest.max_samples!r}")
    return {
        "n_estimators": _integer(name, "n_estimators", forest.n_estimators, 1),
        "criterion": _choice(name, "criterion", forest.criterion, criteria),
        "max_depth": _optional_integer(name, "max_depth", forest.max_depth, 1),
        "min_samples_split": _rows(name, "min_samples_split", forest.min_samples_split, 2, 1.0),
        "min_samples_leaf": _rows(name, "min_samples_leaf", forest.min_samples_leaf, 1, 1.0),
        "min_weight_fraction_leaf": _number(name, "min_weight_fraction_leaf", forest.min_weight_fraction_leaf, 0, 0.5),
        "max_features": _max_features(name, forest.max_features),
        "max_leaf_nodes": _optional_integer(name, "max_leaf_nodes", forest.max_leaf_nodes, 2),
        "min_impurity_decrease": _number(name, "min_impurity_decrease", forest.min_impurity_decrease, 0, np.inf),
        "bootstrap": bootstrap,
        "max_samples": None if forest.max_samples is None else _rows(name, "max_samples", forest.max_samples, 1, 1.0),
        "oob_score": bool(forest.oob_score),
        "random_state": seed_of(forest.random_state),
        "n_jobs": None if forest.n_jobs is None else int(forest.n_jobs),
        "splitter": forest._splitter or _choice(name, "splitter", forest.splitter, SPLITTERS),
        "ccp_alpha": _number(name, "ccp_alpha", forest.ccp_alpha, 0, np.inf),
        "monotonic_cst": _monotonic(name, forest.monotonic_cst),
        "quantiles": bool(getattr(forest, "quantiles", False)),
        "category_splits": _choice(name, "category_splits", forest.category_splits, CATEGORY_SPLITS),
    }
