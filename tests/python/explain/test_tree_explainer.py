# SPDX-License-Identifier: MIT
"""TreeExplainer: values add up, equal shap's on the same trees, and take whatever the forests take."""

import functools
from typing import Any

import numpy as np
import plantwright as pw
import pytest

RNG = np.random.default_rng(0)
X = RNG.normal(size=(300, 6)).astype(np.float32)
X[RNG.random(X.shape) < 0.1] = np.nan
SIGNAL = 2 * np.nan_to_num(X[:, 0]) + np.nan_to_num(X[:, 1]) ** 2 + 0.3 * RNG.normal(size=300)
LEVEL = np.digitize(SIGNAL, [0, 1.5])


KINDS = ["regressor", "shallow", "two classes", "three classes", "extra trees", "extra trees of classes"]


def regressor(**more: Any) -> pw.RandomForestRegressor:
    return pw.RandomForestRegressor(n_estimators=20, random_state=0, **more).fit(X, SIGNAL)


@functools.cache
def forests() -> dict[str, tuple[Any, Any]]:
    """Each kind, and what its values add up to."""
    two, three = SIGNAL > 1, LEVEL
    models: list[Any] = [
        regressor(),
        regressor(max_depth=3),
        pw.RandomForestClassifier(20, random_state=0).fit(X, two),
        pw.RandomForestClassifier(20, random_state=0).fit(X, three),
        pw.ExtraTreesRegressor(20, random_state=0).fit(X, SIGNAL),
        pw.ExtraTreesClassifier(20, random_state=0).fit(X, three),
    ]
    predicts = [model.predict_proba if hasattr(model, "classes_") else model.predict for model in models]
    return dict(zip(KINDS, zip(models, predicts, strict=True), strict=True))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("precision", ["fast", "audit"])
def test_values_and_expected_value_add_up_to_the_prediction(kind: str, precision: str) -> None:
    model, predict = forests()[kind]
    explainer = pw.TreeExplainer(model, precision=precision)
    explanation = explainer(X)
    expected = predict(X)
    tolerance = (1e-5 if precision == "fast" else 1e-12) * np.ptp(expected)
    assert np.abs(explanation.values.sum(axis=1) + explanation.base_values - expected).max() < tolerance
    assert explanation.base_values.shape == expected.shape


@pytest.mark.parametrize("kind", KINDS)
def test_values_are_shaps_on_the_same_trees(kind: str) -> None:
    shap = pytest.importorskip("shap", reason="shap is not installed", exc_type=ImportError)
    model, predict = forests()[kind]
    theirs = shap.TreeExplainer(model.to_shap_trees(), feature_perturbation="tree_path_dependent")
    expected = theirs.shap_values(X[:25], check_additivity=False)
    spread = np.ptp(predict(X))
    for precision, tolerance in (("audit", 1e-6), ("fast", 5e-6)):
        explainer = pw.TreeExplainer(model, precision=precision)
        values = explainer.shap_values(X[:25])
        assert values.shape == expected.shape
        assert np.abs(values - expected).max() < tolerance * spread
        np.testing.assert_allclose(explainer.expected_value, theirs.expected_value, atol=1e-6 * spread)


@pytest.mark.parametrize("objective", ["reg:squarederror", "binary:logistic", "multi:softprob"])
def test_boosted_trees_of_xgboost_have_xgboosts_own_contributions(objective: str) -> None:
    xgb = pytest.importorskip("xgboost", reason="xgboost is not installed")
    target = {"reg:squarederror": SIGNAL, "binary:logistic": LEVEL > 1, "multi:softprob": LEVEL}[objective]
    parameters = {"objective": objective, "max_depth": 5, "nthread": 1} | (
        {"num_class": 3} if "multi" in objective else {}
    )
    booster = xgb.train(parameters, xgb.DMatrix(X, target.astype(float)), 15)
    theirs = booster.predict(xgb.DMatrix(X), pred_contribs=True)
    theirs = np.moveaxis(theirs, 1, 2) if theirs.ndim == 3 else theirs
    explanation = pw.TreeExplainer(pw.from_xgboost(booster))(X)
    np.testing.assert_allclose(explanation.values, theirs[:, :-1], atol=2e-5)
    np.testing.assert_allclose(explanation.base_values, theirs[:, -1], atol=2e-5)


def test_boosted_trees_of_lightgbm_have_lightgbms_own_contributions() -> None:
    lgb = pytest.importorskip("lightgbm", reason="lightgbm is not installed")
    booster = lgb.train({"verbosity": -1, "num_leaves": 20, "num_threads": 1}, lgb.Dataset(X.astype(float), SIGNAL), 15)
    theirs = booster.predict(X.astype(float), pred_contrib=True)
    explainer = pw.TreeExplainer(pw.from_lightgbm(booster), precision="audit")
    np.testing.assert_allclose(explainer.shap_values(X), theirs[:, :-1], atol=1e-6)
    np.testing.assert_allclose(explainer.expected_value, theirs[0, -1], atol=1e-6)


def test_tables_of_every_kind_give_the_same_values() -> None:
    names = [f"s{j}" for j in range(6)]
    frame = pw.Frame(X, names=names)
    model = pw.RandomForestRegressor(10, random_state=0).fit(frame, SIGNAL)
    explainer = pw.TreeExplainer(model)
    expected = explainer.shap_values(frame)
    shuffled = frame.select(names[::-1])
    assert (explainer.shap_values(shuffled) == expected).all()
    assert (explainer.shap_values(frame.to_pandas()) == expected).all()
    explanation = explainer(shuffled)
    assert explanation.feature_names == names
    np.testing.assert_array_equal(explanation.data, X)
    with pytest.raises(pw.SchemaMismatch, match="s3"):
        explainer(frame.select(names[:3]))


def test_strided_double_and_single_arrays_give_the_same_values() -> None:
    explainer = pw.TreeExplainer(regressor())
    expected = explainer.shap_values(X)
    wide = np.zeros((300, 12))
    wide[:, ::2] = X
    assert (explainer.shap_values(X.astype(np.float64)) == expected).all()
    assert (explainer.shap_values(wide[:, ::2]) == expected).all()
    assert (explainer.shap_values(np.asfortranarray(X)) == expected).all()


def test_a_table_with_categories_shows_its_levels_as_data() -> None:
    grade = np.array(["A", "B", "C"], dtype=object)[LEVEL]
    table = {"steam": RNG.normal(size=300), "grade": grade}
    model = pw.RandomForestRegressor(10, random_state=0).fit(table, SIGNAL)
    explanation = pw.TreeExplainer(model)(table)
    assert explanation.data[:, 1].tolist() == grade.tolist()
    np.testing.assert_allclose(
        explanation.values.sum(axis=1) + explanation.base_values, model.predict(table), atol=1e-5
    )


def test_threads_and_batches_change_no_bit() -> None:
    explainer = pw.TreeExplainer(regressor())
    together = explainer.shap_values(X)
    assert (pw.TreeExplainer(regressor(), n_jobs=2).shap_values(X) == together).all()
    assert (np.vstack([explainer.shap_values(X[i : i + 1]) for i in range(20)]) == together[:20]).all()


def test_levels_of_the_instruction_set_agree(run_python: Any, runnable_levels: list[str]) -> None:
    code = (
        "import numpy as np, plantwright as pw; rng = np.random.default_rng(0); X = rng.normal(size=(200, 12));"
        "m = pw.RandomForestRegressor(10, random_state=0).fit(X, X.sum(axis=1));"
        "fast, audit = (pw.TreeExplainer(m, precision=p) for p in ('fast', 'audit'));"
        "show = lambda values: print(*values.ravel().tolist());"
        "show(fast.shap_values(X[:50])); show(audit.shap_values(X[:50]));"
        "show(audit.compare(X[:50], X[50:]).contributions)"
    )
    runs = [run_python(code, PLANTWRIGHT_ISA=level).stdout.splitlines() for level in runnable_levels]
    for values, tolerance in zip(zip(*runs, strict=True), (1e-5, 1e-13, 1e-13), strict=True):
        first, *others = (np.array(line.split(), dtype=float) for line in values)
        for other in others:
            np.testing.assert_allclose(other, first, rtol=0, atol=tolerance)


def test_a_saved_forest_is_explained_with_the_same_bits(tmp_path: Any) -> None:
    model = regressor()
    pw.save(model, tmp_path / "m.plw")
    expected = pw.TreeExplainer(model).shap_values(X)
    assert (pw.TreeExplainer(pw.load(tmp_path / "m.plw")).shap_values(X) == expected).all()


def test_one_row_one_feature_and_constant_targets_are_explained() -> None:
    model = pw.RandomForestRegressor(5, random_state=0).fit(X[:, :1], SIGNAL)
    explanation = pw.TreeExplainer(model)(X[:1, :1])
    np.testing.assert_allclose(explanation.values.sum() + explanation.base_values[0], model.predict(X[:1, :1])[0])
    constant = pw.RandomForestRegressor(5, random_state=0).fit(X, np.full(300, 3.0))
    explanation = pw.TreeExplainer(constant)(X[:4])
    assert (explanation.values == 0).all()
    assert explanation.base_values.tolist() == pytest.approx([3.0] * 4, rel=1e-14)


def test_progress_is_reported_and_can_stop_or_interrupt() -> None:
    explainer = pw.TreeExplainer(regressor())
    seen: list[Any] = []
    explainer(X, progress=lambda *event: seen.append(event))
    assert seen[-1][0] == "explain" and seen[-1][1] == seen[-1][2]
    with pytest.raises(pw.Stopped):
        explainer(X, progress=lambda *_: False)

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        explainer(X, progress=interrupt)


def test_bad_input_gets_one_clear_sentence() -> None:
    model = regressor()
    explainer = pw.TreeExplainer(model)
    with pytest.raises(ValueError, match="X has 4 features, but RandomForestRegressor is expecting 6"):
        explainer(X[:, :4])
    with pytest.raises(ValueError, match="infinity"):
        explainer(np.where(np.isnan(X), np.inf, X))
    with pytest.raises(ValueError, match="0 sample"):
        explainer(X[:0])
    with pytest.raises(pw.InvalidArgument, match="precision must be 'fast' or 'audit', got 'double'"):
        pw.TreeExplainer(model, precision="double")
    with pytest.raises(pw.InvalidArgument, match="output must be 'raw' or 'probability', got 'log'"):
        pw.TreeExplainer(model, output="log")
    with pytest.raises(pw.InvalidArgument, match="predicts classes"):
        pw.TreeExplainer(model, output="probability")
    with pytest.raises(pw.InvalidArgument, match="must be a forest of plantwright, got str; from_sklearn"):
        pw.TreeExplainer("forest")
    from sklearn.exceptions import NotFittedError

    with pytest.raises(NotFittedError):
        pw.TreeExplainer(pw.RandomForestRegressor())


def test_the_probability_of_a_random_forest_is_its_raw_output() -> None:
    model = pw.RandomForestClassifier(10, random_state=0).fit(X, LEVEL)
    raw, probability = (pw.TreeExplainer(model, output=name).shap_values(X[:9]) for name in ("raw", "probability"))
    assert (raw == probability).all()
