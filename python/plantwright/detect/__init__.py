# SPDX-License-Identifier: MIT
"""Detectors of what is not normal, their calibration and their streams."""

from plantwright.detect._base import DetectorStream, Verdict
from plantwright.detect._dynamic_pca import DynamicPCA
from plantwright.detect._mahalanobis import Mahalanobis
from plantwright.detect._mewma_chart import MewmaChart
from plantwright.detect._range_rules import RangeRules
from plantwright.detect._tail import Tail

__all__ = ["DetectorStream", "DynamicPCA", "Mahalanobis", "MewmaChart", "RangeRules", "Tail", "Verdict"]
