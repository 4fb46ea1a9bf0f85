# SPDX-License-Identifier: MIT
"""The documented JSON of trees says all that a prediction needs."""

import json
from typing import Any

import numpy as np
import plantwright as pw
import pytest
from sklearn.exceptions import NotFittedError

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 4))
X[RNG.random(X.shape) < 0.15] = np.nan
X[:, 3] = np.where(RNG.random(200) < 0.5, np.nan, 1.0)  # splits of missing from present: no threshold
Y = 2 * np.nan_to_num(X[:, 0]) - np.nan_to_num(X[:, 1]) + np.isnan(X[:, 3])
GRADE = np.array(["steel", "iron", "zinc"])[RNG.integers(0, 3, 200)]


def predict_by_the_documentation(dump: dict[str, Any], row: Any) -> list[float]:
    """Nothing but what `dump_json` documents, in plain Python."""
    raw = list(dump["base"])
    assert dump["aggregation"] == "mean" and dump["tree_output"] is None and dump["link"] == "identity"
    for tree in dump["trees"]:
        node = 0
        while tree["feature"][node] >= 0:
            x, threshold = np.float32(row[tree["feature"][node]]), tree["threshold"][node]
            levels = tree["levels_left"][node] if "levels_left" in tree else None
            left = x in levels if levels else threshold is None or x <= threshold
            left = tree["missing_go_left"][node] if np.isnan(x) else left
            node = tree["children_left" if left else "children_right"][node]
        raw = [r + v / len(dump["trees"]) for r, v in zip(raw, tree["value"][node], strict=True)]
    return raw


def test_predictions_can_be_made_from_the_text_alone(tmp_path: Any) -> None:
    forest = pw.RandomForestRegressor(n_estimators=8, random_state=0).fit(X, Y)
    text = forest.dump_json(tmp_path / "forest.json")
    assert (tmp_path / "forest.json").read_text() == text
    dump = json.loads(text)
    assert (dump["format"], dump["version"], dump["type"]) == ("plantwright-forest", 1, "RandomForestRegressor")
    assert any(t is None for tree in dump["trees"] for t in tree["threshold"])
    np.testing.assert_allclose([predict_by_the_documentation(dump, row)[0] for row in X], forest.predict(X), rtol=1e-12)


@pytest.mark.parametrize(("splits", "version"), [("node", 2), ("once", 1)])
def test_classes_names_and_categories_stand_in_it(splits: str, version: int) -> None:
    labels = np.where(Y > 0, "high", "low")
    forest = pw.RandomForestClassifier(n_estimators=8, random_state=0, category_splits=splits)
    forest.fit({"load": X[:, 0], "grade": GRADE}, labels)
    dump = json.loads(forest.dump_json(indent=1))
    assert dump["version"] == version
    assert dump["classes"] == ["high", "low"]
    assert dump["feature_names"] == ["load", "grade"]
    places = {level: place for place, level in enumerate(dump["categories"]["grade"])}
    rows = [[load, places[grade]] for load, grade in zip(X[:, 0], GRADE, strict=True)]
    expected = forest.predict_proba({"load": X[:, 0], "grade": GRADE})
    np.testing.assert_allclose([predict_by_the_documentation(dump, row) for row in rows], expected, atol=1e-12)


def test_before_fit_it_says_so() -> None:
    with pytest.raises(NotFittedError):
        pw.RandomForestRegressor().dump_json()
