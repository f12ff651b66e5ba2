# `make help` lists the verbs. Python 3.11 or newer (with venv) and make are all that is needed.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
V := .venv
PY := $(V)/bin/python
WITH_DATABASE := $(PY) -m nh_otp.launcher tool
SOURCES := nh_otp branches devices tests bench manage.py
LOCK = $(1) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-strip-extras pyproject.toml
export PYTHONUTF8 := 1
export UV_PYTHON_DOWNLOADS := never

.PHONY: run
run: $(V)/.run ## everything from nothing: environment, database, demo data, all processes (PORT=8000)
	@exec $(PY) -m nh_otp.launcher run

.PHONY: test
test: $(V)/.dev ## the suite, from nothing (T=path for one)
	@$(PY) -m pytest -q $(if $(T),$(T),-n auto)

.PHONY: check
check: lint ## every linter and the suite with its coverage gate; stops at the first failure
	@$(PY) -m pytest -q -n auto --cov --cov-report=term:skip-covered

.PHONY: lint
lint: $(V)/.dev ## the linters alone, cheapest first
	@$(V)/bin/ruff format --quiet --check $(SOURCES)
	@$(V)/bin/ruff check --quiet $(SOURCES)
	@$(V)/bin/lint-imports
	@$(WITH_DATABASE) demo $(V)/bin/mypy
	@$(V)/bin/djlint templates --lint --quiet
	@$(WITH_DATABASE) production $(PY) manage.py check --deploy --fail-level WARNING
	@$(WITH_DATABASE) demo $(PY) manage.py makemigrations --check --dry-run

.PHONY: bench
bench: $(V)/.dev ## the measured promises as JSON (ONLY=part SCALE=small|full)
	@$(PY) -m bench $(if $(ONLY),--only=$(ONLY)) $(if $(SCALE),--scale=$(SCALE))

.PHONY: e2e
e2e: $(V)/.dev ## the browser flows (needs chromium)
	@$(PY) -m pytest -q -m e2e $(T)

.PHONY: soak
soak: $(V)/.dev ## the long random runs
	@$(PY) -m pytest -q -m soak $(T)

.PHONY: lock
lock: $(V)/.dev ## new locks from pyproject.toml (uv is fetched if missing)
	@command -v uv >/dev/null || $(PY) -m pip install -qq --disable-pip-version-check uv
	@uv=$$(command -v uv || echo $(V)/bin/uv); set -e; \
	$(call LOCK,$$uv) -o requirements.txt; \
	$(call LOCK,$$uv) --extra demo -o requirements-demo.txt; \
	$(call LOCK,$$uv) --extra demo --extra dev -o requirements-dev.txt

.PHONY: docs
docs: $(V)/.dev ## docs/states.md and docs/permissions.md from the code
	@DJANGO_SETTINGS_MODULE=nh_otp.settings PYTHONPATH=. $(PY) docs/generate.py

.PHONY: clean
clean: ## removes the demo's data and what tools left; the environment stays
	@test ! -d .data -o ! -x $(PY) || $(PY) -m nh_otp.launcher clean
	@rm -rf .data .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage .coverage.* staticfiles

.PHONY: help
help: ## this list
	@grep -hE '^[a-z0-9]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9]+):.*## /make \1\t/' | expand -t 14

$(V)/.run: requirements-demo.txt
	@$(call INSTALL,$<)
	@touch $@

$(V)/.dev: requirements-dev.txt $(V)/.run
	@$(call INSTALL,$<)
	@touch $@

define INSTALL
set -e; $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed (make PYTHON=…)")'; \
test -x $(PY) || $(PYTHON) -m venv $(V); \
if command -v uv >/dev/null; then uv pip install --quiet --compile-bytecode --python $(PY) --require-hashes -r $(1); \
else $(PY) -m pip install -qq --disable-pip-version-check --require-hashes -r $(1); fi
endef
