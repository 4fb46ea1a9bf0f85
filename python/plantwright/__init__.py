# SPDX-License-Identifier: MIT
"""Sensor and production data of industrial plants: learn, watch, explain, advise."""

from plantwright import evaluate, plot, simulate
from plantwright._core import __version__
from plantwright.core import (
    CorruptModel,
    DataWarning,
    Error,
    InvalidArgument,
    IoError,
    NotFitted,
    ParseError,
    SchemaMismatch,
    Stopped,
    UnsupportedVersion,
    allow_threads_after_fork,
)
from plantwright.evaluate import BlockedKFold, GroupSplit, KFold, StratifiedKFold, TimeSplit
from plantwright.explain import Comparison, Explanation, TreeExplainer, partial_dependence, permutation_importance
from plantwright.forest import (
    BoostedTreesClassifier,
    BoostedTreesRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
)
from plantwright.frame import ColumnSpec, Frame, Schema, TimeRule, read_csv
from plantwright.integrations import from_lightgbm, from_sklearn, from_xgboost, to_onnx
from plantwright.io import load, save
from plantwright.preprocessing import (
    Differences,
    Expanding,
    ExponentialAverage,
    Lags,
    RollingFeatures,
    StandardScaler,
)

__all__ = [
    "BlockedKFold",
    "BoostedTreesClassifier",
    "BoostedTreesRegressor",
    "ColumnSpec",
    "Comparison",
    "CorruptModel",
    "DataWarning",
    "Differences",
    "Error",
    "Expanding",
    "Explanation",
    "ExponentialAverage",
    "ExtraTreesClassifier",
    "ExtraTreesRegressor",
    "Frame",
    "GroupSplit",
    "InvalidArgument",
    "IoError",
    "IsolationForest",
    "KFold",
    "Lags",
    "NotFitted",
    "ParseError",
    "RandomForestClassifier",
    "RandomForestRegressor",
    "RollingFeatures",
    "Schema",
    "SchemaMismatch",
    "StandardScaler",
    "Stopped",
    "StratifiedKFold",
    "TimeRule",
    "TimeSplit",
    "TreeExplainer",
    "UnsupportedVersion",
    "__version__",
    "allow_threads_after_fork",
    "evaluate",
    "from_lightgbm",
    "from_sklearn",
    "from_xgboost",
    "load",
    "partial_dependence",
    "permutation_importance",
    "plot",
    "read_csv",
    "save",
    "simulate",
    "to_onnx",
]
