# SPDX-License-Identifier: MIT
"""Pictures of explanations show what the explanation holds."""

from __future__ import annotations

import numpy as np
import plantwright as pw
import pytest

pytest.importorskip("matplotlib").use("Agg")


@pytest.fixture(scope="module")
def explanation() -> pw.Explanation:
    """Three features and a category, the second acting only where the first is positive."""
    rng = np.random.default_rng(0)
    steam, air, idle = rng.normal(size=(3, 300))
    line = np.array(["north", "south"])[rng.integers(0, 2, 300)]
    table = {"steam": steam, "air": air, "idle": idle, "line": line}
    y = 2 * steam + np.where(steam > 0, 3 * air, 0) + (line == "south")
    forest = pw.RandomForestRegressor(30, min_samples_leaf=3, random_state=0).fit(pw.Frame(table), y)
    table["air"][:5] = np.nan
    return pw.TreeExplainer(forest)(pw.Frame(table))


@pytest.fixture(autouse=True)
def close_figures():
    """Figures do not pile up."""
    yield
    import matplotlib.pyplot as plt

    plt.close("all")


def words(ax) -> str:
    """All text of the picture."""
    ax.figure.canvas.draw()
    return " ".join(text.get_text() for text in ax.findobj(lambda artist: hasattr(artist, "get_text")))


def test_a_waterfall_ends_at_the_prediction(explanation):
    ax = pw.plot.waterfall(explanation[10])
    ends = [bar.get_x() + min(bar.get_width(), 0) for bar in ax.patches]
    starts = [bar.get_x() + max(bar.get_width(), 0) for bar in ax.patches]
    row = explanation[10]
    edges = np.array(ends + starts)
    assert np.isclose(edges, row.base_values).any()
    assert np.isclose(edges, row.base_values + row.values.sum()).any()
    assert "steam = " in words(ax)
    assert "line = " in words(ax)


def test_features_beyond_the_limit_share_a_bar(explanation):
    ax = pw.plot.waterfall(explanation[0], max_display=2)
    assert len(ax.patches) == 2
    assert "3 others" in words(ax)
    assert "air = missing" in words(pw.plot.waterfall(explanation[0]))


def test_bars_are_mean_sizes_in_descending_order(explanation):
    ax = pw.plot.bar(explanation)
    widths = [bar.get_width() for bar in ax.patches]
    assert widths == sorted(widths, reverse=True)
    assert np.allclose(widths, np.sort(np.abs(explanation.values).mean(axis=0))[::-1])


def test_bars_of_one_row_keep_their_sign(explanation):
    widths = [bar.get_width() for bar in pw.plot.bar(explanation[7]).patches]
    assert np.allclose(sorted(widths), np.sort(explanation[7].values))


def test_bars_of_classes_are_stacked():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(200, 3))
    y = np.array(["low", "middle", "high"])[np.digitize(X[:, 0], [-0.5, 0.5])]
    forest = pw.RandomForestClassifier(10, random_state=0).fit(X, y)
    ax = pw.plot.bar(pw.TreeExplainer(forest)(X))
    assert len(ax.patches) == 9
    assert "middle" in words(ax)


def test_a_beeswarm_has_a_point_a_row_and_feature(explanation):
    ax = pw.plot.beeswarm(explanation)
    points = np.concatenate([np.asarray(collection.get_offsets()) for collection in ax.collections])
    assert len(points) == explanation.values.size
    assert np.allclose(np.sort(points[:, 0]), np.sort(explanation.values.ravel()))


def test_dependence_finds_what_acts_together(explanation):
    ax = pw.plot.dependence(explanation, "steam")
    assert ax.get_xlabel() == "steam"
    assert "air" in words(ax.figure)
    assert pw.plot.dependence(explanation, "line", interaction=None).get_xticklabels()[1].get_text() == "south"


def test_axes_of_the_caller_are_used(explanation):
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 4)
    draw = (pw.plot.waterfall, explanation[0]), (pw.plot.bar, explanation), (pw.plot.beeswarm, explanation)
    for (function, part), ax in zip(draw, axes, strict=False):
        assert function(part, ax=ax) is ax
    assert pw.plot.dependence(explanation, 0, ax=axes[3]) is axes[3]
    assert plt.get_fignums() == [figure.number]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda e: pw.plot.waterfall(e), "needs one row"),
        (lambda e: pw.plot.beeswarm(e[0]), "needs rows and features"),
        (lambda e: pw.plot.dependence(e, "stream"), "no feature is named 'stream'"),
        (lambda e: pw.plot.dependence(e, 9), "must be below 4"),
        (lambda e: pw.plot.bar(e, max_display=0), "max_display must be at least 1"),
        (lambda e: pw.plot.bar(e[:0]), "at least one row"),
    ],
)
def test_what_cannot_be_drawn_is_refused(explanation, draw, message):
    with pytest.raises(pw.InvalidArgument, match=message):
        draw(explanation)


def test_a_page_lists_all_contributions(explanation, tmp_path):
    page = explanation.to_html(10, tmp_path / "row.html")
    assert (tmp_path / "row.html").read_text(encoding="utf-8") == page
    for name in explanation.feature_names:
        assert name in page
    assert explanation[10].to_html() != page  # without the number of the row
    with pytest.raises(pw.InvalidArgument, match="one output"):
        explanation[:, "steam"].to_html(0)
