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
