# SPDX-License-Identifier: MIT
"""What every detector must hold: streams, names, blame, files, errors."""

import pickle

import numpy as np
import pandas as pd
import plantwright as pw
import pytest
from plantwright import InvalidArgument, NotFitted
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

NAMES = ["steam_t", "pressure", "load", "vibration"]
DETECTORS = [
    pw.MewmaChart(smoothing=0.2),
    pw.DynamicPCA(lags=2, variance=0.8),
    pw.Mahalanobis(shrinkage=0.05),
    pw.RangeRules(shortest_standstill=5),
    pw.HalfSpaceTrees(),
    pw.WindowKMeans(window=3, n_clusters=3),
]


def plant(n=400, seed=0):
    rng = np.random.default_rng(seed)
    load = np.zeros(n)
    for t in range(1, n):
        load[t] = 0.9 * load[t - 1] + rng.normal()
    scale = np.array([5.0, 2.0, 10.0, 0.1])
    return [500, 150, 80, 1] + scale * (np.outer(load, [1, 0.5, 1, -0.3]) + rng.normal(size=(n, 4)))


@pytest.fixture(params=DETECTORS, ids=lambda d: type(d).__name__)
def detector(request):
    return clone(request.param)


def test_a_stream_gives_the_bits_of_the_batch(detector):
    rows = plant()
    rows[np.random.default_rng(1).random(rows.shape) < 0.05] = np.nan
    detector.fit(rows)
    stream = detector.stream()
    np.testing.assert_array_equal([-stream.update(row).statistic for row in rows], detector.score_samples(rows))


def test_a_stream_outlives_its_detector_and_streams_are_apart(detector):
    rows = plant()
    expected = -detector.fit(rows).score_samples(rows)
    first, second = detector.stream(), detector.stream()
    del detector
    for i, row in enumerate(rows):
        np.testing.assert_equal(first.update(row).statistic, expected[i])
        if i % 2 == 0:
            second.update(row)


def test_blame_sums_to_the_statistic_and_names_the_sensor_that_moved(detector):
    rows = plant()
    detector.fit(rows)
    rows[300:, 3] += 3.0
    scores, blame = detector.score_samples(rows), detector.blame(rows)
    scored = ~np.isnan(scores)
    assert scored.sum() == len(rows) - detector.warm_up_rows_
    np.testing.assert_allclose(blame[scored].sum(axis=1), -scores[scored], rtol=1e-9, atol=1e-12)
    assert (blame[350:].argmax(axis=1) == 3).mean() > 0.95
    ratio = 1.3 if isinstance(detector, pw.HalfSpaceTrees) else 5  # the statistic of the trees is a logarithm
    assert -np.median(scores[300:]) > ratio * -np.median(scores[50:250])


def test_a_table_is_read_by_name_in_any_order_of_columns(detector):
    rows = plant()
    table = pd.DataFrame(rows, columns=NAMES)
    detector.fit(table)
    assert list(detector.feature_names_in_) == NAMES
    expected = detector.score_samples(table)
    np.testing.assert_array_equal(detector.score_samples(table[NAMES[::-1]]), expected)
    np.testing.assert_array_equal(detector.score_samples(rows), expected)
    np.testing.assert_array_equal(clone(detector).fit(rows).score_samples(rows), expected)
    stream = detector.stream()
    for row in table.head(100).to_dict("records"):
        verdict = stream.update(row)
    assert verdict.statistic == -expected[99]
    assert set(verdict.blame) == set(NAMES)
    assert list(verdict.blame.values()) == sorted(verdict.blame.values(), reverse=True)
    with pytest.raises(pw.SchemaMismatch):
        detector.score_samples(table[NAMES[:3]])


def test_an_absent_reading_is_a_missing_one(detector):
    rows = plant()
    detector.fit(pd.DataFrame(rows, columns=NAMES))
    by_none, by_name = detector.stream(), detector.stream()
    for row in rows[:60]:
        first = by_none.update([None, row[1], row[2], float("inf")])
        second = by_name.update({"pressure": row[1], "load": row[2]})
    assert first == second
    assert np.isfinite(first.statistic)


def test_files_pickles_and_clones_give_the_same_scores(detector, tmp_path):
    rows = plant()
    detector.fit(pd.DataFrame(rows, columns=NAMES))
    pw.save(detector, tmp_path / "detector.plw")
    for other in (pw.load(tmp_path / "detector.plw"), pickle.loads(pickle.dumps(detector))):
        assert type(other) is type(detector)
        assert other.get_params() == detector.get_params()
        assert list(other.feature_names_in_) == NAMES
        np.testing.assert_array_equal(other.score_samples(rows), detector.score_samples(rows))


def test_what_is_not_fitted_or_does_not_fit_is_named(detector):
    with pytest.raises(NotFittedError):
        detector.score_samples(plant())
    with pytest.raises(NotFitted):
        pw.save(detector, "never.plw")
    with pytest.raises((InvalidArgument, ValueError), match="infinity"):
        detector.fit(np.where(np.arange(1600).reshape(400, 4) == 7, np.inf, plant()))
    with pytest.raises((InvalidArgument, ValueError)):
        detector.fit(plant()[:1])
    detector.fit(plant())
    with pytest.raises(InvalidArgument, match="3 features"):
        detector.score_samples(plant()[:, :3])
    with pytest.raises(InvalidArgument, match="4 values, got 2"):
        detector.stream().update([1.0, 2.0])
    with pytest.raises(InvalidArgument, match="numbers"):
        detector.stream().update(["a", 1, 2, 3])


def test_cross_fitted_scores_come_from_arrays_and_tables_alike_and_leave_the_detector_alone(detector):
    rows = plant(1000)
    crossed = detector.cross_fitted_scores(rows, n_blocks=4)
    assert not hasattr(detector, "n_features_in_")
    table = pd.DataFrame(rows, columns=NAMES).assign(unit="A")  # a category is no sensor
    np.testing.assert_array_equal(detector.cross_fitted_scores(table, n_blocks=4), crossed)
    fresh = np.isnan(detector.fit(rows).score_samples(rows)).sum()
    assert np.isnan(crossed).sum() == 4 * fresh
    with pytest.raises(InvalidArgument, match="n_blocks must be in"):
        detector.cross_fitted_scores(rows, n_blocks=1)


@pytest.mark.filterwarnings("ignore:Tail")  # of few clusters
def test_a_stream_with_a_tail_says_how_rare_a_row_is_and_when_it_is_an_alarm(detector):
    rows = plant(1000)
    tail = pw.Tail().fit(-detector.cross_fitted_scores(rows))
    threshold = tail.threshold(false_alarm_rate=0.01)
    later = plant(300, seed=7)
    later[200:, 0] += 60
    stream = detector.fit(rows).stream(tail, threshold=threshold)
    verdicts = [stream.update(row) for row in later]
    statistic = -detector.score_samples(later)
    np.testing.assert_array_equal([v.severity for v in verdicts], tail.severity(statistic))
    np.testing.assert_array_equal([v.p_value for v in verdicts], tail.p_value(statistic))
    assert [v.alarm for v in verdicts] == (statistic >= threshold).tolist()
    least = 15 if isinstance(detector, pw.HalfSpaceTrees) else 40  # the trees' scores level off, and they learn
    assert sum(v.alarm for v in verdicts[200:250]) > least
    assert not verdicts[50].alarm
    with pytest.raises(NotFittedError):
        detector.stream(pw.Tail())
