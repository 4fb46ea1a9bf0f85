# SPDX-License-Identifier: MIT
"""Writes ensemble_v0/*.plw and ensemble_v0.json (verdicts, doubles by hexadecimal) beside this file.

python tests/golden/write_ensemble.py
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import plantwright as pw

FOLDER = Path(__file__).parent
SAVED_AFTER = 40  # rows


def golden_rows(n: int) -> np.ndarray:
    """Waves by exact arithmetic, (n, 3), some readings are missing."""
    i = np.arange(n)
    rows = np.column_stack([(i * 7) % 23, (i * 5) % 29 + (i * 7) % 23, (i * i) % 31]).astype(float) / 8
    rows[::37, 1] = np.nan
    return rows


def faulty_rows() -> np.ndarray:
    rows = golden_rows(90)
    rows[60:, 2] += 8
    return rows


def ensemble() -> pw.EnsembleDetector:
    members = [pw.MewmaChart(smoothing=0.5), pw.DynamicPCA(lags=1), pw.Mahalanobis(),
               pw.IsolationForest(n_estimators=2, max_samples=16, random_state=0)]  # fmt: skip
    return pw.EnsembleDetector(members, false_alarm_rate=0.05, on_delay=1, off_delay=2, clear_share=0.7)


def told(stream: Any, rows: np.ndarray) -> list[list[Any]]:
    verdicts = [stream.update(row) for row in rows]
    return [[v.severity.hex(), v.state, v.event] for v in verdicts]


def main() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pw.DataWarning)
        watch = ensemble().fit(golden_rows(300))
    (FOLDER / "ensemble_v0").mkdir(exist_ok=True)
    pw.save(watch, FOLDER / "ensemble_v0" / "ensemble.plw")
    rows = faulty_rows()
    stream = watch.stream("unit 1")
    said = told(stream, rows[:SAVED_AFTER])
    stream.save(FOLDER / "ensemble_v0" / "stream.plw")
    said += told(stream, rows[SAVED_AFTER:])
    (FOLDER / "ensemble_v0.json").write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
