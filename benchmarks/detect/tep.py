# SPDX-License-Identifier: MIT
"""Detection of the faults of the Tennessee Eastman process (Downs & Vogel, Computers & Chemical Engineering 17, 1993).

    python benchmarks/detect/tep.py --data DIR

DIR holds ``d00.dat`` (normal, 500 rows of 52 variables, turned on its side in the usual distribution), ``d00_te.dat``
(normal, 960 rows) and ``d01_te.dat`` ... (960 rows, the fault from row 160 on), a row every three minutes; all numbers,
parted by blanks. Other widths and lengths will do.

Protocol: every detector is fitted on d00 alone; its alarm level is that of 1 % false alarms by a tail of cross-fitted
rows of d00 (5 contiguous blocks, a gap of one row in a hundred), scikit-learn's detectors too. Nothing is chosen on
tested rows. Printed are the false alarm rates that came, on d00_te and on the rows before the faults, and of each fault
the share of its rows in alarm and the delay: rows from the fault's first to the first of three alarms in a row. The
means are over all faults, and over all but 3, 9 and 15, which hardly show in the variables (Russell, Chiang & Braatz,
Chemometrics and Intelligent Laboratory Systems 51, 2000).
"""

from __future__ import annotations

import argparse
import os
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import plantwright as pw
from sklearn.base import BaseEstimator
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.neighbors import LocalOutlierFactor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

ONSET, RATE, IN_A_ROW, PERIOD_S = 160, 0.01, 3, 180
HARDLY_SHOWN = (3, 9, 15)


class DynamicPart(BaseEstimator):
    """T2 (part 0) or SPE (part 1) of dynamic PCA alone."""

    def __init__(self, part: int) -> None:
        self.part = part

    def fit(self, rows: Any) -> DynamicPart:
        self.chart_ = pw.DynamicPCA().fit(rows)
        return self

    def score_samples(self, rows: Any) -> Any:
        return -self.chart_.t2_and_spe(rows)[:, self.part]


class StaticPart(BaseEstimator):
    """T2 or SPE of scikit-learn's PCA of standardised rows."""

    def __init__(self, part: int) -> None:
        self.part = part

    def fit(self, rows: Any) -> StaticPart:
        self.scaler_ = StandardScaler().fit(rows)
        self.pca_ = PCA(0.9).fit(self.scaler_.transform(rows))
        return self

    def score_samples(self, rows: Any) -> Any:
        z = self.scaler_.transform(rows)
        scores = self.pca_.transform(z)
        if self.part == 0:
            return -(scores**2 / self.pca_.explained_variance_).sum(1)
        return -((z - self.pca_.inverse_transform(scores)) ** 2).sum(1)


def ensemble() -> pw.EnsembleDetector:
    members = [pw.MewmaChart(), pw.DynamicPCA(), pw.IsolationForest(random_state=0)]
    return pw.EnsembleDetector(members, false_alarm_rate=RATE, period=PERIOD_S)


DETECTORS: dict[str, Callable[[], Any]] = {
    "Ensemble": ensemble,
    "MEWMA": pw.MewmaChart,
    "DynPCA": pw.DynamicPCA,
    "DynPCA T2": lambda: DynamicPart(0),
    "DynPCA SPE": lambda: DynamicPart(1),
    "Mahalanobis": pw.Mahalanobis,
    "sk PCA T2": lambda: StaticPart(0),
    "sk PCA SPE": lambda: StaticPart(1),
    "sk IForest": lambda: IsolationForest(random_state=0),
    "sk LOF": lambda: make_pipeline(StandardScaler(), LocalOutlierFactor(novelty=True)),
}


@dataclass
class Folder:
    """Rows to train on, normal rows to test, and of each fault's number its rows."""

    train: Any
    normal: Any
    faults: dict[int, Any]


@dataclass
class Result:
    """What one detector came to."""

    normal_rate: float
    early_rate: float  # before the faults
    detected: dict[int, float]
    delay: dict[int, int | None]

    def mean_detected(self, without: Sequence[int] = ()) -> float:
        """Over the faults but those."""
        rates = [rate for fault, rate in self.detected.items() if fault not in without]
        return float(np.mean(rates)) if rates else float("nan")


def read(folder: Path) -> Folder:
    """Read all files; d00.dat is turned where it does not fit the others."""
    normal = np.loadtxt(folder / "d00_te.dat")
    train = np.loadtxt(folder / "d00.dat")
    if train.shape[1] != normal.shape[1]:
        train = train.T
    paths = sorted(folder.glob("d[0-9][0-9]_te.dat"))
    faults = {int(path.name[1:3]): np.loadtxt(path) for path in paths if path.name[1:3] != "00"}
    return Folder(train, normal, faults)


def alarms_by(make: Callable[[], Any], train: Any) -> Callable[[Any], Any]:
    """Fit and calibrate; what comes back says of rows which are in alarm."""
    detector = make().fit(train)
    if isinstance(detector, pw.EnsembleDetector):
        return lambda rows: detector.predict(rows) == -1
    scores = np.full(len(train), np.nan)
    for kept, block in pw.BlockedKFold(5, gap=len(train) // 100).split(train):
        scores[block] = make().fit(train[kept]).score_samples(train[block])
    limit = pw.Tail().fit(-scores).threshold(false_alarm_rate=RATE)
    return lambda rows: -detector.score_samples(rows) >= limit


def delay_of(alarms: Any) -> int | None:
    """Rows to the first of three alarms in a row."""
    runs = np.lib.stride_tricks.sliding_window_view(alarms, IN_A_ROW).all(1)
    return int(runs.argmax()) if runs.any() else None


def judge(make: Callable[[], Any], folder: Folder) -> Result:
    """Fit on normal rows, count on all others."""
    alarms_of = alarms_by(make, folder.train)
    alarms = {fault: alarms_of(rows) for fault, rows in folder.faults.items()}
    return Result(
        normal_rate=float(alarms_of(folder.normal).mean()),
        early_rate=float(np.mean([flags[:ONSET].mean() for flags in alarms.values()])) if alarms else float("nan"),
        detected={fault: float(flags[ONSET:].mean()) for fault, flags in alarms.items()},
        delay={fault: delay_of(flags[ONSET:]) for fault, flags in alarms.items()},
    )


def table(results: dict[str, Result]) -> str:
    """One line a fault, one column a detector."""
    columns = list(results.values())

    def line(name: str, cells: Sequence[str]) -> str:
        return f"{name:26}" + "".join(f"{cell:>14}" for cell in cells)

    lines = [
        line("", list(results)),
        line("false alarms, d00_te", [f"{r.normal_rate:.1%}" for r in columns]),
        line("false alarms, before faults", [f"{r.early_rate:.1%}" for r in columns]),
    ]
    for fault in columns[0].detected:
        cells = [f"{r.detected[fault]:.1%}, {'-' if r.delay[fault] is None else r.delay[fault]}" for r in columns]
        lines.append(line(f"fault {fault}: found, delay", cells))
    lines.append(line("all faults", [f"{r.mean_detected():.1%}" for r in columns]))
    lines.append(line("all but 3, 9, 15", [f"{r.mean_detected(HARDLY_SHOWN):.1%}" for r in columns]))
    return "\n".join(lines)


def main() -> None:
    default = Path(os.environ.get("PLANTWRIGHT_DATA", "../shared/data")) / "tep"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=default)
    path = parser.parse_args().data
    if not (path / "d00.dat").is_file():
        print(f"there is no {path / 'd00.dat'}; name the folder of the files with --data")
        return
    folder = read(path)
    warnings.simplefilter("ignore", pw.DataWarning)  # 500 rows are few for a tail
    print(f"{folder.train.shape[0]} rows of {folder.train.shape[1]} variables train; {len(folder.faults)} faults\n")
    print(table({name: judge(make, folder) for name, make in DETECTORS.items()}))


if __name__ == "__main__":
    main()
