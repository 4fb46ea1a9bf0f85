#!/usr/bin/env bash
# Writes the stubs python/plantwright/_core/*.pyi anew from the installed module; tests/python/packaging/test_stubs.py compares.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need_package test
pip_once stubs 'pybind11-stubgen>=2.5'
rm -rf build/stubs
# A default that is an object of ours has no expression; the stub says `...` for it.
$VENV/bin/python -m pybind11_stubgen plantwright._core --output-dir build/stubs --exit-code \
    --ignore-invalid-expressions '<plantwright.* object at .*>'
$VENV/bin/python scripts/tidy_stubs.py build/stubs/plantwright/_core python/plantwright/_core
say "python/plantwright/_core: $(cd python/plantwright/_core && echo *)"
