# SPDX-License-Identifier: MIT
"""The PCA beside an LSTM autoencoder."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


class PcaTwin:
    """A PCA of the same windows with as long a code as the network's, as a detector.

    Made by `LSTMAutoencoder.fit`, as `pca_twin_`; it takes what the network takes and has its windows, its `scoring`
    and its signs. It is linear, has no memory to train, and costs a fraction: where it sees as much, use it.

    Attributes
    ----------
    offset_ : float
        Scores below it are anomalies; chosen on the training rows as the network's.
    components_ : ndarray of float32, shape (n_components, window * n_features)
    mean_ : ndarray of float32, shape (window * n_features,)
        Of the windows of standardized readings.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> t = np.arange(300.0)[:, None]
    >>> X = np.hstack([np.sin(t / 5), np.cos(t / 5)])
    >>> X[200] += 3
    >>> model = pw.LSTMAutoencoder(window=8, encoder=8, bottleneck=2, decoder=8, max_epochs=1, random_state=0).fit(X)
    >>> int(np.nanargmin(model.pca_twin_.score_samples(X))) in range(200, 208)
    True
    """

    def __init__(self, owner: Any) -> None:
        self._owner = owner
        self._core = owner._model.pca_twin()

    @property
    def offset_(self) -> float:
        """Scores below it are anomalies."""
        return float(self._core.offset)

    @property
    def components_(self) -> NDArray[np.float32]:
        """Leading eigenvectors of the windows' covariance, one a row."""
        return np.asarray(self._core.components)

    @property
    def mean_(self) -> NDArray[np.float32]:
        """Of the windows."""
        return np.asarray(self._core.mean)

    def score_samples(self, X: Any) -> NDArray[np.float64]:
        """Score rows or windows as `LSTMAutoencoder.score_samples` does."""
        data, window = self._owner._scored_input(X)
        return np.asarray(self._core.score_samples(data, window, n_jobs=self._owner.n_jobs))

    def decision_function(self, X: Any) -> NDArray[np.float64]:
        """Return ``score_samples(X) - offset_``: negative for anomalies."""
        return self.score_samples(X) - self.offset_

    def predict(self, X: Any) -> NDArray[np.int64]:
        """Say which rows or windows are anomalies: -1, all others 1."""
        data, window = self._owner._scored_input(X)
        return np.asarray(self._core.predict(data, window, n_jobs=self._owner.n_jobs), dtype=np.int64)

    def attribution(self, X: Any) -> NDArray[np.float64]:
        """Give each sensor's share of the error, as `LSTMAutoencoder.attribution` does."""
        data, window = self._owner._scored_input(X)
        return np.asarray(self._core.attribution(data, window, n_jobs=self._owner.n_jobs))
