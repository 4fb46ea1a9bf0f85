#!/usr/bin/env bash
# usage: make demo [DATA=file.csv TARGET=column [TIME=column[,column...]] [TASK=regression|classification]]
# The variables arrive by the environment, so that names such as 'CO2 (t, dry)' need no care.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
[ -z "${DATA:-}" ] || [ -e "$DATA" ] || die "DATA=$DATA: no such file"
[ -z "${DATA:-}" ] || [ -n "${TARGET:-}" ] || die "DATA needs TARGET=column, the column to predict"

need_package demo
# The C++ side as a user has it: the library installed into a prefix, and a program that finds it there.
build_cpp . build/release -DCMAKE_BUILD_TYPE=Release -DPLANTWRIGHT_BUILD_TESTS=OFF -DPLANTWRIGHT_BUILD_BENCHMARKS=OFF \
    -DPLANTWRIGHT_BUILD_PYTHON=OFF >&2
cmake --install build/release --prefix build/prefix >/dev/null
build_cpp docs/examples/cpp_score build/score -DCMAKE_BUILD_TYPE=Release "-DCMAKE_PREFIX_PATH=$PWD/build/prefix" >&2

options=()
[ -z "${DATA:-}" ] || options+=(--data "$DATA")
[ -z "${TARGET:-}" ] || options+=(--target "$TARGET")
[ -z "${TIME:-}" ] || options+=(--time "$TIME")
[ -z "${TASK:-}" ] || options+=(--task "$TASK")
PLANTWRIGHT_SCORER=$PWD/build/score/plantwright_score exec $VENV/bin/plantwright demo "${options[@]}"
