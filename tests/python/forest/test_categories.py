# SPDX-License-Identifier: MIT
"""Categories: columns of tables and codes in arrays, split by their levels."""

import json
import pickle
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
import plantwright as pw
import pytest

matplotlib.use("Agg")

RNG = np.random.default_rng(3)
N = 900
MACHINE = RNG.integers(0, 40, N)
SHIFT = RNG.integers(0, 3, N)
LOAD = RNG.normal(size=N)
EFFECT = RNG.normal(size=40)
Y = 2 * EFFECT[MACHINE] + LOAD * np.where(SHIFT == 1, -1.0, 1.0)
CLASS = np.digitize(Y, [-1.5, 0.5, 1.5])
X = np.column_stack([MACHINE, LOAD, SHIFT]).astype(float)
X[RNG.random(N) < 0.05, 0] = np.nan
NAMES = [f"machine {m:02}" for m in range(40)]
TABLE = pd.DataFrame(
    {
        "machine": pd.Categorical.from_codes(np.nan_to_num(X[:, 0], nan=-1).astype(int), NAMES),
        "load_kW": LOAD,
        "shift": pd.Categorical.from_codes(SHIFT, ["early", "late", "night"]),
    }
)
REGRESSORS = [pw.RandomForestRegressor, pw.ExtraTreesRegressor]
CLASSIFIERS = [pw.RandomForestClassifier, pw.ExtraTreesClassifier]


def forest(kind: Any = pw.RandomForestRegressor, **more: Any) -> Any:
    return kind(n_estimators=12, random_state=0, **({"categorical_features": [0, 2]} | more))


def walked(tree: Any, row: Any) -> int:
    """The leaf that a row of codes reaches, by the arrays alone."""
    node = 0
    while tree.children_left[node] >= 0:
        value, levels = np.float32(row[tree.feature[node]]), tree.levels_left(node)
        left = value in levels if len(levels) else value <= tree.threshold[node]
        left = tree.missing_go_to_left[node] if np.isnan(value) else left
        node = tree.children_left[node] if left else tree.children_right[node]
    return int(node)


@pytest.mark.parametrize("kind", REGRESSORS + CLASSIFIERS)
def test_a_table_and_its_codes_in_an_array_give_the_same_trees(kind: Any) -> None:
    y = Y if kind in REGRESSORS else CLASS
    by_codes, by_name = forest(kind).fit(X, y), forest(kind, categorical_features=None).fit(TABLE, y)
    np.testing.assert_array_equal(by_codes.predict(X), by_name.predict(TABLE))
    assert by_codes.n_features_in_ == 3 and by_codes.score(X, y) > 0.95
    assert by_codes._model.n_levels.tolist() == [40, 0, 3]


@pytest.mark.parametrize("form", [[0, 2], [True, False, True], np.array([2, 0, 0])], ids=["places", "bools", "array"])
def test_features_are_named_in_any_form(form: Any) -> None:
    np.testing.assert_array_equal(forest(categorical_features=form).fit(X, Y).predict(X), forest().fit(X, Y).predict(X))


def test_a_tables_column_of_codes_is_named() -> None:
    table = TABLE.assign(machine=X[:, 0])
    named = forest(categorical_features=["machine"]).fit(table, Y)
    np.testing.assert_array_equal(named.predict(table), forest().fit(X, Y).predict(X))


@pytest.mark.parametrize("kind", REGRESSORS + CLASSIFIERS)
def test_the_trees_can_be_walked_by_hand(kind: Any) -> None:
    model = forest(kind).fit(X, Y if kind in REGRESSORS else CLASS)
    new = np.vstack([X[:40], [[99, 0, 0], [1.5, 0, 1], [-1, 0, 2], [np.nan, np.nan, np.nan]]])
    leaves = model.apply(new)
    for t, tree in enumerate(model.estimators_[:4]):
        assert [walked(tree.tree_, row) for row in new] == leaves[:, t].tolist()
    path, offsets = model.decision_path(new)
    assert path.shape == (len(new), offsets[-1])


def test_levels_that_a_node_did_not_see_go_with_the_larger_child() -> None:
    x = np.repeat([0.0, 1.0, 2.0], [5, 60, 35])[:, None]
    model = forest(bootstrap=False, categorical_features=[0]).fit(x, np.repeat([1.0, 5.0, 5.1], [5, 60, 35]))
    tree = model.estimators_[0].tree_
    assert tree.levels_left(0).tolist() == [0]
    assert model.predict([[7.0]])[0] == model.predict([[1.0]])[0]


def test_one_row_saved_and_copied_forests_agree_to_the_bit(tmp_path: Any) -> None:
    for kind, y in [(REGRESSORS[0], Y), (CLASSIFIERS[1], CLASS)]:
        model = forest(kind, oob_score=True, bootstrap=True, n_jobs=2).set_params(n_estimators=40).fit(X, y)
        pw.save(model, tmp_path / "forest.plw")
        for again in (pw.load(tmp_path / "forest.plw"), pickle.loads(pickle.dumps(model))):
            assert again.predict(X).tolist() == model.predict(X).tolist()
            assert again.get_params()["categorical_features"] == [0, 2]
        assert [model.predict_one(row) for row in X[:50]] == model.predict(X[:50]).tolist()
        assert model.predict_one([99, 0.0, 1]) == model.predict([[99, 0.0, 1]])[0]


def test_ranges_merge_and_a_warm_start_goes_on() -> None:
    whole = forest().fit(X, Y)
    parts = [forest().fit(X, Y, tree_range=part) for part in [(0, 5), (5, 12)]]
    assert pw.RandomForestRegressor.merge(parts)._to_plw_bytes() == whole._to_plw_bytes()
    growing = forest(warm_start=True).set_params(n_estimators=4).fit(X, Y).set_params(n_estimators=12).fit(X, Y)
    np.testing.assert_array_equal(growing.predict(X), whole.predict(X))
    np.testing.assert_array_equal(whole.subset(2, 5).apply(X), whole.apply(X)[:, 2:5])
    with pytest.raises(pw.InvalidArgument, match="as a category in one and as a number"):
        pw.RandomForestRegressor.merge([whole, forest(categorical_features=None).fit(X, Y)])
    with pytest.raises(pw.InvalidArgument, match="as a category in one and as a number"):
        growing.set_params(n_estimators=13, categorical_features=None).fit(X, Y)


def test_importances_pruning_and_limits_know_categories() -> None:
    model = forest(max_leaf_nodes=20).fit(X, Y)
    assert model.feature_importances_[0] > 0.5 > model.feature_importances_[2] > 0
    assert max(tree.tree_.n_leaves for tree in model.estimators_) <= 20
    pruned = forest(ccp_alpha=0.05).fit(X, Y)
    assert pruned.estimators_[0].tree_.node_count < forest().fit(X, Y).estimators_[0].tree_.node_count
    assert min(t.tree_.n_node_samples.min() for t in forest(min_samples_leaf=9).fit(X, Y).estimators_) >= 9


def test_once_orders_levels_by_the_target_and_node_does_not() -> None:
    once = forest(categorical_features=None, category_splits="once").fit(TABLE, Y)
    assert len(once._model.n_levels) == 0 and once.score(TABLE, Y) > 0.9
    assert sorted(once._model.level_ranks[0].tolist()) == list(range(40)) != once._model.level_ranks[0].tolist()
    assert forest(categorical_features=None).fit(TABLE, Y)._model.level_ranks[0].tolist() == list(range(40))
    with pytest.raises(pw.InvalidArgument, match=r"'machine' alike|as a category in one"):
        pw.RandomForestRegressor.merge([once, forest(categorical_features=None).fit(TABLE, Y)])


def test_levels_of_noise_cost_little() -> None:
    random = np.random.default_rng(0)
    table = random.normal(size=(1500, 3))
    target = table[:, 0] + table[:, 1] * table[:, 2] + 0.5 * random.normal(size=1500)
    noise = random.integers(0, 300, (1500, 2)).astype(float)
    both = np.column_stack([table, noise])
    plain = pw.RandomForestRegressor(50, random_state=0).fit(table[:1000], target[:1000])
    noisy = pw.RandomForestRegressor(50, random_state=0, categorical_features=[3, 4]).fit(both[:1000], target[:1000])
    assert noisy.score(both[1000:], target[1000:]) > plain.score(table[1000:], target[1000:]) - 0.02


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"categorical_features": [3]}, "must be from 0 to 2, got 3"),
        ({"categorical_features": [-1]}, "must be from 0 to 2, got -1"),
        ({"categorical_features": [1]}, r"whole numbers from 0 to 65534, NaN where missing, got .* in column 1, row"),
        ({"categorical_features": ["machine"]}, "a place where the features have no names, got 'machine'"),
        ({"categorical_features": "machine"}, "None or a list of places, names, or one bool a feature"),
        ({"categorical_features": [0.0]}, "None or a list of places"),
        ({"categorical_features": [True]}, "one bool a feature, of which there are 3"),
        ({"category_splits": "always"}, "category_splits must be one of 'node', 'once'"),
        ({"monotonic_cst": [1, 0, 0]}, "monotonic_cst must be 0 for a category, got 1 for feature 0"),
    ],
)
def test_what_is_no_category_is_refused_by_name(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(pw.InvalidArgument, match=message):
        forest(**parameters).fit(X, Y)


def test_what_is_no_category_of_a_table_is_refused_by_name() -> None:
    with pytest.raises(pw.InvalidArgument, match="among the features 'machine', 'load_kW', 'shift', got 'power'"):
        forest(categorical_features=["power"]).fit(TABLE, Y)
    with pytest.raises(pw.InvalidArgument, match=r"NaN where missing, got .* in column 'load_kW', row 0"):
        forest(categorical_features=["load_kW"]).fit(TABLE, Y)
    with pytest.raises(pw.InvalidArgument, match="must be 0 for a category, got -1 for feature 'shift'"):
        forest(categorical_features=None, monotonic_cst=[0, 0, -1]).fit(TABLE, Y)


def test_numbers_beyond_the_most_levels_are_refused() -> None:
    high = np.array([[0.0], [65_534.0]])
    assert forest(categorical_features=[0]).fit(high, [1.0, 2.0])._model.n_levels.tolist() == [65_535]
    with pytest.raises(pw.InvalidArgument, match="got 65535 in column 0, row 1"):
        forest(categorical_features=[0]).fit(np.array([[0.0], [65_535.0]]), [1.0, 2.0])


def test_the_dumped_text_lists_levels() -> None:
    model = forest(categorical_features=None).fit(TABLE, Y)
    text = json.loads(model.dump_json())
    assert text["version"] == 2 and text["n_levels"] == [40, 0, 3]
    assert text["categories"]["shift"] == ["early", "late", "night"]
    assert json.loads(forest(categorical_features=None).fit(X, Y).dump_json())["version"] == 1
    assert any(levels for tree in text["trees"] for levels in tree["levels_left"])  # test_dump_json.py walks them


def test_other_programs_that_know_no_levels_are_refused_by_name() -> None:
    model = forest().fit(X, Y)
    with pytest.raises(pw.InvalidArgument, match="category_splits='once'"):
        model.to_shap_trees()
    with pytest.raises(pw.InvalidArgument, match=r"ai\.onnx\.ml 3 has no form for splits of categories"):
        pw.to_onnx(model)


def test_a_picture_names_the_levels() -> None:
    texts = [text.get_text() for text in pw.plot.tree(forest(categorical_features=None).fit(TABLE, Y)).texts]
    assert any(text.startswith("machine in {machine ") for text in texts)
    texts = [text.get_text() for text in pw.plot.tree(forest().fit(X, Y)).texts]
    assert any(text.startswith("x[0] in {") for text in texts)
