# SPDX-License-Identifier: MIT
"""`read_csv`: a text table to a `Frame`."""

from __future__ import annotations

import os
import stat
import sys
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Literal

from plantwright import _core
from plantwright.core import DataWarning, InvalidArgument
from plantwright.frame._frame import Frame
from plantwright.frame._schema import Schema


def read_csv(
    path: str | os.PathLike[str] | BinaryIO,
    time: str | Sequence[str] | None = None,
    time_zone: str | None = None,
    roles: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
    schema: Schema | None = None,
    delimiter: str | None = None,
    decimal: Literal[".", ","] | None = None,
    missing: str | Iterable[str] | None = None,
    categories: str | Iterable[str] | None = None,
    on_bad_rows: Literal["error", "skip"] = "error",
) -> Frame:
    """Read a CSV file into a `Frame`.

    Separator and decimal comma are found; quoting is that of RFC 4180; the text is UTF-8, with or without a byte order
    mark. A column is *numbers* if every value of the whole file is one, else *time* if all are ISO 8601 stamps,
    else *categories* with levels in byte order. Numbers are the doubles nearest to the text.

    Parameters
    ----------
    path : path, "-" or binary file
        "-" reads standard input. A pipe is read to its end.
    time : str or sequence of str, optional
        The time column, or the columns of year, month, day and then hour, minute, second, which become a new column
        "time". "year,month,day,hour" is split where it is no column's name. ISO 8601, yyyy/mm/dd, dd/mm/yyyy,
        mm/dd/yyyy and dd.mm.yyyy are read; whether the day comes first is decided over the whole column, and so is
        whether 00:00 ends the day it is written under. By default a lone ISO 8601 column is the time.
    time_zone : str, optional
        Of stamps without an offset: an IANA name or "+08:00". Default: the plant's local clock, not converted.
    roles, units : mapping of str to str, optional
        As in `Frame`.
    schema : Schema, optional
        Read as a model expects it: kinds, levels, time rule and derived columns from there. `time`, `time_zone` and
        `categories` must then not be given.
    delimiter, decimal : str, optional
        One character each, where they shall not be searched for.
    missing : str or iterable of str, optional
        Texts without a value; default "", NA, N/A, NaN, nan, null, NULL, None, "-" and "?".
    categories : str or iterable of str, optional
        Columns to read as categories even if they look like numbers.
    on_bad_rows : {"error", "skip"}, default "error"
        What to do with a row of too few or too many fields, or with broken quotes.

    Returns
    -------
    Frame

    Raises
    ------
    IoError
        The file cannot be read; also a `FileNotFoundError` where it is missing.
    ParseError
        Malformed text; the message names line and column.
    InvalidArgument
        `time` or `categories` name no column, or an option is not allowed.
    SchemaMismatch
        The table does not fit `schema`.

    Warns
    -----
    DataWarning
        What a reader should know: rows skipped, a midnight moved, a column that one word keeps from being numbers.

    Examples
    --------
    >>> import io
    >>> import plantwright as pw
    >>> text = b"date;load_kW;shift\\n31/12/2018 22:00;1,5;late\\n31/12/2018 23:00;;late\\n"
    >>> frame = pw.read_csv(io.BytesIO(text), time="date", roles={"load_kW": "target"})
    >>> frame["load_kW"]
    array([1.5, nan])
    >>> frame.schema["date"].kind
    'time'
    """
    if schema is not None and (time is not None or time_zone is not None or categories is not None):
        raise InvalidArgument("read_csv: time, time_zone and categories come from the schema; leave them out")
    options = _options(time_zone, delimiter, decimal, missing, categories, on_bad_rows)
    result = _read(_source(path), _meanings_of_time(time), options, None if schema is None else schema._core)
    for text in result.warnings:
        warnings.warn(text, DataWarning, stacklevel=2)
    return Frame(Frame._of_core(result.frame), roles=roles, units=units)


def _options(
    time_zone: str | None,
    delimiter: str | None,
    decimal: str | None,
    missing: str | Iterable[str] | None,
    categories: str | Iterable[str] | None,
    on_bad_rows: str,
) -> Any:
    options = _core.CsvOptions()
    options.time_zone = time_zone or ""
    if delimiter is not None:
        options.delimiter = _one_character("delimiter", delimiter)
    if decimal is not None:
        options.decimal = _one_character("decimal", decimal)
    if missing is not None:
        options.missing = _texts(missing)
    if categories is not None:
        options.categories = _texts(categories)
    if on_bad_rows not in ("error", "skip"):
        raise InvalidArgument(f"read_csv: on_bad_rows must be 'error' or 'skip', got {on_bad_rows!r}")
    options.bad_rows = getattr(_core.BadRows, on_bad_rows)
    return options


def _one_character(parameter: str, text: str) -> str:
    if len(text) != 1 or not text.isascii():
        raise InvalidArgument(f"read_csv: {parameter} must be one ASCII character, got {text!r}")
    return text


def _texts(given: str | Iterable[str]) -> list[str]:
    return [given] if isinstance(given, str) else list(given)


def _meanings_of_time(time: str | Sequence[str] | None) -> list[list[str]]:
    """What `time` may mean, in the order to try: a text with commas may name one column or several."""
    if time is None or not isinstance(time, str):
        return [list(time or [])]
    split = [part.strip() for part in time.split(",")]
    return [[time]] if len(split) == 1 else [[time], split]


def _read(source: str | bytes, meanings_of_time: list[list[str]], options: Any, schema: Any) -> Any:
    *others, last = meanings_of_time
    for time in others:
        options.time = time
        try:
            return _read_once(source, options, schema)
        except InvalidArgument as error:
            if "time names no column" not in str(error):
                raise
    options.time = last
    return _read_once(source, options, schema)


def _source(path: str | os.PathLike[str] | BinaryIO) -> str | bytes:
    """A path for the compiled reader, or all bytes of what can be read once only."""
    if isinstance(path, str) and path == "-":
        return sys.stdin.buffer.read()
    if isinstance(path, (str, os.PathLike)):
        return Path(path).read_bytes() if _is_pipe(path) else os.fspath(path)
    data = path.read() if hasattr(path, "read") else path
    if isinstance(data, (bytes, bytearray, memoryview)):
        return bytes(data)
    raise TypeError(f"read_csv: path must be a path or a file opened in binary mode, got {type(path).__name__}")


def _is_pipe(path: str | os.PathLike[str]) -> bool:
    try:
        return not stat.S_ISREG(mode := os.stat(path).st_mode) and not stat.S_ISDIR(mode)
    except OSError:
        return False  # the reader says what is wrong


def _read_once(source: str | bytes, options: Any, schema: Any) -> Any:
    if isinstance(source, bytes):
        return _core.parse_csv(source, options, schema)
    return _core.read_csv(source, options, schema)
