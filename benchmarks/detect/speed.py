# SPDX-License-Identifier: MIT
"""Seconds to fit and microseconds to score a row, beside scikit-learn where it has the like; the median of five runs.

python benchmarks/detect/speed.py [--rows 100000] [--sensors 50]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import plantwright as pw
from sklearn.covariance import LedoitWolf
from sklearn.decomposition import PCA


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--sensors", type=int, default=50)
    given = parser.parse_args()
    rows = plant(given.rows, given.sensors)
    print(f"{given.rows} rows of {given.sensors} sensors\n{'':34}{'fit [s]':>10}{'us a row':>10}")
    for detector in (pw.MewmaChart(), pw.DynamicPCA(lags=3), pw.DynamicPCA(lags=10), pw.Mahalanobis()):
        fit = seconds(lambda d=detector: d.fit(rows), 3)
        score = seconds(lambda d=detector: d.score_samples(rows[:20_000]), 3) / 20_000 * 1e6
        print(f"{detector!r:34}{fit:10.3f}{score:10.2f}")
    statistic = -pw.MewmaChart().fit(rows).score_samples(rows)
    tail = pw.Tail()
    print(f"{'Tail()':34}{seconds(lambda: tail.fit(statistic), 3):10.3f}"
          f"{seconds(lambda: tail.severity(statistic), 3) / given.rows * 1e6:10.2f}")  # fmt: skip
    print(f"{'scikit-learn LedoitWolf':34}{seconds(lambda: LedoitWolf().fit(rows), 3):10.3f}")
    print(f"{'scikit-learn PCA of 3 lags':34}{seconds(lambda: PCA(0.9).fit(lagged(rows, 3)), 3):10.3f}")


if __name__ == "__main__":
    main()
