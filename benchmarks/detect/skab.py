# SPDX-License-Identifier: MIT
"""Detection on a folder of labelled files, protocol of SKAB: of each the first 400 rows train, the others are pooled.

    python benchmarks/detect/skab.py --data ../shared/data/skab_valve1/valve1

Files are `;`-separated with columns `datetime`, sensors, `anomaly` and perhaps `changepoint`. Thresholds are those of
1 % false alarms by a tail of cross-fitted scores of the training rows, the same for every detector, scikit-learn's and
PyOD's too (`pip install pyod`; on standardised rows). Settings are defaults, lags between 3 and 10, and plant.py's T2 of
99 % of the variance and ensemble. Which of these lines is best only tested rows can say.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plantwright as pw
from sklearn.base import BaseEstimator, clone
from sklearn.ensemble import IsolationForest
from sklearn.neighbors import LocalOutlierFactor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

N_TRAIN, FALSE_ALARM_RATE = 400, 0.01
METRICS = ("AUC-ROC", "VUS-PR", "F1", "false alarm rate", "missed alarm rate", "event recall", "NAB standard")


class Pyod(BaseEstimator):
    """A detector of PyOD on standardised rows, in scikit-learn's signs."""

    def __init__(self, module: str, name: str) -> None:
        self.module = module
        self.name = name

    def fit(self, rows: Any) -> Pyod:
        self.scaler_ = StandardScaler().fit(rows)
        detector = getattr(importlib.import_module(f"pyod.models.{self.module}"), self.name)
        self.detector_ = detector(**({"random_state": 0} if self.name in ("IForest", "PCA") else {}))
        self.detector_.fit(self.scaler_.transform(rows))
        return self

    def score_samples(self, rows: Any) -> Any:
        return -self.detector_.decision_function(self.scaler_.transform(rows))


def ensemble(*members: Any, **settings: Any) -> pw.EnsembleDetector:
    return pw.EnsembleDetector(list(members), false_alarm_rate=FALSE_ALARM_RATE, period=1, **settings)


DETECTORS: dict[str, Any] = {
    "MewmaChart": pw.MewmaChart(),
    "DynamicPCA, 3 lags": pw.DynamicPCA(lags=3),
    "DynamicPCA, 10 lags": pw.DynamicPCA(lags=10),
    "DynamicPCA, 10 lags, T2 of 99 %": pw.DynamicPCA(lags=10, variance=0.99),
    "Mahalanobis": pw.Mahalanobis(),
    "Ensemble: default": ensemble(pw.MewmaChart(), pw.DynamicPCA(), pw.IsolationForest(random_state=0)),
    "Ensemble: that of plant.py": ensemble(
        pw.Mahalanobis(), pw.MewmaChart(), pw.DynamicPCA(variance=0.99), pw.RangeRules()
    ),
    "Ensemble: DynamicPCA, 3, 5, 10 lags": ensemble(*(pw.DynamicPCA(lags=lags) for lags in (3, 5, 10))),
    "Ensemble: DynamicPCA, 5, 10, of 99 %": ensemble(*(pw.DynamicPCA(lags=n, variance=0.99) for n in (5, 10))),
    "scikit-learn IsolationForest": IsolationForest(random_state=0),
    "scikit-learn LocalOutlierFactor": make_pipeline(StandardScaler(), LocalOutlierFactor(novelty=True)),
}
PEERS = {"iforest": "IForest", "pca": "PCA", "ecod": "ECOD", "copod": "COPOD", "hbos": "HBOS", "knn": "KNN"}
if importlib.util.find_spec("pyod"):
    DETECTORS |= {f"PyOD {name}": Pyod(module, name) for module, name in (PEERS | {"lof": "LOF"}).items()}


def read(path: Path) -> tuple[Any, Any]:
    """Labels and readings."""
    table = pd.read_csv(path, sep=";")
    sensors = table.drop(columns=["datetime", "anomaly", "changepoint"], errors="ignore")
    return table["anomaly"].to_numpy(int), sensors.to_numpy(float)


def cross_fitted(detector: Any, rows: Any, n_blocks: int = 5) -> Any:
    if hasattr(detector, "cross_fitted_scores"):
        return -detector.cross_fitted_scores(rows, n_blocks=n_blocks)
    scores = np.empty(len(rows))
    for train, test in pw.BlockedKFold(n_blocks, gap=len(rows) // 100).split(rows):
        scores[test] = -clone(detector).fit(rows[train]).score_samples(rows[test])
    return scores


def severities(detector: Any, rows: Any) -> Any:
    """Of the rows after those trained on."""
    train = rows[:N_TRAIN]
    if isinstance(detector, pw.EnsembleDetector):
        return np.nan_to_num(clone(detector).fit(train).severity(rows)[N_TRAIN:])
    tail = pw.Tail().fit(cross_fitted(detector, train))
    return tail.severity(-clone(detector).fit(train).score_samples(rows))[N_TRAIN:]


def main() -> None:
    warnings.simplefilter("ignore", pw.DataWarning)  # 400 rows are few for a tail
    data = Path(os.environ.get("PLANTWRIGHT_DATA", "../shared/data"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=data / "skab_valve1" / "valve1")
    files = [read(path) for path in sorted(parser.parse_args().data.glob("**/*.csv"))]
    labels = np.concatenate([y[N_TRAIN:] for y, _ in files])
    print(f"{len(files)} files, {len(labels)} rows tested, {labels.mean():.1%} anomalous\n")
    print(f"{'':38}" + "".join(f"{name:>18}" for name in METRICS))
    for name, detector in DETECTORS.items():
        severity = np.concatenate([severities(detector, rows) for _, rows in files])
        report = pw.evaluate.detection_report(labels, severity, threshold=-np.log10(FALSE_ALARM_RATE))
        print(f"{name:38}" + "".join(f"{report.metrics[metric]['model']:18.3f}" for metric in METRICS), flush=True)
    for name in report.predictors[1:]:
        values = [report.metrics[metric].get(name, float("nan")) for metric in METRICS]
        print(f"{name:38}" + "".join(f"{value:18.3f}" for value in values))


if __name__ == "__main__":
    main()
