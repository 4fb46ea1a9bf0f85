# SPDX-License-Identifier: MIT
"""`Report`: a model's scores beside those of trivial predictors, all on the same rows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np

from plantwright._core import evaluate as _core
from plantwright.core import InvalidArgument
from plantwright.evaluate import _arrays
from plantwright.evaluate._comparison import Comparison, written

_STYLE = (
    "<style>.pw-report table{border-collapse:collapse;font-variant-numeric:tabular-nums}"
    ".pw-report th,.pw-report td{padding:.2em .8em;text-align:right}"
    ".pw-report th:first-child{text-align:left}.pw-report thead{border-bottom:1px solid #888}</style>"
)


class Report(Comparison):
    """Scores of a model and of trivial predictors on the same rows.

    Made by :func:`report` and :func:`cross_validate`. ``print(report)`` shows an aligned table; a notebook shows HTML.

    Attributes
    ----------
    task : {"regression", "classification"}
    n_rows, n_dropped, n_train : int
        Rows that every score is computed on; rows left out for all because some baseline has no value there; training
        rows.
    predictors : list of str
        ``"model"``, then the baselines.
    metrics : dict
        ``metrics["RMSE"]["persistence"]``: the value by metric and predictor (over folds: the mean); NaN where a metric
        does not apply.
    deviations : dict
        Standard deviations over folds in the same form; empty for a single split.
    folds : list of Report
    notes : list of str

    Examples
    --------
    >>> import plantwright as pw
    >>> r = pw.evaluate.report([1.0, 2.0, 4.0], [1.5, 2.0, 3.5], task="regression", y_train=[0.0, 1.0])
    >>> round(r.metrics["RMSE"]["persistence"], 3)
    1.291
    >>> r.beats_baselines()
    True
    """

    _core_class = _core.Report

    @property
    def task(self) -> str:
        return str(self._content["task"])

    @property
    def n_rows(self) -> int:
        return int(self._content["n_rows"])

    @property
    def n_dropped(self) -> int:
        return int(self._content["n_dropped"])

    @property
    def n_train(self) -> int:
        return int(self._content["n_train"])

    @property
    def split(self) -> str:
        return str(self._content["split"])

    @property
    def time_range(self) -> tuple[str, str] | None:
        """First and last time stamp of the tested rows; None without time stamps."""
        first = self._content["first_time"]
        return (first, self._content["last_time"]) if first else None

    @property
    def predictors(self) -> list[str]:
        return list(self._content["predictors"])

    @property
    def descriptions(self) -> dict[str, str]:
        """What each predictor predicts."""
        return dict(zip(self.predictors, self._content["descriptions"], strict=True))

    @property
    def metrics(self) -> dict[str, dict[str, float]]:
        return {s["metric"]: self._by_predictor(s["values"]) for s in self._content["scores"]}

    @property
    def deviations(self) -> dict[str, dict[str, float]]:
        scores = self._content["scores"]
        return {s["metric"]: self._by_predictor(s["deviations"]) for s in scores if "deviations" in s}

    @property
    def confusion(self) -> np.ndarray[Any, Any] | None:
        """Confusion matrix of the model, rows: truth; None for regression and over folds."""
        return np.array(self._content["confusion"], dtype=float) if self._content["confusion"] else None

    @property
    def classes(self) -> list[str]:
        return list(self._content["classes"])

    @property
    def notes(self) -> list[str]:
        return list(self._content["notes"])

    @property
    def folds(self) -> list[Report]:
        return [Report.from_dict(fold) for fold in self._content["folds"]]

    def beats_baselines(self) -> bool:
        """Whether the model is better than every baseline by the first metric (RMSE, balanced accuracy)."""
        return bool(self._core.beats_baselines())

    def to_html(self, path: str | os.PathLike[str] | None = None) -> str:
        """A table with its own style, to stand in any page; also written to `path` where given."""
        head = "".join(f"<th>{escape(name)}</th>" for name in self.predictors)
        rows = "".join(self._html_row(score) for score in self._content["scores"])
        facts = [f"{self.task.capitalize()}, {self.n_rows:,} rows tested, {self.n_train:,} trained on", self.split]
        facts += [" to ".join(self.time_range)] if self.time_range else []
        facts += (
            [f"{self.n_dropped:,} rows without a value of some baseline left out for all"] if self.n_dropped else []
        )
        facts += [f"{name}: {text}" for name, text in list(self.descriptions.items())[1:]] + self.notes
        lines = "".join(f"<li>{escape(fact)}</li>" for fact in facts if fact)
        html = (
            f'{_STYLE}<div class="pw-report"><table><thead><tr><th></th>{head}</tr></thead>'
            f"<tbody>{rows}</tbody></table><ul>{lines}</ul></div>\n"
        )
        return written(html, path)

    def _html_row(self, score: dict[str, Any]) -> str:
        deviations = score.get("deviations") or [None] * len(score["values"])
        cells = "".join(f"<td>{_cell(v, d)}</td>" for v, d in zip(score["values"], deviations, strict=True))
        return f"<tr><th>{escape(score['metric'])}</th>{cells}</tr>"

    def _by_predictor(self, values: Sequence[float | None]) -> dict[str, float]:
        return {p: float("nan") if v is None else float(v) for p, v in zip(self.predictors, values, strict=True)}

    def _repr_html_(self) -> str:
        return self.to_html()

    def __repr__(self) -> str:
        return f"<Report: {self.task}, {self.n_rows} rows, {', '.join(self.predictors)}>"


def _cell(value: float | None, deviation: float | None) -> str:
    if value is None:
        return "&ndash;"
    return f"{value:.4g}" if deviation is None else f"{value:.4g} &plusmn; {deviation:.2g}"


def report(
    y_true: Any,
    y_pred: Any,
    *,
    task: str = "auto",
    y_proba: Any | None = None,
    labels: Any | None = None,
    baselines: str | Sequence[str] = "auto",
    horizon: int = 1,
    y_train: Any | None = None,
    times: Any | None = None,
    times_train: Any | None = None,
    y_history: Any | None = None,
    times_history: Any | None = None,
    sample_weight: Any | None = None,
    split: str = "",
) -> Report:
    """Scores of predictions beside those of trivial predictors, all on the same rows.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n,)
    task : {"auto", "regression", "classification"}
        "auto": classification for texts, booleans and where `y_proba` is given; regression otherwise.
    y_proba : array-like of shape (n, n_classes) or (n,), optional
        Predicted probabilities of the classes in ascending order, or of the greater of two.
    labels : array-like, optional
        Every class there is, where the rows may lack some. The second of two is the positive class.
    baselines : "auto" or list of str
        Of mean, median, persistence, last_week (regression), majority, prior, always_positive, persistence, last_week
        (classification). "auto": those that apply and have a value for at least half of the rows. [] for none.
    horizon : int, default=1
        How many time stamps ahead `persistence` must predict.
    y_train : array-like, optional
        Training target: mean, median, majority and prior are learned from it.
    times, times_train : array-like of datetime64, optional
        Time stamps of the tested and of the training rows. Without them the rows are taken to be in time order, the
        training rows first.
    y_history, times_history : array-like, optional
        Every known truth, tested rows included, for persistence and last_week; by default the training and tested rows.
    sample_weight : array-like of shape (n,), optional
    split : str
        How the tested rows were chosen, for the reader.

    Returns
    -------
    Report

    Notes
    -----
    Persistence is one step ahead: it knows the actual previous value, inside the tested period too.

    Examples
    --------
    >>> import plantwright as pw
    >>> truth = ["on", "off", "on"]
    >>> print(pw.evaluate.report(truth, ["on", "off", "off"], baselines=["majority"], y_train=truth))
    Classification, 3 rows tested, 3 trained on
    <BLANKLINE>
                       model  majority
    balanced accuracy   0.75       0.5
    accuracy          0.6667    0.6667
    precision              1    0.6667
    recall               0.5         1
    F1                0.6667       0.8
    <BLANKLINE>
    By balanced accuracy the model beats every baseline; the best is majority (0.75 against 0.5).
    <BLANKLINE>
    truth \\ predicted  off  on
    off                  1   0
    on                   1   1
    <BLANKLINE>
    majority: most frequent class of the training target
    <BLANKLINE>
    """
    options = _core.BaselineOptions(_names(baselines), horizon)
    order = _time_order(y_train, times, times_train, times_history)
    weight = _arrays.optional_numbers("sample_weight", sample_weight)
    if _task(task, y_true, y_proba) == "regression":
        train = _arrays.optional_numbers("y_train", y_train)
        history = _arrays.optional_numbers("y_history", y_history)
        true, pred = _arrays.numbers("y_true", y_true), _arrays.numbers("y_pred", y_pred)
        return Report(_core.regression_report(true, pred, weight, train, history, order, split, options))
    return _classification_report(y_true, y_pred, y_proba, labels, y_train, y_history, weight, order, split, options)


def _classification_report(
    y_true: Any,
    y_pred: Any,
    y_proba: Any,
    labels: Any,
    y_train: Any,
    y_history: Any,
    weight: Any,
    order: Any,
    split: str,
    options: Any,
) -> Report:
    named = {"y_true": y_true, "y_pred": y_pred, "y_train": y_train, "y_history": y_history}
    columns = {name: _arrays.column(name, [] if v is None else v) for name, v in named.items()}
    classes = _arrays.distinct(*columns.values()) if labels is None else _arrays.distinct(np.asarray(labels))
    codes = {name: _arrays.encode(name, v, classes) for name, v in columns.items()}
    proba = np.empty((0, len(classes))) if y_proba is None else np.asarray(y_proba, dtype=np.float64)
    if proba.ndim == 1:
        proba = np.column_stack([1 - proba, proba])
    return Report(
        _core.classification_report(
            codes["y_true"],
            codes["y_pred"],
            proba,
            weight,
            codes["y_train"],
            codes["y_history"],
            order,
            [str(c) for c in classes],
            split,
            options,
        )
    )


def _task(task: str, y_true: Any, y_proba: Any | None) -> str:
    if task == "auto":
        is_label = np.asarray(y_true).dtype.kind in "OUSb"
        return "classification" if is_label or y_proba is not None else "regression"
    if task not in ("regression", "classification"):
        raise InvalidArgument(f"report: task must be 'auto', 'regression' or 'classification', got {task!r}")
    return task


def _names(baselines: str | Sequence[str]) -> list[str] | None:
    if isinstance(baselines, str):
        if baselines != "auto":
            raise InvalidArgument(f"report: baselines must be 'auto' or a list of names, got {baselines!r}")
        return None
    return list(baselines)


def _time_order(y_train: Any, times: Any, times_train: Any, times_history: Any) -> Any:
    if times is not None and y_train is not None and times_train is None:
        raise InvalidArgument("report: times_train must be given beside times and y_train")
    tested, train, history = (
        _arrays.stamps(name, values)
        for name, values in (("times", times), ("times_train", times_train), ("times_history", times_history))
    )
    # Integers order the rows without being time stamps.
    are_stamps = times is not None and np.asarray(times).dtype.kind not in "iu"
    return _core.TimeOrder(tested, train, history, are_stamps)
