# SPDX-License-Identifier: MIT
"""The type information that is shipped tells the truth about the compiled module, and mypy accepts the package."""

import re
import subprocess
import sys
from pathlib import Path

import plantwright

PACKAGE = Path(plantwright.__file__).parent

# What a stub cannot say of a pybind11 class.
INEXPRESSIBLE = re.compile(
    r"is inconsistent, metaclass differs$"
    r"|\.__init__ is inconsistent, stub does not have \*args parameter \"args\"$"  # a class without a constructor
    r"|\.__pybind11_native_enum__ is not present in stub$"
)


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *arguments], capture_output=True, text=True, cwd=cwd, timeout=600)


def test_the_package_says_that_it_is_typed():
    assert (PACKAGE / "py.typed").exists()
    assert (PACKAGE / "_core" / "__init__.pyi").exists()


def test_the_stubs_agree_with_the_compiled_module(tmp_path):
    result = run("mypy.stubtest", "--concise", "plantwright._core", cwd=tmp_path)
    assert not result.stderr
    differences = [line for line in result.stdout.splitlines() if not INEXPRESSIBLE.search(line)]
    assert not differences, "run `make stubs`:\n" + "\n".join(differences)


def test_mypy_accepts_the_package(repository):
    result = run("mypy", cwd=repository)
    assert result.returncode == 0, result.stdout + result.stderr


def test_mypy_sees_the_types_of_the_installed_package(tmp_path):
    program = tmp_path / "program.py"
    program.write_text("import plantwright\nversion: int = plantwright.__version__\n")
    result = run("mypy", str(program), cwd=tmp_path)
    assert 'expression has type "str", variable has type "int"' in result.stdout
