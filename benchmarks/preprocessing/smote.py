# SPDX-License-Identifier: MIT
"""SMOTE beside imbalanced-learn's, on one thread: 100,000 x 20.

    python benchmarks/preprocessing/smote.py [--rows N] [--shares 0.1 0.3] [--rounds 3] [--json FILE] [--markdown FILE]

A share is that of the rare class, which grows to the other one's rows; the table is `make_classification`'s, scaled.
Before a time counts, class counts are compared, and of both libraries some synthetic rows are shown to lie between a
row of the class and one of its 5 true nearest neighbours. A figure is the least over rounds of the processor's time.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import plantwright as pw
from imblearn.over_sampling import SMOTE
from sklearn.datasets import make_classification

COLUMNS, NEIGHBOURS, CHECKED = 20, 5, 30


def table(rows: int, share: float) -> tuple[Any, Any]:
    """Rows of two classes."""
    X, y = make_classification(
        rows, COLUMNS, n_informative=10, n_redundant=4, weights=[1 - share], flip_y=0, random_state=0
    )
    return np.ascontiguousarray(X / X.std(axis=0)), y


def is_between(row: Any, members: Any) -> bool:
    """Whether a row lies between one of the class and one of its true neighbours, by naive distances."""
    bases = members[np.argsort(((members - row) ** 2).sum(axis=1))[:200]]
    for base in bases:
        distances = ((members - base) ** 2).sum(axis=1)
        for neighbour in members[np.argsort(distances, kind="stable")[1 : NEIGHBOURS + 1]]:
            step = neighbour - base
            share = (row - base) @ step / (step @ step)
            if 0 <= share <= 1 and np.abs(row - base - share * step).max() < 1e-9:
                return True
    return False


def check(X: Any, y: Any, ours: tuple[Any, Any], theirs: tuple[Any, Any]) -> None:
    """Compare what comes out."""
    if not (np.bincount(ours[1]) == np.bincount(theirs[1])).all():
        raise SystemExit("wrong result: class counts differ")
    members = X[y == 1]
    for name, (X_new, y_new) in {"plantwright": ours, "imbalanced-learn": theirs}.items():
        synthetic = X_new[len(X) :]
        if not (y_new[len(X) :] == 1).all() or not np.array_equal(X_new[: len(X)], X):
            raise SystemExit(f"wrong result: {name} does not keep the rows first")
        picked = np.random.default_rng(0).choice(len(synthetic), min(CHECKED, len(synthetic)), replace=False)
        if not all(is_between(row, members) for row in synthetic[picked]):
            raise SystemExit(f"wrong result: {name} has a row that lies between no neighbours")


def least_seconds(run: Callable[[], Any], rounds: int) -> float:
    """Least processor time of a call."""
    least = np.inf
    for _ in range(rounds):
        start = time.process_time()
        run()
        least = min(least, time.process_time() - start)
    return float(least)


def measure(rows: int, share: float, rounds: int) -> dict[str, Any]:
    """One share: checked, then timed."""
    X, y = table(rows, share)
    ours, theirs = pw.SMOTE(k_neighbors=NEIGHBOURS), SMOTE(k_neighbors=NEIGHBOURS, random_state=0)
    check(X, y, ours.fit_resample(X, y), theirs.fit_resample(X, y))
    seconds = least_seconds(lambda: ours.fit_resample(X, y), rounds)
    peer = least_seconds(lambda: theirs.fit_resample(X, y), rounds)
    return {"share": share, "ms": 1e3 * seconds, "ms of imbalanced-learn": 1e3 * peer, "times faster": peer / seconds}


def markdown(results: list[dict[str, Any]], rows: int) -> str:
    """A table of the figures."""
    lines = [
        f"Milliseconds of processor time, {rows:,} x {COLUMNS}, {NEIGHBOURS} neighbours, one thread.",
        "",
        "| share of the rare class | plantwright | imbalanced-learn | times faster |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| {r['share']:g} | {r['ms']:.0f} | {r['ms of imbalanced-learn']:.0f} | {r['times faster']:.1f} |"
        for r in results
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--shares", type=float, nargs="+", default=[0.1, 0.3])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    given = parser.parse_args()
    results = [measure(given.rows, share, given.rounds) for share in given.shares]
    print(markdown(results, given.rows))
    if given.json:
        given.json.write_text(json.dumps(results, indent=2) + "\n")
    if given.markdown:
        given.markdown.write_text(markdown(results, given.rows))


if __name__ == "__main__":
    main()
