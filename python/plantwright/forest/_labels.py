# SPDX-License-Identifier: MIT
"""Labels of one output or several, and the class numbers that the compiled side takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d

from plantwright.core import InvalidArgument


class Columns(list[NDArray[Any]]):
    """Several targets as columns, not as rows."""


@dataclass(frozen=True)
class Labels:
    """The classes of each output, sorted, and each row's class numbers, ``(n_rows,)`` or ``(n_rows, n_outputs)``."""

    classes: list[NDArray[Any]]
    codes: NDArray[np.int32]

    @classmethod
    def of(cls, y: Any) -> Labels:
        """Take one column, a table of several, or `Columns`."""
        if issparse(y):
            raise ValueError("y must be dense: sparse labels are not supported")
        columns = y if isinstance(y, Columns) else _columns_of(y)
        classes, codes = zip(*(_numbered(column) for column in columns), strict=True)
        return cls(list(classes), codes[0] if len(columns) == 1 else np.ascontiguousarray(np.column_stack(codes)))

    @property
    def names(self) -> list[str] | list[list[str]]:
        """The classes as text, as the compiled side keeps them."""
        names = [names_of(classes) for classes in self.classes]
        return names[0] if len(names) == 1 else names

    def of_output(self, k: int) -> NDArray[np.int32]:
        return self.codes if self.codes.ndim == 1 else self.codes[:, k]

    def class_weight(self, forest: Any) -> list[float] | str | None:
        """Weight of each output's classes in order; what depends on each tree's sample is left to the trees."""
        wanted = forest.class_weight
        if wanted is None or (isinstance(wanted, str) and wanted == "balanced_subsample"):
            return wanted
        shared = len(self.classes) == 1 or isinstance(wanted, str)
        of_outputs = [wanted] * len(self.classes) if shared else wanted
        if not isinstance(of_outputs, list) or len(of_outputs) != len(self.classes):
            raise _class_weight_error(forest, len(self.classes))
        weights: list[float] = []
        for k, (own, classes) in enumerate(zip(of_outputs, self.classes, strict=True)):
            if not isinstance(own, dict) and own != "balanced":
                raise _class_weight_error(forest, len(self.classes))
            weights += compute_class_weight(own, classes=classes, y=classes[self.of_output(k)]).tolist()
        return weights


def names_of(classes: NDArray[Any]) -> list[str]:
    return [str(label) for label in classes.tolist()]


def as_list(classes: NDArray[Any] | Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
    """The classes of each output, however many there are."""
    return [classes] if isinstance(classes, np.ndarray) else list(classes)


def one_or_list(parts: list[Any]) -> Any:
    """One output's part as such, those of several as a list: scikit-learn's way."""
    return parts[0] if len(parts) == 1 else parts


def titles_of(classes: NDArray[Any] | Sequence[NDArray[Any]]) -> list[str]:
    """The classes as text; of several outputs with the output's number, as the compiled explainers name them."""
    outputs = as_list(classes)
    if len(outputs) == 1:
        return names_of(outputs[0])
    return [f"output {k}: {name}" for k, own in enumerate(outputs) for name in names_of(own)]


def _class_weight_error(forest: Any, n_outputs: int) -> InvalidArgument:
    dicts = "a dict" if n_outputs == 1 else f"a list of {n_outputs} dicts (one an output)"
    return InvalidArgument(
        f"{type(forest).__name__}: class_weight must be {dicts}, 'balanced', 'balanced_subsample' or None, "
        f"got {forest.class_weight!r}"
    )


def _columns_of(y: Any) -> list[Any]:
    table = np.asarray(y)
    if table.ndim != 2 or table.shape[1] == 1:
        return [column_or_1d(y, warn=True)]
    if table.shape[1] == 0:
        raise ValueError(f"y must have at least 1 column, got an array of shape {table.shape}")
    return list(table.T)


def _numbered(y: Any) -> tuple[NDArray[Any], NDArray[np.int32]]:
    y = np.asarray(y)
    missing = np.asarray([label is None or label != label for label in y]) if y.dtype == object else None
    if missing is not None and missing.any():
        raise ValueError(f"Input y contains NaN: {int(missing.sum())} of {len(y)} labels are missing")
    check_classification_targets(y)
    classes, codes = np.unique(y, return_inverse=True)
    return classes, codes.astype(np.int32)
