# SPDX-License-Identifier: MIT
"""The detectors pass all of scikit-learn's own checks."""

from typing import Any

import plantwright as pw
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

WITHOUT_MEMORY = [
    pw.MewmaChart(smoothing=1),
    pw.DynamicPCA(lags=0),
    pw.Mahalanobis(),
    pw.RangeRules(step_factor=float("inf"), standstill_factor=float("inf")),
    pw.HalfSpaceTrees(depth=6, window=10_000),
    pw.WindowKMeans(window=1, n_clusters=1),
]


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks(WITHOUT_MEMORY)
def test_the_detector_passes_the_check(estimator: Any, check: Any) -> None:
    check(estimator)
