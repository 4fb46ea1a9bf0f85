# SPDX-License-Identifier: MIT
"""How a frame shows itself: one line a column, with its first values."""

from __future__ import annotations

from html import escape
from typing import Any

from plantwright.frame._output import values_of

_COLUMNS_SHOWN = 40
_VALUES_SHOWN = 4


def text_of(core: Any) -> str:
    """For a terminal."""
    rows = _table(core)
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(4)]
    lines = ["  " + "  ".join(cell.ljust(width) for cell, width in zip(row, [*widths, 0], strict=True)) for row in rows]
    return "\n".join([_title(core), *(line.rstrip() for line in lines), *_more(core)])


def html_of(core: Any) -> str:
    """For a notebook."""
    head = "".join(f"<th>{name}</th>" for name in ("column", "kind", "role", "missing", "first values"))
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in _table(core))
    more = "".join(f"<p>{escape(line)}</p>" for line in _more(core))
    return f"<p>{escape(_title(core))}</p><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _title(core: Any) -> str:
    return f"Frame of {_count(core.rows, 'row')} and {_count(core.cols, 'column')}"


def _count(n: int, what: str) -> str:
    return f"{n:,} {what}" + ("" if n == 1 else "s")


def _more(core: Any) -> list[str]:
    hidden = core.cols - _COLUMNS_SHOWN
    return [f"  ... and {_count(hidden, 'column')} more"] if hidden > 0 else []


def _table(core: Any) -> list[list[str]]:
    return [_row(core, spec) for spec in core.schema.columns[:_COLUMNS_SHOWN]]


def _row(core: Any, spec: Any) -> list[str]:
    column = core.column(spec.name)
    missing = f"{column.n_missing:,} missing" if column.n_missing else ""
    name = f"{spec.name} [{spec.unit}]" if spec.unit else spec.name
    kind = f"{spec.kind} {spec.time_zone}".rstrip()
    first = core.select([spec.name]).rows_between(0, min(_VALUES_SHOWN, core.rows)).column(spec.name)
    shown = [_value(value, spec.time_zone) for value in values_of(first)]
    if core.rows > _VALUES_SHOWN:
        shown.append("...")
    return [name, kind, spec.role, missing, ", ".join(shown)]


def _value(value: Any, time_zone: str) -> str:
    if value is None or value != value:  # None, NaN, NaT
        return "-"
    text = str(value).removesuffix(".000000000") + ("Z" if time_zone else "")
    return text if len(text) <= 24 else text[:23] + "…"
