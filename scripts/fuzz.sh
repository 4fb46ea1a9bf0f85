#!/usr/bin/env bash
# usage: FUZZ_SECONDS=60 scripts/fuzz.sh    libFuzzer (clang, ASan + UBSan) on each tests/fuzz/<name>_fuzz.cpp in turn,
# that long in all, starting from tests/fuzz/corpus/<name>; what it finds stays in build/fuzz.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need_toolchain
clang=$(command -v clang++ clang++-14 | head -n1) || true
if [ -z "$clang" ]; then
    debian_install clang libclang-rt-14-dev libomp-14-dev
    clang=$(command -v clang++)
fi
build_cpp . build/fuzz -DCMAKE_BUILD_TYPE=RelWithDebInfo "-DCMAKE_CXX_COMPILER=$clang" -DPLANTWRIGHT_BUILD_FUZZERS=ON \
    -DPLANTWRIGHT_BUILD_TESTS=OFF -DPLANTWRIGHT_BUILD_BENCHMARKS=OFF -DPLANTWRIGHT_BUILD_PYTHON=OFF
cd build/fuzz
harnesses=(../../tests/fuzz/*_fuzz.cpp)
seconds=$(((${FUZZ_SECONDS:-60} + ${#harnesses[@]} - 1) / ${#harnesses[@]}))
for harness in "${harnesses[@]}"; do
    name=$(basename "$harness" _fuzz.cpp)
    mkdir -p "corpus/$name"
    say "$name: $seconds s"
    "tests/fuzz/${name}_fuzz" "corpus/$name" "../../tests/fuzz/corpus/$name" -max_total_time="$seconds" \
        -print_final_stats=1 -rss_limit_mb=2048 -timeout=10
done
