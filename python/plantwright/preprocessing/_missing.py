# SPDX-License-Identifier: MIT
"""Missing values."""

from __future__ import annotations

from typing import Any

from plantwright.preprocessing._step import Step


class SimpleImputer(Step):
    """A value for every missing one.

    What has no value to be filled with stays missing: a column that was fitted without any (mean, median,
    most_frequent), rows before a group's first value (last), the ends of a column (linear), rows without a stamp where
    age or line is by time, and rows without a known group. A category's level that was not fitted is no missing value:
    it is not filled, and comes out missing.

    Parameters
    ----------
    strategy : {"mean", "median", "most_frequent", "constant", "last", "linear"}, default="mean"
        - mean, median: of the present numbers;
        - most_frequent: the commonest value, the least of several;
        - constant: `fill_value`;
        - last: the latest value of the column, not older than `max_age`;
        - linear: on the line between the neighbours. It looks at later rows, so it repairs history alone, and `stream`
          refuses it.
    fill_value : float or str, optional
        For constant; default: 0 for numbers, "missing_value" for categories.
    max_age : int or str, optional
        For last: the age limit in rows (of the group), or a duration as "10min", by `time`.
    add_indicator : bool, default=False
        Whether to append a column ``x__missing`` (1 where x was missing) for each column that had gaps when fitted.
    by : str, optional
        The category column of groups, for last and linear: nothing passes from one group to another.
    time : str, optional
        The time column, for last with a duration (default: the table's own) and for linear (default: by row).
    columns : list of str, or dict of "kinds" and "roles", optional
        The columns to fill; default: all inputs that are numbers, and categories where the strategy takes them.
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Attributes
    ----------
    statistics_ : ndarray of shape (n_columns,)
        What each number column is filled with; NaN for last, linear and categories.

    Examples
    --------
    >>> import plantwright as pw
    >>> frame = pw.Frame({"steam_t": [1.0, None, None, 4.0], "grade": ["A", None, "B", "B"]})
    >>> pw.SimpleImputer("last", max_age=1).fit_transform(frame)["steam_t"]
    array([ 1.,  1., nan,  4.])
    >>> pw.SimpleImputer("most_frequent", add_indicator=True).fit_transform(frame).to_dict()["grade"]
    array(['A', 'B', 'B', 'B'], dtype=object)
    """

    _step_type = "SimpleImputer"

    def __init__(
        self,
        strategy: str = "mean",
        *,
        fill_value: Any = None,
        max_age: int | str | None = None,
        add_indicator: bool = False,
        by: str | None = None,
        time: str | None = None,
        columns: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.strategy = strategy
        self.fill_value = fill_value
        self.max_age = max_age
        self.add_indicator = add_indicator
        self.by = by
        self.time = time
        self.columns = columns
        self.n_jobs = n_jobs


class MissingIndicator(Step):
    """A column ``x__missing`` for a column x: 1 where x is missing, 0 elsewhere.

    Unlike scikit-learn's, it keeps the table's other columns, as all steps do.

    Parameters
    ----------
    features : {"missing-only", "all"}, default="missing-only"
        Whether to tell of the columns alone that had gaps when fitted.
    columns : list of str, or dict of "kinds" and "roles", optional
        Default: all numbers and categories that are inputs.
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Examples
    --------
    >>> import plantwright as pw
    >>> frame = pw.Frame({"steam_t": [1.0, None], "flow": [2.0, 3.0]})
    >>> pw.MissingIndicator().fit_transform(frame)["steam_t__missing"]
    array([0., 1.], dtype=float32)
    """

    _step_type = "MissingIndicator"

    def __init__(self, *, features: str = "missing-only", columns: Any = None, n_jobs: int | None = None) -> None:
        self.features = features
        self.columns = columns
        self.n_jobs = n_jobs


class KNNImputer(Step):
    """For a missing number the mean of that column over the nearest training rows that have it.

    Distances are scikit-learn's ``nan_euclidean``: over the columns present in both rows, scaled up to all columns, and
    in the columns' units: scale first. Of donors equally near the earlier training row goes first. Where no donor
    shares a present column with the row, the value is the column's mean; a column fitted without values stays missing.
    All training rows are kept, and saved.

    Parameters
    ----------
    n_neighbors : int, default=5
        Donors for a value.
    weights : {"uniform", "distance"}, default="uniform"
        Whether a nearer donor counts more (1 / distance; donors at distance 0 then count alone).
    add_indicator : bool, default=False
        Whether to append a column ``x__missing`` (1 where x was missing) for each column that had gaps when fitted.
    columns : list of str, or dict of "kinds" and "roles", optional
        The columns to fill and to compare; default: all number columns that are inputs.
    n_jobs : int, optional
        Threads; the result does not depend on them.

    References
    ----------
    O. Troyanskaya et al., "Missing value estimation methods for DNA microarrays", Bioinformatics 17, 2001.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> X = np.array([[1.0, 2.0, np.nan], [3.0, 4.0, 3.0], [np.nan, 6.0, 5.0], [8.0, 8.0, 7.0]])
    >>> pw.KNNImputer(n_neighbors=2).fit_transform(X)
    array([[1. , 2. , 4. ],
           [3. , 4. , 3. ],
           [5.5, 6. , 5. ],
           [8. , 8. , 7. ]])
    """

    _step_type = "KNNImputer"

    def __init__(
        self,
        *,
        n_neighbors: int = 5,
        weights: str = "uniform",
        add_indicator: bool = False,
        columns: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.n_neighbors = n_neighbors
        self.weights = weights
        self.add_indicator = add_indicator
        self.columns = columns
        self.n_jobs = n_jobs


class IterativeImputer(Step):
    """Each column with gaps predicted from the others by a forest, in turn, until nothing moves: missForest.

    Gaps start as the column's mean or median. A round fits, column after column by rising number of gaps, a forest on
    the rows that have the column, and predicts the others. Rounds end when what is imputed moved by less than `tol`, or
    by more than the round before, whose forests then stay. Rows to come start from the same means and pass through the
    forests of the first round, then through those of the last, ``n_iter_`` times in all, each row on its own, so that a
    stream gives what the table gives. Unlike missForest's, categories are left out.

    Parameters
    ----------
    estimator : {"random_forest", "extra_trees"}, default="random_forest"
    n_estimators : int, default=100
        Trees of each forest.
    max_depth : int, optional
        Of the trees.
    min_samples_leaf : int, default=5
        Rows a leaf has at least.
    max_iter : int, default=10
        Rounds at most; 0 leaves the initial values.
    tol : float, default=0.01
        The change between rounds that ends them: root mean square, in the columns' standard deviations.
    initial_strategy : {"mean", "median"}, default="mean"
        What gaps start as.
    skip_complete : bool, default=False
        Whether columns without a gap in `fit` get no forest; they are then filled with the initial value.
    add_indicator : bool, default=False
        Whether to append a column ``x__missing`` (1 where x was missing) for each column that had gaps when fitted.
    random_state : int, default=0
        Seed of the forests.
    columns : list of str, or dict of "kinds" and "roles", optional
        The columns to fill and to predict from; default: all number columns that are inputs.
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Attributes
    ----------
    initial_statistics_ : ndarray of shape (n_columns,)
        What gaps start as; NaN for a column without values, which stays missing.
    n_iter_ : ndarray of shape (1,)
        Rounds that a row passes.

    References
    ----------
    D. J. Stekhoven and P. Buehlmann, "MissForest: non-parametric missing value imputation for mixed-type data",
    Bioinformatics 28, 2012.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> load = np.linspace(0, 1, 200)
    >>> frame = pw.Frame({"load": load, "steam_t": 500 + 20 * load})
    >>> step = pw.IterativeImputer(n_estimators=20).fit(frame)
    >>> bool(abs(step.transform(pw.Frame({"load": [0.5], "steam_t": [np.nan]}))["steam_t"][0] - 510) < 0.5)
    True
    """

    _step_type = "IterativeImputer"

    def __init__(
        self,
        estimator: str = "random_forest",
        *,
        n_estimators: int = 100,
        max_depth: int | None = None,
        min_samples_leaf: int = 5,
        max_iter: int = 10,
        tol: float = 0.01,
        initial_strategy: str = "mean",
        skip_complete: bool = False,
        add_indicator: bool = False,
        random_state: int = 0,
        columns: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.estimator = estimator
        self.n_estimators = n_estimators
        self.max_depth = max_depth
        self.min_samples_leaf = min_samples_leaf
        self.max_iter = max_iter
        self.tol = tol
        self.initial_strategy = initial_strategy
        self.skip_complete = skip_complete
        self.add_indicator = add_indicator
        self.random_state = random_state
        self.columns = columns
        self.n_jobs = n_jobs
