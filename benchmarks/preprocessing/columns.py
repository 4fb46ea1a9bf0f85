# SPDX-License-Identifier: MIT
"""Scalers, imputers and encoders beside scikit-learn's, on one thread: 1 M x 20.

    python benchmarks/preprocessing/columns.py [--rows N] [--rounds 3] [--cases StandardScaler ...] [--json FILE]
                                               [--markdown FILE]

Numbers have 5 % missing; categories have 8 levels. Ours takes a Frame, and for comparison the row-major array too;
scikit-learn's takes an array, row-major or column-major, whichever is faster, and for categories whole numbers, which
it encodes faster than texts. Before a time counts, what comes out is compared. A figure is the least over rounds of the
processor's time, the allocation of what comes out included.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import plantwright as pw
from sklearn import impute, preprocessing
from sklearn.model_selection import KFold

COLUMNS = 20


class Case(NamedTuple):
    """Two steps that are to do the same, and how nearly."""

    ours: Any
    theirs: Any
    tolerance: float = 0
    kind: str = "numbers"
    task: str = "transform"


CASES: dict[str, Case] = {
    "StandardScaler": Case(pw.StandardScaler(), preprocessing.StandardScaler(), 1e-9),
    "MinMaxScaler": Case(pw.MinMaxScaler(), preprocessing.MinMaxScaler()),
    "MaxAbsScaler": Case(pw.MaxAbsScaler(), preprocessing.MaxAbsScaler()),
    "RobustScaler": Case(pw.RobustScaler(), preprocessing.RobustScaler()),
    "QuantileTransformer": Case(pw.QuantileTransformer(), preprocessing.QuantileTransformer(subsample=None), 1e-9),
    "PowerTransformer": Case(pw.PowerTransformer(), preprocessing.PowerTransformer(), 1e-4),
    "SimpleImputer mean": Case(pw.SimpleImputer(), impute.SimpleImputer(), 1e-12),
    "SimpleImputer median": Case(pw.SimpleImputer("median"), impute.SimpleImputer(strategy="median")),
    "OneHotEncoder": Case(pw.OneHotEncoder(), preprocessing.OneHotEncoder(sparse_output=False), kind="categories"),
    "OrdinalEncoder": Case(pw.OrdinalEncoder(), preprocessing.OrdinalEncoder(), kind="categories"),
    "TargetEncoder": Case(pw.TargetEncoder(), preprocessing.TargetEncoder(), 1e-12, kind="categories"),
    "TargetEncoder crossed": Case(
        pw.TargetEncoder(shuffle=False), preprocessing.TargetEncoder(cv=KFold(5)), 1e-12, "categories", "fit_transform"
    ),
}


class Table:
    """The same values as a Frame and as arrays."""

    def __init__(self, kind: str, rows: int) -> None:
        random = np.random.default_rng(0)
        self.y = random.normal(size=rows)
        if kind == "numbers":
            columns = [random.normal(50 * j, 1 + j, rows) for j in range(COLUMNS)]
            for column in columns:
                column[random.random(rows) < 0.05] = np.nan
            self.frame = pw.Frame({f"x{j}": column for j, column in enumerate(columns)})
        else:
            columns = [random.integers(0, 8, rows) for _ in range(COLUMNS)]
            texts = np.array([f"level {i}" for i in range(8)], dtype=object)
            self.frame = pw.Frame({f"x{j}": texts[column] for j, column in enumerate(columns)})
        self.by_column = np.array(columns).T
        self.by_row = np.ascontiguousarray(self.by_column)


def least_seconds(run: Callable[[], Any], rounds: int) -> float:
    """Least processor time of a call."""
    least = np.inf
    for _ in range(rounds):
        start = time.process_time()
        result = run()
        least = min(least, time.process_time() - start)
        del result
    return least


def seconds_of(step: Any, X: Any, y: Any, task: str, rounds: int) -> dict[str, float]:
    """Of fitting and transforming, or of both at once."""
    if task == "fit_transform":
        return {"fit_transform": least_seconds(lambda: step.fit_transform(X, y), rounds)}
    fitting = least_seconds(lambda: step.fit(X, y), rounds)
    return {"fit": fitting, "transform": least_seconds(lambda: step.transform(X), rounds)}


def check(case: Case, table: Table) -> None:
    """Compare what comes out of the first rows."""
    few = min(len(table.y), 50_000)
    y = table.y[:few]

    def result_of(step: Any, rows: Any) -> np.ndarray:
        out = step.fit_transform(rows, y) if case.task == "fit_transform" else step.fit(rows, y).transform(rows)
        return out.to_numpy() if isinstance(out, pw.Frame) else np.asarray(out)

    ours, theirs = result_of(case.ours, table.frame[:few]), result_of(case.theirs, table.by_row[:few])
    worst = np.nanmax(np.abs(ours - theirs))
    same = ours.shape == theirs.shape and bool((np.isnan(ours) == np.isnan(theirs)).all())
    if not same or not worst <= case.tolerance * np.nanmax(np.abs(theirs)):
        raise SystemExit(f"wrong result: {type(case.ours).__name__} is off by {worst:.1e}")


def measure(name: str, rows: int, rounds: int) -> list[dict[str, Any]]:
    """One case: checked, then timed."""
    case = CASES[name]
    table = Table(case.kind, rows)
    check(case, table)
    frame = seconds_of(case.ours, table.frame, table.y, case.task, rounds)
    array = seconds_of(case.ours, table.by_row, table.y, case.task, rounds) if case.kind == "numbers" else {}
    peers = [seconds_of(case.theirs, X, table.y, case.task, rounds) for X in (table.by_row, table.by_column)]
    return [
        {
            "case": name,
            "task": task,
            "ms of a Frame": 1e3 * seconds,
            "ms of an array": 1e3 * array[task] if array else None,
            "ms of scikit-learn": 1e3 * min(peer[task] for peer in peers),
            "times faster": min(peer[task] for peer in peers) / seconds,
        }
        for task, seconds in frame.items()
    ]


def markdown(results: list[dict[str, Any]], rows: int) -> str:
    """A table of the figures."""
    lines = [
        f"Milliseconds of processor time, {rows:,} x {COLUMNS}, one thread.",
        "",
        "| step | task | plantwright, a Frame | plantwright, an array | scikit-learn | times faster |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for r in results:
        array = "" if r["ms of an array"] is None else f"{r['ms of an array']:.0f}"
        lines.append(
            f"| {r['case']} | {r['task']} | {r['ms of a Frame']:.0f} | {array} | {r['ms of scikit-learn']:.0f} "
            f"| {r['times faster']:.1f} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run the cases."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cases", nargs="+", default=list(CASES), choices=list(CASES))
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    arguments = parser.parse_args()
    results = []
    for name in arguments.cases:
        for result in measure(name, arguments.rows, arguments.rounds):
            results.append(result)
            print(json.dumps(result), flush=True)
    text = markdown(results, arguments.rows)
    print(text)
    if arguments.json:
        arguments.json.write_text(json.dumps({"rows": arguments.rows, "results": results}, indent=1) + "\n")
    if arguments.markdown:
        arguments.markdown.write_text(text)


if __name__ == "__main__":
    main()
