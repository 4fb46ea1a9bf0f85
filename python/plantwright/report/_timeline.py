# SPDX-License-Identifier: MIT
"""Per sensor over time: what was seen, what was blamed, what was at fault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from plantwright.core import InvalidArgument
from plantwright.report._charts import Axis, buckets
from plantwright.report._svg import Plot, format_number, limits, padded, tick_labels

_WIDTH, _LANE, _AXIS = 960, 84, 22
_PIXELS = 880
_MOST_ALARMS = 200
_LEAST_SHARE = 0.05  # of blame that is drawn
_SHADES = 5
_MOST_LEVELS = 4.0  # times the alarm level: greater severities are drawn there
_MARK = 5  # pixels high: the true faults


@dataclass(frozen=True)
class Fault:
    """What was truly wrong in the rows ``[begin, end)``."""

    begin: int
    end: int
    kind: str
    sensors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Timeline:
    """What a detector saw and said over some rows, for a report.

    Attributes
    ----------
    times : array of datetime64 of shape (n_rows,), or None
        In order.
    sensors, units : sequence of str
        Names of the columns of `values` and `blame`.
    values : array of shape (n_rows, n_sensors)
        Readings, NaN where missing.
    alarms : array of bool of shape (n_rows,)
        Whether an alarm stands.
    severity : array of shape (n_rows,)
        NaN where there is none.
    blame : array of shape (n_rows, n_sensors)
        Each sensor's share of the severity; drawn while an alarm stands.
    level : float, optional
        The severity from which it is an alarm.
    faults : sequence of Fault
        The truth, where it is known.

    Examples
    --------
    >>> import numpy as np
    >>> from plantwright.report import Timeline
    >>> rows = np.random.default_rng(0).normal(size=(50, 2))
    >>> line = Timeline(None, ("load", "speed"), ("MW", "1/s"), rows, np.zeros(50, bool), rows[:, 0], rows**2)
    >>> len(list(line.alarm_rows()))
    0
    """

    times: Any
    sensors: Sequence[str]
    units: Sequence[str]
    values: np.ndarray
    alarms: np.ndarray
    severity: np.ndarray
    blame: np.ndarray
    level: float | None = None
    faults: Sequence[Fault] = ()

    def __post_init__(self) -> None:
        shape = (len(self.alarms), len(self.sensors))
        for name, want in {"values": shape, "blame": shape, "severity": shape[:1], "units": shape[1:]}.items():
            if np.shape(getattr(self, name)) != want:
                raise InvalidArgument(f"Timeline: {name} must be of shape {want}, got {np.shape(getattr(self, name))}")
        if self.times is not None and len(self.times) != shape[0]:
            raise InvalidArgument(f"Timeline: times must be of {shape[0]} rows, got {len(self.times)}")
        if not shape[0]:
            raise InvalidArgument("Timeline: there must be rows, got none")

    @classmethod
    def of(cls, table: Any, verdicts: Mapping[str, Any], *, faults: Any = None, level: float | None = None) -> Timeline:
        """Of a table of readings and of what an ensemble says of its rows.

        Parameters
        ----------
        table : Frame
            With a time column or none; the number columns among its inputs are the sensors.
        verdicts : dict
            As `EnsembleDetector.verdicts` gives it with ``blame=True``.
        faults : Frame, optional
            With the columns begin and end (rows, the end left out), kind, and sensors (parted by spaces).
        level : float, optional
            The detector's `raise_level_`.
        """
        if "blame" not in verdicts:
            raise InvalidArgument("Timeline.of: verdicts must hold blame; call verdicts(rows, blame=True)")
        schema = table.schema
        sensors = tuple(name for name in schema.input_names if schema[name].kind == "number")
        clocks = [name for name in table.columns if schema[name].role == "time"]
        return cls(
            table[clocks[0]] if clocks else None,
            sensors,
            tuple(schema[name].unit for name in sensors),
            table.to_numpy(list(sensors)),
            np.isin(verdicts["state"], ["alarm", "clearing"]),
            np.asarray(verdicts["severity"]),
            np.asarray(verdicts["blame"]),
            level,
            tuple(_faults_of(faults)),
        )

    def alarm_rows(self) -> Iterator[tuple[int, int]]:
        """Of each alarm its rows, the end left out."""
        edges = np.flatnonzero(np.diff(np.r_[0, self.alarms.astype(np.int8), 0]))
        return ((int(begin), int(end)) for begin, end in edges.reshape(-1, 2))


def _faults_of(table: Any) -> Iterator[Fault]:
    if table is not None:
        for begin, end, kind, sensors in zip(*(table[n] for n in ("begin", "end", "kind", "sensors")), strict=True):
            yield Fault(int(begin), int(end), str(kind), tuple(str(sensors).split()))


# ---- drawing


def lanes(timeline: Timeline) -> str:
    """The severity and below it each sensor, all over the same time."""
    axis = Axis.of(None if timeline.times is None else np.asarray(timeline.times), len(timeline.alarms))
    last = len(timeline.sensors) - 1
    sensors = (_sensor_lane(timeline, axis, j, last=j == last) for j in range(last + 1))
    return f'<div class="lanes">{_legend(timeline)}{_severity_lane(timeline, axis)}{"".join(sensors)}</div>'


def _legend(timeline: Timeline) -> str:
    keys = {"seen": "reading", "blamed": "blamed: the darker, the larger the share", "fault": "truly at fault"}
    shown = [name for name in keys if name != "fault" or timeline.faults]
    parts = "".join(f'<span class="key {name}"></span>{keys[name]}' for name in shown)
    return f"<p class=legend>{parts}</p>"


def _lane(axis: Axis, title: str, y_range: tuple[float, float], last: bool) -> Plot:
    ticks = (axis.ticks() if last else []) or []
    plot = Plot(
        axis.range(), y_range, "", "", title, width=_WIDTH, height=_LANE + (_AXIS if last else 4), x_ticks=ticks
    )
    plot.bottom = _AXIS if last else 4
    plot.y_ticks = tick_labels(y_range, count=3)
    return plot


def _severity_lane(timeline: Timeline, axis: Axis) -> str:
    _, high = limits(timeline.severity, np.array([timeline.level or 0.0]))
    high = min(high, _MOST_LEVELS * timeline.level) if timeline.level else high
    plot = _lane(axis, "Severity", (0.0, padded(0.0, high, 0.15)[1]), last=False)
    _shade(plot, axis, 0.4 * timeline.alarms, timeline.alarms)
    _course(plot, axis, np.minimum(timeline.severity, high))
    if timeline.level is not None:
        plot.rule(plot.x_range[0], timeline.level, plot.x_range[1], timeline.level)
    _mark_faults(plot, axis, timeline.faults)
    return f"<div class=lane><h3>severity</h3>{plot.svg()}</div>"


def _sensor_lane(timeline: Timeline, axis: Axis, j: int, last: bool) -> str:
    name, unit = timeline.sensors[j], timeline.units[j]
    title = f"{name} [{unit}]" if unit else str(name)
    plot = _lane(axis, title, padded(*limits(timeline.values[:, j]), 0.15), last)
    _shade(plot, axis, timeline.blame[:, j], timeline.alarms)
    _course(plot, axis, timeline.values[:, j])
    _mark_faults(plot, axis, [fault for fault in timeline.faults if name in fault.sensors])
    return f"<div class=lane><h3>{escape(title)}</h3>{plot.svg()}</div>"


def _course(plot: Plot, axis: Axis, values: np.ndarray) -> None:
    """Every row; where rows are many, of each pixel the lowest and the highest, so that no spike is lost."""
    known = np.isfinite(axis.values)
    x, y = axis.values[known], values[known]
    if x.size > 2 * _PIXELS:
        x, low, _, high = buckets(x, y, n_buckets=_PIXELS)
        x, y = np.repeat(x, 2), np.column_stack([low, high]).ravel()
    plot.line(*_broken_at_gaps(x, y), "seen")


def _broken_at_gaps(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A missing point within each step that is much longer than usual: nothing was seen there."""
    steps = np.diff(x)
    usual = np.median(steps[steps > 0]) if (steps > 0).any() else 1.0
    after = np.flatnonzero(steps > 5 * usual) + 1
    return np.insert(x, after, x[after - 1]), np.insert(y, after, np.nan)


def _shade(plot: Plot, axis: Axis, share: np.ndarray, alarms: np.ndarray) -> None:
    """Of each pixel, or row where those are fewer, the largest share while an alarm stands, in a few shades."""
    low, high = plot.x_range
    n_places = min(_PIXELS, share.size)
    drawn = alarms & np.isfinite(axis.values) & (share >= _LEAST_SHARE)
    places = ((axis.values[drawn] - low) / (high - low) * n_places).astype(np.int64)
    largest = np.zeros(n_places + 1)
    np.maximum.at(largest, places, share[drawn])
    shade = np.ceil(np.clip(largest, 0, 1) * _SHADES).astype(int)
    edges = np.flatnonzero(np.diff(shade)) + 1
    for begin, end in zip(np.r_[0, edges], np.r_[edges, shade.size], strict=True):
        if shade[begin]:
            left, right = (low + place / n_places * (high - low) for place in (begin, end))
            _box(plot, left, right, plot.top, plot.height - plot.bottom, f"blamed shade{shade[begin]}")


def _mark_faults(plot: Plot, axis: Axis, faults: Sequence[Fault]) -> None:
    for fault in faults:
        begin, end = axis.values[fault.begin], axis.values[fault.end - 1]
        _box(plot, begin, end, plot.top - _MARK - 2, plot.top - 2, "fault", fault.kind)


def _box(plot: Plot, x0: float, x1: float, top: float, base: float, css: str, title: str = "") -> None:
    """A rectangle between two heights of the canvas, at least as wide as can be seen."""
    left = float(plot.x(x0))
    width = max(1.5, float(plot.x(x1)) - left)
    inner = f"<title>{escape(title)}</title>" if title else ""
    box = f'x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{base - top:.1f}"'
    plot.marks.append(f'<rect {box} class="{css}">{inner}</rect>')


# ---- in words


def alarm_table(timeline: Timeline) -> str:
    """Each alarm: when, how bad, who was blamed, and what was true."""
    spans = list(timeline.alarm_rows())
    if not spans:
        return "<p class=quiet>No alarm.</p>"
    rows = "".join(_alarm_row(timeline, begin, end) for begin, end in spans[:_MOST_ALARMS])
    columns = ("from", "to", "highest severity", "blamed", *(("true",) if timeline.faults else ()))
    head = "".join(f"<th>{name}</th>" for name in columns)
    note = f"<p class=quiet>The first {_MOST_ALARMS} of {len(spans)}.</p>" if len(spans) > _MOST_ALARMS else ""
    return f'<table class="alarms"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{note}'


def _alarm_row(timeline: Timeline, begin: int, end: int) -> str:
    cells = [
        _when(timeline, begin),
        _when(timeline, end - 1),
        format_number(limits(timeline.severity[begin:end])[1]),
        _blamed(timeline, begin, end),
    ]
    if timeline.faults:
        at_fault = [fault for fault in timeline.faults if fault.begin < end and begin < fault.end]
        cells.append("; ".join(f"{f.kind}: {', '.join(f.sensors)}" for f in at_fault) or "no fault")
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"


def _when(timeline: Timeline, row: int) -> str:
    return str(row) if timeline.times is None else str(timeline.times[row].astype("M8[m]")).replace("T", " ")


def _blamed(timeline: Timeline, begin: int, end: int) -> str:
    part = timeline.blame[begin:end]
    known = part[np.isfinite(part).all(axis=1)]
    if not len(known):
        return "nobody"
    shares = known.mean(axis=0)
    worst = [j for j in np.argsort(-shares)[:2] if shares[j] >= _LEAST_SHARE]
    return ", ".join(f"{timeline.sensors[j]} {shares[j]:.0%}" for j in worst)
