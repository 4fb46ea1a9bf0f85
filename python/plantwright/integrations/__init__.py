# SPDX-License-Identifier: MIT
"""Forests of other libraries as ours, and ours in other formats. Other libraries are imported when asked for alone."""

from plantwright.integrations._lightgbm import from_lightgbm
from plantwright.integrations._onnx import to_onnx
from plantwright.integrations._sklearn import from_sklearn
from plantwright.integrations._torch import from_torch, to_torch
from plantwright.integrations._xgboost import from_xgboost

__all__ = ["from_lightgbm", "from_sklearn", "from_torch", "from_xgboost", "to_onnx", "to_torch"]
