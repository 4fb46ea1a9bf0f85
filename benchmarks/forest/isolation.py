# SPDX-License-Identifier: MIT
"""Isolation forests beside the peers, on one thread: 100 trees of 256 rows, 100,000 x 30 float32.

    python benchmarks/forest/isolation.py [--rounds 9] [--least] [--quick] [--json FILE] [--markdown FILE]

First every library must rank planted anomalies about as well as the best one. Then a figure is the median over rounds
(the least, for a busy machine) of the processor's time; in a round every library is measured once. isotree fits columns
(its faster way), ydf its own dataset, made beforehand. One row goes through each library's Python interface:
`score_one` of a list in ours.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import plantwright as pw
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score

TASKS = ("fit, ms", "score, us/row", "one row, us", "fit, ndim 3, ms", "score, ndim 3, us/row")
ALLOWED_LOSS = 0.02


class Library(NamedTuple):
    """What is timed, by task, and how rows are ranked (higher: more of an anomaly)."""

    tasks: dict[str, Callable[[], Any]]
    anomaly: Callable[[], np.ndarray]


def sensors(rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Thirty sensors over five latent factors; in one row of a hundred four of them are off."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(rows, 5)) @ rng.normal(size=(5, 30)) * 0.5 + rng.normal(size=(rows, 30))
    is_odd = rng.random(rows) < 0.01
    for i in np.flatnonzero(is_odd):
        X[i, rng.permutation(30)[:4]] += 6
    return np.ascontiguousarray(X, dtype=np.float32), is_odd


def ours(X: np.ndarray, trees: int) -> Library:
    """Arrays as they are."""
    forest = pw.IsolationForest(n_estimators=trees, random_state=0)
    planes = pw.IsolationForest(n_estimators=trees, random_state=0, ndim=3)
    planes.fit(X)
    row = X[7].tolist()
    tasks = {
        "fit, ms": lambda: forest.fit(X),
        "score, us/row": lambda: forest.score_samples(X),
        "one row, us": lambda: forest.score_one(row),
        "fit, ndim 3, ms": lambda: planes.fit(X),
        "score, ndim 3, us/row": lambda: planes.score_samples(X),
    }
    return Library(tasks, lambda: -forest.fit(X).score_samples(X))


def scikit_learn(X: np.ndarray, trees: int) -> Library:
    """Its current release."""
    forest = IsolationForest(n_estimators=trees, random_state=0)
    tasks = {
        "fit, ms": lambda: forest.fit(X),
        "score, us/row": lambda: forest.score_samples(X),
        "one row, us": lambda: forest.score_samples(X[7:8]),
    }
    return Library(tasks, lambda: -forest.fit(X).score_samples(X))


def isotree(X: np.ndarray, trees: int) -> Library:
    """Columns for fit, rows for predict: what is faster for each."""
    from isotree import IsolationForest as Isotree

    def make(ndim: int) -> Any:
        return Isotree(
            ntrees=trees, sample_size=256, ndim=ndim, missing_action="fail", nthreads=1, standardize_data=False
        )

    forest, planes, columns = make(1), make(3), np.asfortranarray(X)
    planes.fit(columns)
    tasks = {
        "fit, ms": lambda: forest.fit(columns),
        "score, us/row": lambda: forest.predict(X),
        "one row, us": lambda: forest.predict(X[7:8]),
        "fit, ndim 3, ms": lambda: planes.fit(columns),
        "score, ndim 3, us/row": lambda: planes.predict(X),
    }
    return Library(tasks, lambda: forest.fit(columns).predict(X))


def ydf(X: np.ndarray, trees: int) -> Library:
    """On its own dataset; one row as a dict."""
    import ydf as library

    library.verbose(0)
    names = [f"f{j}" for j in range(X.shape[1])]
    rows = {name: np.ascontiguousarray(X[:, j]) for j, name in enumerate(names)}
    dataset = library.create_vertical_dataset(rows)
    learner = library.IsolationForestLearner(num_trees=trees, subsample_count=256, num_threads=1, random_seed=0)
    model, one = learner.train(dataset), {name: column[7:8] for name, column in rows.items()}
    tasks = {
        "fit, ms": lambda: learner.train(dataset),
        "score, us/row": lambda: model.predict(dataset, num_threads=1),
        "one row, us": lambda: model.predict(one),
    }
    return Library(tasks, lambda: model.predict(dataset, num_threads=1))


def libraries(X: np.ndarray, trees: int) -> dict[str, Library]:
    """Whatever is installed."""
    found = {"plantwright": ours(X, trees), "scikit-learn": scikit_learn(X, trees)}
    for make in (isotree, ydf):
        try:
            found[make.__name__] = make(X, trees)
        except ImportError:
            print(f"{make.__name__} is not installed")
    return found


def check_ranking(found: dict[str, Library], is_odd: np.ndarray) -> dict[str, float]:
    """ROC AUC of each; ours must be about as good as the best, and a peer that is not does not count."""
    auc = {name: float(roc_auc_score(is_odd, library.anomaly())) for name, library in found.items()}
    print({name: round(value, 4) for name, value in auc.items()})
    if auc["plantwright"] < max(auc.values()) - ALLOWED_LOSS:
        raise SystemExit(f"plantwright ranks anomalies worse than a peer: {auc}")
    return auc


def check_scores(found: dict[str, Library], X: np.ndarray) -> None:
    """Our scores are the formula over a walk by hand through the trees."""
    forest = pw.IsolationForest(n_estimators=20, random_state=0).fit(X)
    trees = [estimator.tree_ for estimator in forest.estimators_]
    c = 2 * (np.log(255) + np.euler_gamma) - 2 * 255 / 256
    for row, score in zip(X[:20], forest.score_samples(X[:20]), strict=True):
        length = 0.0
        for tree in trees:
            node = 0
            while tree.children_left[node] >= 0:
                left = row[tree.feature[node]] <= tree.threshold[node]
                node = tree.children_left[node] if left else tree.children_right[node]
            length += tree.value[node, 0] / len(trees)
        if not np.isclose(score, -(2 ** (-length / c)), rtol=1e-12):
            raise SystemExit("plantwright: a score is not what its trees say")


def seconds(call: Callable[[], Any]) -> float:
    """Processor time of a call, over enough calls to be measured."""
    start, calls = time.process_time(), 0
    while time.process_time() - start < 0.02 or calls < 1:
        call()
        calls += 1
    return (time.process_time() - start) / calls


def measure(rows: int, trees: int, rounds: int, least: bool = False) -> dict[str, Any]:
    """Every library at every task, in turns."""
    X, is_odd = sensors(rows)
    found = libraries(X, trees)
    auc = check_ranking(found, is_odd)
    check_scores(found, X)
    unit = {"fit, ms": 1e3, "fit, ndim 3, ms": 1e3, "one row, us": 1e6}
    figures: dict[str, dict[str, float]] = {name: {} for name in found}
    for task in TASKS:
        times: dict[str, list[float]] = {name: [] for name in found}
        for _ in range(rounds):
            for name, library in found.items():
                if task in library.tasks:
                    times[name].append(seconds(library.tasks[task]) * unit.get(task, 1e6 / rows))
        for name, values in times.items():
            if values:
                figures[name][task] = min(values) if least else statistics.median(values)
        print(task, {name: round(row[task], 2) for name, row in figures.items() if task in row}, flush=True)
    return {"rows": rows, "columns": X.shape[1], "trees": trees, "auc": auc, "figures": figures}


def markdown(result: dict[str, Any]) -> str:
    """One row a task: each library's figure, and the best peer's over ours."""
    names, auc = list(result["figures"]), result["auc"]
    counted = [n for n in names if n != "plantwright" and auc[n] >= auc["plantwright"] - ALLOWED_LOSS]
    lines = [
        f"| {result['trees']} trees x 256 rows, {result['rows']:,} x {result['columns']} float32 | "
        + " | ".join(names)
        + " | best peer / ours |",
        "| --- |" + " ---: |" * (len(names) + 1),
        "| ROC AUC of planted anomalies | " + " | ".join(f"{auc[name]:.3f}" for name in names) + " | |",
    ]
    for task in TASKS:
        row = {name: result["figures"][name].get(task) for name in names}
        best = min((row[name] for name in counted if row[name] is not None), default=None)
        ratio = f"{best / row['plantwright']:.1f}" if best is not None else ""
        cells = [f"{value:,.2f}" if value is not None else "" for value in row.values()]
        lines.append(f"| {task} | " + " | ".join(cells) + f" | {ratio} |")
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--least", action="store_true", help="the least of the rounds in place of their median")
    parser.add_argument("--quick", action="store_true", help="10,000 rows, ten trees, one round")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    arguments = parser.parse_args()
    result = measure(10_000, 10, 1) if arguments.quick else measure(100_000, 100, arguments.rounds, arguments.least)
    print(markdown(result))
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n")
    if arguments.markdown:
        arguments.markdown.write_text(markdown(result) + "\n")


if __name__ == "__main__":
    main()
