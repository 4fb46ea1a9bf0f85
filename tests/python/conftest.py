# SPDX-License-Identifier: MIT
"""What all Python tests share: where the data lies, and how to try another instruction-set level."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the source tree."""
    return REPOSITORY


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C raises KeyboardInterrupt, whatever a notebook's loop has left behind in this process."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real data: PLANTWRIGHT_DATA, or ../shared/data beside the repository; skips where there is none."""
    folder = Path(os.environ.get("PLANTWRIGHT_DATA") or REPOSITORY.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"real data is not here: {folder} (set PLANTWRIGHT_DATA)")
    return folder


@pytest.fixture(scope="session")
def run_python() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs Python code in a fresh process; keyword arguments are environment variables, None removes one."""

    def run(code: str, *, check: bool = True, **environment: str | None) -> subprocess.CompletedProcess[str]:
        merged = {**os.environ, **environment}
        result = subprocess.run(
            [sys.executable, "-c", code],
            env={name: value for name, value in merged.items() if value is not None},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert not check or result.returncode == 0, result.stderr
        return result

    return run


@pytest.fixture(scope="session")
def runnable_levels(run_python: Callable[..., subprocess.CompletedProcess[str]]) -> list[str]:
    """The levels this processor and this build can run, lowest first; pass one as PLANTWRIGHT_ISA to `run_python`."""
    code = "from plantwright import _core; print(_core.isa_level)"
    levels = ("portable", "v2", "v3", "v4")
    return [level for level in levels if run_python(code, check=False, PLANTWRIGHT_ISA=level).returncode == 0]
