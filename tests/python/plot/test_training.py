# SPDX-License-Identifier: MIT
"""Learning curves: what stands in them."""

from typing import Any

import numpy as np
import plantwright as pw
import pytest

matplotlib = pytest.importorskip("matplotlib", reason="matplotlib is not installed")
matplotlib.use("Agg")


def test_it_draws_both_losses_and_the_error_of_the_twin() -> None:
    import matplotlib.pyplot as plt

    X = np.random.default_rng(0).normal(size=(100, 2))
    small: dict[str, Any] = {"window": 4, "encoder": 4, "bottleneck": 2, "decoder": 4, "random_state": 0}
    model = pw.LSTMAutoencoder(max_epochs=3, **small).fit(X)
    ax = pw.plot.learning_curve(model)
    lines = {line.get_label(): line.get_ydata() for line in ax.lines}
    assert list(lines["training, with dropout"]) == [epoch["loss"] for epoch in model.history_]
    assert list(lines["validation"]) == [epoch["validation_loss"] for epoch in model.history_]
    assert lines["PCA twin, squared error"][0] == model.fit_report_["pca_error"]
    assert model.fit_report_.plot(ax=ax) is ax
    with pytest.raises(pw.InvalidArgument, match="no epoch"):
        pw.plot.learning_curve(pw.LSTMAutoencoder(max_epochs=0, **small).fit(X))
    plt.close("all")
