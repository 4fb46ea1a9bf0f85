# SPDX-License-Identifier: MIT
"""The multivariate exponentially weighted moving average control chart."""

from __future__ import annotations

from plantwright._core import detect as _core
from plantwright.detect._base import BaseDetector


class MewmaChart(BaseDetector):
    r"""A chart of moving averages of all sensors together, which finds small lasting shifts.

    .. math:: z_t = \lambda x_t + (1 - \lambda) z_{t-1}, \quad T^2_t = z_t' S^{-1} z_t,
              \quad S = \tfrac{\lambda}{2 - \lambda} \Sigma

    with x standardised and :math:`\Sigma` their correlation, shrunk to the identity.

    Parameters
    ----------
    smoothing : float, default=0.1
        :math:`\lambda` in (0, 1]; 1 is Hotelling's T2 chart, which finds great sudden changes; less finds smaller ones,
        later.
    shrinkage : float, default=0.01
        Weight of the identity in the correlation, in [0, 1].

    Attributes
    ----------
    n_features_in_ : int
    feature_names_in_ : ndarray of str
        Where a table was fitted.
    warm_up_rows_ : int
        Rows without a score, 2 / smoothing: the covariance is the asymptotic one.

    See Also
    --------
    IsolationForest : where rows have no order.

    Notes
    -----
    A reading that is missing (NaN, infinite) leaves its sensor's average as it was. Readings count as at most a million
    deviations. Blame is the squares of :math:`S^{-1/2} z`, which sum to T2 (Alcala & Qin, J. Process Control 21, 2011).
    A batch and a stream give the same bits, in C++ too.

    References
    ----------
    Lowry, Woodall, Champ & Rigdon, "A multivariate exponentially weighted moving average control chart", Technometrics
    34, 1992.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> rng = np.random.default_rng(0)
    >>> normal = rng.normal(size=(500, 3))
    >>> chart = pw.MewmaChart(smoothing=0.2).fit(normal)
    >>> stream = chart.stream()
    >>> for row in normal[:50]:
    ...     verdict = stream.update(row)
    >>> verdict.statistic < 15
    True
    >>> for row in normal[50:80] + [0, 3, 0]:
    ...     verdict = stream.update(row)
    >>> verdict.statistic > 30, next(iter(verdict.blame))
    (True, 1)
    """

    _plw_type = "MewmaChart"
    _plw_model_class = _core.MewmaChart
    _options_class = _core.MewmaOptions
    _options = ("smoothing", "shrinkage")

    def __init__(self, smoothing: float = 0.1, shrinkage: float = 0.01) -> None:
        self.smoothing = smoothing
        self.shrinkage = shrinkage
