# SPDX-License-Identifier: MIT
"""Explanations as pictures: one row, many rows, one feature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plantwright.core import InvalidArgument

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from plantwright.explain import Explanation, PartialDependence

UP, DOWN, QUIET, INK = "#c2410c", "#0b6b80", "#9aa7b4", "#1d2733"
LOW_TO_HIGH = "viridis"


def waterfall(explanation: Explanation, max_display: int = 10, ax: Axes | None = None) -> Axes:
    """Draw how one prediction came about: from the base value, feature by feature, to the prediction.

    Parameters
    ----------
    explanation : Explanation
        Of one row and one output: ``explanation[0]``, ``explanation[0, :, "good"]``.
    max_display : int, default=10
        Bars; the features of least effect share the last one.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default axes of a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InvalidArgument
        If `explanation` has several rows or outputs.
    ImportError
        Without matplotlib: ``pip install plantwright[plot]``.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> e = pw.Explanation(np.array([[1.0, -2.0]]), np.array([10.0]), feature_names=["steam", "air"])
    >>> ax = pw.plot.waterfall(e[0])  # doctest: +SKIP
    """
    values, base = _one_row(explanation, "plot.waterfall")
    labels = _labels(explanation, explanation.data)
    order = np.argsort(-np.abs(values), kind="stable")
    shown, rest = order[: _bars(max_display, len(order))], order[_bars(max_display, len(order)) :]
    steps = [(labels[j], float(values[j])) for j in shown]
    if len(rest):
        steps.append((f"{len(rest)} others", float(values[rest].sum())))
    ax = _axes(ax, "plot.waterfall", len(steps) + 1)
    at, width = base + float(values.sum()), float(np.abs(values).sum()) or 1.0
    for y, (_, step) in enumerate(steps):
        colour = UP if step >= 0 else DOWN
        ax.barh(y, -step, left=at, height=0.62, color=colour)
        ax.plot([at - step, at - step], [y - 0.31, y + 1.31], color=QUIET, linewidth=0.8)
        side = max(at, at - step)
        ax.text(side + 0.01 * width, y, f"{step:+.4g}", va="center", fontsize=8, color=colour)
        at -= step
    ax.set_yticks(range(len(steps)), [label for label, _ in steps], fontsize=8)
    ax.invert_yaxis()
    ax.use_sticky_edges = False
    ax.margins(x=0.14, y=0.02)
    ax.axvline(base, color=QUIET, linewidth=0.8, linestyle="--", zorder=0)
    ax.set_xlabel(f"base value {base:.4g}  →  prediction {base + float(values.sum()):.4g}", fontsize=9)
    return _tidy(ax)


def bar(explanation: Explanation, max_display: int = 12, ax: Axes | None = None) -> Axes:
    """Draw which features matter: the mean size of their contributions; of one row, the contributions themselves.

    Parameters
    ----------
    explanation : Explanation
        Of one output; of several, their sizes are stacked.
    max_display : int, default=12
        Bars; the features of least effect share the last one.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default axes of a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InvalidArgument
        If there are no rows.
    ImportError
        Without matplotlib: ``pip install plantwright[plot]``.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> e = pw.Explanation(np.array([[1.0, -2.0]]), np.array([10.0]), feature_names=["steam", "air"])
    >>> ax = pw.plot.bar(e)  # doctest: +SKIP
    """
    one = "rows" not in explanation._axes
    if "features" not in explanation._axes or (not one and len(explanation) == 0):
        raise InvalidArgument("plot.bar: needs an explanation of all features, of at least one row")
    several = "outputs" in explanation._axes
    sizes = explanation.values if one else np.abs(explanation.values).mean(axis=0)
    sizes = sizes if several else sizes[:, None]
    order = np.argsort(-np.abs(sizes).sum(axis=1), kind="stable")
    n = _bars(max_display, len(order))
    labels = _labels(explanation, explanation.data if one else None)
    rows = [(labels[j], sizes[j]) for j in order[:n]]
    if n < len(order):
        rows.append((f"{len(order) - n} others", sizes[order[n:]].sum(axis=0)))
    ax = _axes(ax, "plot.bar", len(rows))
    _stack(ax, rows, _output_names(explanation, sizes.shape[1]) if several else None, signed=one)
    ax.set_yticks(range(len(rows)), [label for label, _ in rows], fontsize=8)
    ax.invert_yaxis()
    ax.set_xlabel("contribution" if one else "mean |contribution|", fontsize=9)
    return _tidy(ax)


def _stack(ax: Axes, rows: list[tuple[str, NDArray[np.float64]]], outputs: list[str] | None, signed: bool) -> None:
    """Bars of one output coloured by sign; of several side by side in one bar, with a legend."""
    from matplotlib import colormaps

    left = np.zeros(len(rows))
    for k in range(len(rows[0][1])):
        sizes = np.array([row[k] for _, row in rows])
        if outputs is None:
            colours: Any = [UP if signed and size >= 0 else DOWN for size in sizes]
            ax.barh(range(len(rows)), sizes, height=0.62, color=colours)
        else:
            ax.barh(range(len(rows)), sizes, 0.62, left=left, color=colormaps["tab10"](k % 10), label=outputs[k])
        left += sizes
    if outputs is not None:
        ax.legend(fontsize=8, frameon=False)
    else:
        for y, size in enumerate(left):
            ax.text(size, y, f" {size:.3g} ", va="center", ha="left" if size >= 0 else "right", fontsize=8, color=INK)
        ax.margins(x=0.12)


def beeswarm(explanation: Explanation, max_display: int = 12, ax: Axes | None = None) -> Axes:
    """Draw all rows at once: a point a row and feature, placed by contribution, coloured by the feature's value.

    Parameters
    ----------
    explanation : Explanation
        Of several rows and one output, with `data`.
    max_display : int, default=12
        Features, those of the largest mean size first.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default axes of a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InvalidArgument
        If rows, features or data are missing, or there are several outputs.
    ImportError
        Without matplotlib: ``pip install plantwright[plot]``.

    Notes
    -----
    Colours span the 5 % to the 95 % quantile of each feature; missing values and categories are grey. Points are
    spread by their density, not at random.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> e = pw.Explanation(np.array([[1.0, -2.0]]), np.array([10.0]), data=np.array([[3.0, 4.0]]))
    >>> ax = pw.plot.beeswarm(e)  # doctest: +SKIP
    """
    values, data = _many_rows(explanation, "plot.beeswarm")
    order = np.argsort(-np.abs(values).mean(axis=0), kind="stable")[: max(1, max_display)]
    ax = _axes(ax, "plot.beeswarm", 1.4 * len(order))
    ax.axvline(0, color=QUIET, linewidth=0.8, zorder=0)
    width = float(np.ptp(values[:, order])) or 1.0
    points: Any = None
    for y, j in enumerate(order):
        shade = _shades(data[:, j])
        grey = np.isnan(shade)
        height = y + _spread(values[:, j], width)
        ax.scatter(values[grey, j], height[grey], s=7, color=QUIET, linewidths=0)
        points = ax.scatter(
            values[~grey, j], height[~grey], s=7, c=shade[~grey], cmap=LOW_TO_HIGH, vmin=0, vmax=1, linewidths=0
        )
    labels = _labels(explanation, None)
    ax.set_yticks(range(len(order)), [labels[j] for j in order], fontsize=8)
    ax.set_ylim(len(order) - 0.4, -0.6)
    ax.set_xlabel("contribution", fontsize=9)
    scale = ax.figure.colorbar(points, ax=ax, ticks=[0, 1], fraction=0.03, pad=0.02)
    scale.ax.set_yticklabels(["low", "high"], fontsize=8)
    scale.set_label("feature's value", fontsize=8)
    return _tidy(ax)


def dependence(
    explanation: Explanation, feature: str | int, interaction: str | int | None = "auto", ax: Axes | None = None
) -> Axes:
    """Draw one feature's contributions over its values, coloured by the feature it acts with most.

    Parameters
    ----------
    explanation : Explanation
        Of several rows and one output, with `data`.
    feature : str or int
        Which one.
    interaction : str, int or None, default="auto"
        What gives the colour; "auto" finds the strongest (see Notes), None is one colour.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default axes of a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InvalidArgument
        If there is no such feature, or rows, features or data are missing, or there are several outputs.
    ImportError
        Without matplotlib: ``pip install plantwright[plot]``.

    Notes
    -----
    Among rows of like values of the feature (ten bins), what else its contributions vary with must come from another
    feature: the strongest is the one whose values correlate most with them, in size, on average over the bins. Exact
    values, pair by pair, come from `TreeExplainer.shap_interaction_values`.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> e = pw.Explanation(np.array([[1.0, -2.0]]), np.array([10.0]), data=np.array([[3.0, 4.0]]))
    >>> ax = pw.plot.dependence(e, 0, interaction=None)  # doctest: +SKIP
    """
    values, data = _many_rows(explanation, "plot.dependence")
    j = _position(explanation, feature, "feature")
    labels = _labels(explanation, None)
    other = strongest_interaction(values, data, j) if interaction == "auto" else interaction
    k = None if other is None else _position(explanation, other, "interaction")
    ax = _axes(ax, "plot.dependence", 9)
    x, ticks = _numbers(data[:, j])
    if k is None:
        ax.scatter(x, values[:, j], s=9, color=DOWN, linewidths=0)
    else:
        shade = _shades(data[:, k])
        grey = np.isnan(shade)
        ax.scatter(x[grey], values[grey, j], s=9, color=QUIET, linewidths=0)
        points = ax.scatter(
            x[~grey], values[~grey, j], s=9, c=shade[~grey], cmap=LOW_TO_HIGH, vmin=0, vmax=1, linewidths=0
        )
        scale = ax.figure.colorbar(points, ax=ax, ticks=[0, 1], fraction=0.04, pad=0.02)
        scale.ax.set_yticklabels(["low", "high"], fontsize=8)
        scale.set_label(labels[k], fontsize=9)
    if ticks:
        ax.set_xticks(range(len(ticks)), ticks, fontsize=8)
    ax.axhline(0, color=QUIET, linewidth=0.8, zorder=0)
    ax.set_xlabel(labels[j], fontsize=9)
    ax.set_ylabel(f"contribution of {labels[j]}", fontsize=9)
    return _tidy(ax)


def partial_dependence(result: PartialDependence, max_rows: int = 100, ax: Axes | None = None) -> Axes:
    """Draw how predictions vary with a feature: the average, over the individual curves where they were kept.

    Parameters
    ----------
    result : PartialDependence
        What `plantwright.partial_dependence` gave.
    max_rows : int, default=100
        Individual curves drawn, evenly chosen.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default axes of a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ImportError
        Without matplotlib: ``pip install plantwright[plot]``.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> X = np.arange(40.0).reshape(20, 2)
    >>> forest = pw.RandomForestRegressor(n_estimators=10, random_state=0).fit(X, X[:, 0])
    >>> ax = pw.plot.partial_dependence(pw.partial_dependence(forest, X, 0))  # doctest: +SKIP
    """
    ax = _axes(ax, "plot.partial_dependence", 9)
    x, ticks = _numbers(result.grid)
    style: dict[str, Any] = {} if ticks else {"drawstyle": "steps-mid"}
    several = result.average.ndim == 2
    if result.individual is not None and not several:
        step = max(1, -(-len(result.individual) // max(1, max_rows)))
        ax.plot(x, result.individual[::step].T, color=QUIET, linewidth=0.5, alpha=0.5, **style)
    if several:
        for k, name in enumerate(result.output_names or range(result.average.shape[1])):
            ax.plot(x, result.average[:, k], linewidth=2, label=str(name), **style)
        ax.legend(fontsize=8, frameon=False)
    else:
        ax.plot(x, result.average, color=DOWN, linewidth=2.4, marker="o" if ticks else None, **style)
    if ticks:
        ax.set_xticks(range(len(ticks)), ticks, fontsize=8)
    ax.set_xlabel(result.feature, fontsize=9)
    ax.set_ylabel("prediction", fontsize=9)
    return _tidy(ax)


def strongest_interaction(contributions: NDArray[np.float64], data: NDArray[Any], feature: int) -> int | None:
    """Give the feature whose values vary most with another's contributions; None where none does."""
    values = contributions[:, feature]
    x = _numbers(data[:, feature])[0]
    present = np.flatnonzero(~np.isnan(x))
    order = present[np.argsort(x[present], kind="stable")]
    strength = np.zeros(contributions.shape[1])
    for rows in np.array_split(order, min(10, max(1, len(order) // 5))):
        if len(rows) < 3 or np.ptp(values[rows]) == 0:
            continue
        for k in range(len(strength)):
            z = _numbers(data[:, k])[0][rows]
            known = ~np.isnan(z)
            if k == feature or known.sum() < 3 or np.ptp(z[known]) == 0 or np.ptp(values[rows][known]) == 0:
                continue
            strength[k] += abs(np.corrcoef(z[known], values[rows][known])[0, 1]) * known.sum()
    return int(strength.argmax()) if strength.max(initial=0) > 0 else None


# ---- shared parts


def _axes(ax: Axes | None, who: str, lines: float) -> Axes:
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        raise ImportError(f"{who} needs matplotlib: pip install plantwright[plot]") from None
    if ax is None:
        _, ax = plt.subplots(figsize=(7, max(2.0, 0.34 * lines + 0.9)), layout="constrained")
    return ax


def _tidy(ax: Axes) -> Axes:
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(axis="x", labelsize=8)
    return ax


def _bars(max_display: int, n: int) -> int:
    """Features with a bar of their own: all, or one less than there are bars."""
    if max_display < 1:
        raise InvalidArgument(f"plot: max_display must be at least 1, got {max_display!r}")
    return n if n <= max_display else max_display - 1


def _one_row(explanation: Explanation, who: str) -> tuple[NDArray[np.float64], float]:
    if explanation._axes != ("features",):
        left = ", ".join(explanation._axes) or "no axis"
        raise InvalidArgument(f"{who}: needs one row and one output, as explanation[0]; this one has {left}")
    return explanation.values, float(explanation.base_values)


def _many_rows(explanation: Explanation, who: str) -> tuple[NDArray[np.float64], NDArray[Any]]:
    if explanation._axes != ("rows", "features") or explanation.data is None or len(explanation) == 0:
        left = ", ".join(explanation._axes) or "no axis"
        raise InvalidArgument(
            f"{who}: needs rows and features of one output, as explanation[:, :, 0], with data; this one has {left}"
        )
    return explanation.values, explanation.data


def _labels(explanation: Explanation, row: NDArray[Any] | None) -> list[str]:
    """Names of the features, with their values where a row is given."""
    n = explanation.values.shape[explanation._axes.index("features")]
    names = list(explanation.feature_names or [f"x{j}" for j in range(n)])
    if row is None:
        return names
    return [f"{name} = {_shown(value)}" for name, value in zip(names, row, strict=True)]


def _shown(value: Any) -> str:
    if value is None or (isinstance(value, float | np.floating) and np.isnan(value)):
        return "missing"
    return f"{value:.4g}" if isinstance(value, int | float | np.number) else str(value)


def _output_names(explanation: Explanation, n: int) -> list[str]:
    return [str(name) for name in explanation.output_names or range(n)]


def _position(explanation: Explanation, feature: str | int, what: str) -> int:
    names = _labels(explanation, None)
    if isinstance(feature, str):
        if feature not in names:
            raise InvalidArgument(f"plot.dependence: no {what} is named {feature!r}; there are {', '.join(names)}")
        return names.index(feature)
    if not -len(names) <= feature < len(names):
        raise InvalidArgument(f"plot.dependence: {what} must be below {len(names)}, got {feature}")
    return int(feature) % len(names)


def _numbers(column: NDArray[Any]) -> tuple[NDArray[np.float64], list[str]]:
    """A column as numbers (NaN where missing), and the names of its levels where it is a category."""
    try:
        return np.asarray(column, np.float64), []
    except (TypeError, ValueError):
        levels = sorted({str(value) for value in column if value is not None and value == value})
        place = {level: float(i) for i, level in enumerate(levels)}
        return np.array([place.get(str(value), np.nan) for value in column]), levels


def _shades(column: NDArray[Any]) -> NDArray[np.float64]:
    """0 to 1 from the 5 % to the 95 % quantile; NaN for what is missing, and for categories."""
    x, levels = _numbers(column)
    if levels or np.isnan(x).all():
        return np.full(len(column), np.nan)
    low, high = np.nanquantile(x, [0.05, 0.95])
    if low == high:
        low, high = np.nanmin(x), np.nanmax(x)
    return np.clip((x - low) / (high - low), 0, 1) if high > low else np.where(np.isnan(x), np.nan, 0.5)


def _spread(values: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    """Heights within +-.4: the more rows at like values, the wider, in turns above and below."""
    place = np.round(values / width * 120).astype(np.int64)
    height = np.zeros(len(values))
    groups: dict[int, int] = {}
    for i in np.argsort(values, kind="stable"):
        n = groups.get(int(place[i]), 0)
        groups[int(place[i])] = n + 1
        height[i] = (n + 1) // 2 * (1 if n % 2 else -1)
    most = np.abs(height).max(initial=0)
    return height * (min(0.4, 0.04 * most) / most if most else 0.0)
