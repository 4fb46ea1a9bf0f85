# SPDX-License-Identifier: MIT
"""Threads and forked processes."""

from __future__ import annotations

from plantwright import _core


def allow_threads_after_fork() -> None:
    """Let this process, the child of a fork, run threads again.

    The OpenMP runtime hangs when a parent process has run a parallel region and its forked child starts another. A
    child of a parent that ran threads therefore runs everything with one thread, whatever `n_jobs` says. Call this in
    the child when you know that it is safe, for example because the OpenMP runtime in use survives a fork.

    Notes
    -----
    A child of a parent that never ran threads is free to use them without this call. Processes started by ``spawn`` or
    ``forkserver`` are not affected either.

    Examples
    --------
    >>> import plantwright as pw
    >>> pw.allow_threads_after_fork()
    """
    _core.allow_threads_after_fork()
