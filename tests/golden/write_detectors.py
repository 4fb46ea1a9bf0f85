# SPDX-License-Identifier: MIT
"""Writes detectors_v0/*.plw and detectors_v0.json (scores by hexadecimal floats) beside this file.

python tests/golden/write_detectors.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import plantwright as pw

FOLDER = Path(__file__).parent


def golden_rows() -> np.ndarray:
    """Waves by exact arithmetic, (60, 3); some readings are missing."""
    i = np.arange(60)
    rows = np.column_stack([(i * 7) % 11, (i * 5) % 13 + (i * 7) % 11, (i * i) % 17]).astype(float) / 8
    rows[[5, 30], [1, 2]] = np.nan
    return rows


def detectors() -> dict[str, Any]:
    return {
        "autoencoder": pw.LSTMAutoencoder(
            window=4, encoder=(5, 3), bottleneck=2, decoder=4, max_epochs=2, batch_size=8, random_state=3
        ),
        "mewma": pw.MewmaChart(smoothing=0.3),
        "dynamic_pca": pw.DynamicPCA(lags=2, n_components=3),
        "mahalanobis": pw.Mahalanobis(),
        "rolling_isolation": pw.RollingIsolationForest(window=5, n_estimators=3, max_samples=16),
    }


def main() -> None:
    rows, expected = golden_rows(), {}
    (FOLDER / "detectors_v0").mkdir(exist_ok=True)
    for name, detector in detectors().items():
        detector.fit(rows)
        pw.save(detector, FOLDER / "detectors_v0" / f"{name}.plw")
        expected[name] = [float(score).hex() for score in detector.score_samples(rows)]
    (FOLDER / "detectors_v0.json").write_text(json.dumps(expected, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
