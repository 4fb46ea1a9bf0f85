# SPDX-License-Identifier: MIT
"""How often classes occur in training rows."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np

from plantwright import _core
from plantwright.frame import Frame
from plantwright.preprocessing._step import Step, _like


class Resampler(Step):
    """A step that changes how often classes occur in the rows that train what comes next: base of the samplers.

    In a `Model`, steps and estimator behind it learn from the balanced rows; `transform`, `predict` and streams leave
    every row as it is. Alone, `fit_resample` gives the balanced rows, as in imbalanced-learn.
    """

    _wants_target = True
    _changes_rows: ClassVar[bool] = True

    def fit(self, X: Any, y: Any = None) -> Self:
        """Check that the rows can be balanced.

        Parameters
        ----------
        X : Frame, table, or array of shape (n_rows, n_columns)
        y : array of shape (n_rows,), optional
            Classes; by default the column of role target.

        Raises
        ------
        InvalidArgument
            On a target of one class, and on a strategy that it cannot meet.
        """
        return super().fit(X, y)

    def fit_transform(self, X: Any, y: Any = None, **fit_params: Any) -> Any:
        """Give the rows as they are: a chain that hands on X alone could not hand on the target that goes with others.

        The balanced rows come from `fit_resample`.
        """
        return self.fit(X, y, **fit_params).transform(X)

    def fit_resample(self, X: Any, y: Any = None) -> Any:
        """Give the balanced rows.

        Parameters
        ----------
        X : Frame, table, or array of shape (n_rows, n_columns)
        y : array of shape (n_rows,), optional
            Classes; by default the column of role target.

        Returns
        -------
        X_resampled : Frame for a Frame, else array
        y_resampled : ndarray
            Left out where y was not given: the target is a column of the Frame.
        """
        frame, target = self._with_target(self._take(X, reset=True), y)
        model, table = _core.Pipeline.fit_transform([(self._step_type, self._options())], frame, self._jobs)
        self._keep(model, target)
        if target is None:
            return _like(X, frame, table)
        classes = Frame._of_core(table)[target]
        return _like(X, frame, table.without(target)), _as_given(classes, y)

    def _parameters(self) -> dict[str, Any]:
        given = super()._parameters()
        if isinstance(given["sampling_strategy"], dict):
            counts = given["sampling_strategy"].items()
            given["sampling_strategy"] = {_class_name(key): count for key, count in counts}
        return given

    def _set_fitted(self) -> None:
        for name, counts in self._model.fitted(0).items():
            setattr(self, name, counts.astype(np.int64))

    def __sklearn_tags__(self) -> Any:
        """Say that classes are needed."""
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags


def _class_name(key: Any) -> str:
    """Give a class's name as the compiled step has it: 1.0 is "1"."""
    if isinstance(key, bool | np.bool_):
        return str(int(key))
    if isinstance(key, int | float | np.number):
        return str(int(key)) if float(key).is_integer() else str(float(key))
    return str(key)


def _as_given(classes: Any, y: Any) -> Any:
    """Give classes in the type that y has."""
    given = np.asarray(y)
    if given.dtype.kind in "biuf":
        return np.asarray(classes).astype(given.dtype)
    return np.asarray(classes, dtype=given.dtype)


class RandomOverSampler(Resampler):
    """Draw rows of rare classes again.

    Copies stand behind the rows that there are, class by class.

    Parameters
    ----------
    sampling_strategy : str, float or dict, default="auto"
        - "auto", "not majority": every class as often as the most frequent one; "minority": the rarest alone;
        - float: of two classes, the rarer one has that share of the other one's rows;
        - dict: rows by class.
    random_state : int, default=0
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Attributes
    ----------
    class_counts_, resampled_counts_ : ndarray of int
        Rows of each class, in the classes' order, before and after.

    Examples
    --------
    >>> import plantwright as pw
    >>> X, y = pw.RandomOverSampler().fit_resample(pw.Frame({"flow": [1.0, 2.0, 3.0]}), ["ok", "ok", "fault"])
    >>> [str(label) for label in y], float(X["flow"][3])
    (['ok', 'ok', 'fault', 'fault'], 3.0)
    """

    _step_type = "RandomOverSampler"

    def __init__(self, *, sampling_strategy: Any = "auto", random_state: int = 0, n_jobs: int | None = None) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.n_jobs = n_jobs


class RandomUnderSampler(Resampler):
    """Leave out rows of frequent classes, drawn without replacement; those left stay in their order.

    Parameters
    ----------
    sampling_strategy : str, float or dict, default="auto"
        - "auto", "not minority": every class as seldom as the rarest one; "majority": the most frequent alone;
        - float: of two classes, the rarer one has that share of the other one's rows;
        - dict: rows by class.
    random_state : int, default=0
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Attributes
    ----------
    class_counts_, resampled_counts_ : ndarray of int
        Rows of each class, in the classes' order, before and after.

    Examples
    --------
    >>> import plantwright as pw
    >>> X, y = pw.RandomUnderSampler().fit_resample(pw.Frame({"flow": [1.0, 2.0, 3.0]}), ["ok", "ok", "fault"])
    >>> sorted(str(label) for label in y)
    ['fault', 'ok']
    """

    _step_type = "RandomUnderSampler"

    def __init__(self, *, sampling_strategy: Any = "auto", random_state: int = 0, n_jobs: int | None = None) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.n_jobs = n_jobs


class SMOTE(Resampler):
    """Add synthetic rows of rare classes, between a row and one of its nearest neighbours.

    ``new = x + u (neighbour - x)`` with u uniform in [0, 1), x a row of the class and its neighbour one of the
    `k_neighbors` nearest rows of that class. Synthetic rows stand behind the rows that there are, class by class. In
    columns that are no inputs they have the value of x, and missing times.

    Parameters
    ----------
    sampling_strategy : str, float or dict, default="auto"
        As `RandomOverSampler`.
    k_neighbors : int, default=5
        Fewer than the rows of a class that is to grow.
    random_state : int, default=0
    columns : list of str, or dict of "kinds" and "roles", optional
        Numbers that neighbours are near in, and that synthetic rows lie between; others are copied from x. Default: all
        numbers that are inputs; input categories are refused (`SMOTENC` takes them).
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Attributes
    ----------
    class_counts_, resampled_counts_ : ndarray of int
        Rows of each class, in the classes' order, before and after.

    Notes
    -----
    Neighbours are exact, by Euclid's distance in the columns' units: scale first. Missing numbers are refused: impute
    first.

    References
    ----------
    N. V. Chawla et al., "SMOTE: synthetic minority over-sampling technique", JAIR 16, 2002.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> X, y = np.arange(20.0)[:, None], np.repeat([0, 1], [14, 6])
    >>> X_balanced, y_balanced = pw.SMOTE(k_neighbors=2).fit_resample(X, y)
    >>> X_balanced.shape, np.bincount(y_balanced)
    ((28, 1), array([14, 14]))
    """

    _step_type = "SMOTE"

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        k_neighbors: int = 5,
        random_state: int = 0,
        columns: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.k_neighbors = k_neighbors
        self.random_state = random_state
        self.columns = columns
        self.n_jobs = n_jobs

    def __sklearn_tags__(self) -> Any:
        """Say that missing values are refused."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = False
        return tags


class SMOTENC(SMOTE):
    """`SMOTE` for numbers and categories.

    Where two rows differ in a category, their squared distance grows by the square of the median of the class's
    standard deviations. A synthetic row has the level that most of its row's neighbours have; its row's own where that
    is among several, else the first. A missing category is a level of its own.

    Parameters
    ----------
    sampling_strategy : str, float or dict, default="auto"
        As `RandomOverSampler`.
    k_neighbors : int, default=5
        Fewer than the rows of a class that is to grow.
    random_state : int, default=0
    columns : list of str, or dict of "kinds" and "roles", optional
        Numbers and categories; default: all that are inputs.
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Attributes
    ----------
    class_counts_, resampled_counts_ : ndarray of int
        Rows of each class, in the classes' order, before and after.

    Notes
    -----
    imbalanced-learn adds half that square for a category; this is the paper's.

    References
    ----------
    N. V. Chawla et al., "SMOTE: synthetic minority over-sampling technique", JAIR 16, 2002, section 6.1.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> frame = pw.Frame({"flow": np.arange(20.0), "grade": ["A"] * 14 + ["B"] * 6})
    >>> balanced, y = pw.SMOTENC(k_neighbors=2).fit_resample(frame, np.repeat([0, 1], [14, 6]))
    >>> str(balanced["grade"][-1])
    'B'
    """

    _step_type = "SMOTENC"
