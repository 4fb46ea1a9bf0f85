# SPDX-License-Identifier: MIT
"""The ensemble: rates that hold, streams that go on, members that fail."""

import pickle
import signal
import subprocess
import sys
import textwrap
import warnings
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import plantwright as pw
import pytest
from plantwright import DataWarning, InvalidArgument, NotFitted
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

NAMES = ["steam_t", "pressure", "load", "vibration"]
START = np.datetime64("2024-01-01", "ns")


def plant(n=3000, seed=0):
    rng = np.random.default_rng(seed)
    load = np.zeros(n)
    noise = rng.normal(size=n)
    for t in range(1, n):
        load[t] = 0.8 * load[t - 1] + noise[t]
    scale = np.array([5.0, 2.0, 10.0, 0.1])
    return [500, 150, 80, 1] + scale * (np.outer(load, [1, 0.5, 1, -0.3]) + rng.normal(size=(n, 4)))


def minutes(n):
    return START + np.arange(n) * np.timedelta64(60, "s")


def table(rows):
    return pd.DataFrame(rows, columns=NAMES).assign(time=minutes(len(rows)))


def frame(rows):
    return pw.Frame(table(rows), roles={"time": "time"})


def faulty(n=300):
    rows = plant(n, seed=5)
    rows[150:200, 3] += 1.5
    rows[np.random.default_rng(1).random(rows.shape) < 0.03] = np.nan
    return rows


def members():
    return [pw.MewmaChart(smoothing=0.3), pw.DynamicPCA(lags=1), pw.IsolationForest(n_estimators=20, random_state=0)]


@pytest.fixture(scope="module")
def watch():
    return pw.EnsembleDetector(members(), alarms_per_day=20).fit(frame(plant()))


def stream_of(watch, rows, stream=None, begin=0):
    stream = stream or watch.stream("unit 1")
    return [stream.update({"time": minutes(len(rows))[i], **dict(zip(NAMES, rows[i], strict=True))})
            for i in range(begin, len(rows))]  # fmt: skip


def test_a_stream_gives_the_bits_of_the_batch(watch):
    rows = faulty()
    batch = watch.verdicts(frame(rows), blame=True)
    verdicts = stream_of(watch, rows)
    np.testing.assert_array_equal([v.severity for v in verdicts], batch["severity"])
    np.testing.assert_array_equal([v.state for v in verdicts], batch["state"])
    np.testing.assert_array_equal([v.p_value for v in verdicts], watch.p_value(frame(rows)))
    flagged = np.flatnonzero([bool(v.quality) for v in verdicts])
    np.testing.assert_array_equal(flagged, np.flatnonzero(batch["quality"]))
    assert set(np.flatnonzero(np.isnan(rows).any(axis=1))) <= set(flagged)
    assert [-1 if v.alarm else 1 for v in verdicts] == watch.predict(frame(rows)).tolist()
    for i, verdict in enumerate(verdicts):
        for blame in verdict.blame:
            assert blame.share == batch["blame"][i, NAMES.index(blame.sensor)]


def test_an_alarm_names_its_sensor_its_deviation_its_begin_and_who_was_first(watch):
    rows = plant(300, seed=5)
    rows[150:200, 3] += 1.5
    verdicts = stream_of(watch, rows)
    verdict = verdicts[160]
    assert verdict.alarm
    assert verdict.blame[0].sensor == "vibration"
    assert verdict.blame[0].deviation == pytest.approx(1.5, abs=0.4)
    assert sum(blame.share for blame in verdict.blame) == pytest.approx(1)
    assert minutes(300)[145] < verdict.since <= minutes(300)[155]
    assert verdict.first_out[1] == "vibration"
    assert verdict.first_out[0] in watch.members_
    assert "vibration +1." in str(verdict)
    assert verdict.event.endswith(str(verdict.since.astype(np.int64)))
    assert {v.event for v in verdicts[158:195]} == {verdict.event}


def test_scores_have_scikit_learns_signs(watch):
    rows = frame(faulty())
    severity = watch.severity(rows)
    np.testing.assert_array_equal(watch.score_samples(rows), -severity)
    np.testing.assert_array_equal(watch.decision_function(rows), watch.raise_level_ - severity)
    scored = ~np.isnan(severity)
    np.testing.assert_allclose(watch.blame(rows)[scored].sum(axis=1), 1)
    assert watch.deviation(rows).shape == (300, 4)
    np.testing.assert_array_equal(watch.predict(rows) == -1, severity >= watch.raise_level_)  # no delays


def test_a_state_saved_after_any_row_goes_on_with_the_same_bits(watch, tmp_path):
    rows = faulty()
    expected = stream_of(watch, rows)
    pw.save(watch, tmp_path / "watch.plw")
    for cut in (3, 155, 196):
        stream = watch.stream("unit 1")
        stream_of(watch, rows[:cut], stream)
        stream.save(tmp_path / "state.plw", extra={"rows": cut})
        assert pw.io.read_header(tmp_path / "state.plw")["rows"] == cut
        again = pw.load(tmp_path / "watch.plw").resume(tmp_path / "state.plw")
        assert repr(stream_of(watch, rows, again, cut)) == repr(expected[cut:])
    (tmp_path / "state.plw").write_bytes((tmp_path / "state.plw").read_bytes()[:-9])
    with pytest.raises(pw.CorruptModel):
        watch.resume(tmp_path / "state.plw")
    other = pw.EnsembleDetector([pw.Mahalanobis()], false_alarm_rate=0.05).fit(plant(1000))
    other.stream().save(tmp_path / "other.plw")
    with pytest.raises(InvalidArgument, match="another detector"):
        watch.resume(tmp_path / "other.plw")


WORKER = """
    import json, os, signal, sys
    import numpy as np, plantwright as pw
    folder, die_after = sys.argv[1], int(sys.argv[2])
    watch, rows = pw.load(f"{folder}/watch.plw"), np.load(f"{folder}/rows.npy")
    state = f"{folder}/state.plw"
    begin = pw.io.read_header(state)["rows"] if os.path.exists(state) else 0
    stream = watch.resume(state) if begin else watch.stream("unit 1")
    for i in range(begin, len(rows)):
        verdict = stream.update(rows[i])
        with open(f"{folder}/said.txt", "a") as said:  # told first, then remembered: at least once
            print(json.dumps([i, verdict.severity.hex(), verdict.state, verdict.event]), file=said)
        if i == die_after:
            os.kill(os.getpid(), signal.SIGKILL)
        stream.save(state, extra={"rows": i + 1})
"""


def test_killed_between_telling_and_remembering_it_tells_a_row_twice_with_one_id_and_loses_none(watch, tmp_path):
    rows = faulty()[140:170]
    pw.save(watch, tmp_path / "watch.plw")
    np.save(tmp_path / "rows.npy", rows)
    for die_after, code in ((12, -signal.SIGKILL), (19, -signal.SIGKILL), (-1, 0)):
        arguments = [sys.executable, "-c", textwrap.dedent(WORKER), str(tmp_path), str(die_after)]
        assert subprocess.run(arguments, check=False).returncode == code
    said = (tmp_path / "said.txt").read_text().splitlines()
    assert len(said) == len(rows) + 2
    once = list(dict.fromkeys(said))  # the doubles are equal, bit for bit and in the event's id
    assert len(once) == len(rows)
    stream = watch.stream("unit 1")
    expected = [stream.update(row) for row in rows]
    assert any(v.alarm for v in expected)
    for line, verdict in zip(once, expected, strict=True):
        event = "null" if verdict.event is None else f'"{verdict.event}"'
        assert verdict.severity.hex() in line
        assert line.endswith(f'"{verdict.state}", {event}]')


def normal_plant(days, seed):
    """Readings of the simulated unit while it runs, without faults, trips and seasons."""
    options = {"faults_per_week": 0, "trips_per_year": 0, "season": 0, "lost_fraction": 0, "truth": False}
    return pw.simulate.ThermalPlant(rows=days * 288, period_s=300, seed=seed, **options).run()


def test_false_alarms_on_later_months_of_the_simulated_plant_come_as_often_as_asked():
    run = normal_plant(240, seed=3)
    n = len(run) // 2
    training, later = run[:n], run[n:]
    watch = pw.EnsembleDetector(members(), alarms_per_day=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        watch.fit(training)
    alarms = (watch.predict(later) == -1).astype(int)
    events = int((np.diff(alarms, prepend=0) == 1).sum())
    assert 0.3 <= events / 120 <= 3  # 120 are asked
    rate = pw.EnsembleDetector(members(), false_alarm_rate=0.01)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        rate.fit(training)
    assert 0.3 <= (rate.predict(later) == -1).mean() / 0.01 <= 3


def test_a_member_that_fails_is_told_and_left_out():
    rows = plant(6000)
    rows[:, 1] = 2 * rows[:, 0]
    watch = pw.EnsembleDetector([pw.MewmaChart(shrinkage=0), pw.MewmaChart()], false_alarm_rate=0.02)
    with pytest.warns(DataWarning, match="MewmaChart is left out: "):
        watch.fit(rows)
    assert list(watch.members_) == ["MewmaChart 2"]
    assert list(watch.left_out_) == ["MewmaChart"]
    with pytest.raises(InvalidArgument, match="no member could be fitted"):
        pw.EnsembleDetector([pw.MewmaChart(shrinkage=0)], false_alarm_rate=0.02).fit(rows)


def test_few_independent_rows_give_a_warning_that_says_what_can_be_promised():
    with pytest.warns(DataWarning, match="fewer than 30: promise no rate below"):
        watch = pw.EnsembleDetector([pw.MewmaChart()], false_alarm_rate=0.01).fit(plant(200))
    assert watch.promised_rate_ > 0.01


def test_delays_and_dead_band_hold_alarms_back_and_on():
    rows = plant(300, seed=5)
    rows[150:160, 3] += 3
    rows[200, 3] += 3
    quick = pw.EnsembleDetector([pw.Mahalanobis()], false_alarm_rate=0.01).fit(plant())
    slow = pw.EnsembleDetector([pw.Mahalanobis()], false_alarm_rate=0.01, on_delay=3, off_delay=5, clear_share=0.5)
    with pytest.warns(DataWarning, match="extrapolated by the tail"):  # the dead band makes alarms few and long
        slow.fit(plant())
    assert quick.predict(rows)[[149, 150, 159, 160, 200]].tolist() == [1, -1, -1, 1, -1]
    state = slow.verdicts(rows)["state"]
    assert state[150:154].tolist() == ["pending", "pending", "pending", "alarm"]
    assert state[200] == "pending"
    assert state[201] == "normal"
    assert (slow.predict(rows)[153:164] == -1).all()
    assert slow.clear_level_ == 0.5 * slow.raise_level_


def test_late_doubled_untimed_and_empty_rows_and_gaps_are_flagged(watch):
    rows = plant(60, seed=5)
    stream = watch.stream()
    for row, time in zip(rows[:40], minutes(40), strict=True):
        verdict = stream.update(row, time)
    assert verdict.quality == ()
    assert stream.update(rows[0], minutes(40)[39]).quality == ("duplicate",)
    assert stream.update(rows[0], minutes(40)[2]).quality == ("late",)
    assert stream.update({"steam_t": 500.0}).quality == ("untimed",)
    late = stream.update({"time": None, "steam_t": 500.0})
    assert late.quality == ("untimed",)
    assert np.isnan(late.severity)
    assert late.state == verdict.state
    silence = stream.update([None] * 4, minutes(60)[40])
    assert silence.quality == ("missing_readings", "no_reading")
    assert silence.n_missing == 4
    after = stream.update(rows[41], minutes(60)[59])
    assert after.quality == ("gap",)
    assert after.state == "warming_up"
    ahead = stream.update(rows[42], START + np.timedelta64(900, "D"))
    assert ahead.quality == ("future",)
    assert stream.update(rows[42], minutes(61)[60]).quality == ()
    bits = watch.verdicts(rows[:3], times=minutes(60)[[0, 0, 1]])["quality"]
    assert [pw.detect.quality_names(b) for b in bits] == [(), ("duplicate",), ()]


def test_a_shelved_stream_is_mute_until_its_time(watch):
    rows = faulty()
    stream = watch.stream("unit 1")
    stream_of(watch, rows[:140], stream)
    stream.shelve(timedelta(minutes=30))
    verdicts = stream_of(watch, rows, stream, 140)
    assert {v.state for v in verdicts[:29]} == {"shelved"}
    assert not any(v.alarm for v in verdicts[:29])
    assert verdicts[30].alarm
    assert verdicts[30].since < minutes(300)[169]
    stream.shelve(datetime(2024, 1, 2, tzinfo=UTC))
    assert stream.update(rows[0], minutes(400)[399]).state == "shelved"
    stream.unshelve()
    assert stream.update(rows[0], minutes(401)[400]).state == "warming_up"  # a gap since row 299


def test_files_pickles_and_clones_keep_the_detector(watch, tmp_path):
    rows = frame(faulty())
    pw.save(watch, tmp_path / "watch.plw")
    expected = watch.severity(rows)
    for other in (pw.load(tmp_path / "watch.plw"), pickle.loads(pickle.dumps(watch))):
        np.testing.assert_array_equal(other.severity(rows), expected)
        assert other.notes_ == watch.notes_
        assert other.raise_level_ == watch.raise_level_
        assert other.alarms_per_day == 20
        assert list(other.members_) == ["MewmaChart", "DynamicPCA", "IsolationForest"]
        np.testing.assert_array_equal(
            other.members_["IsolationForest"].score_samples(rows.to_numpy(NAMES)),
            watch.members_["IsolationForest"].score_samples(rows.to_numpy(NAMES)),
        )
    again = clone(watch).fit(frame(plant()))
    np.testing.assert_array_equal(again.severity(rows), expected)


def test_a_loaded_ensemble_fits_again_to_the_bit(tmp_path):
    forests = [pw.IsolationForest(n_estimators=5, max_samples=0.1, bootstrap=True, random_state=7),
               pw.IsolationForest(n_estimators=4, max_samples=64, max_features=2, ndim=2, random_state=8)]  # fmt: skip
    parts = [pw.MewmaChart(shrinkage=0), pw.MewmaChart(smoothing=0.4), *forests, pw.RangeRules(step_factor=4.0)]
    rows = plant()
    rows[:, 1] = 2 * rows[:, 0]  # the first is left out
    with pytest.warns(DataWarning, match="MewmaChart is left out"):
        watch = pw.EnsembleDetector(parts, false_alarm_rate=0.02, on_delay=timedelta(minutes=2), period=60).fit(rows)
    pw.save(watch, tmp_path / "watch.plw")
    loaded = pw.load(tmp_path / "watch.plw")
    assert loaded.on_delay == 2
    assert [m.get_params() for m in loaded.members] == [m.get_params() for m in parts[1:]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        np.testing.assert_array_equal(clone(loaded).fit(rows).severity(rows), watch.severity(rows))


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({}, "exactly one of alarms_per_day, false_alarm_rate and contamination must be given, got 0"),
        ({"alarms_per_day": 1, "contamination": 0.1}, "got 2"),
        ({"alarms_per_day": 1}, "period_s, or a table with a time column"),
        ({"alarms_per_day": 1, "period": "1 min"}, "period must be seconds or a timedelta"),
        ({"false_alarm_rate": 0.7}, r"false_alarm_rate must be in \(0, 0.25\], got 0.7"),
        ({"false_alarm_rate": "low"}, "false_alarm_rate cannot be 'low'"),
        ({"contamination": 0.01, "combination": "max"}, "'mean', 'vote', 'weighted' or 'learned', got 'max'"),
        ({"contamination": 0.01, "combination": "weighted"}, "weights must be one a member, got 0"),
        ({"contamination": 0.01, "combination": "weighted", "weights": "0.6/none/1"}, "weights must be numbers"),
        ({"contamination": 0.01, "n_votes": 4}, "n_votes"),
        ({"contamination": 0.01, "members": [pw.Tail()]}, "members must be detectors among"),
        ({"contamination": 0.01, "members": []}, "members must be 1 to 32, got 0"),
        ({"contamination": 0.01, "on_delay": -1}, "on_delay must be in"),
        ({"contamination": 0.01, "n_folds": 1}, "n_folds"),
        ({"contamination": 0.01, "drift_half_life": 1}, "the half-life of drift needs the time between rows"),
        ({"contamination": 0.01, "on_delay": timedelta(minutes=2)}, "a delay in seconds needs the time between rows"),
        ({"contamination": 0.01, "drift_half_life": "1 d"}, "drift_half_life must be days or a timedelta"),
        ({"contamination": 0.01, "drift_half_life": 1, "period": 3600}, "half-life of drift must be at least 100 rows"),
        ({"contamination": 0.01, "drift_half_life": 1, "period": 60, "drift_max_rise": 0}, "max_rise must be in"),
    ],
)
def test_bad_options_are_named(options, text):
    with pytest.raises(InvalidArgument, match=text):
        pw.EnsembleDetector(**({"members": members()} | options)).fit(plant(200))


def test_bad_rows_are_named(watch):
    with pytest.raises(NotFittedError):
        pw.EnsembleDetector().stream()
    with pytest.raises(NotFitted):
        pw.save(pw.EnsembleDetector(), "never.plw")
    for bad in ([1.0, 2.0], ["a", 1, 2, 3], [[1.0, 2, 3, 4]]):
        with pytest.raises(InvalidArgument):
            watch.stream().update(bad)
    with pytest.raises(InvalidArgument, match="time must be"):
        watch.stream().update([1.0, 2, 3, 4], "yesterday evening")
    with pytest.raises(InvalidArgument, match="3 features"):
        watch.severity(plant(20)[:, :3])
    with pytest.raises(InvalidArgument, match="at least 100 rows"):
        pw.EnsembleDetector(members(), false_alarm_rate=0.1).fit(plant(60))
    with pytest.raises((InvalidArgument, ValueError), match="infinity"):
        pw.EnsembleDetector(members(), false_alarm_rate=0.1).fit(np.where(plant(200) > 510, np.inf, plant(200)))
    with pytest.raises(pw.SchemaMismatch):
        watch.severity(frame(plant(20)).select(NAMES[:3]))


@pytest.mark.parametrize(
    "options", [{"combination": "vote", "n_votes": 2}, {"combination": "weighted", "weights": "0.6/0.4"}]
)
def test_votes_keep_the_rate_that_was_asked(options):
    pair = [pw.MewmaChart(smoothing=0.3), pw.Mahalanobis()]
    watch = pw.EnsembleDetector(pair, false_alarm_rate=0.02, **options).fit(plant(6000))
    assert 0.5 < (watch.predict(plant(6000, seed=9)) == -1).mean() / 0.02 < 2


def test_a_stream_that_follows_drift_brings_the_rate_back_and_keeps_its_shift_in_its_state(tmp_path):
    rows = plant(20_000, seed=9)  # fourteen days, in five of which a sensor ages
    rows[:, 3] += 0.1 * np.minimum(np.arange(20_000) / 7200, 1)
    pair = [pw.Mahalanobis(), pw.DynamicPCA(lags=1)]
    options = {"false_alarm_rate": 0.01, "period": 60}
    fixed = pw.EnsembleDetector(pair, **options).fit(plant(10_000))
    watch = pw.EnsembleDetector(pair, drift_half_life=timedelta(days=1), drift_max_rise=0.2, **options)
    watch.fit(plant(10_000))
    late = slice(10_000, None)
    share = (watch.predict(rows)[late] == -1).mean()
    assert 0.004 < share < 0.018
    assert (fixed.predict(rows)[late] == -1).mean() > 0.025
    stream = watch.stream()
    for row in rows[:10_000]:
        stream.update(row)
    assert 0.1 < stream.shift < 1
    stream.save(tmp_path / "state.plw")
    pw.save(watch, tmp_path / "watch.plw")
    again = pw.load(tmp_path / "watch.plw")
    assert again.drift_half_life == 1
    assert again.drift_max_rise == 0.2
    resumed = again.resume(tmp_path / "state.plw")
    assert resumed.shift == stream.shift
    severities = [resumed.update(row).severity for row in rows[10_000:10_100]]
    np.testing.assert_array_equal(severities, watch.severity(rows)[10_000:10_100])


def test_a_clock_in_the_index_of_pandas_is_the_time_column():
    rows = pd.DataFrame(plant(3000), columns=["a", "b", "c", "d"])
    at = pd.date_range("2024-01-01", periods=3000, freq="min")
    watch = pw.EnsembleDetector([pw.Mahalanobis()], alarms_per_day=20)
    beside = clone(watch).fit(pw.Frame(rows.assign(time=at), roles={"time": "time"}))
    watch.fit(rows.set_index(at))
    assert watch.period_ == 60
    assert watch._model.id == beside._model.id
    np.testing.assert_array_equal(watch.predict(rows.set_index(at)), beside.predict(rows.assign(time=at)))
    with pytest.raises(pw.SchemaMismatch, match="'time'"):
        watch.predict(rows)
    assert pw.Mahalanobis(alarms_per_day=20).fit(rows.set_index(at)).promised_rate_ > 0
