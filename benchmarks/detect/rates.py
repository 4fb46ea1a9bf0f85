# SPDX-License-Identifier: MIT
"""Realised over asked false-alarm rates of each member and the ensemble on later months of the simulated plant.

Half of the rows calibrate, the later half is counted: events for alarms a day, rows for rates. The interval is of the
Poisson distribution for as many events as there were (normal approximation of the square root). Run from the
repository's root: ``PYTHONPATH=python python benchmarks/detect/rates.py [--days 240] [--seeds 3] [--season 0]``.
"""

from __future__ import annotations

import argparse
import warnings

import numpy as np
import plantwright as pw


def normal_rows(days: int, seed: int, season: float) -> pw.Frame:
    """Five-minute rows of the unit while it runs, without faults and trips."""
    options = {"faults_per_week": 0, "trips_per_year": 0, "season": season, "lost_fraction": 0, "truth": False}
    return pw.simulate.ThermalPlant(rows=days * 288, period_s=300, seed=seed, **options).run()


def ensembles() -> dict[str, list]:
    """Each member alone, and all together."""
    members = {
        "MewmaChart": [pw.MewmaChart()],
        "DynamicPCA": [pw.DynamicPCA()],
        "Mahalanobis": [pw.Mahalanobis()],
        "IsolationForest": [pw.IsolationForest(random_state=0)],
    }
    together = [pw.MewmaChart(), pw.DynamicPCA(), pw.IsolationForest(random_state=0)]
    return members | {"EnsembleDetector": together}


def events_of(signs: np.ndarray) -> int:
    """Count how often an alarm begins."""
    return int((np.diff((signs == -1).astype(int), prepend=0) == 1).sum())


def measure(members: list, frame: pw.Frame, days: int, **budget: float) -> tuple[float, float, float]:
    """Realised over asked, and its 95 % interval."""
    half = len(frame) // 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pw.DataWarning)
        watch = pw.EnsembleDetector(members, **budget).fit(frame[:half])
    signs = watch.predict(frame[half:])
    events = events_of(signs)
    if "alarms_per_day" in budget:
        ratio = events / (budget["alarms_per_day"] * days / 2)
    else:
        ratio = float((signs == -1).mean()) / budget["false_alarm_rate"]
    spread = 0.98 / max(np.sqrt(events), 1)
    return ratio, ratio * max(0.0, 1 - spread) ** 2, ratio * (1 + spread) ** 2


def main() -> None:
    """Print a table of Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=240)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--season", type=float, default=0)
    arguments = parser.parse_args()
    frames = [normal_rows(arguments.days, seed, arguments.season) for seed in range(arguments.seeds)]
    print("| | seed | one alarm a day | 1 % of the rows |\n| --- | --- | --- | --- |")
    for name, members in ensembles().items():
        for seed, frame in enumerate(frames):
            cells = [
                measure(members, frame, arguments.days, alarms_per_day=1),
                measure(members, frame, arguments.days, false_alarm_rate=0.01),
            ]
            shown = " | ".join(f"{ratio:.2f} ({low:.2f} to {high:.2f})" for ratio, low, high in cells)
            print(f"| `{name}` | {seed} | {shown} |", flush=True)


if __name__ == "__main__":
    main()
