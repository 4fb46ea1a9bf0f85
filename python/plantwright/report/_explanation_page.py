# SPDX-License-Identifier: MIT
"""One prediction explained, as a page: every feature's value and contribution, the largest first."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from plantwright.report._page import document
from plantwright.report._svg import format_number


def explanation_page(title: str, base: float, lines: Sequence[tuple[str, str, float]], max_display: int = 15) -> str:
    """Give one HTML document that needs nothing else.

    Parameters
    ----------
    title : str
        Heading.
    base : float
        The prediction where nothing is known.
    lines : sequence of (name, value, contribution)
        One a feature, in any order.
    max_display : int, default=15
        Lines shown; the others share the last one.

    Examples
    --------
    >>> from plantwright.report import explanation_page
    >>> "steam" in explanation_page("Row 3", 10.0, [("steam", "512 t/h", 2.5), ("air", "7 bar", -1.0)])
    True
    """
    ordered = sorted(lines, key=lambda line: -abs(line[2]))
    shown, rest = ordered[:max_display], ordered[max_display:]
    if rest:
        shown.append((f"{len(rest)} others", "", sum(line[2] for line in rest)))
    largest = max((abs(line[2]) for line in shown), default=0) or 1.0
    rows = "".join(_row(name, value, size, largest) for name, value, size in shown)
    prediction = base + sum(line[2] for line in lines)
    cards = "".join(
        f"<div class=card><h3>{escape(name)}</h3><p>{format_number(value)}</p></div>"
        for name, value in (("prediction", prediction), ("base value: the mean prediction", base))
    )
    table = (
        "<table class=contributions><thead><tr><th>feature</th><th>value</th><th>contribution</th><td></td></tr>"
        f"</thead><tbody>{rows}</tbody></table>"
    )
    lead = "What each feature moved the prediction by, from the base value; the contributions add up to the difference."
    body = (
        f"<article><header><h1>{escape(title)}</h1><div class=cards>{cards}</div></header>"
        f"<section><h2>Contributions</h2><p class=lead>{lead}</p>{table}</section></article>"
    )
    return document(title, body, "Written by Plantwright. Contributions are Shapley values of the trees.")


def _row(name: str, value: str, size: float, largest: float) -> str:
    """A bar to the right or to the left of the middle, half a cell at most."""
    share = 50 * abs(size) / largest
    left = 50.0 if size >= 0 else 50 - share
    kind = "up" if size >= 0 else "down"
    mark = f'<div class="mark {kind}" style="margin-left:{left:.2f}%;width:{share:.2f}%"></div>'
    sign = "+" if size >= 0 else "−"
    return (
        f"<tr><th>{escape(name)}</th><td>{escape(value)}</td>"
        f"<td>{sign}{format_number(abs(size))}</td><td class=marks>{mark}</td></tr>"
    )
