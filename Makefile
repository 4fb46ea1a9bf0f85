# plantwright: the two commands are `make demo` and `make test`. Each target is a script in scripts/.
# Variables: PYTHON (an interpreter >= 3.11), JOBS (compilers at once), and for the demo DATA, TARGET, TIME, TASK.
export PYTHON JOBS DATA TARGET TIME TASK

.DEFAULT_GOAL := help
.PHONY: help demo test test-cpp test-python bench docs emulate fuzz lint stubs clean

help:         ## this list
	@sed -n 's/^\([a-z-]*\): *## \(.*\)/  make \1|\2/p' Makefile | column -t -s '|'
demo:         ## simulate a plant, train, save, load in C++, report; or DATA=file.csv TARGET=column [TIME=column] [TASK=...]
	@scripts/demo.sh
test:         ## all tests: C++ (CTest), then Python (pytest) against a real install in .venv
	@scripts/test.sh
test-cpp:     ## the C++ tests alone
	@scripts/test.sh cpp
test-python:  ## the Python tests alone
	@scripts/test.sh python
bench:        ## all benchmarks
	@scripts/bench.sh
docs:         ## API documentation into build/docs
	@scripts/docs.sh
emulate:      ## the forests' AVX-512 kernels in an emulator (Bochs), on machines without AVX-512
	@scripts/emulate_avx512.sh
fuzz:         ## libFuzzer on the readers of CSV, JSON, model and forest files, FUZZ_SECONDS=60 in all
	@scripts/fuzz.sh
lint:         ## ruff, codespell, clang-format and mypy over the tree
	@scripts/lint.sh
stubs:        ## write python/plantwright/_core.pyi anew from the built module
	@scripts/stubs.sh
clean:        ## delete what was built
	rm -rf build .venv dist demo-output
