# Every target makes what it needs, the virtual environment included, and is quick when nothing changed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install run test check bench clean

help: ## Say what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

install: $(STAMP) ## Install the program and its tools into .venv

$(STAMP): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 14) else "Python 3.11, 3.12 or 3.13 is needed")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $(STAMP)

run: $(STAMP) ## Draw the sample county's zones: as they are today, and optimised
	$(BIN)/zoning run scenarios/baseline.yaml scenarios/rezone.yaml

test: check ## Check the code and run every test; says what was skipped and why
	$(BIN)/python -m pytest -n 2

check: $(STAMP) ## Lint, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(STAMP) ## Measure, and write docs/benchmarks.md (takes long)
	$(BIN)/python -m benchmarks

clean: ## Remove what runs and tools wrote; inputs and scenarios stay
	find maps -mindepth 1 ! -name README.md -delete
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist *.egg-info
