# SPDX-License-Identifier: MIT
"""A small plotting surface: linear scales, ticks, axes and marks as SVG text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np


def format_number(value: float, digits: int = 3) -> str:
    """About `digits` significant digits, thousands apart by a thin space, no needless zeros."""
    if value is None or not math.isfinite(value):
        return "–"
    magnitude = abs(value)
    if magnitude != 0 and (magnitude >= 1e7 or magnitude < 1e-4):
        return f"{value:.{digits - 1}e}"
    decimals = max(0, digits - 1 - math.floor(math.log10(magnitude))) if magnitude > 0 else 0
    text = f"{value:,.{decimals}f}".replace(",", "\u2009")
    return text.replace("-", "\u2212")


def nice_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round numbers (1, 2, 5 times a power of ten) inside [low, high], about `count` of them."""
    if not high > low:
        return [low]
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = power * next(m for m in (1, 2, 5, 10) if raw <= m * power * 1.0001)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [i * step for i in range(first, last + 1)]


def padded(low: float, high: float, share: float = 0.04) -> tuple[float, float]:
    """The range with some air; a range of one value becomes one that can be drawn."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return 0.0, 1.0
    air = (high - low) * share if high > low else max(abs(low), 1.0) * 0.05
    return low - air, high + air


def limits(*series: np.ndarray) -> tuple[float, float]:
    """Smallest and largest finite value of all series."""
    finite = [s[np.isfinite(s)] for s in series]
    finite = [s for s in finite if s.size]
    if not finite:
        return 0.0, 1.0
    return min(float(s.min()) for s in finite), max(float(s.max()) for s in finite)


@dataclass
class Plot:
    """Axes over `x_range` and `y_range` on a canvas of `width` x `height`; marks are added, then `svg()`."""

    x_range: tuple[float, float]
    y_range: tuple[float, float]
    x_label: str = ""
    y_label: str = ""
    description: str = ""
    width: int = 960
    height: int = 300
    left: int = 62
    bottom: int = 40
    x_ticks: list[tuple[float, str]] | None = None
    y_ticks: list[tuple[float, str]] | None = None
    marks: list[str] = field(default_factory=list)

    top = 12
    right = 14

    def x(self, value: Any) -> Any:
        """Canvas position of a value (or of an array of them)."""
        low, high = self.x_range
        return self.left + (value - low) / (high - low) * (self.width - self.left - self.right)

    def y(self, value: Any) -> Any:
        low, high = self.y_range
        return self.height - self.bottom - (value - low) / (high - low) * (self.height - self.top - self.bottom)

    def line(self, x: np.ndarray, y: np.ndarray, css: str) -> None:
        """A line through the points, broken where one is missing."""
        path, pen_down = [], False
        for px, py, good in zip(self.x(x), self.y(y), np.isfinite(y), strict=True):
            path.append(f"{'L' if pen_down else 'M'}{px:.1f} {py:.1f}" if good else "")
            pen_down = bool(good)
        self.marks.append(f'<path class="line {css}" d="{"".join(path)}"/>')

    def band(self, x: np.ndarray, low: np.ndarray, high: np.ndarray, css: str) -> None:
        """The area between two series, in runs without missing values."""
        good = np.isfinite(low) & np.isfinite(high)
        for run in np.split(np.arange(good.size), np.flatnonzero(np.diff(good.astype(np.int8))) + 1):
            if run.size and good[run[0]]:
                self._run_of_band(x[run], low[run], high[run], css)

    def _run_of_band(self, x: np.ndarray, low: np.ndarray, high: np.ndarray, css: str) -> None:
        upper = [f"{a:.1f} {b:.1f}" for a, b in zip(self.x(x), self.y(high), strict=True)]
        lower = [f"{a:.1f} {b:.1f}" for a, b in zip(self.x(x), self.y(low), strict=True)]
        self.marks.append(f'<path class="band {css}" d="M{"L".join(upper + lower[::-1])}Z"/>')

    def points(self, x: np.ndarray, y: np.ndarray, css: str) -> None:
        """Dots, all in one path of zero-length strokes with round ends."""
        good = np.isfinite(x) & np.isfinite(y)
        dots = "".join(f"M{a:.1f} {b:.1f}h0" for a, b in zip(self.x(x[good]), self.y(y[good]), strict=True))
        self.marks.append(f'<path class="dots {css}" d="{dots}"/>')

    def bar(self, x0: float, x1: float, y1: float, css: str, title: str = "") -> None:
        """A column from zero to `y1`."""
        a, b = sorted((float(self.y(0.0)), float(self.y(y1))))
        inner = f"<title>{escape(title)}</title>" if title else ""
        width = max(0.0, float(self.x(x1)) - float(self.x(x0)) - 1)
        box = f'x="{self.x(x0):.1f}" y="{a:.1f}" width="{width:.1f}" height="{b - a:.1f}"'
        self.marks.append(f'<rect class="bar {css}" {box}>{inner}</rect>')

    def rule(self, x0: float, y0: float, x1: float, y1: float, css: str = "rule") -> None:
        ends = f'x1="{self.x(x0):.1f}" y1="{self.y(y0):.1f}" x2="{self.x(x1):.1f}" y2="{self.y(y1):.1f}"'
        self.marks.append(f'<line class="{css}" {ends}/>')

    def svg(self) -> str:
        parts = [
            f'<svg viewBox="0 0 {self.width} {self.height}" role="img" aria-label="{escape(self.description)}">',
            *self._x_axis(),
            *self._y_axis(),
            *self.marks,
            "</svg>",
        ]
        return "".join(parts)

    def _x_axis(self) -> list[str]:
        base = self.height - self.bottom
        ticks = self.x_ticks if self.x_ticks is not None else tick_labels(self.x_range)
        parts = [f'<line class="axis" x1="{self.left}" y1="{base}" x2="{self.width - self.right}" y2="{base}"/>']
        for value, label in ticks:
            at = f"{self.x(value):.1f}"
            parts.append(f'<line class="axis" x1="{at}" y1="{base}" x2="{at}" y2="{base + 4}"/>')
            anchor = (
                "end" if self.x(value) + 3.5 * len(label) > self.width else "middle"
            )  # a label at the edge stays inside
            parts.append(f'<text class="tick" x="{at}" y="{base + 17}" text-anchor="{anchor}">{escape(label)}</text>')
        middle = (self.left + self.width - self.right) / 2
        parts.append(
            f'<text class="label" x="{middle}" y="{self.height - 5}" text-anchor="middle">{escape(self.x_label)}</text>'
        )
        return parts

    def _y_axis(self) -> list[str]:
        ticks = self.y_ticks if self.y_ticks is not None else tick_labels(self.y_range)
        parts = []
        for value, label in ticks:
            at = f"{self.y(value):.1f}"
            parts.append(f'<line class="grid" x1="{self.left}" y1="{at}" x2="{self.width - self.right}" y2="{at}"/>')
            parts.append(
                f'<text class="tick" x="{self.left - 7}" y="{at}" dy="0.35em" text-anchor="end">{escape(label)}</text>'
            )
        middle = (self.top + self.height - self.bottom) / 2
        parts.append(
            f'<text class="label" transform="translate(13 {middle}) rotate(-90)" text-anchor="middle">'
            f"{escape(self.y_label)}</text>"
        )
        return parts


def tick_labels(value_range: tuple[float, float], count: int = 5) -> list[tuple[float, str]]:
    """Ticks with as many decimals as their distance needs."""
    ticks = nice_ticks(*value_range, count=count)
    step = ticks[1] - ticks[0] if len(ticks) > 1 else abs(ticks[0]) or 1.0
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    if decimals > 6 or step >= 1e7:
        return [(t, f"{t:.2g}") for t in ticks]
    return [(t, f"{t:,.{decimals}f}".replace(",", "\u2009").replace("-", "\u2212")) for t in ticks]


_TIME_STEPS_S: Sequence[int] = (
    1, 5, 15, 30, 60, 300, 900, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86400, 2 * 86400, 7 * 86400, 14 * 86400,
)  # fmt: skip


def time_ticks(start: np.datetime64, end: np.datetime64, count: int = 8) -> list[tuple[float, str]]:
    """Ticks at round times, as (seconds since 1970, label)."""
    first, last = (float(t.astype("datetime64[s]").astype(np.int64)) for t in (start, end))
    span = max(last - first, 1.0)
    step = next((s for s in _TIME_STEPS_S if span / s <= count), None)
    if step is None:
        return _month_ticks(start, end, count)
    anchor = 4 * 86400 if step >= 7 * 86400 else 0  # weeks start on Mondays: 1970-01-05
    values = np.arange(math.ceil((first - anchor) / step) * step + anchor, last + 1, step)
    return [(float(v), _time_label(np.datetime64(int(v), "s"), step)) for v in values]


def _time_label(time: np.datetime64, step: int) -> str:
    text = str(time)  # 2018-01-01T00:15:00
    day, clock = text.split("T")
    if step >= 86400:
        return day
    midnight = clock == "00:00:00"
    return day[5:] if midnight else clock if step < 60 else clock[:5]


def _month_ticks(start: np.datetime64, end: np.datetime64, count: int) -> list[tuple[float, str]]:
    first, last = (int(t.astype("datetime64[M]").astype(np.int64)) for t in (start, end))
    steps = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
    step = next((s for s in steps if (last - first) / s <= count), steps[-1])
    ticks = []
    for month in range(-(-(first + 1) // step) * step, last + 1, step):
        time = np.datetime64(month, "M")
        ticks.append((float(time.astype("datetime64[s]").astype(np.int64)), str(time)[:4] if step >= 12 else str(time)))
    return ticks
