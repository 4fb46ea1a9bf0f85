# SPDX-License-Identifier: MIT
"""Detectors of what is not normal, their calibration and their streams."""

from plantwright.detect._base import DetectorStream, Verdict
from plantwright.detect._dynamic_pca import DynamicPCA
from plantwright.detect._ensemble import EnsembleDetector
from plantwright.detect._half_space_trees import HalfSpaceTrees
from plantwright.detect._mahalanobis import Mahalanobis
from plantwright.detect._mewma_chart import MewmaChart
from plantwright.detect._range_rules import RangeRules
from plantwright.detect._rolling_isolation import RollingIsolationForest
from plantwright.detect._streaming import StreamingDetector
from plantwright.detect._tail import Tail
from plantwright.detect._verdict import Blame, EnsembleVerdict, quality_names
from plantwright.detect._window_kmeans import WindowKMeans

__all__ = [
    "Blame",
    "DetectorStream",
    "DynamicPCA",
    "EnsembleDetector",
    "EnsembleVerdict",
    "HalfSpaceTrees",
    "Mahalanobis",
    "MewmaChart",
    "RangeRules",
    "RollingIsolationForest",
    "StreamingDetector",
    "Tail",
    "Verdict",
    "WindowKMeans",
    "quality_names",
]
