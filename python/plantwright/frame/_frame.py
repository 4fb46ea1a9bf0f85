# SPDX-License-Identifier: MIT
"""`Frame`: named columns with a schema, from whatever table the caller has."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from plantwright import _core
from plantwright.core import InvalidArgument
from plantwright.frame import _intake
from plantwright.frame._display import html_of, text_of
from plantwright.frame._output import matrix_of, pandas_of, values_of
from plantwright.frame._schema import Schema

Rows = slice | npt.NDArray[np.bool_] | npt.NDArray[np.integer[Any]]


class Frame:
    """Named columns of number, category and time, with a schema. Immutable; missing values are first-class.

    Floating-point columns are *looked at, not copied*: the frame shows the memory of the NumPy array, or of the polars
    or pyarrow table, and keeps it alive. Do not change an array while a frame shows it. All else is converted once:

    ================================================  ============================================================
    given                                             held
    ================================================  ============================================================
    float32, float64                                  number, not copied; NaN (and a null) is missing
    other floats, integers, booleans, nullable ones   number (float64), missing is NaN; beyond 2**53 rounded
    strings                                           category, levels in byte order; None, NaN and null are missing
    pandas Categorical, polars Categorical and Enum,  category, levels in the order they have there
    Arrow dictionaries
    datetimes and dates of any resolution             time, nanoseconds; the zone stands in the schema
    datetimes without a zone                          time on the plant's local clock
    timedeltas                                        number, in seconds
    ================================================  ============================================================

    Parameters
    ----------
    data : Frame, mapping, array of shape (n_rows, n_columns), pandas, polars or pyarrow table
        A mapping of names to columns; a NumPy array (structured, or of two dimensions with `names`); any table that has
        `__arrow_c_stream__` or that narwhals knows.
    names : sequence of str, optional
        Of the columns of a plain array; default "x0", "x1", ...
    roles, units : mapping of str to str, optional
        As in `with_roles` and `with_units`.

    Raises
    ------
    InvalidArgument
        On a column that is neither number, category nor time, naming column and type; doubled names; unequal lengths;
        times outside 1677 to 2262.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> steam = np.array([498.5, 512.0, np.nan])
    >>> frame = pw.Frame({"steam_t": steam, "grade": ["A", None, "B"]}, roles={"steam_t": "lever"})
    >>> frame.shape
    (3, 2)
    >>> frame["grade"].tolist()
    ['A', None, 'B']
    >>> frame
    Frame of 3 rows and 2 columns
      steam_t  number    lever    1 missing  498.5, 512.0, -
      grade    category  feature  1 missing  A, -, B
    """

    def __init__(
        self,
        data: Any,
        names: Sequence[str] | None = None,
        *,
        roles: Mapping[str, str] | None = None,
        units: Mapping[str, str] | None = None,
    ) -> None:
        core: Any = data._core if isinstance(data, Frame) and names is None else _intake.core_frame(data, names)
        self._core: Any = _with_fields(_with_fields(core, "role", roles or {}), "unit", units or {})

    @classmethod
    def _of_core(cls, core: Any) -> Frame:
        frame = cls.__new__(cls)
        frame._core = core
        return frame

    @property
    def schema(self) -> Schema:
        """Names, kinds, units, roles."""
        return Schema._of_core(self._core.schema)

    @property
    def columns(self) -> list[str]:
        """The names in order."""
        return list(self._core.schema.names())

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self._core.rows, self._core.cols

    def __len__(self) -> int:
        """The number of rows."""
        return int(self._core.rows)

    def __iter__(self) -> Iterator[str]:
        """The names in order, as a mapping's."""
        return iter(self.columns)

    def __contains__(self, name: object) -> bool:
        """Whether there is a column of that name."""
        return name in self.columns

    def __getitem__(self, key: str | list[str] | Rows) -> Any:
        """A column's values by name, columns by a list of names, rows by slice, mask or positions.

        Numbers come as a read-only view; a category as an object array of its levels, None where missing; a time as
        datetime64[ns] in UTC (or on the plant's clock), NaT where missing.
        """
        if isinstance(key, str):
            return values_of(self._core.column(key))
        if isinstance(key, slice):
            return Frame._of_core(_rows_of_slice(self._core, key))
        if isinstance(key, list) and all(isinstance(name, str) for name in key):
            return self.select(key)
        return Frame._of_core(self._core.take(_positions(key, len(self))))

    def levels(self, name: str) -> list[str]:
        """The levels of a category column, in the order of its codes."""
        return list(self._core.column(name).levels)

    def codes(self, name: str) -> npt.NDArray[np.int32]:
        """The codes of a category column, -1 where missing; read-only."""
        column = self._core.column(name)
        column.levels  # noqa: B018  (refuses another kind)
        return column.values()  # type: ignore[no-any-return]

    def select(self, names: Sequence[str]) -> Frame:
        """Those columns, in that order; nothing is copied."""
        return Frame._of_core(self._core.select(list(names)))

    def head(self, n: int = 5) -> Frame:
        """The first rows."""
        return self[: max(n, 0)]  # type: ignore[no-any-return]

    def with_column(self, name: str, values: Any, **fields: Any) -> Frame:
        """A frame with the column replaced or appended; `fields` as in `ColumnSpec`: ``unit="t/h"``."""
        spec, column = _intake.core_column(name, values)
        for field, value in fields.items():
            setattr(spec, field, value)
        return Frame._of_core(self._core.with_column(spec, column))

    def with_roles(self, roles: Mapping[str, str]) -> Frame:
        """A frame whose columns have those roles: ``{"steam_t": "lever", "energy_kWh": "target"}``."""
        return Frame._of_core(_with_fields(self._core, "role", roles))

    def with_units(self, units: Mapping[str, str]) -> Frame:
        """A frame whose columns have those units."""
        return Frame._of_core(_with_fields(self._core, "unit", units))

    def with_schema(self, schema: Schema) -> Frame:
        """A frame with the same columns and another schema, of the same names and kinds."""
        return Frame._of_core(self._core.with_schema(schema._core))

    def with_calendar(self, column: str, functions: Sequence[str] = ("hour", "weekday", "month")) -> Frame:
        """Append number columns `<column>_<function>` of a time column, read in its own zone.

        Parameters
        ----------
        column : str
            A time column.
        functions : sequence of {"hour", "minute_of_day", "weekday", "day_of_year", "month", "year"}
            Monday is weekday 0; days of the year and months count from 1.

        Examples
        --------
        >>> import numpy as np
        >>> import plantwright as pw
        >>> frame = pw.Frame({"at": np.array(["2018-12-31T23:45"], dtype="datetime64[s]")})
        >>> frame.with_calendar("at")["at_weekday"]
        array([0.])
        """
        return Frame._of_core(self._core.with_calendar(column, list(functions)))

    def conform(self, schema: Schema) -> Frame:
        """The frame as a model with that schema expects it.

        Columns are put in order, category codes translated by name, calendar columns computed. Columns that prediction
        does not need (target, time, group, ignored, or known too late) may be absent.

        Raises
        ------
        SchemaMismatch
            Naming every missing, extra and retyped column and every unseen category.
        """
        return Frame._of_core(self._core.conform(schema._core))

    def merged_by_float32(self) -> list[str]:
        """Names of the number columns in which distinct values become equal in float32, as forests compare them."""
        return list(self._core.merged_by_float32())

    def to_numpy(self, names: Sequence[str] | None = None, dtype: npt.DTypeLike = np.float64) -> npt.NDArray[Any]:
        """Numbers and the codes of categories as a new array of shape (n_rows, n_columns), NaN where missing.

        Raises
        ------
        InvalidArgument
            On a time column: name the columns wanted, or use `with_calendar`.
        """
        return matrix_of(self._core, list(names) if names is not None else self.columns, np.dtype(dtype))

    def to_dict(self) -> dict[str, npt.NDArray[Any]]:
        """Each column's values by name, as `frame[name]` gives them."""
        return {name: self[name] for name in self.columns}

    def to_pandas(self) -> Any:
        """A pandas DataFrame; categories as Categorical, times in their zone."""
        return pandas_of(self._core)

    def to_csv(self, path: str | os.PathLike[str] | None = None, delimiter: str = ",") -> str | None:
        """Write the table as CSV, or return it as text where no path is given.

        Numbers have the shortest digits that read back to the same bits, missing values are empty fields, times are
        ISO 8601: on the plant's clock, or in UTC with a final Z where the column has a zone.

        Raises
        ------
        IoError
            When the file cannot be written.
        InvalidArgument
            When the delimiter could stand in a number.

        Examples
        --------
        >>> import numpy as np
        >>> import plantwright as pw
        >>> pw.Frame({"steam_t": np.array([0.1, np.nan]), "grade": ["A, B", None]}).to_csv()
        'steam_t,grade\\n0.1,"A, B"\\n,\\n'
        """
        if len(delimiter) != 1 or not delimiter.isascii():
            raise InvalidArgument(f"Frame.to_csv: delimiter must be one ASCII character, got {delimiter!r}")
        if path is None:
            return str(_core.to_csv(self._core, delimiter))
        _core.write_csv(os.fspath(path), self._core, delimiter)
        return None

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """For pyarrow, polars and DuckDB: ``pl.DataFrame(frame)``. A requested schema is ignored; it may be."""
        return _core.frame_to_arrow_stream(self._core)

    def __reduce__(self) -> tuple[Any, ...]:
        """For pickle and copy; the data are written out."""
        columns = [self._core.column(name) for name in self.columns]
        return _rebuild_frame, (self.schema, [(column.kind, np.array(column.values())) for column in columns])

    def __repr__(self) -> str:
        """One line a column."""
        return text_of(self._core)

    def _repr_html_(self) -> str:
        return html_of(self._core)


def is_table(x: Any) -> bool:
    """Whether `x` is a table with named columns, which `as_frame` takes; a plain array is not.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> pw.frame.is_table({"x": [1.0]}), pw.frame.is_table(np.zeros((2, 2)))
    (True, False)
    """
    return isinstance(x, Frame) or _intake.is_table(x)


def as_frame(x: Any) -> Frame:
    """The table as a `Frame`; a `Frame` as it is.

    Raises
    ------
    InvalidArgument
        As `Frame` does.
    """
    return x if isinstance(x, Frame) else Frame(x)


def as_timed_frame(x: Any) -> Frame:
    """As `as_frame`; a pandas DatetimeIndex is the time column, named as the index or "time", where there is no other.

    Raises
    ------
    InvalidArgument
        As `Frame` does.
    """
    frame = as_frame(x)
    index = getattr(x, "index", None)
    name = str(getattr(index, "name", None) or "time")
    is_clock = getattr(getattr(index, "dtype", None), "kind", "") == "M" and not isinstance(x, Frame)
    if not is_clock or name in frame.columns or any(spec.kind == "time" for spec in frame.schema):
        return frame
    return frame.with_column(name, index, role="time")


def _with_fields(core: Any, field: str, values: Mapping[str, Any]) -> Any:
    schema = Schema._of_core(core.schema)
    for name, value in values.items():
        schema._core = schema._core.with_column(replace(schema[name], **{field: value})._to_core())
    return core.with_schema(schema._core) if values else core


def _rows_of_slice(core: Any, rows: slice) -> Any:
    begin, end, step = rows.indices(core.rows)
    if step == 1:
        return core.rows_between(begin, max(begin, end))
    return core.take(np.arange(begin, end, step, dtype=np.int64))


def _positions(key: Any, n_rows: int) -> npt.NDArray[np.int64]:
    rows = np.asarray(key)
    if rows.dtype == bool and rows.shape == (n_rows,):
        return np.flatnonzero(rows).astype(np.int64)
    if rows.ndim != 1 or not (np.issubdtype(rows.dtype, np.integer) or rows.size == 0):
        raise InvalidArgument(
            f"Frame: index by a name, a list of names, a slice, a mask of {n_rows} rows or row positions, got {key!r}"
        )
    positions = rows.astype(np.int64)
    return np.where(positions < 0, positions + n_rows, positions)


def _rebuild_frame(schema: Schema, columns: list[tuple[str, npt.NDArray[Any]]]) -> Frame:
    made = [
        _core.Column.numbers(values)
        if kind == "number"
        else _core.Column.times(values)
        if kind == "time"
        else _core.Column.categories(values, list(spec.levels))
        for spec, (kind, values) in zip(schema.columns, columns, strict=True)
    ]
    return Frame._of_core(_core.Frame(schema._core, made))


def has_names(X: Any) -> bool:
    """Whether X is a table whose columns have names; a pandas table numbered 0, 1, ... counts as an array."""
    if isinstance(X, Frame):
        return True
    numbered = hasattr(X, "iloc") and not all(isinstance(name, str) for name in X.columns)
    return is_table(X) and not numbered
