# SPDX-License-Identifier: MIT
"""Several targets learned by one forest, as scikit-learn's forests learn them."""

import json
from typing import Any

import numpy as np
import pandas as pd
import plantwright as pw
import pytest
from sklearn import ensemble, tree
from sklearn.metrics import mean_absolute_error, r2_score

RNG = np.random.default_rng(0)
X = RNG.normal(size=(500, 6))
Y = np.column_stack(
    [
        2 * X[:, 0] + RNG.normal(size=500) * 0.3,
        X[:, 1] * X[:, 2] + np.abs(X[:, 0]),
        5 + np.floor(2 * X[:, 3]),
    ]
)
NEW = np.random.default_rng(1).normal(size=(200, 6))
KINDS = [pw.RandomForestRegressor, pw.ExtraTreesRegressor]


def forest(kind: Any = pw.RandomForestRegressor, **more: Any) -> Any:
    return kind(**({"n_estimators": 30, "random_state": 0} | more))


@pytest.mark.parametrize("criterion", ["squared_error", "absolute_error", "poisson"])
@pytest.mark.parametrize("name", ["RandomForestRegressor", "ExtraTreesRegressor"])
def test_it_is_as_accurate_as_scikit_learn(name: str, criterion: str) -> None:
    y = np.exp(Y / 3) if criterion == "poisson" else Y
    options: dict[str, Any] = {"n_estimators": 40, "criterion": criterion, "min_samples_leaf": 3}
    ours, theirs = [], []
    for seed in range(3):
        a = getattr(pw, name)(**options, random_state=seed).fit(X[:350], y[:350])
        b = getattr(ensemble, name)(**options, random_state=seed).fit(X[:350], y[:350])
        assert a.predict(X).shape == b.predict(X).shape == (500, 3)
        ours.append(a.score(X[350:], y[350:]))
        theirs.append(b.score(X[350:], y[350:]))
    assert np.mean(ours) > np.mean(theirs) - 0.02


@pytest.mark.parametrize("kind", KINDS)
def test_the_attributes_are_those_of_scikit_learn(kind: Any) -> None:
    ours = forest(kind, n_estimators=60, bootstrap=True, oob_score=True).fit(X, Y)
    assert ours.n_outputs_ == 3
    assert ours.oob_prediction_.shape == (500, 3)
    assert ours.oob_score_ == pytest.approx(r2_score(Y, ours.oob_prediction_))
    assert ours.feature_importances_.sum() == pytest.approx(1)
    assert set(np.argsort(ours.feature_importances_)[:2]) == {4, 5}
    assert ours.apply(NEW).shape == (200, 60)
    assert ours.decision_path(NEW)[0].shape[0] == 200
    mean = np.mean([estimator.predict(NEW) for estimator in ours.estimators_], axis=0)
    np.testing.assert_allclose(ours.predict(NEW), mean)
    np.testing.assert_array_equal(ours.predict_one(NEW[3]), ours.predict(NEW)[3])
    custom = forest(kind, n_estimators=60, bootstrap=True, oob_score=mean_absolute_error).fit(X, Y)
    assert custom.oob_score_ == pytest.approx(mean_absolute_error(Y, custom.oob_prediction_))


def test_one_column_is_one_output_and_warns_as_scikit_learn_does() -> None:
    plain = forest().fit(X, Y[:, 0])
    with pytest.warns(UserWarning, match="column-vector"):
        column = forest().fit(X, Y[:, :1])
    assert column.predict(NEW).shape == (200,) and column.n_outputs_ == 1
    np.testing.assert_array_equal(column.predict(NEW), plain.predict(NEW))


@pytest.mark.parametrize("splitter", ["fast", "exact"])
def test_neither_threads_nor_workers_nor_warm_starts_change_a_bit(splitter: str) -> None:
    whole = forest(n_estimators=12, splitter=splitter, ccp_alpha=0.001, max_leaf_nodes=40)
    model = whole.fit(X, Y)._model.to_bytes()
    assert forest(**whole.get_params() | {"n_jobs": 4}).fit(X, Y)._model.to_bytes() == model
    parts = [forest(**whole.get_params()).fit(X, Y, tree_range=r) for r in ((0, 5), (5, 12))]
    merged = pw.RandomForestRegressor.merge(parts)
    assert merged._model.to_bytes() == model and merged.n_outputs_ == 3
    np.testing.assert_array_equal(whole.subset(5, 12).predict(NEW), parts[1].predict(NEW))
    warm = forest(**whole.get_params() | {"n_estimators": 5, "warm_start": True}).fit(X, Y)
    assert warm.set_params(n_estimators=12).fit(X, Y)._model.to_bytes() == model
    with pytest.raises(pw.InvalidArgument, match="number of outputs, got 3 and 2"):
        warm.set_params(n_estimators=13).fit(X, Y[:, :2])


def test_saved_and_loaded_it_is_the_same_to_the_bit(tmp_path: Any) -> None:
    model = forest(pw.ExtraTreesRegressor).fit(X, Y)
    pw.save(model, tmp_path / "model.plw")
    same = pw.load(tmp_path / "model.plw")
    assert type(same) is pw.ExtraTreesRegressor and same.n_outputs_ == 3
    np.testing.assert_array_equal(same.predict(NEW), model.predict(NEW))
    assert pw.io.read_header(tmp_path / "model.plw")["n_outputs"] == 3


def test_targets_are_columns_of_a_table_by_name_or_role() -> None:
    names = ["energy_kWh", "waste_kg"]
    grade = np.array(["steel", "iron", "zinc"])[RNG.integers(0, 3, 500)]
    inputs = {"load": X[:, 0], "heat": X[:, 1], "grade": grade}
    values = np.column_stack([Y[:, 0] + 3 * (grade == "iron"), Y[:, 1] + 2 * (grade == "zinc")])
    table = inputs | dict(zip(names, values.T, strict=True))
    expected = forest().fit(inputs, values).predict(inputs)
    assert expected.shape == (500, 2)
    by_name = forest().fit(table, target=names)
    np.testing.assert_array_equal(by_name.predict(inputs), expected)
    np.testing.assert_array_equal(by_name.predict(table), expected)
    frame = pw.Frame(table, roles=dict.fromkeys(names, "target"))
    np.testing.assert_array_equal(forest().fit(frame).predict(frame), expected)
    named = forest().fit(pd.DataFrame(inputs), pd.DataFrame(values, columns=names))
    np.testing.assert_array_equal(named.predict(pd.DataFrame(inputs)), expected)
    assert {column.name for column in pw.Schema._of_core(named._model.schema).columns} == set(table)
    one = forest().fit(pd.DataFrame(table).drop(columns="waste_kg"), target="energy_kWh")
    np.testing.assert_array_equal(one.predict(inputs), forest().fit(inputs, values[:, 0]).predict(inputs))
    assert r2_score(values, expected) > 0.8


def test_what_names_no_targets_is_refused() -> None:
    table = {"a": X[:, 0], "b": X[:, 1], "c": Y[:, 0]}
    for y, target, message in [
        (Y, "c", "exclude each other"),
        (None, [], "list of names"),
        (None, [3], "list of names"),
        (None, None, "role 'target'"),
        (None, ["c", "c"], "twice"),
    ]:
        with pytest.raises(ValueError, match=message):
            forest().fit(table, y, target=target)
    with pytest.raises(pw.SchemaMismatch, match="nothing"):
        forest().fit(table, target="nothing")
    with pytest.raises(pw.InvalidArgument, match="without names"):
        forest().fit(X, target="c")


def test_bad_targets_are_refused() -> None:
    gap = Y.copy()
    gap[3, 1] = np.nan
    for bad in (gap, Y[:40], Y[:, :0], Y[:, :, None]):
        with pytest.raises(ValueError):
            forest().fit(X, bad)
    with pytest.raises(pw.InvalidArgument, match="monotonic_cst"):
        forest(monotonic_cst=[1, 0, 0, 0, 0, 0]).fit(X, Y)


@pytest.mark.parametrize(
    "theirs",
    [
        ensemble.RandomForestRegressor(10, random_state=0),
        ensemble.ExtraTreesRegressor(10, min_samples_leaf=3, random_state=0),
        tree.DecisionTreeRegressor(max_depth=6, criterion="absolute_error"),
    ],
    ids=repr,
)
def test_forests_of_scikit_learn_are_taken_over(theirs: Any) -> None:
    ours = pw.from_sklearn(theirs.fit(X, Y))
    np.testing.assert_allclose(ours.predict(NEW), theirs.predict(NEW), rtol=1e-12)
    np.testing.assert_allclose(ours.feature_importances_, theirs.feature_importances_, atol=1e-9)


def test_impurities_are_those_of_scikit_learn() -> None:
    theirs = tree.DecisionTreeRegressor(max_depth=1).fit(X, Y)
    ours = forest(n_estimators=1, max_depth=1, bootstrap=False).fit(X, Y).estimators_[0].tree_
    np.testing.assert_allclose(ours.impurity[0], theirs.tree_.impurity[0])
    np.testing.assert_allclose(np.sort(ours.impurity), np.sort(theirs.tree_.impurity))
    np.testing.assert_allclose(ours.value[0], theirs.tree_.value[0, :, 0])


def test_the_exports_hold_all_outputs() -> None:
    model = forest(n_estimators=5, max_depth=4).fit(X, Y)
    content = json.loads(model.dump_json())
    assert content["base"] == [0, 0, 0] and len(content["trees"][0]["value"][0]) == 3
    trees = model.to_shap_trees()["trees"]
    assert trees[0]["values"].shape[1] == 3
    np.testing.assert_allclose(
        sum(t["values"][leaf] for t, leaf in zip(trees, model.apply(NEW[:1])[0], strict=True)),
        model.predict(NEW[:1])[0],
    )


def test_shap_explains_each_output() -> None:
    shap = pytest.importorskip("shap")
    model = forest(n_estimators=5, max_depth=4).fit(X, Y)
    explainer = shap.TreeExplainer(model.to_shap_trees())
    values = explainer.shap_values(NEW[:20])
    assert values.shape == (20, 6, 3)
    np.testing.assert_allclose(values.sum(axis=1) + explainer.expected_value, model.predict(NEW[:20]), atol=1e-6)


def test_onnx_predicts_alike() -> None:
    pytest.importorskip("onnx")
    runtime = pytest.importorskip("onnxruntime")
    model = forest().fit(X, Y)
    session = runtime.InferenceSession(pw.to_onnx(model).SerializeToString())
    (found,) = session.run(None, {"X": NEW.astype(np.float32)})
    np.testing.assert_allclose(found, model.predict(NEW.astype(np.float32)), rtol=1e-5, atol=1e-5)


def test_a_tree_is_drawn_with_all_outputs() -> None:
    pytest.importorskip("matplotlib").use("Agg")
    ax = pw.plot.tree(forest(n_estimators=1).fit(X, Y), max_depth=1)
    texts = [text.get_text() for text in ax.texts]
    assert any(line.count(", ") == 2 for text in texts for line in text.split("\n"))
