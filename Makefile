# make run | test | thorough | hosts | bench | lint: each makes .venv and installs what it needs.
PYTHON ?= python3
VENV ?= .venv
CONSTRAINTS ?=
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO_READY := $(VENV)/.ready-demo
SOURCES := debugcog cogs services discord_sandbox demo
PIP := $(BIN)/python -m pip install --disable-pip-version-check

.PHONY: run test thorough hosts bench lint pictures format clean

run: $(DEMO_READY)
	@$(BIN)/python -m demo

test: $(READY)
	$(BIN)/python -m pytest -n auto --maxschedchunk 1 -m "not (chromium or thorough)"

thorough: $(READY)
	$(BIN)/python -m pytest -n auto --maxschedchunk 1 -m "chromium or thorough"

hosts: $(READY)
	$(BIN)/python -m tests.hosts.environments
	$(BIN)/python -m pytest -n auto tests/hosts/real_hosts.py

bench: $(READY)
	$(BIN)/python -m tests.benchmarks

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

pictures: $(READY)
	$(BIN)/python -m demo.pictures

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) .venv-hosts .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(DEMO_READY): pyproject.toml
	@echo "Installing into $(VENV) what the demo needs; this is done once."
	$(PYTHON) -m venv $(VENV)
	$(PIP) --editable '.[demo]'
	@touch $(DEMO_READY)

$(READY): pyproject.toml $(CONSTRAINTS)
	$(PYTHON) -m venv $(VENV)
	$(PIP) --quiet --no-compile $(addprefix --constraint=,$(CONSTRAINTS)) --editable '.[dev]'
	@# pip compiles on one core, and other packages' tests too. Code knows the path it is compiled by.
	-@$(BIN)/python -m compileall -qq -j 0 -x /tests/ $(VENV)/lib $(addprefix $(CURDIR)/,$(SOURCES))
	touch $(READY) $(DEMO_READY)
