# SPDX-License-Identifier: MIT
"""Every detector alarms as often as was asked, and says so where it cannot."""

import pickle
from datetime import timedelta

import numpy as np
import pandas as pd
import plantwright as pw
import pytest
from plantwright import DataWarning, InvalidArgument, NotFitted
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

DETECTORS = [
    pw.MewmaChart(smoothing=0.2),
    pw.DynamicPCA(lags=2, variance=0.8),
    pw.Mahalanobis(shrinkage=0.05),
    pw.RangeRules(shortest_standstill=5),
    pw.HalfSpaceTrees(depth=8),
    pw.WindowKMeans(window=3, n_clusters=3, n_init=1),
]


def plant(n=4000, seed=0):
    rng = np.random.default_rng(seed)
    load = np.zeros(n)
    for t in range(1, n):
        load[t] = 0.7 * load[t - 1] + rng.normal()
    scale = np.array([5.0, 2.0, 10.0])
    return [500, 150, 80] + scale * (np.outer(load, [1, 0.5, 1]) + rng.normal(size=(n, 3)))


def table(rows, period="1min"):
    frame = pd.DataFrame(rows, columns=["steam", "pressure", "load"])
    frame.insert(0, "time", pd.date_range("2024-01-01", periods=len(rows), freq=period))
    return frame


@pytest.fixture(params=DETECTORS, ids=lambda d: type(d).__name__)
def detector(request):
    return clone(request.param)


def test_as_many_later_rows_are_in_alarm_as_were_asked_for(detector):
    fitted = detector.set_params(false_alarm_rate=0.02).fit(plant(8000))
    share = (fitted.predict(plant(8000, seed=1)) == -1).mean()
    assert 0.02 / 3 < share < 0.02 * 3
    assert fitted.notes_ == [] and fitted.promised_rate_ < 0.02


def test_severity_p_value_sign_and_stream_agree(detector):
    rows = plant()
    fitted = detector.set_params(contamination=0.03).fit(rows)
    rows[100] += 200
    severity, statistic = fitted.severity(rows), -fitted.score_samples(rows)
    np.testing.assert_allclose(severity, -np.log10(fitted.p_value(rows)), rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(fitted.predict(rows) == -1, statistic >= fitted.threshold_)
    np.testing.assert_array_equal(fitted.decision_function(rows), fitted.threshold_ - statistic)
    np.testing.assert_array_equal(severity, fitted.tail_.severity(statistic))
    stream = fitted.stream()
    for i, row in enumerate(rows[:200]):
        verdict = stream.update(row)
        np.testing.assert_equal(verdict.severity, severity[i])
        assert verdict.alarm == (statistic[i] >= fitted.threshold_)


def test_files_and_pickles_keep_the_calibration(detector, tmp_path):
    rows = plant(1500)
    fitted = detector.set_params(alarms_per_day=20, period=60, n_folds=4, gap=9).fit(rows)
    pw.save(fitted, tmp_path / "detector.plw")
    for again in (pw.load(tmp_path / "detector.plw"), pickle.loads(pickle.dumps(fitted))):
        assert again.get_params()["alarms_per_day"] == 20 and again.period == 60
        assert (again.n_folds, again.gap) == (4, 9)
        assert (again.threshold_, again.notes_) == (fitted.threshold_, fitted.notes_)
        np.testing.assert_array_equal(again.severity(rows), fitted.severity(rows))


def test_without_a_rate_the_methods_say_what_to_give(detector):
    rows = plant()
    fitted = detector.fit(rows)
    for name in ("severity", "p_value", "predict", "decision_function"):
        assert not hasattr(fitted, name)
        with pytest.raises(NotFitted, match=f"{name} needs a rate of alarms; give one of alarms_per_day"):
            getattr(fitted, name)(rows)
    assert fitted.notes_ == [] and not hasattr(fitted, "tail_")
    with pytest.raises(NotFitted, match="fitted without a rate"):
        fitted.set_params(contamination=0.1).severity(rows)
    with pytest.raises(NotFittedError):
        clone(fitted).predict(rows)
    fitted.fit(rows).set_params(contamination=None).fit(rows)
    assert not hasattr(fitted, "threshold_") and fitted.stream().update(rows[0]).alarm is False


def test_a_time_column_gives_the_period():
    rows = plant()
    by_table = pw.Mahalanobis(alarms_per_day=12).fit(table(rows))
    for period in (60, 60.0, timedelta(minutes=1), np.timedelta64(1, "m")):
        assert pw.Mahalanobis(alarms_per_day=12, period=period).fit(rows).threshold_ == by_table.threshold_
    assert by_table.predict(table(rows)).shape == (len(rows),)
    with pytest.raises(InvalidArgument, match="alarms_per_day needs the time between rows"):
        pw.Mahalanobis(alarms_per_day=12).fit(rows)


def test_what_cannot_be_promised_is_warned_of():
    with pytest.warns(DataWarning, match="fewer than 30"):
        few = pw.Mahalanobis(false_alarm_rate=0.01).fit(plant(200))
    assert len(few.notes_) == 1 and few.promised_rate_ > 0.01
    with pytest.warns(DataWarning, match="extrapolated"):
        pw.Mahalanobis(false_alarm_rate=1e-5).fit(plant())


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"alarms_per_day": 1, "contamination": 0.1}, "one of alarms_per_day, false_alarm_rate and contamination"),
        ({"false_alarm_rate": 0.5}, r"false_alarm_rate must be in \(0, 0.25\], got 0.5"),
        ({"alarms_per_day": -1}, "alarms_per_day must be a number above 0"),
        ({"contamination": 0.1, "n_folds": 1}, r"n_folds must be in \[2, 100\]"),
        ({"contamination": 0.1, "gap": -1}, "gap must be >= 0"),
        ({"contamination": 0.1, "period": "hour"}, "period must be seconds or a timedelta"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(asked, message):
    with pytest.raises(InvalidArgument, match=message):
        pw.Mahalanobis(**asked).fit(plant(300))


def test_alarms_of_rows_with_memory_come_as_often_as_asked():
    watch = pw.MewmaChart(alarms_per_day=5).fit(table(plant(20_000)))
    signs = watch.predict(plant(20_000, seed=1))
    events = ((signs == -1) & (np.roll(signs, 1) != -1)).sum()
    assert 5 / 3 < events / (20_000 / 1440) < 5 * 3
