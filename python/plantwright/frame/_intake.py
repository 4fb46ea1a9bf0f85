# SPDX-License-Identifier: MIT
"""Tables of any producer as compiled frames: arrays by NumPy, pandas by its columns, all others by Arrow's C stream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals.stable.v1 as nw
import narwhals.stable.v1.dependencies as nwd
import numpy as np
import numpy.typing as npt

from plantwright import _core
from plantwright.core import InvalidArgument
from plantwright.frame._columns import SpecAndColumn, column_of_array, column_of_objects
from plantwright.frame._pandas import column_of_series


def is_table(x: Any) -> bool:
    """Whether `core_frame` takes `x` and it names its columns."""
    if isinstance(x, Mapping):
        return not hasattr(x, "tocsr")  # SciPy's sparse dictionary of keys is a Mapping too
    if isinstance(x, np.ndarray):
        return x.dtype.names is not None
    if _is_series(x):
        return False
    return _is_arrow(x) or nwd.is_into_dataframe(x)


def core_frame(data: Any, names: Sequence[str] | None = None) -> Any:
    """The table as a compiled frame; `names` for plain arrays alone."""
    if isinstance(data, np.ndarray) and data.dtype.names is None:
        return _frame_of_columns(_columns_of_matrix(data, names))
    if names is not None:
        raise InvalidArgument(f"Frame: names are for plain arrays, got them with {_type_name(data)}; use select")
    if isinstance(data, np.ndarray):
        return _frame_of_columns({str(name): data[name] for name in data.dtype.names or ()})
    if isinstance(data, Mapping):
        return _frame_of_columns(data)
    if nwd.is_pandas_dataframe(data):
        return _frame_of_pandas(data)
    if is_table(data):
        return _frame_of_arrow(data)
    if nwd.is_polars_lazyframe(data):
        raise InvalidArgument("Frame: a polars LazyFrame has no rows yet; call collect() first")
    raise InvalidArgument(
        "Frame: data must be a mapping, a NumPy array, or a table of pandas, polars, pyarrow or another library with "
        f"__arrow_c_stream__, got {_type_name(data)}"
    )


def core_column(name: str, values: Any) -> SpecAndColumn:
    """One column of anything one-dimensional, with its spec."""
    if isinstance(values, np.ndarray):
        return column_of_array(name, values)
    if nwd.is_pandas_series(values) or nwd.is_pandas_index(values):
        return column_of_series(name, values)
    if hasattr(values, "__arrow_c_stream__"):
        spec, column = _core.column_from_arrow_stream(values.__arrow_c_stream__(), name)
        return spec, column
    if hasattr(values, "__arrow_c_array__"):
        schema, array = values.__arrow_c_array__()
        spec, column = _core.column_from_arrow_array(schema, array, name)
        return spec, column
    if hasattr(values, "__array__") and not isinstance(values, list | tuple):
        return column_of_array(name, np.asarray(values))
    if isinstance(values, str | bytes) or not hasattr(values, "__len__") or not hasattr(values, "__iter__"):
        raise InvalidArgument(f"Frame: column {name!r} must be one-dimensional, got {_type_name(values)}")
    return column_of_objects(name, list(values))


def _type_name(x: Any) -> str:
    return f"{type(x).__module__}.{type(x).__qualname__}".removeprefix("builtins.")


def _is_series(x: Any) -> bool:
    is_arrow_array = type(x).__module__.partition(".")[0] == "pyarrow" and hasattr(x, "type")
    return nwd.is_into_series(x) or is_arrow_array


def _is_arrow(x: Any) -> bool:
    return hasattr(x, "__arrow_c_stream__") or hasattr(x, "__arrow_c_array__")


def _require_text(name: Any) -> str:
    if not isinstance(name, str):
        raise InvalidArgument(f"Frame: column names must be str, got {name!r} of type {_type_name(name)}")
    return name


def _frame_of_columns(columns: Mapping[str, Any]) -> Any:
    made = [core_column(_require_text(name), values) for name, values in columns.items()]
    return _core.Frame(_core.Schema([spec for spec, _ in made]), [column for _, column in made])


def _columns_of_matrix(data: npt.NDArray[Any], names: Sequence[str] | None) -> dict[str, npt.NDArray[Any]]:
    matrix = data.reshape(-1, 1) if data.ndim == 1 else data
    if matrix.ndim != 2:
        raise InvalidArgument(f"Frame: a plain array must have two dimensions, got shape {data.shape}")
    named = list(names) if names is not None else [f"x{j}" for j in range(matrix.shape[1])]
    if len(named) != matrix.shape[1] or len(set(named)) != len(named):
        raise InvalidArgument(f"Frame: names must be {matrix.shape[1]} different ones, one a column, got {named}")
    return {name: matrix[:, j] for j, name in enumerate(named)}


def _frame_of_pandas(data: Any) -> Any:
    made = [column_of_series(str(name), data.iloc[:, j]) for j, name in enumerate(data.columns)]
    return _core.Frame(_core.Schema([spec for spec, _ in made]), [column for _, column in made])


def _frame_of_arrow(data: Any) -> Any:
    if hasattr(data, "__arrow_c_stream__"):
        return _core.frame_from_arrow_stream(data.__arrow_c_stream__())
    if hasattr(data, "__arrow_c_array__"):
        return _core.frame_from_arrow_array(*data.__arrow_c_array__())
    table = nw.from_native(data, eager_only=True).to_arrow()  # needs pyarrow; narwhals says so
    return _core.frame_from_arrow_stream(table.__arrow_c_stream__())
