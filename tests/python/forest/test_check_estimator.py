# SPDX-License-Identifier: MIT
"""The forests pass scikit-learn's own checks, less a short list with reasons."""

from typing import Any

import plantwright as pw
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

# What by definition cannot pass, and why. Nothing else may be added without a reason a user would accept.
EXPECTED_FAILURES = {
    "check_sample_weight_equivalence_on_dense_data": "rows are drawn at random: a repeated row is not a weight of two",
}


def expected_failures(estimator: Any) -> dict[str, str]:
    draws = estimator.bootstrap or isinstance(estimator, pw.IsolationForest)
    return EXPECTED_FAILURES if draws else {}


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks(
    [
        pw.RandomForestRegressor(n_estimators=10),
        pw.RandomForestClassifier(n_estimators=10),
        pw.ExtraTreesRegressor(n_estimators=10),
        pw.ExtraTreesClassifier(n_estimators=10),
        pw.IsolationForest(n_estimators=10),
        pw.IsolationForest(n_estimators=10, contamination=0.1, max_samples=0.5),
    ],
    expected_failed_checks=expected_failures,
)
def test_the_estimator_passes_the_check(estimator: Any, check: Any) -> None:
    check(estimator)
