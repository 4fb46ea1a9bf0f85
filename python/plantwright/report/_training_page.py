# SPDX-License-Identifier: MIT
"""A training as a page: the verdict, the errors side by side, the learning curve."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np

from plantwright.report._page import document
from plantwright.report._svg import Plot, format_number, limits, padded

_LINES = (
    ("LSTM", "lstm_error"),
    ("PCA twin, as long a code", "pca_error"),
    ("LSTM, untrained", "untrained_error"),
    ("mean of each sensor", "mean_error"),
)


def training_page(title: str, report: Mapping[str, Any]) -> str:
    """Give one HTML document that needs nothing else.

    Parameters
    ----------
    title : str
        Heading.
    report : mapping
        A `fit_report_`.

    Examples
    --------
    >>> from plantwright.report import training_page
    >>> report = {"lstm_error": 0.1, "pca_error": 0.3, "untrained_error": 1.1, "mean_error": 1.0, "epochs": [],
    ...           "verdict": "The LSTM earns its cost.", "measured_on": "validation", "n_weights": 10,
    ...           "n_training_windows": 90, "n_validation_windows": 10, "best_epoch": 0}
    >>> "earns its cost" in training_page("Boiler", report)
    True
    """
    cards = "".join(
        f"<div class=card><h3>{escape(name)}</h3><p>{format_number(_number(report[key]))}</p></div>"
        for name, key in _LINES
    )
    facts = (
        f"{report['n_weights']} weights, {report['n_training_windows']} training windows, "
        f"{report['n_validation_windows']} to validate with; {len(report['epochs'])} epochs, "
        f"the best {report['best_epoch']}"
    )
    lead = f"Mean squared error of standardized readings on the {report['measured_on']} windows; 1 is no knowledge."
    body = (
        f"<article><header><h1>{escape(title)}</h1><p class=facts>{escape(facts)}</p><div class=cards>{cards}</div>"
        f"</header><section><h2>What the network is worth</h2><p class=lead>{escape(lead)}</p>"
        f"<p>{escape(report['verdict'])}</p></section>{_curve(report)}</article>"
    )
    return document(title, body, "Written by Plantwright. All errors are of the same windows.")


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _curve(report: Mapping[str, Any]) -> str:
    """Losses over the epochs, on a scale of decades."""
    epochs = report["epochs"]
    if not epochs:
        return ""
    x = np.array([epoch["epoch"] for epoch in epochs], dtype=float)
    training, validation = (_decades(epochs, key) for key in ("loss", "validation_loss"))
    plot = Plot(
        padded(float(x.min()), float(x.max())),
        padded(*limits(training, validation)),
        "epoch",
        "log10 of the loss",
        "Losses over the epochs",
    )
    plot.line(x, training, "actual")
    plot.line(x, validation, "predicted")
    legend = (
        '<p class="legend"><span class="key actual"></span>training, with dropout '
        '<span class="key predicted"></span>validation</p>'
    )
    return f"<section><h2>Learning curve</h2>{legend}{plot.svg()}</section>"


def _decades(epochs: list[Mapping[str, Any]], key: str) -> np.ndarray:
    losses = np.array([_number(epoch[key]) for epoch in epochs])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(losses > 0, np.log10(losses), np.nan))
