# SPDX-License-Identifier: MIT
"""Instruction-set levels round differently and agree all the same."""

import json

import pytest

SCORES = """
import json, numpy as np, plantwright as pw
t = np.arange(400.0)[:, None]
X = np.hstack([np.sin(t / 5), np.cos(t / 7), np.sin(t / 5) * np.cos(t / 11)])
X[50:60, 1] = np.nan
model = pw.LSTMAutoencoder(window=12, encoder=(20, 9), bottleneck=3, decoder=(9, 20), max_epochs=2, dropout=0.1,
                           validation_fraction=0, pca_twin=False, random_state=0).fit(X)
print(json.dumps([model.history_[0]["loss"], *model.score_samples(X)[12:].tolist()]))
"""


def test_training_and_scores_agree_between_levels(run_python, runnable_levels):
    found = {level: json.loads(run_python(SCORES, PLANTWRIGHT_ISA=level).stdout) for level in runnable_levels}
    best = found[runnable_levels[-1]]
    assert max(best[1:]) < 0 < best[0]
    for level, values in found.items():
        assert values == pytest.approx(best, rel=1e-4), level
