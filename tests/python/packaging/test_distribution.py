# SPDX-License-Identifier: MIT
"""What is installed: metadata, the command, and no dependency beyond the three that are promised."""

import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

import plantwright
import pytest
from plantwright import _core

HARD_DEPENDENCIES = {"numpy", "scikit-learn", "narwhals"}


def test_the_version_has_one_source(repository):
    header = (repository / "include" / "plantwright" / "core" / "version.hpp").read_text()
    major, minor, patch = (re.search(rf"VERSION_{part} (\d+)", header)[1] for part in ("MAJOR", "MINOR", "PATCH"))
    version = f"{major}.{minor}.{patch}"
    assert f'PLANTWRIGHT_VERSION "{version}"' in header
    assert plantwright.__version__ == _core.__version__ == importlib.metadata.version("plantwright") == version
    assert f"\nversion: {version}\n" in (repository / "CITATION.cff").read_text()


def test_the_tests_run_against_an_installed_copy(repository):
    if not list(importlib.metadata.distribution("plantwright").files or ()):
        pytest.skip("plantwright is not installed")
    assert not Path(plantwright.__file__).is_relative_to(repository / "python")


def test_only_three_packages_are_needed():
    requirements = importlib.metadata.requires("plantwright")
    hard = {re.match(r"[\w-]+", line)[0] for line in requirements if "extra ==" not in line}
    assert hard == HARD_DEPENDENCIES


def test_import_loads_no_optional_package(run_python):
    loaded = "{name.split('.')[0] for name in sys.modules}"  # scikit-learn itself loads pandas where there is one
    code = f"import sys, sklearn.ensemble, narwhals; before = {loaded}; import plantwright; print(*({loaded} - before))"
    optional = {
        "pandas",
        "polars",
        "pyarrow",
        "matplotlib",
        "tqdm",
        "flask",
        "xgboost",
        "lightgbm",
        "onnx",
        "onnxruntime",
        "shap",
    }
    assert not set(run_python(code).stdout.split()) & optional


def test_everything_public_is_exported_and_documented():
    for name in plantwright.__all__:
        assert hasattr(plantwright, name), name
        if callable(getattr(plantwright, name)):
            assert getattr(plantwright, name).__doc__, f"{name} has no docstring"


@pytest.mark.parametrize("command", [["plantwright"], [sys.executable, "-m", "plantwright"]])
def test_the_command_is_there_and_teaches(command):
    if len(command) == 1:
        command = [str(Path(sys.executable).parent / command[0])]
    result = subprocess.run([*command, "--help"], capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    assert "usage: plantwright" in result.stdout
