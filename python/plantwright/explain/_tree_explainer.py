# SPDX-License-Identifier: MIT
"""`TreeExplainer`: exact Shapley values of forests."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from plantwright import _core
from plantwright.core import InvalidArgument, resolve_progress
from plantwright.explain._explanation import Explanation
from plantwright.forest._export import TreeExports
from plantwright.frame import Frame


class TreeExplainer:
    """Exact Shapley values of a forest's predictions: what each feature added, in the prediction's unit.

    ``phi_j = sum over sets S without j of |S|! (F - |S| - 1)! / F! (v(S with j) - v(S))``

    where ``v(S)`` is what the forest expects when it knows the features S of the row: a split of another feature passes
    on both children's values by their shares of the training rows ("path-dependent", as ``shap.TreeExplainer`` without
    data). Values and ``expected_value`` add up to the prediction. Missing values follow their branches.

    Parameters
    ----------
    model : fitted forest
        RandomForestRegressor or Classifier, ExtraTrees*, BoostedTrees*. Forests of other libraries go through
        `from_sklearn`, `from_xgboost` or `from_lightgbm` first.
    output : {"raw", "probability"}, default="raw"
        What is explained: the mean of the trees (of classes, their probabilities), or the raw sums of boosted trees.
        "probability" is the same as "raw" for random forests of classes.
    precision : {"fast", "audit"}, default="fast"
        Single precision, within some 1e-6 of the output's range; or double precision, for proof.
    n_jobs : int or None, default=None
        Threads: None is 1, -1 all processors. Never changes the result.
    verbose : int, default=0
        Show progress where not 0.

    Attributes
    ----------
    expected_value : float or ndarray of shape (n_outputs,)
        What the forest expects of a row of which nothing is known.
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
        self._check_output()
        self._core = _core.TreeExplainer(model._model, precision=precision, n_jobs=n_jobs)
        names = list(model._model.feature_names)
        self.feature_names = names or [f"x{j}" for j in range(self._core.n_features)]
        self.output_names: list[str] | None = list(self._core.output_names) or None
        self._one_output = self._core.n_outputs == 1
        expected = np.asarray(self._core.expected_value)
        self.expected_value: Any = float(expected[0]) if self._one_output else expected

    def _check_output(self) -> None:
        if self.output not in ("raw", "probability"):
            raise InvalidArgument(f"TreeExplainer: output must be 'raw' or 'probability', got {self.output!r}")
        if self.output == "probability":
            if not hasattr(self.model, "classes_"):
                raise InvalidArgument("TreeExplainer: output='probability' needs a forest that predicts classes")
            if self.model._combination()["link"] != "identity":
                raise InvalidArgument("TreeExplainer: boosted trees are explained as raw sums: output='raw'")

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
        data = self.model._take_input(X)
        values = self._values(data, progress)
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
        return self._values(self.model._take_input(X), None)

    def _values(self, data: Any, progress: Any) -> NDArray[np.float64]:
        with resolve_progress(self.verbose, progress) as callback:
            flat = np.asarray(self._core.explain(data, n_jobs=self.n_jobs, progress=callback))
        shape = (len(flat), self._core.n_features)
        return flat.reshape(shape if self._one_output else (*shape, -1))

    def _shown(self, data: Any) -> NDArray[Any]:
        """Give the rows as the user knows them: numbers, or objects where a column holds categories."""
        if isinstance(data, np.ndarray):
            return data
        frame = Frame._of_core(data.conform(self.model._model.schema)).select(self.feature_names)
        columns = [frame[name] for name in frame.columns]
        if all(column.dtype != object for column in columns):
            return np.column_stack(columns)
        return np.array([column.astype(object) for column in columns], dtype=object).T

    def __repr__(self) -> str:
        """Model, precision and output."""
        return f"TreeExplainer({type(self.model).__name__}, output={self.output!r}, precision={self.precision!r})"
