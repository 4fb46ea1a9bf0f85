# SPDX-License-Identifier: MIT
"""What an LSTM autoencoder has learnt, as the attributes of a fitted estimator."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from plantwright.neural._pca_twin import PcaTwin
from plantwright.neural._report import FitReport


class LearntState:
    """Attributes of the compiled model `_model`."""

    _model: Any
    n_features_in_: int
    feature_names_in_: NDArray[Any]

    def _adopt(self, model: Any) -> None:
        """Take a compiled model as the fitted state."""
        self._model = model
        self.n_features_in_ = int(model.n_features)
        self.__dict__.pop("feature_names_in_", None)
        if model.feature_names:
            self.feature_names_in_ = np.asarray(model.feature_names, dtype=object)

    @property
    def fit_report_(self) -> FitReport:
        """The network beside PCA, itself untrained, and the mean."""
        return FitReport(json.loads(self._fitted("fit_report_").report()), self._model.report_text())

    @property
    def _n_features_out(self) -> int:
        """Length of the code."""
        return int(self._model.bottleneck or self._model.encoder[-1])

    @property
    def history_(self) -> list[dict[str, Any]]:
        """Number, losses and learning rate of each epoch."""
        return list(self.fit_report_["epochs"])

    @property
    def pca_twin_(self) -> PcaTwin:
        """The PCA of the same windows as a detector."""
        if not self._fitted("pca_twin_").has_pca_twin:
            raise AttributeError("pca_twin_: there is none; it comes with a fit to its end and pca_twin=True")
        return PcaTwin(self)

    @property
    def mean_(self) -> NDArray[np.float64]:
        """Of each sensor's training readings."""
        return np.asarray(self._fitted("mean_").mean)

    @property
    def scale_(self) -> NDArray[np.float64]:
        """Standard deviation of each sensor's training readings; 1 where it did not vary."""
        return np.asarray(self._fitted("scale_").scale)

    @property
    def offset_(self) -> float:
        """Scores below it are anomalies."""
        return float(self._fitted("offset_").offset)

    @offset_.setter
    def offset_(self, offset: float) -> None:
        check_is_fitted(self)
        self._model = self._model.with_offset(float(offset))

    def _fitted(self, attribute: str) -> Any:
        if getattr(self, "_model", None) is None:
            raise AttributeError(f"{attribute}: the autoencoder is not fitted")
        return self._model
