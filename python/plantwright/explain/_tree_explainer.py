# SPDX-License-Identifier: MIT
"""`TreeExplainer`: exact Shapley values of forests."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from plantwright import _core
from plantwright.core import InvalidArgument, resolve_progress
from plantwright.explain._comparison import Comparison, typical
from plantwright.explain._explanation import Explanation
from plantwright.forest._export import TreeExports
from plantwright.frame import Frame, Schema

_NODE_SECONDS = 1.2e-8  # a row of either table
_FEW_ROWS = 500
_MINUTE = 60.0


class TreeExplainer:
    """Exact Shapley values of a forest's predictions: what each feature added, in the prediction's unit.

    ``phi_j = sum over sets S without j of |S|! (F - |S| - 1)! / F! (v(S with j) - v(S))``

    where ``v(S)`` is what the forest expects when it knows the features S of the row: a split of another feature passes
    on both children's values by their shares of the training rows ("path-dependent", as ``shap.TreeExplainer`` without
    data); with a background, unknown features are taken from its rows and ``v(S)`` is the mean over them
    ("interventional"). Values and ``expected_value`` add up to the prediction. Missing values follow their branches.

    Parameters
    ----------
    model : fitted forest
        RandomForestRegressor or Classifier, ExtraTrees*, BoostedTrees*, IsolationForest (``ndim=1``: its `path_length`;
        negative contributions push towards anomaly). Forests of other libraries go through
        `from_sklearn`, `from_xgboost` or `from_lightgbm` first.
    background : array-like or table of shape (n_background, n_features), optional
        Rows that unknown features are taken from. Trees with at most 8 features on a path are tabled once, so that
        explaining does not depend on the background's size; the time of deeper ones grows with it: 100 to 1,000 rows
        are usual.
    output : {"raw", "probability"}, default="raw"
        What is explained: the mean of the trees (of classes, their probabilities), or the raw sums of boosted trees.
        "probability" is the same as "raw" for random forests of classes; of boosted trees of two classes it is that of
        the second class, needs a background and stretches raw contributions as shap does.
    precision : {"fast", "audit"}, default="fast"
        Single precision, within some 1e-6 of the output's range; or double precision, for proof.
    n_jobs : int or None, default=None
        Threads: None is 1, -1 all processors. Never changes the result.
    verbose : int, default=0
        Show progress where not 0.

    Attributes
    ----------
    expected_value : float or ndarray of shape (n_outputs,)
        The prediction where nothing is known of a row: by the trees' covers, or the background's mean.
    n_trees_by_tables : int
        With a background, how many trees are tabled; the others go row against row.
    feature_names : list of str
        Of the columns; ``x0``, ``x1``, ... where plain arrays were fitted.
    output_names : list of str or None
        Classes.

    Raises
    ------
    NotFittedError
        If the model is not fitted.
    InvalidArgument
        If the model is none of the above or a parameter is out of range.

    See Also
    --------
    Explanation : what calling it gives.
    Comparison : what `compare` gives.

    Notes
    -----
    Found by quadrature along the diagonal of the game's multilinear extension, a row a vector lane; `docs/explain.md`
    has the formulas. A row's values have the same bits alone and among others. Levels of the instruction set agree to
    some 1e-6 of the range ("fast").

    References
    ----------
    S. M. Lundberg et al., "From local explanations to global understanding with explainable AI for trees", Nature
    Machine Intelligence 2, 2020.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200, 3))
    >>> forest = pw.RandomForestRegressor(20, random_state=0).fit(X, X[:, 0] + X[:, 1] ** 2)
    >>> explainer = pw.TreeExplainer(forest)
    >>> explanation = explainer(X)
    >>> np.allclose(explainer.shap_values(X).sum(axis=1) + explainer.expected_value, forest.predict(X), atol=1e-5)
    True
    """

    def __init__(
        self,
        model: Any,
        background: Any = None,
        *,
        output: str = "raw",
        precision: str = "fast",
        n_jobs: int | None = None,
        verbose: int = 0,
    ) -> None:
        if not isinstance(model, TreeExports):
            raise InvalidArgument(
                f"TreeExplainer: model must be a forest of plantwright, got {type(model).__name__}; from_sklearn, "
                "from_xgboost and from_lightgbm convert others"
            )
        check_is_fitted(model)
        self.model: Any = model
        self.output = output
        self.precision = precision
        self.n_jobs = n_jobs
        self.verbose = verbose
        self._check_output(background is not None)
        self._core = _core.TreeExplainer(model._model, precision=precision, output=output, n_jobs=n_jobs)
        if background is not None:
            self._core = self._core.with_background(self._take(background))
        names = list(model._model.feature_names)
        self.feature_names = names or [f"x{j}" for j in range(self._core.n_features)]
        self.output_names: list[str] | None = list(self._core.output_names) or None
        self._one_output = self._core.n_outputs == 1
        expected = np.asarray(self._core.expected_value)
        self.expected_value: Any = float(expected[0]) if self._one_output else expected

    def _check_output(self, has_background: bool) -> None:
        if self.output not in ("raw", "probability"):
            raise InvalidArgument(f"TreeExplainer: output must be 'raw' or 'probability', got {self.output!r}")
        if self.output == "raw":
            return
        link = self.model._combination()["link"]
        if not hasattr(self.model, "classes_"):
            raise InvalidArgument("TreeExplainer: output='probability' needs a forest that predicts classes")
        if link not in ("identity", "logistic"):
            raise InvalidArgument("TreeExplainer: boosted trees of several classes are explained with output='raw'")
        if link == "logistic" and not has_background:
            raise InvalidArgument("TreeExplainer: output='probability' of boosted trees needs a background")

    @property
    def n_trees_by_tables(self) -> int:
        return int(self._core.n_trees_by_tables)

    def __call__(self, X: Any, *, progress: Any = None) -> Explanation:
        """Explain each row.

        Parameters
        ----------
        X : array-like or table of shape (n_rows, n_features)
            As the model's `predict` takes it.
        progress : bool or callable, optional
            True for a bar; a callable gets ``(task, done, total)`` and stops by returning False.

        Returns
        -------
        Explanation
            With several outputs, values have the shape (n_rows, n_features, n_outputs).

        Raises
        ------
        SchemaMismatch
            If a table lacks columns, has unknown ones, other kinds or unseen categories.
        """
        data = self._take(X)
        values = self._values(self._core.explain, data, progress)
        values = self._shaped(values, 1)
        shape = (len(values),) if self._one_output else (len(values), len(self.expected_value))
        return Explanation(
            values,
            np.broadcast_to(self.expected_value, shape).copy(),
            self._shown(data),
            list(self.feature_names),
            self.output_names,
        )

    def shap_values(self, X: Any) -> NDArray[np.float64]:
        """Give the values alone, as ``shap.TreeExplainer.shap_values`` does.

        Parameters
        ----------
        X : array-like or table of shape (n_rows, n_features)

        Returns
        -------
        ndarray of float64, shape (n_rows, n_features) or (n_rows, n_features, n_outputs)
        """
        return self._shaped(self._values(self._core.explain, self._take(X), None), 1)

    def shap_interaction_values(self, X: Any, *, progress: Any = None) -> NDArray[np.float64]:
        """Say how features acted together, as ``shap.TreeExplainer.shap_interaction_values`` does; path-dependent.

        ``values[i, j, j]`` is what feature j added alone, ``values[i, j, l]`` half of what j and l added by acting
        together; over l they sum to the feature's value.

        Parameters
        ----------
        X : array-like or table of shape (n_rows, n_features)
        progress : bool or callable, optional
            As in calling.

        Returns
        -------
        ndarray of float64, shape (n_rows, n_features, n_features) or (n_rows, n_features, n_features, n_outputs)

        Raises
        ------
        InvalidArgument
            If the explainer has a background.
        """
        return self._shaped(self._values(self._core.interactions, self._take(X), progress), 2)

    def compare(self, rows: Any, reference: Any, *, method: str = "interventional", progress: Any = None) -> Comparison:
        """Say which conditions moved the prediction away from a reference.

        Parameters
        ----------
        rows : table, array-like of shape (n_rows, n_features), or one row
            A period, or one row: a mapping of names to single values, or an array of shape (n_features,).
        reference : table or array-like of shape (n_reference, n_features)
            What is normal. All of its rows are used.
        method : {"interventional", "path_dependent"}, default="interventional"
            How unknown features are taken: from each row of the reference, or, at each split, by the shares of the
            reference's rows. Both add up to the same difference; the second lends correlated features each other's
            credit.
        progress : bool or callable, optional
            As in calling.

        Returns
        -------
        Comparison
            Contributions to the difference of the mean predictions, ranked, with the conditions then and now.

        Raises
        ------
        SchemaMismatch
            If a table lacks columns, has unknown ones, other kinds or unseen categories.

        Warns
        -----
        UserWarning
            Before it starts, if it will take minutes.

        Examples
        --------
        >>> import numpy as np, plantwright as pw
        >>> rng = np.random.default_rng(0)
        >>> X = rng.normal(size=(300, 3))
        >>> forest = pw.RandomForestRegressor(20, max_depth=5, random_state=0).fit(X, 2 * X[:, 1])
        >>> comparison = pw.TreeExplainer(forest).compare([0.0, 2.0, 0.0], reference=X)
        >>> comparison.ranked()[0].name
        'x1'
        """
        now, then = self._take(_one_row(rows)), self._take(reference)
        if isinstance(now, np.ndarray) != isinstance(then, np.ndarray):
            raise InvalidArgument("TreeExplainer.compare: rows and reference must both be tables, or both arrays")
        if isinstance(now, np.ndarray) and now.dtype != then.dtype:
            now, then = now.astype(np.float64), then.astype(np.float64)
        if method == "interventional":
            self._warn_of_minutes(len(self._columns(now)[0]) + len(self._columns(then)[0]))
        with resolve_progress(self.verbose, progress) as callback:
            contributions, mean_then, mean_now = self._core.compare(
                now, reference=then, method=method, n_jobs=self.n_jobs, progress=callback
            )
        one = self._one_output
        shown_now, shown_then = self._columns(now), self._columns(then)
        target, target_unit, measure = self._target()
        return Comparison(
            contributions=contributions[:, 0] if one else contributions,
            then=float(mean_then[0]) if one else mean_then,
            now=float(mean_now[0]) if one else mean_now,
            values_then=[typical(column) for column in shown_then],
            values_now=[typical(column) for column in shown_now],
            feature_names=list(self.feature_names),
            units=self._units(now),
            output_names=self.output_names,
            target=target,
            target_unit=target_unit,
            measure=measure,
            method=method,
            n_rows=len(shown_now[0]),
            n_reference=len(shown_then[0]),
        )

    def _warn_of_minutes(self, n_rows: int) -> None:
        """Say how long so many rows of both tables take through deep trees, where that is long."""
        if n_rows < _FEW_ROWS:
            return
        threads = (os.cpu_count() or 1) if self.n_jobs == -1 else max(1, self.n_jobs or 1)
        nodes = self._core.n_deep_nodes
        seconds = n_rows * nodes * _NODE_SECONDS / threads
        if seconds > _MINUTE:
            warnings.warn(
                f"TreeExplainer.compare: {n_rows:,} rows through {nodes:,} nodes of deep trees will take some "
                f"{seconds / 60:,.0f} minutes; less with fewer rows, or a forest of max_depth=8",
                UserWarning,
                stacklevel=3,
            )

    # ---- inputs and outputs

    def _take(self, X: Any) -> Any:
        return self.model._take_input(X)

    def _values(self, explain: Any, data: Any, progress: Any) -> NDArray[np.float64]:
        with resolve_progress(self.verbose, progress) as callback:
            return np.asarray(explain(data, n_jobs=self.n_jobs, progress=callback))

    def _shaped(self, flat: NDArray[np.float64], n_axes: int) -> NDArray[np.float64]:
        """Give rows, features (once or twice), and outputs where there are several."""
        shape = (len(flat), *[self._core.n_features] * n_axes)
        return flat.reshape(shape if self._one_output else (*shape, -1))

    def _columns(self, data: Any) -> list[NDArray[Any]]:
        """Give the columns as the user knows them: numbers, or objects where one holds categories."""
        if isinstance(data, np.ndarray):
            return list(data.T)
        frame = Frame._of_core(data.conform(self.model._model.schema))
        return [frame[name] for name in self.feature_names]

    def _shown(self, data: Any) -> NDArray[Any]:
        if isinstance(data, np.ndarray):
            return data
        columns = self._columns(data)
        if all(column.dtype != object for column in columns):
            return np.column_stack(columns)
        return np.array([column.astype(object) for column in columns], dtype=object).T

    def _units(self, data: Any) -> list[str]:
        """Give the features' units as the model knows them, else the table."""
        units: dict[str, str] = {}
        tables = [self.model._model] if isinstance(data, np.ndarray) else [data, self.model._model]
        for table in tables:
            units |= {column.name: column.unit for column in Schema._of_core(table.schema).columns if column.unit}
        return [units.get(name, "") for name in self.feature_names]

    def _target(self) -> tuple[str, str, str]:
        """Name and unit of what is predicted, where the model knows, and what is added up where that is another."""
        targets = [c for c in Schema._of_core(self.model._model.schema).columns if c.role == "target"]
        name, unit = (targets[0].name, targets[0].unit) if len(targets) == 1 else ("", "")
        link = self.model._combination()["link"]
        if not hasattr(self.model, "classes_"):
            return (name, unit, "") if link == "identity" else (name, "", "raw sum")
        measure = "probability" if link == "identity" or self.output == "probability" else "raw sum"
        if self._one_output:
            name = f"{measure} of {f'{name} = ' if name else ''}{self.model.classes_[-1]}"
        return name, "", measure

    def __repr__(self) -> str:
        """Model, precision and output."""
        return f"TreeExplainer({type(self.model).__name__}, output={self.output!r}, precision={self.precision!r})"


def _one_row(rows: Any) -> Any:
    """Make a table of one row of a mapping of single values, and an array of two dimensions of one of one."""
    if isinstance(rows, Mapping) and rows and not any(_is_column(value) for value in rows.values()):
        return {name: [value] for name, value in rows.items()}
    if isinstance(rows, list | tuple | np.ndarray) and np.ndim(rows) == 1:
        return np.asarray(rows, dtype=np.float64)[None]
    return rows


def _is_column(value: Any) -> bool:
    return hasattr(value, "__len__") and not isinstance(value, str)
