# SPDX-License-Identifier: MIT
"""The autoencoder passes scikit-learn's own checks, less a short list with reasons."""

from typing import Any

import plantwright as pw
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

SMALL: dict[str, Any] = {"encoder": 4, "bottleneck": 2, "decoder": 4, "max_epochs": 2}

# What by definition cannot pass, and why. Nothing else may be added without a reason a user would accept.
MEMORY = {
    "check_methods_sample_order_invariance": "a row is scored by the window that ends there: rows have an order",
    "check_methods_subset_invariance": "a row is scored by the window that ends there: rows before it matter",
    "check_outliers_train": "rows before the first full window have no score (NaN) and count as normal",
}


def expected_failures(estimator: Any) -> dict[str, str]:
    return MEMORY if estimator.window > 1 else {}


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks(
    [pw.LSTMAutoencoder(window=1, **SMALL), pw.LSTMAutoencoder(window=4, **SMALL)],
    expected_failed_checks=expected_failures,
)
def test_the_estimator_passes_the_check(estimator: Any, check: Any) -> None:
    check(estimator)
