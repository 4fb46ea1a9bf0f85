# SPDX-License-Identifier: MIT
"""Fit, predict and one row, beside scikit-learn: the same data and parameters, in one run, results checked first.

usage: python benchmarks/forest/speed.py [--repeats 3] [--trees 100] [--quick] [--json FILE] [--markdown FILE]
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import plantwright as pw
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.metrics import accuracy_score, r2_score


class Case(NamedTuple):
    """A table, its target, and what both sides are told."""

    name: str
    X: np.ndarray
    y: np.ndarray
    parameters: dict[str, Any]
    classes: bool = False


def process(rows: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Thirty sensors, five of which act on the target, with interactions and noise."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, 30)).astype(np.float32)
    signal = 2 * X[:, 0] + np.sin(3 * X[:, 1]) + X[:, 2] * X[:, 3] + np.abs(X[:, 4])
    return X, signal + rng.normal(size=rows) * 0.5 * signal.std()


def cases(quick: bool) -> list[Case]:
    """The cases of the table; `quick` is for a smoke test."""
    X, y = process(2_000 if quick else 20_000)
    binary = (y > y.mean()).astype(int)
    return [
        Case("full depth", X, y, {"max_features": 10}),
        Case("leaf 5", X, y, {"max_features": 10, "min_samples_leaf": 5}),
        Case("depth 8", X, y, {"max_features": 10, "max_depth": 8}),
        Case("two classes", X, binary, {"max_features": 5}, classes=True),
    ]


def seconds(work: Callable[[], Any], repeats: int) -> float:
    """The median of some runs."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def check(case: Case, forests: dict[str, Any]) -> dict[str, float]:
    """Scores on new rows; ours must not be worse by more than .01, else the figures are worth nothing."""
    X, y = process(4_000, seed=1)
    truth = (y > y.mean()).astype(int) if case.classes else y
    score = accuracy_score if case.classes else r2_score
    scores = {name: float(score(truth, forest.predict(X))) for name, forest in forests.items()}
    if scores["plantwright"] < scores["scikit-learn"] - 0.01:
        raise SystemExit(
            f"{case.name}: plantwright scores {scores['plantwright']:.4f}, not {scores['scikit-learn']:.4f}"
        )
    return scores


def measure(case: Case, trees: int, threads: int, repeats: int) -> dict[str, Any]:
    """Seconds of both sides for fit, predict of all rows and predict of one row."""
    ours, theirs = (
        (pw.RandomForestClassifier, RandomForestClassifier)
        if case.classes
        else (pw.RandomForestRegressor, RandomForestRegressor)
    )
    options = {"n_estimators": trees, "random_state": 0, "n_jobs": threads} | case.parameters
    forests = {"plantwright": ours(**options), "scikit-learn": theirs(**options)}
    row: dict[str, Any] = {"case": case.name, "rows": len(case.X), "threads": threads}
    for name, forest in forests.items():
        row[f"fit {name}"] = seconds(lambda forest=forest: forest.fit(case.X, case.y), repeats)
    row["score"] = check(case, forests)
    for name, forest in forests.items():
        row[f"predict {name}"] = seconds(lambda forest=forest: forest.predict(case.X), repeats)
        row[f"one row {name}"] = seconds(lambda forest=forest: forest.predict(case.X[:1]), 20 * repeats)
    return row


def markdown(rows: list[dict[str, Any]]) -> str:
    """The table: our time, and how many times as long scikit-learn takes."""
    lines = [
        "| case | threads | fit, s | against scikit-learn | predict, us a row | against scikit-learn | one row, us "
        "| against |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        ratio = {w: row[f"{w} scikit-learn"] / row[f"{w} plantwright"] for w in ("fit", "predict", "one row")}
        per_row = row["predict plantwright"] / row["rows"] * 1e6
        lines.append(
            f"| {row['case']} | {row['threads']} | {row['fit plantwright']:.2f} | {ratio['fit']:.1f}x | "
            f"{per_row:.1f} | {ratio['predict']:.1f}x | "
            f"{row['one row plantwright'] * 1e6:.0f} | {ratio['one row']:.0f}x |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--trees", type=int, default=100)
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows, ten trees, one run")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    arguments = parser.parse_args()
    trees, repeats = (10, 1) if arguments.quick else (arguments.trees, arguments.repeats)
    threads = sorted({1, pw.core.available_cpus()})
    rows = [measure(case, trees, n, repeats) for n in threads for case in cases(arguments.quick)]
    print(markdown(rows))
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1))
    if arguments.markdown:
        arguments.markdown.write_text(markdown(rows) + "\n")


if __name__ == "__main__":
    main()
