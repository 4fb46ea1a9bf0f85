# SPDX-License-Identifier: MIT
"""Which columns to keep."""

from __future__ import annotations

import warnings
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from plantwright.core import DataWarning
from plantwright.frame import Frame
from plantwright.preprocessing._step import Step


class Selector(Step):
    """A step that leaves out columns: base of the selectors.

    Columns that it does not choose among (of other kinds and roles, or not in `columns`) stay. What it leaves out need
    not be there when it transforms a table.
    """

    def fit(self, X: Any, y: Any = None) -> Self:
        """Choose columns.

        Parameters
        ----------
        X : Frame, table, or array of shape (n_rows, n_columns)
        y : array of shape (n_rows,), optional
            The target, for the selectors that look at it; by default the column of that role.

        Raises
        ------
        InvalidArgument
            On a parameter or a column that the step cannot take, and without a target that it needs.
        """
        super().fit(X, y)
        if not self.get_support().any():
            warnings.warn(f"{self._step_type}: no column is kept", DataWarning, stacklevel=2)
        return self

    def fit_transform(self, X: Any, y: Any = None, **fit_params: Any) -> Any:
        """Choose columns and give the table of those kept."""
        return self.fit(X, y, **fit_params).transform(X)

    def transform(self, X: Any) -> Any:
        """Give the table of the columns kept."""
        out = super().transform(X)
        if isinstance(out, Frame) or out.shape[1] > 0:
            return out
        return np.empty((len(X), 0), dtype=out.dtype)  # an array of no columns still has rows

    def get_support(self, indices: bool = False) -> NDArray[Any]:
        """Tell which of the input's columns are kept.

        Parameters
        ----------
        indices : bool, default=False
            Numbers of the columns rather than a mask.
        """
        kept = set(self.get_feature_names_out())
        mask = np.array([name in kept for name in self._schema.names()], dtype=bool)
        return np.flatnonzero(mask) if indices else mask

    def _set_fitted(self) -> None:
        super()._set_fitted()
        inputs = [spec.name for spec in self._schema.columns if spec.role != "target"]
        places = self._model.fitted(0)["candidates_"]
        self.candidates_ = np.array([inputs[int(place)] for place in places], dtype=object)


class _TargetSelector(Selector):
    """A selector that needs the target."""

    _wants_target = True

    def __sklearn_tags__(self) -> Any:
        """Say that a target is needed."""
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags


class VarianceThreshold(Selector):
    """Leave out numbers that vary no more than a threshold; as it comes, the constant ones.

    The variance is that of the present values, divided by their number; exactly 0 where all are equal. A column without
    values is left out.

    Parameters
    ----------
    threshold : float, default=0
        Columns of a variance above it stay.
    columns : list of str, or dict of "kinds" and "roles", optional
        The columns to choose among; default: all numbers that are inputs.
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Attributes
    ----------
    candidates_ : ndarray of str
        The columns chosen among.
    variances_ : ndarray of shape (n_candidates,)
        NaN of a column without values.

    Examples
    --------
    >>> import plantwright as pw
    >>> frame = pw.Frame({"flow": [1.0, 2.0, 3.0], "valve": [5.0, 5.0, 5.0]})
    >>> list(pw.VarianceThreshold().fit(frame).get_feature_names_out())
    ['flow']
    """

    _step_type = "VarianceThreshold"

    def __init__(self, threshold: float = 0.0, *, columns: Any = None, n_jobs: int | None = None) -> None:
        self.threshold = threshold
        self.columns = columns
        self.n_jobs = n_jobs


class CorrelationFilter(Selector):
    """Leave one of numbers that say the same.

    Columns are taken in turn: those that correlate more with the target first, where there is one, else in their order.
    A column is left out where it correlates with one kept so far beyond the threshold: no two that are kept correlate
    so, and each that is left out does with one that is kept. Correlations are over the rows in which both values are
    present; undefined ones are 0.

    Parameters
    ----------
    threshold : float, default=0.95
        Of the absolute correlation, in (0, 1].
    method : {"pearson", "spearman"}, default="pearson"
        Of values or of ranks.
    prefer : {"target", "first"}, default="target"
        Keep the column that correlates more with the target (of classes: with any of them), if there is one; or the
        first.
    columns : list of str, or dict of "kinds" and "roles", optional
        The columns to choose among; default: all numbers that are inputs.
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Attributes
    ----------
    candidates_ : ndarray of str
        The columns chosen among.
    stand_in_ : ndarray of str
        Of each: itself if kept, else the kept column that it correlates with most strongly.
    target_correlation_ : ndarray of shape (n_candidates,)
        Absolute; 0 where there is no target.

    Examples
    --------
    >>> import plantwright as pw
    >>> frame = pw.Frame({"steam_t": [1.0, 2.0, 4.0], "steam_kg": [1e3, 2e3, 4e3], "flow": [3.0, 1.0, 2.0]})
    >>> step = pw.CorrelationFilter().fit(frame)
    >>> list(step.get_feature_names_out())
    ['steam_t', 'flow']
    >>> list(step.stand_in_)
    ['steam_t', 'steam_t', 'flow']
    """

    _step_type = "CorrelationFilter"
    _wants_target = True
    _needs_target = False

    def __init__(
        self,
        threshold: float = 0.95,
        *,
        method: str = "pearson",
        prefer: str = "target",
        columns: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.threshold = threshold
        self.method = method
        self.prefer = prefer
        self.columns = columns
        self.n_jobs = n_jobs

    def _set_fitted(self) -> None:
        super()._set_fitted()
        self.stand_in_ = self.candidates_[self._model.fitted(0)["stand_in_"].astype(int)]


class MutualInformationFilter(_TargetSelector):
    """Keep the columns that tell something about the target, in whatever way.

    The mutual information is ``sum p_ij log(p_ij / (p_i p_j))`` over bins: a category's levels; a number's values where
    they are few, else equal-frequency bins of its ranks; a missing value is a bin of its own. Rows without a target are
    left out.

    Parameters
    ----------
    k : int, optional
        Keep the k columns of the highest score. Default: those whose information is beyond chance, by permutations of
        the target.
    alpha : float, default=0.05
        Level of the adjusted p-values.
    correction : {"benjamini_hochberg", "bonferroni"}, default="benjamini_hochberg"
        At most that share of the columns kept is false, on average; or none is, but with that probability.
    n_permutations : int, optional
        Default: 2 p / alpha for p columns, from 1,000 to 100,000. Columns whose bins have the same sizes share them.
    n_bins : int, optional
        Of numbers; default: sqrt(n_rows / 20), from 2 to 16.
    random_state : int, default=0
        Of the permutations.
    columns : list of str, or dict of "kinds" and "roles", optional
        The columns to choose among; default: all numbers and categories that are inputs.
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Attributes
    ----------
    candidates_ : ndarray of str
        The columns chosen among.
    mutual_information_ : ndarray of shape (n_candidates,)
        In nats.
    scores_ : ndarray of shape (n_candidates,)
        Less its bias (r - 1)(c - 1) / 2n for r and c bins, at least 0.
    pvalues_ : ndarray of shape (n_candidates,)
        Share of the permutations with an information as high, not adjusted; NaN with `k`.

    Notes
    -----
    Permutations take rows for independent: of strongly autocorrelated series too many columns are kept.

    References
    ----------
    Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", JRSS B 57, 1995.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> random = np.random.default_rng(0)
    >>> frame = pw.Frame({"flow": random.normal(size=500), "noise": random.normal(size=500)})
    >>> list(pw.MutualInformationFilter().fit(frame, frame["flow"] ** 2).get_feature_names_out())
    ['flow']
    """

    _step_type = "MutualInformationFilter"

    def __init__(
        self,
        k: int | None = None,
        *,
        alpha: float = 0.05,
        correction: str = "benjamini_hochberg",
        n_permutations: int | None = None,
        n_bins: int | None = None,
        random_state: int = 0,
        columns: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.k = k
        self.alpha = alpha
        self.correction = correction
        self.n_permutations = n_permutations
        self.n_bins = n_bins
        self.random_state = random_state
        self.columns = columns
        self.n_jobs = n_jobs


class SelectFromForest(_TargetSelector):
    """Keep the columns that a random forest of ours finds important.

    Parameters
    ----------
    threshold : float or str, default="mean"
        The least importance kept: a number, "mean", "median", or a multiple of these as "1.25*mean".
    max_features : int, optional
        At most so many, the most important.
    importance : {"permutation", "impurity"}, default="permutation"
        By how much the trees' error on the rows that they were not grown on grows when a column is shuffled among them
        (squared error; of classes the share of wrong ones); or the decrease in impurity, which costs nothing more and
        flatters columns of many values.
    target_type : {"auto", "continuous", "classes"}, default="auto"
        auto: continuous for numbers, classes for categories.
    n_estimators : int, default=100
        Trees.
    max_depth : int, optional
        Of the trees.
    random_state : int, default=0
        Of forest and shuffles.
    columns : list of str, or dict of "kinds" and "roles", optional
        The columns to choose among; default: all numbers and categories that are inputs.
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Attributes
    ----------
    candidates_ : ndarray of str
        The columns chosen among.
    importances_ : ndarray of shape (n_candidates,)
    threshold_ : float

    References
    ----------
    L. Breiman, "Random Forests", Machine Learning 45, 2001.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> random = np.random.default_rng(0)
    >>> frame = pw.Frame({"flow": random.normal(size=200), "noise": random.normal(size=200)})
    >>> list(pw.SelectFromForest(n_estimators=20).fit(frame, frame["flow"]).get_feature_names_out())
    ['flow']
    """

    _step_type = "SelectFromForest"

    def __init__(
        self,
        threshold: float | str = "mean",
        *,
        max_features: int | None = None,
        importance: str = "permutation",
        target_type: str = "auto",
        n_estimators: int = 100,
        max_depth: int | None = None,
        random_state: int = 0,
        columns: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.threshold = threshold
        self.max_features = max_features
        self.importance = importance
        self.target_type = target_type
        self.n_estimators = n_estimators
        self.max_depth = max_depth
        self.random_state = random_state
        self.columns = columns
        self.n_jobs = n_jobs

    def _set_fitted(self) -> None:
        super()._set_fitted()
        self.threshold_ = float(self._model.fitted(0)["threshold_"][0])


class Boruta(_TargetSelector):
    """Keep every column that tells a forest more about the target than shuffled columns do.

    Each round grows a forest on the columns and on a *shadow* of each, a shuffled copy. A column has a hit where it is
    more important than the most important shadow; it is kept if it has more hits than chance `hit_rate` gives, by a
    binomial test.

    Parameters
    ----------
    alpha : float, default=0.05
        Level of the adjusted test.
    hit_rate : float, optional
        Default: 1 - alpha. The paper's is 0.5, which keeps something in up to every second table of noise alone: rounds
        differ in shadows and forests, but all see the same rows.
    correction : {"benjamini_hochberg", "bonferroni"}, default="benjamini_hochberg"
        Of the test, for the number of columns.
    max_rounds : int, default=150
        Forests; with a `hit_rate` of 0.95 fewer than 60 can confirm nothing. Rounds end early where no column is left.
    keep_tentative : bool, default=False
        Whether a column stays that is neither kept nor left out with confidence.
    importance : {"impurity", "permutation"}, default="impurity"
        As `SelectFromForest`.
    target_type : {"auto", "continuous", "classes"}, default="auto"
        auto: continuous for numbers, classes for categories.
    n_estimators : int, default=100
        Trees of a forest.
    max_depth : int, optional
        Of the trees.
    random_state : int, default=0
        Of forests and shadows.
    columns : list of str, or dict of "kinds" and "roles", optional
        The columns to choose among; default: all numbers and categories that are inputs.
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Attributes
    ----------
    candidates_ : ndarray of str
        The columns chosen among.
    hits_, rounds_ : ndarray of shape (n_candidates,)
        Rounds are those until a column was left out.
    pvalues_ : ndarray of shape (n_candidates,)
        Of as many hits or more, not adjusted.

    References
    ----------
    M. B. Kursa and W. R. Rudnicki, "Feature selection with the Boruta package", Journal of Statistical Software 36,
    2010.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> random = np.random.default_rng(0)
    >>> frame = pw.Frame({"flow": random.normal(size=200), "noise": random.normal(size=200)})
    >>> step = pw.Boruta(n_estimators=20, max_depth=5).fit(frame, frame["flow"])
    >>> list(step.get_feature_names_out())
    ['flow']
    """

    _step_type = "Boruta"

    def __init__(
        self,
        *,
        alpha: float = 0.05,
        hit_rate: float | None = None,
        correction: str = "benjamini_hochberg",
        max_rounds: int = 150,
        keep_tentative: bool = False,
        importance: str = "impurity",
        target_type: str = "auto",
        n_estimators: int = 100,
        max_depth: int | None = None,
        random_state: int = 0,
        columns: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.alpha = alpha
        self.hit_rate = hit_rate
        self.correction = correction
        self.max_rounds = max_rounds
        self.keep_tentative = keep_tentative
        self.importance = importance
        self.target_type = target_type
        self.n_estimators = n_estimators
        self.max_depth = max_depth
        self.random_state = random_state
        self.columns = columns
        self.n_jobs = n_jobs
