# SPDX-License-Identifier: MIT
"""Every failure the library reports. The compiled module looks these classes up by name."""

from __future__ import annotations

import errno as _errno

from sklearn.exceptions import NotFittedError


class Error(Exception):
    """What all exceptions of this library share."""


class InvalidArgument(Error, ValueError):
    """A parameter or input that the call cannot take."""


class NotFitted(Error, NotFittedError):  # type: ignore[misc]  # scikit-learn has no types
    """The model was asked for something before it was fitted."""


class SchemaMismatch(Error, ValueError):
    """The table does not fit the model's schema: missing, extra or retyped columns, unseen categories."""


class ParseError(Error, ValueError):
    """Text that cannot be read; the message names line and column."""


class CorruptModel(Error, ValueError):
    """A model file that is damaged, truncated or hostile."""


class UnsupportedVersion(Error, ValueError):
    """A model file written by a newer library than this one."""


class IoError(Error, OSError):
    """The operating system refused: no such file, no space, no permission.

    Where the error number has a built-in class (`FileNotFoundError`, `PermissionError`, ...), the exception raised is
    an instance of that class too.
    """

    def __str__(self) -> str:
        """Return the message alone: it already names the file and the reason."""
        return str(self.strerror) if self.strerror else super().__str__()


class Stopped(Error, RuntimeError):
    """A progress callback asked a long computation to stop; nothing was changed."""


class DataWarning(UserWarning):
    """What a user should know about data that was accepted: rows skipped, a guess made, a column that looks wrong."""


class NoSuchFile(IoError, FileNotFoundError):
    """No such file."""


class NoPermission(IoError, PermissionError):
    """The permissions do not allow it."""


class IsADirectory(IoError, IsADirectoryError):
    """A directory where a file was expected."""


class NotADirectory(IoError, NotADirectoryError):
    """A file where a directory was expected."""


class FileExists(IoError, FileExistsError):
    """The file is there already."""


_BY_NUMBER: dict[int, type[IoError]] = {
    _errno.ENOENT: NoSuchFile,
    _errno.EACCES: NoPermission,
    _errno.EPERM: NoPermission,
    _errno.EISDIR: IsADirectory,
    _errno.ENOTDIR: NotADirectory,
    _errno.EEXIST: FileExists,
}


def io_error(message: str, error_number: int, path: str) -> IoError:
    """Make the `IoError` that is also the built-in exception of `error_number`."""
    kind = _BY_NUMBER.get(error_number, IoError)
    if error_number == 0:
        return kind(None, message, path or None)
    return kind(error_number, message, path) if path else kind(error_number, message)
