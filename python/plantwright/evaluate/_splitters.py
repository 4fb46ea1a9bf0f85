# SPDX-License-Identifier: MIT
"""Splitters for scikit-learn's ``cv=``; the rows are chosen in C++."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import BaseCrossValidator
from sklearn.utils import check_random_state
from sklearn.utils.validation import _num_samples

from plantwright._core import evaluate as _core
from plantwright.core import InvalidArgument
from plantwright.evaluate import _arrays
from plantwright.frame import Frame

Rows = npt.NDArray[np.intp]


class _Splitter(BaseCrossValidator):  # type: ignore[misc]
    """What the splitters share: `split` yields what `_splits` lists."""

    n_splits: int

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Number of (train, test) pairs that `split` yields."""
        return self.n_splits

    def split(self, X: Any, y: Any = None, groups: Any = None) -> Iterator[tuple[Rows, Rows]]:
        """Yields the row numbers of the training and the test side of each split, ascending."""
        yield from self._splits(X, y, groups)

    def _splits(self, X: Any, y: Any, groups: Any) -> list[tuple[Rows, Rows]]:
        raise NotImplementedError


def _seed(shuffle: bool, random_state: Any) -> int:
    if not shuffle:
        return 0
    if isinstance(random_state, (int, np.integer)) and random_state >= 0:
        return int(random_state)
    return int(check_random_state(random_state).randint(2**31 - 1))


def time_column(X: Any, time: str | None) -> npt.NDArray[np.int64] | None:
    """The time stamps of a table: of the named column, or of a Frame's time column; none for plain arrays."""
    time = time or name_of_role(X, "time")
    if time is None:
        return None
    values = table_column(X, time)
    return _arrays.stamps(f"time column {time!r}", values)


def name_of_role(X: Any, role: str) -> str | None:
    """The first column of that role of a Frame; none of anything else."""
    return X.schema.name_of(role) if isinstance(X, Frame) else None


def table_column(X: Any, name: str) -> Any:
    """One column of a Frame, pandas, polars or pyarrow table by name."""
    names = getattr(X, "column_names", getattr(X, "columns", None))  # pyarrow has both, and its columns are data
    if names is None:
        raise InvalidArgument(f"column {name!r} needs a table with named columns, got {type(X).__name__}")
    if name not in names:
        raise InvalidArgument(f"no column {name!r}; there are {', '.join(map(str, names))}")
    return np.asarray(X[name])


class TimeSplit(_Splitter):
    """Trains on the past and tests on the next block, with ever more past.

    Parameters
    ----------
    n_splits : int, default=5
    gap : int or duration, default=0
        Rows left out between training and test; or a duration ("2h", a timedelta), which needs time stamps.
    test_size : int, optional
        Rows of each test block; ``n // (n_splits + 1)`` by default.
    max_train_size : int, optional
        Most recent training rows that are kept; all by default.
    time : str, optional
        The time column of `X`. Without it a ``Frame`` is split by its time column, anything else by row order.

    Notes
    -----
    With time stamps the rows may stand in any order, and equal stamps are never parted. In row order it is
    scikit-learn's ``TimeSeriesSplit``.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> for train, test in pw.TimeSplit(n_splits=2, gap=1).split(np.zeros(6)):
    ...     print(train, test)
    [0] [2 3]
    [0 1 2] [4 5]
    """

    def __init__(
        self,
        n_splits: int = 5,
        *,
        gap: Any = 0,
        test_size: int | None = None,
        max_train_size: int | None = None,
        time: str | None = None,
    ) -> None:
        self.n_splits = n_splits
        self.gap = gap
        self.test_size = test_size
        self.max_train_size = max_train_size
        self.time = time

    def _splits(self, X: Any, y: Any, groups: Any) -> list[tuple[Rows, Rows]]:
        gap, gap_ns = _gap(self.gap)
        times = time_column(X, self.time)
        return _core.time_split(  # type: ignore[no-any-return]
            _num_samples(X), times, self.n_splits, gap, gap_ns, self.test_size or 0, self.max_train_size or 0
        )


def _gap(gap: Any) -> tuple[int, int]:
    """(rows, nanoseconds): one of them is zero."""
    if isinstance(gap, (int, np.integer)) and not isinstance(gap, bool):
        return int(gap), 0
    return 0, _arrays.nanoseconds("gap", gap)


def train_test_split_by_time(
    X: Any, *, test_fraction: float = 0.2, gap: Any = 0, time: Any | None = None
) -> tuple[Rows, Rows]:
    """Row numbers of the past (training) and of the latest `test_fraction` of the rows (test).

    Parameters
    ----------
    X : table, array or int
        What is split, or its number of rows in time order.
    test_fraction : float, default=0.2
        In (0, 1).
    gap : int or duration, default=0
        Left out between the two sides, in rows or, with time stamps, as a duration such as "2h".
    time : str or array-like, optional
        A column of `X`, or the time stamps themselves. Without it a ``Frame`` is split by its time column, anything
        else by row order. Equal time stamps are never parted: the test side may grow by them.

    Returns
    -------
    train, test : ndarray of int

    Examples
    --------
    >>> import plantwright as pw
    >>> pw.evaluate.train_test_split_by_time(5, test_fraction=0.4)
    (array([0, 1, 2]), array([3, 4]))
    """
    rows, gap_ns = _gap(gap)
    if isinstance(X, (int, np.integer)):
        n_rows = int(X)
        times = _arrays.stamps("time", time) if time is not None else None
    else:
        n_rows = _num_samples(X)
        times = time_column(X, time) if time is None or isinstance(time, str) else _arrays.stamps("time", time)
    if times is not None and len(times) != n_rows:
        raise InvalidArgument(f"time must have {n_rows} rows, got {len(times)}")
    return _core.train_test_split_by_time(n_rows, times, test_fraction, rows, gap_ns)  # type: ignore[no-any-return]


class KFold(_Splitter):
    """Contiguous folds, or folds of shuffled rows where `shuffle` is set.

    Parameters
    ----------
    n_splits : int, default=5
    shuffle : bool, default=False
    random_state : int, RandomState or None, default=None
        Seed of the shuffle; None draws one.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> [test.tolist() for _, test in pw.evaluate.KFold(3).split(np.zeros(7))]
    [[0, 1, 2], [3, 4], [5, 6]]
    """

    def __init__(self, n_splits: int = 5, *, shuffle: bool = False, random_state: Any = None) -> None:
        self.n_splits = n_splits
        self.shuffle = shuffle
        self.random_state = random_state

    def _splits(self, X: Any, y: Any, groups: Any) -> list[tuple[Rows, Rows]]:
        seed = _seed(self.shuffle, self.random_state)
        return _core.k_fold(_num_samples(X), self.n_splits, self.shuffle, seed)  # type: ignore[no-any-return]


class StratifiedKFold(KFold):
    """Folds that hold each class in the table's proportion, to within one row.

    Parameters
    ----------
    n_splits : int, default=5
    shuffle : bool, default=False
    random_state : int, RandomState or None, default=None

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> y = np.array([0, 0, 0, 0, 1, 1])
    >>> [test.tolist() for _, test in pw.evaluate.StratifiedKFold(2).split(np.zeros(6), y)]
    [[0, 1, 4], [2, 3, 5]]
    """

    def _splits(self, X: Any, y: Any, groups: Any) -> list[tuple[Rows, Rows]]:
        if y is None:
            raise InvalidArgument("StratifiedKFold: y must be given")
        labels = _arrays.column("y", y)
        codes = _arrays.encode("y", labels, _arrays.distinct(labels))
        seed = _seed(self.shuffle, self.random_state)
        return _core.stratified_k_fold(codes, self.n_splits, self.shuffle, seed)  # type: ignore[no-any-return]


class GroupSplit(_Splitter):
    """Folds in which a group (a batch, a date, a site) stands wholly on one side.

    Groups are dealt by falling size to the smallest fold, so the folds are balanced and the same each time.

    Parameters
    ----------
    n_splits : int, default=5
    group : str, optional
        The column of `X` that names the group, where `groups` is not passed to `split`. A ``Frame`` is split by its
        group column.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> groups = ["a", "a", "b", "c", "c"]
    >>> [test.tolist() for _, test in pw.evaluate.GroupSplit(2).split(np.zeros(5), groups=groups)]
    [[0, 1, 2], [3, 4]]
    """

    def __init__(self, n_splits: int = 5, *, group: str | None = None) -> None:
        self.n_splits = n_splits
        self.group = group

    def _splits(self, X: Any, y: Any, groups: Any) -> list[tuple[Rows, Rows]]:
        labels = _arrays.column("groups", self._groups(X, groups))
        codes = _arrays.encode("groups", labels, _arrays.distinct(labels))
        return _core.group_split(codes, self.n_splits)  # type: ignore[no-any-return]

    def _groups(self, X: Any, groups: Any) -> Any:
        if groups is not None:
            return groups
        name = self.group or name_of_role(X, "group")
        if name is None:
            raise InvalidArgument("GroupSplit: groups must be given, or a group column named")
        return table_column(X, name)


class BlockedKFold(_Splitter):
    """Contiguous test blocks; `gap` rows on either side of a block are left out of training.

    For autocorrelated rows: neighbours of the tested rows must not train. Later rows do train, so that it measures
    interpolation; for forecasting use `TimeSplit`.

    Parameters
    ----------
    n_splits : int, default=5
    gap : int, default=0
        Rows; choose it no shorter than the memory of the process.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> [train.tolist() for train, _ in pw.evaluate.BlockedKFold(3, gap=1).split(np.zeros(6))]
    [[3, 4, 5], [0, 5], [0, 1, 2]]
    """

    def __init__(self, n_splits: int = 5, *, gap: int = 0) -> None:
        self.n_splits = n_splits
        self.gap = gap

    def _splits(self, X: Any, y: Any, groups: Any) -> list[tuple[Rows, Rows]]:
        return _core.blocked_k_fold(_num_samples(X), self.n_splits, self.gap)  # type: ignore[no-any-return]
