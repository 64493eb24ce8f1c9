# gongkai: two commands are enough: `make demo` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
export PYTHONDONTWRITEBYTECODE := 1
DEMO_ENV := GONGKAI_DEMO_DATE=2022-10-18 GONGKAI_DATA_DIR=$(CURDIR)/var/demo DJANGO_SETTINGS_MODULE=gongkai.settings.dev

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-data test check lint types templates migrations test-services bench lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1	/' | expand -t 16

# Python 3.11 or newer is checked before anything is installed.
$(VENV)/run.stamp: requirements/base.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "gongkai needs Python 3.11 or newer; set PYTHON=python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what gongkai needs (about a minute) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/base.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-build-isolation --no-deps --no-index -e .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements/dev.txt
	@echo "Installing what the tests need ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

setup: $(VENV)/dev.stamp ## install gongkai and its development tools into .venv

demo: $(VENV)/run.stamp ## set up and serve a full demonstration city
	@$(DEMO_ENV) $(BIN)/gongkai demo --serve --port $(PORT)

demo-data: $(VENV)/run.stamp ## build the demonstration city without serving it
	@$(DEMO_ENV) $(BIN)/gongkai demo --reset

test: $(VENV)/dev.stamp ## run all tests (SQLite); missing system parts are skipped and counted
	@$(BIN)/python -m pytest -n auto --dist loadfile --durations 8 -rs

check: $(VENV)/dev.stamp ## everything CI checks: lint, types, templates, migrations, tests, PostgreSQL
	@BIN=$(BIN) $(BIN)/python -m scripts.check

lint: $(VENV)/dev.stamp ## ruff
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(VENV)/dev.stamp ## mypy, strict for our packages
	@$(BIN)/mypy gongkai

templates: $(VENV)/dev.stamp ## every template compiles and is formatted
	@$(BIN)/python -m scripts.lint_templates

migrations: $(VENV)/dev.stamp ## models and migrations agree
	@DJANGO_SETTINGS_MODULE=gongkai.settings.test $(BIN)/gongkai makemigrations --check --dry-run

test-services: $(VENV)/dev.stamp ## the suite's services and constraints on PostgreSQL (DATABASE_URL)
	@$(BIN)/python -m pytest -n 2 --dist loadfile -rs --migrations -m "((django_db and not browser) or story) and not sqlite"

bench: $(VENV)/dev.stamp ## benchmarks: ratios against a yardstick in the same run
	@DJANGO_SETTINGS_MODULE=gongkai.settings.test $(BIN)/python -m benchmarks

lock: ## pin the requirements again, with hashes and without index addresses (needs uv)
	@for f in base production dev; do uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate requirements/$$f.in -o requirements/$$f.txt; done

clean: ## remove the environment and all local data
	@rm -rf $(VENV) var build *.egg-info
