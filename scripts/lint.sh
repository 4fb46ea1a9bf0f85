#!/usr/bin/env bash
# usage: scripts/lint.sh [ruff|codespell|clang-format|mypy]...    all by default; `scripts/lint.sh fix` rewrites instead
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need_venv

cpp_files() { git ls-files '*.cpp' '*.hpp'; }
lint_ruff() { $VENV/bin/ruff check . && $VENV/bin/ruff format --check .; }
lint_codespell() { git ls-files -z | xargs -0 $VENV/bin/codespell; }
lint_clang_format() { cpp_files | xargs $VENV/bin/clang-format --dry-run --Werror; }
lint_mypy() { $VENV/bin/mypy; }

if [ "${1:-}" = fix ]; then
    pip_once lint $(requirements_of lint)
    $VENV/bin/ruff check --fix . || true
    $VENV/bin/ruff format .
    cpp_files | xargs $VENV/bin/clang-format -i
    exit
fi

need_package test lint
failed=()
for tool in "${@:-ruff codespell clang-format mypy}"; do
    for name in $tool; do
        say "$name"
        "lint_${name//-/_}" || failed+=("$name")
    done
done
[ ${#failed[@]} -eq 0 ] || die "not clean: ${failed[*]}"
