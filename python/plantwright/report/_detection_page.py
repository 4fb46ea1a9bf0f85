# SPDX-License-Identifier: MIT
"""How well a detector does, as a page: the operator's sentence, the baselines, the trade-off, every event."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

from plantwright.report._page import _section, _side_by_side, _titled, document
from plantwright.report._svg import Plot, format_number, padded
from plantwright.report._timeline import Timeline, alarm_table, lanes

_CARDS = ("event recall", "median delay [s]", "median delay [rows]", "false alarms a day", "false alarms in 1,000 rows")
_MOST_EVENTS = 200


def detection_page(title: str, report: Mapping[str, Any], timeline: Timeline | None = None) -> str:
    """One HTML document that needs nothing else.

    Parameters
    ----------
    title : str
        Heading.
    report : mapping
        As `DetectionReport.to_dict` gives it.
    timeline : Timeline, optional
        For sections with each sensor over time, and with each alarm.

    Examples
    --------
    >>> import plantwright as pw
    >>> from plantwright.report import detection_page
    >>> report = pw.evaluate.detection_report([0, 0, 1, 1], alarms=[0, 0, 1, 1]).to_dict()
    >>> "missed 0 of 1" in detection_page("Boiler", report)
    True
    """
    timed = report["interval_s"] is not None
    sections = [
        _header(title, report),
        *_over_time(timeline),
        _section("Beside trivial detectors", _metrics(report), "All on the same rows."),
        _section("What a threshold costs and finds", _trade_off(report["trade_off"], timed), _LEAD_OF_TRADE_OFF),
        _section("Events", _events(report["events"], timed)),
        _section("Notes", "".join(f"<p class=quiet>{escape(note)}</p>" for note in report["notes"])),
    ]
    footer = "Written by Plantwright. A false alarm is one that touches no labelled event."
    return document(title, f"<article>{''.join(sections)}</article>", footer)


_LEAD_OF_TRADE_OFF = "Each point is a threshold. Chosen on these rows, it is a promise for these rows alone."


_LEAD_OF_LANES = (
    "Where rows are many, each pixel reaches from the lowest to the highest reading in it. Severities beyond four times "
    "the alarm level are drawn there."
)


def _over_time(timeline: Timeline | None) -> list[str]:
    if timeline is None:
        return []
    return [
        _section("What was seen, and what was blamed", lanes(timeline), _LEAD_OF_LANES),
        _section("Alarms", alarm_table(timeline)),
    ]


def duration(seconds: float | None) -> str:
    """ "4 min", "2.5 h"; a dash for none."""
    if seconds is None:
        return "–"
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"


def _header(title: str, report: Mapping[str, Any]) -> str:
    facts = {"rows": f"{report['n_rows']:,}", "events": f"{len(report['events']):,}"}
    if report["n_left_out"]:
        facts["left out"] = f"{report['n_left_out']:,} rows without label or score"
    if report["first_time"]:
        facts |= {"from": report["first_time"], "to": report["last_time"]}
    if report["threshold"] is not None:
        facts["threshold"] = format_number(report["threshold"])
    if report["split"]:
        facts["split"] = report["split"]
    shown = "".join(f"<span><b>{escape(k)}</b> {escape(v)}</span>" for k, v in facts.items())
    lead = f"<p class=lead>The model: {escape(report['sentence'])}.</p>"
    cards = f'<div class="cards">{_cards(report)}</div>'
    return f"<header><h1>{escape(title)}</h1><p class=facts>{shown}</p>{lead}{cards}</header>"


def _cards(report: Mapping[str, Any]) -> str:
    scores = {score["metric"]: score["values"][0] for score in report["scores"]}
    names = [name for name in _CARDS if name in scores] or list(scores)[:3]
    return "".join(
        f"<div class=card><h3>{escape(name.removesuffix(' [s]'))}</h3><p>{_shown(name, scores[name])}</p></div>"
        for name in names
    )


def _shown(name: str, value: float | None) -> str:
    if name.endswith("[s]"):
        return duration(value)
    return "–" if value is None else format_number(value)


def _metrics(report: Mapping[str, Any]) -> str:
    head = "".join(f"<th>{escape(p)}</th>" for p in report["predictors"])
    rows = []
    for score in report["scores"]:
        cells = "".join(f"<td>{_shown(score['metric'], value)}</td>" for value in score["values"])
        arrow = "↑" if score["higher_is_better"] else "↓"
        rows.append(f"<tr><th>{escape(score['metric'].removesuffix(' [s]'))} {arrow}</th>{cells}</tr>")
    what = zip(report["predictors"][1:], report["descriptions"][1:], strict=True)
    legend = "; ".join(f"{name}: {description}" for name, description in what)
    return (
        f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        f"<p class=quiet>{escape(legend)}.</p>"
    )


def _trade_off(points: Sequence[Mapping[str, Any]], timed: bool) -> str:
    if len(points) < 2:
        return ""
    unit = "false alarms a day" if timed else "false alarms in 1,000 rows"
    delay = "median delay [s]" if timed else "median delay [rows]"
    alarms = np.array([point["false_alarms"] for point in points], dtype=float)
    recall = np.array([point["event_recall"] for point in points], dtype=float)
    delays = np.array([math.nan if p["median_delay"] is None else p["median_delay"] for p in points])
    return _side_by_side(
        _titled("Events found", _curve(alarms, recall, (0.0, 1.02), unit, "event recall")),
        _titled("How late", _curve(alarms, delays, _from_zero(delays), unit, delay)),
    )


def _from_zero(values: np.ndarray) -> tuple[float, float]:
    highest = float(np.nanmax(values)) if np.isfinite(values).any() else 0.0
    return 0.0, padded(0.0, highest)[1]


def _curve(alarms: np.ndarray, values: np.ndarray, y_range: tuple[float, float], x: str, y: str) -> str:
    """Over the logarithm of alarms; no alarm at all stands at the left edge, a step before the fewest."""
    some = alarms[alarms > 0]
    low = math.floor(math.log10(some.min())) if some.size else -1
    high = max(math.ceil(math.log10(some.max())) if some.size else 0, low + 1)
    place = np.where(alarms > 0, np.log10(np.where(alarms > 0, alarms, 1.0)), low - 1)
    ticks = [(float(low - 1), "0"), *((float(p), f"{10.0**p:g}") for p in range(low, high + 1))]
    plot = Plot((low - 1.0, float(high)), y_range, x, y, f"{y} over {x}", width=460, height=300, x_ticks=ticks)
    plot.points(place, values, "predicted large")
    return plot.svg()


def _events(events: Sequence[Mapping[str, Any]], timed: bool) -> str:
    shown = sorted(events, key=lambda event: event["first_alarm"] is not None)[:_MOST_EVENTS]
    rows = []
    for event in sorted(shown, key=lambda event: event["begin"]):
        late = duration(event["delay_s"]) if timed else f"{(event['first_alarm'] or 0) - event['begin']} rows"
        found = "missed" if event["first_alarm"] is None else f"after {late}"
        span = (event["begin_time"], event["end_time"]) if timed else (str(event["begin"]), str(event["end"] - 1))
        cells = "".join(f"<td>{escape(text)}</td>" for text in (*span[1:], found, _shown("", event["peak"])))
        rows.append(f"<tr><th>{escape(span[0])}</th>{cells}</tr>")
    head = "<thead><tr><th>from</th><th>to</th><th>found</th><th>highest score</th></tr></thead>"
    note = (
        f"<p class=quiet>{len(shown)} of {len(events)}, the missed ones first.</p>" if len(shown) < len(events) else ""
    )
    return f"<table>{head}<tbody>{''.join(rows)}</tbody></table>{note}"
