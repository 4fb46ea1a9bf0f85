# SPDX-License-Identifier: MIT
"""PLANTWRIGHT_ISA chooses the level of the kernels, once, at import."""

import re
from pathlib import Path

import pytest

PRINT_LEVEL = "from plantwright import _core; print(_core.isa_level)"
LEVELS = ["portable", "v2", "v3", "v4"]


def test_the_level_asked_for_is_the_level_that_runs(run_python, runnable_levels):
    for level in runnable_levels:
        assert run_python(PRINT_LEVEL, PLANTWRIGHT_ISA=level).stdout.strip() == level


def test_without_a_wish_the_highest_level_runs(run_python, runnable_levels):
    assert run_python(PRINT_LEVEL, PLANTWRIGHT_ISA=None).stdout.strip() == runnable_levels[-1]
    assert run_python(PRINT_LEVEL, PLANTWRIGHT_ISA="").stdout.strip() == runnable_levels[-1]


def test_the_highest_level_is_what_the_processor_says(runnable_levels):
    cpuinfo = Path("/proc/cpuinfo")
    if "v2" not in runnable_levels or not cpuinfo.exists():
        pytest.skip("not Linux on x86-64, or a build with the portable level alone")
    flags = set(re.search(r"^flags\s*:(.*)$", cpuinfo.read_text(), re.MULTILINE)[1].split())
    has_v3 = {"avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe"} <= flags
    has_v4 = has_v3 and {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"} <= flags
    assert ("v3" in runnable_levels) == has_v3
    assert ("v4" in runnable_levels) == has_v4


def test_an_unknown_level_is_an_error_that_names_the_allowed_ones(run_python):
    result = run_python(PRINT_LEVEL, check=False, PLANTWRIGHT_ISA="avx2")
    assert result.returncode != 0
    assert "PLANTWRIGHT_ISA must be v2, v3, v4 or portable, got 'avx2'" in result.stderr


def test_asking_for_more_than_the_processor_has_is_an_error(run_python, runnable_levels):
    too_much = [level for level in LEVELS if level not in runnable_levels]
    if not too_much:
        pytest.skip("this processor has every level")
    for level in too_much:
        result = run_python(PRINT_LEVEL, check=False, PLANTWRIGHT_ISA=level)
        assert result.returncode != 0
        assert f"PLANTWRIGHT_ISA={level} asks for more than this processor and build have" in result.stderr
