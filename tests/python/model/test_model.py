# SPDX-License-Identifier: MIT
"""Schema, steps and estimator as one artefact."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import plantwright as pw
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score


@pytest.fixture(scope="module")
def frame():
    random = np.random.default_rng(0)
    n = 300
    steam = random.normal(500, 10, n)
    flow = random.lognormal(size=n)
    flow[::11] = np.nan
    return pw.Frame(
        {
            "time": np.datetime64("2024-01-01T00:00", "ns") + np.arange(n) * np.timedelta64(60, "s"),
            "steam_t": steam,
            "flow": flow,
            "grade": random.choice(["A", "B", "C"], n),
            "energy_kWh": 3 * steam + random.normal(size=n),
        },
        roles={"energy_kWh": "target", "time": "time"},
        units={"flow": "t/h"},
    )


def models():
    return [
        pw.Model([pw.StandardScaler()], pw.RandomForestRegressor(8, random_state=0)),
        pw.Model([pw.StandardScaler(columns=["flow"])], pw.ExtraTreesRegressor(8, random_state=0)),
        pw.Model([], pw.IsolationForest(n_estimators=8, random_state=0)),
        pw.Model([pw.StandardScaler()], pw.RandomForestClassifier(8, random_state=0)),
    ]


def name_of(model):
    return type(model.estimator).__name__


def table_for(model, frame):
    if isinstance(model.estimator, pw.RandomForestClassifier):
        return frame.with_roles({"grade": "target", "energy_kWh": "feature"})
    return frame


@pytest.mark.parametrize("model", models(), ids=name_of)
def test_rows_one_by_one_give_what_the_table_gives(model, frame):
    table = table_for(model, frame)
    model = clone(model).fit(table)
    expected = model.predict(table)
    stream = model.stream()
    for i in range(len(table)):
        row = {name: table[name][i] for name in table.columns}
        assert stream.update(row) == expected[i]


@pytest.mark.parametrize("model", models(), ids=name_of)
def test_a_model_survives_its_file_and_a_pickle(model, frame, tmp_path):
    table = table_for(model, frame)
    model = clone(model).fit(table)
    pw.save(model, tmp_path / "model.plw")
    for other in (pw.load(tmp_path / "model.plw"), pickle.loads(pickle.dumps(model))):
        assert type(other.estimator_) is type(model.estimator_)
        np.testing.assert_array_equal(other.predict(table), model.predict(table))
        assert other.provenance_ == model.provenance_
        assert [type(step) for step in other.steps_] == [type(step) for step in model.steps]
        assert other.stream().update({"steam_t": 500.0}) == model.stream().update({"steam_t": 500.0})
    assert model.provenance_["rows"] == 300


def test_steps_are_fitted_anew_in_every_fold_and_the_model_beats_the_mean(frame):
    model = pw.Model([pw.StandardScaler()], pw.RandomForestRegressor(20, random_state=0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        report = pw.evaluate.cross_validate(model, frame, splitter=pw.TimeSplit(3), baselines=["mean"])
    assert report.beats_baselines()
    assert not hasattr(model, "estimator_")
    X, y = frame.select(["steam_t", "flow"]).to_pandas(), frame["energy_kWh"]
    assert cross_val_score(model, X, y, cv=3).mean() > 0.8
    search = GridSearchCV(model, {"estimator__max_depth": [1, 6]}, cv=3).fit(X, y)
    assert search.best_params_ == {"estimator__max_depth": 6}


def test_prediction_needs_no_target_and_ignores_further_columns(frame):
    model = pw.Model([pw.StandardScaler()], pw.RandomForestRegressor(5, random_state=0)).fit(frame)
    few = frame.select(["grade", "flow", "steam_t"]).with_column("note", np.ones(len(frame)))
    np.testing.assert_array_equal(model.predict(few), model.predict(frame))
    np.testing.assert_array_equal(model.predict(few.to_pandas()), model.predict(frame))


def test_what_does_not_fit_is_told(frame):
    model = pw.Model([pw.StandardScaler()], pw.RandomForestRegressor(2, random_state=0)).fit(frame)
    with pytest.raises(pw.SchemaMismatch, match="missing: 'steam_t'"):
        model.predict(frame.select(["flow", "grade"]))
    with pytest.raises(pw.InvalidArgument, match="'flow' must be of kind number"):
        model.stream().update({"flow": "much"})
    with pytest.raises(pw.InvalidArgument, match="no column 'flwo'"):
        model.stream().update({"flwo": 1.0})
    with pytest.raises(pw.InvalidArgument, match="steps of plantwright"):
        pw.Model(["scale"], pw.RandomForestRegressor()).fit(frame)
    with pytest.raises(pw.InvalidArgument, match="forest of plantwright"):
        pw.Model().fit(frame)
    with pytest.raises(pw.NotFitted):
        pw.Model([], pw.RandomForestRegressor()).stream()


def test_a_model_takes_arrays_too():
    random = np.random.default_rng(1)
    X = random.normal(size=(200, 3))
    model = pw.Model([pw.StandardScaler()], pw.RandomForestRegressor(20, random_state=0)).fit(X, X[:, 0])
    assert model.score(X, X[:, 0]) > 0.9
    assert model.stream().update([*X[0], None]) == model.predict(X[:1])[0]


def test_lineage_tells_the_way_from_raw_columns(frame):
    model = pw.Model([pw.StandardScaler()], pw.RandomForestRegressor(2)).fit(frame)
    assert model.lineage("flow") == ["flow [t/h]", "flow = StandardScaler(flow)"]


def classes_of(n=1200):
    random = np.random.default_rng(3)
    x = random.normal(size=(n, 4))
    share = 1 / (1 + np.exp(-(2 * x[:, 0] - 1)))
    happened = random.uniform(size=n) < share
    columns = {f"x{j}": x[:, j] for j in range(4)}
    return pw.Frame({**columns, "happened": happened.astype(float)}, roles={"happened": "target"}), share


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
def test_a_calibrated_model_says_what_happens_in_its_file_and_its_stream_too(method, tmp_path):
    frame, share = classes_of()
    forest = pw.RandomForestClassifier(30, random_state=0, class_weight="balanced", n_jobs=1)
    plain = pw.Model([pw.StandardScaler()], forest).fit(frame[:900])
    model = pw.Model([pw.StandardScaler()], forest, calibration=method).fit(frame[:900])
    test = frame[900:]
    error, calibrated = (np.mean((m.predict_proba(test)[:, 1] - share[900:]) ** 2) for m in (plain, model))
    assert calibrated < error
    assert model.calibration_["method"] == method
    pw.save(model, tmp_path / "model.plw")
    loaded = pw.load(tmp_path / "model.plw")
    expected = model.predict_proba(test)
    np.testing.assert_array_equal(loaded.predict_proba(test), expected)
    np.testing.assert_allclose(expected.sum(axis=1), 1)
    assert loaded.calibration == method
    stream = loaded.stream()
    for i in range(20):
        assert stream.outputs({name: test[name][i] for name in test.columns}) == tuple(expected[i])
    np.testing.assert_array_equal(model.predict(test), model.classes_[expected.argmax(axis=1)])


def test_a_calibration_is_learned_in_folds_and_takes_their_splitter_and_weights():
    frame, _ = classes_of(400)
    forest = pw.RandomForestClassifier(10, random_state=0)
    folds = [(np.arange(200), np.arange(200, 400))]
    weight = np.ones(400)
    a = pw.Model([], forest, calibration="sigmoid", calibration_splitter=folds).fit(frame)
    b = pw.Model([], forest, calibration="sigmoid", calibration_splitter=folds).fit(frame, sample_weight=weight)
    part = pw.Model([], forest).fit(frame[:200])
    curve = pw.evaluate.Calibration().fit(part.predict_proba(frame[200:])[:, 1], frame["happened"][200:])
    assert a.calibration_["curves"] == b.calibration_["curves"] == curve.curves_
    with pytest.raises(pw.InvalidArgument, match="needs a classifier"):
        pw.Model([], pw.RandomForestRegressor(2), calibration="sigmoid").fit(frame)
    with pytest.raises(pw.InvalidArgument, match="method must be"):
        pw.Model([], forest, calibration="platt").fit(frame)


def test_a_pruned_model_keeps_its_bits_and_needs_less(frame, tmp_path):
    steps = [
        pw.StandardScaler(),
        pw.RollingFeatures(windows=[5], statistics=["mean"], columns=["steam_t", "flow"]),
        pw.Lags(lags=[1], columns=["flow"]),
    ]
    table = frame.with_column("noise", np.zeros(len(frame)))
    model = pw.Model(steps, pw.RandomForestRegressor(5, max_depth=1, random_state=0)).fit(table)  # steam alone splits
    pruned = model.prune()
    expected = model.predict(table)
    np.testing.assert_array_equal(pruned.predict(table), expected)
    np.testing.assert_array_equal(pruned.predict(table.select(["time", "steam_t"])), expected)
    with pytest.raises(pw.SchemaMismatch):
        model.predict(table.select(["time", "steam_t"]))
    assert "flow" not in pruned.feature_names_in_
    assert len(pruned.steps_) < len(model.steps_)
    pw.save(pruned, tmp_path / "pruned.plw")
    loaded = pw.load(tmp_path / "pruned.plw")
    row = {name: table[name][0] for name in loaded.feature_names_in_ if name != "energy_kWh"}
    assert loaded.stream().update(row) == expected[0]


def test_the_plan_tells_what_each_part_reads_writes_and_costs(frame):
    steps = [pw.StandardScaler(), pw.Lags(lags=[1, 2])]
    model = pw.Model(steps, pw.RandomForestRegressor(5, random_state=0)).fit(frame)
    plan = model.explain_plan(frame)
    assert [line.what for line in plan.lines] == ["StandardScaler", "Lags", "RandomForestRegressor"]
    assert [line.columns_written for line in plan.lines] == [2, 4, 1]
    assert plan.lines[1].bytes == 4 * 8 * len(frame)
    assert all(line.seconds >= 0 for line in plan.lines)
    assert "Lags" in str(plan) and "us a row" in str(plan)


def test_a_forest_of_scikit_learn_becomes_ours_in_the_file(frame, tmp_path):
    import sklearn.ensemble as sk

    steps = [pw.SimpleImputer(), pw.OneHotEncoder()]
    model = pw.Model(steps, sk.RandomForestRegressor(10, random_state=0)).fit(frame)
    assert isinstance(model.estimator_, pw.RandomForestRegressor)
    ready = model.transform(frame)
    theirs = sk.RandomForestRegressor(10, random_state=0).fit(ready.to_numpy(dtype=np.float32), frame["energy_kWh"])
    np.testing.assert_allclose(model.predict(frame), theirs.predict(ready.to_numpy(dtype=np.float32)), rtol=1e-6)
    pw.save(model, tmp_path / "model.plw")
    np.testing.assert_array_equal(pw.load(tmp_path / "model.plw").predict(frame), model.predict(frame))
    watch = pw.Model(steps, sk.IsolationForest(n_estimators=10, random_state=0)).fit(frame)
    assert set(np.unique(watch.predict(frame))) <= {-1, 1}
    with pytest.raises(pw.InvalidArgument, match="column 'grade' is a category"):
        pw.Model([], sk.RandomForestRegressor(2)).fit(frame)
    with pytest.raises(pw.InvalidArgument, match="got SVR"):
        from sklearn.svm import SVR

        pw.Model([], SVR()).fit(frame)
