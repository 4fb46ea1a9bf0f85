#!/usr/bin/env bash
# usage: scripts/test.sh [cpp|python]    both by default
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
which=${1:-all}

test_cpp() {
    say "C++ tests"
    build_cpp . build/test "${TEST_BUILD[@]}"
    ctest --test-dir build/test --output-on-failure --parallel "$JOBS"
}

test_python() {
    need_package test
    (debian_install mosquitto) || say "Without mosquitto, the tests of the plant that is watched through a broker are skipped"
    say "Python tests, against $($VENV/bin/python -c 'import plantwright; print(plantwright.__file__)')"
    $VENV/bin/python -m pytest -q --numprocesses "$JOBS" --dist loadgroup tests/python
    say "Examples in the docstrings"
    $VENV/bin/python -m pytest -q --doctest-modules --pyargs plantwright
}

[ "$which" = python ] || test_cpp
[ "$which" = cpp ] || test_python
