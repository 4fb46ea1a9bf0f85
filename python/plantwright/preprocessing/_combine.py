# SPDX-License-Identifier: MIT
"""Columns out of several others."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from plantwright.frame import Frame, as_frame, has_names
from plantwright.preprocessing._step import Step, _like


class PolynomialFeatures(Step):
    """Products of numbers up to a degree: ``a__power_2``, ``a__times__b``, ``a__power_2__times__b``.

    They stand behind the columns that there are, degree by degree, in the order of scikit-learn's. A product with a
    missing value is missing.

    Parameters
    ----------
    degree : int, default=2
    interaction_only : bool, default=False
        No column twice in a product.
    include_bias : bool, default=False
        A column ``bias`` of ones.
    columns : list of str, or dict of "kinds" and "roles", optional
        Default: all numbers that are inputs.
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Notes
    -----
    Unlike scikit-learn's, it adds no bias as it comes.

    Examples
    --------
    >>> import plantwright as pw
    >>> step = pw.PolynomialFeatures().fit(pw.Frame({"steam_t": [2.0], "flow": [3.0]}))
    >>> list(step.get_feature_names_out())
    ['steam_t', 'flow', 'steam_t__power_2', 'steam_t__times__flow', 'flow__power_2']
    """

    _step_type = "PolynomialFeatures"

    def __init__(
        self,
        degree: int = 2,
        *,
        interaction_only: bool = False,
        include_bias: bool = False,
        columns: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.degree = degree
        self.interaction_only = interaction_only
        self.include_bias = include_bias
        self.columns = columns
        self.n_jobs = n_jobs


class KMeansFeatures(Step):
    """How far a row is from each of several typical states, and which is the nearest.

    The states are the centres of k-means: those of least inertia ``sum_i min_c |x_i - m_c|^2`` among `n_init` starts by
    k-means++, each followed by Lloyd's steps. Rows with a missing value do not count when fitting, and have missing
    features.

    Parameters
    ----------
    n_clusters : int, default=8
    output : {"distances", "cluster", "both"}, default="distances"
        Columns ``kmeans__distance_0``, ..., the category ``kmeans__cluster``, or both, behind those that there are.
    n_init : int, default=10
        Starts.
    max_iter : int, default=300
        Lloyd's steps of a start.
    tol : float, default=1e-4
        Centres rest when their squared moves, summed, are less than this share of the columns' mean variance.
    random_state : int, default=0
    name : str, default="kmeans"
        Of the columns.
    columns : list of str, or dict of "kinds" and "roles", optional
        Default: all numbers that are inputs.
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Attributes
    ----------
    cluster_centers_ : ndarray of shape (n_clusters, n_columns)
    inertia_ : float
    n_iter_ : int
        Steps of the best start.

    Notes
    -----
    Distances are in the columns' units: scale first.

    References
    ----------
    D. Arthur and S. Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007.

    Examples
    --------
    >>> import plantwright as pw
    >>> frame = pw.Frame({"load": [0.0, 1.0, 10.0, 11.0]})
    >>> step = pw.KMeansFeatures(2, output="cluster").fit(frame)
    >>> sorted(step.cluster_centers_[:, 0].tolist()), step.inertia_
    ([0.5, 10.5], 1.0)
    """

    _step_type = "KMeansFeatures"

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        output: str = "distances",
        n_init: int = 10,
        max_iter: int = 300,
        tol: float = 1e-4,
        random_state: int = 0,
        name: str = "kmeans",
        columns: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.output = output
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state
        self.name = name
        self.columns = columns
        self.n_jobs = n_jobs

    def _set_fitted(self) -> None:
        fitted = self._model.fitted(0)
        self.cluster_centers_ = fitted["cluster_centers_"].reshape(self.n_clusters, -1)
        self.inertia_ = float(fitted["inertia_"][0])
        self.n_iter_ = int(fitted["n_iter_"][0])


class PCA(Step):
    """Numbers give way to their principal components, ``pca__0``, ``pca__1``, ...

    Components are projections on the eigenvectors of the covariance, by falling variance; of each eigenvector the
    loading that is largest in absolute value is positive. Rows with a missing value do not count when fitting, and have
    missing components.

    Parameters
    ----------
    n_components : int or float, optional
        How many; or as many as explain more than that share of the variance. Default: all.
    whiten : bool, default=False
        Components in units of their standard deviation.
    name : str, default="pca"
        Of the columns.
    columns : list of str, or dict of "kinds" and "roles", optional
        Default: all numbers that are inputs.
    n_jobs : int, optional
        Threads; the result does not depend on them.

    Attributes
    ----------
    mean_ : ndarray of shape (n_columns,)
    components_ : ndarray of shape (n_components, n_columns)
    explained_variance_, explained_variance_ratio_ : ndarray of shape (n_components,)
    n_components_ : int

    Notes
    -----
    In the columns' units: scale first. From the covariance, as scikit-learn's ``svd_solver="covariance_eigh"``.

    References
    ----------
    I. T. Jolliffe, "Principal Component Analysis", 2nd ed., 2002.

    Examples
    --------
    >>> import plantwright as pw
    >>> frame = pw.Frame({"steam_t": [1.0, 2.0, 3.0], "energy_kWh": [2.0, 4.0, 6.0]})
    >>> step = pw.PCA(0.99).fit(frame)
    >>> step.n_components_, step.explained_variance_ratio_.round(6).tolist()
    (1, [1.0])
    """

    _step_type = "PCA"

    def __init__(
        self,
        n_components: float | None = None,
        *,
        whiten: bool = False,
        name: str = "pca",
        columns: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.n_components = n_components
        self.whiten = whiten
        self.name = name
        self.columns = columns
        self.n_jobs = n_jobs

    def inverse_transform(self, X: Any) -> Any:
        """Give the columns that the components stand for, from the components."""
        check_is_fitted(self)
        named = as_frame(X) if has_names(X) else Frame(np.asarray(X), names=list(self.get_feature_names_out()))
        return _like(X, named._core, self._model.inverse_transform(named._core, self._jobs))

    def _set_fitted(self) -> None:
        super()._set_fitted()
        fitted = self._model.fitted(0)
        self.n_components_ = len(fitted["explained_variance_"])
        self.components_ = fitted["components_"].reshape(self.n_components_, -1)
