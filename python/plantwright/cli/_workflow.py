# SPDX-License-Identifier: MIT
"""Train on the past, judge on the future: the steps that `train` and `demo` share, each a small function."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import plantwright as pw
from plantwright.cli import _story, _table
from plantwright.cli._target import Target, read_target
from plantwright.cli._terminal import CliError, Terminal

MIN_ROWS = 10  # to learn from, and half as many to judge on


@dataclass(frozen=True)
class Plan:
    """What the user asked for."""

    data: str
    target: str
    time: tuple[str, ...] = ()
    task: str | None = None
    schema: str | None = None
    exclude: tuple[str, ...] = ()
    group: str | None = None
    test_fraction: float = 0.2
    trees: int = 100
    min_samples_leaf: int = 5
    max_features: float | None = None
    seed: int = 0
    n_jobs: int = -1


@dataclass(frozen=True)
class Split:
    """Row numbers of both sides, and how they were chosen."""

    train: np.ndarray
    test: np.ndarray
    kind: str
    text: str


@dataclass(frozen=True)
class Outcome:
    """What came of a plan; enough for the model file, the summary and the report."""

    plan: Plan
    frame: Any
    target: Target
    times: np.ndarray | None
    split: Split
    forest: Any
    predicted: np.ndarray
    probabilities: np.ndarray | None
    report: Any
    suspects: dict[str, str]
    report_without_suspects: Any | None
    n_dropped: int
    sha256: str
    notes: list[str] = field(default_factory=list)

    @property
    def actual(self) -> np.ndarray:
        actual: np.ndarray = self.target.values[self.split.test]
        return actual


def train(plan: Plan, terminal: Terminal) -> Outcome:
    """The whole way from a file to a judged forest; nothing is written."""
    check_plan(plan)
    terminal.stage(f"Reading {plan.data}")
    frame, notes = _table.read(plan)
    frame, target, n_dropped = rows_with_target(_table.prepared(frame, plan), plan)
    times = _table.times(frame)
    terminal.say(f"    {len(frame)} rows, {len(frame.schema.input_names)} inputs, {target.task} of {plan.target}"
                 + (f", {n_dropped} rows without target dropped" if n_dropped else ""))  # fmt: skip
    split = split_rows(frame, times, plan)
    check_split(target, split)
    terminal.stage(
        f"Training {plan.trees} trees on {split.train.size} rows; testing on {split.test.size}: {split.text}"
    )
    forest, predicted, probabilities = fit_and_predict(frame, target, split, plan)
    report = judge(target, split, times, predicted, probabilities)
    suspects, leaks = _table.leaks(frame, plan, split)
    without = judge_without(suspects, frame, target, split, times, plan, terminal) if suspects else None
    return Outcome(plan, frame, target, times, split, forest, predicted, probabilities, report, suspects, without,
                   n_dropped, _story.sha256_of(plan.data), notes + leaks)  # fmt: skip


def check_plan(plan: Plan) -> None:
    if not 0 < plan.test_fraction < 1:
        raise CliError(f"--test-fraction must be between 0 and 1, got {plan.test_fraction:g}")
    if plan.trees < 1:
        raise CliError(f"--trees must be at least 1, got {plan.trees}")
    if plan.max_features is not None and not 0 < plan.max_features <= 1:
        raise CliError(f"--max-features must be in (0, 1], got {plan.max_features:g}")
    if not Path(plan.data).exists():
        raise CliError(f"no such file: {plan.data}")
    if Path(plan.data).is_dir():
        raise CliError(f"{plan.data} is a folder, not a CSV file")


def rows_with_target(frame: Any, plan: Plan) -> tuple[Any, Target, int]:
    """The frame without rows whose target (or time) is missing, and the target of the rest."""
    if len(frame) == 0:
        raise CliError(f"{plan.data} has a header but no rows")
    target = read_target(frame, plan.target, plan.task)
    known = target.known
    times = _table.times(frame)
    if times is not None:
        known = known & ~np.isnat(times)
    if not known.any():
        raise CliError(f"target {plan.target!r} is missing in every row")
    n_dropped = int((~known).sum())
    if n_dropped:
        rows = np.flatnonzero(known)
        frame, target = frame[rows], target.take(rows)
    if len(frame) < MIN_ROWS + MIN_ROWS // 2:
        raise CliError(
            f"{plan.data} has {len(frame)} rows with a target; at least {MIN_ROWS + MIN_ROWS // 2} are needed"
        )
    if len(set(target.values.tolist())) < 2:
        raise CliError(f"target {plan.target!r} has the same value ({target.values[0]}) in every row; nothing to learn")
    return frame, target, n_dropped


def split_rows(frame: Any, times: np.ndarray | None, plan: Plan) -> Split:
    """The latest rows test; whole groups where asked for; without a time column, the file's order is the time's."""
    if plan.group:
        return _split_by_group(frame, times, plan, plan.group)
    share = f"last {100 * plan.test_fraction:g} %"
    if times is None:
        train_rows, test_rows = pw.evaluate.train_test_split_by_time(len(frame), test_fraction=plan.test_fraction)
        return Split(train_rows, test_rows, "order", f"{share} of the rows in file order, not shuffled")
    train_rows, test_rows = pw.evaluate.train_test_split_by_time(
        len(frame), test_fraction=plan.test_fraction, time=times
    )
    if test_rows.size == 0:
        raise CliError("every row has the same time; leave --time out to split by file order")
    return Split(train_rows, test_rows, "time", f"{share} by time, from {_story.time_text(times[test_rows].min())}")


def _split_by_group(frame: Any, times: np.ndarray | None, plan: Plan, group: str) -> Split:
    """Whole groups, those that begin last."""
    groups = _table.texts(frame, group)
    order = np.arange(len(frame)) if times is None else np.argsort(times, kind="stable")
    _, first = np.unique(groups[order], return_index=True)
    begun = groups[order][np.sort(first)]
    sizes = np.array([(groups == g).sum() for g in begun])
    n_train = int(np.searchsorted(np.cumsum(sizes), (1 - plan.test_fraction) * len(frame), side="right"))
    n_train = min(max(n_train, 1), begun.size - 1)
    if begun.size < 2:
        raise CliError(f"--group {group}: there is only one group, so nothing can be kept aside")
    is_test = np.isin(groups, begun[n_train:])
    return Split(np.flatnonzero(~is_test), np.flatnonzero(is_test), "group",
                 f"the last {begun.size - n_train} of {begun.size} groups of {group}")  # fmt: skip


def check_split(target: Target, split: Split) -> None:
    if split.train.size < MIN_ROWS or split.test.size < MIN_ROWS // 2:
        raise CliError(f"the split leaves {split.train.size} rows to train and {split.test.size} to test; too few")
    if len(set(target.values[split.train].tolist())) < 2:
        raise CliError(f"target {target.name!r} does not change in the training part; nothing to learn")


def fit_and_predict(frame: Any, target: Target, split: Split, plan: Plan) -> tuple[Any, np.ndarray, np.ndarray | None]:
    """A forest of the training rows, and what it says about the test rows."""
    if not frame.schema.input_names:
        raise CliError("no input columns are left")
    classify = target.task == "classification"
    default_features: Any = "sqrt" if classify else 1.0
    options: dict[str, Any] = {
        "n_estimators": plan.trees,
        "min_samples_leaf": plan.min_samples_leaf,
        "max_features": plan.max_features or default_features,
        "random_state": plan.seed,
        "n_jobs": plan.n_jobs,
    }
    kind: Any = pw.RandomForestClassifier if classify else pw.RandomForestRegressor
    forest = kind(**options)
    learn = frame[split.train]
    if target.is_numbered:  # the raw column stays a number that nobody uses; its whole values are the classes
        forest.fit(learn.with_roles({target.name: "ignored"}), target.values[split.train])
    else:
        forest.fit(learn)
    return (forest, *predictions(forest, frame[split.test], target))


def predictions(forest: Any, rows: Any, target: Target) -> tuple[np.ndarray, np.ndarray | None]:
    """Values, or classes and the probabilities of all classes that the target has."""
    predicted = np.asarray(forest.predict(rows)).astype(target.values.dtype)
    if target.task == "regression":
        return predicted, None
    return predicted, target.spread(forest.predict_proba(rows), forest.classes_)


def judge(target: Target, split: Split, times: np.ndarray | None, predicted: np.ndarray, probabilities: Any) -> Any:
    """Errors on the test rows beside the baselines'; persistence and last week know every truth before their row."""
    stamps = {} if times is None else {"times": times[split.test], "times_train": times[split.train]}
    return pw.evaluate.report(
        target.values[split.test],
        predicted,
        task=target.task,
        y_proba=probabilities,
        labels=target.classes if target.task == "classification" else None,
        y_train=target.values[split.train],
        split=split.text,
        **stamps,
    )


def judge_without(suspects: dict[str, str], frame: Any, target: Target, split: Split, times: Any, plan: Plan,
                  terminal: Terminal) -> Any | None:  # fmt: skip
    """The same once more without the suspect columns; None where no input would be left."""
    terminal.stage(f"Training again without {len(suspects)} suspect column(s): {', '.join(suspects)}")
    rest = frame.with_roles(dict.fromkeys(suspects, "ignored"))
    if not rest.schema.input_names:
        return None
    _, predicted, probabilities = fit_and_predict(rest, target, split, plan)
    return judge(target, split, times, predicted, probabilities)


def save(outcome: Outcome, path: str | Path) -> None:
    """The forest with its provenance and metrics; the old file stands until the new one is whole."""
    pw.save(outcome.forest, path, extra=_story.header_of(outcome))


def write_report(outcomes: list[Outcome], path: str | Path) -> None:
    from plantwright.report import write_html

    write_html(path, *(_story.report_content(outcome) for outcome in outcomes))


def summary(outcome: Outcome) -> str:
    return _story.summary(outcome)
