# SPDX-License-Identifier: MIT
"""How a training went, as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from plantwright.core import InvalidArgument
from plantwright.plot._explanations import DOWN, INK, QUIET, UP, _axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def learning_curve(model: Any, ax: Axes | None = None) -> Axes:
    """Draw the losses of a training over its epochs, and the error of the PCA twin beside them.

    Parameters
    ----------
    model : fitted LSTMAutoencoder or its fit_report_
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default axes of a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InvalidArgument
        If nothing was trained.
    ImportError
        Without matplotlib: ``pip install plantwright[plot]``.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> X = np.random.default_rng(0).normal(size=(200, 3))
    >>> model = pw.LSTMAutoencoder(window=4, encoder=4, bottleneck=2, decoder=4, max_epochs=3, random_state=0).fit(X)
    >>> ax = pw.plot.learning_curve(model)  # doctest: +SKIP
    """
    report: Mapping[str, Any] = model if isinstance(model, Mapping) else model.fit_report_
    epochs = report["epochs"]
    if not epochs:
        raise InvalidArgument("plot.learning_curve: there is no epoch to show")
    ax = _axes(ax, "plot.learning_curve", 6)
    numbers = [epoch["epoch"] for epoch in epochs]
    ax.plot(numbers, [epoch["loss"] for epoch in epochs], color=DOWN, label="training, with dropout")
    if report["n_validation_windows"]:
        ax.plot(numbers, [epoch["validation_loss"] for epoch in epochs], color=UP, label="validation")
    if report["pca_error"] is not None:
        ax.axhline(report["pca_error"], color=QUIET, linestyle="--", label="PCA twin, squared error")
    if report["best_epoch"]:
        ax.axvline(report["best_epoch"], color=QUIET, linewidth=0.8)
    ax.set_yscale("log")
    ax.set_xlabel("epoch", color=INK)
    ax.set_ylabel("loss", color=INK)
    ax.legend(frameon=False)
    return ax
