# SPDX-License-Identifier: MIT
"""Backgrounds, interaction values, and compare: which conditions moved the prediction."""

import re
from html.parser import HTMLParser
from typing import Any

import numpy as np
import plantwright as pw
import pytest

RNG = np.random.default_rng(0)
X = RNG.normal(size=(300, 6)).astype(np.float32)
SIGNAL = 2 * X[:, 0] + X[:, 1] ** 2 + X[:, 2] * X[:, 3] + 0.3 * RNG.normal(size=300)
LEVEL = np.digitize(SIGNAL, [0, 1.5])


def plant(n: int = 400) -> pw.Frame:
    """A reactor's yield by its feed and a grade, with units."""
    rng = np.random.default_rng(7)
    feed, steam = rng.normal(9, 1, n), rng.normal(5, 1, n)
    grade = rng.choice(["A", "B"], n).astype(object)
    units = {"feed B": "mol/s", "yield": "mol/mol"}
    table = pw.Frame({"feed B": feed, "steam": steam, "grade": grade, "yield": 0.05 * feed + 0.02 * (grade == "B")})
    return table.with_units(units).with_roles({"yield": "target"})


@pytest.mark.parametrize("deep", [False, True], ids=["tables", "pairs of rows"])
def test_interventional_values_are_shaps_on_the_same_trees(deep: bool) -> None:
    shap = pytest.importorskip("shap", reason="shap is not installed", exc_type=ImportError)
    wide = RNG.normal(size=(300, 14)).astype(np.float32) if deep else X
    target = wide[:, :10].sum(axis=1) if deep else SIGNAL
    model = pw.RandomForestRegressor(10, random_state=0, max_features=3).fit(wide, target)
    background = wide[100:140]
    theirs = shap.TreeExplainer(model.to_shap_trees(), background, feature_perturbation="interventional")
    expected = theirs.shap_values(wide[:20], check_additivity=False)
    spread = np.ptp(model.predict(wide))
    for precision, tolerance in (("audit", 1e-6), ("fast", 5e-6)):
        explainer = pw.TreeExplainer(model, background, precision=precision)
        assert (explainer.n_trees_by_tables == 10) is not deep
        assert np.abs(explainer.shap_values(wide[:20]) - expected).max() < tolerance * spread
        np.testing.assert_allclose(explainer.expected_value, model.predict(background).mean(), rtol=1e-12)


def test_interventional_values_of_classes_add_up() -> None:
    model = pw.RandomForestClassifier(10, random_state=0).fit(X, LEVEL)
    explanation = pw.TreeExplainer(model, X[:50])(X[50:80])
    assert explanation.values.shape == (30, 6, 3)
    np.testing.assert_allclose(
        explanation.values.sum(axis=1) + explanation.base_values, model.predict_proba(X[50:80]), atol=1e-5
    )


def test_the_probability_of_boosted_trees_is_shaps() -> None:
    shap = pytest.importorskip("shap", reason="shap is not installed", exc_type=ImportError)
    xgb = pytest.importorskip("xgboost", reason="xgboost is not installed")
    booster = xgb.train({"objective": "binary:logistic", "max_depth": 3, "nthread": 1}, xgb.DMatrix(X, LEVEL > 1), 10)
    model = pw.from_xgboost(booster)
    explanation = pw.TreeExplainer(model, X[:20], output="probability")(X[20:40])
    theirs = shap.TreeExplainer(booster, X[:20].astype(float), model_output="probability")
    np.testing.assert_allclose(explanation.values, theirs.shap_values(X[20:40], check_additivity=False), atol=1e-5)
    np.testing.assert_allclose(
        explanation.values.sum(axis=1) + explanation.base_values, model.predict_proba(X[20:40])[:, 1], atol=1e-6
    )
    with pytest.raises(pw.InvalidArgument, match="output='probability' of boosted trees needs a background"):
        pw.TreeExplainer(model, output="probability")


@pytest.mark.parametrize("classes", [False, True])
def test_interaction_values_are_shaps_on_the_same_trees(classes: bool) -> None:
    shap = pytest.importorskip("shap", reason="shap is not installed", exc_type=ImportError)
    kind = pw.RandomForestClassifier if classes else pw.RandomForestRegressor
    model = kind(5, max_depth=6, random_state=0).fit(X, LEVEL if classes else SIGNAL)
    expected = shap.TreeExplainer(model.to_shap_trees()).shap_interaction_values(X[:8])
    spread = 1.0 if classes else np.ptp(SIGNAL)
    for precision, tolerance in (("audit", 1e-6), ("fast", 1e-5)):
        values = pw.TreeExplainer(model, precision=precision).shap_interaction_values(X[:8])
        assert values.shape == expected.shape
        assert np.abs(values - expected).max() < tolerance * spread


def test_interaction_values_sum_to_the_values() -> None:
    explainer = pw.TreeExplainer(pw.RandomForestRegressor(20, random_state=0).fit(X, SIGNAL))
    pairs = explainer.shap_interaction_values(X[:40])
    np.testing.assert_allclose(pairs.sum(axis=2), explainer.shap_values(X[:40]), atol=1e-5)
    assert (pairs == pairs.transpose(0, 2, 1)).all()


def test_interaction_values_with_a_background_are_refused() -> None:
    explainer = pw.TreeExplainer(pw.RandomForestRegressor(5, random_state=0).fit(X, SIGNAL), X[:10])
    with pytest.raises(pw.InvalidArgument, match="interaction values are path-dependent"):
        explainer.shap_interaction_values(X[:2])


def test_a_low_yield_names_the_feed_that_fell_with_its_unit() -> None:
    table = plant()
    model = pw.RandomForestRegressor(30, random_state=0).fit(table)
    comparison = pw.TreeExplainer(model).compare({"feed B": 7.2, "steam": 5.0, "grade": "A"}, reference=table)
    first = comparison.ranked()[0]
    assert (first.name, first.unit, first.now) == ("feed B", "mol/s", 7.2)
    assert first.contribution < 0
    lines = str(comparison).splitlines()
    assert lines[0].startswith("yield 0.4") and lines[0].endswith("mol/mol: 1 row against 400 of the reference")
    assert re.fullmatch(r"  feed B [89]\.\d+ -> 7\.2 mol/s: -0\.0\d+ mol/mol", lines[1])
    assert any("grade" in line and "%) -> A" in line for line in lines)


def test_contributions_add_up_to_the_difference_of_the_mean_predictions() -> None:
    model = pw.RandomForestRegressor(20, max_depth=5, random_state=0).fit(X, SIGNAL)
    period, reference = X[:40], X[100:]
    comparison = pw.TreeExplainer(model, precision="audit").compare(period, reference)
    np.testing.assert_allclose(comparison.then, model.predict(reference).mean(), rtol=1e-12)
    np.testing.assert_allclose(comparison.now, model.predict(period).mean(), rtol=1e-10)
    np.testing.assert_allclose(comparison.then + comparison.contributions.sum(), comparison.now, rtol=1e-12)
    each = pw.TreeExplainer(model, reference, precision="audit").shap_values(period)
    np.testing.assert_allclose(comparison.contributions, each.mean(axis=0), atol=1e-14)


def test_by_shares_a_long_reference_adds_up_to_the_same_difference() -> None:
    wide = RNG.normal(size=(2000, 14)).astype(np.float32)
    model = pw.RandomForestRegressor(20, random_state=0).fit(wide, wide[:, :10].sum(axis=1))
    comparison = pw.TreeExplainer(model).compare(wide[:100], wide, method="path_dependent")
    np.testing.assert_allclose(comparison.then, model.predict(wide).mean(), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(comparison.now, model.predict(wide[:100]).mean(), atol=1e-4)
    assert comparison.method == "path_dependent"
    with pytest.raises(pw.InvalidArgument, match="method must be 'interventional' or 'path_dependent', got 'exact'"):
        pw.TreeExplainer(model).compare(wide[:1], wide, method="exact")


def test_minutes_of_work_are_announced() -> None:
    wide = RNG.normal(size=(4000, 14)).astype(np.float32)
    model = pw.RandomForestRegressor(10, random_state=0).fit(wide, wide[:, :10].sum(axis=1))
    long = np.tile(wide, (25, 1))
    announced = pytest.warns(UserWarning, match=r"200,000 rows through [0-9,]+ nodes .* will take some 2 min")
    with announced, pytest.raises(pw.Stopped):
        pw.TreeExplainer(model).compare(long, long, progress=lambda *_: False)


def test_a_period_against_itself_has_no_contributions() -> None:
    model = pw.RandomForestRegressor(10, max_depth=6, random_state=0).fit(X, SIGNAL)
    assert np.abs(pw.TreeExplainer(model).compare(X, X).contributions).max() < 1e-5


def test_classes_are_compared_one_by_one() -> None:
    table = plant()
    inputs = table.select(["feed B", "steam", "grade"])
    quality = np.where(np.asarray(table["yield"]) > 0.46, "good", "bad")
    model = pw.RandomForestClassifier(20, random_state=0).fit(inputs, quality)
    comparison = pw.TreeExplainer(model).compare(inputs[:9], inputs[10:])
    np.testing.assert_allclose(comparison["bad"].contributions, -comparison["good"].contributions, atol=1e-12)
    assert str(comparison).startswith("probability of target = good 0.")
    assert str(comparison).splitlines()[1].endswith(" probability")
    assert comparison.to_frame().columns[-2:] == ["contribution [bad]", "contribution [good]"]
    with pytest.raises(pw.InvalidArgument, match="no output is named 'fair': there are bad, good"):
        comparison["fair"]
    with pytest.raises(pw.InvalidArgument, match="choose one of several outputs"):
        comparison.ranked()


def test_the_table_stands_in_the_order_of_the_ranks() -> None:
    table = plant()
    model = pw.RandomForestRegressor(10, random_state=0).fit(table)
    comparison = pw.TreeExplainer(model).compare(table[:50], table)
    frame = comparison.to_frame()
    assert frame.columns == ["feature", "unit", "then", "now", "contribution"]
    ranked = comparison.ranked()
    assert frame["feature"].tolist() == [condition.name for condition in ranked]
    sizes = np.abs(frame["contribution"])
    assert (np.diff(sizes) <= 0).all()
    assert comparison.to_text(top=1).splitlines()[-1].startswith("  2 others: ")


def test_the_page_escapes_names_and_closes_its_tags(tmp_path: Any) -> None:
    evil = "<script>x</script>"
    data = pw.Frame({evil: X[:, 0].astype(float), "b": X[:, 1].astype(float)})
    model = pw.RandomForestRegressor(5, random_state=0).fit(data, SIGNAL)
    comparison = pw.TreeExplainer(model).compare(data[:5], data)
    html = comparison.to_html(tmp_path / "why.html")
    assert evil not in html and "&lt;script&gt;" in html
    assert (tmp_path / "why.html").read_text(encoding="utf-8") == html
    opened: list[str] = []

    class Watcher(HTMLParser):
        def handle_starttag(self, tag: str, attrs: Any) -> None:
            opened.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert opened.pop() == tag

    Watcher().feed(html)
    assert not opened


def test_missing_values_are_said_to_be_missing() -> None:
    holes = X.copy()
    holes[:, 2] = np.where(RNG.random(300) < 0.3, np.nan, holes[:, 2])
    model = pw.RandomForestRegressor(10, random_state=0).fit(holes, SIGNAL)
    period = holes[:5].copy()
    period[:, 2] = np.nan
    comparison = pw.TreeExplainer(model).compare(period, holes)
    condition = next(c for c in comparison.ranked() if c.name == "x2")
    assert condition.now is None and "-> missing: " in str(condition)
    assert np.isnan(comparison.to_frame()["now"]).sum() == 1


def test_tables_and_arrays_are_not_mixed_and_must_fit() -> None:
    model = pw.RandomForestRegressor(5, random_state=0).fit(plant())
    explainer = pw.TreeExplainer(model)
    with pytest.raises(pw.SchemaMismatch, match="grade"):
        explainer.compare({"feed B": 7.0, "steam": 5.0}, plant())
    plain = pw.TreeExplainer(pw.RandomForestRegressor(5, random_state=0).fit(X, SIGNAL))
    with pytest.raises(ValueError, match="X has 2 features"):
        plain.compare([1.0, 2.0], X)
    with pytest.raises(ValueError, match="0 sample"):
        plain.compare(X[:0], X)
    doubles = plain.compare(X[:3].astype(np.float64), X)
    np.testing.assert_array_equal(doubles.contributions, plain.compare(X[:3], X).contributions)
