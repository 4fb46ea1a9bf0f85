# SPDX-License-Identifier: MIT
"""What a training came to, beside what costs less."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class FitReport(Mapping[str, Any]):
    """The errors of an LSTM autoencoder, its PCA twin, itself before training, and the mean; a read-only mapping.

    Errors are mean squares of standardized readings over the same windows: the validation block, or without one
    training windows. None stands where something was not done.

    ====================================  ==========================================================================
    lstm_error                            Of the network.
    pca_error                             Of a PCA of the same windows with as long a code.
    untrained_error                       Of the network before its first step.
    mean_error                            Of each sensor's training mean.
    measured_on                           "validation" or "training".
    earns_its_cost, verdict               Whether the network undercuts PCA by more than 5 %, and in words.
    n_training_windows,                   Windows; weights of the network; components of the PCA; steps left out
    n_validation_windows, n_weights,      because their loss was not finite.
    n_components, n_skipped_steps
    best_epoch, stopped                   Whose weights the model has; whether a callback ended the training.
    epochs                                A dict each: epoch, loss, validation_loss, learning_rate.
    ====================================  ==========================================================================

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> t = np.arange(300.0)[:, None]
    >>> X = np.hstack([np.sin(t / 5), np.cos(t / 5)])
    >>> model = pw.LSTMAutoencoder(window=8, encoder=8, bottleneck=2, decoder=8, max_epochs=2, random_state=0).fit(X)
    >>> model.fit_report_["earns_its_cost"]
    False
    >>> model.fit_report_["verdict"].split(":")[0]
    'The LSTM does not earn its cost'
    """

    def __init__(self, report: dict[str, Any], text: str) -> None:
        self._report = report
        self._text = text

    def __getitem__(self, name: str) -> Any:
        """One of the values above."""
        return self._report[name]

    def __iter__(self) -> Iterator[str]:
        """Names."""
        return iter(self._report)

    def __len__(self) -> int:
        """How many values there are."""
        return len(self._report)

    def to_dict(self) -> dict[str, Any]:
        """Everything, in types that JSON knows."""
        return json.loads(json.dumps(self._report))  # type: ignore[no-any-return]

    def to_html(self, path: str | os.PathLike[str] | None = None, title: str = "LSTM autoencoder") -> str:
        """One page that needs nothing else: the verdict, the errors side by side, and the learning curve.

        Parameters
        ----------
        path : path-like, optional
            Where to write the page too.
        title : str, default="LSTM autoencoder"
        """
        from plantwright.report import training_page

        page = training_page(title, self._report)
        if path is not None:
            Path(path).write_text(page, encoding="utf-8")
        return page

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the losses over the epochs; see `plantwright.plot.learning_curve`."""
        from plantwright.plot import learning_curve

        return learning_curve(self, ax=ax)

    def __str__(self) -> str:
        """The four errors and the verdict."""
        return self._text.rstrip("\n")

    def __repr__(self) -> str:
        """The errors in one line."""
        return f"FitReport(lstm_error={self['lstm_error']}, pca_error={self['pca_error']})"
