# SPDX-License-Identifier: MIT
"""Columns of pandas tables, without pyarrow where they do not need it themselves."""

from __future__ import annotations

from typing import Any

import numpy as np

from plantwright import _core
from plantwright.core import InvalidArgument
from plantwright.frame._columns import (
    SpecAndColumn,
    category_column,
    column_of_array,
    column_of_objects,
    number_column,
    text_column,
    time_column,
    zone_name,
)


def column_of_series(name: str, series: Any) -> SpecAndColumn:
    """A Series or Index of any type that a frame can hold."""
    import pandas as pd

    dtype = series.dtype
    if isinstance(dtype, np.dtype):
        return column_of_array(name, series.to_numpy())
    if isinstance(dtype, pd.CategoricalDtype):
        return _categorical(name, series.array)
    if isinstance(dtype, pd.DatetimeTZDtype):
        instants = series.array.tz_convert("UTC").tz_localize(None)
        return time_column(name, np.asarray(instants), zone_name(dtype.tz, name))
    if isinstance(dtype, pd.StringDtype):
        return text_column(name, series.astype(object).to_list())
    if isinstance(dtype, pd.ArrowDtype):
        spec, column = _core.column_from_arrow_stream(_chunked(series).__arrow_c_stream__(), name)
        return spec, column
    if isinstance(dtype, pd.SparseDtype):
        return column_of_array(name, np.asarray(series.array.to_dense()))
    if isinstance(dtype, pd.PeriodDtype):
        return column_of_array(name, series.array.to_timestamp().to_numpy())
    if pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_bool_dtype(dtype):
        return _nullable(name, series)
    raise InvalidArgument(f"Frame: column {name!r} is of pandas type {dtype}; numbers, texts and times can be held")


def _categorical(name: str, values: Any) -> SpecAndColumn:
    levels = list(values.categories)
    texts = [str(level) for level in levels]
    if len(set(texts)) != len(texts):
        raise InvalidArgument(f"Frame: column {name!r} has categories that read alike as text: {levels[:5]}")
    return category_column(name, values.codes, texts)


def _nullable(name: str, series: Any) -> SpecAndColumn:
    wanted = np.float32 if str(series.dtype) == "Float32" else np.float64
    if series.dtype.kind in "fiub":
        return number_column(name, series.to_numpy(dtype=wanted, na_value=np.nan))
    return column_of_objects(name, series.to_list())


def _chunked(series: Any) -> Any:
    import pyarrow as pa

    array = series.array.__arrow_array__()
    return array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])
