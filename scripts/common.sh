# Sourced by the scripts beside it: the repository root, what the system must have, and the Python environment .venv.
# Everything is done once: a stamp under build/stamps holds the hash of what a step was made from.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

JOBS=${JOBS:-$(nproc)}
STAMPS=build/stamps
VENV=.venv
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 CMAKE_BUILD_PARALLEL_LEVEL="$JOBS"
mkdir -p "$STAMPS"

say() { printf '==> %s\n' "$*" >&2; }
die() { printf 'plantwright: %s\n' "$*" >&2; exit 1; }

# hash_of PATH...: one hash over the contents and names of files and folders (what was built or cached left out).
hash_of() {
    find "$@" -type f ! -path '*/__pycache__/*' ! -name '*.so' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-40
}

# once STAMP HASH COMMAND...: runs the command unless the stamp already holds the hash.
once() {
    local stamp=$STAMPS/$1 hash=$2
    shift 2
    [ "$(cat "$stamp" 2>/dev/null)" = "$hash" ] && return
    "$@"
    echo "$hash" >"$stamp"
}

# missing_debian PACKAGE...: those that are not installed.
missing_debian() {
    local package
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
    done
}

# debian_install PACKAGE...: installs what is missing, or says what to install.
debian_install() {
    command -v dpkg-query >/dev/null || die "not a Debian system: please install the equivalents of: $*"
    local missing as_root=()
    mapfile -t missing < <(missing_debian "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ]; then
        sudo -n true 2>/dev/null || { [ -t 0 ] && command -v sudo >/dev/null; } ||
            die "missing Debian packages; please run as root: apt-get install ${missing[*]}"
        as_root=(sudo)
    fi
    say "Installing Debian packages: ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

TOOLCHAIN=(g++ ccache cmake libboost-dev libboost-serialization-dev libeigen3-dev libgtest-dev make ninja-build nlohmann-json3-dev
    pkg-config)

# have_toolchain: whether a compiler, CMake and the headers are there, from Debian or elsewhere.
have_toolchain() {
    command -v dpkg-query >/dev/null && [ -z "$(missing_debian "${TOOLCHAIN[@]}")" ] && return
    command -v c++ >/dev/null && command -v cmake >/dev/null && command -v pkg-config >/dev/null &&
        printf '#include <%s>\n' Eigen/Core boost/archive/text_oarchive.hpp nlohmann/json.hpp gtest/gtest.h |
        c++ -std=c++20 $(pkg-config --cflags eigen3 2>/dev/null) -fopenmp -fsyntax-only -x c++ - 2>/dev/null
}

need_toolchain() {
    have_toolchain || debian_install "${TOOLCHAIN[@]}"
    export CXX=${CXX:-c++}  # pip's build and CMake's alike: to ccache, g++ and c++ are two compilers
    command -v ccache >/dev/null && export CMAKE_CXX_COMPILER_LAUNCHER=ccache
    command -v ninja >/dev/null && export CMAKE_GENERATOR=Ninja
    return 0
}

# find_python: the interpreter for .venv: $PYTHON, or the first that is at least 3.11 and can build extensions.
is_usable_python() {
    "$1" -c 'import sys, sysconfig, os, venv, ensurepip
sys.exit(sys.version_info < (3, 11) or not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))' 2>/dev/null
}

find_python() {
    local candidate
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do
        command -v "$candidate" >/dev/null && is_usable_python "$candidate" && { echo "$candidate"; return; }
        [ -n "${PYTHON:-}" ] && return 1
    done
    return 1
}

need_venv() {
    [ -x $VENV/bin/python ] && $VENV/bin/python -c '' 2>/dev/null && return
    local python
    if ! python=$(find_python); then
        [ -z "${PYTHON:-}" ] || die "PYTHON=$PYTHON must be Python >= 3.11 with venv and its headers"
        debian_install python3 python3-dev python3-venv
        python=$(find_python) || die "no Python >= 3.11 with its headers was found; set PYTHON=/path/to/python3"
    fi
    say "Creating $VENV with $("$python" --version)"
    "$python" -m venv --clear $VENV
    rm -f $STAMPS/pip-* $STAMPS/package
}

# pip_once NAME REQUIREMENT...: a set of Python packages, installed once.
pip_once() {
    local name=$1
    shift
    once "pip-$name" "$(printf '%s\n' "$@" | sha256sum)" pip_install "$@"
}
pip_install() {
    say "Installing Python packages: $*"
    $VENV/bin/python -m pip install -q "$@"
}

# requirements_of EXTRA...: the packages behind extras of pyproject.toml, without plantwright itself.
requirements_of() {
    $VENV/bin/python - "$@" <<'PYTHON'
import re, sys, tomllib

project = tomllib.load(open("pyproject.toml", "rb"))["project"]
def expand(extra):
    for requirement in project["optional-dependencies"][extra]:
        inner = re.fullmatch(r"plantwright\[(.*)\]", requirement)
        if inner:
            for name in inner[1].split(","):
                yield from expand(name)
        else:
            yield requirement
print("\n".join(dict.fromkeys([*project["dependencies"], *(r for extra in sys.argv[1:] for r in expand(extra))])))
PYTHON
}

# need_package EXTRA...: plantwright itself in .venv, a real install of this tree, with the packages of some extras.
need_package() {
    need_toolchain
    need_venv
    local requirements
    mapfile -t requirements < <(requirements_of "$@")
    pip_once build 'scikit-build-core>=0.11' 'pybind11>=3.0'
    pip_once "$(IFS=-; echo "$*")" "${requirements[@]}"
    once package "$(hash_of CMakeLists.txt pyproject.toml cmake include src bindings python README.md LICENSE)" install_package
}
install_package() {
    say "Building and installing plantwright into $VENV"
    $VENV/bin/python -m pip install -q --no-build-isolation --no-deps --force-reinstall .
}

TEST_BUILD=(-DCMAKE_BUILD_TYPE=Release "-DCMAKE_CXX_FLAGS_RELEASE=-O2 -D_GLIBCXX_ASSERTIONS"
    -DPLANTWRIGHT_BUILD_PYTHON=OFF -DPLANTWRIGHT_BUILD_BENCHMARKS=OFF)

# build_cpp SOURCE DIRECTORY CMAKE-OPTION...: configures when needed, then builds all.
build_cpp() {
    local source=$1 directory=$2 stamp
    shift 2
    need_toolchain
    stamp=configure-$(basename "$directory")
    [ -e "$directory/CMakeCache.txt" ] || rm -f "$STAMPS/$stamp"
    once "$stamp" "$source $(command -v cmake) $*" cmake -S "$source" -B "$directory" "$@"
    cmake --build "$directory"
}
