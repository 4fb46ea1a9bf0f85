# SPDX-License-Identifier: MIT
"""Seconds to fit and microseconds to score a row, beside scikit-learn, PyOD and river; the median of three runs.

python benchmarks/detect/speed.py [--rows 100000] [--sensors 50]
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import plantwright as pw
from sklearn.covariance import LedoitWolf
from sklearn.decomposition import PCA

DETECTORS: list[Any] = [
    pw.MewmaChart(),
    pw.DynamicPCA(lags=3),
    pw.DynamicPCA(lags=10),
    pw.Mahalanobis(),
    pw.RangeRules(),
    pw.HalfSpaceTrees(),
    pw.WindowKMeans(),
]


def plant(n_rows: int, n_sensors: int) -> Any:
    rng = np.random.default_rng(0)
    loads = rng.normal(size=(n_rows, 5))
    return loads @ rng.normal(size=(5, n_sensors)) + rng.normal(size=(n_rows, n_sensors))


def seconds(call: Callable[[], Any], repeats: int = 5) -> float:
    """Processor time, so that neighbours on the machine count less."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return statistics.median(times)


def lagged(rows: Any, lags: int) -> Any:
    return np.column_stack([rows[lags - k : len(rows) - k] for k in range(lags + 1)])


def river_beside_ours(rows: Any, n_ours: int = 20_000, n_theirs: int = 500) -> None:
    """Half-space trees of 25 trees, depth 15, windows of 250: score, then learn, row by row in a loop of Python."""
    try:
        from river import anomaly
    except ImportError:
        print("river is not installed")
        return
    theirs = anomaly.HalfSpaceTrees(n_trees=25, height=15, window_size=250, seed=0)
    dicts = [dict(enumerate(row)) for row in (rows - rows.min(0)) / np.ptp(rows, axis=0)]
    for row in dicts[:250]:
        theirs.learn_one(row)

    def their_rows() -> None:
        for row in dicts[250 : 250 + n_theirs]:
            theirs.score_one(row)
            theirs.learn_one(row)

    ours = pw.HalfSpaceTrees().fit(rows)

    def our_rows() -> None:
        stream = ours.stream()._stream
        for row in rows[:n_ours]:
            stream.update(row)

    batch = seconds(lambda: ours.score_samples(rows[:n_ours]), 3) / n_ours * 1e6
    print(f"half-space trees of 8 sensors, us a row: river {seconds(their_rows, 3) / n_theirs * 1e6:.1f}, "
          f"ours in a loop {seconds(our_rows, 3) / n_ours * 1e6:.2f}, in a batch {batch:.2f}")  # fmt: skip


def pyod_beside_ours(rows: Any) -> None:
    """PyOD's detectors whose cost is linear in the rows."""
    if not importlib.util.find_spec("pyod"):
        print("PyOD is not installed")
        return
    for module, name in (("pca", "PCA"), ("iforest", "IForest"), ("hbos", "HBOS"), ("ecod", "ECOD")):
        detector = getattr(importlib.import_module(f"pyod.models.{module}"), name)()
        fit = seconds(lambda d=detector: d.fit(rows), 1)
        score = seconds(lambda d=detector: d.decision_function(rows[:20_000]), 1) / 20_000 * 1e6
        print(f"{'PyOD ' + name:34}{fit:10.3f}{score:10.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--sensors", type=int, default=50)
    given = parser.parse_args()
    rows = plant(given.rows, given.sensors)
    print(f"{given.rows} rows of {given.sensors} sensors\n{'':34}{'fit [s]':>10}{'us a row':>10}")
    for detector in DETECTORS:
        fit = seconds(lambda d=detector: d.fit(rows), 3)
        score = seconds(lambda d=detector: d.score_samples(rows[:20_000]), 3) / 20_000 * 1e6
        print(f"{detector!r:34}{fit:10.3f}{score:10.2f}")
    statistic = -pw.MewmaChart().fit(rows).score_samples(rows)
    tail = pw.Tail()
    print(f"{'Tail()':34}{seconds(lambda: tail.fit(statistic), 3):10.3f}"
          f"{seconds(lambda: tail.severity(statistic), 3) / given.rows * 1e6:10.2f}")  # fmt: skip
    print(f"{'scikit-learn LedoitWolf':34}{seconds(lambda: LedoitWolf().fit(rows), 3):10.3f}")
    print(f"{'scikit-learn PCA of 3 lags':34}{seconds(lambda: PCA(0.9).fit(lagged(rows, 3)), 3):10.3f}")
    pyod_beside_ours(rows)
    river_beside_ours(rows[:, :8])


if __name__ == "__main__":
    main()
