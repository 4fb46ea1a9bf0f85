# SPDX-License-Identifier: MIT
"""`Comparison`: which conditions moved the prediction from a reference to a period."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from plantwright.core import InvalidArgument
from plantwright.frame import Frame

_STYLE = (
    "<style>.pw-comparison table{border-collapse:collapse;font-variant-numeric:tabular-nums}"
    ".pw-comparison th,.pw-comparison td{padding:.2em .8em;text-align:right}"
    ".pw-comparison th:first-child,.pw-comparison td:first-child{text-align:left}"
    ".pw-comparison thead{border-bottom:1px solid #888}"
    ".pw-comparison .bar{display:inline-block;height:.8em;background:#c0392b;vertical-align:middle}"
    ".pw-comparison .up{background:#2471a3}</style>"
)


class Condition(NamedTuple):
    """One feature's part in a `Comparison`.

    Attributes
    ----------
    name, unit : str
    then, now : float or str or None
        Mean over the reference and over the period, missing values left out; of a category its most frequent level and
        that one's share. None where every value is missing.
    contribution : float
        What it moved the mean prediction by, in the prediction's unit.
    """

    name: str
    unit: str
    then: float | str | None
    now: float | str | None
    contribution: float

    def __str__(self) -> str:
        """``feed B 9.1 -> 7.2 mol/s: -0.041``, the prediction's unit left out."""
        then, now = _pair(self.then, self.now)
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.name} {then} -> {now}{unit}: {self.contribution:+.3g}"


@dataclass(frozen=True)
class Comparison:
    """Contributions of features to the difference between two mean predictions, in the prediction's unit.

    ``now = then + contributions.sum(axis=0)``

    where ``contributions[j]`` is the mean over the period of Shapley values with the reference as background: exact,
    and zero on average for a period like the reference. Made by `TreeExplainer.compare`; ``print(comparison)`` ranks
    the conditions, a notebook shows a table.

    Attributes
    ----------
    contributions : ndarray of shape (n_features,) or (n_features, n_outputs)
    then, now : float or ndarray of shape (n_outputs,)
        Mean predictions of the reference and of the period.
    values_then, values_now : list of float or str or None
        Mean values of each feature, missing ones left out; of a category the most frequent level and its share.
    feature_names, units : list of str
    output_names : list of str or None
        Classes; ``comparison["good"]`` is the part of one class.
    target, target_unit : str
        What is predicted.
    measure : str
        What is added up where that is not the target itself: "probability" or "raw sum".
    method : str
        As given to `compare`.
    n_rows, n_reference : int
        Rows of the period and of the reference.

    See Also
    --------
    TreeExplainer.compare : makes it.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> rng = np.random.default_rng(0)
    >>> frame = pw.Frame({"feed_B": rng.normal(9, 1, 500), "steam": rng.normal(5, 1, 500)}, units={"feed_B": "mol/s"})
    >>> target = pw.Frame({"yield": 0.05 * frame["feed_B"]})["yield"]
    >>> table = frame.with_column("yield", target, role="target")
    >>> forest = pw.RandomForestRegressor(50, max_depth=6, random_state=0).fit(table)
    >>> comparison = pw.TreeExplainer(forest).compare({"feed_B": 7.2, "steam": 5.0}, reference=frame)
    >>> comparison.ranked()[0].name, comparison.ranked()[0].unit
    ('feed_B', 'mol/s')
    >>> bool(np.isclose(comparison.now, comparison.then + comparison.contributions.sum()))
    True
    """

    contributions: NDArray[np.float64]
    then: Any
    now: Any
    values_then: list[float | str | None]
    values_now: list[float | str | None]
    feature_names: list[str]
    units: list[str]
    output_names: list[str] | None = None
    target: str = ""
    target_unit: str = ""
    measure: str = ""
    method: str = "interventional"
    n_rows: int = 0
    n_reference: int = 0

    def __getitem__(self, output: str | int) -> Comparison:
        """The part of one class, by name or number."""
        if self.contributions.ndim == 1:
            raise InvalidArgument("Comparison: there is one output alone")
        names = self.output_names or [str(k) for k in range(self.contributions.shape[1])]
        if isinstance(output, str):
            if output not in names:
                raise InvalidArgument(f"Comparison: no output is named {output!r}: there are {', '.join(names)}")
            output = names.index(output)
        k = int(output)
        return replace(
            self,
            contributions=self.contributions[:, k],
            then=float(self.then[k]),
            now=float(self.now[k]),
            output_names=None,
            target=f"{self.measure or 'output'} of {f'{self.target} = ' if self.target else ''}{names[k]}",
            target_unit="",
        )

    def _one(self) -> Comparison:
        """What text shows: of several classes the one that moved most (of two, the second)."""
        if self.contributions.ndim == 1:
            return self
        moved = np.abs(np.asarray(self.now) - np.asarray(self.then))
        return self[len(moved) - 1 if len(moved) == 2 else int(moved.argmax())]

    def ranked(self, top: int | None = None) -> list[Condition]:
        """The conditions, the largest contribution of either sign first.

        Parameters
        ----------
        top : int, optional
            So many of them.

        Raises
        ------
        InvalidArgument
            If there are several outputs: choose one, ``comparison["good"].ranked()``.
        """
        if self.contributions.ndim != 1:
            raise InvalidArgument("Comparison.ranked: choose one of several outputs first: comparison[name]")
        order = np.argsort(-np.abs(self.contributions), kind="stable")[:top]
        return [
            Condition(
                self.feature_names[j],
                self.units[j],
                self.values_then[j],
                self.values_now[j],
                float(self.contributions[j]),
            )
            for j in order
        ]

    def to_text(self, top: int | None = 10) -> str:
        """Say it in lines: the prediction then and now, and the conditions by rank.

        Parameters
        ----------
        top : int or None, default=10
            Conditions shown; what the others add up to stands in a last line.
        """
        one = self._one()
        unit = one._unit()
        conditions = one.ranked()
        shown = conditions[:top]
        lines = [one._headline()]
        lines += [f"  {condition}{' ' + unit if unit else ''}" for condition in shown]
        rest = conditions[len(shown) :]
        if rest:
            lines.append(f"  {len(rest)} others: {sum(c.contribution for c in rest):+.3g}{' ' + unit if unit else ''}")
        return "\n".join(lines)

    def _unit(self) -> str:
        return self.target_unit or self.measure or self.target

    def _headline(self) -> str:
        then, now = _pair(self.then, self.now)
        unit = f" {self.target_unit}" if self.target_unit else ""
        rows = "1 row" if self.n_rows == 1 else f"{self.n_rows:,} rows"
        return (
            f"{self.target or 'prediction'} {then} -> {now}{unit}: {rows} against {self.n_reference:,} of the reference"
        )

    def to_frame(self) -> Frame:
        """Give a table with one row for each feature, in the order of `ranked`.

        Returns
        -------
        Frame
            Columns ``feature``, ``unit``, ``then``, ``now`` (texts where some feature is a category) and
            ``contribution``; of several outputs ``contribution [class]`` each, in the features' order.
        """
        if self.contributions.ndim == 1:
            order = np.argsort(-np.abs(self.contributions), kind="stable")
            contributions = {"contribution": self.contributions[order]}
        else:
            order = np.arange(len(self.feature_names))
            names = self.output_names or [str(k) for k in range(self.contributions.shape[1])]
            contributions = {
                f"contribution [{name}]": np.ascontiguousarray(self.contributions[:, k]) for k, name in enumerate(names)
            }
        return Frame(
            {
                "feature": np.array([self.feature_names[j] for j in order], dtype=object),
                "unit": np.array([self.units[j] for j in order], dtype=object),
                "then": _column([self.values_then[j] for j in order]),
                "now": _column([self.values_now[j] for j in order]),
                **contributions,
            }
        )

    def to_html(self, path: str | os.PathLike[str] | None = None, top: int | None = None) -> str:
        """Give a table with its own style, to stand in any page; also written to `path` where given.

        Parameters
        ----------
        path : str or path-like, optional
        top : int, optional
            So many conditions; all without it.
        """
        one = self._one()
        conditions = one.ranked(top)
        longest = max((abs(c.contribution) for c in conditions), default=0.0) or 1.0
        rows = "".join(_html_row(c, longest) for c in conditions)
        unit = one._unit()
        html = (
            f'{_STYLE}<div class="pw-comparison"><p>{escape(one._headline())}</p><table><thead><tr><th></th>'
            f"<th>then</th><th>now</th><th></th><th>{escape(unit)}</th><th></th></tr></thead>"
            f"<tbody>{rows}</tbody></table></div>\n"
        )
        if path is not None:
            Path(path).write_text(html, encoding="utf-8")
        return html

    def _repr_html_(self) -> str:
        return self.to_html()

    def __str__(self) -> str:
        """The ten conditions that moved it most."""
        return self.to_text()


def _html_row(condition: Condition, longest: float) -> str:
    then, now = _pair(condition.then, condition.now)
    width = 8 * abs(condition.contribution) / longest
    direction = "bar up" if condition.contribution > 0 else "bar"
    return (
        f"<tr><td>{escape(condition.name)}</td><td>{escape(then)}</td><td>{escape(now)}</td>"
        f"<td>{escape(condition.unit)}</td><td>{condition.contribution:+.3g}</td>"
        f'<td style="text-align:left"><span class="{direction}" style="width:{width:.2f}em"></span></td></tr>'
    )


def _pair(then: Any, now: Any) -> tuple[str, str]:
    """Both as texts, with as many digits as it takes to tell them apart."""
    for digits in range(3, 10):
        texts = _text(then, digits), _text(now, digits)
        if texts[0] != texts[1] or then == now:
            break
    return texts


def _text(value: Any, digits: int) -> str:
    if value is None:
        return "missing"
    return value if isinstance(value, str) else f"{value:.{digits}g}"


def _column(values: list[float | str | None]) -> NDArray[Any]:
    if any(isinstance(value, str) for value in values):
        return np.array([None if v is None else _text(v, 6) for v in values], dtype=object)
    return np.array([np.nan if v is None else v for v in values], dtype=np.float64)


def typical(column: NDArray[Any]) -> float | str | None:
    """The mean of numbers; the most frequent of levels, with its share where there are others; None for no value."""
    if column.dtype != object:
        present = column[~np.isnan(column)]
        return float(present.mean(dtype=np.float64)) if len(present) else None
    levels, counts = np.unique([str(value) for value in column if value is not None], return_counts=True)
    if len(levels) < 2:
        return str(levels[0]) if len(levels) else None
    return f"{levels[counts.argmax()]} ({counts.max() / counts.sum():.0%})"
