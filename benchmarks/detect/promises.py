# SPDX-License-Identifier: MIT
"""False alarms that came over those asked for, on a later year of a gas turbine that nobody calls abnormal.

    python benchmarks/detect/promises.py --data ../shared/data/gas_turbine/gt_full.csv

Detectors are fitted on 2011 and asked for 1 % of rows, and for one alarm in ten days, on 2012; thresholds by scores
of the training rows themselves and by cross-fitted ones. The turbine drifts from year to year, which no calibration
foresees.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plantwright as pw

YEARS = (0, 7411, 15039)  # first rows of 2011, 2012, 2013; hourly
ALARMS_PER_DAY, ROWS_PER_DAY, RATE = 0.1, 24, 0.01


def ratios(tail: pw.Tail, statistic: Any) -> tuple[float, float]:
    """Realised over asked, of rows and of alarms."""
    rows = np.nanmean(statistic >= tail.threshold(false_alarm_rate=RATE)) / RATE
    limit = tail.threshold(alarms_per_day=ALARMS_PER_DAY, rows_per_day=ROWS_PER_DAY)
    alarms = pw.evaluate.detection.false_alarms([], (statistic >= limit).astype(int))
    return float(rows), alarms / (len(statistic) / ROWS_PER_DAY) / ALARMS_PER_DAY


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    data = Path(os.environ.get("PLANTWRIGHT_DATA", "../shared/data"))
    parser.add_argument("--data", type=Path, default=data / "gas_turbine" / "gt_full.csv")
    table = pd.read_csv(parser.parse_args().data).to_numpy(float)
    train, later = table[YEARS[0] : YEARS[1]], table[YEARS[1] : YEARS[2]]
    print(f"{'realised / asked':24}{'scores of':>20}{'1 % of rows':>14}{'0.1 alarms a day':>18}")
    for detector in (pw.MewmaChart(), pw.DynamicPCA(lags=3), pw.DynamicPCA(lags=10), pw.Mahalanobis()):
        statistic = -detector.fit(train).score_samples(later)
        for name, scores in (
            ("training rows", detector.score_samples(train)),
            ("cross-fitted blocks", detector.cross_fitted_scores(train)),
        ):
            rows, alarms = ratios(pw.Tail().fit(-scores), statistic)
            print(f"{detector!r:24}{name:>20}{rows:14.2f}{alarms:18.2f}")


if __name__ == "__main__":
    main()
