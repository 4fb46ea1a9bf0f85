# SPDX-License-Identifier: MIT
"""Preprocessing steps: one fitted state for whole tables, for streams, and for C++."""

from plantwright.preprocessing import _pipeline  # noqa: F401  (registers the type of file)
from plantwright.preprocessing._asof_join import (
    asof_join,
)
from plantwright.preprocessing._clipper import (
    Clipper,
    Winsorizer,
)
from plantwright.preprocessing._combine import (
    PCA,
    KMeansFeatures,
    PolynomialFeatures,
)
from plantwright.preprocessing._encoders import (
    FrequencyEncoder,
    OneHotEncoder,
    OrdinalEncoder,
    TargetEncoder,
)
from plantwright.preprocessing._formula import (
    Formula,
)
from plantwright.preprocessing._missing import (
    IterativeImputer,
    KNNImputer,
    MissingIndicator,
    SimpleImputer,
)
from plantwright.preprocessing._resample import (
    resample,
)
from plantwright.preprocessing._rolling import (
    Differences,
    Expanding,
    ExponentialAverage,
    Lags,
    RollingFeatures,
)
from plantwright.preprocessing._samplers import (
    SMOTE,
    SMOTENC,
    RandomOverSampler,
    RandomUnderSampler,
    Resampler,
)
from plantwright.preprocessing._scalers import (
    MaxAbsScaler,
    MinMaxScaler,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)
from plantwright.preprocessing._selectors import (
    Boruta,
    CorrelationFilter,
    MutualInformationFilter,
    SelectFromForest,
    Selector,
    VarianceThreshold,
)
from plantwright.preprocessing._sensor_quality import (
    SensorQuality,
)
from plantwright.preprocessing._step import (
    Step,
)
from plantwright.preprocessing._stream import (
    StepStream,
)
from plantwright.preprocessing._time_features import (
    TimeFeatures,
)

__all__ = [
    "PCA",
    "SMOTE",
    "SMOTENC",
    "Boruta",
    "Clipper",
    "CorrelationFilter",
    "Differences",
    "Expanding",
    "ExponentialAverage",
    "Formula",
    "FrequencyEncoder",
    "IterativeImputer",
    "KMeansFeatures",
    "KNNImputer",
    "Lags",
    "MaxAbsScaler",
    "MinMaxScaler",
    "MissingIndicator",
    "MutualInformationFilter",
    "OneHotEncoder",
    "OrdinalEncoder",
    "PolynomialFeatures",
    "PowerTransformer",
    "QuantileTransformer",
    "RandomOverSampler",
    "RandomUnderSampler",
    "Resampler",
    "RobustScaler",
    "RollingFeatures",
    "SelectFromForest",
    "Selector",
    "SensorQuality",
    "SimpleImputer",
    "StandardScaler",
    "Step",
    "StepStream",
    "TargetEncoder",
    "TimeFeatures",
    "VarianceThreshold",
    "Winsorizer",
    "asof_join",
    "resample",
]
