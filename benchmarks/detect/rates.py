# SPDX-License-Identifier: MIT
"""Realised over asked false-alarm rates of each member and the ensemble, on later rows that nobody calls abnormal.

    python benchmarks/detect/rates.py [--days 240] [--seeds 3] [--season 0] [--turbine gt_full.csv] [--only NAME ...]

Simulated plant: five-minute rows without faults and trips, the first half fits and calibrates, the later half is
counted. Gas turbine: the hours of 2011 fit, those of 2012 are counted, all eleven columns; of 24 rows a day, one alarm
a day is more than some members can give on normal rows. Counted are beginnings of alarms for alarms a day, rows in
alarm for 1 % of the rows. The interval is the 95 % of a Poisson distribution (Garwood, Biometrika 28, 1936) with as
many events as there were: rows in alarm come in clusters, so events are what is independent, at best.
"""

from __future__ import annotations

import argparse
import os
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import plantwright as pw
from scipy.stats import chi2

DAY_S = 86_400
ASKED: tuple[dict[str, float], ...] = ({"alarms_per_day": 1}, {"alarms_per_day": 0.1}, {"false_alarm_rate": 0.01})
TURBINE_YEARS = (0, 7411, 15039)  # first rows of 2011, 2012, 2013; hourly


@dataclass
class Case:
    """Rows to fit on and rows to count on."""

    name: str
    fitted: Any
    counted: Any
    period_s: float

    @property
    def days(self) -> float:
        """Counted."""
        return len(self.counted) * self.period_s / DAY_S


def simulated(days: int, seed: int, season: float) -> Case:
    """Five-minute rows of the unit."""
    options: dict[str, Any] = {"faults_per_week": 0, "trips_per_year": 0, "lost_fraction": 0, "truth": False}
    plant = pw.simulate.ThermalPlant(rows=days * 288, period_s=300, seed=seed, season=season, **options)
    frame = plant.run()
    half = len(frame) // 2
    return Case(f"simulated plant {seed}", frame[:half], frame[half:], 300)


def turbine(path: Path) -> Case:
    """Two years of hours."""
    rows = np.loadtxt(path, delimiter=",", skiprows=1)
    first, second, third = TURBINE_YEARS
    return Case("gas turbine 2012", rows[first:second], rows[second:third], 3600)


MEMBERS: dict[str, Callable[[], list[Any]]] = {
    "MewmaChart()": lambda: [pw.MewmaChart()],
    "DynamicPCA()": lambda: [pw.DynamicPCA()],
    "DynamicPCA(lags=10)": lambda: [pw.DynamicPCA(lags=10)],
    "Mahalanobis()": lambda: [pw.Mahalanobis()],
    "IsolationForest()": lambda: [pw.IsolationForest(random_state=0)],
    "RangeRules()": lambda: [pw.RangeRules()],
    "WindowKMeans()": lambda: [pw.WindowKMeans(max_windows=2000)],
    "HalfSpaceTrees()": lambda: [pw.HalfSpaceTrees()],
    "the ensemble of plant.py": lambda: [
        pw.Mahalanobis(),
        pw.MewmaChart(),
        pw.DynamicPCA(variance=0.99),
        pw.RangeRules(),
    ],
    "the default ensemble": lambda: [pw.MewmaChart(), pw.DynamicPCA(), pw.IsolationForest(random_state=0)],
}


def events_of(signs: Any) -> int:
    """Count how often an alarm begins."""
    return int((np.diff((signs == -1).astype(int), prepend=0) == 1).sum())


def measure(members: list[Any], case: Case, **budget: float) -> str:
    """Realised over asked, and its 95 % interval; or that so many do not come."""
    try:
        return "{:.2f} ({:.2f} to {:.2f})".format(*ratio_of(members, case, **budget))
    except pw.InvalidArgument as error:
        return "not so many: " + str(error).rpartition("; ")[2]


def ratio_of(members: list[Any], case: Case, **budget: float) -> tuple[float, float, float]:
    """Realised over asked, and its 95 % interval."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pw.DataWarning)
        watch = pw.EnsembleDetector(members, period=case.period_s, **budget).fit(case.fitted)
    signs = watch.predict(case.counted)
    events = events_of(signs)
    low, high = chi2.ppf(0.025, 2 * events) / 2 if events else 0.0, chi2.ppf(0.975, 2 * events + 2) / 2
    if "alarms_per_day" in budget:
        an_event = 1 / (budget["alarms_per_day"] * case.days)
    else:
        an_event = float((signs == -1).mean()) / budget["false_alarm_rate"] / max(events, 1)
    return events * an_event, low * an_event, high * an_event


def cases_of(arguments: argparse.Namespace) -> Iterator[Case]:
    """The simulated ones, and the turbine where its file is there."""
    for seed in range(arguments.seeds):
        yield simulated(arguments.days, seed, arguments.season)
    if arguments.turbine.is_file():
        yield turbine(arguments.turbine)


def main() -> None:
    """Print a table of Markdown."""
    data = Path(os.environ.get("PLANTWRIGHT_DATA", "../shared/data"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=240)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--season", type=float, default=0)
    parser.add_argument("--turbine", type=Path, default=data / "gas_turbine" / "gt_full.csv")
    parser.add_argument("--only", nargs="+", default=list(MEMBERS), choices=list(MEMBERS))
    arguments = parser.parse_args()
    cases = list(cases_of(arguments))
    print("| realised / asked (95 %) | rows | one alarm a day | one in ten days | 1 % of the rows |")
    print("| --- | --- | --- | --- | --- |")
    for name in arguments.only:
        for case in cases:
            shown = " | ".join(measure(MEMBERS[name](), case, **budget) for budget in ASKED)
            print(f"| `{name}` | {case.name} | {shown} |", flush=True)


if __name__ == "__main__":
    main()
