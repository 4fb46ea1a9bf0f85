# SPDX-License-Identifier: MIT
"""Outliers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plantwright.preprocessing._step import Step


class Clipper(Step):
    """Numbers held within limits, so that an outlier counts as the limit it passed: winsorizing.

    A missing value stays missing. A column without values has no limits, nor has one whose spread (iqr, mad) is zero,
    as when half its numbers are equal.

    Parameters
    ----------
    method : {"quantile", "iqr", "mad", "fixed"}, default="quantile"
        - quantile: between two `quantiles` of the fitted numbers;
        - iqr: a `factor` of the interquartile range beyond the quartiles;
        - mad: a `factor` of 1.4826 times the median deviation from the median, on both sides of it;
        - fixed: `limits` alone.
    quantiles : (float, float), default=(0.01, 0.99)
        For quantile.
    factor : float or (float, float), optional
        For iqr (default 1.5) and mad (default 3); two for below and above.
    limits : dict of str to (float or None, float or None), optional
        Limits by column, None for no limit; they go before the method's.
    columns : list of str, or dict of "kinds" and "roles", optional
        The number columns to clip; default: all number columns that are inputs, or for fixed those with limits.
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Attributes
    ----------
    lower_, upper_ : ndarray of shape (n_columns,)
        The limits; infinite where there is none.

    References
    ----------
    J. W. Tukey, "Exploratory data analysis", 1977; F. R. Hampel, "The influence curve and its role in robust
    estimation", JASA 69, 1974.

    Examples
    --------
    >>> import plantwright as pw
    >>> frame = pw.Frame({"flow": [1.0, 2.0, 3.0, 4.0, 500.0]})
    >>> pw.Clipper("iqr").fit_transform(frame)["flow"]
    array([1., 2., 3., 4., 7.])
    >>> pw.Clipper("fixed", limits={"flow": (2, None)}).fit_transform(frame)["flow"]
    array([  2.,   2.,   3.,   4., 500.])
    """

    _step_type = "Clipper"

    def __init__(
        self,
        method: str = "quantile",
        *,
        quantiles: tuple[float, float] = (0.01, 0.99),
        factor: float | tuple[float, float] | None = None,
        limits: Mapping[str, tuple[float | None, float | None]] | None = None,
        columns: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.method = method
        self.quantiles = quantiles
        self.factor = factor
        self.limits = limits
        self.columns = columns
        self.n_jobs = n_jobs


Winsorizer = Clipper
