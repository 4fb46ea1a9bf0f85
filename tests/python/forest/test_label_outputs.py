# SPDX-License-Identifier: MIT
"""Several labels learned by one forest, as scikit-learn's forests learn them."""

import json
from typing import Any

import numpy as np
import pandas as pd
import plantwright as pw
import pytest
from sklearn import ensemble, tree
from sklearn.metrics import accuracy_score

RNG = np.random.default_rng(0)
X = RNG.normal(size=(600, 6))
STATE = np.where(X[:, 0] + 0.3 * RNG.normal(size=600) > 0.5, "hot", np.where(X[:, 0] > -0.5, "warm", "cold"))
WEAR = np.where(X[:, 1] + X[:, 2] > 0, "worn", "good")
Y = np.column_stack([STATE, WEAR])
BITS = np.column_stack([X[:, 0] > 0, X[:, 1] > 0.5, X[:, 2] + X[:, 3] > 0]).astype(int)
NEW = np.random.default_rng(1).normal(size=(200, 6))
KINDS = [pw.RandomForestClassifier, pw.ExtraTreesClassifier]


def forest(kind: Any = pw.RandomForestClassifier, **more: Any) -> Any:
    return kind(**({"n_estimators": 30, "random_state": 0} | more))


@pytest.mark.parametrize("y", [Y, BITS, Y.astype(object)], ids=["str", "int", "object"])
@pytest.mark.parametrize("name", ["RandomForestClassifier", "ExtraTreesClassifier"])
def test_it_is_as_accurate_as_scikit_learn_and_answers_in_its_shapes(name: str, y: Any) -> None:
    ours, theirs = [], []
    for seed in range(4):
        a = getattr(pw, name)(40, random_state=seed).fit(X[:400], y[:400])
        b = getattr(ensemble, name)(40, random_state=seed).fit(X[:400], y[:400])
        found, expected = a.predict(X), b.predict(X)
        assert found.shape == expected.shape and found.dtype == expected.dtype
        for k in range(y.shape[1]):
            ours.append(accuracy_score(y[400:, k], found[400:, k]))
            theirs.append(accuracy_score(y[400:, k], expected[400:, k]))
    assert np.mean(ours) > np.mean(theirs) - 0.02
    assert a.n_outputs_ == b.n_outputs_ and list(a.n_classes_) == list(b.n_classes_)
    for mine, other in zip(a.classes_, b.classes_, strict=True):
        np.testing.assert_array_equal(mine, other)
    for mine, other in zip(a.predict_proba(NEW), b.predict_proba(NEW), strict=True):
        assert mine.shape == other.shape and np.abs(mine - other).mean() < 0.15
        np.testing.assert_allclose(mine.sum(axis=1), 1)


@pytest.mark.parametrize("kind", KINDS)
def test_one_row_and_logarithms_agree_with_many_rows(kind: Any) -> None:
    model = forest(kind).fit(X, Y)
    shares = model.predict_proba(NEW)
    assert model.predict_one(NEW[3]).tolist() == model.predict(NEW)[3].tolist()
    for one, all_rows in zip(model.predict_proba_one(NEW[3]), shares, strict=True):
        np.testing.assert_array_equal(one, all_rows[3])
    for logarithm, share in zip(model.predict_log_proba(NEW), shares, strict=True):
        np.testing.assert_allclose(np.exp(logarithm), share)
    votes = np.mean([np.column_stack([e.tree_.value[e.apply(NEW)]]) for e in model.estimators_], axis=0)
    np.testing.assert_allclose(votes, np.hstack(shares))
    assert model.estimators_[0].predict(NEW).shape == (200, 2)


def test_out_of_bag_scores_ask_for_all_labels_of_a_row() -> None:
    model = forest(n_estimators=100, oob_score=True).fit(X, BITS)
    assert model.oob_decision_function_.shape == (600, 2, 3)
    predicted = model.oob_decision_function_.argmax(axis=1)
    assert model.oob_score_ == pytest.approx((predicted == BITS).all(axis=1).mean())
    unequal = forest(n_estimators=100, oob_score=True).fit(X, Y)
    assert [share.shape for share in unequal.oob_decision_function_] == [(600, 3), (600, 2)]
    custom = forest(n_estimators=100, oob_score=lambda y, p: float((y[:, 1] == p[:, 1]).mean())).fit(X, BITS)
    assert custom.oob_score_ == pytest.approx((predicted[:, 1] == BITS[:, 1]).mean())


def test_files_ranges_and_warm_starts_keep_labels_and_bits(tmp_path: Any) -> None:
    whole = forest(pw.ExtraTreesClassifier, n_estimators=12).fit(X, Y)
    pw.save(whole, tmp_path / "model.plw")
    same = pw.load(tmp_path / "model.plw")
    assert type(same) is pw.ExtraTreesClassifier and same.n_classes_ == [3, 2]
    assert [own.dtype for own in same.classes_] == [own.dtype for own in whole.classes_]
    np.testing.assert_array_equal(same.predict(NEW), whole.predict(NEW))
    parts = [forest(pw.ExtraTreesClassifier, n_estimators=12).fit(X, Y, tree_range=r) for r in ((0, 5), (5, 12))]
    merged = pw.ExtraTreesClassifier.merge(parts)
    assert merged._model.to_bytes() == whole._model.to_bytes() and merged.n_classes_ == [3, 2]
    np.testing.assert_array_equal(whole.subset(5, 12).predict(NEW), parts[1].predict(NEW))
    warm = forest(pw.ExtraTreesClassifier, n_estimators=5, warm_start=True).fit(X, Y).set_params(n_estimators=12)
    assert warm.fit(X, Y)._model.to_bytes() == whole._model.to_bytes()


def test_targets_are_columns_of_a_table_of_any_kind() -> None:
    line = np.where(X[:, 3] > 0, "A", "B")
    table = {"a": X[:, 0], "b": X[:, 1], "c": X[:, 2], "line": line, "state": STATE, "grade": BITS[:, 1]}
    model = forest(bootstrap=False).fit(table, target=["state", "grade"])
    inputs = {name: table[name] for name in ("a", "b", "c", "line")}
    found = model.predict(inputs)
    assert found.dtype == object
    assert (found[:, 0] == STATE).all() and (found[:, 1] == BITS[:, 1]).all()
    frame = pw.Frame(table, roles={"state": "target", "grade": "target"})
    np.testing.assert_array_equal(forest(bootstrap=False).fit(frame).predict(inputs), found)
    apart = pd.DataFrame(inputs)
    named = forest(bootstrap=False).fit(apart, pd.DataFrame({"x": STATE, "y": WEAR}))
    np.testing.assert_array_equal(named.predict(apart), Y)


def test_class_weights_multiply_over_the_outputs() -> None:
    rare = np.column_stack([(X[:, 0] > 1.3) & (RNG.random(600) < 0.6), X[:, 1] > 0])
    options = {"max_depth": 3, "n_estimators": 60}
    plain = forest(**options).fit(X, rare).predict(X)[:, 0].sum()
    for weight in ("balanced", "balanced_subsample", [{False: 1, True: 20}, {False: 1, True: 1}]):
        assert forest(class_weight=weight, **options).fit(X, rare).predict(X)[:, 0].sum() > plain
    product = np.where(rare[:, 0], 3, 1) * np.where(rare[:, 1], 5, 1)
    given = forest(class_weight=[{False: 1, True: 3}, {False: 1, True: 5}], bootstrap=False).fit(X, rare)
    by_rows = forest(bootstrap=False).fit(X, rare, sample_weight=product)
    assert given._model.to_bytes() == by_rows._model.to_bytes()
    for bad in ({False: 1, True: 3}, [{False: 1, True: 3}], [1, 2], "even"):
        with pytest.raises(pw.InvalidArgument, match="class_weight must be a list of 2 dicts"):
            forest(class_weight=bad).fit(X, rare)


@pytest.mark.parametrize(
    "theirs",
    [
        ensemble.RandomForestClassifier(10, random_state=0),
        ensemble.ExtraTreesClassifier(10, min_samples_leaf=3, random_state=0),
        tree.DecisionTreeClassifier(max_depth=6),
        ensemble.RandomForestClassifier(5, criterion="entropy", random_state=0),
    ],
    ids=repr,
)
def test_forests_of_scikit_learn_are_taken_over(theirs: Any) -> None:
    ours = pw.from_sklearn(theirs.fit(X, Y))
    for mine, other in zip(ours.predict_proba(NEW), theirs.predict_proba(NEW), strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-12)
    np.testing.assert_allclose(ours.feature_importances_, theirs.feature_importances_, atol=1e-9)


@pytest.mark.parametrize("splitter", ["fast", "exact"])
@pytest.mark.parametrize("criterion", ["gini", "entropy"])
def test_a_tree_has_the_impurities_of_scikit_learn(criterion: str, splitter: str) -> None:
    theirs = tree.DecisionTreeClassifier(max_depth=3, criterion=criterion).fit(X, Y).tree_.impurity
    ours = forest(
        n_estimators=1, max_depth=3, bootstrap=False, max_features=None, criterion=criterion, splitter=splitter
    )
    # scikit-learn measures entropy in bits
    found = ours.fit(X, Y).estimators_[0].tree_.impurity / (np.log(2) if criterion == "entropy" else 1)
    np.testing.assert_allclose(np.sort(found), np.sort(theirs), atol=1e-9)


def test_what_takes_one_output_says_so() -> None:
    with pytest.raises(pw.InvalidArgument, match=r"monotonic_cst must be absent .* got 2"):
        forest(monotonic_cst=[1, 0, 0, 0, 0, 0]).fit(X, Y)
    model = forest(n_estimators=3).fit(X, Y)
    content = json.loads(model.dump_json())
    assert content["classes"] == [["cold", "hot", "warm"], ["good", "worn"]] and len(content["base"]) == 5
    pytest.importorskip("onnx")
    with pytest.raises(pw.InvalidArgument, match="one output, got 2"):
        pw.to_onnx(model)


def test_the_score_is_the_share_of_rows_whose_labels_are_all_right() -> None:
    model = forest(max_depth=3).fit(X, Y)
    right = (model.predict(X) == Y).all(axis=1)
    assert model.score(X, Y) == right.mean() < 1
    weight = np.arange(600.0)
    assert model.score(X, Y, weight) == pytest.approx((right * weight).sum() / weight.sum())
    bits = forest(max_depth=3).fit(X, BITS)
    assert bits.score(X, BITS) == accuracy_score(BITS, bits.predict(X))  # which takes labels of two classes alone
    with pytest.raises(pw.InvalidArgument, match="predictions' shape"):
        model.score(X, STATE)


def test_explanations_name_output_and_class() -> None:
    model = forest(n_estimators=5).fit(X, Y)
    explained = pw.explain.TreeExplainer(model)
    names = [f"output 0: {c}" for c in ("cold", "hot", "warm")] + [f"output 1: {c}" for c in ("good", "worn")]
    assert explained.output_names == names
    values = explained.shap_values(NEW[:5])
    np.testing.assert_allclose(
        np.asarray(values).sum(axis=1) + explained.expected_value, np.hstack(model.predict_proba(NEW[:5])), atol=1e-6
    )
    assert pw.explain.partial_dependence(model, X, 0).output_names == names


def test_bad_labels_are_refused() -> None:
    gap = Y.astype(object)
    gap[3, 1] = None
    for bad in (gap, Y[:40], Y[:, :0], Y[:, :, None]):
        with pytest.raises(ValueError):
            forest().fit(X, bad)


def test_a_tree_is_drawn_with_all_labels() -> None:
    pytest.importorskip("matplotlib").use("Agg")
    ax = pw.plot.tree(forest(n_estimators=1).fit(X, Y), max_depth=1)
    lines = [line for text in ax.texts for line in text.get_text().split("\n")]
    assert any(line.count("%") == 2 for line in lines)
