# Every target works from a bare clone: it makes .venv and installs what is needed first. `make` alone lists them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test test-wheel serve accuracy bench figures lint format clean

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check
ARGS ?=

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: .venv/ready ## write, check and find again the letters of one case, into ./demo-out
	@.ci/system-packages office
	@$(BIN)/python examples/demo.py

test: lint ## lint, then all tests; ARGS='-k words' for some of them
	@.ci/system-packages office browser
	@echo "Testing"
	@$(BIN)/python -m pytest -q $(ARGS)

test-wheel: .venv/ready ## the same tests against the built wheel, in an environment of its own
	@.ci/system-packages office browser
	@.ci/test-wheel $(BIN)/python $(ARGS)

serve: .venv/ready ## the web service on this machine; ARGS='--port 8001' to move it
	@.ci/system-packages office
	@$(BIN)/objection-docs serve $(ARGS)

accuracy: .venv/tools ## how the checker does on the labelled letters; ARGS='-v' shows each miss
	@$(BIN)/python tests/accuracy.py $(ARGS)
	@$(BIN)/python tests/pairs_accuracy.py

bench: .venv/tools ## speed and memory, side by side with the libraries underneath; ARGS=archive for one part
	@.ci/system-packages office browser
	@$(BIN)/python -m bench $(ARGS)

figures: .venv/tools ## run accuracy and bench, and write their tables into both READMEs
	@.ci/system-packages office browser
	@$(BIN)/python .ci/readme_figures.py $(ARGS)

lint: .venv/tools ## ruff: rules and format
	@echo "Linting"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { echo "Not formatted; 'make format' does it"; exit 1; }

format: .venv/tools ## let ruff mend and format the code
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format .

clean: ## remove what the targets made, the virtual environment included
	@rm -rf .venv build dist *.egg-info demo-out .pytest_cache .ruff_cache .hypothesis

# Stamps: the package, editable, with what it needs to run; then the tools of its developers.
.venv/ready: setup.cfg pyproject.toml
	@.ci/system-packages python
	@[[ -x $(BIN)/pip ]] || { echo "Creating the virtual environment .venv"; $(PYTHON) -m venv .venv; }
	@echo "Installing objection-docs into .venv"
	@$(PIP) install --editable .
	@touch $@

.venv/tools: .venv/ready
	@echo "Installing the test tools into .venv"
	@$(PIP) install --editable '.[test]'
	@touch $@
