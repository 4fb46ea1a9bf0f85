# SPDX-License-Identifier: MIT
"""What detectors on windows take: tables, arrays of rows, and arrays of windows that stand apart."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import _check_feature_names, check_is_fitted, validate_data

from plantwright.core import InvalidArgument
from plantwright.frame import Frame, as_frame, has_names

FLOATS = [np.float64, np.float32]
Taken = tuple[Any, int]  # what the compiled side takes, and the rows of a window where windows stand apart, or 0


def are_windows(X: Any) -> bool:
    """Whether X has three dimensions."""
    return bool((np.ndim(X) if isinstance(X, list | tuple) else getattr(X, "ndim", 2)) == 3)


def windows_of(who: str, X: Any) -> Taken:
    """Give windows of shape (n_windows, window, n_features) as rows one below the other."""
    array = np.asarray(X)
    if array.dtype not in FLOATS:
        array = array.astype(np.float64)
    n_windows, window, n_features = array.shape
    if min(array.shape) == 0:
        raise InvalidArgument(f"{who}: windows must have rows and features, got an array of shape {array.shape}")
    return np.ascontiguousarray(array).reshape(n_windows * window, n_features), window


class WindowInput:
    """Takes arrays and tables for the compiled model `_model`."""

    _model: Any
    n_features_in_: int

    def __sklearn_is_fitted__(self) -> bool:
        """Say whether there is a compiled model."""
        return getattr(self, "_model", None) is not None

    def __sklearn_tags__(self) -> Any:
        """Say that missing values and arrays of windows are welcome."""
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        tags.input_tags.allow_nan = True
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = []  # codes are float32
        return tags

    def _training_input(self, X: Any) -> Taken:
        """Give what `fit` learns from."""
        if has_names(X):
            return as_frame(X)._core, 0
        if are_windows(X):
            return windows_of(type(self).__name__, X)
        return self._rows(X, reset=True), 0

    def _scored_input(self, X: Any) -> Taken:
        """Give what is scored, checked against what was fitted."""
        check_is_fitted(self)
        by_name = hasattr(self, "feature_names_in_")
        if by_name and has_names(X):
            return as_frame(X)._core, 0
        if are_windows(X) and not has_names(X):
            return windows_of(type(self).__name__, X)
        if isinstance(X, Frame):
            X = X.to_numpy()
        if by_name:
            _check_feature_names(self, X, reset=False)  # warns: the array has no names
            return _plain_rows(X), 0
        return self._rows(X, reset=False), 0

    def _rows(self, X: Any, reset: bool) -> NDArray[Any]:
        """Give a table of floats; infinity is left to the compiled side, which names row and column."""
        return np.asarray(validate_data(self, X, reset=reset, dtype=FLOATS, ensure_all_finite=False))


def _plain_rows(X: Any) -> NDArray[Any]:
    array = np.asarray(X)
    return array if array.dtype in FLOATS else array.astype(np.float64)
