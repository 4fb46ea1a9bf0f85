# SPDX-License-Identifier: MIT
"""Charts for classifiers: confusion matrix, ROC and precision-recall curves, calibration."""

from __future__ import annotations

from html import escape

import numpy as np

from plantwright.report._svg import Plot

_UNIT = (0.0, 1.0)


def confusion_table(actual: np.ndarray, predicted: np.ndarray, classes: list[str]) -> str:
    """Rows are actual classes, columns predicted ones; shading is the share of the row."""
    shown = classes[:12]
    counts = [[int(np.sum((actual == a) & (predicted == p))) for p in shown] for a in shown]
    head = "".join(f"<th>{escape(str(c))}</th>" for c in shown)
    body = []
    for name, row in zip(shown, counts, strict=True):
        total = max(1, sum(row))
        cells = "".join(_cell(n, n / total) for n in row)
        body.append(f"<tr><th>{escape(str(name))}</th>{cells}</tr>")
    more = f"<p class=quiet>The first 12 of {len(classes)} classes.</p>" if len(classes) > len(shown) else ""
    return (
        '<table class="confusion"><thead><tr><th><span class=quiet>actual \\ predicted</span></th>'
        f"{head}</tr></thead><tbody>{''.join(body)}</tbody></table>{more}"
    )


def _cell(count: int, share: float) -> str:
    css = "cell dark" if share > 0.6 else "cell"
    return f'<td class="{css}" style="--share:{100 * share:.0f}%">{count}</td>'


def _cumulative(truth: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """True and false positives at each distinct threshold, from the highest."""
    order = np.argsort(-score, kind="stable")
    truth, score = truth[order], score[order]
    last_of_tie = np.r_[np.flatnonzero(np.diff(score)), score.size - 1]
    return np.cumsum(truth)[last_of_tie], np.cumsum(~truth)[last_of_tie]


def _thin(x: np.ndarray, y: np.ndarray, n: int = 400) -> tuple[np.ndarray, np.ndarray]:
    keep = np.unique(np.linspace(0, x.size - 1, min(n, x.size)).astype(int))
    return x[keep], y[keep]


def _curve(x: np.ndarray, y: np.ndarray, labels: tuple[str, str], description: str) -> Plot:
    plot = Plot(_UNIT, (0.0, 1.02), *labels, description, width=330, height=290)
    plot.line(*_thin(x, y), "predicted")
    return plot


def roc_curve(truth: np.ndarray, score: np.ndarray) -> str:
    """Chance of a hit over chance of a false alarm; the diagonal is guessing."""
    hits, alarms = _cumulative(truth, score)
    n_true, n_false = max(1, int(truth.sum())), max(1, int((~truth).sum()))
    plot = _curve(
        np.r_[0.0, alarms / n_false],
        np.r_[0.0, hits / n_true],
        ("false positive rate", "true positive rate"),
        "ROC curve",
    )
    plot.rule(0.0, 0.0, 1.0, 1.0)
    return plot.svg()


def precision_recall_curve(truth: np.ndarray, score: np.ndarray) -> str:
    """Precision over recall; the level line is guessing (the share of the class)."""
    hits, alarms = _cumulative(truth, score)
    recall, precision = hits / max(1, int(truth.sum())), hits / np.maximum(hits + alarms, 1)
    plot = _curve(
        np.r_[0.0, recall], np.r_[precision[:1], precision], ("recall", "precision"), "Precision-recall curve"
    )
    share = float(truth.mean()) if truth.size else 0.0
    plot.rule(0.0, share, 1.0, share)
    return plot.svg()


def calibration_chart(truth: np.ndarray, score: np.ndarray, n_bins: int = 10) -> str:
    """How often the class came true where the model gave it a certain probability; the diagonal is perfect."""
    place = np.clip((score * n_bins).astype(int), 0, n_bins - 1)
    counts = np.bincount(place, minlength=n_bins)
    plot = Plot(_UNIT, (0.0, 1.02), "predicted probability", "observed frequency", "Calibration", width=330, height=290)
    for i in range(n_bins):
        if counts[i]:
            plot.bar(i / n_bins, (i + 1) / n_bins, 0.25 * counts[i] / counts.max(), "quiet", f"{counts[i]} rows")
    used = counts > 0
    mean_score = np.bincount(place, weights=score, minlength=n_bins)[used] / counts[used]
    frequency = np.bincount(place, weights=truth.astype(float), minlength=n_bins)[used] / counts[used]
    plot.rule(0.0, 0.0, 1.0, 1.0)
    plot.line(mean_score, frequency, "predicted")
    plot.points(mean_score, frequency, "predicted large")
    return plot.svg()
