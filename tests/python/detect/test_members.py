# SPDX-License-Identifier: MIT
"""Every detector as a member of an ensemble: its bits, its states, its blame, alone and beside all others."""

import signal
import threading
import warnings

import numpy as np
import pandas as pd
import plantwright as pw
import pytest
from plantwright import DataWarning, InvalidArgument

NAMES = ["steam_t", "pressure", "load", "vibration"]
SCALE = np.array([5.0, 2.0, 10.0, 0.1])

MEMBERS = {
    "MewmaChart": lambda: pw.MewmaChart(smoothing=0.3),
    "DynamicPCA": lambda: pw.DynamicPCA(lags=1),
    "Mahalanobis": lambda: pw.Mahalanobis(),
    "IsolationForest": lambda: pw.IsolationForest(n_estimators=20, random_state=0),
    "RangeRules": lambda: pw.RangeRules(),
    "HalfSpaceTrees": lambda: pw.HalfSpaceTrees(n_trees=10, depth=8, window=50),
    "WindowKMeans": lambda: pw.WindowKMeans(window=5),
    "RollingIsolationForest": lambda: pw.RollingIsolationForest(window=8, n_estimators=30),
    "LSTMAutoencoder": lambda: pw.LSTMAutoencoder(
        window=6, encoder=6, bottleneck=3, decoder=6, max_epochs=4, pca_twin=False, random_state=0
    ),
}


def plant(n=600, seed=0):
    rng = np.random.default_rng(seed)
    load = np.zeros(n)
    noise = rng.normal(size=n)
    for t in range(1, n):
        load[t] = 0.8 * load[t - 1] + noise[t]
    return [500, 150, 80, 1] + SCALE * (np.outer(load, [1, 0.5, 1, -0.3]) + rng.normal(size=(n, 4)))


def shifted(n=160):
    """Vibration is ten deviations up from row 100 on; some readings are missing."""
    rows = plant(n, seed=5)
    rows[100:, 3] += 10 * SCALE[3]
    rows[np.random.default_rng(1).random(rows.shape) < 0.05] = np.nan
    return rows


def quietly_fitted(watch, rows):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return watch.fit(rows)


@pytest.fixture(scope="module", params=list(MEMBERS))
def alone(request):
    watch = pw.EnsembleDetector([MEMBERS[request.param]()], false_alarm_rate=0.05)
    return request.param, quietly_fitted(watch, plant())


@pytest.fixture(scope="module")
def together():
    watch = pw.EnsembleDetector([make() for make in MEMBERS.values()], false_alarm_rate=0.02)
    return quietly_fitted(watch, plant(1500))


def test_a_stream_gives_the_bits_of_the_batch_and_goes_on_with_them_from_a_file(alone, tmp_path):
    _, watch = alone
    rows = shifted()
    batch = watch.verdicts(rows, blame=True)
    stream = watch.stream()
    for i, row in enumerate(rows):
        if i in (2, 60, 103):
            stream.save(tmp_path / "state.plw")
            stream = watch.resume(tmp_path / "state.plw")
        verdict = stream.update(row)
        np.testing.assert_array_equal(verdict.severity, batch["severity"][i])
        for blame in verdict.blame:
            assert blame.share == batch["blame"][i, blame.sensor]
    assert np.isfinite(batch["severity"][watch.warm_up_rows_ :]).all()


def test_its_blame_is_never_negative_and_names_the_sensor_that_is_shifted(alone):
    _, watch = alone
    rows = shifted()
    shares = watch.blame(rows)[watch.warm_up_rows_ :]
    assert (shares >= 0).all()
    there = np.flatnonzero(~np.isnan(rows[:, 3]))
    there = there[(there >= 110) & (there < 125)]
    assert (watch.blame(rows)[there].argmax(axis=1) == 3).mean() >= 0.8


def test_a_file_gives_it_back_as_the_class_that_it_is_alone(alone, tmp_path):
    name, watch = alone
    pw.save(watch, tmp_path / "watch.plw")
    again = pw.load(tmp_path / "watch.plw")
    rows = shifted()
    np.testing.assert_array_equal(again.severity(rows), watch.severity(rows))
    fitted, loaded = watch.members_[name], again.members_[name]
    assert type(loaded) is type(fitted) is type(MEMBERS[name]())
    np.testing.assert_array_equal(loaded.score_samples(rows), fitted.score_samples(rows))
    if name in ("IsolationForest", "LSTMAutoencoder"):
        return  # their files do not hold how they were made
    refitted = quietly_fitted(pw.EnsembleDetector(again.members, false_alarm_rate=0.05), plant())
    np.testing.assert_array_equal(refitted.severity(rows), watch.severity(rows))


def test_a_state_of_other_bytes_is_refused_or_sound(alone, tmp_path):
    _, watch = alone
    stream = watch.stream()
    for row in shifted()[:30]:
        stream.update(row)
    stream.save(tmp_path / "state.plw")
    whole = (tmp_path / "state.plw").read_bytes()
    for i in range(0, len(whole), 1 + len(whole) // 200):
        (tmp_path / "bad.plw").write_bytes(whole[:i] + bytes([whole[i] ^ 0x81]) + whole[i + 1 :])
        with pytest.raises((pw.CorruptModel, pw.UnsupportedVersion)):
            watch.resume(tmp_path / "bad.plw").update(shifted()[0])


def test_all_members_find_the_shift_together_and_keep_their_state(together, tmp_path):
    assert list(together.members_) == list(MEMBERS)
    rows = shifted()
    stream = together.stream()
    verdicts = []
    for i, row in enumerate(rows):
        if i == 111:
            stream.save(tmp_path / "state.plw")
            stream = together.resume(tmp_path / "state.plw")
        verdicts.append(stream.update(row))
    np.testing.assert_array_equal([v.severity for v in verdicts], together.severity(rows))
    assert [v.alarm for v in verdicts[105:130]].count(True) >= 23
    assert verdicts[110].blame[0].sensor == 3


@pytest.mark.parametrize(
    "options", [{"combination": "vote", "n_votes": 3}, {"combination": "weighted", "weights": [1.0] * len(MEMBERS)}]
)
def test_all_members_vote(options):
    watch = pw.EnsembleDetector([make() for make in MEMBERS.values()], false_alarm_rate=0.02, **options)
    quietly_fitted(watch, plant(1500))
    assert (watch.predict(shifted())[105:120] == -1).mean() > 0.8
    assert (watch.predict(plant(1500, seed=9)) == -1).mean() < 0.06


def test_a_member_that_fails_is_left_out_and_told():
    members = [pw.Mahalanobis(), pw.WindowKMeans(window=5000), pw.RangeRules(lowest=[1.0])]
    with pytest.warns(DataWarning) as told:
        watch = pw.EnsembleDetector(members, false_alarm_rate=0.05).fit(plant(1000))
    assert list(watch.members_) == ["Mahalanobis"]
    assert list(watch.left_out_) == ["WindowKMeans", "RangeRules"]
    assert "lowest must have one number for each of 4 sensors" in watch.left_out_["RangeRules"]
    assert any("WindowKMeans is left out" in str(warning.message) for warning in told)


def test_a_sensor_that_is_stuck_is_found_and_the_verdict_says_by_which_rule():
    members = [pw.MewmaChart(), pw.DynamicPCA(), pw.IsolationForest(random_state=0), pw.RangeRules()]
    watch = quietly_fitted(pw.EnsembleDetector(members, false_alarm_rate=0.01), plant(4000))
    rows = plant(300, seed=9)
    rows[200:, 1] = rows[199, 1]
    stream = watch.stream()
    verdicts = [stream.update(row) for row in rows]
    assert verdicts[199].broken == {}
    assert verdicts[230].broken == {1: "standstill"}
    assert sum(verdict.alarm for verdict in verdicts[220:]) > 70
    assert "1 breaks standstill" in str(verdicts[230])


def test_rules_take_the_limits_of_the_schema_of_the_table():
    columns = [pw.ColumnSpec(name, highest=125.0 if name == "load" else None) for name in NAMES]
    frame = pw.Frame(pd.DataFrame(plant(2000), columns=NAMES)).with_schema(pw.Schema(columns))
    watch = quietly_fitted(pw.EnsembleDetector([pw.RangeRules(), pw.Mahalanobis()], false_alarm_rate=0.02), frame)
    assert watch.members_["RangeRules"].highest_[2] == 125
    verdict = watch.stream().update({"steam_t": 500.0, "pressure": 150.0, "load": 125.5, "vibration": 1.0})
    assert verdict.broken == {"load": "range"}


def test_a_network_that_scores_by_point_is_left_out_and_its_checkpoint_is_not_written(tmp_path):
    tiny = {"window": 6, "encoder": 4, "bottleneck": 2, "decoder": 4, "max_epochs": 2, "pca_twin": False}
    by_point = pw.LSTMAutoencoder(scoring="point", random_state=0, **tiny)
    saving = pw.LSTMAutoencoder(checkpoint=tmp_path / "best.plw", random_state=0, **tiny)
    watch = quietly_fitted(pw.EnsembleDetector([by_point, saving, pw.Mahalanobis()], false_alarm_rate=0.05), plant())
    assert list(watch.members_) == ["LSTMAutoencoder 2", "Mahalanobis"]
    assert "point" in watch.left_out_["LSTMAutoencoder"]
    assert not list(tmp_path.iterdir())


def test_ctrl_c_ends_the_training_of_a_network_in_an_ensemble(interruptible):
    slow = pw.LSTMAutoencoder(max_epochs=10_000, patience=10_000, pca_twin=False, random_state=0)
    watch = pw.EnsembleDetector([slow], false_alarm_rate=0.05)
    timer = threading.Timer(0.5, signal.raise_signal, [signal.SIGINT])
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        watch.fit(plant(2000))
    assert not hasattr(watch, "members_")


def test_what_is_no_member_is_refused_by_name():
    with pytest.raises(
        InvalidArgument, match=r"members must be detectors among MewmaChart, .*, LSTMAutoencoder, got Tail"
    ):
        pw.EnsembleDetector([pw.Tail()], false_alarm_rate=0.1).fit(plant())
