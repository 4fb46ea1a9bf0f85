# SPDX-License-Identifier: MIT
"""Ensembles fitted on labelled rows: what is not normal trains nothing, and weights are learned from it."""

import numpy as np
import pandas as pd
import plantwright as pw
import pytest
from plantwright import InvalidArgument
from sklearn.base import clone
from sklearn.metrics import average_precision_score

pytestmark = pytest.mark.filterwarnings("ignore::plantwright.DataWarning")


def plant(n, seed):
    """Four sensors of one load with memory; of every 200 rows ten in which the second strays, labelled 1."""
    rng = np.random.default_rng(seed)
    load, noise = np.zeros(n), rng.normal(size=n)
    for t in range(1, n):
        load[t] = 0.8 * load[t - 1] + noise[t]
    rows = np.outer(load, [1, 0.5, 1, -0.3]) + rng.normal(size=(n, 4))
    y = np.where((np.arange(n) % 200 < 10) & (np.arange(n) >= 200), 1.0, 0.0)
    rows[y == 1, 1] += 3
    return rows, y


def members():
    """Two that tell and one that guesses: a forest of one tree of four rows."""
    return [pw.Mahalanobis(), pw.DynamicPCA(lags=1), pw.IsolationForest(n_estimators=1, max_samples=4, random_state=1)]


def ensemble(**options):
    return pw.EnsembleDetector(members(), false_alarm_rate=0.02, n_folds=5, **options)


@pytest.fixture(scope="module")
def learned():
    rows, y = plant(6000, seed=0)
    return ensemble(combination="learned").fit(rows, y)


def test_noise_gets_nearly_no_weight_and_held_out_rows_are_ranked_better_than_by_the_mean(learned):
    assert learned.weights_.sum() == pytest.approx(1)
    assert learned.weights_[2] < 0.02
    assert (learned.weights_[:2] > 0.2).all()
    rows, y = plant(6000, seed=7)
    mean = ensemble().fit(*plant(6000, seed=0))
    scored = slice(learned.warm_up_rows_, None)
    by_weights = average_precision_score(y[scored], learned.severity(rows)[scored])
    by_mean = average_precision_score(y[scored], mean.severity(rows)[scored])
    assert by_weights > by_mean + 0.05
    assert mean.weights_ is None


def test_the_rate_that_was_asked_is_one_of_normal_rows(learned):
    rows, y = plant(20_000, seed=3)
    normal = y == 0
    normal[1:] &= y[:-1] == 0  # a window that holds the row before
    assert 0.6 < (learned.predict(rows)[normal] == -1).mean() / 0.02 < 1.6


def test_rows_that_are_not_normal_train_nothing():
    rows, y = plant(3000, seed=0)
    y[1500:1510] = np.nan
    spoiled = np.where((y == 0)[:, None], rows, 1e4)
    watch = ensemble().fit(rows, y)
    np.testing.assert_array_equal(ensemble().fit(spoiled, y).severity(rows), watch.severity(rows))
    unknown = np.where(np.isnan(y), -1, y).astype(int)
    np.testing.assert_array_equal(ensemble().fit(rows, unknown).severity(rows), watch.severity(rows))
    np.testing.assert_array_equal(ensemble().fit(rows, y.tolist()).severity(rows), watch.severity(rows))
    assert ensemble().fit(rows).raise_level_ != watch.raise_level_


def test_tables_files_and_clones_keep_learned_weights(learned, tmp_path):
    rows, y = plant(6000, seed=0)
    names = ["a", "b", "c", "d"]
    table = pd.DataFrame(rows, columns=names)
    of_table = ensemble(combination="learned").fit(table, pd.Series(y == 1))
    np.testing.assert_array_equal(of_table.weights_, learned.weights_)
    pw.save(learned, tmp_path / "learned.plw")
    again = pw.load(tmp_path / "learned.plw")
    np.testing.assert_array_equal(again.weights_, learned.weights_)
    np.testing.assert_array_equal(again.severity(rows), learned.severity(rows))
    assert again.weights is None
    assert again.combination == "learned"
    np.testing.assert_array_equal(clone(again).fit(rows, y).weights_, learned.weights_)


@pytest.mark.parametrize(
    ("y", "text"),
    [
        (None, r"need labels, of normal \(0\) and anomalous \(1\) rows with a reading, got none"),
        (np.zeros(600), "got 600 and 0"),
        (np.ones(600), "got 0 and 600"),
        (np.zeros(599), "labels must be one a row, got 599"),
        (np.zeros((600, 1)), r"y must be one label a row, got shape \(600, 1\)"),
        (np.full(600, 2), "y must be 0 normal, 1 anomalous, NaN or -1 unknown, got 2"),
        (["normal"] * 600, "y must hold numbers"),
        (np.where(np.arange(600) < 590, -1, 1), "got 0 and 10"),
    ],
)
def test_labels_that_cannot_teach_are_named(y, text):
    with pytest.raises(InvalidArgument, match=text):
        ensemble(combination="learned").fit(plant(600, seed=0)[0], y)


def test_weights_are_learned_or_given_not_both():
    rows, y = plant(600, seed=0)
    with pytest.raises(InvalidArgument, match="weights must be absent where they are learned"):
        ensemble(combination="learned", weights=[1, 1, 1]).fit(rows, y)
