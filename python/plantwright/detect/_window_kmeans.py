# SPDX-License-Identifier: MIT
"""How far the latest rows together are from each typical course of training."""

from __future__ import annotations

from plantwright._core import detect as _core
from plantwright.detect._base import BaseDetector


class WindowKMeans(BaseDetector):
    r"""The distance of the latest rows, taken together, from the nearest of a few typical courses.

    .. math:: \min_c |v_t - m_c|, \quad v_t = (z_{t-w+1}, \ldots, z_t)

    with z the standardised readings and the centres :math:`m_c` k-means' of the training windows.

    Parameters
    ----------
    window : int, default=10
        w, rows, in [1, 10000].
    n_clusters : int, default=8
        Centres.
    n_init : int, default=3
        Starts by k-means++, of which the best is taken.
    max_windows : int, default=10000
        Of training that are clustered, evenly spaced.
    random_state : int, default=0
        Seed; one seed gives the same bits everywhere.

    Attributes
    ----------
    warm_up_rows_ : int
        Rows without a score, window - 1.
    n_features_in_ : int
    feature_names_in_ : ndarray of str
        Where a table was fitted.

    See Also
    --------
    DynamicPCA : where the courses are many and lie in a plane.
    KMeansFeatures : distances of single rows, as features.

    Notes
    -----
    Windows with a missing reading (NaN, infinite) do not train; in a stream a missing sensor stands where it stood.
    Blame is each sensor's share of the squared distance, times the distance.

    References
    ----------
    Lloyd, "Least squares quantization in PCM", IEEE Trans. Information Theory 28, 1982; Arthur & Vassilvitskii,
    "k-means++: the advantages of careful seeding", SODA 2007.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> t = np.arange(600)
    >>> cycle = np.column_stack([np.sin(t / 10), np.cos(t / 10)])
    >>> courses = pw.WindowKMeans(n_clusters=20).fit(cycle)
    >>> backwards = cycle[:100][::-1]
    >>> bool(-courses.score_samples(backwards)[50] > 2 * -courses.score_samples(cycle)[50])
    True
    """

    _plw_type = "WindowKMeans"
    _plw_model_class = _core.WindowKMeans
    _options_class = _core.WindowKMeansOptions
    _options = ("window", "n_clusters", "n_init", "max_windows", "random_state")

    def __init__(
        self,
        window: int = 10,
        n_clusters: int = 8,
        n_init: int = 3,
        max_windows: int = 10000,
        random_state: int = 0,
    ) -> None:
        self.window = window
        self.n_clusters = n_clusters
        self.n_init = n_init
        self.max_windows = max_windows
        self.random_state = random_state
