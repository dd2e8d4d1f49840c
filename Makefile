# The whole house in six words: demo, test, test-long, check, bench, wheel.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DIST := peixun/kernel/static/peixun/dist/manifest.json
DEMO := PEIXUN_DEMO=1 PEIXUN_TODAY=2018-06-30 PEIXUN_DATA=$(CURDIR)/var/demo

.PHONY: demo setup setup-dev frontend test test-long check bench wheel translations clean

demo: setup ## install, build, load the demo city, serve it on 127.0.0.1:8000
	$(DEMO) $(BIN)/peixun demo

setup: $(VENV)/.installed $(DIST) peixun/locale/en/LC_MESSAGES/django.mo

setup-dev: $(VENV)/.installed-dev $(DIST) peixun/locale/en/LC_MESSAGES/django.mo

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements/base.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/base.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.installed-dev: requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@ $(VENV)/.installed

frontend/node_modules/.package-lock.json: frontend/package.json frontend/package-lock.json
	cd frontend && npm ci --no-fund --no-audit --loglevel=error
	touch $@

FRONTEND := $(shell find frontend -path frontend/node_modules -prune -o -type f \( -name '*.ts' -o -name '*.css' -o -name '*.js' -o -name '*.mjs' -o -name '*.svg' -o -name '*.json' \) -print)

$(DIST): frontend/node_modules/.package-lock.json $(FRONTEND)
	cd frontend && npm run build --silent
	touch $@

frontend: $(DIST)

peixun/locale/en/LC_MESSAGES/django.mo: peixun/locale/en/LC_MESSAGES/django.po $(VENV)/.installed
	$(BIN)/python -m peixun.kernel.catalogues compile

translations: setup-dev ## collect the words of the interface into the translation file
	$(BIN)/python -m peixun.kernel.catalogues collect

check: setup-dev ## linters, types, contracts; needs no network once set up
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd frontend && npm run check --silent

test: setup-dev ## the suite that must always pass, on SQLite and on PostgreSQL where one answers
	bash scripts/system-packages.sh
	$(BIN)/python -m pytest -m "not long" -n 2 --dist loadfile
	# what asks no database has run once already
	$(BIN)/python scripts/on_postgresql.py $(BIN)/python -m pytest -m "not long and not journey" -n 2 --dist loadfile \
		--ignore tests/kernel/papers --ignore tests/kernel/tables

test-long: setup-dev ## what takes longer: the accessibility matrix, full-size data, random properties, processes killed
	bash scripts/system-packages.sh
	HYPOTHESIS_PROFILE=search $(BIN)/python -m pytest tests/kernel tests/ledger tests/coverage -m "not long" -n 2 --dist loadfile
	$(BIN)/python -m pytest -m "long"

bench: setup-dev ## the bars of docs/benchmarks.md, as ratios
	$(BIN)/python -m benchmarks

wheel: setup-dev ## a wheel with the built front end
	$(BIN)/python -m build --wheel --no-isolation

clean:
	rm -rf $(VENV) var build dist frontend/node_modules peixun/kernel/static/peixun/dist
