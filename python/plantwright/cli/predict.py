# SPDX-License-Identifier: MIT
"""`plantwright predict`: rows in, predictions out."""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path
from typing import Any, TextIO

import numpy as np

import plantwright as pw
from plantwright.cli import _table
from plantwright.cli._terminal import CliError, Commands, Terminal

_NEVER = np.iinfo(np.int64).min  # the begin of no event
_EPILOG = """\
examples:
  plantwright predict energy.plw new.csv -o predictions.csv
  tail -n +1 new.csv | plantwright predict energy.plw - | tail -1

DATA has the columns of the training table; the target may be absent, columns may stand in any order. Derived columns
(hour, weekday, month) are computed. Output: the time column if there is one, `prediction`, and for classifiers the
probability of each class; of an EnsembleDetector the verdicts: `state`, `severity`, `p_value`, since when, and
the sensor that is blamed most with its deviation. Numbers are written so that they read back to the same bits.
"""


def add_parser(commands: Commands, common: argparse.ArgumentParser) -> None:
    parser = commands.add_parser(
        "predict",
        help="predict the rows of a CSV file with a saved model",
        parents=[common],
        description="Predicts every row of a raw CSV file.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("model", metavar="MODEL", help="file saved by train or pw.save")
    parser.add_argument("data", metavar="DATA", nargs="?", default="-", help="CSV file, or - for stdin (default)")
    parser.add_argument("-o", "--output", metavar="FILE", help="CSV file (default: stdout)")
    parser.add_argument("--jobs", type=int, default=-1, metavar="N", help="threads, -1 = all (default)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, terminal: Terminal) -> None:
    _table.require_folder(arguments.output)
    model = load_forest(arguments.model)
    frame = _table.read_for(model, arguments.data)
    terminal.say(f"{len(frame)} rows")
    if hasattr(model, "n_jobs"):
        model.n_jobs = arguments.jobs
    columns = prediction_columns(model, frame)
    if arguments.output is None:
        write_csv(sys.stdout, columns)
        return
    path = Path(arguments.output)
    with _table.whole_or_not_at_all(path) as temporary, open(temporary, "w", encoding="utf-8", newline="") as file:
        write_csv(file, columns)


def load_forest(path: str) -> Any:
    """A model that predicts tables."""
    if not Path(path).exists():
        raise CliError(f"no such file: {path}")
    model = pw.load(path)
    if not hasattr(model, "predict"):
        raise CliError(f"{path} holds a {type(model).__name__}, which does not predict")
    if getattr(model, "n_outputs_", 1) > 1:
        raise CliError(f"{path} predicts {model.n_outputs_} outputs; the commands take a model of one")
    return model


def prediction_columns(model: Any, frame: Any) -> dict[str, list[str]]:
    """Header and texts of every output column."""
    columns: dict[str, list[str]] = {}
    time = _table.time_name(frame)
    if time is not None:
        columns[time] = ["" if np.isnat(t) else str(t.astype("datetime64[s]")) for t in frame[time]]
    if isinstance(model, pw.EnsembleDetector):
        return columns | _verdict_columns(model, frame)
    predicted = model.predict(frame)
    if hasattr(model, "predict_proba"):
        columns["prediction"] = [str(p) for p in predicted]
        for name, share in zip(model.classes_, model.predict_proba(frame).T, strict=True):
            columns[f"probability_{name}"] = [repr(float(p)) for p in share]
    else:
        columns["prediction"] = [repr(float(p)) for p in predicted]
    return columns


def _verdict_columns(watch: pw.EnsembleDetector, frame: Any) -> dict[str, list[str]]:
    verdicts = watch.verdicts(frame, blame=True)
    scored = ~np.isnan(verdicts["severity"])
    first = np.where(scored[:, None], verdicts["blame"], 0).argmax(axis=1)
    deviation = np.take_along_axis(verdicts["deviation"], first[:, None], axis=1)[:, 0]
    starts = verdicts["event_start"]
    stamps = starts.view("M8[ns]") if _table.time_name(frame) else starts
    return {
        "state": verdicts["state"].tolist(),
        "severity": [repr(float(s)) for s in verdicts["severity"]],
        "p_value": [repr(float(p)) for p in verdicts["p_value"]],
        "since": [str(stamp) if on else "" for stamp, on in zip(stamps, starts > _NEVER, strict=True)],
        "blamed": [str(watch.feature_names_in_[j]) if there else "" for j, there in zip(first, scored, strict=True)],
        "deviation": [repr(float(d)) for d in deviation],
    }


def write_csv(file: TextIO, columns: dict[str, list[str]]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
