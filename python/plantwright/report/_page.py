# SPDX-License-Identifier: MIT
"""The page: sections of text, tables and charts, put together from a `ReportContent`."""

from __future__ import annotations

import contextlib
import os
import tempfile
from html import escape
from importlib.resources import files
from pathlib import Path

import numpy as np

from plantwright.report import _charts as charts
from plantwright.report import _class_charts as class_charts
from plantwright.report._content import ReportContent, Score
from plantwright.report._svg import format_number

#: Metrics of which less is better; of all others more is.
LESS_IS_BETTER = {"RMSE", "MAE", "MSE", "log loss", "Brier"}
_MOST_CLASSES = 6  # with curves of their own


def to_html(*contents: ReportContent) -> str:
    """One report, or several below each other, as one HTML document that needs nothing else.

    Examples
    --------
    >>> import numpy as np
    >>> from plantwright.report import ReportContent, Score, to_html
    >>> y = np.arange(5.0)
    >>> scores = [Score("forest", {"RMSE": 0.0})]
    >>> page = to_html(ReportContent("Energy", "kWh", "regression", {"rows": "5"}, {}, scores, y, y))
    >>> page.startswith("<!doctype html>")
    True
    """
    title = contents[0].title if len(contents) == 1 else "Plantwright report"
    body = "".join(_story(content) for content in contents)
    return document(title, body, "Written by Plantwright. Baselines are scored on the same rows as the model.")


def document(title: str, body: str, footer: str) -> str:
    """A body of HTML as a page with the style of all reports."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_style()}</style></head>"
        f"<body><main>{body}<footer>{escape(footer)}</footer></main></body></html>\n"
    )


def write_html(path: str | os.PathLike[str], *contents: ReportContent) -> None:
    """Writes the page whole or not at all (temporary file beside it, then renamed)."""
    page = to_html(*contents)
    target = Path(path)
    handle, temporary = tempfile.mkstemp(dir=target.parent or ".", prefix=f".{target.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(page)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _style() -> str:
    return files("plantwright.report").joinpath("style.css").read_text(encoding="utf-8")


def _story(content: ReportContent) -> str:
    """All sections of one model."""
    sections = [
        _header(content),
        _section("Errors beside the trivial baselines", _metrics(content)),
        _suspects(content),
        *(_classification(content) if content.task == "classification" else _regression(content)),
        _importances(content),
        _section("Data and split", _data(content)),
    ]
    return f"<article>{''.join(sections)}</article>"


def _section(title: str, body: str, lead: str = "") -> str:
    lead = f"<p class=lead>{lead}</p>" if lead else ""
    return f"<section><h2>{escape(title)}</h2>{lead}{body}</section>" if body else ""


def _with_unit(content: ReportContent) -> str:
    return f"in {content.unit}" if content.unit else ""


def _header(content: ReportContent) -> str:
    facts = "".join(f"<span><b>{escape(k)}</b> {escape(v)}</span>" for k, v in content.facts.items())
    return f"<header><h1>{escape(content.title)}</h1><p class=facts>{facts}</p>{_cards(content)}</header>"


def _cards(content: ReportContent) -> str:
    """The first three metrics of the model in large type, each beside the best baseline."""
    models = [s for s in content.scores if not s.is_baseline]
    if not models:
        return ""
    cards = [_card(name, value, models[1:], content) for name, value in list(models[0].metrics.items())[:3]]
    return f'<div class="cards">{"".join(cards)}</div>'


def _card(name: str, value: float, others: list[Score], content: ReportContent) -> str:
    unit = f" <small>{escape(content.unit)}</small>" if content.unit and name in ("RMSE", "MAE") else ""
    baselines = [s for s in content.scores if s.is_baseline and np.isfinite(s.metrics.get(name, np.nan))]
    lines = [f"{escape(s.name)}: <b>{format_number(s.metrics.get(name, np.nan))}</b>" for s in others]
    if baselines:
        pick = min if name in LESS_IS_BETTER else max
        best = pick(baselines, key=lambda s: s.metrics[name])
        lines.append(f"best baseline ({escape(best.name)}): {format_number(best.metrics[name])}")
    beside = "".join(f"<small>{line}</small>" for line in lines)
    return f"<div class=card><h3>{escape(name)}</h3><p>{format_number(value)}{unit}</p>{beside}</div>"


def _metrics(content: ReportContent) -> str:
    names = list(dict.fromkeys(name for score in content.scores for name in score.metrics))
    head = "".join(f"<th>{escape(n)}{' ↓' if n in LESS_IS_BETTER else ' ↑'}</th>" for n in names)
    rows = "".join(_metric_row(score, names) for score in content.scores)
    table = f'<table class="metrics"><thead><tr><th></th>{head}</tr></thead><tbody>{rows}</tbody></table>'
    notes = "".join(f"<p class=quiet>{escape(note)}</p>" for note in content.notes)
    return table + notes


def _metric_row(score: Score, names: list[str]) -> str:
    cells = "".join(f"<td>{format_number(score.metrics.get(n, float('nan')), 4)}</td>" for n in names)
    css = "" if score.is_baseline else ' class="model"'
    note = f"<br><small class=quiet>{escape(score.note)}</small>" if score.note else ""
    return f"<tr{css}><th>{escape(score.name)}{note}</th>{cells}</tr>"


def _suspects(content: ReportContent) -> str:
    if not content.suspects:
        return ""
    lines = "".join(f"<li><b>{escape(s.name)}</b>: {escape(s.reason)}</li>" for s in content.suspects)
    return (
        "<section class=warning><h2>Suspect columns</h2><p class=lead>They may hold what is to be predicted. They were "
        "not dropped; look whether each is known <em>before</em> the target is measured. The table above shows the "
        f"errors with and without them.</p><ul>{lines}</ul></section>"
    )


_LEGEND = '<p class="legend"><span class="key actual"></span>actual <span class="key predicted"></span>predicted</p>'


def _regression(content: ReportContent) -> list[str]:
    actual, predicted = (np.asarray(a, dtype=float) for a in (content.actual, content.predicted))
    axis = charts.Axis.of(content.times, actual.size)
    label = f"[{content.unit}]" if content.unit else ""
    target = f"{content.target} {label}".strip()
    residuals = actual - predicted
    last = slice(max(0, actual.size - _rows_of_detail(axis)), None)
    whole = _LEGEND + charts.over_time(axis, actual, predicted, target)
    closer = charts.over_time(axis.part(last), actual[last], predicted[last], target)
    lead = "The whole test part. Where rows are many, lines are local means, bands reach from minimum to maximum."
    side = _side_by_side(
        _titled("Predicted against actual", charts.predicted_against_actual(actual, predicted, label)),
        _titled("How often how far off", charts.residual_histogram(residuals, label)),
        _titled("Over the prediction", charts.residuals_over_predicted(predicted, residuals, label)),
    )
    return [
        _section("Predicted against actual", whole, lead),
        _section("The end of it, row by row", _LEGEND + closer) if actual.size > _rows_of_detail(axis) else "",
        _section("Residuals", charts.residuals_over_time(axis, residuals, f"residual {label}".strip()) + side,
                 "Actual minus predicted: above zero the model said too little."),
    ]  # fmt: skip


def _rows_of_detail(axis: charts.Axis) -> int:
    """About two weeks, at most 400 rows."""
    if axis.times is None or axis.values.size < 3:
        return 200
    step = float(np.nanmedian(np.diff(axis.values)))
    return int(np.clip(14 * 86400 / step, 60, 400)) if step > 0 else 200


def _classification(content: ReportContent) -> list[str]:
    actual, predicted = np.asarray(content.actual, dtype=object), np.asarray(content.predicted, dtype=object)
    sections = [_section("Confusion", class_charts.confusion_table(actual, predicted, content.classes))]
    if content.probabilities is None:
        return sections
    shown = [1] if len(content.classes) == 2 else range(min(len(content.classes), _MOST_CLASSES))
    return sections + [_curves_of_class(content, actual, index) for index in shown]


def _curves_of_class(content: ReportContent, actual: np.ndarray, index: int) -> str:
    name = content.classes[index]
    truth = np.asarray(actual == name, dtype=bool)
    if truth.all() or not truth.any():
        return _section(
            f"Class {name}", f"<p class=quiet>{'Every' if truth.all() else 'No'} test row is of this class.</p>"
        )
    score = np.asarray(content.probabilities)[:, index]
    curves = _side_by_side(
        _titled("ROC", class_charts.roc_curve(truth, score)),
        _titled("Precision and recall", class_charts.precision_recall_curve(truth, score)),
        _titled("Calibration", class_charts.calibration_chart(truth, score)),
    )
    return _section(f"Class {name}: ranking and calibration", curves)


def _importances(content: ReportContent) -> str:
    if not content.importances:
        return ""
    suspects = {s.name for s in content.suspects}
    lead = f"By {escape(content.importance_kind)}. It says what the model used, not what causes the target."
    return _section("What the model looked at", charts.importance_bars(content.importances, suspects), lead)


def _side_by_side(*parts: str) -> str:
    return f'<div class="side">{"".join(f"<div>{part}</div>" for part in parts)}</div>'


def _titled(title: str, chart: str) -> str:
    return f"<h3>{escape(title)}</h3>{chart}"


def _data(content: ReportContent) -> str:
    split = "".join(f"<tr><th>{escape(k)}</th><td>{escape(v)}</td></tr>" for k, v in content.split.items())
    rows = "".join(
        f"<tr><th>{escape(c.name)}</th><td>{escape(c.kind)}</td><td>{escape(c.unit)}</td><td>{escape(c.role)}</td>"
        f"<td>{'yes' if c.is_input else 'no'}</td><td>{c.n_missing or ''}</td><td>{escape(c.description)}</td></tr>"
        for c in content.columns
    )
    table = (
        "<details open><summary>Columns</summary><table class=columns><thead><tr><th>name</th><td>kind</td>"
        "<td>unit</td><td>role</td><td>input</td><td>missing</td><td>meaning</td></tr></thead>"
        f"<tbody>{rows}</tbody></table></details>"
    )
    return f"<table class=facts>{split}</table>" + (table if rows else "")
