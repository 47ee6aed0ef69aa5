# Everything runs in .venv, which the first target that needs it makes.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STEPS ?=
PORT ?= 6006
SERVE ?= 1
# How many processes the tests run in; a file's tests share one, and what they set up.
JOBS ?= 2
PYTEST = python -m pytest -n $(JOBS) --dist loadfile
# Environments that `make test-versions` makes from tests/versions/, and what it runs in them.
VERSIONS ?= lowest newest jax torch
VERSION_TESTS ?= $(wildcard tests/format tests/summary tests/capture tests/callbacks \
	tests/conformance tests/reader tests/export tests/run_writer tests/examples tests/test_cli.py)
COMPILED_SOURCES := $(addprefix tb_featuremaps/format/,_measuring.c _tiling.h)
TAB_SOURCES := $(shell find plugin_frontend -type f -not -path '*/node_modules/*' 2>/dev/null)
export TF_CPP_MIN_LOG_LEVEL ?= 3

.DEFAULT_GOAL := help
.PHONY: help demo test test-python test-tab test-versions lint format docs bench pictures dist clean \
	$(VERSIONS:%=test-version-%)

help:  ## This list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(VENV)/.installed  ## Train GoogLeNet on real photos and serve TensorBoard (STEPS= PORT= SERVE=0)
	@$(BIN)/python -m training.demo --port $(PORT) $(if $(STEPS),--steps $(STEPS)) \
		$(if $(filter 0,$(SERVE)),--no-serve)

test: test-tab test-python  ## All tests: TypeScript, Python, browser

test-tab: $(VENV)/.installed plugin_frontend/node_modules/.installed
	@cd plugin_frontend && $(CURDIR)/tools/npm.sh test

test-python: $(VENV)/.tested plugin_frontend/node_modules/.installed
	$(BIN)/$(PYTEST)

test-versions: $(VERSIONS:%=test-version-%)  ## Lowest and newest TensorFlow, JAX, PyTorch (VERSIONS=)

$(VERSIONS:%=test-version-%): test-version-%: .venv-versions/%/.installed
	@echo "Testing with tests/versions/$*.txt …"
	KERAS_BACKEND=$(or $(filter jax torch,$*),tensorflow) \
		.venv-versions/$*/bin/$(PYTEST) -p no:cacheprovider $(VERSION_TESTS)

lint: $(VENV)/.tested plugin_frontend/node_modules/.installed  ## ruff, mypy, TypeScript, ESLint, prettier
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --config-file tests/mypy.ini
	@cd plugin_frontend && $(CURDIR)/tools/npm.sh run typecheck
	@cd plugin_frontend && $(CURDIR)/tools/npm.sh run lint
	@cd plugin_frontend && $(CURDIR)/tools/npm.sh run format:check

format: $(VENV)/.tested plugin_frontend/node_modules/.installed  ## Format all sources
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	@cd plugin_frontend && $(CURDIR)/tools/npm.sh run format

docs: $(VENV)/.tested  ## The documentation site in site/, with the API from the docstrings
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build

bench: $(VENV)/.tested  ## What captures, gradients and a fit cost, as ratios within one run; the tab's and the reader's speed
	$(BIN)/python -m benchmarks.capture
	$(BIN)/python -m benchmarks.gradients
	$(BIN)/python -m benchmarks.fit
	$(BIN)/python -m benchmarks.tab
	$(BIN)/python -m benchmarks.reading

pictures: $(VENV)/.tested  ## The README's pictures and film, from logs/demo (make demo SERVE=0)
	$(BIN)/python -m benchmarks.pictures

dist: $(VENV)/.tested  ## sdist and wheels in dist/, with the tab built, checked in environments of their own
	rm -rf dist build
	$(BIN)/python -m build
	rm -rf build
	TB_FEATUREMAPS_PURE=1 $(BIN)/python -m build --wheel
	@for wheel in dist/*.whl; do $(BIN)/python tools/check_wheel.py $$wheel || exit 1; done

clean:  ## Remove what the other targets made, but for logs/
	rm -rf $(VENV) .venv-versions build dist site *.egg-info plugin_frontend/node_modules tb_featuremaps/plugin/static \
		tb_featuremaps/format/*.so

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
		{ echo "Python 3.10 or newer is needed (make PYTHON=python3.x)."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ echo "Python's venv module is needed (Debian: apt install python3-venv)."; exit 1; }
	@touch $@

$(VENV)/.installed: $(VENV)/.made setup.py pyproject.toml $(COMPILED_SOURCES) $(TAB_SOURCES)
	@echo "Installing into $(VENV) and building the tab (some minutes the first time) …"
	@$(BIN)/python -m pip install --quiet --editable '.[training]'
	@touch $@

# With the tab built, which takes no part in these tests, the package installs without npm.
.PRECIOUS: .venv-versions/%/.installed
.venv-versions/%/.installed: tests/versions/%.txt pyproject.toml | $(VENV)/.installed
	@echo "Installing tests/versions/$*.txt into $(@D) …"
	@$(PYTHON) -m venv --clear $(@D)
	@$(@D)/bin/python -m pip install --quiet --requirement $<
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	@echo "Installing what the tests need …"
	@$(BIN)/python -m pip install --quiet --editable '.[training,test]'
	@$(BIN)/python tools/chromium.py
	@touch $@

plugin_frontend/node_modules/.installed: plugin_frontend/package-lock.json $(VENV)/.made
	@cd plugin_frontend && $(CURDIR)/tools/npm.sh ci --no-audit --no-fund
	@touch $@
