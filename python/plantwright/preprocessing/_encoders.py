# SPDX-License-Identifier: MIT
"""Categories."""

from __future__ import annotations

from typing import Any

from plantwright.preprocessing._step import Step


class OneHotEncoder(Step):
    """A column ``grade__A`` of 0 and 1 for each level A of a column ``grade``, which gives way to them.

    A missing value is a level of its own, ``grade__missing``, if there was one when fitting; else it is an unknown
    level.

    Parameters
    ----------
    handle_unknown : {"error", "ignore", "infrequent"}, default="error"
        Of a level that was not there when fitting: an error, all zeros, or as the infrequent ones (all zeros where no
        level is infrequent).
    min_frequency : int or float, optional
        Levels with fewer rows (float: a smaller share of the rows) share ``grade__infrequent``.
    drop : {"first", "if_binary"}, optional
        Leave out the first column of each, or of those with two.
    columns : list of str, or dict of "kinds" and "roles", optional
        Default: all categories that are inputs; where there is none, all numbers.
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Examples
    --------
    >>> import plantwright as pw
    >>> step = pw.OneHotEncoder(handle_unknown="ignore").fit(pw.Frame({"grade": ["A", "B", "A"]}))
    >>> step.transform(pw.Frame({"grade": ["B", "C"]})).to_numpy()
    array([[0., 1.],
           [0., 0.]])
    >>> list(step.get_feature_names_out())
    ['grade__A', 'grade__B']
    """

    _step_type = "OneHotEncoder"

    def __init__(
        self,
        *,
        handle_unknown: str = "error",
        min_frequency: float | None = None,
        drop: str | None = None,
        columns: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.handle_unknown = handle_unknown
        self.min_frequency = min_frequency
        self.drop = drop
        self.columns = columns
        self.n_jobs = n_jobs


class OrdinalEncoder(Step):
    """0, 1, ... for the levels of a column in their order (texts: byte order), in its place.

    Levels without a row when fitting are unknown.

    Parameters
    ----------
    handle_unknown : {"error", "use_encoded_value"}, default="error"
        Of a level that was not there when fitting.
    unknown_value : float, optional
        For use_encoded_value; default: missing.
    encoded_missing_value : float, optional
        Of a missing value; default: missing.
    columns : list of str, or dict of "kinds" and "roles", optional
        Default: all categories that are inputs; where there is none, all numbers.
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Examples
    --------
    >>> import plantwright as pw
    >>> pw.OrdinalEncoder().fit_transform(pw.Frame({"grade": ["B", "A", None]}))["grade"]
    array([ 1.,  0., nan])
    """

    _step_type = "OrdinalEncoder"

    def __init__(
        self,
        *,
        handle_unknown: str = "error",
        unknown_value: float | None = None,
        encoded_missing_value: float | None = None,
        columns: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.handle_unknown = handle_unknown
        self.unknown_value = unknown_value
        self.encoded_missing_value = encoded_missing_value
        self.columns = columns
        self.n_jobs = n_jobs


class FrequencyEncoder(Step):
    """The share of its level among the present values fitted, in a column's place.

    An unknown level has 0; a missing value stays missing.

    Parameters
    ----------
    normalize : bool, default=True
        Shares rather than counts.
    columns : list of str, or dict of "kinds" and "roles", optional
        Default: all categories that are inputs; where there is none, all numbers.
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Examples
    --------
    >>> import plantwright as pw
    >>> pw.FrequencyEncoder().fit_transform(pw.Frame({"grade": ["A", "A", "B", "A"]}))["grade"]
    array([0.75, 0.75, 0.25, 0.75])
    """

    _step_type = "FrequencyEncoder"

    def __init__(self, *, normalize: bool = True, columns: Any = None, n_jobs: int | None = None) -> None:
        self.normalize = normalize
        self.columns = columns
        self.n_jobs = n_jobs


class TargetEncoder(Step):
    """The mean of the target in a column's level, drawn towards the overall mean, in the column's place.

    With n rows, mean e and variance v of y in the level, and mean m and variance t of y overall, the encoding is
    ``(n * e + smooth * m) / (n + smooth)``, or for ``smooth="auto"`` ``w * e + (1 - w) * m`` with ``w = t * n / (t * n
    + v)``. An unknown level has the overall mean, as has a missing value if there was none when fitting; else that is a
    level of its own.

    `fit_transform` crosses: each fold of the rows is encoded by the others, so that no row's own target is told to what
    learns from it. ``fit(X, y).transform(X)`` is not the same.

    Parameters
    ----------
    target_type : {"auto", "continuous", "binary", "multiclass"}, default="auto"
        auto: continuous for numbers, by its classes for categories. Of several classes, one column ``grade__class``
        a class.
    smooth : "auto" or float, default="auto"
        The weight of the overall mean, in rows.
    cv : int, default=5
        Folds of `fit_transform`; they are not stratified.
    shuffle : bool, default=True
        False: folds are blocks of rows, as time asks for.
    random_state : int, default=0
        Of the shuffle.
    columns : list of str, or dict of "kinds" and "roles", optional
        Default: all categories that are inputs; where there is none, all numbers.
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Attributes
    ----------
    target_mean_ : ndarray of shape (n_outputs,)
        The overall mean.

    References
    ----------
    D. Micci-Barreca, "A preprocessing scheme for high-cardinality categorical attributes in classification and
    prediction problems", SIGKDD Explorations 3, 2001.

    Examples
    --------
    >>> import plantwright as pw
    >>> frame = pw.Frame({"grade": ["A", "A", "B", "B"], "energy": [1.0, 3.0, 7.0, 9.0]}, roles={"energy": "target"})
    >>> pw.TargetEncoder(smooth=0).fit(frame).transform(frame)["grade"]
    array([2., 2., 8., 8.])
    """

    _step_type = "TargetEncoder"
    _wants_target = True

    def __init__(
        self,
        *,
        target_type: str = "auto",
        smooth: str | float = "auto",
        cv: int = 5,
        shuffle: bool = True,
        random_state: int | None = 0,
        columns: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.target_type = target_type
        self.smooth = smooth
        self.cv = cv
        self.shuffle = shuffle
        self.random_state = random_state
        self.columns = columns
        self.n_jobs = n_jobs

    def __sklearn_tags__(self) -> Any:
        """Say that a target is needed."""
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags
