# SPDX-License-Identifier: MIT
"""The quality of a table's data, as a page: the score, what was found, every column, and the columns over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any

import numpy as np

from plantwright.report._page import _section, document
from plantwright.report._svg import time_ticks

_MOST_CELLS, _MOST_COLUMNS, _MOST_FINDINGS, _MOST_GAPS = 240, 200, 60, 40
_STEPS = (0.5, 0.8, 0.95, 0.99, 1.0)  # of the heat map: from each on another colour
_LEGEND = ("below 50 %", "from 50 %", "80 %", "95 %", "99 %", "100 %")
_WIDTH, _GUTTER, _LINE = 960, 230, 18


def quality_page(title: str, report: Mapping[str, Any]) -> str:
    """One HTML document that needs nothing else.

    Parameters
    ----------
    title : str
        Heading.
    report : mapping
        As `DataQuality.to_dict` gives it.

    Examples
    --------
    >>> import plantwright as pw
    >>> from plantwright.report import quality_page
    >>> report = pw.monitor.data_quality({"steam_t": [1.0, 2.0, float("inf")]}).to_dict()
    >>> "steam_t: 1 value is not finite" in quality_page("Boiler", report)
    True
    """
    sections = [
        _header(title, report),
        _findings(report["findings"]),
        _section("Columns over time", _heat_map(report), _lead_of_heat_map(report)),
        _section("Columns", _columns(report["columns"])),
        _section("Gaps", _gaps(report["time"]["gaps"])),
    ]
    footer = "Written by Plantwright. The score is completeness times validity times timeliness times uniqueness."
    return document(title, f"<article>{''.join(sections)}</article>", footer)


def _percent(share: float | None) -> str:
    if share is None:
        return "–"
    return f"{min(100 * share, 99.9) if share < 1 else 100:.1f} %"  # never 100 % of less


def _header(title: str, report: Mapping[str, Any]) -> str:
    time = report["time"]
    facts = {"rows": f"{report['rows']:,}", "expected": f"{report['expected_rows']:,}"}
    if time["first"]:
        facts |= {
            "from": _moment(time["first"]),
            "to": _moment(time["last"]),
            "interval": _duration(time["interval_s"]),
        }
    shown = "".join(f"<span><b>{escape(k)}</b> {escape(v)}</span>" for k, v in facts.items())
    cards = {
        "Score": (report["score"], "what should be there and can be used"),
        "Completeness": (report["completeness"], "values that are there"),
        "Validity": (report["validity"], "of these, sound ones"),
        "Timeliness": (report["timeliness"], "rows in order, with a stamp of their own"),
        "Uniqueness": (report["uniqueness"], "rows and values that repeat nothing"),
    }
    body = "".join(
        f"<div class=card><h3>{name}</h3><p>{_percent(share)}</p><small>{meaning}</small></div>"
        for name, (share, meaning) in cards.items()
    )
    return f'<header><h1>{escape(title)}</h1><p class=facts>{shown}</p><div class="cards five">{body}</div></header>'


def _duration(seconds: float) -> str:
    for unit, length in {"d": 86400, "h": 3600, "min": 60}.items():
        if seconds >= length and seconds % length == 0:
            return f"{seconds / length:g} {unit}"
    return f"{seconds:g} s" if seconds else "–"


def _moment(text: str) -> str:
    """As people write it: a midnight is its day."""
    return text.removesuffix("T00:00:00").replace("T", " ")


def _findings(findings: Sequence[str]) -> str:
    if not findings:
        return _section("Findings", "<p class=quiet>Everything is as it should be.</p>")
    lines = "".join(f"<li>{escape(text)}</li>" for text in findings[:_MOST_FINDINGS])
    more = f"<p class=quiet>and {len(findings) - _MOST_FINDINGS} more</p>" if len(findings) > _MOST_FINDINGS else ""
    return f"<section class=warning><h2>Findings</h2><ul>{lines}</ul>{more}</section>"


def _columns(columns: Sequence[Mapping[str, Any]]) -> str:
    head = "".join(f"<th>{name}</th>" for name in ("score", "complete", "valid", "unique", "missing", "not valid"))
    rows = "".join(_column_row(column) for column in columns)
    return (
        "<table class=quality><thead><tr><th>name</th><td>kind</td><td>unit</td><td>source</td>"
        f"{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _column_row(column: Mapping[str, Any]) -> str:
    texts = "".join(f"<td>{escape(column[name])}</td>" for name in ("kind", "unit", "source"))
    shares = "".join(
        f'<td class="share h{_step(column[name])}">{_percent(column[name])}</td>'
        for name in ("score", "completeness", "validity", "uniqueness")
    )
    invalid = sum(column[name] for name in ("not_finite", "below", "above", "unknown"))
    counts = "".join(f"<td>{n or ''}</td>" for n in (column["missing"], invalid))
    return f"<tr><th>{escape(column['name'])}</th>{texts}{shares}{counts}</tr>"


def _gaps(gaps: Sequence[Mapping[str, Any]]) -> str:
    if not gaps:
        return ""
    longest = sorted(gaps, key=lambda gap: -gap["missing_rows"])[:_MOST_GAPS]
    named = any(gap["group"] for gap in gaps)
    rows = "".join(
        f"<tr><th>{escape(_moment(gap['begin']))}</th><td>{escape(_moment(gap['end']))}</td>"
        f"{'<td>' + escape(gap['group']) + '</td>' if named else ''}<td>{gap['missing_rows']}</td></tr>"
        for gap in longest
    )
    group = "<th>series</th>" if named else ""
    head = f"<thead><tr><th>after</th><th>until</th>{group}<th>rows missing</th></tr></thead>"
    note = f"<p class=quiet>The {len(longest)} longest of {len(gaps)}.</p>" if len(gaps) > len(longest) else ""
    return f"<table>{head}<tbody>{rows}</tbody></table>{note}"


def _step(share: float | None) -> str:
    """The colour's number; "none" where there is nothing to judge by."""
    return "none" if share is None else str(sum(share >= step for step in _STEPS))


def _lead_of_heat_map(report: Mapping[str, Any]) -> str:
    parts = _parts(len(report["period_begins"]))
    cell = "one period" if len(parts) == len(report["period_begins"]) else f"up to {len(parts[0])} periods"
    return f"Of the values expected, the share that is there and valid. A cell is {cell}; hold the pointer over it."


def _parts(n_periods: int) -> list[range]:
    """Neighbouring periods that share a cell, so that not more cells stand side by side than can be seen."""
    size = max(1, -(-n_periods // _MOST_CELLS))
    return [range(begin, min(begin + size, n_periods)) for begin in range(0, n_periods, size)]


def _usable(column: Mapping[str, Any]) -> list[float | None]:
    """Completeness times validity of each period; None where nothing is expected."""
    pairs = zip(column["completeness_by_period"], column["validity_by_period"], strict=True)
    return [None if there is None else there * (1.0 if valid is None else valid) for there, valid in pairs]


def _cells(column: Mapping[str, Any], parts: Sequence[range], expected: Sequence[int]) -> list[float | None]:
    """Of each part, the mean weighted by what is expected."""
    usable = _usable(column)
    means: list[float | None] = []
    for part in parts:
        known = [(share, expected[p]) for p in part if (share := usable[p]) is not None and expected[p] > 0]
        weight = sum(n for _, n in known)
        means.append(sum(share * n for share, n in known) / weight if weight else None)
    return means


def _heat_map(report: Mapping[str, Any]) -> str:
    begins = report["period_begins"]
    if not begins or not report["columns"]:
        return ""
    parts = _parts(len(begins))
    columns = report["columns"]
    note = ""
    if len(columns) > _MOST_COLUMNS:
        columns = sorted(columns, key=lambda column: column["score"] or 0)[:_MOST_COLUMNS]
        note = f"<p class=quiet>The {_MOST_COLUMNS} worst of {len(report['columns'])} columns.</p>"
    lines = "".join(
        _line(i, column["name"], _cells(column, parts, report["expected_by_period"]), parts, begins)
        for i, column in enumerate(columns)
    )
    height = len(columns) * _LINE
    box = f"0 0 {_WIDTH} {height + 26}"
    key = "".join(f'<span class="swatch h{i}"></span>{text}' for i, text in enumerate(_LEGEND))
    return (
        f'<p class="legend">{key}</p><svg viewBox="{box}" role="img" aria-label="Columns over time">'
        f"{lines}{_ticks(begins, height)}</svg>{note}"
    )


def _line(i: int, name: str, cells: Sequence[float | None], parts: Sequence[range], begins: Sequence[str]) -> str:
    """One column's cells; neighbours of one colour are one mark."""
    short = name if len(name) <= 30 else name[:28] + "…"
    marks, width = [], (_WIDTH - _GUTTER) / len(cells)
    for step, run in groupby(range(len(cells)), key=lambda k: _step(cells[k])):
        members = list(run)
        first, last = (_moment(begins[p]) for p in (parts[members[0]][0], parts[members[-1]][-1]))
        shares = [share for k in members if (share := cells[k]) is not None]
        told = f"{first} to {last}: {_percent(float(np.mean(shares))) if shares else 'nothing expected'}"
        marks.append(
            f'<rect class="h{step}" x="{_GUTTER + members[0] * width:.2f}" y="1" width="{len(members) * width:.2f}" '
            f'height="{_LINE - 2}"><title>{escape(name)}, {told}</title></rect>'
        )
    label = f'<text class="tick" x="{_GUTTER - 8}" y="13" text-anchor="end">{escape(short)}</text>'
    return f'<g transform="translate(0 {i * _LINE})"><title>{escape(name)}</title>{label}{"".join(marks)}</g>'


def _ticks(begins: Sequence[str], height: int) -> str:
    first, last = (np.datetime64(text, "ns") for text in (begins[0], begins[-1]))
    if len(begins) > 1:
        last += (last - first) // (len(begins) - 1)  # the end of the last period
    low, high = (float(t.astype("datetime64[s]").astype(np.int64)) for t in (first, last))
    if high <= low:
        return f'<text class="tick" x="{_GUTTER}" y="{height + 18}">{escape(begins[0])}</text>'
    marks = []
    for value, label in time_ticks(first, last, count=7):
        x = _GUTTER + (value - low) / (high - low) * (_WIDTH - _GUTTER)
        anchor = "end" if x > _WIDTH - 40 else "start" if x < _GUTTER + 40 else "middle"
        marks.append(
            f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{height}" y2="{height + 5}"/>'
            f'<text class="tick" x="{x:.1f}" y="{height + 19}" text-anchor="{anchor}">{escape(label)}</text>'
        )
    return "".join(marks)
