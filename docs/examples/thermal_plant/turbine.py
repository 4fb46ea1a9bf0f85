# SPDX-License-Identifier: MIT
"""The gas turbine of UCI 551 (Kaya et al. 2019) as run.py wants it: real readings, with faults put in afterwards.

The file has a row an hour and no stamps: rows are taken as consecutive hours from 2011-01-01, which they are not
throughout. 2011 and the first half of 2012 train, the second half of 2012 sets the thresholds, 2013 to 2015 test.
Nobody has labelled these years. So faults are put into the readings of 2013 on, of a size told by what the other
sensors leave unexplained; and whatever else is found there counts as a false alarm, though some of it may be real.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import plantwright as pw

FIRST_OF_YEAR = {2011: 0, 2012: 7411, 2013: 15039, 2014: 22191, 2015: 29349}  # rows
HOURS = {"spike": 2, "sensor_bias": 48, "drift": 96, "noise_burst": 24, "stuck_sensor": 48}
SEVERITY = 6.0  # standard deviations of the residual
N_FAULTS = 60


def watched(path: Path, seed: int, make: Callable[..., Any]) -> Any:
    """The table with faults in its later years."""
    raw = pw.read_csv(path)
    sensors = [name for name in raw.columns if raw.schema[name].is_input]
    values = raw.to_numpy(sensors)
    half = (FIRST_OF_YEAR[2012] + FIRST_OF_YEAR[2013]) // 2
    train, quiet = np.arange(half), np.arange(half, FIRST_OF_YEAR[2013])
    test = np.arange(FIRST_OF_YEAR[2013], len(values))
    deviation = residual_deviation(values[train])
    events, labels = put_in_faults(values, sensors, deviation, seed)
    hours = np.datetime64("2011-01-01", "ns") + np.arange(len(values)) * np.timedelta64(1, "h")
    table = pw.Frame({"time": hours} | dict(zip(sensors, values.T, strict=True)), roles={"time": "time"})
    low, high = np.nanquantile(values[train], [0.0005, 0.9995], axis=0)
    return make(table, sensors, train, quiet, test, labels, events, low, high)


def residual_deviation(values: np.ndarray) -> np.ndarray:
    """Per sensor, the standard deviation of what a linear regression on the others leaves."""
    found = []
    for j in range(values.shape[1]):
        others = np.column_stack([np.delete(values, j, axis=1), np.ones(len(values))])
        answer, *_ = np.linalg.lstsq(others, values[:, j], rcond=None)
        found.append(float(np.std(values[:, j] - others @ answer)))
    return np.array(found)


def put_in_faults(values: np.ndarray, sensors: list[str], deviation: np.ndarray, seed: int) -> tuple[pw.Frame, Any]:
    """Changes `values` from 2013 on; the events, and labels with NaN for the day after each."""
    random = np.random.default_rng(seed)
    first = FIRST_OF_YEAR[2013] + 200
    slots = np.linspace(first, len(values) - 200, N_FAULTS).astype(int)
    labels = np.zeros(len(values))
    kinds = list(HOURS)
    rows = []
    for k, begin in enumerate(slots):
        kind, sensor = kinds[k % len(kinds)], int(random.integers(len(sensors)))
        end = begin + HOURS[kind]
        values[begin:end, sensor] = faulty(kind, values[begin:end, sensor], deviation[sensor], random)
        labels[begin:end], labels[end : end + 24] = 1, np.nan
        rows.append((kind, sensors[sensor], SEVERITY, begin, end))
    kind, sensor, severity, begin, end = zip(*rows, strict=True)
    events = {"kind": list(kind), "sensors": list(sensor), "severity": list(severity)}
    return pw.Frame(events | {"begin": np.array(begin, float), "end": np.array(end, float)}), labels


def faulty(kind: str, reading: np.ndarray, deviation: float, random: np.random.Generator) -> np.ndarray:
    """The reading as the fault leaves it."""
    size = SEVERITY * deviation * random.choice([-1, 1])
    if kind == "drift":
        return reading + size * np.linspace(0, 1, len(reading))
    if kind == "noise_burst":
        return reading + SEVERITY / 2 * deviation * random.normal(size=len(reading))
    return np.full_like(reading, reading[0]) if kind == "stuck_sensor" else reading + size
