# SPDX-License-Identifier: MIT
"""Scalers."""

from __future__ import annotations

from typing import Any

from plantwright.preprocessing._step import InvertibleStep


class StandardScaler(InvertibleStep):
    """Numbers less their mean, in units of their standard deviation.

    ``z = (x - mean_) / scale_`` with the mean and the standard deviation of the present values (division by n). A
    missing value stays missing. A constant column has ``scale_`` 1.

    Parameters
    ----------
    with_mean, with_std : bool, default=True
        Whether to subtract the mean, and to divide by the standard deviation.
    columns : list of str, or dict of "kinds" and "roles", optional
        The number columns to scale; default: all number columns that are inputs. Others stay as they are.
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Attributes
    ----------
    mean_, var_, scale_ : ndarray of shape (n_columns,)
        Of the columns scaled; NaN where one has no value.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> pw.StandardScaler().fit_transform(np.array([[1.0], [np.nan], [3.0]]))
    array([[-1.],
           [nan],
           [ 1.]])
    """

    _step_type = "StandardScaler"

    def __init__(
        self, *, with_mean: bool = True, with_std: bool = True, columns: Any = None, n_jobs: int | None = None
    ) -> None:
        self.with_mean = with_mean
        self.with_std = with_std
        self.columns = columns
        self.n_jobs = n_jobs
