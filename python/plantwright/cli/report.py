# SPDX-License-Identifier: MIT
"""`plantwright report`: the HTML page again, from a saved model and data."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

import plantwright as pw
from plantwright.cli import _story, _table
from plantwright.cli import _workflow as workflow
from plantwright.cli._target import require_column
from plantwright.cli._terminal import CliError, Commands, Terminal
from plantwright.cli.predict import load_forest

_EPILOG = """\
examples:
  plantwright report energy.plw steel.csv -o energy.html      # the data it was trained on: the same test rows
  plantwright report energy.plw next_month.csv -o check.html  # newer data: every row after the training period

Data the model was trained on are recognised by their SHA-256. Of other data, rows up to the end of the training period
are left out where there is a time column.
"""


def add_parser(commands: Commands, common: argparse.ArgumentParser) -> None:
    parser = commands.add_parser(
        "report",
        help="write the HTML report of a saved model on some data",
        parents=[common],
        description="Judges a saved model on data with a known target and writes a one-page HTML report.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("model", metavar="MODEL", help="file saved by train")
    parser.add_argument("data", metavar="DATA", help="CSV file with the target column")
    parser.add_argument("-o", "--output", default="report.html", metavar="FILE", help="default report.html")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, terminal: Terminal) -> None:
    _table.require_folder(arguments.output)
    model = load_forest(arguments.model)
    header = pw.io.read_header(arguments.model)
    require_provenance(header, arguments.model)
    outcome = judged_again(model, header, arguments.data)
    workflow.write_report([outcome], arguments.output)
    terminal.say(f"{arguments.output}: {outcome.split.test.size} rows, {outcome.split.text}")


def require_provenance(header: dict[str, Any], path: str) -> None:
    """The header says what `train` writes into it; other programs may have written the file."""
    told = header.get("provenance")
    kinds = {
        "target": str,
        "task": str,
        "seed": int,
        "data_sha256": str,
        "split": dict,
        "suspect_columns": dict,
        "notes": list,
    }
    fine = isinstance(told, dict) and all(isinstance(told.get(name), kind) for name, kind in kinds.items())
    if not fine or not isinstance(header["provenance"]["split"].get("test_fraction"), float):
        raise CliError(f"{path} was not saved by `plantwright train`: its header does not tell target and split")


def judged_again(model: Any, header: dict[str, Any], data: str) -> workflow.Outcome:
    """The saved forest on the rows of `data` that it has not learned from."""
    provenance = header["provenance"]
    told = provenance["split"]
    plan = workflow.Plan(
        data=data,
        target=provenance["target"],
        task=provenance["task"],
        group=told.get("group"),
        test_fraction=told["test_fraction"],
        trees=model.n_estimators,
        seed=provenance["seed"],
    )
    workflow.check_plan(plan)
    frame = _table.read_for(model, data)
    require_column(plan.target, frame.columns, "target")
    frame, target, n_dropped = workflow.rows_with_target(frame, plan)
    times, sha256 = _table.times(frame), _story.sha256_of(data)
    same = sha256 == provenance["data_sha256"]
    split = workflow.split_rows(frame, times, plan) if same else _unseen_rows(len(frame), times, provenance)
    predicted, probabilities = workflow.predictions(model, frame[split.test], target)
    without = header.get("metrics", {}).get("test_without_suspects") if same else None
    return workflow.Outcome(
        plan=plan,
        frame=frame,
        target=target,
        times=times,
        split=split,
        forest=model,
        predicted=predicted,
        probabilities=probabilities,
        report=workflow.judge(target, split, times, predicted, probabilities),
        suspects=provenance["suspect_columns"],
        report_without_suspects=without and pw.evaluate.Report.from_dict(without),
        n_dropped=n_dropped,
        sha256=sha256,
        notes=provenance["notes"] if same else [],
    )


def _unseen_rows(n_rows: int, times: np.ndarray | None, provenance: dict[str, Any]) -> workflow.Split:
    rows = np.arange(n_rows)
    until = provenance.get("trained_until")
    if times is None or until is None:
        return workflow.Split(rows[:0], rows, "other", "every row of another file than the training data")
    unseen = times > np.datetime64(until.replace(" ", "T"))
    if not unseen.any():
        raise CliError(f"no row is later than the training period, which ended {until}")
    return workflow.Split(rows[~unseen], rows[unseen], "other", f"rows after the training period, which ended {until}")
