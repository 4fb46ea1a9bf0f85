# SPDX-License-Identifier: MIT
"""Watching long computations: a tqdm bar, a plain line on stderr, or a callable of the user's."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any, TextIO

ProgressCallable = Callable[[str, int, int], "bool | None"]


class _Quiet:
    """Says nothing beside the progress itself."""

    def note(self, text: str) -> None:
        """Show a few words, such as a loss."""


class _Silent(_Quiet):
    """No progress wanted: the compiled side gets None."""

    def __enter__(self) -> ProgressCallable | None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


class _Given(_Quiet):
    """The user's own callable."""

    def __init__(self, callback: ProgressCallable) -> None:
        self._callback = callback

    def __enter__(self) -> ProgressCallable | None:
        return self._callback

    def __exit__(self, *_: object) -> None:
        return None


class _Bar:
    """A tqdm bar per task; closed when the block ends, however it ends."""

    def __init__(self, make_bar: Callable[..., Any]) -> None:
        self._make_bar = make_bar
        self._bar: Any = None
        self._task = ""

    def __enter__(self) -> ProgressCallable | None:
        return self._report

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.close()

    def _report(self, task: str, done: int, total: int) -> None:
        if self._bar is None or task != self._task:
            self.__exit__(None, None, None)
            self._bar, self._task = self._make_bar(total=total, desc=task), task
        self._bar.update(done - self._bar.n)

    def note(self, text: str) -> None:
        """Show a few words behind the bar."""
        if self._bar is not None:
            self._bar.set_postfix_str(text)


class _Lines:
    """A line on stderr for every tenth of the work; what `verbose` shows where tqdm is not installed."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._last: tuple[str, int] = ("", -1)

    def __enter__(self) -> ProgressCallable | None:
        return self._report

    def __exit__(self, *_: object) -> None:
        return None

    def _report(self, task: str, done: int, total: int) -> None:
        tenth = 10 * done // max(total, 1)
        if (task, tenth) != self._last:
            self._last = (task, tenth)
            print(f"{task}: {done}/{total}", file=self._stream, flush=True)

    def note(self, text: str) -> None:
        """Show a few words on a line of their own."""
        print(text, file=self._stream, flush=True)


def _tqdm_bar() -> Callable[..., Any] | None:
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return None
    return tqdm  # type: ignore[no-any-return]


def resolve_progress(
    verbose: int | bool = 0, progress: bool | ProgressCallable | None = None
) -> _Silent | _Given | _Bar | _Lines:
    """Turn an estimator's `verbose` and `progress` into a context manager that yields the callback to pass down.

    Parameters
    ----------
    verbose : int, default=0
        0 shows nothing; 1 and more shows a tqdm bar, or lines on stderr where tqdm is not installed.
    progress : None, bool or callable, default=None
        True shows a tqdm bar. A callable is called as ``progress(task, done, total)`` at most every 50 ms, on the
        thread that called; returning False stops the computation, which then raises `Stopped`. Wins over `verbose`;
        False silences it.

    Returns
    -------
    context manager
        Entering gives the callable, or None when nothing is wanted.

    Raises
    ------
    ImportError
        If `progress=True` and tqdm is not installed; the message names the extra.
    TypeError
        If `progress` is none of the above.

    Examples
    --------
    >>> from plantwright.core import resolve_progress
    >>> with resolve_progress(progress=lambda task, done, total: print(task, done, total)) as callback:
    ...     _ = callback("fit", 1, 2)
    fit 1 2
    >>> with resolve_progress(verbose=0) as callback:
    ...     print(callback)
    None
    """
    if progress is not None and not isinstance(progress, bool):
        if not callable(progress):
            raise TypeError(f"progress must be None, a bool or a callable (task, done, total), got {progress!r}")
        return _Given(progress)
    if progress is False or (progress is None and not verbose):
        return _Silent()
    bar = _tqdm_bar()
    if bar is not None:
        return _Bar(bar)
    if progress:
        raise ImportError("progress=True needs tqdm: pip install 'plantwright[progress]'")
    return _Lines(sys.stderr)
