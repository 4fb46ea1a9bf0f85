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


class MinMaxScaler(InvertibleStep):
    """Numbers moved into a range.

    ``z = x * scale_ + min_`` with ``scale_ = (high - low) / (data_max_ - data_min_)``. A missing value stays missing. A
    constant column is divided by 1; a column without values gives NaN.

    Parameters
    ----------
    feature_range : (float, float), default=(0, 1)
        Where the least and the largest fitted value go.
    clip : bool, default=False
        Whether what lies beyond the fitted range is held at the ends.
    columns : list of str, or dict of "kinds" and "roles", optional
        The number columns to scale; default: all number columns that are inputs.
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Attributes
    ----------
    data_min_, data_max_, data_range_, scale_, min_ : ndarray of shape (n_columns,)
        Of the columns scaled; NaN where one has no value.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> pw.MinMaxScaler().fit_transform(np.array([[1.0], [np.nan], [3.0]]))
    array([[ 0.],
           [nan],
           [ 1.]])
    """

    _step_type = "MinMaxScaler"

    def __init__(
        self,
        *,
        feature_range: tuple[float, float] = (0, 1),
        clip: bool = False,
        columns: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.feature_range = feature_range
        self.clip = clip
        self.columns = columns
        self.n_jobs = n_jobs


class MaxAbsScaler(InvertibleStep):
    """Numbers in units of the largest magnitude of their column, so that zero stays zero.

    A missing value stays missing. A column of zeros is divided by 1; a column without values gives NaN.

    Parameters
    ----------
    columns : list of str, or dict of "kinds" and "roles", optional
        The number columns to scale; default: all number columns that are inputs.
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Attributes
    ----------
    max_abs_, scale_ : ndarray of shape (n_columns,)
        Of the columns scaled; NaN where one has no value.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> pw.MaxAbsScaler().fit_transform(np.array([[1.0], [-4.0]]))
    array([[ 0.25],
           [-1.  ]])
    """

    _step_type = "MaxAbsScaler"

    def __init__(self, *, columns: Any = None, n_jobs: int | None = None) -> None:
        self.columns = columns
        self.n_jobs = n_jobs


class RobustScaler(InvertibleStep):
    """Numbers less their median, in units of a range between two quantiles.

    ``z = (x - center_) / scale_``. Outliers move neither. A missing value stays missing; a range of zero divides by 1;
    a column without values gives NaN.

    Parameters
    ----------
    with_centering, with_scaling : bool, default=True
        Whether to subtract the median, and to divide by the range.
    quantile_range : (float, float), default=(25, 75)
        The two quantiles, in percent.
    unit_variance : bool, default=False
        Whether the range is divided by that of a standard normal, so that normal numbers get variance 1.
    columns : list of str, or dict of "kinds" and "roles", optional
        The number columns to scale; default: all number columns that are inputs.
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Attributes
    ----------
    center_, scale_ : ndarray of shape (n_columns,)
        Of the columns scaled; 0 and 1 where the option is off.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> pw.RobustScaler().fit_transform(np.array([[1.0], [2.0], [3.0], [4.0], [100.0]])).ravel()
    array([-1. , -0.5,  0. ,  0.5, 48.5])
    """

    _step_type = "RobustScaler"

    def __init__(
        self,
        *,
        with_centering: bool = True,
        with_scaling: bool = True,
        quantile_range: tuple[float, float] = (25.0, 75.0),
        unit_variance: bool = False,
        columns: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.with_centering = with_centering
        self.with_scaling = with_scaling
        self.quantile_range = quantile_range
        self.unit_variance = unit_variance
        self.columns = columns
        self.n_jobs = n_jobs


class QuantileTransformer(InvertibleStep):
    """Numbers to their rank among those fitted: uniform in [0, 1], or standard normal.

    Ranks are interpolated between `n_quantiles` empirical quantiles of all rows (scikit-learn's draws 10,000 of them
    unless told ``subsample=None``). Numbers beyond the fitted range get the ends: 0 and 1, or -5.2 and 5.2. A missing
    value stays missing; a column without values gives NaN.

    Parameters
    ----------
    n_quantiles : int, default=1000
        At most as many as there are rows.
    output_distribution : {"uniform", "normal"}, default="uniform"
        What comes out.
    columns : list of str, or dict of "kinds" and "roles", optional
        The number columns to transform; default: all number columns that are inputs.
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Attributes
    ----------
    quantiles_ : ndarray of shape (n_quantiles, n_columns)
    references_ : ndarray of shape (n_quantiles,)
        The ranks of the quantiles.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> pw.QuantileTransformer().fit_transform(np.array([[1.0], [10.0], [1000.0]])).ravel()
    array([0. , 0.5, 1. ])
    """

    _step_type = "QuantileTransformer"

    def __init__(
        self,
        *,
        n_quantiles: int = 1000,
        output_distribution: str = "uniform",
        columns: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.n_quantiles = n_quantiles
        self.output_distribution = output_distribution
        self.columns = columns
        self.n_jobs = n_jobs

    def _set_fitted(self) -> None:
        super()._set_fitted()
        flat: Any = self.__dict__["quantiles_"]
        self.quantiles_ = flat.reshape(-1, len(self.references_)).T


class PowerTransformer(InvertibleStep):
    """Numbers bent by a power until they look normal.

    Yeo-Johnson: ``((x + 1)**l - 1) / l`` from 0 on, ``-((1 - x)**(2 - l) - 1) / (2 - l)`` below; Box-Cox:
    ``(x**l - 1) / l``; logarithms where the exponent is 0. The exponent of each column maximises the normal
    log-likelihood (Brent's method). A missing value stays missing; a constant column has exponent 1; a column without
    values gives NaN.

    Parameters
    ----------
    method : {"yeo-johnson", "box-cox"}, default="yeo-johnson"
        Box-Cox takes numbers above 0 alone; what is not above 0 later gives NaN.
    standardize : bool, default=True
        Whether mean 0 and variance 1 come out.
    columns : list of str, or dict of "kinds" and "roles", optional
        The number columns to transform; default: all number columns that are inputs.
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Attributes
    ----------
    lambdas_ : ndarray of shape (n_columns,)
        The exponents.

    References
    ----------
    I.-K. Yeo, R. A. Johnson, "A new family of power transformations to improve normality or symmetry", Biometrika 87,
    2000. G. E. P. Box, D. R. Cox, "An analysis of transformations", JRSS B 26, 1964.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> X = np.exp(np.linspace(0, 3, 50)).reshape(-1, 1)
    >>> abs(pw.PowerTransformer(method="box-cox").fit(X).lambdas_[0]) < 1e-6
    np.True_
    """

    _step_type = "PowerTransformer"

    def __init__(
        self,
        method: str = "yeo-johnson",
        *,
        standardize: bool = True,
        columns: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.method = method
        self.standardize = standardize
        self.columns = columns
        self.n_jobs = n_jobs
