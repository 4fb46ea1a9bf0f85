# SPDX-License-Identifier: MIT
"""Areas stand in an order, and an area uses only itself and those before it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

AREAS = ["core", "io", "frame", "evaluate", "forest", "preprocessing", "neural", "explain", "detect", "model", "advise",
         "monitor", "simulate"]  # fmt: skip
PYTHON_ONLY = ["plot", "report", "serve", "integrations", "cli"]  # above all others; they may use everything
LAZY = {"plot", "report"}  # what a result's to_html() and plot() may import inside the function


def allowed(area: str) -> set[str]:
    if area in PYTHON_ONLY:
        return {*AREAS, *PYTHON_ONLY}
    if area == "simulate":
        return {"core", "frame", "simulate"}
    return set(AREAS[: AREAS.index(area) + 1])


def cpp_uses(path: Path) -> set[str]:
    """The areas of a file's includes: public headers, and headers beside the sources."""
    found = re.findall(r'^\s*#\s*include\s+["<](?:plantwright/)?(\w+)/[\w./]+[">]', path.read_text(), re.MULTILINE)
    return {area for area in found if area in {*AREAS, *PYTHON_ONLY}}


def imported_modules(node: ast.AST, package: list[str]) -> list[list[str]]:
    """The dotted names that one import statement asks for, relative ones made absolute."""
    if isinstance(node, ast.Import):
        return [alias.name.split(".") for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = package[: len(package) - node.level + 1] if node.level else []
        module = base + (node.module.split(".") if node.module else [])
        return [[*module, alias.name] for alias in node.names]
    return []


def walk(node: ast.AST, lazy: bool = False) -> Iterator[tuple[ast.AST, bool]]:
    """Every node, and whether it runs only when a function is called or a type checker reads it."""
    for child in ast.iter_child_nodes(node):
        type_checking = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)
        inside = lazy or type_checking or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        yield child, inside
        yield from walk(child, inside)


def python_uses(path: Path, root: Path) -> set[tuple[str, bool]]:
    """(area, lazily) for each import of another part of the package."""
    package = ["plantwright", *path.relative_to(root).parent.parts]
    names = {*AREAS, *PYTHON_ONLY}
    return {
        (module[1], lazy)
        for node, lazy in walk(ast.parse(path.read_text()))
        for module in imported_modules(node, package)
        if module[0] == "plantwright" and len(module) > 1 and module[1] in names
    }


def cpp_files(repository: Path) -> list[tuple[str, Path]]:
    roots = [repository / "include" / "plantwright", repository / "src"]
    return [(path.relative_to(root).parts[0], path) for root in roots for path in sorted(root.glob("*/**/*.[ch]pp"))]


def test_every_folder_is_an_area(repository):
    folders = {area for area, _ in cpp_files(repository)}
    folders |= {path.parent.name for path in (repository / "python" / "plantwright").glob("*/__init__.py")}
    assert folders <= {*AREAS, *PYTHON_ONLY}


def test_every_include_names_an_area_at_or_before_its_own(repository):
    wrong = [
        f"{path.relative_to(repository)} includes {used}"
        for area, path in cpp_files(repository)
        for used in sorted(cpp_uses(path) - allowed(area))
    ]
    assert not wrong


def test_every_import_names_an_area_at_or_before_its_own(repository):
    root = repository / "python" / "plantwright"
    wrong = [
        f"{path.relative_to(repository)} imports {used}"
        for path in sorted(root.glob("*/**/*.py"))
        for used, lazy in sorted(python_uses(path, root))
        if used not in allowed(path.relative_to(root).parts[0]) and not (lazy and used in LAZY)
    ]
    assert not wrong


def test_bindings_register_their_own_area_only(repository):
    for path in sorted((repository / "bindings").glob("*.cpp")):
        if path.stem in AREAS:
            assert cpp_uses(path) <= allowed(path.stem), path.name


def test_kernel_files_include_only_what_holds_no_inline_function(repository):
    plain = re.compile(r"<(cstdint|cstddef|cstring|immintrin\.h)>|\"[\w/]*_kernel\.hpp\"")
    files = [*(repository / "src").glob("*/*.kernel.cpp"), *(repository / "src").glob("*/*_kernel.hpp")]
    wrong = [
        f"{path.relative_to(repository)}: {included}"
        for path in files
        for included in re.findall(r"^\s*#\s*include\s+(\S+)", path.read_text(), re.MULTILINE)
        if not plain.fullmatch(included)
    ]
    assert not wrong


def test_the_umbrella_header_includes_every_public_header(repository):
    root = repository / "include"
    umbrella = (root / "plantwright" / "plantwright.hpp").read_text()
    included = re.findall(r'#include "(plantwright/[\w/.]+)"', umbrella)
    headers = {str(path.relative_to(root)) for path in (root / "plantwright").glob("*/*.hpp")}
    assert set(included) == headers - {"plantwright/core/eigen.hpp"}  # that one asks for Eigen
    assert included == sorted(included, key=lambda name: (AREAS.index(name.split("/")[1]), name))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("import plantwright.report", {("report", False)}),
        ("from plantwright.frame import Frame", {("frame", False)}),
        ("from plantwright import forest", {("forest", False)}),
        ("from ..io import save", {("io", False)}),
        ("def to_html(self):\n    from plantwright.report import page", {("report", True)}),
        ("import numpy", set()),
    ],
)
def test_the_reader_of_imports_sees_every_form(tmp_path, line, expected):
    path = tmp_path / "forest" / "_module.py"
    path.parent.mkdir()
    path.write_text(line)
    assert python_uses(path, tmp_path) == expected


def test_the_reader_of_includes_sees_both_forms(tmp_path):
    path = tmp_path / "x.cpp"
    path.write_text('#include "plantwright/forest/tree.hpp"\n#include "io/bytes.hpp"\n#include <vector>\n')
    assert cpp_uses(path) == {"forest", "io"}
