# SPDX-License-Identifier: MIT
"""The charts of the report: each takes arrays and returns SVG text."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np

from plantwright.report._svg import Plot, format_number, limits, padded, time_ticks

_BUCKETS = 420  # about two pixels each on a wide screen
_MAX_DOTS = 2500


@dataclass(frozen=True)
class Axis:
    """The horizontal axis of everything drawn over time: seconds since 1970, or row numbers."""

    values: np.ndarray
    times: np.ndarray | None

    @classmethod
    def of(cls, times: np.ndarray | None, n_rows: int) -> Axis:
        if times is None:
            return cls(np.arange(n_rows, dtype=float), None)
        seconds = times.astype("datetime64[ns]").astype(np.int64) / 1e9
        return cls(np.where(np.isnat(times), np.nan, seconds), times)

    def part(self, rows: slice) -> Axis:
        return Axis(self.values[rows], None if self.times is None else self.times[rows])

    @property
    def label(self) -> str:
        return "row of the test part, in file order" if self.times is None else ""

    def ticks(self) -> list[tuple[float, str]] | None:
        if self.times is None:
            return None
        known = self.times[~np.isnat(self.times)]
        return time_ticks(known.min(), known.max()) if known.size else []

    def range(self) -> tuple[float, float]:
        return padded(*limits(self.values), share=0.005)


def buckets(axis: np.ndarray, *series: np.ndarray, n_buckets: int = _BUCKETS) -> list[np.ndarray]:
    """Cuts the axis into equal parts: their middles, then for each series (minimum, mean, maximum) of each part.

    Returns arrays of shape (n_used,), in the order middles, min, mean, max of the first series, of the second, ...
    Empty parts are dropped, so a gap in time is bridged by the line of the neighbours.
    """
    low, high = limits(axis)
    place = np.clip(((axis - low) / max(high - low, 1e-300) * n_buckets).astype(np.int64), 0, n_buckets - 1)
    out = [low + (np.unique(place) + 0.5) * (high - low) / n_buckets]
    order = np.argsort(place, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(place[order]) > 0])
    for values in series:
        values = values[order]
        known = np.isfinite(values)
        count = np.add.reduceat(known.astype(float), starts)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.add.reduceat(np.where(known, values, 0.0), starts) / count
        smallest = np.minimum.reduceat(np.where(known, values, np.inf), starts)
        largest = np.maximum.reduceat(np.where(known, values, -np.inf), starts)
        out += [np.where(count > 0, smallest, np.nan), mean, np.where(count > 0, largest, np.nan)]
    return out


def over_time(axis: Axis, actual: np.ndarray, predicted: np.ndarray, label: str) -> str:
    """Actual and predicted; where points are many, each shows as its mean within its band from minimum to maximum."""
    y_range = padded(*limits(actual, predicted))
    plot = Plot(axis.range(), y_range, axis.label, label, "Actual and predicted over time", x_ticks=axis.ticks())
    if actual.size <= 2 * _BUCKETS:
        plot.line(axis.values, actual, "actual")
        plot.line(axis.values, predicted, "predicted")
        return plot.svg()
    known = np.isfinite(axis.values)
    x, a_low, a_mean, a_high, p_low, p_mean, p_high = buckets(axis.values[known], actual[known], predicted[known])
    plot.band(x, a_low, a_high, "actual")
    plot.band(x, p_low, p_high, "predicted")
    plot.line(x, a_mean, "actual")
    plot.line(x, p_mean, "predicted")
    return plot.svg()


def residuals_over_time(axis: Axis, residuals: np.ndarray, label: str) -> str:
    y_range = padded(*limits(residuals, np.zeros(1)))
    plot = Plot(axis.range(), y_range, axis.label, label, "Residuals over time", height=220, x_ticks=axis.ticks())
    plot.rule(axis.range()[0], 0.0, axis.range()[1], 0.0)
    known = np.isfinite(axis.values)
    x, low, mean, high = buckets(axis.values[known], residuals[known])
    plot.band(x, low, high, "residual")
    plot.line(x, mean, "residual")
    return plot.svg()


def _thinned(n: int) -> slice:
    return slice(None, None, -(-n // _MAX_DOTS) if n else 1)


def predicted_against_actual(actual: np.ndarray, predicted: np.ndarray, label: str) -> str:
    both = padded(*limits(actual, predicted))
    plot = Plot(both, both, f"actual {label}", f"predicted {label}", "Predicted against actual", width=330, height=290)
    plot.rule(both[0], both[0], both[1], both[1])
    keep = _thinned(actual.size)
    plot.points(actual[keep], predicted[keep], "predicted")
    return plot.svg()


def residuals_over_predicted(predicted: np.ndarray, residuals: np.ndarray, label: str) -> str:
    x_range, y_range = padded(*limits(predicted)), padded(*limits(residuals, np.zeros(1)))
    plot = Plot(x_range, y_range, f"predicted {label}", f"residual {label}", "Residuals over predicted", 330, 290)
    plot.rule(x_range[0], 0.0, x_range[1], 0.0)
    keep = _thinned(predicted.size)
    plot.points(predicted[keep], residuals[keep], "residual")
    return plot.svg()


def residual_histogram(residuals: np.ndarray, label: str, n_bins: int = 41) -> str:
    """Counts between the 0.5 % and 99.5 % quantiles; the rest stands in the outermost bars."""
    residuals = residuals[np.isfinite(residuals)]
    if residuals.size == 0:
        residuals = np.zeros(1)
    reach = float(np.quantile(np.abs(residuals), 0.995)) or float(np.abs(residuals).max()) or 1.0
    counts, edges = np.histogram(np.clip(residuals, -reach, reach), bins=n_bins, range=(-reach, reach))
    plot = Plot(
        (-reach, reach),
        (0.0, counts.max() * 1.05),
        f"residual {label}".strip(),
        "rows",
        "Histogram of residuals",
        330,
        290,
    )
    for count, left, right in zip(counts, edges[:-1], edges[1:], strict=True):
        plot.bar(left, right, float(count), "residual", f"{format_number(left)} to {format_number(right)}: {count}")
    plot.rule(0.0, 0.0, 0.0, counts.max() * 1.05)
    return plot.svg()


def importance_bars(importances: list[tuple[str, float]], suspects: set[str], n_most: int = 15) -> str:
    """Horizontal bars of the most important columns; suspect ones in the warning colour."""
    shown = sorted(importances, key=lambda item: -item[1])[:n_most]
    height, gutter, width = 24, 300, 960
    largest = max((value for _, value in shown), default=1.0) or 1.0
    rows = []
    for i, (name, value) in enumerate(shown):
        length = max(0.0, value / largest) * (width - gutter - 80)
        css = "warn" if name in suspects else "predicted"
        short = name if len(name) <= 40 else name[:38] + "…"
        rows.append(
            f'<g transform="translate(0 {i * height})"><title>{escape(name)}</title>'
            f'<text class="tick" x="{gutter - 8}" y="16" text-anchor="end">{escape(short)}</text>'
            f'<rect class="bar {css}" x="{gutter}" y="4" width="{length:.1f}" height="{height - 8}" rx="2"/>'
            f'<text class="tick" x="{gutter + length + 6:.1f}" y="16">{format_number(value)}</text></g>'
        )
    box = f"0 0 {width} {max(1, len(shown)) * height + 4}"
    return f'<svg viewBox="{box}" role="img" aria-label="Importances">{"".join(rows)}</svg>'
