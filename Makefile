# Needs Python 3.11 or later, make and a C compiler; everything else is installed into .venv.
# `make` alone lists the targets.

SHELL := /bin/bash
.DEFAULT_GOAL := help

# The first of these that really runs and is recent enough; override with `make PYTHON=...`.
PYTHON ?= $(shell for p in python3.11 python3 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; \
	done)

VENV := .venv
BIN := $(VENV)/bin
INPUTS := pyproject.toml constraints.txt
DEV := $(VENV)/.installed-dev
DOCS := $(VENV)/.installed-docs

# Number of test processes.
JOBS ?= 2
# Extra arguments for pytest: make test ARGS="-k workflows -x"
ARGS ?=
# What `make demo` shows.
DEMO ?= $(BIN)/heirloom compare breast_cancer --target target --features "mean radius,mean texture" --rows 200
# Every benchmark is a script that prints its own table.
BENCHMARKS := $(sort $(wildcard benchmarks/bench_*.py))

# Data sets too large to ship: taken from a folder beside the repository where there is one.
ifndef HEIRLOOM_DATA
ifneq ($(wildcard ../shared/data/.),)
export HEIRLOOM_DATA := $(abspath ../shared/data)
endif
endif

# Each test process has a processor to itself: linear algebra with threads of its own would make them
# wait for each other, tenfold.
PYTEST := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n $(JOBS)

# Rooms without array shapes in their annotations run three times faster without the check of types,
# which pyright does, too. (Exit status 5: ARGS selects no test of a part.)
SHAPELESS := theory workflows
UNCHECKED := --jaxtyping-packages=none,beartype.beartype

.PHONY: help setup demo test test-slow lint format docs bench clean distclean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/pyvenv.cfg:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or later found; use make PYTHON=/path/to/python" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(DEV): $(INPUTS) | $(VENV)/pyvenv.cfg
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]' -c constraints.txt
	@touch $@

$(DOCS): $(INPUTS) $(DEV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev,docs]' -c constraints.txt
	@touch $@

setup: $(DEV)  ## create .venv and install heirloom with its development tools

demo: $(DEV)  ## compare the workflows on a real table
	$(DEMO)

test: $(DEV)  ## run the tests and the doctests, but for the slow ones
	$(PYTEST) -m "not slow" $(SHAPELESS:%=--ignore=tests/%) $(SHAPELESS:%=--ignore=src/heirloom/%) $(ARGS) || [ $$? = 5 ]
	$(PYTEST) -m "not slow" $(UNCHECKED) $(SHAPELESS:%=tests/%) $(SHAPELESS:%=src/heirloom/%) $(ARGS) || [ $$? = 5 ]

test-slow: $(DEV)  ## run the slow tests: every quick check of every paper, and long simulations
	$(PYTEST) -m slow $(ARGS)

lint: $(DEV)  ## ruff, pyright and the arrows between the rooms
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright
	$(BIN)/lint-imports

format: $(DEV)  ## apply the formatter and the safe fixes
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(DOCS)  ## build the documentation into docs/_build/html; a warning is an error
	$(BIN)/sphinx-build -n -W --keep-going -b html docs docs/_build/html

bench: $(DEV)  ## run the benchmarks
	@test -n "$(BENCHMARKS)" || echo "There is no benchmarks/bench_*.py yet."
	@set -e; for script in $(BENCHMARKS); do echo "== $$script"; $(BIN)/python "$$script"; done

clean:  ## remove what the builds and the tools left behind
	rm -rf build dist docs/_build docs/reference/generated .pytest_cache .ruff_cache \
		.hypothesis .import_linter_cache
	find src tests docs -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean  ## clean, and remove .venv too
	rm -rf $(VENV)
