# SPDX-License-Identifier: MIT
"""Pictures of trees: what stands in them."""

import io
from typing import Any

import numpy as np
import plantwright as pw
import pytest

matplotlib = pytest.importorskip("matplotlib", reason="matplotlib is not installed")
matplotlib.use("Agg")

RNG = np.random.default_rng(0)
LOAD, TEMPERATURE = RNG.uniform(0, 100, 300), RNG.normal(450, 20, 300)
LOAD[::9] = np.nan
GRADE = np.array(["steel", "iron", "zinc", "lead"])[RNG.integers(0, 4, 300)]
TABLE = {"load_pct": LOAD, "temperature_K": TEMPERATURE, "grade": GRADE}
ENERGY = 3 * np.nan_to_num(LOAD) + 80 * np.isin(GRADE, ["steel", "zinc"]) + 0.2 * TEMPERATURE


@pytest.fixture(autouse=True)
def close_figures() -> Any:
    yield
    import matplotlib.pyplot as plt

    plt.close("all")


def texts(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_it_draws_the_levels_asked_for_and_counts_the_rest() -> None:
    forest = pw.RandomForestRegressor(n_estimators=3, random_state=0).fit(TABLE, ENERGY)
    boxes = [text for text in texts(pw.plot.tree(forest, tree=1, max_depth=2)) if "rows" in text]
    arrays = forest.estimators_[1].tree_
    assert len(boxes) == 7
    assert boxes[0].startswith("load_pct ≤ ") and f"{arrays.n_node_samples[0]} rows" in boxes[0]
    assert f"{arrays.value[0, 0]:.4g}" in boxes[0]
    hidden = sum(int(text.split("(")[1].split()[0]) for text in boxes if "nodes below" in text)
    assert hidden == arrays.node_count - 7


def test_it_names_classes_levels_and_where_missing_values_go() -> None:
    labels = np.where(ENERGY > 300, "costly", "cheap")
    forest = pw.RandomForestClassifier(n_estimators=3, random_state=0).fit(TABLE, labels)
    drawn = [text for tree in range(3) for text in texts(pw.plot.tree(forest, tree, max_depth=None))]
    assert any("grade in {" in text for text in drawn)
    assert any("costly 100%" in text for text in drawn)
    assert any("missing" in text for text in drawn)


def test_it_draws_into_the_axes_given_and_a_single_leaf_too() -> None:
    import matplotlib.pyplot as plt

    _, ax = plt.subplots()
    forest = pw.RandomForestRegressor(n_estimators=1, random_state=0).fit([[1.0], [2.0]], [5.0, 5.0])
    assert pw.plot.tree(forest, ax=ax) is ax
    assert texts(ax) == ["5\n1 rows"] or texts(ax) == ["5\n2 rows"]
    ax.figure.savefig(io.BytesIO(), format="png")


def test_trees_that_are_not_there_are_refused() -> None:
    forest = pw.RandomForestRegressor(n_estimators=2, random_state=0).fit([[1.0], [2.0]], [5.0, 6.0])
    with pytest.raises(pw.InvalidArgument, match="from 0 to 1, got 2"):
        pw.plot.tree(forest, tree=2)
    with pytest.raises(pw.InvalidArgument, match="max_depth"):
        pw.plot.tree(forest, max_depth=-1)
