# SPDX-License-Identifier: MIT
"""One tree of a forest as a picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from plantwright.core import InvalidArgument
from plantwright.forest._labels import as_list, names_of
from plantwright.forest._tree import levels_left

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PALETTE = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#bbbbbb")
NUMBERS = ("#f2f6fa", "#3a6ea5")  # lowest to highest value
INK, LINES, EDGE_WORDS = "#222222", "#8a8a8a", "#555555"


def tree(model: Any, tree: int = 0, max_depth: int | None = 3, ax: Axes | None = None) -> Axes:
    """Draw one tree of a forest.

    Each box tells the question (a yes goes left), the training rows and the value: the mean of the target (of each,
    where there are several), or the likeliest class and its share. Colour follows the value, of several the first;
    "missing" on an edge says where missing values go.

    Parameters
    ----------
    model : fitted forest
        `RandomForestRegressor`, `RandomForestClassifier` or boosted trees.
    tree : int, default=0
        Which tree.
    max_depth : int or None, default=3
        Deepest level drawn; None draws all. What lies below is counted in the last box.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default axes of a new figure, sized for the tree.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InvalidArgument
        If there is no such tree.
    ImportError
        Without matplotlib: ``pip install plantwright[plot]``.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> X = np.arange(40.0).reshape(20, 2)
    >>> forest = pw.RandomForestRegressor(n_estimators=10, random_state=0).fit(X, X[:, 0])
    >>> ax = pw.plot.tree(forest, tree=2)  # doctest: +SKIP
    >>> ax.figure.savefig("tree.png")  # doctest: +SKIP
    """
    check_is_fitted(model)
    n_trees = model._model.n_trees
    if not 0 <= tree < n_trees:
        raise InvalidArgument(f"plot.tree: tree must be from 0 to {n_trees - 1}, got {tree!r}")
    if max_depth is not None and max_depth < 0:
        raise InvalidArgument(f"plot.tree: max_depth must be at least 0 or None, got {max_depth!r}")
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        raise ImportError("plot.tree needs matplotlib: pip install plantwright[plot]") from None
    layout = _Layout(model._model.tree(tree), max_depth)
    if ax is None:
        size = (max(5.0, 1.75 * layout.width), max(2.4, 1.25 * (layout.depth + 1)))
        _, ax = plt.subplots(figsize=size, layout="constrained")
    _Drawing(model, layout, ax).draw()
    ax.set_title(f"{type(model).__name__}, tree {tree} of {n_trees}", color=INK, fontsize=10)
    return ax


@dataclass
class _Layout:
    """Where each drawn node stands: leaves side by side, parents midway above their children."""

    arrays: dict[str, NDArray[Any]]
    max_depth: int | None
    x: dict[int, float] = field(default_factory=dict)
    level: dict[int, int] = field(default_factory=dict)
    width: int = 0
    depth: int = 0

    def __post_init__(self) -> None:
        """Place the nodes, children first; no recursion, since trees may be deep."""
        stack = [(0, 0, False)]
        while stack:
            node, level, children_stand = stack.pop()
            left, right = self.children(node, level)
            self.level[node] = level
            self.depth = max(self.depth, level)
            if left < 0:
                self.x[node] = float(self.width)
                self.width += 1
            elif children_stand:
                self.x[node] = (self.x[left] + self.x[right]) / 2
            else:
                stack += [(node, level, True), (right, level + 1, False), (left, level + 1, False)]

    def children(self, node: int, level: int) -> tuple[int, int]:
        """Both children as drawn; -1 at a leaf and at the last level."""
        if self.max_depth is not None and level >= self.max_depth:
            return -1, -1
        return int(self.arrays["children_left"][node]), int(self.arrays["children_right"][node])

    def below(self, node: int) -> int:
        """Nodes under one that are not drawn."""
        left, right = self.arrays["children_left"], self.arrays["children_right"]
        count, stack = -1, [node]
        while stack:
            node = stack.pop()
            count += 1
            if left[node] >= 0:
                stack += [int(left[node]), int(right[node])]
        return count


class _Drawing:
    """Boxes and edges of a layout."""

    def __init__(self, model: Any, layout: _Layout, ax: Axes) -> None:
        self.layout, self.arrays, self.ax = layout, layout.arrays, ax
        self.names = [str(name) for name in getattr(model, "feature_names_in_", [])]
        values = self.arrays["value"]
        has_classes = hasattr(model, "classes_") and values.shape[1] > 1
        self.classes = [names_of(own) for own in as_list(model.classes_)] if has_classes else []  # of each output
        self.range = (float(values[:, 0].min()), float(values[:, 0].max()))
        self.levels = _category_levels(model._model)

    def draw(self) -> None:
        self.ax.set_axis_off()
        self.ax.set_xlim(-0.6, self.layout.width - 0.4)
        self.ax.set_ylim(-self.layout.depth - 0.5, 0.5)
        for node, level in self.layout.level.items():
            left, right = self.layout.children(node, level)
            if left >= 0:
                missing_left = bool(self.arrays["missing_go_left"][node])
                self.edge(node, left, ["yes", "missing"] if missing_left else ["yes"])
                self.edge(node, right, ["no"] if missing_left else ["no", "missing"])
        for node in self.layout.level:
            self.box(node)

    def edge(self, parent: int, child: int, words: list[str]) -> None:
        x, y = (self.layout.x[parent], self.layout.x[child]), (-self.layout.level[parent], -self.layout.level[child])
        self.ax.plot(x, y, color=LINES, linewidth=1, zorder=1)
        where = (x[0] + 0.52 * (x[1] - x[0]), y[0] + 0.52 * (y[1] - y[0]))
        ground = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"}
        style: dict[str, Any] = {
            "ha": "center",
            "va": "center",
            "color": EDGE_WORDS,
            "fontsize": 7,
            "bbox": ground,
            "zorder": 2,
        }
        self.ax.annotate("\n".join(words), where, **style)

    def box(self, node: int) -> None:
        hidden = self.layout.below(node) if self.layout.children(node, self.layout.level[node])[0] < 0 else 0
        lines = [self.question(node)] if self.arrays["children_left"][node] >= 0 else []
        lines += [self.value(node), f"{self.arrays['n_node_samples'][node]:,} rows"]
        lines += [f"({hidden} nodes below)"] if hidden else []
        colour, ink = self.colours(node)
        style = {"boxstyle": "round,pad=0.4", "facecolor": colour, "edgecolor": LINES, "linewidth": 0.8}
        place = (self.layout.x[node], -self.layout.level[node])
        self.ax.annotate("\n".join(lines), place, ha="center", va="center", fontsize=8, color=ink, bbox=style, zorder=3)

    def question(self, node: int) -> str:
        feature, threshold = int(self.arrays["feature"][node]), float(self.arrays["threshold"][node])
        name = self.names[feature] if self.names else f"x[{feature}]"
        if np.isinf(threshold):
            return f"{name} is there"
        numbers = levels_left(self.arrays, node)
        if len(numbers):
            names = self.levels[name][1] if name in self.levels else [str(k) for k in range(int(numbers.max()) + 1)]
            return f"{name} in {_shortened([names[k] for k in numbers])}"
        if name in self.levels:
            ranks, levels = self.levels[name]
            left = [level for level, rank in zip(levels, ranks, strict=True) if rank <= threshold]
            return f"{name} in {_shortened(left)}"
        return f"{name} ≤ {threshold:.4g}"

    def value(self, node: int) -> str:
        values = self.arrays["value"][node]
        if not self.classes:
            return ", ".join(f"{value:.4g}" for value in values)
        texts, begin = [], 0
        for classes in self.classes:
            shares = values[begin : begin + len(classes)]
            begin += len(classes)
            texts.append(f"{classes[int(shares.argmax())]} {shares.max():.0%}")
        return ", ".join(texts)

    def colours(self, node: int) -> tuple[Any, str]:
        """A box's colour, and that of its text."""
        from matplotlib.colors import to_rgb

        values = self.arrays["value"][node]
        if self.classes:
            values = values[: len(self.classes[0])]
            best, n = int(values.argmax()), len(values)
            pale, full = "#ffffff", PALETTE[best % len(PALETTE)]
            share = (float(values[best]) - 1 / n) / (1 - 1 / n) if n > 1 else 1.0
        else:
            (pale, full), (low, high) = NUMBERS, self.range
            share = (float(values[0]) - low) / (high - low) if high > low else 0.0
        colour = np.asarray(to_rgb(pale)) * (1 - share) + np.asarray(to_rgb(full)) * share
        return tuple(colour), "white" if colour @ [0.299, 0.587, 0.114] < 0.55 else INK


def _category_levels(model: Any) -> dict[str, tuple[NDArray[Any], list[str]]]:
    """Ranks and names of the levels of each category input."""
    pairs = zip(model.feature_names, model.level_ranks, strict=False)
    return {name: (ranks, model.schema.at(name).levels) for name, ranks in pairs if len(ranks)}


def _shortened(levels: list[str]) -> str:
    shown = ", ".join(levels[:2])
    return f"{{{shown}, … {len(levels) - 2} more}}" if len(levels) > 2 else f"{{{shown}}}"
