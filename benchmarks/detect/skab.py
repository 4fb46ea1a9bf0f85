# SPDX-License-Identifier: MIT
"""Detection on a folder of labelled files, protocol of SKAB: of each the first 400 rows train, the others are pooled.

    python benchmarks/detect/skab.py --data ../shared/data/skab_valve1/valve1

Files are `;`-separated with columns `datetime`, sensors, `anomaly` and perhaps `changepoint`. Nothing is chosen on
tested rows: thresholds are those of 1 % false alarms by a tail of cross-fitted scores of the training rows, the same
for every detector, scikit-learn's too.
"""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plantwright as pw
from sklearn.base import clone
from sklearn.ensemble import IsolationForest
from sklearn.neighbors import LocalOutlierFactor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

N_TRAIN, FALSE_ALARM_RATE = 400, 0.01
METRICS = ("AUC-ROC", "VUS-PR", "F1", "false alarm rate", "missed alarm rate", "event recall", "NAB standard")
DETECTORS: dict[str, Any] = {
    "MewmaChart": pw.MewmaChart(),
    "DynamicPCA, 3 lags": pw.DynamicPCA(lags=3),
    "DynamicPCA, 10 lags": pw.DynamicPCA(lags=10),
    "Mahalanobis": pw.Mahalanobis(),
    "scikit-learn IsolationForest": IsolationForest(random_state=0),
    "scikit-learn LocalOutlierFactor": make_pipeline(StandardScaler(), LocalOutlierFactor(novelty=True)),
}


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
    tail = pw.Tail().fit(cross_fitted(detector, train))
    return tail.severity(-clone(detector).fit(train).score_samples(rows))[N_TRAIN:]


def main() -> None:
    warnings.simplefilter("ignore", pw.DataWarning)  # 400 rows are few for a tail
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    files = [read(path) for path in sorted(parser.parse_args().data.glob("**/*.csv"))]
    labels = np.concatenate([y[N_TRAIN:] for y, _ in files])
    print(f"{len(files)} files, {len(labels)} rows tested, {labels.mean():.1%} anomalous\n")
    print(f"{'':32}" + "".join(f"{name:>18}" for name in METRICS))
    for name, detector in DETECTORS.items():
        severity = np.concatenate([severities(detector, rows) for _, rows in files])
        report = pw.evaluate.detection_report(labels, severity, threshold=-np.log10(FALSE_ALARM_RATE))
        print(f"{name:32}" + "".join(f"{report.metrics[metric]['model']:18.3f}" for metric in METRICS), flush=True)
    for name in report.predictors[1:]:
        values = [report.metrics[metric].get(name, float("nan")) for metric in METRICS]
        print(f"{name:32}" + "".join(f"{value:18.3f}" for value in values))


if __name__ == "__main__":
    main()
