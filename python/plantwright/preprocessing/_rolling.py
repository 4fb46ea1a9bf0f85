# SPDX-License-Identifier: MIT
"""Steps that remember rows: rolling and expanding windows, lags, differences, exponential averages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plantwright.preprocessing._step import Step


class RollingFeatures(Step):
    """Statistics of the rows in a window that ends with the newest one.

    A window of k rows holds a row and the k - 1 before it; one of a duration w those of a time in (t - w, t]. Rows run
    in arrival order. A row that is late, or has no stamp, counts as of the latest stamp seen; a doubled stamp counts as
    a row of its own; a stamp further behind than the window is long (a clock that was set back, or had jumped ahead)
    starts the window anew. Missing and infinite readings do not count.

    The new columns are named ``steam_t__rolling_mean_30min``, ``flow__rolling_q10_60`` and stand behind the others.

    Parameters
    ----------
    windows : sequence of int and str, default=(60,)
        Rows, or durations: a number and one of ns, us, ms, s, min, h, d, w, as "30min".
    statistics : sequence of str, default=("mean", "std")
        Of "mean", "std", "var", "min", "max", "range", "sum", "count", "slope", "skew", "median" and quantiles in
        percent as "q10". As in pandas, std and var divide by n - 1, quantiles interpolate linearly and skew is adjusted
        for bias. "slope" is that of the least-squares line: by row in windows of rows, by second of the rows' own
        stamps in windows of time.
    columns : list of str, or dict of "kinds" and "roles", optional
        The number columns; default: all number columns that are inputs.
    time : str, optional
        The column of times for durations; default: the first one.
    by : str, optional
        A category column; the rows of each of its levels are a series of their own. Rows without a level, and of levels
        not seen in `fit`, get missing values and leave no trace.
    min_count : int, default=1
        Values that a window must have; below, its statistics are missing ("count" never is).
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Notes
    -----
    What a row gets depends on the rows in its window alone, is the same for whole tables and streams to the last bit,
    and loses no digits to an offset of the data.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> X = np.array([[1.0], [2.0], [np.nan], [6.0]])
    >>> pw.RollingFeatures(windows=[2], statistics=["mean", "max"]).fit_transform(X)
    array([[1. , 1. , 1. ],
           [2. , 1.5, 2. ],
           [nan, 2. , 2. ],
           [6. , 6. , 6. ]])
    """

    _step_type = "RollingFeatures"

    def __init__(
        self,
        *,
        windows: Sequence[int | str] = (60,),
        statistics: Sequence[str] = ("mean", "std"),
        columns: Any = None,
        time: str | None = None,
        by: str | None = None,
        min_count: int = 1,
        n_jobs: int | None = None,
    ) -> None:
        self.windows = windows
        self.statistics = statistics
        self.columns = columns
        self.time = time
        self.by = by
        self.min_count = min_count
        self.n_jobs = n_jobs


class Lags(Step):
    """What columns were some rows or some time ago.

    A lag of a duration is the last row that was there at that time or before. A missing value stays missing. Late and
    missing stamps are taken as `RollingFeatures` does. The new columns are named ``flow__lag_1``, ``flow__lag_1h``.

    Parameters
    ----------
    lags : sequence of int and str, default=(1,)
        Rows, or durations as "1h".
    tolerance : str, optional
        How much older than its lag, a duration, a row may be; default: any age will do.
    columns : list of str, or dict of "kinds" and "roles", optional
        The number columns; default: all number columns that are inputs.
    time, by : str, optional
        As in `RollingFeatures`.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> pw.Lags().fit_transform(np.array([[1.0], [2.0], [4.0]]))
    array([[ 1., nan],
           [ 2.,  1.],
           [ 4.,  2.]])
    """

    _step_type = "Lags"

    def __init__(
        self,
        *,
        lags: Sequence[int | str] = (1,),
        tolerance: str | None = None,
        columns: Any = None,
        time: str | None = None,
        by: str | None = None,
    ) -> None:
        self.lags = lags
        self.tolerance = tolerance
        self.columns = columns
        self.time = time
        self.by = by


class Differences(Step):
    """What columns changed by since some rows or some time ago, or how fast.

    The new columns are named ``flow__diff_1``, and ``energy__rate_per_h_1`` where a rate is asked for.

    Parameters
    ----------
    lags : sequence of int and str, default=(1,)
        Rows, or durations as "1h", as in `Lags`.
    rate : str, optional
        A unit of time, "s", "min", "h", "d": the change is divided by the time between the rows' own stamps. There is
        no rate where that is not above 0.
    tolerance : str, optional
        How much older than its lag, a duration, a row may be; default: any age will do.
    columns : list of str, or dict of "kinds" and "roles", optional
        The number columns; default: all number columns that are inputs.
    time, by : str, optional
        As in `RollingFeatures`.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> pw.Differences().fit_transform(np.array([[1.0], [2.0], [4.0]]))
    array([[ 1., nan],
           [ 2.,  1.],
           [ 4.,  2.]])
    """

    _step_type = "Differences"

    def __init__(
        self,
        *,
        lags: Sequence[int | str] = (1,),
        rate: str | None = None,
        tolerance: str | None = None,
        columns: Any = None,
        time: str | None = None,
        by: str | None = None,
    ) -> None:
        self.lags = lags
        self.rate = rate
        self.tolerance = tolerance
        self.columns = columns
        self.time = time
        self.by = by


class Expanding(Step):
    """Statistics of all rows so far.

    Missing and infinite readings do not count. The new columns are named ``flow__expanding_mean``.

    Parameters
    ----------
    statistics : sequence of str, default=("mean", "std")
        Of "mean", "std", "var", "min", "max", "range", "sum", "count".
    columns : list of str, or dict of "kinds" and "roles", optional
        The number columns; default: all number columns that are inputs.
    by : str, optional
        As in `RollingFeatures`.
    min_count : int, default=1
        Values that there must be.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> pw.Expanding(statistics=["mean"]).fit_transform(np.array([[1.0], [2.0], [6.0]]))
    array([[1. , 1. ],
           [2. , 1.5],
           [6. , 3. ]])
    """

    _step_type = "Expanding"

    def __init__(
        self,
        *,
        statistics: Sequence[str] = ("mean", "std"),
        columns: Any = None,
        by: str | None = None,
        min_count: int = 1,
    ) -> None:
        self.statistics = statistics
        self.columns = columns
        self.by = by
        self.min_count = min_count


class ExponentialAverage(Step):
    """The mean of all rows so far, weighted by age: ``2 ** (-age / halflife)``.

    As pandas' ``ewm(halflife=..., times=...).mean()``. Age counts rows, or time (steps may be irregular) where the
    half-life is a duration. A missing reading ages what there is and the average stays. The new columns are named
    ``flow__ewma_10min``.

    Parameters
    ----------
    halflife : sequence of int and str, default=(10,)
        Rows, or durations as "10min".
    columns : list of str, or dict of "kinds" and "roles", optional
        The number columns; default: all number columns that are inputs.
    time, by : str, optional
        As in `RollingFeatures`.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> pw.ExponentialAverage(halflife=[1]).fit_transform(np.array([[1.0], [4.0]]))
    array([[1., 1.],
           [4., 3.]])
    """

    _step_type = "ExponentialAverage"

    def __init__(
        self,
        *,
        halflife: Sequence[int | str] = (10,),
        columns: Any = None,
        time: str | None = None,
        by: str | None = None,
    ) -> None:
        self.halflife = halflife
        self.columns = columns
        self.time = time
        self.by = by
