# SPDX-License-Identifier: MIT
"""What a fitted forest is asked about: arrays or tables, checked against what it was fitted on."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import check_array
from sklearn.utils.validation import _check_feature_names, check_is_fitted, validate_data

from plantwright import _core
from plantwright.core import InvalidArgument
from plantwright.frame import Frame, as_frame, has_names

FLOATS = [np.float64, np.float32]
_FLOAT64, _FLOAT32 = np.dtype(np.float64), np.dtype(np.float32)


class ForestInput:
    """Takes arrays and tables for the compiled model `_model`."""

    _model: Any
    n_features_in_: int
    n_jobs: int | None

    def __sklearn_is_fitted__(self) -> bool:
        """Say whether there is a compiled model."""
        return getattr(self, "_model", None) is not None

    def _take_input(self, X: Any) -> Any:
        """Give the compiled frame or the array that the model takes, checked against what was fitted."""
        if self._is_plain(X):
            return X
        check_is_fitted(self)
        by_name = hasattr(self, "feature_names_in_")
        if by_name and has_names(X):
            return as_frame(X)._core
        if by_name and any(self._model_levels()):
            raise InvalidArgument(
                f"{type(self).__name__}: fitted on a table with category columns, so it takes a table with the same "
                f"names, got {type(X).__name__}"
            )
        if isinstance(X, Frame):
            X = X.to_numpy()
        if not by_name and not has_names(X):
            return validate_data(self, X, reset=False, dtype=FLOATS, ensure_all_finite="allow-nan")
        _check_feature_names(self, X, reset=False)  # warns: one side has names and the other has not
        return self._by_position(X)

    def _is_plain(self, X: Any) -> bool:
        """Whether X is an array that passes every check: what scikit-learn's validation takes 100 us to find."""
        return (
            type(X) is np.ndarray
            and (X.dtype is _FLOAT64 or X.dtype is _FLOAT32)
            and X.ndim == 2
            and len(X) > 0
            and getattr(self, "_model", None) is not None
            and X.shape[1] == self.n_features_in_
            and "feature_names_in_" not in self.__dict__
            and not _core.has_infinity(X)
        )

    def _model_of_one(self) -> Any:
        """Give the compiled model, or raise NotFittedError."""
        model = self.__dict__.get("_model")
        if model is None:
            check_is_fitted(self)
        return model

    def _by_position(self, X: Any) -> NDArray[Any]:
        array: NDArray[Any] = check_array(X, dtype=FLOATS, ensure_all_finite="allow-nan", estimator=self)
        if array.shape[1] != self.n_features_in_:
            raise ValueError(
                f"X has {array.shape[1]} features, but {type(self).__name__} is expecting "
                f"{self.n_features_in_} features as input"
            )
        return array

    def _model_levels(self) -> list[list[str]]:
        schema = self._model.schema
        return [schema.at(name).levels for name in self._model.feature_names]
