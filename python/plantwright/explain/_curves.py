# SPDX-License-Identifier: MIT
"""How predictions vary with one feature: partial dependence and individual curves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from plantwright import _core
from plantwright.core import InvalidArgument, resolve_progress
from plantwright.forest._export import TreeExports
from plantwright.forest._labels import titles_of
from plantwright.frame import Frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]


class PartialDependence(NamedTuple):
    """What `partial_dependence` found.

    Attributes
    ----------
    feature : str
        Its name.
    grid : ndarray of shape (n_grid,)
        Values of the feature; names of levels where it is a category.
    average : ndarray of shape (n_grid,) or (n_grid, n_outputs)
        The mean prediction with the feature at each value, the other features as they are.
    individual : ndarray of shape (n_rows, n_grid) or (n_rows, n_grid, n_outputs), or None
        The same row by row, where asked for.
    output_names : list of str or None
        Classes.
    """

    feature: str
    grid: NDArray[Any]
    average: Floats
    individual: Floats | None
    output_names: list[str] | None

    def plot(self, ax: Axes | None = None, max_rows: int = 100) -> Axes:
        """Draw the curve over at most `max_rows` individual ones: see `plantwright.plot.partial_dependence`."""
        from plantwright.plot import partial_dependence as draw

        return draw(self, max_rows=max_rows, ax=ax)


def partial_dependence(
    model: Any,
    X: Any,
    feature: str | int,
    *,
    grid: int | Any = 50,
    individual: bool = False,
    sample_weight: Any | None = None,
    n_jobs: int | None = None,
    progress: Any = None,
) -> PartialDependence:
    """Let one feature vary and see what the forest predicts, the other features as they are.

    Parameters
    ----------
    model : fitted forest
        RandomForestRegressor or Classifier, ExtraTrees*, BoostedTrees* (their raw sums).
    X : array-like or table of shape (n_rows, n_features)
        Rows to average over, as the model's `predict` takes them.
    feature : str or int
        Its name, or its column.
    grid : int or array-like, default=50
        Values to try, NaN for a missing one; or how many quantiles of the column. Of a category always its levels.
    individual : bool, default=False
        Keep each row's curve too (individual conditional expectation).
    sample_weight : array-like of shape (n_rows,), optional
        Of the average.
    n_jobs : int or None, default=None
        Threads: None is 1, -1 all processors. Never changes the result.
    progress : bool or callable, optional
        True for a bar; a callable gets ``(task, done, total)`` and stops by returning False.

    Returns
    -------
    PartialDependence

    Raises
    ------
    InvalidArgument
        If there is no such feature, the grid is empty, or weights do not fit.

    See Also
    --------
    TreeExplainer : contributions of all features to single predictions.
    plantwright.plot.partial_dependence : a picture of the result.

    Notes
    -----
    Each row goes down each tree once with the whole grid, which parts where a split asks for the feature; so it costs
    about a prediction, not one for each value. Where features are correlated, the curve averages over rows that the
    plant never sees; the individual curves show whether it hides opposite effects.

    References
    ----------
    J. H. Friedman, "Greedy function approximation: a gradient boosting machine", Annals of Statistics 29, 2001.
    A. Goldstein et al., "Peeking inside the black box", Journal of Computational and Graphical Statistics 24, 2015.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(size=(500, 2))
    >>> forest = pw.RandomForestRegressor(30, random_state=0).fit(X, 4 * X[:, 0] + X[:, 1])
    >>> curve = pw.partial_dependence(forest, X, 0, grid=[0.1, 0.9])
    >>> bool(2.5 < curve.average[1] - curve.average[0] < 4)
    True
    """
    if not isinstance(model, TreeExports):
        raise InvalidArgument(f"partial_dependence: model must be a forest of plantwright, got {type(model).__name__}")
    check_is_fitted(model)
    compiled: Any = model._model  # type: ignore[attr-defined]
    data = model._take_input(X)  # type: ignore[attr-defined]
    curves = _core.PartialDependence(compiled)
    position, name = _feature(compiled, curves.n_features, feature)
    shown, values = _grid(compiled, data, position, name, grid)
    weight = np.empty(0) if sample_weight is None else np.ascontiguousarray(sample_weight, np.float64)
    each = None
    with resolve_progress(0, progress) as callback:
        if individual:
            each = np.asarray(curves.individual(data, position, values, n_jobs=n_jobs, progress=callback))
            each = _without_single_output(each.reshape(len(each), len(values), -1))
        average = np.asarray(curves.average(data, position, values, weight, n_jobs=n_jobs, progress=callback))
    names = titles_of(getattr(model, "classes_", [])) if curves.n_outputs > 1 else None
    return PartialDependence(name, shown, _without_single_output(average), each, names)


def _without_single_output(values: Floats) -> Floats:
    return values[..., 0] if values.shape[-1] == 1 else values


def _feature(compiled: Any, n_features: int, feature: str | int) -> tuple[int, str]:
    names = list(compiled.feature_names) or [f"x{j}" for j in range(n_features)]
    if isinstance(feature, str):
        if feature not in names:
            raise InvalidArgument(f"partial_dependence: no feature is named {feature!r}; there are {', '.join(names)}")
        return names.index(feature), feature
    if not 0 <= feature < len(names):
        raise InvalidArgument(f"partial_dependence: feature must be from 0 to {len(names) - 1}, got {feature!r}")
    return int(feature), names[feature]


def _grid(compiled: Any, data: Any, position: int, name: str, grid: int | Any) -> tuple[NDArray[Any], Floats]:
    """Give what is shown, and what the forest compares."""
    ranks = compiled.level_ranks[position] if position < len(compiled.level_ranks) else []
    if len(ranks):
        levels = compiled.schema.at(name).levels
        return np.array(levels, dtype=object), np.asarray(ranks, np.float64)
    if not isinstance(grid, int | np.integer):
        values = np.asarray(grid, np.float64).ravel()
        return values, np.ascontiguousarray(values)
    if grid < 1:
        raise InvalidArgument(f"partial_dependence: grid must be at least 1, got {grid}")
    column = np.asarray(data[:, position] if isinstance(data, np.ndarray) else Frame._of_core(data)[name], np.float64)
    present = column[~np.isnan(column)]
    if not len(present):
        raise InvalidArgument(f"partial_dependence: {name} has no values to choose a grid from")
    values = np.unique(np.quantile(present, np.linspace(0, 1, int(grid)), method="nearest"))
    return values, np.ascontiguousarray(values)
