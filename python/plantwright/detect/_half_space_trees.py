# SPDX-License-Identifier: MIT
"""Half-space trees: how few of the latest rows stood where this one stands."""

from __future__ import annotations

from plantwright._core import detect as _core
from plantwright.detect._base import BaseDetector


class HalfSpaceTrees(BaseDetector):
    r"""Trees that halve the space blindly and count the latest rows, learning on the go.

    .. math:: s = \operatorname{mean}_{trees} \frac{r 2^k}{n}, \quad
              \text{statistic} = \log_2 \frac{2^D + \epsilon}{s + \epsilon}

    where a row's path ends, k halvings deep, after r of the n rows of the reference window. When a window of rows has
    passed it becomes the reference: what stays becomes normal after at most two windows.

    Parameters
    ----------
    n_trees : int, default=25
        In [1, 1000].
    depth : int, default=15
        D, in [1, 20]. A stream takes ``8 n_trees 2^(D+1)`` bytes.
    window : int, default=250
        Rows, in [2, 65535].
    random_state : int, default=0
        Seed; one seed gives the same bits everywhere.

    Attributes
    ----------
    n_features_in_ : int
    feature_names_in_ : ndarray of str
        Where a table was fitted.

    See Also
    --------
    IsolationForest : where normal does not move.

    Notes
    -----
    The order of rows is the paper's; the statistic is in bits, 0 where all of the reference lies in one smallest cell.
    Sensors are scaled by their training range; the first reference is the latest rows of training. A missing reading
    goes where more of the reference went; a row without readings has no score and is not counted. Blame shares the
    statistic by how many bits each sensor's halvings cost.

    References
    ----------
    Tan, Ting & Liu, "Fast anomaly detection for streaming data", IJCAI 2011.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> normal = np.random.default_rng(0).normal(size=(500, 3))
    >>> stream = pw.HalfSpaceTrees().fit(normal).stream()
    >>> near, far = stream.update([0.0, 0.0, 0.0]), stream.update([0.0, 9.0, 0.0])
    >>> near.statistic < far.statistic, next(iter(far.blame))
    (True, 1)
    """

    _plw_type = "HalfSpaceTrees"
    _plw_model_class = _core.HalfSpaceTrees
    _options_class = _core.HalfSpaceTreesOptions
    _options = ("n_trees", "depth", "window", "random_state")

    def __init__(self, n_trees: int = 25, depth: int = 15, window: int = 250, random_state: int = 0) -> None:
        self.n_trees = n_trees
        self.depth = depth
        self.window = window
        self.random_state = random_state
