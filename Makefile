# One-thing orchestrator: set-up, demonstration and tests. `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.NOTPARALLEL:
.DEFAULT_GOAL := help

# The interpreter that makes the environment; any Python from 3.11 on: make setup PYTHON=python3.12
PYTHON ?= python3
# Further arguments of a target: make demo ARGS=--once, make test ARGS='-k panorama'
ARGS ?=
# Processes that share the tests; each starts servers of its own. Three on two cores: tests of servers often wait, and two
# of them leave a quarter of the machine idle. One after another in one process: make test WORKERS=0
WORKERS ?= 3
# Only needed to renew the lock file: `pip install uv`
UV ?= uv

COMPILE = "$(UV)" pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate \
	--python-version 3.11 --custom-compile-command 'make lock'

# Relative on purpose: every recipe then works in a folder whose path holds spaces.
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.setup-complete

.PHONY: help setup demo test check browser lock clean

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*##  *\(.*\)/  make \1\t\2/p' Makefile

setup: $(STAMP)  ## make the environment (.venv) from requirements.lock

# The stamp goes first and comes back last: a set-up that was interrupted is done again.
$(STAMP): requirements.lock pyproject.toml
	@rm -f "$@"
	@command -v "$(PYTHON)" >/dev/null || { echo "$(PYTHON) was not found: install Python 3.11 or newer, or name it with PYTHON=…" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is $$("$(PYTHON)" -V 2>&1); Python 3.11 or newer is needed, name one with PYTHON=…" >&2; exit 1; }
	@"$(BIN)/python" -m pip --version >/dev/null 2>&1 || "$(PYTHON)" -m venv --clear "$(VENV)" || { \
		echo "'$(PYTHON) -m venv' failed: on Debian and Ubuntu install the package python3-venv" >&2; exit 1; }
	@echo "installing the locked dependencies into $(VENV)"
	@"$(BIN)/python" -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@"$(BIN)/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch "$@"

# On a terminal the demonstration gets a process group of its own: Ctrl-C then reaches it alone, and make ends with its exit code.
demo: $(STAMP)  ## start the embedded city and three companies that close (ARGS=--once: end by itself)
	@code=0; if [ -t 0 ]; then set -m; fi; "$(BIN)/onething" demo $(ARGS) || code=$$?; exit $$code

test: check browser  ## everything: set-up, check, and the tests on real servers
	"$(BIN)/python" -m pytest --numprocesses "$(WORKERS)" $(ARGS)

check: $(STAMP)  ## lint, format, strict types, import rules
	"$(BIN)/ruff" check .
	"$(BIN)/ruff" format --check .
	"$(BIN)/mypy"
	"$(BIN)/lint-imports"

# The browser tests drive the system's Chromium; the fonts make the Chinese texts have glyphs and so a real width.
browser:
	@missing=""; \
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing="chromium"; \
	if command -v dpkg >/dev/null && ! dpkg -s fonts-noto-cjk >/dev/null 2>&1; then missing="$$missing fonts-noto-cjk"; fi; \
	[ -n "$$missing" ] || exit 0; \
	as_root=""; \
	if [ "$$(id -u)" != 0 ]; then \
		if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root="sudo -n"; else as_root=refused; fi; \
	fi; \
	if ! command -v apt-get >/dev/null || [ "$$as_root" = refused ]; then \
		echo "the browser tests need $$missing: install it with your system's package manager, then run make test again" >&2; exit 1; \
	fi; \
	echo "installing $$missing for the browser tests"; \
	$$as_root apt-get update -qq >/dev/null && \
	$$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null || { \
		echo "the browser tests need $$missing, and apt-get could not install it" >&2; exit 1; }

# requirements.lock is everything; requirements-runtime.lock the part of it that a container image needs.
lock:  ## renew the lock files from pyproject.toml (needs uv)
	@printf 'setuptools>=80\n' | $(COMPILE) --extra dev --upgrade pyproject.toml - --output-file requirements.lock
	@printf 'setuptools>=80\n' | $(COMPILE) --constraint requirements.lock pyproject.toml - --output-file requirements-runtime.lock

clean:  ## remove the environment and what tools leave behind
	rm -rf "$(VENV)" .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build ./*.egg-info
