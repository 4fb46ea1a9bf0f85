# SPDX-License-Identifier: MIT
"""`plantwright train plant.yaml`: a described model is fitted on the past, judged on the future, and saved."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

import plantwright as pw
from plantwright.cli import _table
from plantwright.cli._terminal import CliError, Terminal

_STAYS = ("data", "model", "report", "run", "parser", "command", "verbose", "debug")


def run(arguments: argparse.Namespace, terminal: Terminal) -> None:
    _refuse_other_options(arguments)
    config = pw.read_config(arguments.data)
    model_path = Path(arguments.model or config.outputs.get("model", "model.plw"))
    report_path = arguments.report or config.outputs.get("report")
    for path in (model_path, report_path):
        _table.require_folder(path)
    terminal.stage(f"Reading {config.data}")
    frame, notes = _table.with_notes(config.frame)
    for note in notes:
        terminal.say(f"    {note}")
    frame = _rows_with_target(frame, terminal)
    train, test = pw.evaluate.train_test_split_by_time(frame, test_fraction=config.test_fraction, gap=config.gap)
    terminal.stage(f"Training on {len(train)} rows; testing on {len(test)}: last {config.test_fraction:.0%} by time")
    with config.located():
        model = config.model.fit(frame[train])
    report = _judge(model, frame, train, test, config)
    with _table.whole_or_not_at_all(model_path) as temporary:
        pw.save(model, temporary, extra=_header(report))
        if report is not None and report_path is not None:
            report.to_html(report_path)
    if report is not None:
        sys.stdout.write(f"{report}\n")
    terminal.say(f"model: {model_path}" + (f", report: {report_path}" if report_path else ""))


def _refuse_other_options(arguments: argparse.Namespace) -> None:
    for name, value in vars(arguments).items():
        if name not in _STAYS and value != arguments.parser.get_default(name):
            arguments.parser.error(f"--{name.replace('_', '-')} stands in the file where DATA is a YAML file")


def _rows_with_target(frame: Any, terminal: Terminal) -> Any:
    """The rows whose target is there; others are counted."""
    target = frame.schema.name_of("target")
    if target is None:
        return frame
    values = frame[target]
    missing = np.array([v is None for v in values]) if values.dtype == object else np.isnan(values)
    if missing.all():
        raise CliError(f"target {target!r} is missing in every row")
    if missing.any():
        terminal.say(f"    {missing.sum()} rows without target dropped")
        frame = frame[np.flatnonzero(~missing)]
    return frame


def _judge(model: Any, frame: Any, train: Any, test: Any, config: Any) -> Any | None:
    """Errors on the test rows beside the baselines', and over folds of the training rows where asked for."""
    target = frame.schema.name_of("target")
    if target is None or len(test) == 0:
        return None
    classify = hasattr(model, "classes_")
    stamps = _table.times(frame)
    of_times = {} if stamps is None else {"times": stamps[test], "times_train": stamps[train]}
    truth = np.asarray(frame[target])
    if config.cross_validation is not None:
        folds = pw.evaluate.cross_validate(config.model, frame[train], splitter=config.cross_validation)
        sys.stdout.write(f"folds of the training rows\n{folds}\n\nlatest rows\n")
    return pw.evaluate.report(
        truth[test],
        model.predict(frame)[test],  # of all rows, so that windows look back into the training rows
        task="classification" if classify else "regression",
        y_proba=model.predict_proba(frame)[test] if classify else None,
        labels=model.classes_ if classify else None,
        y_train=truth[train],
        split=f"last {config.test_fraction:.0%} by time",
        **of_times,
    )


def _header(report: Any | None) -> dict[str, Any]:
    return {} if report is None else {"metrics": report.to_dict()}
