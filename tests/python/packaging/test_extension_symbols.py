# SPDX-License-Identifier: MIT
"""What the compiled module shows to, and takes from, the process that imports it."""

import shutil
import subprocess

import pytest
from plantwright import _core


def dynamic_symbols(option: str) -> set[str]:
    if shutil.which("nm") is None:
        pytest.skip("nm (binutils) is not installed")
    lines = subprocess.run(["nm", "-D", option, _core.__file__], capture_output=True, text=True, check=True).stdout
    return {line.split()[-1].split("@")[0] for line in lines.splitlines()}


def test_the_module_exports_its_init_function_alone():
    assert dynamic_symbols("--defined-only") == {"PyInit__core"}


def test_the_module_takes_no_function_that_prints_exits_or_installs_handlers():
    forbidden = {
        "printf",
        "puts",
        "putchar",
        "fprintf",
        "vfprintf",
        "perror",
        "_ZSt4cout",
        "_ZSt4cerr",
        "_ZSt4clog",
        "exit",
        "_exit",
        "quick_exit",
        "signal",
        "sigaction",
        "atexit",
        "pthread_atfork",
        "__register_atfork",
    }
    assert not dynamic_symbols("--undefined-only") & forbidden
