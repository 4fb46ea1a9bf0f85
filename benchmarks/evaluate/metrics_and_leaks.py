# SPDX-License-Identifier: MIT
"""Metrics beside scikit-learn's, result checked first, and the leak check on 35,000 rows x 11 columns.

Run: python benchmarks/evaluate/metrics_and_leaks.py
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import sklearn.metrics as peer
from plantwright import Frame
from plantwright.evaluate import metrics, suspect_columns

ROWS = 1_000_000


def best_ms(call: Callable[[], Any], rounds: int = 5) -> float:
    """Least processor time of several runs, in milliseconds."""
    times = []
    for _ in range(rounds):
        begin = time.process_time()
        call()
        times.append(time.process_time() - begin)
    return 1000 * min(times)


def compare(name: str, *arguments: Any) -> None:
    ours, theirs = getattr(metrics, name), getattr(peer, name)
    np.testing.assert_allclose(ours(*arguments), theirs(*arguments), rtol=1e-10)
    a, b = best_ms(lambda: ours(*arguments)), best_ms(lambda: theirs(*arguments))
    print(f"{name:28s} {a:9.1f} ms   scikit-learn {b:9.1f} ms   {b / a:5.1f}x")


def wandering(rng: np.random.Generator, n: int) -> np.ndarray:
    return np.convolve(rng.normal(size=n + 20), np.ones(21), "valid")


def main() -> None:
    rng = np.random.default_rng(0)
    y, p = rng.normal(size=(2, ROWS))
    for name in ("mean_squared_error", "mean_absolute_error", "r2_score"):
        compare(name, y, p)
    labels, score = (y > 0).astype(int), 1 / (1 + np.exp(-p))
    for name in ("roc_auc_score", "average_precision_score", "log_loss", "brier_score_loss"):
        compare(name, labels, score)
    compare("accuracy_score", labels, (score > 0.5).astype(int))
    table = Frame({f"x{j}": wandering(rng, 35_000) for j in range(11)})
    print(f"suspect_columns, 35,000 x 11 {best_ms(lambda: suspect_columns(table, target='x0')):9.1f} ms")


if __name__ == "__main__":
    main()
