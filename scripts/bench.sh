#!/usr/bin/env bash
# usage: scripts/bench.sh [area...]    every benchmark of these areas, or of all; C++ programs first, then Python
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need_package test
build_cpp . build/bench -DCMAKE_BUILD_TYPE=Release -DPLANTWRIGHT_BUILD_TESTS=OFF -DPLANTWRIGHT_BUILD_PYTHON=OFF >&2

areas=("$@")
[ $# -gt 0 ] || mapfile -t areas < <(find benchmarks -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort)
for area in "${areas[@]}"; do
    [ -d "benchmarks/$area" ] || die "no benchmarks of '$area'"
    for scenario in "benchmarks/$area"/*.cpp; do
        [ -e "$scenario" ] || continue
        say "$scenario"
        "build/bench/benchmarks/${area}_$(basename "$scenario" .cpp)"
    done
    for scenario in "benchmarks/$area"/[!_]*.py; do
        [ -e "$scenario" ] || continue
        say "$scenario"
        $VENV/bin/python "$scenario"
    done
done
