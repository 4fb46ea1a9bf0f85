# SPDX-License-Identifier: MIT
"""`save`, `load` and `read_header`, and which class a model file's type stands for."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

from plantwright import _core
from plantwright.core import InvalidArgument, UnsupportedVersion

_loaders: dict[str, Callable[[bytes], Any]] = {}


@runtime_checkable
class _Saveable(Protocol):
    def _to_plw_bytes(self) -> bytes: ...


def register(type_name: str, loader: Callable[[bytes], Any]) -> None:
    """Say which function turns the bytes of a model file into an object.

    Classes derived from `PlwSerializable` need not call this.

    Parameters
    ----------
    type_name : str
        The `type` in the file's header.
    loader : callable
        Takes the whole file as bytes, returns the object.

    Raises
    ------
    InvalidArgument
        If the name is empty.
    """
    if not type_name:
        raise InvalidArgument("register: type_name must not be empty")
    _loaders[type_name] = loader


def _plain(value: Any) -> Any:
    """Return what JSON has for a NumPy scalar or array."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _header_json(extra: Mapping[str, Any]) -> str:
    try:
        return json.dumps(dict(extra), allow_nan=False, default=_plain)
    except (TypeError, ValueError) as error:
        raise InvalidArgument(f"save: extra must be plain data without NaN and infinity: {error}") from None


def save(obj: Any, path: str | os.PathLike[str], *, extra: Mapping[str, Any] | None = None) -> None:
    """Save a fitted object to a `.plw` file, which Python and C++ load.

    The file is written beside its final place and renamed, so that a crash or a full disk leaves an old file as it was.

    Parameters
    ----------
    obj : estimator
        A fitted object of this library.
    path : str or path-like
        Where to; a symbolic link is followed.
    extra : mapping, optional
        More members for the file's header (`read_header` shows them), such as provenance or metrics; plain data,
        together with the rest of the header at most 1 MiB.

    Raises
    ------
    InvalidArgument
        If the object cannot be saved, or a member of `extra` has no form in JSON or a name that the header already has.
    NotFitted
        If the estimator is not fitted.
    IoError
        If the operating system refuses; also an instance of the built-in class that fits, such as `PermissionError`.

    Examples
    --------
    >>> import plantwright as pw
    >>> pw.save([1, 2], "list.plw")
    Traceback (most recent call last):
        ...
    plantwright.core._errors.InvalidArgument: save: a list cannot be saved; only fitted objects of plantwright can
    """
    if isinstance(obj, type) or not isinstance(obj, _Saveable):
        name = f"class {obj.__name__}" if isinstance(obj, type) else type(obj).__name__
        raise InvalidArgument(f"save: a {name} cannot be saved; only fitted objects of plantwright can")
    data = obj._to_plw_bytes()
    if extra:
        data = _core.with_header_members(data, _header_json(extra))
    _core.write_atomically(path, data)


def load(path: str | os.PathLike[str]) -> Any:
    """Load what `save`, in Python or C++, has written.

    Everything in the file is checked before it is used; a damaged or hostile file raises an error and does nothing
    else.

    Parameters
    ----------
    path : str or path-like
        The file.

    Returns
    -------
    object
        An instance of the class that was saved.

    Raises
    ------
    IoError
        If the file cannot be read; also `FileNotFoundError`, `PermissionError`, ... as it fits.
    CorruptModel
        If the file is damaged or not a model.
    UnsupportedVersion
        If a newer library wrote it, or it holds a type that this one does not have.

    Examples
    --------
    >>> import plantwright as pw
    >>> pw.load("no-such-file.plw")
    Traceback (most recent call last):
        ...
    plantwright.core._errors.NoSuchFile: cannot open 'no-such-file.plw': No such file or directory
    """
    data = _core.read_file(path)
    type_name = json.loads(_core.read_header_of_bytes(data))["type"]
    if type_name not in _loaders:
        known = ", ".join(sorted(_loaders)) or "none"
        raise UnsupportedVersion(f"load: {os.fspath(path)!r} holds a {type_name}; this library knows {known}")
    return _loaders[type_name](data)


def read_header(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return what a model file says about itself, without loading the model.

    Parameters
    ----------
    path : str or path-like
        The file; only its front is read and checked.

    Returns
    -------
    dict
        `type`, `format`, `library_version`, what the object says of itself (schema, options, ...), and the members that
        `save` was given as `extra`.

    Raises
    ------
    IoError, CorruptModel, UnsupportedVersion
        As `load`.

    Examples
    --------
    >>> from plantwright.io import read_header
    >>> read_header("no-such-file.plw")
    Traceback (most recent call last):
        ...
    plantwright.core._errors.NoSuchFile: cannot open 'no-such-file.plw': No such file or directory
    """
    header: dict[str, Any] = json.loads(_core.read_header(path))
    return header
