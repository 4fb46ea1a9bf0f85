#!/usr/bin/env bash
# API documentation into build/docs: Python by pdoc, C++ by Doxygen.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need_package all docs
rm -rf build/docs && mkdir -p build/docs
$VENV/bin/pdoc --docformat numpy --output-directory build/docs/python plantwright '!plantwright._core'
command -v doxygen >/dev/null || debian_install doxygen
doxygen scripts/Doxyfile
say "build/docs/python/index.html and build/docs/cpp/index.html"
